-- A repeated request with the same key gets the saved reply. The row is the first statement of the work's
-- own transaction: a concurrent twin waits on it.
CREATE TABLE idempotency_keys (
    account_id uuid NOT NULL,
    key text NOT NULL CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 128),
    operation text NOT NULL,
    body_hash bytea NOT NULL,
    status smallint,
    reply jsonb,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What happened, written in the transaction that made it happen; the worker carries it to whoever reacts.
CREATE TABLE outbox_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    payload jsonb NOT NULL,
    request_id uuid,
    occurred_at timestamptz NOT NULL,
    dispatched_at timestamptz
);
CREATE INDEX outbox_events_waiting ON outbox_events (id) WHERE dispatched_at IS NULL;

CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    -- One job for one reason: the reaction that runs twice enqueues once.
    dedupe_key text CONSTRAINT jobs_dedupe_key UNIQUE,
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    lease_until timestamptz,
    last_error text,
    parked_at timestamptz,
    done_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE done_at IS NULL AND parked_at IS NULL;
CREATE INDEX jobs_parked ON jobs (parked_at DESC, id) WHERE parked_at IS NOT NULL;
CREATE INDEX jobs_done ON jobs (done_at) WHERE done_at IS NOT NULL;
