//! SQL of the questions. Tables: `questions`, `question_rounds`, `question_agencies`, `question_moves`,
//! `question_alarms`, `question_deadline_changes`, `published_answers`.
//!
//! What must stay true: [`apply`] is the only statement that changes a question's state, and it names the state and
//! the version that it saw; the move, the audit record and the event stand in its transaction.

pub mod clocks;
pub mod lists;
pub mod published;
pub mod views;

use diesel::dsl::{exists, select, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::{Value, json};

use super::acting::Said;
use super::events::{QuestionEvent, QuestionEventKind};
use super::model::{Identity, Locked, Progress, State};
use super::workflow::Move;
use crate::audit;
use crate::authority::{Permit, Role};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::jobs::outbox;
use crate::kernel::ids::{AccountId, AgencyId, QuestionId};
use crate::kernel::{General, Result};
use crate::schema::{published_answers, question_agencies, question_moves, question_rounds, questions};

/// The clock runs. Literally the predicate of the partial indexes, or PostgreSQL would not see that they serve.
pub(super) fn running() -> SqlLiteral<Bool> {
    sql::<Bool>("questions.state IN ('asked', 'in_work', 'follow_up_asked')")
}

/// Locks a question for this transaction. None where there is none.
pub fn lock(conn: &mut Conn, id: QuestionId) -> Result<Option<Locked>> {
    let row = questions::table
        .find(id)
        .select((Identity::as_select(), Progress::as_select()))
        .for_update()
        .first::<(Identity, Progress)>(conn)
        .optional()?;
    let Some((identity, progress)) = row else { return Ok(None) };
    let state = State::parse(&progress.state)?;
    let involved = involved(conn, id)?;
    let standing = published_answers::table
        .filter(published_answers::question_id.eq(id).and(published_answers::withdrawn_at.is_null()));
    let is_published = select(exists(standing)).get_result(conn)?;
    Ok(Some(Locked { identity, progress, state, involved, is_published }))
}

pub fn involved(conn: &mut Conn, id: QuestionId) -> Result<Vec<AgencyId>> {
    let agencies = question_agencies::table.filter(question_agencies::question_id.eq(id));
    Ok(agencies.select(question_agencies::agency_id).load(conn)?)
}

/// The question that waits for the mail check under this secret.
pub fn unconfirmed(conn: &mut Conn, secret: &str) -> Result<Option<QuestionId>> {
    let waiting = questions::table.filter(questions::confirm_secret.eq(secret));
    Ok(waiting.select(questions::id).first(conn).optional()?)
}

pub struct NewQuestion<'a> {
    pub id: QuestionId,
    pub state: State,
    pub number: Option<String>,
    pub asker_id: Option<AccountId>,
    pub asker_name: &'a str,
    pub asker_email: Option<&'a str>,
    pub language: &'a str,
    pub agency_id: AgencyId,
    pub title: &'a str,
    pub text: &'a str,
    pub field_code: Option<&'a str>,
    pub procedure_code: Option<&'a str>,
    pub may_publish: bool,
    pub confirm: Option<(String, Moment)>,
    pub limit: (i16, i16),
    pub promise: Option<super::deadlines::Promise>,
}

pub fn insert(conn: &mut Conn, permit: &Permit, new: NewQuestion<'_>) -> Result<()> {
    let now = permit.at();
    let asked_at = new.promise.as_ref().map(|_| now);
    let (due_at, remind_at, deadline) = match new.promise {
        Some(promise) => (Some(promise.due_at), Some(promise.remind_at), Some(promise.deadline)),
        None => (None, None, None),
    };
    let (secret, until) = new.confirm.unzip();
    diesel::insert_into(questions::table)
        .values((
            (
                questions::id.eq(new.id),
                questions::state.eq(new.state.code()),
                questions::version.eq(1),
                questions::number.eq(new.number),
                questions::asker_id.eq(new.asker_id),
                questions::asker_name.eq(new.asker_name),
                questions::asker_email.eq(new.asker_email),
                questions::language.eq(new.language),
                questions::agency_id.eq(new.agency_id),
                questions::title.eq(new.title),
                questions::field_code.eq(new.field_code),
                questions::procedure_code.eq(new.procedure_code),
            ),
            (
                questions::may_publish.eq(new.may_publish),
                questions::confirm_secret.eq(secret),
                questions::confirm_until.eq(until),
                questions::limit_days.eq(new.limit.0),
                questions::remind_days.eq(new.limit.1),
                questions::round.eq(1_i16),
                questions::created_at.eq(now),
                questions::asked_at.eq(asked_at),
                questions::due_at.eq(due_at),
                questions::remind_at.eq(remind_at),
            ),
        ))
        .execute(conn)?;
    insert_round(conn, new.id, 1, new.text, now, due_at, deadline)?;
    if due_at.is_some() {
        reach(conn, new.id, new.agency_id, now)?;
    }
    audit::record(conn, permit, json!({ "agency": new.agency_id, "state": new.state.code() }))
}

