//! The calendar: for every day from 2000 to 2199, whether it is worked, and if it is out of the ordinary, why.
//!
//! What must stay true: a calendar that exists is consistent (all faults of all rows are found first, nothing is applied
//! otherwise). A year is *announced* when its rows name every day off that the law itself fixes; until then its rows lie over the
//! days worked out from the law, and the year is provisional. So a single row, a half-entered notice, or a swap that spills over
//! from the neighbouring year's notice (2018-12-31 belongs to that of 2019) never makes Tết disappear.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::calendar::model::{CalendarDay, DayKind};
use crate::calendar::notices::{self, StatutoryDay};
use crate::calendar::rows::{self, RowFaults};

/// The week of five days begins with October 1999 (Quyết định 188/1999/QĐ-TTg).
pub const FIRST_YEAR: i32 = 2000;
/// The last whole year that the lunar calendar reaches.
pub const LAST_YEAR: i32 = 2199;

pub const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1) {
    Some(date) => date,
    None => unreachable!(),
};
pub const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(LAST_YEAR, 12, 31) {
    Some(date) => date,
    None => unreachable!(),
};

#[derive(Debug, Clone)]
pub struct Calendar {
    special: BTreeMap<NaiveDate, SpecialDay>,
    /// Per year from 2000: the last day of it that is not announced, if any.
    unannounced: Vec<Option<NaiveDate>>,
    /// Per day from 2000-01-01, and one more: what lies before it.
    counts: Vec<DayCount>,
}

/// A day that is not what its weekday says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    pub day: CalendarDay,
    /// Worked out from the law, not announced.
    pub computed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayClass {
    Working,
    /// An ordinary Saturday: no working day, but some agencies have hours.
    Saturday,
    Off,
}

/// Small, because a deadline looks at a few dozen of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DayCount {
    pub(crate) working_days_before: u32,
    pub(crate) saturdays_before: u16,
    pub(crate) class: DayClass,
}

impl Calendar {
    pub fn build(rows: &[CalendarDay]) -> Result<Calendar, RowFaults> {
        let rows_by_date = rows::check(rows)?;
        let mut special = BTreeMap::new();
        for day in rows_by_date.values() {
            special.insert(day.date, SpecialDay { day: (*day).clone(), computed: false });
        }
        let announced: Vec<bool> =
            statutory_years().iter().map(|year| is_announced(year, &rows_by_date)).collect();
        for (year, announced) in statutory_years().iter().zip(&announced) {
            if *announced {
                continue;
            }
            for statutory in year {
                let date = statutory.day.date;
                special
                    .entry(date)
                    .or_insert_with(|| SpecialDay { day: statutory.day.clone(), computed: true });
            }
        }
        let counts = count_days(&special);
        Ok(Calendar { unannounced: unannounced_days(&announced), special, counts })
    }

    /// Why that day is not what its weekday says.
    pub fn special_day(&self, date: NaiveDate) -> Option<&SpecialDay> {
        self.special.get(&date)
    }

    pub fn special_days(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = &SpecialDay> {
        self.special.range(from..=to.max(from)).map(|(_, day)| day)
    }

    /// Monday to Friday without a day off, or a swapped Saturday. Nothing outside the calendar's range.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        let class = day_index(date).and_then(|index| self.count(index)).map(|count| count.class);
        class == Some(DayClass::Working)
    }

    pub fn is_announced(&self, year: i32) -> bool {
        self.unannounced_in(year).is_none()
    }

    /// The years from `from` to `to` in which a day between the two is not announced.
    pub fn unannounced_years(&self, from: NaiveDate, to: NaiveDate) -> Vec<i32> {
        let unannounced = |year: &i32| self.unannounced_in(*year).is_some_and(|last| from <= last);
        (from.year()..=to.year()).filter(unannounced).collect()
    }

    pub(crate) fn is_provisional(&self, from: NaiveDate, to: NaiveDate) -> bool {
        (from.year()..=to.year()).any(|year| self.unannounced_in(year).is_some_and(|last| from <= last))
    }

