CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT accounts_kind_known CHECK (kind IN ('citizen', 'organisation', 'officer')),
    -- What is typed at the door: citizen number, tax code or the officer's name.
    login text NOT NULL CONSTRAINT accounts_login UNIQUE,
    full_name text NOT NULL,
    citizen_number text CONSTRAINT accounts_citizen_number UNIQUE,
    tax_code text CONSTRAINT accounts_tax_code UNIQUE,
    representative_name text,
    representative_citizen_number text,
    phone text,
    email text,
    language text NOT NULL DEFAULT 'vi' CONSTRAINT accounts_language_known CHECK (language IN ('vi', 'en')),
    password_hash text NOT NULL,
    must_change_password boolean NOT NULL DEFAULT false,
    closed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT accounts_citizen_has_number CHECK (kind <> 'citizen' OR citizen_number IS NOT NULL),
    CONSTRAINT accounts_organisation_has_representative CHECK (kind <> 'organisation' OR
        (tax_code IS NOT NULL AND representative_name IS NOT NULL AND representative_citizen_number IS NOT NULL))
);
CREATE INDEX accounts_officers ON accounts (login) WHERE kind = 'officer';

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    device text NOT NULL,
    created_at timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text CONSTRAINT sessions_end_reason_known
        CHECK (end_reason IN ('logout', 'ended_by_owner', 'refresh_reused', 'password_changed', 'account_closed')),
    CONSTRAINT sessions_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_of_account ON sessions (account_id, created_at DESC) WHERE ended_at IS NULL;

-- A refresh token is used once. One that comes twice was stolen: its session ends.
CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

-- A role at one agency, or at every agency of a unit and of the units below it.
CREATE TABLE grants (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    role text NOT NULL CONSTRAINT grants_role_known CHECK (role IN ('reception', 'processing', 'leader',
        'procedure_administrator', 'system_administrator', 'inspector')),
    unit_id uuid REFERENCES units (id),
    agency_id uuid REFERENCES agencies (id),
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    granted_by uuid REFERENCES accounts (id),
    revoked_by uuid REFERENCES accounts (id),
    CONSTRAINT grants_at_one_place CHECK ((unit_id IS NULL) <> (agency_id IS NULL)),
    CONSTRAINT grants_interval_runs_forward CHECK (valid_to >= valid_from)
);
CREATE INDEX grants_of_account ON grants (account_id);
CREATE UNIQUE INDEX grants_once ON grants (account_id, role, COALESCE(unit_id, agency_id)) WHERE valid_to IS NULL;
