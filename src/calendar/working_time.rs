//! Deadlines: from an arrival and a limit to the moment at which the answer is due.
//!
//! What must stay true: one reckoning feeds both the short answer and the explained one; a pause never makes a deadline
//! earlier, and never saves one that had already passed when the pause began; no clock, no time zone of the machine.
//! Rules: day 0 is the day of receipt, a limit that ends on a day off moves to the next working day, a month ends on the
//! corresponding day or the month's last (Bộ luật Dân sự 2015, Điều 147–148); same-day procedures by the 15:00 rule
//! (Nghị định 23/2015/NĐ-CP, Điều 7); what arrives outside hours counts from the next working moment.

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate};

use crate::calendar::clock::{Clock, Moment, beyond_the_end, moment};
use crate::calendar::days::{self, Calendar};
use crate::calendar::hours::WorkingHours;
use crate::calendar::model::{Circumstances, Deadline, Due, Fault, Limit, Pause, Received, Share};
use crate::calendar::trace;

/// When is it due, and why.
pub fn due(
    calendar: &Calendar,
    hours: &WorkingHours,
    arrival: DateTime<FixedOffset>,
    limit: Limit,
    circumstances: &Circumstances<'_>,
) -> Result<Deadline, Fault> {
    let clock = Clock { calendar, hours };
    let reckoning = clock.reckon(arrival, limit, circumstances)?;
    let Due { start, due_at, due_on, waited_minutes, provisional } = clock.answer(&reckoning)?;
    let trace = trace::tell(&clock, &reckoning, circumstances)?;
    Ok(Deadline { start, due_at, due_on, waited_minutes, provisional, trace })
}

/// When is it due: the same reckoning without its explanation, for lists and recomputations.
pub fn due_moment(
    calendar: &Calendar,
    hours: &WorkingHours,
    arrival: DateTime<FixedOffset>,
    limit: Limit,
    circumstances: &Circumstances<'_>,
) -> Result<Due, Fault> {
    let clock = Clock { calendar, hours };
    let reckoning = clock.reckon(arrival, limit, circumstances)?;
    clock.answer(&reckoning)
}

/// How soon reception must answer: within 8 working hours online, within a working day at the counter or by post.
pub fn reception_limit(received: Received) -> Limit {
    match received {
        Received::Online => Limit::WorkingHours(8),
        Received::Counter | Received::Post => Limit::WorkingDays(1),
    }
}

/// The reception clock; it runs beside the processing clock and knows no same-day rule.
pub fn reception_due(
    calendar: &Calendar,
    hours: &WorkingHours,
    arrival: DateTime<FixedOffset>,
    received: Received,
    pauses: &[Pause],
    now: Option<DateTime<FixedOffset>>,
) -> Result<Deadline, Fault> {
    let circumstances = Circumstances { received: Some(received), same_day: false, pauses, now };
    due(calendar, hours, arrival, reception_limit(received), &circumstances)
}

/// When a step is due that has that share of the whole working time. Pauses shift a step as they shift the whole; the
/// last step is due exactly with the whole. A warning after 80 % is the share 80 of 100.
pub fn share_due(
    calendar: &Calendar,
    hours: &WorkingHours,
    arrival: DateTime<FixedOffset>,
    limit: Limit,
    circumstances: &Circumstances<'_>,
    share: Share,
) -> Result<DateTime<FixedOffset>, Fault> {
    let Share { before, own, whole } = share;
    let part = i64::from(before) + i64::from(own);
    if whole == 0 || part > i64::from(whole) {
        return Err(Fault::ShareTooLarge { before, own, whole });
    }
    let clock = Clock { calendar, hours };
    let mut reckoning = clock.reckon(arrival, limit, circumstances)?;
    if part < i64::from(whole) {
        let worked_at_start = clock.worked_before(reckoning.start)?;
        let whole_time = clock.worked_before(reckoning.due_before_pauses)? - worked_at_start;
        let step_time = whole_time * part / i64::from(whole);
        reckoning.due_before_pauses =
            clock.moment_when_worked(reckoning.start, worked_at_start + step_time)?;
        clock.apply_pauses(&mut reckoning, circumstances)?;
    }
    clock.datetime(reckoning.due_at)
}

