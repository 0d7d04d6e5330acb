//! SQL of what time does to questions: deadlines moved by the calendar, reminders, escalations. Tables: `questions`,
//! `question_rounds`, `question_alarms`, `question_deadline_changes`.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use uuid::Uuid;

use super::running;
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AgencyId, QuestionId};
use crate::questions::deadlines::{DeadlineChange, Promise};
use crate::schema::{question_alarms, question_deadline_changes, question_rounds, questions};

/// A running clock, its row locked.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = questions)]
pub struct RunningClock {
    pub id: QuestionId,
    pub version: i32,
    pub round: i16,
    pub limit_days: i16,
    pub remind_days: i16,
    #[diesel(select_expression = question_rounds::asked_at)]
    pub round_asked_at: Moment,
    #[diesel(select_expression = questions::due_at.assume_not_null())]
    pub due_at: Moment,
    #[diesel(select_expression = questions::remind_at.assume_not_null())]
    pub remind_at: Moment,
}

pub fn running_after(conn: &mut Conn, after: Option<QuestionId>, limit: i64) -> Result<Vec<RunningClock>> {
    // Before every id there is the nil one.
    let after = after.unwrap_or(QuestionId::from_uuid(Uuid::nil()));
    let rows = questions::table
        .inner_join(question_rounds::table)
        .filter(question_rounds::round.eq(questions::round))
        .filter(running())
        .filter(questions::id.gt(after))
        .order(questions::id)
        .limit(limit)
        .for_update()
        .select(RunningClock::as_select())
        .load(conn)?;
    Ok(rows)
}

/// The version stays: what was promised to the asker moved, what the officer saw did not.
pub fn move_deadline(
    conn: &mut Conn,
    clock: &RunningClock,
    promise: &Promise,
    now: Moment,
    rule: &str,
) -> Result<()> {
    diesel::update(questions::table.find(clock.id))
        .set((questions::due_at.eq(promise.due_at), questions::remind_at.eq(promise.remind_at)))
        .execute(conn)?;
    if promise.due_at == clock.due_at {
        return Ok(());
    }
    diesel::insert_into(question_deadline_changes::table)
        .values((
            question_deadline_changes::question_id.eq(clock.id),
            question_deadline_changes::round.eq(clock.round),
            question_deadline_changes::at.eq(now),
            question_deadline_changes::from_due_at.eq(clock.due_at),
            question_deadline_changes::to_due_at.eq(promise.due_at),
            question_deadline_changes::was_late.eq(now > clock.due_at),
            question_deadline_changes::rule.eq(rule),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn changes(conn: &mut Conn, id: QuestionId, round: i16) -> Result<Vec<DeadlineChange>> {
    let rows: Vec<(Moment, Moment, Moment, bool, String)> = question_deadline_changes::table
        .filter(question_deadline_changes::question_id.eq(id).and(question_deadline_changes::round.eq(round)))
        .order(question_deadline_changes::at)
        .select((
            question_deadline_changes::at,
            question_deadline_changes::from_due_at,
            question_deadline_changes::to_due_at,
            question_deadline_changes::was_late,
            question_deadline_changes::rule,
        ))
        .load(conn)?;
    let change = |(at, from, to, was_late, rule)| DeadlineChange {
        at: in_vietnam(at),
        from_due_at: in_vietnam(from),
        to_due_at: in_vietnam(to),
        was_late,
        rule,
    };
    Ok(rows.into_iter().map(change).collect())
}

/// A question for which an alarm is due.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = questions)]
pub struct Ringing {
    pub id: QuestionId,
    pub version: i32,
    pub round: i16,
    pub agency_id: AgencyId,
    #[diesel(select_expression = questions::due_at.assume_not_null())]
    pub due_at: Moment,
}

/// Not yet late and past the moment of the reminder, or late; without the alarm of that kind in this round.
pub fn ringing(conn: &mut Conn, kind: &str, late: bool, now: Moment, limit: i64) -> Result<Vec<Ringing>> {
    let raised = question_alarms::table.filter(
        question_alarms::question_id
            .eq(questions::id)
            .and(question_alarms::round.eq(questions::round))
            .and(question_alarms::kind.eq(kind)),
    );
    let is_late = questions::due_at.lt(now).assume_not_null();
    let rows = questions::table
        .filter(running())
        .filter(questions::remind_at.le(now))
        .filter(is_late.eq(late))
        .filter(not(exists(raised)))
        .order(questions::remind_at)
        .limit(limit)
        .for_update()
        .skip_locked()
        .select(Ringing::as_select())
        .load(conn)?;
    Ok(rows)
}

/// False where it has been raised already.
pub fn raise(conn: &mut Conn, kind: &str, ringing: &Ringing, now: Moment) -> Result<bool> {
    let inserted = diesel::insert_into(question_alarms::table)
        .values((
            question_alarms::question_id.eq(ringing.id),
            question_alarms::round.eq(ringing.round),
            question_alarms::kind.eq(kind),
            question_alarms::agency_id.eq(ringing.agency_id),
            question_alarms::due_at.eq(ringing.due_at),
            question_alarms::raised_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(inserted == 1)
}
