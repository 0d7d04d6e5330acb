-- A question about a regulation or a procedure: one row from the asking to the published answer. `version` is the
-- row version that every change names; `due_at` is the open round's, so that a queue is one index.
CREATE TABLE questions (
    id uuid PRIMARY KEY,
    number text CONSTRAINT questions_number UNIQUE,
    state text NOT NULL CONSTRAINT questions_state_known CHECK (state IN
        ('unconfirmed', 'asked', 'in_work', 'answered', 'follow_up_asked', 'published', 'refused', 'withdrawn')),
    version integer NOT NULL,
    -- None for whoever asked without an account: their mail address was checked instead.
    asker_id uuid REFERENCES accounts (id),
    asker_name text NOT NULL,
    asker_email text,
    language text NOT NULL,
    -- The agency that has it now. Every agency that it has reached is in `question_agencies`.
    agency_id uuid NOT NULL REFERENCES agencies (id),
    title text NOT NULL,
    field_code text REFERENCES fields (code),
    procedure_code text REFERENCES procedures (code),
    may_publish boolean NOT NULL,
    created_at timestamptz NOT NULL,
    -- The mail check of whoever has no account; the secret goes when it has served.
    confirm_secret text,
    confirm_until timestamptz,
    asked_at timestamptz,
    -- The rule of the day on which it was asked: a later setting does not move it.
    limit_days smallint NOT NULL CONSTRAINT questions_limit_positive CHECK (limit_days > 0),
    remind_days smallint NOT NULL CONSTRAINT questions_remind_within CHECK (remind_days BETWEEN 1 AND limit_days),
    round smallint NOT NULL CONSTRAINT questions_round_known CHECK (round IN (1, 2)),
    due_at timestamptz,
    remind_at timestamptz,
    assignee_id uuid REFERENCES accounts (id),
    lease_until timestamptz,
    score smallint CONSTRAINT questions_score_known CHECK (score BETWEEN 1 AND 5),
    score_note text,
    scored_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT questions_unconfirmed_waits CHECK ((state = 'unconfirmed') = (confirm_secret IS NOT NULL)),
    CONSTRAINT questions_asked_has_clock CHECK (state = 'unconfirmed'
        OR (number IS NOT NULL AND asked_at IS NOT NULL AND due_at IS NOT NULL AND remind_at IS NOT NULL)),
    CONSTRAINT questions_lease_has_holder CHECK (lease_until IS NULL OR assignee_id IS NOT NULL),
    CONSTRAINT questions_somebody_asked CHECK (asker_id IS NOT NULL OR asker_email IS NOT NULL)
);
CREATE INDEX questions_of_asker ON questions (asker_id, id DESC);
CREATE INDEX questions_queue ON questions (agency_id, due_at, id) WHERE state IN ('asked', 'in_work', 'follow_up_asked');
CREATE INDEX questions_running ON questions (id) WHERE state IN ('asked', 'in_work', 'follow_up_asked');
CREATE INDEX questions_to_remind ON questions (remind_at) WHERE state IN ('asked', 'in_work', 'follow_up_asked');
CREATE INDEX questions_unconfirmed ON questions (confirm_until) WHERE state = 'unconfirmed';
CREATE UNIQUE INDEX questions_confirm_secret ON questions (confirm_secret) WHERE confirm_secret IS NOT NULL;

-- The question and its one follow-up, each with its own clock and its own answer.
CREATE TABLE question_rounds (
    question_id uuid NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    round smallint NOT NULL CONSTRAINT question_rounds_known CHECK (round IN (1, 2)),
    asked_text text NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at timestamptz,
    deadline jsonb,
    answer_text text,
    legal_basis text[] NOT NULL DEFAULT '{}',
    answered_at timestamptz,
    answered_by uuid REFERENCES accounts (id),
    answering_agency_id uuid REFERENCES agencies (id),
    PRIMARY KEY (question_id, round),
    CONSTRAINT question_rounds_answer_is_whole CHECK (num_nulls(answer_text, answered_at, answered_by, answering_agency_id) IN (0, 4))
);

-- Who of the administration may see it: each agency it has reached.
CREATE TABLE question_agencies (
    agency_id uuid NOT NULL REFERENCES agencies (id),
    question_id uuid NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    reached_at timestamptz NOT NULL,
    PRIMARY KEY (agency_id, question_id)
);
CREATE INDEX question_agencies_of_question ON question_agencies (question_id);

-- The number's counter: per agency and day, as for dossiers.
CREATE TABLE question_counters (
    agency_id uuid NOT NULL REFERENCES agencies (id),
    on_date date NOT NULL,
    last integer NOT NULL CONSTRAINT question_counters_positive CHECK (last > 0),
    PRIMARY KEY (agency_id, on_date)
);

-- Every move: who, when, from where to where, why.
CREATE TABLE question_moves (
    question_id uuid NOT NULL REFERENCES questions (id),
    version integer NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    actor_id uuid REFERENCES accounts (id),
    actor_role text,
    from_agency_id uuid NOT NULL REFERENCES agencies (id),
    to_agency_id uuid NOT NULL REFERENCES agencies (id),
    -- For a refusal the word that says where to go instead.
    outcome text,
    reason text,
    PRIMARY KEY (question_id, version)
);
CREATE TRIGGER question_moves_written_once BEFORE UPDATE OR DELETE ON question_moves
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A reminder before the end and an escalation after it: once a round, whatever the worker has been through.
CREATE TABLE question_alarms (
    question_id uuid NOT NULL REFERENCES questions (id),
    round smallint NOT NULL,
    kind text NOT NULL CONSTRAINT question_alarms_kind_known CHECK (kind IN ('reminder', 'escalation')),
    agency_id uuid NOT NULL REFERENCES agencies (id),
    due_at timestamptz NOT NULL,
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (question_id, round, kind)
);

-- Deadlines that a change of the calendar moved: what was promised, what is promised now, by which rule.
CREATE TABLE question_deadline_changes (
    question_id uuid NOT NULL REFERENCES questions (id),
    round smallint NOT NULL,
    at timestamptz NOT NULL,
    from_due_at timestamptz NOT NULL,
    to_due_at timestamptz NOT NULL,
    was_late boolean NOT NULL,
    rule text NOT NULL,
    PRIMARY KEY (question_id, round, at)
);
CREATE TRIGGER question_deadline_changes_written_once BEFORE UPDATE OR DELETE ON question_deadline_changes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What the public reads: a copy of its own without the person in it, never the question itself.
CREATE TABLE published_answers (
    id uuid PRIMARY KEY,
    question_id uuid NOT NULL REFERENCES questions (id),
    agency_id uuid NOT NULL REFERENCES agencies (id),
    field_code text REFERENCES fields (code),
    procedure_code text REFERENCES procedures (code),
    title text NOT NULL,
    question_text text NOT NULL,
    answer_text text NOT NULL,
    legal_basis text[] NOT NULL,
    search_text text NOT NULL,
    published_by uuid NOT NULL REFERENCES accounts (id),
    published_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    withdrawn_by uuid REFERENCES accounts (id)
);
CREATE UNIQUE INDEX published_answers_one_standing ON published_answers (question_id) WHERE withdrawn_at IS NULL;
CREATE INDEX published_answers_newest ON published_answers (id DESC) WHERE withdrawn_at IS NULL;
CREATE INDEX published_answers_by_text ON published_answers USING gin (search_text gin_trgm_ops);

-- Letters about questions stand beside letters about dossiers.
ALTER TABLE notices ADD COLUMN question_id uuid REFERENCES questions (id) ON DELETE CASCADE;
