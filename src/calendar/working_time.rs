//! Deadlines: from an arrival and a limit to the moment at which the answer is due.
//!
//! What must stay true: one reckoning feeds both the short answer and the explained one; a pause never makes a deadline
//! earlier, and never saves one that had already passed when the pause began; no clock, no time zone of the machine.
//! Rules: day 0 is the day of receipt, a limit that ends on a day off moves to the next working day, a month ends on the
//! corresponding day or the month's last (Bộ luật Dân sự 2015, Điều 147–148); same-day procedures by the 15:00 rule
//! (Nghị định 23/2015/NĐ-CP, Điều 7); what arrives outside hours counts from the next working moment.

use chrono::{DateTime, FixedOffset, Months, NaiveDate};

use crate::calendar::HANOI;
use crate::calendar::days::{self, Calendar, DayClass, DayCount};
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
    let Due {
        start,
        due_at,
        due_on,
        waited_minutes,
        provisional,
    } = clock.answer(&reckoning)?;
    let trace = trace::tell(&clock, &reckoning, circumstances)?;
    Ok(Deadline {
        start,
        due_at,
        due_on,
        waited_minutes,
        provisional,
        trace,
    })
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
    let circumstances = Circumstances {
        received: Some(received),
        same_day: false,
        pauses,
        now,
    };
    due(
        calendar,
        hours,
        arrival,
        reception_limit(received),
        &circumstances,
    )
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

/// Seconds since 2000-01-01 00:00 at UTC+7, never outside the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

const DAY: i64 = 86_400;
/// 1999-12-31 17:00 UTC, in seconds since 1970.
const FIRST_MOMENT: i64 = 946_659_600;
const SAME_DAY_UNTIL: i64 = 15 * 3600;

/// Parts of a second are cut off: hours, minutes and signatures have none.
pub(crate) fn moment(at: DateTime<FixedOffset>) -> Result<Moment, Fault> {
    let moment = Moment(at.timestamp() - FIRST_MOMENT);
    let in_range = moment.day().is_ok_and(|day| days::date_at(day).is_some());
    if in_range {
        Ok(moment)
    } else {
        Err(Fault::OutOfRange {
            date: at.with_timezone(&HANOI).date_naive().to_string(),
        })
    }
}

impl Moment {
    fn on(day: usize, second: i64) -> Result<Moment, Fault> {
        let day = i64::try_from(day).map_err(|_| beyond_the_end())?;
        Ok(Moment(day * DAY + second))
    }

    pub(crate) fn day(self) -> Result<usize, Fault> {
        usize::try_from(self.0.div_euclid(DAY)).map_err(|_| Fault::OutOfRange {
            date: "1999-12-31".to_owned(),
        })
    }

    pub(crate) fn second_of_day(self) -> i64 {
        self.0.rem_euclid(DAY)
    }
}

fn beyond_the_end() -> Fault {
    Fault::OutOfRange {
        date: "2200-01-01".to_owned(),
    }
}

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

