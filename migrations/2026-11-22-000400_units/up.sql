-- Units form a dated tree. A code names another territory after 1 July 2025 than before it (3,315 of them),
-- so a unit is known by id, and a code is resolved as of a day. `valid_to` is its last day.
CREATE TABLE units (
    id uuid PRIMARY KEY,
    level text NOT NULL CONSTRAINT units_level_known CHECK (level IN ('province', 'district', 'commune')),
    code text NOT NULL,
    name text NOT NULL,
    full_name text NOT NULL,
    unit_type text NOT NULL,
    search_text text NOT NULL,
    parent_id uuid REFERENCES units (id),
    -- '/province/district/commune/' in ids: a unit and all below it are one prefix.
    path text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT units_interval_runs_forward CHECK (valid_to >= valid_from),
    CONSTRAINT units_one_meaning_a_day EXCLUDE USING gist
        (level WITH =, code WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);
CREATE INDEX units_by_parent ON units (parent_id);
CREATE INDEX units_by_path ON units (path);
CREATE INDEX units_by_level ON units (level, code, id);
CREATE INDEX units_by_text ON units USING gin (search_text gin_trgm_ops);

CREATE TABLE unit_successions (
    old_unit_id uuid NOT NULL REFERENCES units (id),
    new_unit_id uuid NOT NULL REFERENCES units (id),
    kind text NOT NULL CONSTRAINT unit_successions_kind_known CHECK (kind IN ('whole', 'split')),
    is_default boolean NOT NULL,
    PRIMARY KEY (old_unit_id, new_unit_id)
);
CREATE INDEX unit_successions_by_new ON unit_successions (new_unit_id);

CREATE TABLE agencies (
    id uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES units (id),
    identifier text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    -- What it is competent for in its unit; routing looks for the one agency with the step's sector.
    sectors text[] NOT NULL,
    search_text text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT agencies_interval_runs_forward CHECK (valid_to >= valid_from),
    CONSTRAINT agencies_one_identifier_a_day EXCLUDE USING gist
        (identifier WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
);
CREATE INDEX agencies_by_unit ON agencies (unit_id);
CREATE INDEX agencies_by_identifier ON agencies (identifier, id);
CREATE INDEX agencies_by_text ON agencies USING gin (search_text gin_trgm_ops);
