//! When a dossier and each of its steps are due. The engine is the calendar's; here stand only the facts it is
//! asked about: the channel's limit, the moment of acceptance, the time waited for the citizen.
//!
//! What must stay true: the processing clock starts at acceptance; time in states 5, 6 and 7 is not processing
//! time (QĐ 766/QĐ-TTg; NĐ 61/2018/NĐ-CP, điều 17).

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};

use super::library::Library;
use super::model::{Locked, Progress, RouteStep, State};
use super::store::{StepDue, apologies, waits};
use crate::calendar::HANOI;
use crate::calendar::days::Calendar;
use crate::calendar::hours::WorkingHours;
use crate::calendar::model::{Circumstances, Deadline, Limit, Pause, PauseReason, Received, Share};
use crate::calendar::{trace, working_time};
use crate::catalogue::definition::{ChannelKind, Definition};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::{Error, Result};

/// The clock of one dossier: what the engine needs to answer about the whole and about each step.
pub struct DossierClock<'a> {
    pub calendar: Arc<Calendar>,
    pub hours: WorkingHours,
    pub terms: Terms,
    pub accepted_at: DateTime<FixedOffset>,
    pub pauses: Vec<Pause>,
    pub promise: Option<Promise>,
    pub now: DateTime<FixedOffset>,
    pub route: &'a [RouteStep],
    /// The share of the time after which the desk is warned.
    pub warn_percent: u32,
}

/// What the procedure's version says of the time.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub limit: Limit,
    pub received: Received,
    pub same_day: bool,
}

impl Terms {
    pub fn of(definition: &Definition, channel: ChannelKind) -> Result<Self> {
        let terms = definition.channels.get(channel).ok_or_else(|| {
            Error::internal(format!("channel {} is not in the pinned version", channel.code()))
        })?;
        Ok(Self { limit: terms.limit, received: received(channel), same_day: definition.same_day })
    }
}

/// The date that an apology named: it stands in place of the reckoned one, and later waiting moves it on.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    pub given_at: DateTime<FixedOffset>,
    pub new_due_on: NaiveDate,
}

/// The answer about the whole, explained.
pub struct Reckoned {
    pub deadline: Deadline,
    /// What would be due without the apology; none where there is no apology.
    pub original_due_at: Option<Moment>,
}

impl Reckoned {
    pub fn write(self, next: &mut Progress) -> Result<()> {
        next.due_at = Some(self.deadline.due_at.to_utc());
        next.deadline = Some(serde_json::to_value(self.deadline).map_err(Error::internal)?);
        Ok(())
    }
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
        Ok(Self {
            calendar: library.calendars.get(conn)?,
            hours: WorkingHours::default(),
            terms: Terms::of(definition, channel)?,
            accepted_at: in_vietnam(accepted_at),
            pauses: Vec::new(),
            promise: None,
            now: in_vietnam(now),
            route,
            warn_percent: library.warn_percent,
        })
    }

    /// Takes into account what has happened since acceptance: the time waited, and an apology.
    pub fn with_history(mut self, conn: &mut Conn, id: DossierId) -> Result<Self> {
        for (state, started_at, ended_at) in waits::pauses(conn, id)? {
            self.add_pause(state, started_at, ended_at);
        }
        let apology = apologies::of(conn, id)?;
        self.promise = apology.map(|apology| apology.promise());
        Ok(self)
    }

    /// What was waited before acceptance belongs to the reception clock.
    pub fn add_pause(&mut self, state: i16, started_at: Moment, ended_at: Option<Moment>) {
        let reason = match State::from_code(state) {
            Some(State::SupplementRequested) => PauseReason::SupplementRequested,
            Some(State::FinancialObligation) => PauseReason::FinancialObligation,
            _ => PauseReason::WithdrawalRequested,
        };
        let (from, until) = (in_vietnam(started_at), ended_at.map(in_vietnam));
        if until.is_none_or(|until| until > self.accepted_at) {
            self.pauses.push(Pause { from: from.max(self.accepted_at), until, reason });
        }
    }

    pub fn whole(&self) -> Result<Reckoned> {
        let Terms { limit, .. } = self.terms;
        let mut deadline =
            working_time::due(&self.calendar, &self.hours, self.accepted_at, limit, &self.circumstances())
                .map_err(Error::internal)?;
        let Some(promise) = self.promise else { return Ok(Reckoned { deadline, original_due_at: None }) };
        let original_due_at = deadline.due_at.to_utc();
        let promised = self.promised(promise)?;
        deadline.trace.extend(trace::promised(promise.given_at, promised));
        deadline.due_at = promised;
        deadline.due_on = promised.date_naive();
        Ok(Reckoned { deadline, original_due_at: Some(original_due_at) })
    }

    /// The same without the explanation: for many at once.
    pub fn due_at(&self) -> Result<Moment> {
        match self.promise {
            Some(promise) => self.promised(promise).map(|due_at| due_at.to_utc()),
            None => self.due_without_apology().map(|due_at| due_at.to_utc()),
        }
    }

    fn due_without_apology(&self) -> Result<DateTime<FixedOffset>> {
        let Terms { limit, .. } = self.terms;
        let circumstances = self.circumstances();
        working_time::due_moment(&self.calendar, &self.hours, self.accepted_at, limit, &circumstances)
            .map(|due| due.due_at)
            .map_err(Error::internal)
    }

    /// Close of the promised day (of the next working one, should it have become a day off), moved by the working time
    /// waited since.
    fn promised(&self, promise: Promise) -> Result<DateTime<FixedOffset>> {
        let mut due_at = close_of_working_day(&self.calendar, &self.hours, promise.new_due_on)?;
        for pause in self.pauses.iter().filter(|pause| pause.from >= promise.given_at) {
            if pause.from >= due_at {
                continue;
            }
            let until = pause.until.unwrap_or(self.now).max(pause.from);
            let waited =
                working_time::working_minutes_between(&self.calendar, &self.hours, pause.from, until)
                    .map_err(Error::internal)?;
            due_at = self.later(due_at, waited)?;
        }
        Ok(due_at)
    }

    fn later(&self, at: DateTime<FixedOffset>, minutes: i64) -> Result<DateTime<FixedOffset>> {
        let minutes = u32::try_from(minutes.max(0)).map_err(Error::internal)?;
        if minutes == 0 {
            return Ok(at);
        }
        working_time::add_working_minutes(&self.calendar, &self.hours, at, minutes).map_err(Error::internal)
    }

    /// When the step is due, by its share of the time. A desk without a share is due with the step after it.
    pub fn step(&self, step: i16) -> Result<StepDue> {
        let index = usize::try_from(step).map_err(Error::internal)?;
        let share_of = |step: &RouteStep| step.time_share;
        let before: u32 = self.route.iter().take(index).map(share_of).sum();
        let mut own = self.route.get(index).map_or(0, share_of);
        if own == 0 {
            own = self.route.get(index + 1).map_or(0, share_of);
        }
        let share = Share { before, own: own.min(100_u32.saturating_sub(before)), whole: 100 };
        let warned_after = Share { before: 0, own: self.warn_percent.clamp(1, 99), whole: 100 };
        Ok(StepDue { due_at: self.share(share)?, warn_at: Some(self.share(warned_after)?) })
    }

    fn share(&self, share: Share) -> Result<Moment> {
        let Terms { limit, .. } = self.terms;
        let circumstances = self.circumstances();
        let due_at = working_time::share_due(
            &self.calendar,
            &self.hours,
            self.accepted_at,
            limit,
            &circumstances,
            share,
        )
        .map_err(Error::internal)?;
        let Some(promise) = self.promise else { return Ok(due_at.to_utc()) };
        // The apology moves a step as far as it moves the whole; the last one is due with it.
        let promised = self.promised(promise)?;
        let original = self.due_without_apology()?;
        let moved = working_time::working_minutes_between(
            &self.calendar,
            &self.hours,
            original,
            promised.max(original),
        )
        .map_err(Error::internal)?;
        if share.before + share.own >= share.whole {
            return Ok(promised.to_utc());
        }
        Ok(self.later(due_at, moved)?.min(promised).to_utc())
    }

    fn circumstances(&self) -> Circumstances<'_> {
        let Terms { received, same_day, .. } = self.terms;
        Circumstances { received: Some(received), same_day, pauses: &self.pauses, now: Some(self.now) }
    }
}