pub fn insert_round(
    conn: &mut Conn,
    id: QuestionId,
    round: i16,
    text: &str,
    at: Moment,
    due_at: Option<Moment>,
    deadline: Option<Value>,
) -> Result<()> {
    diesel::insert_into(question_rounds::table)
        .values((
            question_rounds::question_id.eq(id),
            question_rounds::round.eq(round),
            question_rounds::asked_text.eq(text),
            question_rounds::asked_at.eq(at),
            question_rounds::due_at.eq(due_at),
            question_rounds::deadline.eq(deadline),
        ))
        .execute(conn)?;
    Ok(())
}

/// The clock of a round begins, or was moved by the calendar.
pub fn promise(
    conn: &mut Conn,
    id: QuestionId,
    round: i16,
    at: Moment,
    promise: &super::deadlines::Promise,
) -> Result<()> {
    diesel::update(question_rounds::table.find((id, round)))
        .set((
            question_rounds::asked_at.eq(at),
            question_rounds::due_at.eq(promise.due_at),
            question_rounds::deadline.eq(&promise.deadline),
        ))
        .execute(conn)?;
    Ok(())
}

pub struct Answered<'a> {
    pub text: &'a str,
    pub legal_basis: &'a [String],
    pub by: AccountId,
    pub agency_id: AgencyId,
    pub at: Moment,
}

pub fn answer_round(conn: &mut Conn, id: QuestionId, round: i16, answered: &Answered<'_>) -> Result<()> {
    diesel::update(question_rounds::table.find((id, round)))
        .set((
            question_rounds::answer_text.eq(answered.text),
            question_rounds::legal_basis.eq(answered.legal_basis.to_vec()),
            question_rounds::answered_by.eq(answered.by),
            question_rounds::answering_agency_id.eq(answered.agency_id),
            question_rounds::answered_at.eq(answered.at),
        ))
        .execute(conn)?;
    Ok(())
}

/// From now on that agency's officers may see the question.
pub fn reach(conn: &mut Conn, id: QuestionId, agency_id: AgencyId, now: Moment) -> Result<()> {
    diesel::insert_into(question_agencies::table)
        .values((
            question_agencies::agency_id.eq(agency_id),
            question_agencies::question_id.eq(id),
            question_agencies::reached_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

pub struct Transition<'a> {
    pub permit: &'a Permit,
    pub step: Move,
    /// The row as it will be. Its version is set here.
    pub next: Progress,
    pub event: Option<QuestionEventKind>,
    pub said: Said,
}

/// Makes the move. The lock has been held since the row was read; the WHERE keeps the invariant in the statement.
pub fn apply(conn: &mut Conn, locked: &Locked, transition: Transition<'_>) -> Result<i32> {
    let Transition { permit, step, mut next, event, said } = transition;
    let (before, id, now) = (&locked.progress, locked.id(), permit.at());
    next.version = before.version + 1;
    let updated = diesel::update(
        questions::table
            .find(id)
            .filter(questions::state.eq(&before.state).and(questions::version.eq(before.version))),
    )
    .set(&next)
    .execute(conn)?;
    if updated != 1 {
        return Err(General::Stale.into());
    }
    diesel::insert_into(question_moves::table)
        .values((
            question_moves::question_id.eq(id),
            question_moves::version.eq(next.version),
            question_moves::at.eq(now),
            question_moves::action.eq(step.word()),
            question_moves::from_state.eq(&before.state),
            question_moves::to_state.eq(&next.state),
            question_moves::actor_id.eq(permit.account_id()),
            question_moves::actor_role.eq(permit.role().map(Role::code)),
            question_moves::from_agency_id.eq(before.agency_id),
            question_moves::to_agency_id.eq(next.agency_id),
            question_moves::outcome.eq(said.outcome),
            question_moves::reason.eq(said.reason),
        ))
        .execute(conn)?;
    if !locked.involved.contains(&next.agency_id) {
        reach(conn, id, next.agency_id, now)?;
    }
    audit::record(conn, permit, json!({ "from": before.state, "to": next.state, "version": next.version }))?;
    if let Some(kind) = event {
        let event = QuestionEvent { kind, question_id: id, version: next.version, round: next.round };
        outbox::publish(conn, &event, permit.request_id(), now)?;
    }
    Ok(next.version)
}

/// Questions whose mail check never came. Nothing else hangs on them yet but their letter, which goes with them.
pub fn forget_unconfirmed(conn: &mut Conn, now: Moment, limit: i64) -> Result<usize> {
    let stale: Vec<QuestionId> = questions::table
        .filter(
            questions::state
                .eq(State::Unconfirmed.code())
                .and(questions::confirm_until.lt(now).assume_not_null()),
        )
        .order(questions::confirm_until)
        .limit(limit)
        .for_update()
        .skip_locked()
        .select(questions::id)
        .load(conn)?;
    Ok(diesel::delete(questions::table.filter(questions::id.eq_any(stale))).execute(conn)?)
}
