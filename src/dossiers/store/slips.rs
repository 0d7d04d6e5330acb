//! SQL of the slips and the register. Tables: `slips`, `slip_counters`.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Int2, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::Value;

use super::super::model::{Locked, Progress};
use super::super::slips::{REGIME, issued_by};
use super::super::workflow::Move;
use crate::authority::Permit;
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::{AgencyId, DossierId, SlipId};
use crate::kernel::{Error, Result};
use crate::schema::slips;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = slips)]
pub struct SlipRow {
    pub form: i16,
    pub regime: String,
    pub agency_id: AgencyId,
    pub year: i16,
    pub serial: i32,
    pub issued_at: Moment,
    pub data: Value,
}

/// Issues what the move issues, if anything: number and slip in one statement, after the move's own row. What the
/// slip says is copied: it says so for good, whatever happens to the dossier later.
pub fn follow(conn: &mut Conn, locked: &Locked, permit: &Permit, step: Move, next: &Progress) -> Result<()> {
    let Some(form) = issued_by(step) else { return Ok(()) };
    let agency_id = permit.agency_id().or(next.handling_agency_id);
    let agency_id = agency_id.ok_or_else(|| Error::internal("a slip without an agency"))?;
    let year = i16::try_from(chrono::Datelike::year(&in_vietnam(permit.at()).date_naive()))
        .map_err(Error::internal)?;
    diesel::sql_query(
        "WITH counter AS (INSERT INTO slip_counters (agency_id, year, last) VALUES ($1, $2, 1) \
            ON CONFLICT (agency_id, year) DO UPDATE SET last = slip_counters.last + 1 RETURNING last) \
         INSERT INTO slips (id, dossier_id, form, regime, agency_id, year, serial, issued_at, issued_by, data) \
         SELECT $3, d.id, $4, $5, $1, $2, counter.last, $6, $7, jsonb_strip_nulls(jsonb_build_object( \
            'number', d.number, 'procedure_code', p.code, 'procedure_name', p.name, 'agency_name', a.name, \
            'agency_identifier', a.identifier, 'applicant_kind', d.applicant_kind, 'applicant_name', d.applicant_name, \
            'applicant_identity', d.applicant_identity, 'channel', d.channel, 'fee_amount', d.fee_amount, \
            'submitted_at', d.submitted_at, 'accepted_at', d.accepted_at, 'due_at', d.due_at, \
            'officer_name', o.full_name, 'reason', m.reason, \
            'files', CASE WHEN $4 = 1 THEN (SELECT jsonb_agg(jsonb_build_object('name', f.name, 'component_code', \
                f.component_code, 'size_bytes', f.size_bytes, 'sha256', encode(f.sha256, 'hex')) ORDER BY f.uploaded_at) \
                FROM files f WHERE f.dossier_id = d.id AND f.purpose = 'component' AND f.removed_at IS NULL) END, \
            'papers', CASE WHEN $4 = 1 THEN (SELECT jsonb_agg(to_jsonb(r) - 'dossier_id' ORDER BY r.component_code) \
                FROM received_papers r WHERE r.dossier_id = d.id) END, \
            'supplement', CASE WHEN $4 = 2 THEN (SELECT jsonb_build_object('ordinal', s.ordinal, 'defects', s.defects, \
                'respond_by', s.respond_by) FROM supplements s WHERE s.dossier_id = d.id ORDER BY s.ordinal DESC LIMIT 1) END, \
            'apology', CASE WHEN $4 = 4 THEN (SELECT jsonb_build_object('old_due_at', x.old_due_at, 'new_due_on', \
                x.new_due_on, 'new_due_at', x.new_due_at) FROM apologies x WHERE x.dossier_id = d.id) END)) \
         FROM counter, dossiers d JOIN procedures p ON p.id = d.procedure_id JOIN agencies a ON a.id = $1 \
            LEFT JOIN accounts o ON o.id = $7 \
            LEFT JOIN dossier_moves m ON m.dossier_id = d.id AND m.version = d.version \
         WHERE d.id = $8",
    )
    .bind::<SqlUuid, _>(agency_id)
    .bind::<Int2, _>(year)
    .bind::<SqlUuid, _>(SlipId::new())
    .bind::<Int2, _>(form)
    .bind::<Text, _>(REGIME)
    .bind::<Timestamptz, _>(permit.at())
    .bind::<Nullable<SqlUuid>, _>(permit.account_id())
    .bind::<SqlUuid, _>(locked.id())
    .execute(conn)?;
    Ok(())
}

/// Those of one dossier, or of one form of it, in the order in which they were issued.
pub fn of_dossier(conn: &mut Conn, id: DossierId, form: Option<i16>) -> Result<Vec<SlipRow>> {
    let mut query = slips::table
        .filter(slips::dossier_id.eq(id))
        .order((slips::issued_at, slips::id))
        .select(SlipRow::as_select())
        .into_boxed();
    if let Some(form) = form {
        query = query.filter(slips::form.eq(form));
    }
    Ok(query.load(conn)?)
}

/// A line of an agency's register.
#[derive(Clone, Debug, QueryableByName)]
pub struct RegisterRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: DossierId,
    #[diesel(sql_type = Text)]
    pub number: String,
    #[diesel(sql_type = Text)]
    pub procedure_code: String,
    #[diesel(sql_type = Text)]
    pub procedure_name: String,
    #[diesel(sql_type = Text)]
    pub applicant_name: String,
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = Int2)]
    pub state: i16,
    #[diesel(sql_type = Timestamptz)]
    pub submitted_at: Moment,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub accepted_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ended_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Text>)]
    pub receipt_number: Option<String>,
}

/// What the agency received from one moment to another, in order.
pub fn register(
    conn: &mut Conn,
    agency_id: AgencyId,
    (from, to): (Moment, Moment),
    after: Option<(Moment, DossierId)>,
    limit: i64,
) -> Result<Vec<RegisterRow>> {
    let (after_at, after_id) = after.unzip();
    let rows = diesel::sql_query(
        "SELECT d.id, d.number, p.code AS procedure_code, p.name AS procedure_name, d.applicant_name, d.channel, d.state, \
            d.submitted_at, d.accepted_at, d.due_at, d.finished_at, d.ended_at, \
            (SELECT to_char(s.serial, 'FM0000') || '/' || s.year FROM slips s WHERE s.dossier_id = d.id AND s.form = 1 \
                ORDER BY s.issued_at LIMIT 1) AS receipt_number \
         FROM dossiers d JOIN procedures p ON p.id = d.procedure_id \
         WHERE d.receiving_agency_id = $1 AND d.state <> 0 AND d.submitted_at >= $2 AND d.submitted_at < $3 \
            AND ($4::timestamptz IS NULL OR (d.submitted_at, d.id) > ($4, $5)) \
         ORDER BY d.submitted_at, d.id LIMIT $6",
    )
    .bind::<SqlUuid, _>(agency_id)
    .bind::<Timestamptz, _>(from)
    .bind::<Timestamptz, _>(to)
    .bind::<Nullable<Timestamptz>, _>(after_at)
    .bind::<Nullable<SqlUuid>, _>(after_id)
    .bind::<BigInt, _>(limit)
    .load(conn)?;
    Ok(rows)
}
