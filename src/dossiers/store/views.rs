//! Read models: one statement for a page. The names of procedures, units and agencies and the list of files are
//! joined here, read-only; their tables are changed by their owners alone.

use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bytea, Int2, Int4, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use serde::Deserialize;
use serde_json::Value;

use super::super::decision::Decision;
use super::super::model::{RouteStep, State, Subject};
use super::super::receipt::PaperView;
use super::super::views::{ConfirmationView, PaymentView, ResultView, SupplementView};
use super::super::workflow::Way;
use crate::files::FileView;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, AgencyId, DossierId, FileId, TaskId, VersionId};
use crate::kernel::{Dong, Error, Result};

#[derive(QueryableByName)]
struct RawDossier {
    #[diesel(sql_type = SqlUuid)]
    id: DossierId,
    #[diesel(sql_type = Nullable<Text>)]
    number: Option<String>,
    #[diesel(sql_type = Int2)]
    state: i16,
    #[diesel(sql_type = Int4)]
    version: i32,
    #[diesel(sql_type = SqlUuid)]
    version_id: VersionId,
    #[diesel(sql_type = Text)]
    channel: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    applicant_id: Option<AccountId>,
    #[diesel(sql_type = Text)]
    applicant_kind: String,
    #[diesel(sql_type = Text)]
    applicant_name: String,
    #[diesel(sql_type = Text)]
    applicant_identity: String,
    #[diesel(sql_type = Nullable<Text>)]
    applicant_phone: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    applicant_email: Option<String>,
    #[diesel(sql_type = Jsonb)]
    answers: Value,
    #[diesel(sql_type = Jsonb)]
    route: Value,
    #[diesel(sql_type = Nullable<Text>)]
    decision: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    receiving_agency_id: Option<AgencyId>,
    #[diesel(sql_type = Nullable<Int2>)]
    waiting_from: Option<i16>,
    #[diesel(sql_type = Nullable<Int2>)]
    withdrawal_from: Option<i16>,
    #[diesel(sql_type = BigInt)]
    fee_amount: Dong,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    submitted_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    accepted_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    due_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    finished_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ended_at: Option<Moment>,
    #[diesel(sql_type = Text)]
    procedure_code: String,
    #[diesel(sql_type = Text)]
    procedure_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    unit_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    receiving_agency_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    handling_agency_name: Option<String>,
    #[diesel(sql_type = Array<SqlUuid>)]
    involved: Vec<AgencyId>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    task: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    files: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    supplement: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    confirmation: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    payment: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    result: Option<Value>,
}

pub struct DossierRow {
    pub id: DossierId,
    pub number: Option<String>,
    pub state: i16,
    pub version: i32,
    pub version_id: VersionId,
    pub channel: String,
    pub applicant_id: Option<AccountId>,
    pub applicant_kind: String,
    pub applicant_name: String,
    pub applicant_identity: String,
    pub applicant_phone: Option<String>,
    pub applicant_email: Option<String>,
    pub answers: Value,
    pub route: Vec<RouteStep>,
    pub decision: Option<Decision>,
    pub receiving_agency_id: Option<AgencyId>,
    pub waiting_from: Option<i16>,
    pub withdrawal_from: Option<i16>,
    pub fee_amount: Dong,
    pub submitted_at: Option<Moment>,
    pub accepted_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub finished_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    pub procedure_code: String,
    pub procedure_name: String,
    pub unit_name: Option<String>,
    pub receiving_agency_name: Option<String>,
    pub handling_agency_name: Option<String>,
    pub involved: Vec<AgencyId>,
    pub task: Option<RawTask>,
    pub files: Vec<FileView>,
    pub supplement: Option<SupplementView>,
    pub confirmation: Option<ConfirmationView>,
    pub payment: Option<PaymentView>,
    pub result: Option<ResultView>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct RawTask {
    pub id: TaskId,
    pub agency_id: AgencyId,
    pub step: i16,
    pub step_code: String,
    pub role: String,
    pub assignee_id: Option<AccountId>,
    pub lease_until: Option<Moment>,
    pub due_at: Moment,
}

impl DossierRow {
    pub fn subject(&self) -> Subject {
        Subject {
            id: self.id,
            owner: self.applicant_id,
            handling: self.task.as_ref().map(|task| task.agency_id),
            receiving: self.receiving_agency_id,
            involved: self.involved.clone(),
        }
    }

