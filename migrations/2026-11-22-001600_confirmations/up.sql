-- What an officer asked the applicant to confirm, by when, and what came of it. The dossier stays where it is: the time
-- is the agency's. `lapsed`: the dossier left the step before there was an answer.
CREATE TABLE confirmations (
    id uuid PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    step smallint NOT NULL,
    asked_by uuid NOT NULL REFERENCES accounts (id),
    asked_at timestamptz NOT NULL,
    text text NOT NULL,
    respond_by timestamptz NOT NULL,
    answered_at timestamptz,
    outcome text CONSTRAINT confirmations_outcome_known CHECK (outcome IN
        ('confirmed', 'objected', 'silent_confirmed', 'silent_returned', 'lapsed')),
    note text,
    CONSTRAINT confirmations_closed_is_whole CHECK ((answered_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX confirmations_one_open ON confirmations (dossier_id) WHERE answered_at IS NULL;
CREATE INDEX confirmations_of_dossier ON confirmations (dossier_id, asked_at);
CREATE INDEX confirmations_awaited ON confirmations (respond_by) WHERE answered_at IS NULL;
