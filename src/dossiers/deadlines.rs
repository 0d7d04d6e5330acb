//! When a dossier and each of its steps are due. The engine is the calendar's; here stand only the facts it is
//! asked about: the channel's limit, the moment of acceptance, the time waited for the citizen.
//!
//! What must stay true: the processing clock starts at acceptance; time in states 5, 6 and 7 is not processing
//! time (QĐ 766/QĐ-TTg; NĐ 61/2018/NĐ-CP, điều 17).

use chrono::{DateTime, FixedOffset};

use super::library::Library;
use super::model::{Locked, RouteStep, State};
use super::store::waits;
use crate::calendar::days::Calendar;
use crate::calendar::hours::WorkingHours;
use crate::calendar::model::{Circumstances, Deadline, Limit, Pause, PauseReason, Received, Share};
use crate::calendar::working_time;
use crate::catalogue::definition::{ChannelKind, Definition};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::{Error, Result};

/// The clock of one dossier: what the engine needs to answer about the whole and about each step.
pub struct DossierClock<'a> {
    calendar: std::sync::Arc<Calendar>,
    hours: WorkingHours,
    limit: Limit,
    received: Received,
    same_day: bool,
    accepted_at: DateTime<FixedOffset>,
    pauses: Vec<Pause>,
    now: DateTime<FixedOffset>,
    route: &'a [RouteStep],
}

impl<'a> DossierClock<'a> {
    pub fn new(
        conn: &mut Conn,
        library: &Library,
        definition: &Definition,
        channel: ChannelKind,
        route: &'a [RouteStep],
        accepted_at: Moment,
        now: Moment,
    ) -> Result<Self> {
        let terms = definition.channels.get(channel).ok_or_else(|| {
            Error::internal(format!("channel {} is not in the pinned version", channel.code()))
        })?;
        Ok(Self {
            calendar: library.calendars.get(conn)?,
            hours: WorkingHours::default(),
            limit: terms.limit,
            received: received(channel),
            same_day: definition.same_day,
            accepted_at: in_vietnam(accepted_at),
            pauses: Vec::new(),
            now: in_vietnam(now),
            route,
        })
    }

    /// Takes the time waited since acceptance into account.
    pub fn with_pauses(mut self, conn: &mut Conn, id: DossierId) -> Result<Self> {
        for (state, started_at, ended_at) in waits::pauses(conn, id)? {
            let reason = match State::from_code(state) {
                Some(State::SupplementRequested) => PauseReason::SupplementRequested,
                Some(State::FinancialObligation) => PauseReason::FinancialObligation,
                _ => PauseReason::WithdrawalRequested,
            };
            let (from, until) = (in_vietnam(started_at), ended_at.map(in_vietnam));
            // What was waited before acceptance belongs to the reception clock.
            if until.is_none_or(|until| until > self.accepted_at) {
                self.pauses.push(Pause { from: from.max(self.accepted_at), until, reason });
            }
        }
        Ok(self)
    }

    pub fn whole(&self) -> Result<Deadline> {
        working_time::due(&self.calendar, &self.hours, self.accepted_at, self.limit, &self.circumstances())
            .map_err(Error::internal)
    }

    /// When the step is due, by its share of the time. A desk without a share is due with the step after it.
    pub fn step(&self, step: i16) -> Result<Moment> {
        let index = usize::try_from(step).map_err(Error::internal)?;
        let share_of = |step: &RouteStep| step.time_share;
        let before: u32 = self.route.iter().take(index).map(share_of).sum();
        let mut own = self.route.get(index).map_or(0, share_of);
        if own == 0 {
            own = self.route.get(index + 1).map_or(0, share_of);
        }
        let share = Share { before, own: own.min(100_u32.saturating_sub(before)), whole: 100 };
        let circumstances = self.circumstances();
        working_time::share_due(
            &self.calendar,
            &self.hours,
            self.accepted_at,
            self.limit,
            &circumstances,
            share,
        )
        .map(|due| due.to_utc())
        .map_err(Error::internal)
    }

    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            received: Some(self.received),
            same_day: self.same_day,
            pauses: &self.pauses,
            now: Some(self.now),
        }
    }
}

/// When reception must have answered: 8 working hours online, 1 working day at the counter or by post.
pub fn reception_due(conn: &mut Conn, library: &Library, channel: ChannelKind, at: Moment) -> Result<Moment> {
    let calendar = library.calendars.get(conn)?;
    let hours = WorkingHours::default();
    working_time::reception_due(&calendar, &hours, in_vietnam(at), received(channel), &[], None)
        .map(|deadline| deadline.due_at.to_utc())
        .map_err(Error::internal)
}

/// The working minutes that the open task has taken so far.
pub fn minutes_at_step(
    conn: &mut Conn,
    library: &Library,
    locked: &Locked,
    now: Moment,
) -> Result<Option<i32>> {
    let Some(task) = &locked.task else { return Ok(None) };
    let calendar = library.calendars.get(conn)?;
    let minutes = working_time::working_minutes_between(
        &calendar,
        &WorkingHours::default(),
        in_vietnam(task.opened_at),
        in_vietnam(now.max(task.opened_at)),
    )
    .map_err(Error::internal)?;
    Ok(i32::try_from(minutes).ok())
}

/// Close of the day that lies so many calendar days ahead: the last moment of a citizen's term.
pub fn close_of_day_after(at: Moment, days: u32) -> Result<Moment> {
    let day = in_vietnam(at).date_naive() + chrono::Days::new(u64::from(days));
    let close = day
        .and_hms_opt(23, 59, 59)
        .and_then(|time| time.and_local_timezone(*in_vietnam(at).offset()).single());
    close.map(|close| close.to_utc()).ok_or_else(|| Error::internal("a day without an end"))
}

fn received(channel: ChannelKind) -> Received {
    match channel {
        ChannelKind::Online => Received::Online,
        ChannelKind::Counter => Received::Counter,
        ChannelKind::Post => Received::Post,
    }
}
