//! Working time as arithmetic: seconds worked up to a moment, and back from seconds worked to a moment.
//!
//! What must stay true: a [`Moment`] never lies outside the calendar; both ways agree (a moment found for some working time
//! has exactly that working time before it, and is the earliest such); everything takes a few steps of a binary search.

use chrono::{DateTime, FixedOffset};

use crate::calendar::HANOI;
use crate::calendar::days::{self, Calendar, DayClass, DayCount};
use crate::calendar::hours::WorkingHours;
use crate::calendar::model::Fault;

pub(crate) struct Clock<'a> {
    pub(crate) calendar: &'a Calendar,
    pub(crate) hours: &'a WorkingHours,
}

/// Seconds since 2000-01-01 00:00 at UTC+7, never outside the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

const DAY: i64 = 86_400;
/// 1999-12-31 17:00 UTC, in seconds since 1970.
const FIRST_MOMENT: i64 = 946_659_600;

/// Parts of a second are cut off: hours, minutes and signatures have none.
pub(crate) fn moment(at: DateTime<FixedOffset>) -> Result<Moment, Fault> {
    let moment = Moment(at.timestamp() - FIRST_MOMENT);
    let in_range = moment.day().is_ok_and(|day| days::date_at(day).is_some());
    if in_range {
        Ok(moment)
    } else {
        Err(Fault::OutOfRange { date: at.with_timezone(&HANOI).date_naive().to_string() })
    }
}

impl Moment {
    fn on(day: usize, second: i64) -> Result<Moment, Fault> {
        let day = i64::try_from(day).map_err(|_| beyond_the_end())?;
        Ok(Moment(day * DAY + second))
    }

    pub(crate) fn day(self) -> Result<usize, Fault> {
        usize::try_from(self.0.div_euclid(DAY))
            .map_err(|_| Fault::OutOfRange { date: "1999-12-31".to_owned() })
    }

    pub(crate) fn second_of_day(self) -> i64 {
        self.0.rem_euclid(DAY)
    }
}

pub(crate) fn beyond_the_end() -> Fault {
    Fault::OutOfRange { date: "2200-01-01".to_owned() }
}

impl Clock<'_> {
    pub(crate) fn datetime(&self, moment: Moment) -> Result<DateTime<FixedOffset>, Fault> {
        let utc = DateTime::from_timestamp(moment.0 + FIRST_MOMENT, 0).ok_or_else(beyond_the_end)?;
        Ok(utc.with_timezone(&HANOI))
    }

    pub(crate) fn count(&self, day: usize) -> Result<DayCount, Fault> {
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
        let saturdays = if self.hours.saturdays_count() { u32::from(count.saturdays_before) } else { 0 };
        count.working_days_before + saturdays
    }

    pub(crate) fn working_day_after(&self, day: usize, number: u32) -> Result<usize, Fault> {
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

    pub(crate) fn working_day_before(&self, day: usize) -> Result<usize, Fault> {
        let mut day = day;
        while let Some(previous) = day.checked_sub(1) {
            day = previous;
            if self.counts(self.count(day)?.class) {
                return Ok(day);
            }
        }
        Err(Fault::OutOfRange { date: "1999-12-31".to_owned() })
    }

    pub(crate) fn close_of(&self, day: usize) -> Result<Moment, Fault> {
        // A day off has no shifts; asked about one (a deadline that an older rule set), its business closes at midnight.
        let closing =
            self.hours.shifts(self.count(day)?.class).last().map_or(0, |shift| shift.closing_second());
        Moment::on(day, closing)
    }

    /// The moment itself when it lies within hours, otherwise the next opening. The closing second lies outside.
    pub(crate) fn next_working_moment(&self, at: Moment) -> Result<Moment, Fault> {
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
    pub(crate) fn worked_before(&self, at: Moment) -> Result<i64, Fault> {
        let count = self.count(at.day()?)?;
        let second = at.second_of_day();
        let mut worked = self.worked_before_day(&count);
        for shift in self.hours.shifts(count.class) {
            worked += second.clamp(shift.opening_second(), shift.closing_second()) - shift.opening_second();
        }
        Ok(worked)
    }

    /// The earliest moment, not before `from`, at which that many seconds have been worked: 17:00 rather than 07:30 of the next day.
    pub(crate) fn moment_when_worked(&self, from: Moment, worked: i64) -> Result<Moment, Fault> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_moment_is_midnight_in_hanoi() {
        let midnight = days::FIRST_DAY.and_time(chrono::NaiveTime::MIN).and_local_timezone(HANOI).single();
        assert_eq!(midnight.map(|at| at.timestamp()), Some(FIRST_MOMENT));
    }
}
