-- A notice is written in the transaction of the reaction that caused it and sent afterwards, once.
CREATE TABLE notices (
    id uuid PRIMARY KEY,
    account_id uuid REFERENCES accounts (id),
    dossier_id uuid REFERENCES dossiers (id),
    kind text NOT NULL,
    language text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body_text text NOT NULL,
    body_html text NOT NULL,
    -- One notice for one event and recipient, however often the reaction runs.
    event_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    -- The mail server refused it for good.
    given_up_at timestamptz,
    CONSTRAINT notices_once UNIQUE (event_id, recipient)
);
CREATE INDEX notices_of_account ON notices (account_id, created_at DESC);
CREATE INDEX notices_waiting ON notices (id) WHERE sent_at IS NULL AND given_up_at IS NULL;