/// Whole minutes of working time between two moments.
pub fn working_minutes_between(
    calendar: &Calendar,
    hours: &WorkingHours,
    from: DateTime<FixedOffset>,
    to: DateTime<FixedOffset>,
) -> Result<i64, Fault> {
    let clock = Clock { calendar, hours };
    if to < from {
        return Err(Fault::Backwards);
    }
    Ok((clock.worked_before(moment(to)?)? - clock.worked_before(moment(from)?)?) / 60)
}

/// The moment at which that many minutes have been worked since `start`; for none, the next working moment.
pub fn add_working_minutes(
    calendar: &Calendar,
    hours: &WorkingHours,
    start: DateTime<FixedOffset>,
    minutes: u32,
) -> Result<DateTime<FixedOffset>, Fault> {
    let clock = Clock { calendar, hours };
    let start = clock.next_working_moment(moment(start)?)?;
    let worked = clock.worked_before(start)? + i64::from(minutes) * 60;
    clock.datetime(clock.moment_when_worked(start, worked)?)
}

/// Close of business that many working days before the day of `at`: the last moment for an apology, or for a warning.
pub fn working_days_before(
    calendar: &Calendar,
    hours: &WorkingHours,
    at: DateTime<FixedOffset>,
    working_days: u32,
) -> Result<DateTime<FixedOffset>, Fault> {
    let clock = Clock { calendar, hours };
    let mut day = moment(at)?.day()?;
    for _ in 0..working_days {
        day = clock.working_day_before(day)?;
    }
    clock.datetime(clock.close_of(day)?)
}

const SAME_DAY_UNTIL: i64 = 15 * 3600;

/// Everything that was found on the way; the trace is told from it.
#[derive(Debug, Clone)]
pub(crate) struct Reckoning {
    pub(crate) limit: Limit,
    pub(crate) same_day: bool,
    pub(crate) arrival: Moment,
    pub(crate) start: Moment,
    /// Where a limit in days or months ends before it is moved off a day off.
    pub(crate) nominal_day: usize,
    /// The month has no such day: 31 January and one month.
    pub(crate) month_cut_short: bool,
    pub(crate) due_before_pauses: Moment,
    pub(crate) pauses: Vec<CountedPause>,
    pub(crate) due_at: Moment,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct CountedPause {
    pub(crate) pause: Pause,
    pub(crate) from: Moment,
    pub(crate) until: Moment,
    /// Working seconds that no earlier pause has counted.
    pub(crate) waited: i64,
    /// Part of it was waited in an earlier pause already.
    pub(crate) overlaps: bool,
    /// The deadline had passed before the pause began.
    pub(crate) too_late: bool,
}

impl Clock<'_> {
    fn reckon(
        &self,
        arrival: DateTime<FixedOffset>,
        limit: Limit,
        circumstances: &Circumstances<'_>,
    ) -> Result<Reckoning, Fault> {
        limit.check()?;
        let arrival = moment(arrival)?;
        let start = self.next_working_moment(arrival)?;
        let day_of_receipt = start.day()?;
        let mut month_cut_short = false;

        let nominal_day = if circumstances.same_day {
            if !fits_in_a_day(limit) {
                return Err(Fault::SameDayLimit { limit });
            }
            day_of_receipt
        } else {
            match limit {
                Limit::WorkingDays(number) => self.working_day_after(day_of_receipt, number)?,
                Limit::CalendarDays(number) => {
                    day_of_receipt.saturating_add(usize::try_from(number).map_err(|_| beyond_the_end())?)
                }
                Limit::Months(number) => {
                    let received_on = days::date_at(day_of_receipt).ok_or_else(beyond_the_end)?;
                    let (end, cut_short) = months_after(received_on, number)?;
                    month_cut_short = cut_short;
                    days::day_index(end).ok_or_else(beyond_the_end)?
                }
                Limit::WorkingHours(_) => day_of_receipt,
            }
        };
        let due_before_pauses = match limit {
            _ if circumstances.same_day && start.second_of_day() > SAME_DAY_UNTIL => {
                self.close_of(self.working_day_after(day_of_receipt, 1)?)?
            }
            _ if circumstances.same_day => self.close_of(day_of_receipt)?,
            Limit::WorkingHours(number) => {
                let worked = self.worked_before(start)? + i64::from(number) * 3600;
                self.moment_when_worked(start, worked)?
            }
            Limit::WorkingDays(_) | Limit::CalendarDays(_) | Limit::Months(_) => {
                self.close_of(self.working_day_from(nominal_day)?)?
            }
        };

        let mut reckoning = Reckoning {
            limit,
            same_day: circumstances.same_day,
            arrival,
            start,
            nominal_day,
            month_cut_short,
            due_before_pauses,
            pauses: Vec::new(),
            due_at: due_before_pauses,
        };
        self.apply_pauses(&mut reckoning, circumstances)?;
        Ok(reckoning)
    }