    /// To its owner: the standing result, once it has been handed over.
    pub fn shows_result(&self, file_id: FileId) -> bool {
        let standing = self.result.as_ref().and_then(|result| result.file_id);
        self.state == State::Returned.code() && standing == Some(file_id)
    }

    pub fn way(&self) -> Way {
        let state = |code: Option<i16>| code.and_then(State::from_code);
        Way { waiting_from: state(self.waiting_from), withdrawal_from: state(self.withdrawal_from) }
    }
}

/// Files of a dossier as `FileView` reads them.
const FILES: &str = "(SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, \
    'component_code', f.component_code, 'purpose', f.purpose, 'media_type', f.media_type, \
    'size_bytes', f.size_bytes, 'sha256', encode(f.sha256, 'hex'), 'scan_verdict', f.scan_verdict, \
    'uploaded_at', f.uploaded_at, 'sealed', f.sealed_at IS NOT NULL) ORDER BY f.uploaded_at, f.id) \
    FROM files f WHERE f.dossier_id = d.id AND f.removed_at IS NULL)";

/// What was received with the submission, and nothing that came later.
const RECEIVED: &str = "(SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, \
    'component_code', f.component_code, 'purpose', f.purpose, 'media_type', f.media_type, \
    'size_bytes', f.size_bytes, 'sha256', encode(f.sha256, 'hex'), 'scan_verdict', f.scan_verdict, \
    'uploaded_at', f.uploaded_at, 'sealed', true) ORDER BY f.uploaded_at, f.id) \
    FROM files f WHERE f.dossier_id = d.id AND f.purpose = 'component' AND f.sealed_at = d.submitted_at)";

pub fn dossier(conn: &mut Conn, id: DossierId) -> Result<Option<DossierRow>> {
    let statement = format!(
        "SELECT d.id, d.number, d.state, d.version, d.version_id, d.channel, d.applicant_id, d.applicant_kind, d.applicant_name, \
            d.applicant_identity, d.applicant_phone, d.applicant_email, d.answers, d.route, d.decision, d.receiving_agency_id, \
            d.waiting_from, d.withdrawal_from, d.fee_amount, d.submitted_at, d.accepted_at, d.due_at, d.finished_at, \
            d.ended_at, p.code AS procedure_code, p.name AS procedure_name, u.full_name AS unit_name, \
            ra.name AS receiving_agency_name, ha.name AS handling_agency_name, \
            ARRAY(SELECT agency_id FROM dossier_agencies WHERE dossier_id = d.id) AS involved, \
            (SELECT to_jsonb(t) FROM tasks t WHERE t.dossier_id = d.id AND t.closed_at IS NULL) AS task, \
            {FILES} AS files, \
            (SELECT to_jsonb(s) FROM supplements s WHERE s.dossier_id = d.id AND s.closed_at IS NULL) AS supplement, \
            (SELECT to_jsonb(c) FROM confirmations c JOIN tasks t ON t.dossier_id = c.dossier_id AND t.step = c.step \
                AND t.closed_at IS NULL WHERE c.dossier_id = d.id AND c.asked_at >= t.opened_at \
                ORDER BY c.asked_at DESC, c.id DESC LIMIT 1) AS confirmation, \
            (SELECT to_jsonb(r) FROM payment_requests r WHERE r.dossier_id = d.id AND r.paid_at IS NULL \
                AND r.cancelled_at IS NULL) AS payment, \
            (SELECT to_jsonb(r) FROM results r WHERE r.dossier_id = d.id AND r.withdrawn_at IS NULL) AS result \
         FROM dossiers d JOIN procedures p ON p.id = d.procedure_id LEFT JOIN units u ON u.id = d.unit_id \
            LEFT JOIN agencies ra ON ra.id = d.receiving_agency_id \
            LEFT JOIN agencies ha ON ha.id = d.handling_agency_id \
         WHERE d.id = $1"
    );
    let raw =
        diesel::sql_query(statement).bind::<SqlUuid, _>(id).get_result::<RawDossier>(conn).optional()?;
    raw.map(parse).transpose()
}

fn parse(raw: RawDossier) -> Result<DossierRow> {
    Ok(DossierRow {
        id: raw.id,
        number: raw.number,
        state: raw.state,
        version: raw.version,
        version_id: raw.version_id,
        channel: raw.channel,
        applicant_id: raw.applicant_id,
        applicant_kind: raw.applicant_kind,
        applicant_name: raw.applicant_name,
        applicant_identity: raw.applicant_identity,
        applicant_phone: raw.applicant_phone,
        applicant_email: raw.applicant_email,
        answers: raw.answers,
        route: serde_json::from_value(raw.route).map_err(Error::internal)?,
        decision: raw.decision.as_deref().and_then(Decision::parse),
        receiving_agency_id: raw.receiving_agency_id,
        waiting_from: raw.waiting_from,
        withdrawal_from: raw.withdrawal_from,
        fee_amount: raw.fee_amount,
        submitted_at: raw.submitted_at,
        accepted_at: raw.accepted_at,
        due_at: raw.due_at,
        finished_at: raw.finished_at,
        ended_at: raw.ended_at,
        procedure_code: raw.procedure_code,
        procedure_name: raw.procedure_name,
        unit_name: raw.unit_name,
        receiving_agency_name: raw.receiving_agency_name,
        handling_agency_name: raw.handling_agency_name,
        involved: raw.involved,
        task: read(raw.task)?,
        files: read(raw.files)?.unwrap_or_default(),
        supplement: read(raw.supplement)?,
        confirmation: read(raw.confirmation)?,
        payment: read(raw.payment)?,
        result: read(raw.result)?,
    })
}

fn read<T: serde::de::DeserializeOwned>(value: Option<Value>) -> Result<Option<T>> {
    value.map(|value| serde_json::from_value(value).map_err(Error::internal)).transpose()
}

pub struct ReceiptRow {
    pub number: String,
    pub state: i16,
    pub channel: String,
    pub received_by: String,
    pub submitted_at: Moment,
    pub due_at: Option<Moment>,
    pub files: Vec<FileView>,
    pub papers: Vec<PaperView>,
}

#[derive(QueryableByName)]
struct RawReceipt {
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Int2)]
    state: i16,
    #[diesel(sql_type = Text)]
    channel: String,
    #[diesel(sql_type = Text)]
    received_by: String,
    #[diesel(sql_type = Timestamptz)]
    submitted_at: Moment,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    due_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    files: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    papers: Option<Value>,
}