pub(crate) struct Clock<'a> {
    pub(crate) calendar: &'a Calendar,
    pub(crate) hours: &'a WorkingHours,
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
                Limit::CalendarDays(number) => day_of_receipt
                    .saturating_add(usize::try_from(number).map_err(|_| beyond_the_end())?),
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
            let counted = CountedPause {
                pause: *pause,
                from,
                until,
                waited: 0,
                overlaps: false,
                too_late: false,
            };
            reckoning.pauses.push(counted);
        }
        reckoning
            .pauses
            .sort_by_key(|pause| (pause.from, pause.until));

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

    pub(crate) fn datetime(&self, moment: Moment) -> Result<DateTime<FixedOffset>, Fault> {
        let utc =
            DateTime::from_timestamp(moment.0 + FIRST_MOMENT, 0).ok_or_else(beyond_the_end)?;
        Ok(utc.with_timezone(&HANOI))
    }

    fn count(&self, day: usize) -> Result<DayCount, Fault> {
        self.calendar.count(day).ok_or_else(beyond_the_end)
    }

    /// Whether limits in days count that day.
    pub(crate) fn counts(&self, class: DayClass) -> bool {
        match class {
            DayClass::Working => true,
            DayClass::Saturday => self.hours.saturdays_count(),
            DayClass::Off => false,
        }
    }

    fn working_days_before_day(&self, count: &DayCount) -> u32 {
        let saturdays = if self.hours.saturdays_count() {
            u32::from(count.saturdays_before)
        } else {
            0
        };
        count.working_days_before + saturdays
    }

    fn working_day_after(&self, day: usize, number: u32) -> Result<usize, Fault> {
        let wanted = self.working_days_before_day(&self.count(day + 1)?) + number;
        self.calendar
            .first_day_by(day, |end| self.working_days_before_day(end) >= wanted)
            .ok_or_else(beyond_the_end)
    }

    /// That day, or the next working day if it is none.
    pub(crate) fn working_day_from(&self, day: usize) -> Result<usize, Fault> {
        let wanted = self.working_days_before_day(&self.count(day)?) + 1;
        self.calendar
            .first_day_by(day, |end| self.working_days_before_day(end) >= wanted)
            .ok_or_else(beyond_the_end)
    }

    fn working_day_before(&self, day: usize) -> Result<usize, Fault> {
        let mut day = day;
        while let Some(previous) = day.checked_sub(1) {
            day = previous;
            if self.counts(self.count(day)?.class) {
                return Ok(day);
            }
        }
        Err(Fault::OutOfRange {
            date: "1999-12-31".to_owned(),
        })
    }

    fn close_of(&self, day: usize) -> Result<Moment, Fault> {
        // A day off has no shifts; asked about one (a deadline that an older rule set), its business closes at midnight.
        let closing = self
            .hours
            .shifts(self.count(day)?.class)
            .last()
            .map_or(0, |shift| shift.closing_second());
        Moment::on(day, closing)
    }

    /// The moment itself when it lies within hours, otherwise the next opening. The closing second lies outside.
    fn next_working_moment(&self, at: Moment) -> Result<Moment, Fault> {
        let mut day = at.day()?;
        let mut second = at.second_of_day();
        loop {
            for shift in self.hours.shifts(self.count(day)?.class) {
                if second < shift.closing_second() {
                    return Moment::on(day, second.max(shift.opening_second()));
                }
            }
            day += 1;
            second = 0;
        }
    }

    fn worked_before_day(&self, count: &DayCount) -> i64 {
        i64::from(count.working_days_before) * self.hours.weekday_seconds()
            + i64::from(count.saturdays_before) * self.hours.saturday_seconds()
    }

    /// Working seconds from the beginning of the calendar up to that moment.
    fn worked_before(&self, at: Moment) -> Result<i64, Fault> {
        let count = self.count(at.day()?)?;
        let second = at.second_of_day();
        let mut worked = self.worked_before_day(&count);
        for shift in self.hours.shifts(count.class) {
            worked += second.clamp(shift.opening_second(), shift.closing_second())
                - shift.opening_second();
        }
        Ok(worked)
    }

    /// The earliest moment, not before `from`, at which that many seconds have been worked: 17:00 rather than 07:30 of the next day.
    fn moment_when_worked(&self, from: Moment, worked: i64) -> Result<Moment, Fault> {
        if self.worked_before(from)? >= worked {
            return Ok(from);
        }
        let day = self
            .calendar
            .first_day_by(from.day()?, |end| self.worked_before_day(end) >= worked)
            .ok_or_else(beyond_the_end)?;
        let count = self.count(day)?;
        let mut missing = worked - self.worked_before_day(&count);
        for shift in self.hours.shifts(count.class) {
            let length = shift.closing_second() - shift.opening_second();
            if missing <= length {
                return Moment::on(day, shift.opening_second() + missing);
            }
            missing -= length;
        }
        Err(beyond_the_end())
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
    use chrono::Datelike;
    let end = date
        .checked_add_months(Months::new(months))
        .ok_or_else(beyond_the_end)?;
    Ok((end, end.day() != date.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_moment_is_midnight_in_hanoi() {
        let midnight = days::FIRST_DAY
            .and_time(chrono::NaiveTime::MIN)
            .and_local_timezone(HANOI)
            .single();
        assert_eq!(midnight.map(|at| at.timestamp()), Some(FIRST_MOMENT));
    }
}