    fn unannounced_in(&self, year: i32) -> Option<NaiveDate> {
        let index = usize::try_from(year - FIRST_YEAR).ok()?;
        self.unannounced.get(index).copied().flatten()
    }

    pub(crate) fn count(&self, index: usize) -> Option<DayCount> {
        self.counts.get(index).copied()
    }

    /// The first day from `from` on, at whose end `enough` holds. It must never cease to hold on a later day.
    pub(crate) fn first_day_by(&self, from: usize, enough: impl Fn(&DayCount) -> bool) -> Option<usize> {
        let ends = self.counts.get(from + 1..)?;
        // Most limits are short: look near first, in steps that double.
        let mut reach: usize = 4;
        while reach < ends.len() && !ends.get(reach).is_some_and(&enough) {
            reach = reach.saturating_mul(2);
        }
        let searched = ends.get(..ends.len().min(reach + 1))?;
        let days_after = searched.partition_point(|end| !enough(end));
        (days_after < searched.len()).then_some(from + days_after)
    }
}

pub(crate) fn day_index(date: NaiveDate) -> Option<usize> {
    if date > LAST_DAY {
        return None;
    }
    usize::try_from(date.signed_duration_since(FIRST_DAY).num_days()).ok()
}

pub(crate) fn date_at(index: usize) -> Option<NaiveDate> {
    let date = FIRST_DAY.checked_add_days(Days::new(u64::try_from(index).ok()?))?;
    (date <= LAST_DAY).then_some(date)
}

fn count_days(special: &BTreeMap<NaiveDate, SpecialDay>) -> Vec<DayCount> {
    let mut counts = Vec::new();
    let mut working_days_before = 0;
    let mut saturdays_before = 0;
    let mut upcoming = special.values().peekable();
    for date in FIRST_DAY.iter_days().take_while(|date| *date <= LAST_DAY) {
        let class = match upcoming.next_if(|found| found.day.date == date) {
            Some(found) if found.day.kind == DayKind::SwapWork => DayClass::Working,
            Some(_) => DayClass::Off,
            None => match date.weekday() {
                Weekday::Sat => DayClass::Saturday,
                Weekday::Sun => DayClass::Off,
                _ => DayClass::Working,
            },
        };
        counts.push(DayCount { working_days_before, saturdays_before, class });
        match class {
            DayClass::Working => working_days_before += 1,
            DayClass::Saturday => saturdays_before += 1,
            DayClass::Off => {}
        }
    }
    counts.push(DayCount { working_days_before, saturdays_before, class: DayClass::Off });
    counts
}

/// The law's own days of every year; the same for every calendar, so worked out once.
fn statutory_years() -> &'static [Vec<StatutoryDay>] {
    static YEARS: OnceLock<Vec<Vec<StatutoryDay>>> = OnceLock::new();
    YEARS.get_or_init(|| (FIRST_YEAR..=LAST_YEAR).map(notices::statutory_days).collect())
}

pub(crate) fn statutory_day(date: NaiveDate) -> Option<&'static StatutoryDay> {
    let year = statutory_years().get(usize::try_from(date.year() - FIRST_YEAR).ok()?)?;
    year.iter().find(|statutory| statutory.day.date == date)
}

fn is_announced(year: &[StatutoryDay], rows: &BTreeMap<NaiveDate, &CalendarDay>) -> bool {
    year.iter()
        .filter(|statutory| statutory.fixed_by_law)
        .all(|statutory| rows.contains_key(&statutory.day.date))
}

/// After a year's last statutory day only the *next* year's notice can change anything (by a swap): December 2018 is as
/// sure as 2019.
fn unannounced_days(announced: &[bool]) -> Vec<Option<NaiveDate>> {
    let mut last_days = Vec::new();
    for (index, year) in statutory_years().iter().enumerate() {
        let last = year.last().map(|statutory| statutory.day.date);
        let next_is_announced = announced.get(index + 1).copied().unwrap_or(false);
        let last_day = match last {
            _ if announced.get(index) == Some(&true) => None,
            Some(last) if !next_is_announced => NaiveDate::from_ymd_opt(last.year(), 12, 31),
            _ => last,
        };
        last_days.push(last_day);
    }
    last_days
}
