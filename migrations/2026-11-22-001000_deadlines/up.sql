-- Every change of the days off: who, when, by which legal notice, what was there before and after. One row may hold
-- several days. `recomputed_after` is how far the running deadlines have been walked: a crash continues there.
CREATE TABLE calendar_changes (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    by_account_id uuid NOT NULL REFERENCES accounts (id),
    what text NOT NULL CONSTRAINT calendar_changes_what_known CHECK (what IN ('added', 'replaced', 'removed')),
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    legal_notice text NOT NULL CONSTRAINT calendar_changes_notice_named CHECK (length(legal_notice) > 0),
    recomputed_after uuid,
    recomputed_at timestamptz,
    deadlines_moved bigint NOT NULL DEFAULT 0
);
CREATE INDEX calendar_changes_by_time ON calendar_changes (at);

-- When to warn the desk of the dossier's due time; about, for what is open already.
ALTER TABLE tasks ADD COLUMN warn_at timestamptz;
UPDATE tasks SET warn_at = d.accepted_at + (d.due_at - d.accepted_at) * 0.8
    FROM dossiers d WHERE d.id = tasks.dossier_id AND d.due_at IS NOT NULL AND tasks.closed_at IS NULL;
CREATE INDEX tasks_to_warn ON tasks (warn_at, id) WHERE closed_at IS NULL AND dossier_state IN (2, 4);
CREATE INDEX tasks_to_receive ON tasks (due_at, id) WHERE closed_at IS NULL AND dossier_state = 1;
CREATE INDEX dossiers_to_miss ON dossiers (due_at, id) WHERE state IN (2, 4);
CREATE INDEX dossiers_running ON dossiers (id) WHERE state IN (1, 2, 4, 5, 6, 7);

-- What a change of the calendar did to one deadline. The reception clock has rows of its own.
CREATE TABLE deadline_changes (
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    change_id uuid NOT NULL REFERENCES calendar_changes (id),
    clock text NOT NULL CONSTRAINT deadline_changes_clock_known CHECK (clock IN ('processing', 'reception')),
    old_due_at timestamptz NOT NULL,
    new_due_at timestamptz NOT NULL,
    -- It had passed already when it was moved: it does not become on time, this row says by which rule it moved.
    was_missed boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (dossier_id, change_id, clock),
    CONSTRAINT deadline_changes_move CHECK (old_due_at <> new_due_at)
);

-- What was warned of, once a due time: the key is what keeps two workers from warning twice.
CREATE TABLE deadline_warnings (
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    kind text NOT NULL CONSTRAINT deadline_warnings_kind_known CHECK (kind IN ('near', 'missed', 'reception_missed')),
    due_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (dossier_id, kind, due_at)
);

-- The one apology that a dossier can have.
CREATE TABLE apologies (
    dossier_id uuid PRIMARY KEY REFERENCES dossiers (id),
    at timestamptz NOT NULL,
    by_account_id uuid NOT NULL REFERENCES accounts (id),
    reason text NOT NULL,
    old_due_at timestamptz NOT NULL,
    -- What would be due had there been no apology: Index 766 counts by it. Pauses and days off move it as before.
    original_due_at timestamptz NOT NULL,
    new_due_on date NOT NULL,
    new_due_at timestamptz NOT NULL,
    CONSTRAINT apologies_later CHECK (new_due_at > old_due_at)
);
CREATE INDEX supplements_awaited ON supplements (respond_by) WHERE closed_at IS NULL AND answered_at IS NULL;
