CREATE TABLE fields (
    code text PRIMARY KEY,
    name text NOT NULL,
    search_text text NOT NULL
);

-- A procedure as published nationally. `published` is what the national record says of time and fee per
-- channel, text beside number; `conflicts` names what in it contradicts itself.
CREATE TABLE procedures (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT procedures_code UNIQUE,
    name text NOT NULL,
    field_code text NOT NULL REFERENCES fields (code),
    search_text text NOT NULL,
    levels text[] NOT NULL,
    subjects text[] NOT NULL,
    channels text[] NOT NULL,
    published jsonb,
    conflicts text[] NOT NULL,
    closed_on date,
    created_at timestamptz NOT NULL
);
CREATE INDEX procedures_by_text ON procedures USING gin (search_text gin_trgm_ops);
CREATE INDEX procedures_by_field ON procedures (field_code, code);

-- The version in force on a day is the published one with the latest `valid_from` not after it; so two can
-- never be in force at once, and publishing a later one supersedes by date alone.
CREATE TABLE procedure_versions (
    id uuid PRIMARY KEY,
    procedure_id uuid NOT NULL REFERENCES procedures (id),
    number integer NOT NULL,
    status text NOT NULL CONSTRAINT procedure_versions_status_known CHECK (status IN ('draft', 'published')),
    valid_from date NOT NULL,
    definition jsonb NOT NULL,
    row_version integer NOT NULL DEFAULT 1,
    created_by uuid REFERENCES accounts (id),
    created_at timestamptz NOT NULL,
    published_by uuid REFERENCES accounts (id),
    published_at timestamptz,
    CONSTRAINT procedure_versions_number UNIQUE (procedure_id, number),
    CONSTRAINT procedure_versions_published_has_time CHECK ((status = 'published') = (published_at IS NOT NULL))
);
CREATE UNIQUE INDEX procedure_versions_one_a_day ON procedure_versions (procedure_id, valid_from)
    WHERE status = 'published';
CREATE UNIQUE INDEX procedure_versions_one_draft ON procedure_versions (procedure_id) WHERE status = 'draft';

CREATE FUNCTION keep_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'published' THEN
        RAISE EXCEPTION 'a published version is immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER procedure_versions_immutable BEFORE UPDATE OR DELETE ON procedure_versions
    FOR EACH ROW EXECUTE FUNCTION keep_published_version();
