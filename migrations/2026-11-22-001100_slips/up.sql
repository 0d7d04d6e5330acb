-- The serial numbers of slips: per agency and year, no gap reused.
CREATE TABLE slip_counters (
    agency_id uuid NOT NULL REFERENCES agencies (id),
    year smallint NOT NULL,
    last integer NOT NULL CONSTRAINT slip_counters_positive CHECK (last > 0),
    PRIMARY KEY (agency_id, year)
);

-- The slips that moves issue (Circular 03/2025/TT-VPCP, forms 01 to 05), as data for a document. Forms 06 and 07 are
-- made when they are read.
CREATE TABLE slips (
    id uuid PRIMARY KEY,
    dossier_id uuid NOT NULL REFERENCES dossiers (id),
    form smallint NOT NULL CONSTRAINT slips_form_known CHECK (form BETWEEN 1 AND 7),
    regime text NOT NULL,
    agency_id uuid NOT NULL REFERENCES agencies (id),
    year smallint NOT NULL,
    serial integer NOT NULL,
    issued_at timestamptz NOT NULL,
    -- None where the portal itself did what the procedure says.
    issued_by uuid REFERENCES accounts (id),
    data jsonb NOT NULL,
    CONSTRAINT slips_serial UNIQUE (agency_id, year, serial)
);
CREATE INDEX slips_of_dossier ON slips (dossier_id, issued_at);
CREATE TRIGGER slips_written_once BEFORE UPDATE OR DELETE ON slips
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The register of an agency: what it received, by time.
CREATE INDEX dossiers_register ON dossiers (receiving_agency_id, submitted_at, id) WHERE state <> 0;