pub fn receipt(conn: &mut Conn, id: DossierId) -> Result<Option<ReceiptRow>> {
    let statement = format!(
        "SELECT d.number, d.state, d.channel, a.name AS received_by, d.submitted_at, d.due_at, {RECEIVED} AS files, \
            (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.component_code) FROM received_papers r WHERE r.dossier_id = d.id) AS papers \
         FROM dossiers d JOIN agencies a ON a.id = d.receiving_agency_id WHERE d.id = $1 AND d.state <> 0"
    );
    let raw =
        diesel::sql_query(statement).bind::<SqlUuid, _>(id).get_result::<RawReceipt>(conn).optional()?;
    let Some(raw) = raw else { return Ok(None) };
    Ok(Some(ReceiptRow {
        number: raw.number,
        state: raw.state,
        channel: raw.channel,
        received_by: raw.received_by,
        submitted_at: raw.submitted_at,
        due_at: raw.due_at,
        files: read(raw.files)?.unwrap_or_default(),
        papers: read(raw.papers)?.unwrap_or_default(),
    }))
}

/// A line of the timeline, with the names that people know.
#[derive(Clone, Debug, QueryableByName)]
pub struct MoveRow {
    #[diesel(sql_type = Int4)]
    pub version: i32,
    #[diesel(sql_type = Timestamptz)]
    pub at: Moment,
    #[diesel(sql_type = Text)]
    pub action: String,
    #[diesel(sql_type = Int2)]
    pub from_state: i16,
    #[diesel(sql_type = Int2)]
    pub to_state: i16,
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub actor_role: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub from_agency_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub to_agency_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub step_code: Option<String>,
    #[diesel(sql_type = Nullable<Int4>)]
    pub minutes_used: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub internal_note: Option<String>,
}

