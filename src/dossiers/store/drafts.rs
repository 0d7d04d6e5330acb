//! SQL of drafts: made, edited, discarded, and turned into a numbered dossier.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::super::model::{Locked, RouteStep};
use super::people::Applicant;
use super::{Transition, after_update};
use crate::authority::Permit;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, AgencyId, DossierId, ProcedureId, UnitId, VersionId};
use crate::kernel::{Dong, Error, General, Result};
use crate::schema::{dossiers, received_papers};

pub struct NewDraft<'a> {
    pub id: DossierId,
    pub procedure_id: ProcedureId,
    pub version_id: VersionId,
    pub channel: &'a str,
    pub applicant: Applicant,
    pub answers: &'a Value,
    pub fee_amount: Dong,
    pub created_at: Moment,
}

pub fn insert(conn: &mut Conn, _permit: &Permit, draft: NewDraft<'_>) -> Result<()> {
    diesel::insert_into(dossiers::table)
        .values((
            dossiers::id.eq(draft.id),
            dossiers::state.eq(0_i16),
            dossiers::version.eq(1),
            dossiers::procedure_id.eq(draft.procedure_id),
            dossiers::version_id.eq(draft.version_id),
            dossiers::channel.eq(draft.channel),
            draft.applicant,
            dossiers::answers.eq(draft.answers),
            dossiers::route.eq(json!([])),
            dossiers::current_step.eq(0_i16),
            dossiers::fee_amount.eq(draft.fee_amount),
            dossiers::created_at.eq(draft.created_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many drafts somebody has open.
pub fn count_of(conn: &mut Conn, account_id: AccountId) -> Result<i64> {
    let drafts = dossiers::table.filter(dossiers::applicant_id.eq(account_id).and(dossiers::state.eq(0_i16)));
    Ok(drafts.count().get_result(conn)?)
}

pub fn answers(conn: &mut Conn, id: DossierId) -> Result<Value> {
    Ok(dossiers::table.find(id).select(dossiers::answers).first(conn)?)
}

/// New answers under the version now in force; the new row version.
pub fn save_answers(
    conn: &mut Conn,
    _permit: &Permit,
    locked: &Locked,
    answers: &Value,
    version_id: VersionId,
    fee_amount: Dong,
) -> Result<i32> {
    let version = locked.progress.version + 1;
    diesel::update(dossiers::table.find(locked.id()))
        .set((
            dossiers::answers.eq(answers),
            dossiers::version_id.eq(version_id),
            dossiers::fee_amount.eq(fee_amount),
            dossiers::version.eq(version),
        ))
        .execute(conn)?;
    Ok(version)
}

/// The supplement may correct what was answered; everything else of the dossier stays.
pub fn correct_answers(conn: &mut Conn, _permit: &Permit, id: DossierId, answers: &Value) -> Result<()> {
    diesel::update(dossiers::table.find(id)).set(dossiers::answers.eq(answers)).execute(conn)?;
    Ok(())
}

/// A draft leaves no trace but the audit record: nobody but its author has seen it.
pub fn discard(conn: &mut Conn, permit: &Permit, id: DossierId) -> Result<()> {
    diesel::delete(dossiers::table.find(id).filter(dossiers::state.eq(0_i16))).execute(conn)?;
    crate::audit::record(conn, permit, json!({}))
}

/// What submission settles once and for all.
pub struct Registration {
    pub number: String,
    pub version_id: VersionId,
    pub unit_id: UnitId,
    pub receiving_agency_id: AgencyId,
    pub route: Vec<RouteStep>,
    pub fee_amount: Dong,
    pub tracking_hash: Vec<u8>,
    pub submitted_at: Moment,
}

/// A draft becomes a dossier: one UPDATE for what is settled and where it stands, then the move, the desk, the
/// audit record and the event as for every other move.
pub fn register(
    conn: &mut Conn,
    draft: &Locked,
    registration: Registration,
    mut move_: Transition<'_>,
) -> Result<i32> {
    let before = &draft.progress;
    move_.next.version = before.version + 1;
    move_.next.handling_agency_id = registration.route.first().map(|step| step.agency_id);
    let route = serde_json::to_value(&registration.route).map_err(Error::internal)?;
    let updated = diesel::update(
        dossiers::table
            .find(draft.id())
            .filter(dossiers::state.eq(0_i16).and(dossiers::version.eq(before.version))),
    )
    .set((
        (
            dossiers::number.eq(&registration.number),
            dossiers::version_id.eq(registration.version_id),
            dossiers::unit_id.eq(registration.unit_id),
            dossiers::receiving_agency_id.eq(registration.receiving_agency_id),
            dossiers::route.eq(route),
            dossiers::fee_amount.eq(registration.fee_amount),
            dossiers::tracking_hash.eq(&registration.tracking_hash),
            dossiers::submitted_at.eq(registration.submitted_at),
        ),
        &move_.next,
    ))
    .execute(conn)?;
    if updated != 1 {
        return Err(General::Stale.into());
    }
    let mut registered = draft.clone();
    registered.route = registration.route;
    after_update(conn, &registered, move_)
}

pub fn insert_papers(conn: &mut Conn, id: DossierId, papers: &[(String, i16, i16)]) -> Result<()> {
    let rows: Vec<_> = papers
        .iter()
        .map(|(code, originals, copies)| {
            (
                received_papers::dossier_id.eq(id),
                received_papers::component_code.eq(code),
                received_papers::originals.eq(originals),
                received_papers::copies.eq(copies),
            )
        })
        .collect();
    diesel::insert_into(received_papers::table).values(rows).execute(conn)?;
    Ok(())
}

/// A day as the office counts it.
pub fn office_day(now: Moment) -> NaiveDate {
    crate::infra::clock::in_vietnam(now).date_naive()
}
