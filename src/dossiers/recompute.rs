//! The calendar changed: every running deadline is reckoned again, page by page, each page in a short transaction of
//! its own, so that nobody waits and a crash continues at the saved position.
//!
//! What must stay true: a second walk over the same change moves nothing; what moved has its row (from where, to where,
//! by which change, and whether it had been missed already); the applicant is told once, and only of another date.
//! The row version stays: the due date is not part of what an officer decides on, and a walk must not refuse the
//! decision that an officer is about to make; the reply to that decision shows the new date.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::deadlines::{self, DossierClock, Promise, Terms};
use super::events::{DossierEvent, DossierEventKind};
use super::library::{Library, channel_of};
use super::model::{RouteStep, State};
use super::store::apologies;
use super::store::recompute::{self as store, Moved, MovedTask, Running};
use crate::authority::Op;
use crate::calendar::WorkingHours;
use crate::calendar::days::Calendar;
use crate::calendar::store::changes;
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::jobs::outbox;
use crate::kernel::ids::CalendarChangeId;
use crate::kernel::{Error, Result};

/// How many dossiers a transaction takes.
pub const PAGE: i64 = 200;

/// The next page. False where the walk is over.
pub fn page(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    change_id: CalendarChangeId,
    size: i64,
) -> Result<bool> {
    let Some((after, _)) = changes::position(conn, change_id)? else { return Ok(false) };
    let ids = store::lock_page(conn, after, size)?;
    let Some(last) = ids.last().copied() else {
        changes::finish(conn, change_id, op.now)?;
        return Ok(false);
    };
    // After the lock: of two walks, the one that writes last has the newer calendar.
    let calendar = library.calendars.fresh(conn)?;
    let mut moved = Vec::new();
    let mut tasks = Vec::new();
    let mut events = Vec::new();
    for row in store::running(conn, &ids)? {
        let found = match row.accepted_at {
            Some(accepted_at) => processing(conn, library, &calendar, &row, accepted_at, op.now)?,
            None => reception(&calendar, &row, op.now)?,
        };
        events.extend(found.moved.as_ref().and_then(|moved| news(&row, moved, change_id)));
        moved.extend(found.moved);
        tasks.extend(found.task);
    }
    store::write_moved(conn, change_id, &moved, op.now)?;
    store::write_tasks(conn, &tasks)?;
    outbox::publish_all(conn, &events, op.request_id, op.now)?;
    let number = i64::try_from(moved.len()).map_err(Error::internal)?;
    changes::save_position(conn, change_id, Some(last), number)?;
    Ok(true)
}

#[derive(Default)]
struct Found {
    moved: Option<Moved>,
    task: Option<MovedTask>,
}

fn processing(
    conn: &mut Conn,
    library: &Library,
    calendar: &std::sync::Arc<Calendar>,
    row: &Running,
    accepted_at: Moment,
    now: Moment,
) -> Result<Found> {
    let compiled = library.definitions.get(conn, row.version_id)?;
    let route: Vec<RouteStep> = read(&row.route)?;
    let mut clock = DossierClock {
        calendar: calendar.clone(),
        hours: WorkingHours::default(),
        terms: Terms::of(compiled.definition(), channel_of(&row.channel)?)?,
        accepted_at: in_vietnam(accepted_at),
        pauses: Vec::new(),
        promise: promise(row),
        now: in_vietnam(now),
        route: &route,
        warn_percent: library.warn_percent,
    };
    let (pauses, waits_since) = pauses(row)?;
    for (state, from, until) in pauses {
        clock.add_pause(state, from, Some(until));
    }
    let mut found = Found::default();
    if let (Some(id), Some(step)) = (row.task_id, row.task_step) {
        let due = clock.step(step)?;
        if Some(due.due_at) != row.task_due_at || due.warn_at != row.task_warn_at {
            found.task = Some(MovedTask { id, due_at: due.due_at, warn_at: due.warn_at });
        }
    }
    let Some(old_due_at) = row.due_at else { return Ok(found) };
    if clock.due_at()? == old_due_at {
        return Ok(found);
    }
    let whole = clock.whole()?;
    apologies::keep_original(conn, row.id, whole.original_due_at)?;
    let new_due_at = whole.deadline.due_at.to_utc();
    let deadline = serde_json::to_value(whole.deadline).map_err(Error::internal)?;
    // A clock that stands misses nothing.
    let was_missed = old_due_at < waits_since.unwrap_or(now);
    let deadline = Some(deadline);
    found.moved =
        Some(Moved { dossier_id: row.id, clock: "processing", old_due_at, new_due_at, was_missed, deadline });
    Ok(found)
}

fn reception(calendar: &Calendar, row: &Running, now: Moment) -> Result<Found> {
    let (Some(arrived_at), Some(id), Some(old_due_at)) = (row.arrived_at, row.task_id, row.task_due_at)
    else {
        return Ok(Found::default());
    };
    let due_at =
        deadlines::reception_deadline(calendar, channel_of(&row.channel)?, arrived_at)?.due_at.to_utc();
    if due_at == old_due_at {
        return Ok(Found::default());
    }
    let was_missed = row.state == State::NewlyRegistered.code() && old_due_at < now;
    let moved = Moved {
        dossier_id: row.id,
        clock: "reception",
        old_due_at,
        new_due_at: due_at,
        was_missed,
        deadline: None,
    };
    Ok(Found { moved: Some(moved), task: Some(MovedTask { id, due_at, warn_at: None }) })
}

fn promise(row: &Running) -> Option<Promise> {
    let (given_at, new_due_on) = row.promised_at.zip(row.promised_on)?;
    Some(Promise { given_at: in_vietnam(given_at), new_due_on })
}

type EndedPause = (i16, Moment, Moment);

/// The pauses that have moved the stored due time, and since when the clock stands if it does: waiting that goes on
/// moves the due time when it ends, and so does what led into it without a break.
fn pauses(row: &Running) -> Result<(Vec<EndedPause>, Option<Moment>)> {
    type Stored = (i16, DateTime<Utc>, Option<DateTime<Utc>>);
    let stored: Vec<Stored> = match &row.pauses {
        Some(value) => read(value)?,
        None => Vec::new(),
    };
    let mut ended: Vec<EndedPause> = Vec::new();
    let mut waits_since = None;
    for (state, from, until) in stored {
        match until {
            Some(until) => ended.push((state, from, until)),
            None => waits_since = Some(from),
        }
    }
    while let (Some(since), Some((_, from, until))) = (waits_since, ended.last().copied()) {
        if until != since {
            break;
        }
        waits_since = Some(from);
        ended.pop();
    }
    Ok((ended, waits_since))
}

/// Told to the applicant: another date, not another hour.
fn news(row: &Running, moved: &Moved, change_id: CalendarChangeId) -> Option<DossierEvent> {
    let is_another_day =
        in_vietnam(moved.old_due_at).date_naive() != in_vietnam(moved.new_due_at).date_naive();
    (row.accepted_at.is_some() && is_another_day).then_some(DossierEvent {
        kind: DossierEventKind::DeadlineMoved,
        dossier_id: row.id,
        version: row.version,
        from_state: row.state,
        to_state: row.state,
        change_id: Some(change_id),
    })
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T> {
    serde::Deserialize::deserialize(value).map_err(Error::internal)
}
