//! What can be wrong with the rows of a notice.
//!
//! What must stay true: every fault of every row is found, each with the number of its row (from 1) and its date; one fault
//! is enough for nothing to be applied.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Datelike, NaiveDate, Weekday};
use thiserror::Error;

use crate::calendar::days::{day_index, statutory_day};
use crate::calendar::model::{CalendarDay, DayKind, Language};
use crate::calendar::notices::is_weekend;

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
                "thứ Bảy, Chủ nhật đã là ngày nghỉ: chỉ hoán đổi hoặc nghỉ bù vào ngày thường".to_owned()
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

pub(crate) fn check(rows: &[CalendarDay]) -> Result<BTreeMap<NaiveDate, &CalendarDay>, RowFaults> {
    let mut faults = Vec::new();
    let mut first_rows: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    let mut by_date = BTreeMap::new();
    for (index, day) in rows.iter().enumerate() {
        let row = index + 1;
        let mut problems = problems_of(day);
        match first_rows.get(&day.date) {
            Some(other_row) => problems.push(RowProblem::TwoNotices { other_row: *other_row }),
            None => {
                first_rows.insert(day.date, row);
                by_date.insert(day.date, day);
            }
        }
        faults.extend(problems.into_iter().map(|problem| RowFault { row, date: Some(day.date), problem }));
    }
    if faults.is_empty() { Ok(by_date) } else { Err(RowFaults { faults }) }
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
            problems.push(RowProblem::NotASaturday { weekday: day.date.weekday() });
        }
        DayKind::SwapWork => {
            let statutory = statutory_day(day.date).filter(|found| found.fixed_by_law);
            if let Some(found) = statutory {
                problems.push(RowProblem::StatutoryDayWorked { name: found.day.name_vi.clone() });
            }
        }
        DayKind::Substitute | DayKind::SwapOff if is_weekend(day.date) => {
            problems.push(RowProblem::OffAlready)
        }
        DayKind::Substitute | DayKind::SwapOff | DayKind::Holiday | DayKind::DayOff => {}
    }
    problems
}
