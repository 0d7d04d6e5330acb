-- Who did what to what, when, in which capacity. Written from the permit, in the transaction of the act.
CREATE TABLE audit_records (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    account_id uuid,
    role text,
    agency_id uuid,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid NOT NULL,
    detail jsonb NOT NULL,
    request_id uuid
);
CREATE INDEX audit_records_by_object ON audit_records (object_id, id DESC);
CREATE INDEX audit_records_by_account ON audit_records (account_id, id DESC);
CREATE TRIGGER audit_records_written_once BEFORE UPDATE OR DELETE ON audit_records
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_records_never_emptied BEFORE TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