    /// Shifts the due moment by the working time waited. Time that two pauses share is waited once. A pause that begins
    /// when the deadline has already passed shifts nothing: what was missed stays missed.
    fn apply_pauses(
        &self,
        reckoning: &mut Reckoning,
        circumstances: &Circumstances<'_>,
    ) -> Result<(), Fault> {
        reckoning.due_at = reckoning.due_before_pauses;
        reckoning.pauses.clear();
        for (index, pause) in circumstances.pauses.iter().enumerate() {
            let number = index + 1;
            let from = moment(pause.from)?;
            let until = match (pause.until, circumstances.now) {
                (Some(until), _) if until < pause.from => {
                    return Err(Fault::PauseBackwards { number });
                }
                (Some(until), _) => moment(until)?,
                (None, Some(now)) => moment(now)?.max(from),
                (None, None) => return Err(Fault::PauseOpen { number }),
            };
            let counted =
                CountedPause { pause: *pause, from, until, waited: 0, overlaps: false, too_late: false };
            reckoning.pauses.push(counted);
        }
        reckoning.pauses.sort_by_key(|pause| (pause.from, pause.until));

        let mut counted_until = reckoning.start;
        for pause in &mut reckoning.pauses {
            let from = pause.from.max(counted_until);
            pause.overlaps = from > pause.from && counted_until > reckoning.start;
            if from >= reckoning.due_at {
                pause.too_late = true;
                continue;
            }
            if pause.until <= from {
                continue;
            }
            pause.waited = self.worked_before(pause.until)? - self.worked_before(from)?;
            counted_until = pause.until;
            let worked = self.worked_before(reckoning.due_at)? + pause.waited;
            reckoning.due_at = self.moment_when_worked(reckoning.due_at, worked)?;
        }
        Ok(())
    }

    fn answer(&self, reckoning: &Reckoning) -> Result<Due, Fault> {
        let waited: i64 = reckoning.pauses.iter().map(|pause| pause.waited).sum();
        let arrived_on = days::date_at(reckoning.arrival.day()?).ok_or_else(beyond_the_end)?;
        let due_at = self.datetime(reckoning.due_at)?;
        let due_on = due_at.date_naive();
        Ok(Due {
            start: self.datetime(reckoning.start)?,
            due_at,
            due_on,
            waited_minutes: waited / 60,
            provisional: self.calendar.is_provisional(arrived_on, due_on),
        })
    }
}

fn fits_in_a_day(limit: Limit) -> bool {
    match limit {
        Limit::WorkingDays(number) | Limit::CalendarDays(number) => number == 1,
        Limit::WorkingHours(number) => number <= 8,
        Limit::Months(_) => false,
    }
}

/// The corresponding day, or the month's last when it has no such day (Điều 148 khoản 3); and whether it had none.
fn months_after(date: NaiveDate, months: u32) -> Result<(NaiveDate, bool), Fault> {
    let end = date.checked_add_months(Months::new(months)).ok_or_else(beyond_the_end)?;
    Ok((end, end.day() != date.day()))
}
