-- One row from the first keystroke to the returned result: state 0 is a draft (no number), 1 to 10 are the
-- national states. `version` is the row version that every change names.
CREATE TABLE dossiers (
    id uuid PRIMARY KEY,
    number text CONSTRAINT dossiers_number UNIQUE,
    state smallint NOT NULL CONSTRAINT dossiers_state_known CHECK (state BETWEEN 0 AND 10),
    version integer NOT NULL,
    procedure_id uuid NOT NULL REFERENCES procedures (id),
    version_id uuid NOT NULL REFERENCES procedure_versions (id),
    channel text NOT NULL CONSTRAINT dossiers_channel_known CHECK (channel IN ('online', 'counter', 'post')),
    -- The account that acts for it: none when a paper dossier was received for a person without one.
    applicant_id uuid REFERENCES accounts (id),
    applicant_kind text NOT NULL CONSTRAINT dossiers_applicant_kind_known CHECK (applicant_kind IN ('citizen', 'organisation')),
    applicant_name text NOT NULL,
    applicant_identity text NOT NULL,
    applicant_phone text,
    applicant_email text,
    answers jsonb NOT NULL,
    -- The unit of the decisive address, the desk that received, the agency that holds it now.
    unit_id uuid REFERENCES units (id),
    receiving_agency_id uuid REFERENCES agencies (id),
    handling_agency_id uuid REFERENCES agencies (id),
    -- The steps as they were resolved at submission, and where in them it stands.
    route jsonb NOT NULL,
    current_step smallint NOT NULL,
    decision text CONSTRAINT dossiers_decision_known CHECK (decision IN
        ('proposed_granted', 'proposed_refused', 'approved_granted', 'approved_refused')),
    proposed_by uuid REFERENCES accounts (id),
    -- Where 5, 6 and 7 go back to: the state before the wait, and before the withdrawal.
    waiting_from smallint,
    withdrawal_from smallint,
    fee_amount bigint NOT NULL CONSTRAINT dossiers_fee_not_negative CHECK (fee_amount >= 0),
    tracking_hash bytea,
    created_at timestamptz NOT NULL,
    submitted_at timestamptz,
    accepted_at timestamptz,
    due_at timestamptz,
    deadline jsonb,
    finished_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT dossiers_draft_has_no_number CHECK ((state = 0) = (number IS NULL)),
    CONSTRAINT dossiers_submitted_has_place CHECK (state = 0 OR (submitted_at IS NOT NULL AND unit_id IS NOT NULL
        AND receiving_agency_id IS NOT NULL AND handling_agency_id IS NOT NULL AND tracking_hash IS NOT NULL)),
    CONSTRAINT dossiers_ended_has_time CHECK ((state IN (3, 8, 10)) = (ended_at IS NOT NULL)),
    CONSTRAINT dossiers_withdrawal_knows_way_back CHECK ((state = 7) = (withdrawal_from IS NOT NULL))
);
CREATE INDEX dossiers_of_applicant ON dossiers (applicant_id, id DESC);

-- Who of the administration may see it: each agency it has reached. Dossier ids are UUID v7, so the second
-- column orders by time of creation.
CREATE TABLE dossier_agencies (
    agency_id uuid NOT NULL REFERENCES agencies (id),
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    reached_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, dossier_id)
);
CREATE INDEX dossier_agencies_of_dossier ON dossier_agencies (dossier_id);

-- The number's counter: per agency and day, no gap reused, no duplicate ever.
CREATE TABLE dossier_counters (
    agency_id uuid NOT NULL REFERENCES agencies (id),
    on_date date NOT NULL,
    last integer NOT NULL CONSTRAINT dossier_counters_positive CHECK (last > 0),
    PRIMARY KEY (agency_id, on_date)
);

