//! The calendar: for every day from 2000 to 2199, whether it is worked, and if it is out of the ordinary, why.
//!
//! What must stay true: a calendar that exists is consistent (all faults of all rows are found first, nothing is applied
//! otherwise). A year is *announced* when its rows name every day off that the law itself fixes; until then its rows lie over the
//! days worked out from the law, and the year is provisional. So a single row, a half-entered notice, or a swap that spills over
//! from the neighbouring year's notice (2018-12-31 belongs to that of 2019) never makes Tết disappear.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use thiserror::Error;

use crate::calendar::model::{CalendarDay, DayKind, Language};
use crate::calendar::notices::{self, StatutoryDay, is_weekend};

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
        let rows_by_date = check(rows)?;
        let mut special = BTreeMap::new();
        for day in rows_by_date.values() {
            special.insert(
                day.date,
                SpecialDay {
                    day: (*day).clone(),
                    computed: false,
                },
            );
        }
        let announced: Vec<bool> = statutory_years()
            .iter()
            .map(|year| is_announced(year, &rows_by_date))
            .collect();
        for (year, announced) in statutory_years().iter().zip(&announced) {
            if *announced {
                continue;
            }
            for statutory in year {
                let date = statutory.day.date;
                special.entry(date).or_insert_with(|| SpecialDay {
                    day: statutory.day.clone(),
                    computed: true,
                });
            }
        }
        let counts = count_days(&special);
        Ok(Calendar {
            unannounced: unannounced_days(&announced),
            special,
            counts,
        })
    }

    /// Why that day is not what its weekday says.
    pub fn special_day(&self, date: NaiveDate) -> Option<&SpecialDay> {
        self.special.get(&date)
    }

    pub fn special_days(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = &SpecialDay> {
        self.special.range(from..=to.max(from)).map(|(_, day)| day)
    }

    /// Monday to Friday without a day off, or a swapped Saturday. Nothing outside the calendar's range.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        let class = day_index(date)
            .and_then(|index| self.count(index))
            .map(|count| count.class);
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
        (from.year()..=to.year())
            .any(|year| self.unannounced_in(year).is_some_and(|last| from <= last))
    }

    fn unannounced_in(&self, year: i32) -> Option<NaiveDate> {
        let index = usize::try_from(year - FIRST_YEAR).ok()?;
        self.unannounced.get(index).copied().flatten()
    }

    pub(crate) fn count(&self, index: usize) -> Option<DayCount> {
        self.counts.get(index).copied()
    }

    /// The first day from `from` on, at whose end `enough` holds. It must never cease to hold on a later day.
    pub(crate) fn first_day_by(
        &self,
        from: usize,
        enough: impl Fn(&DayCount) -> bool,
    ) -> Option<usize> {
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
        counts.push(DayCount {
            working_days_before,
            saturdays_before,
            class,
        });
        match class {
            DayClass::Working => working_days_before += 1,
            DayClass::Saturday => saturdays_before += 1,
            DayClass::Off => {}
        }
    }
    counts.push(DayCount {
        working_days_before,
        saturdays_before,
        class: DayClass::Off,
    });
    counts
}

/// The law's own days of every year; the same for every calendar, so worked out once.
fn statutory_years() -> &'static [Vec<StatutoryDay>] {
    static YEARS: OnceLock<Vec<Vec<StatutoryDay>>> = OnceLock::new();
    YEARS.get_or_init(|| {
        (FIRST_YEAR..=LAST_YEAR)
            .map(notices::statutory_days)
            .collect()
    })
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

/// All rows are wrong together or right together. Rows are numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFaults {
    pub faults: Vec<RowFault>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    pub row: usize,
    pub date: Option<NaiveDate>,
    pub problem: RowProblem,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RowProblem {
    #[error("{detail}")]
    Unreadable { detail: String },
    #[error("\"{text}\" is not a date (YYYY-MM-DD)")]
    NotADate { text: String },
    #[error("\"{text}\" is not a kind of day (holiday, day_off, substitute, swap_off, swap_work)")]
    UnknownKind { text: String },
    #[error("the weekday says {written}, the date is a {real}")]
    WrongWeekday { written: String, real: Weekday },
    #[error("a {kind} cannot have is_working_day = {written}")]
    KindContradicts { kind: String, written: String },
    #[error("outside the calendar (2000-01-01 to 2199-12-31)")]
    OutOfRange,
    #[error("the name is missing")]
    NameMissing,
    #[error("the legal notice is missing")]
    NoticeMissing,
    #[error("two notices for one day: row {other_row} names it too")]
    TwoNotices { other_row: usize },
    #[error("a swapped working day must be a Saturday, this is a {weekday}")]
    NotASaturday { weekday: Weekday },
    #[error("a working Saturday cannot be the statutory day off \"{name}\"")]
    StatutoryDayWorked { name: String },
    #[error("a weekend day is off already: only a weekday can be swapped or substituted")]
    OffAlready,
}

