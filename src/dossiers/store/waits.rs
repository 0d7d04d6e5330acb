//! SQL of what a dossier waits for: supplements, payments, and the pauses of its clock.

use diesel::prelude::*;
use serde_json::Value;

use super::super::model::State;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, DossierId, OrderId, SupplementId};
use crate::kernel::{Dong, Result};
use crate::schema::{dossier_pauses, payment_requests, supplements};

/// Begins and ends pauses as the state enters and leaves 5, 6 and 7.
pub fn follow(conn: &mut Conn, id: DossierId, from: i16, to: i16, now: Moment) -> Result<()> {
    let waits = |code| State::from_code(code).is_some_and(State::waits);
    if from == to {
        return Ok(());
    }
    if waits(from) {
        end_pause(conn, id, now)?;
    }
    let is_back = from == State::WithdrawalRequested.code() && to == State::SupplementRequested.code();
    if is_back && open_supplement(conn, id)?.is_some_and(|supplement| supplement.answered_at.is_some()) {
        // The citizen has done their part already.
        return Ok(());
    }
    if waits(to) {
        diesel::insert_into(dossier_pauses::table)
            .values((
                dossier_pauses::dossier_id.eq(id),
                dossier_pauses::started_at.eq(now),
                dossier_pauses::state.eq(to),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    Ok(())
}

/// The citizen has done their part: from here the time is the agency's again.
pub fn end_pause(conn: &mut Conn, id: DossierId, now: Moment) -> Result<()> {
    diesel::update(
        dossier_pauses::table
            .filter(dossier_pauses::dossier_id.eq(id).and(dossier_pauses::ended_at.is_null())),
    )
    .set(dossier_pauses::ended_at.eq(now))
    .execute(conn)?;
    Ok(())
}

/// State, start and end of every pause, in order.
pub fn pauses(conn: &mut Conn, id: DossierId) -> Result<Vec<(i16, Moment, Option<Moment>)>> {
    let pauses = dossier_pauses::table
        .filter(dossier_pauses::dossier_id.eq(id))
        .order(dossier_pauses::started_at)
        .select((dossier_pauses::state, dossier_pauses::started_at, dossier_pauses::ended_at))
        .load(conn)?;
    Ok(pauses)
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = supplements)]
pub struct Supplement {
    pub id: SupplementId,
    pub ordinal: i16,
    pub requested_at: Moment,
    pub defects: Value,
    pub respond_by: Moment,
    pub answered_at: Option<Moment>,
}

pub fn count_supplements(conn: &mut Conn, id: DossierId) -> Result<i64> {
    Ok(supplements::table.filter(supplements::dossier_id.eq(id)).count().get_result(conn)?)
}

pub fn open_supplement(conn: &mut Conn, id: DossierId) -> Result<Option<Supplement>> {
    let supplement = supplements::table
        .filter(supplements::dossier_id.eq(id).and(supplements::closed_at.is_null()))
        .select(Supplement::as_select())
        .first(conn)
        .optional()?;
    Ok(supplement)
}

/// When the applicant last sent what was asked for.
pub fn last_answer(conn: &mut Conn, id: DossierId) -> Result<Option<Moment>> {
    let answered = supplements::table.filter(supplements::dossier_id.eq(id));
    Ok(answered.select(diesel::dsl::max(supplements::answered_at)).first(conn)?)
}

pub fn insert_supplement(
    conn: &mut Conn,
    id: DossierId,
    ordinal: i16,
    requested_by: AccountId,
    now: Moment,
    defects: Value,
    respond_by: Moment,
) -> Result<()> {
    diesel::insert_into(supplements::table)
        .values((
            supplements::id.eq(SupplementId::new()),
            supplements::dossier_id.eq(id),
            supplements::ordinal.eq(ordinal),
            supplements::requested_by.eq(requested_by),
            supplements::requested_at.eq(now),
            supplements::defects.eq(defects),
            supplements::respond_by.eq(respond_by),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn answer_supplement(conn: &mut Conn, id: SupplementId, now: Moment, note: Option<&str>) -> Result<()> {
    diesel::update(supplements::table.find(id))
        .set((supplements::answered_at.eq(now), supplements::answer_note.eq(note)))
        .execute(conn)?;
    Ok(())
}

/// The time that a withdrawal took is not taken from the term of the supplement.
pub fn extend_supplement(conn: &mut Conn, id: DossierId, by: chrono::Duration) -> Result<()> {
    let Some(supplement) = open_supplement(conn, id)? else { return Ok(()) };
    diesel::update(supplements::table.find(supplement.id))
        .set(supplements::respond_by.eq(supplement.respond_by + by))
        .execute(conn)?;
    Ok(())
}

pub fn close_open_supplement(conn: &mut Conn, id: DossierId, now: Moment, outcome: &str) -> Result<()> {
    diesel::update(
        supplements::table.filter(supplements::dossier_id.eq(id).and(supplements::closed_at.is_null())),
    )
    .set((supplements::closed_at.eq(now), supplements::outcome.eq(outcome)))
    .execute(conn)?;
    Ok(())
}

pub fn insert_payment_request(
    conn: &mut Conn,
    id: DossierId,
    amount: Dong,
    reason: &str,
    requested_by: AccountId,
    now: Moment,
) -> Result<()> {
    diesel::insert_into(payment_requests::table)
        .values((
            payment_requests::id.eq(OrderId::new()),
            payment_requests::dossier_id.eq(id),
            payment_requests::amount.eq(amount),
            payment_requests::reason.eq(reason),
            payment_requests::requested_by.eq(requested_by),
            payment_requests::requested_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn settle_payment_request(
    conn: &mut Conn,
    id: DossierId,
    confirmed_by: AccountId,
    now: Moment,
    receipt_number: &str,
) -> Result<()> {
    diesel::update(open_payment_request(id))
        .set((
            payment_requests::paid_at.eq(now),
            payment_requests::confirmed_by.eq(confirmed_by),
            payment_requests::receipt_number.eq(receipt_number),
        ))
        .execute(conn)?;
    Ok(())
}

/// A dossier that ends takes its open payment request with it.
pub fn cancel_payment_request(conn: &mut Conn, id: DossierId, now: Moment) -> Result<()> {
    diesel::update(open_payment_request(id)).set(payment_requests::cancelled_at.eq(now)).execute(conn)?;
    Ok(())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn open_payment_request(id: DossierId) -> _ {
    payment_requests::table.filter(
        payment_requests::dossier_id
            .eq(id)
            .and(payment_requests::paid_at.is_null())
            .and(payment_requests::cancelled_at.is_null()),
    )
}