pub fn moves(conn: &mut Conn, id: DossierId) -> Result<Vec<MoveRow>> {
    let rows = diesel::sql_query(
        "SELECT m.version, m.at, m.action, m.from_state, m.to_state, a.full_name AS actor_name, m.actor_role, \
            fa.name AS from_agency_name, ta.name AS to_agency_name, m.step_code, m.minutes_used, m.reason, m.internal_note \
         FROM dossier_moves m LEFT JOIN accounts a ON a.id = m.actor_id \
            LEFT JOIN agencies fa ON fa.id = m.from_agency_id LEFT JOIN agencies ta ON ta.id = m.to_agency_id \
         WHERE m.dossier_id = $1 ORDER BY m.version",
    )
    .bind::<SqlUuid, _>(id)
    .load(conn)?;
    Ok(rows)
}

/// What the public may know to whoever holds the number and the secret's digest.
#[derive(Clone, Debug, QueryableByName)]
pub struct TrackedRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: DossierId,
    #[diesel(sql_type = Text)]
    pub number: String,
    #[diesel(sql_type = Int2)]
    pub state: i16,
    #[diesel(sql_type = Text)]
    pub procedure_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub handling_agency_name: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub submitted_at: Moment,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<Moment>,
    #[diesel(sql_type = Bytea)]
    pub tracking_hash: Vec<u8>,
}

pub fn tracked(conn: &mut Conn, number: &str) -> Result<Option<TrackedRow>> {
    let row = diesel::sql_query(
        "SELECT d.id, d.number, d.state, p.name AS procedure_name, a.name AS handling_agency_name, d.submitted_at, \
            d.due_at, d.finished_at, d.tracking_hash \
         FROM dossiers d JOIN procedures p ON p.id = d.procedure_id LEFT JOIN agencies a ON a.id = d.handling_agency_id \
         WHERE d.number = $1",
    )
    .bind::<Text, _>(number)
    .get_result(conn)
    .optional()?;
    Ok(row)
}

/// Who of the administration looked at a dossier, or acted on it: shown to its owner.
#[derive(Clone, Debug, QueryableByName)]
pub struct AccessRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Timestamptz)]
    pub at: Moment,
    #[diesel(sql_type = Text)]
    pub action: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub officer_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub role: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub agency_name: Option<String>,
}

pub fn accesses(conn: &mut Conn, id: DossierId, before: Option<i64>, limit: i64) -> Result<Vec<AccessRow>> {
    let rows = diesel::sql_query(
        "SELECT r.id, r.at, r.action, a.full_name AS officer_name, r.role, g.name AS agency_name \
         FROM audit_records r LEFT JOIN accounts a ON a.id = r.account_id LEFT JOIN agencies g ON g.id = r.agency_id \
         WHERE r.object_id = $1 AND r.role IS NOT NULL AND r.id < $2 ORDER BY r.id DESC LIMIT $3",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<BigInt, _>(before.unwrap_or(i64::MAX))
    .bind::<BigInt, _>(limit)
    .load(conn)?;
    Ok(rows)
}