impl RowProblem {
    pub fn code(&self) -> &'static str {
        match self {
            RowProblem::Unreadable { .. } => "calendar.row_unreadable",
            RowProblem::NotADate { .. } => "calendar.row_not_a_date",
            RowProblem::UnknownKind { .. } => "calendar.row_unknown_kind",
            RowProblem::WrongWeekday { .. } => "calendar.row_wrong_weekday",
            RowProblem::KindContradicts { .. } => "calendar.row_kind_contradicts",
            RowProblem::OutOfRange => "calendar.row_out_of_range",
            RowProblem::NameMissing => "calendar.row_name_missing",
            RowProblem::NoticeMissing => "calendar.row_notice_missing",
            RowProblem::TwoNotices { .. } => "calendar.two_notices",
            RowProblem::NotASaturday { .. } => "calendar.not_a_saturday",
            RowProblem::StatutoryDayWorked { .. } => "calendar.statutory_day_worked",
            RowProblem::OffAlready => "calendar.off_already",
        }
    }

    pub fn vietnamese(&self) -> String {
        match self {
            RowProblem::Unreadable { detail } => format!("không đọc được dòng này: {detail}"),
            RowProblem::NotADate { text } => {
                format!("\"{text}\" không phải là ngày (NĂM-THÁNG-NGÀY)")
            }
            RowProblem::UnknownKind { text } => format!("\"{text}\" không phải là loại ngày"),
            RowProblem::WrongWeekday { written, real } => {
                format!("cột thứ ghi {written}, nhưng ngày này là {real}")
            }
            RowProblem::KindContradicts { kind, written } => {
                format!("loại {kind} không đi với is_working_day = {written}")
            }
            RowProblem::OutOfRange => "ngoài lịch (từ 01/01/2000 đến 31/12/2199)".to_owned(),
            RowProblem::NameMissing => "thiếu tên ngày".to_owned(),
            RowProblem::NoticeMissing => "thiếu số thông báo, văn bản".to_owned(),
            RowProblem::TwoNotices { other_row } => {
                format!("hai thông báo cho một ngày: dòng {other_row} cũng ghi ngày này")
            }
            RowProblem::NotASaturday { .. } => "ngày làm bù phải là thứ Bảy".to_owned(),
            RowProblem::StatutoryDayWorked { name } => {
                format!("không thể làm bù vào ngày nghỉ theo luật: {name}")
            }
            RowProblem::OffAlready => {
                "thứ Bảy, Chủ nhật đã là ngày nghỉ: chỉ hoán đổi hoặc nghỉ bù vào ngày thường"
                    .to_owned()
            }
        }
    }
}

impl RowFault {
    pub fn say(&self, language: Language) -> String {
        match (language, self.date) {
            (Language::En, _) => self.to_string(),
            (Language::Vi, Some(date)) => {
                format!("dòng {} ({date}): {}", self.row, self.problem.vietnamese())
            }
            (Language::Vi, None) => format!("dòng {}: {}", self.row, self.problem.vietnamese()),
        }
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date {
            Some(date) => write!(formatter, "row {} ({date}): {}", self.row, self.problem),
            None => write!(formatter, "row {}: {}", self.row, self.problem),
        }
    }
}

impl fmt::Display for RowFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RowFaults {}

fn check(rows: &[CalendarDay]) -> Result<BTreeMap<NaiveDate, &CalendarDay>, RowFaults> {
    let mut faults = Vec::new();
    let mut first_rows: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    let mut by_date = BTreeMap::new();
    for (index, day) in rows.iter().enumerate() {
        let row = index + 1;
        let mut problems = problems_of(day);
        match first_rows.get(&day.date) {
            Some(other_row) => problems.push(RowProblem::TwoNotices {
                other_row: *other_row,
            }),
            None => {
                first_rows.insert(day.date, row);
                by_date.insert(day.date, day);
            }
        }
        faults.extend(problems.into_iter().map(|problem| RowFault {
            row,
            date: Some(day.date),
            problem,
        }));
    }
    if faults.is_empty() {
        Ok(by_date)
    } else {
        Err(RowFaults { faults })
    }
}

fn problems_of(day: &CalendarDay) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    if day_index(day.date).is_none() {
        problems.push(RowProblem::OutOfRange);
    }
    if day.name_vi.trim().is_empty() || day.name_en.trim().is_empty() {
        problems.push(RowProblem::NameMissing);
    }
    if day.legal_notice.trim().is_empty() {
        problems.push(RowProblem::NoticeMissing);
    }
    match day.kind {
        DayKind::SwapWork if day.date.weekday() != Weekday::Sat => {
            problems.push(RowProblem::NotASaturday {
                weekday: day.date.weekday(),
            });
        }
        DayKind::SwapWork => {
            let year = usize::try_from(day.date.year() - FIRST_YEAR)
                .ok()
                .and_then(|index| statutory_years().get(index));
            let statutory = year.and_then(|days| {
                days.iter()
                    .find(|found| found.day.date == day.date && found.fixed_by_law)
            });
            if let Some(found) = statutory {
                problems.push(RowProblem::StatutoryDayWorked {
                    name: found.day.name_vi.clone(),
                });
            }
        }
        DayKind::Substitute | DayKind::SwapOff if is_weekend(day.date) => {
            problems.push(RowProblem::OffAlready)
        }
        DayKind::Substitute | DayKind::SwapOff | DayKind::Holiday | DayKind::DayOff => {}
    }
    problems
}