-- What is on somebody's desk: one open task a dossier.
CREATE TABLE tasks (
    id uuid PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    step smallint NOT NULL,
    step_code text NOT NULL,
    step_kind text NOT NULL CONSTRAINT tasks_step_kind_known CHECK (step_kind IN
        ('reception', 'processing', 'verification', 'approval', 'signature', 'issue', 'return')),
    role text NOT NULL CONSTRAINT tasks_role_known CHECK (role IN ('reception', 'processing', 'leader')),
    agency_id uuid NOT NULL REFERENCES agencies (id),
    -- The dossier's state, kept here by the statement that changes it, so that a queue is one index.
    dossier_state smallint NOT NULL,
    procedure_id uuid NOT NULL REFERENCES procedures (id),
    assignee_id uuid REFERENCES accounts (id),
    lease_until timestamptz,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by uuid REFERENCES accounts (id),
    outcome text,
    CONSTRAINT tasks_lease_has_holder CHECK (lease_until IS NULL OR assignee_id IS NOT NULL)
);
CREATE UNIQUE INDEX tasks_one_open ON tasks (dossier_id) WHERE closed_at IS NULL;
CREATE INDEX tasks_queue ON tasks (agency_id, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX tasks_queue_by_state ON tasks (agency_id, dossier_state, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX tasks_of_assignee ON tasks (assignee_id, due_at, id) WHERE closed_at IS NULL;
CREATE INDEX tasks_of_dossier ON tasks (dossier_id, opened_at);

-- Every move: who, when, from where to where, and the working time used at the step.
CREATE TABLE dossier_moves (
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    -- The row version that the move made: one move a version, no gaps to hide in.
    version integer NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL,
    from_state smallint NOT NULL,
    to_state smallint NOT NULL,
    actor_id uuid REFERENCES accounts (id),
    actor_role text,
    from_agency_id uuid REFERENCES agencies (id),
    to_agency_id uuid REFERENCES agencies (id),
    step_code text,
    minutes_used integer,
    reason text,
    -- What only the administration reads.
    internal_note text,
    PRIMARY KEY (dossier_id, version)
);
CREATE TRIGGER dossier_moves_written_once BEFORE UPDATE OR DELETE ON dossier_moves
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dossier_moves_never_emptied BEFORE TRUNCATE ON dossier_moves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One request names every defect at once; a second needs a leader.
CREATE TABLE supplements (
    id uuid PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    ordinal smallint NOT NULL,
    requested_by uuid NOT NULL REFERENCES accounts (id),
    requested_at timestamptz NOT NULL,
    defects jsonb NOT NULL,
    respond_by timestamptz NOT NULL,
    answered_at timestamptz,
    answer_note text,
    closed_at timestamptz,
    outcome text CONSTRAINT supplements_outcome_known CHECK (outcome IN ('accepted', 'withdrawn', 'not_answered')),
    CONSTRAINT supplements_ordinal UNIQUE (dossier_id, ordinal)
);
CREATE UNIQUE INDEX supplements_one_open ON supplements (dossier_id) WHERE closed_at IS NULL;

-- Time waited for the citizen (states 5, 6, 7): not processing time.
CREATE TABLE dossier_pauses (
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    started_at timestamptz NOT NULL,
    state smallint NOT NULL CONSTRAINT dossier_pauses_state_waits CHECK (state IN (5, 6, 7)),
    ended_at timestamptz,
    PRIMARY KEY (dossier_id, started_at),
    CONSTRAINT dossier_pauses_run_forward CHECK (ended_at >= started_at)
);
CREATE UNIQUE INDEX dossier_pauses_one_open ON dossier_pauses (dossier_id) WHERE ended_at IS NULL;

-- Paper that the counter took in, as the receipt lists it.
CREATE TABLE received_papers (
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    component_code text NOT NULL,
    originals smallint NOT NULL CONSTRAINT received_papers_originals_not_negative CHECK (originals >= 0),
    copies smallint NOT NULL CONSTRAINT received_papers_copies_not_negative CHECK (copies >= 0),
    PRIMARY KEY (dossier_id, component_code)
);

CREATE TABLE payment_requests (
    id uuid PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    amount bigint NOT NULL CONSTRAINT payment_requests_positive CHECK (amount > 0),
    reason text NOT NULL,
    requested_by uuid NOT NULL REFERENCES accounts (id),
    requested_at timestamptz NOT NULL,
    paid_at timestamptz,
    confirmed_by uuid REFERENCES accounts (id),
    receipt_number text,
    cancelled_at timestamptz
);
CREATE UNIQUE INDEX payment_requests_one_open ON payment_requests (dossier_id)
    WHERE paid_at IS NULL AND cancelled_at IS NULL;

CREATE TABLE files (
    id uuid PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    purpose text NOT NULL CONSTRAINT files_purpose_known CHECK (purpose IN ('component', 'result')),
    component_code text,
    name text NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL CONSTRAINT files_size_not_negative CHECK (size_bytes >= 0),
    sha256 bytea NOT NULL,
    scan_verdict text NOT NULL CONSTRAINT files_scan_verdict_known CHECK (scan_verdict IN ('pending', 'clean', 'infected', 'not_scanned')),
    uploaded_by uuid NOT NULL REFERENCES accounts (id),
    uploaded_at timestamptz NOT NULL,
    -- Sealed with the submission or the result it came with: from then on it cannot be removed.
    sealed_at timestamptz,
    removed_at timestamptz,
    CONSTRAINT files_component_named CHECK ((purpose = 'component') = (component_code IS NOT NULL)),
    CONSTRAINT files_sealed_stays CHECK (sealed_at IS NULL OR removed_at IS NULL)
);
CREATE INDEX files_of_dossier ON files (dossier_id, uploaded_at) WHERE removed_at IS NULL;

-- An upload begins with this row and ends with one in `files`. What began and never ended is swept, object and all.
CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    begun_at timestamptz NOT NULL
);
CREATE INDEX uploads_by_age ON uploads (begun_at);

CREATE TABLE results (
    id uuid PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    title text NOT NULL,
    outcome text NOT NULL CONSTRAINT results_outcome_known CHECK (outcome IN ('granted', 'refused')),
    file_id uuid REFERENCES files (id),
    note text,
    issued_by uuid NOT NULL REFERENCES accounts (id),
    issued_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    returned_at timestamptz,
    returned_how text CONSTRAINT results_returned_how_known CHECK (returned_how IN ('online', 'counter', 'post'))
);
CREATE UNIQUE INDEX results_one_standing ON results (dossier_id) WHERE withdrawn_at IS NULL;
