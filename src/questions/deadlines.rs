//! When an answer is due, and why. The engine is the calendar's; a round's clock starts when it is asked and never
//! again: not when it is claimed, not when it is forwarded.
//!
//! What must stay true: a deadline that the calendar moves leaves a record of what was promised before, what is
//! promised now, whether it was missed already, and which rule changed it.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::events::{QuestionEvent, QuestionEventKind};
use super::model::State;
use super::rules::Rules;
use super::store::{self, clocks, views};
use crate::authority::Op;
use crate::calendar::days::Calendar;
use crate::calendar::hours::WorkingHours;
use crate::calendar::model::{Circumstances, Limit, Received, Share};
use crate::calendar::working_time;
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::jobs::outbox;
use crate::kernel::ids::{QuestionId, RequestId};
use crate::kernel::{Error, General, Result};

/// What is promised at a moment: the answer's due moment with its explanation, and when the agency is reminded.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    pub due_at: Moment,
    pub remind_at: Moment,
    pub deadline: Value,
}

pub fn promise(conn: &mut Conn, rules: &Rules, asked_at: Moment, limit: (i16, i16)) -> Result<Promise> {
    let calendar: Arc<Calendar> = rules.calendars.get(conn)?;
    reckon(&calendar, asked_at, limit)
}

/// Pure. `limit` is the working days to answer, and after how many of them a reminder is due.
pub fn reckon(calendar: &Calendar, asked_at: Moment, limit: (i16, i16)) -> Result<Promise> {
    let hours = WorkingHours::default();
    let days = u32::try_from(limit.0).map_err(Error::internal)?;
    let remind = u32::try_from(limit.1).map_err(Error::internal)?;
    let circumstances = Circumstances { received: Some(Received::Online), ..Circumstances::default() };
    let (asked_at, whole) = (in_vietnam(asked_at), Limit::WorkingDays(days));
    let deadline =
        working_time::due(calendar, &hours, asked_at, whole, &circumstances).map_err(Error::internal)?;
    let share = Share { before: 0, own: remind, whole: days };
    let remind_at = working_time::share_due(calendar, &hours, asked_at, whole, &circumstances, share);
    Ok(Promise {
        due_at: deadline.due_at.to_utc(),
        remind_at: remind_at.map_err(Error::internal)?.to_utc(),
        deadline: serde_json::to_value(deadline).map_err(Error::internal)?,
    })
}

/// The deadline of the latest round as a person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionDeadline {
    /// 1 for the question, 2 for its follow-up.
    pub round: i16,
    #[schema(example = 7)]
    pub working_days: i16,
    pub asked_at: DateTime<FixedOffset>,
    pub due_at: DateTime<FixedOffset>,
    pub answered_at: Option<DateTime<FixedOffset>>,
    pub is_overdue: bool,
    /// Start, limit, every skipped day with its reason and notice, and the result, in Vietnamese and English.
    #[schema(value_type = Object)]
    pub explanation: Value,
    /// What changes of the calendar did to it.
    pub changes: Vec<DeadlineChange>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadlineChange {
    pub at: DateTime<FixedOffset>,
    pub from_due_at: DateTime<FixedOffset>,
    pub to_due_at: DateTime<FixedOffset>,
    /// It had been missed when it was moved.
    pub was_late: bool,
    #[schema(example = "Nghị quyết 28/2026/QH16")]
    pub rule: String,
}

pub fn explain(conn: &mut Conn, op: &Op, id: QuestionId) -> Result<QuestionDeadline> {
    let (row, _) = views::visible(conn, op, id)?;
    let round = row.rounds.last().ok_or(General::NotFound)?;
    let (Some(due_at), Some(explanation)) = (round.due_at, round.deadline.clone()) else {
        return Err(General::NotFound.into());
    };
    let end = round.answered_at.or(row.progress.ended_at);
    Ok(QuestionDeadline {
        round: round.round,
        working_days: row.identity.limit_days,
        asked_at: in_vietnam(round.asked_at),
        due_at: in_vietnam(due_at),
        answered_at: round.answered_at.map(in_vietnam),
        is_overdue: is_overdue(row.state, due_at, end, op.now),
        explanation,
        changes: clocks::changes(conn, id, round.round)?,
    })
}

/// Late, or answered late.
pub fn is_overdue(state: State, due_at: Moment, ended_at: Option<Moment>, now: Moment) -> bool {
    match ended_at {
        Some(ended_at) => ended_at > due_at,
        None => state.is_running() && now > due_at,
    }
}

/// Recomputes running deadlines after a change of the calendar, in the order of ids, so many at a time; where to go
/// on, or none at the end. Doing it again changes nothing. `rule` is the legal notice that changed the calendar.
pub fn recompute(
    conn: &mut Conn,
    calendar: &Calendar,
    rule: &str,
    now: Moment,
    after: Option<QuestionId>,
    limit: i64,
) -> Result<Option<QuestionId>> {
    let running = clocks::running_after(conn, after, limit)?;
    for clock in &running {
        let promise = reckon(calendar, clock.round_asked_at, (clock.limit_days, clock.remind_days))?;
        if promise.due_at == clock.due_at && promise.remind_at == clock.remind_at {
            continue;
        }
        clocks::move_deadline(conn, clock, &promise, now, rule)?;
        store::promise(conn, clock.id, clock.round, clock.round_asked_at, &promise)?;
        if promise.due_at != clock.due_at {
            let kind = QuestionEventKind::DeadlineMoved;
            let event =
                QuestionEvent { kind, question_id: clock.id, version: clock.version, round: clock.round };
            outbox::publish(conn, &event, RequestId::new(), now)?;
        }
    }
    let is_full = i64::try_from(running.len()).is_ok_and(|length| length == limit);
    Ok(running.last().map(|clock| clock.id).filter(|_| is_full))
}