/// Close of business of that day, or of the next working one.
pub fn close_of_working_day(
    calendar: &Calendar,
    hours: &WorkingHours,
    day: NaiveDate,
) -> Result<DateTime<FixedOffset>> {
    let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(HANOI).single();
    let midnight = midnight.ok_or_else(|| Error::internal("a day without a beginning"))?;
    let opening = working_time::add_working_minutes(calendar, hours, midnight, 0).map_err(Error::internal)?;
    working_time::working_days_before(calendar, hours, opening, 0).map_err(Error::internal)
}

/// When reception must have answered: 8 working hours online, 1 working day at the counter or by post.
pub fn reception_due(
    conn: &mut Conn,
    library: &Library,
    channel: ChannelKind,
    at: Moment,
) -> Result<StepDue> {
    let calendar = library.calendars.get(conn)?;
    let due_at = reception_deadline(&calendar, channel, at)?.due_at.to_utc();
    Ok(StepDue { due_at, warn_at: None })
}

/// The same, explained.
pub fn reception_deadline(calendar: &Calendar, channel: ChannelKind, at: Moment) -> Result<Deadline> {
    working_time::reception_due(
        calendar,
        &WorkingHours::default(),
        in_vietnam(at),
        received(channel),
        &[],
        None,
    )
    .map_err(Error::internal)
}

/// The working minutes that the open task has taken so far, without the time waited for the citizen.
pub fn minutes_at_step(
    conn: &mut Conn,
    library: &Library,
    locked: &Locked,
    now: Moment,
) -> Result<Option<i32>> {
    let Some(task) = &locked.task else { return Ok(None) };
    let calendar = library.calendars.get(conn)?;
    let worked = |from: Moment, to: Moment| {
        let (from, to) = (in_vietnam(from), in_vietnam(to.max(from)));
        working_time::working_minutes_between(&calendar, &WorkingHours::default(), from, to)
            .map_err(Error::internal)
    };
    let mut minutes = worked(task.opened_at, now)?;
    for (_, started_at, ended_at) in waits::pauses(conn, locked.id())? {
        let until = ended_at.unwrap_or(now);
        if until > task.opened_at {
            minutes -= worked(started_at.max(task.opened_at), until)?;
        }
    }
    Ok(i32::try_from(minutes.max(0)).ok())
}

/// A due moment moved by the working time between two others.
pub fn later_by_work(
    conn: &mut Conn,
    library: &Library,
    due_at: Moment,
    from: Moment,
    to: Moment,
) -> Result<Moment> {
    let (calendar, hours) = (library.calendars.get(conn)?, WorkingHours::default());
    let waited =
        working_time::working_minutes_between(&calendar, &hours, in_vietnam(from), in_vietnam(to.max(from)))
            .map_err(Error::internal)?;
    let minutes = u32::try_from(waited).map_err(Error::internal)?;
    if minutes == 0 {
        return Ok(due_at);
    }
    working_time::add_working_minutes(&calendar, &hours, in_vietnam(due_at), minutes)
        .map(|due_at| due_at.to_utc())
        .map_err(Error::internal)
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
