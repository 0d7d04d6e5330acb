//! The yearly notices of days off: read from `holidays.csv`, and worked out where there is none yet.
//!
//! What must stay true: every fault of a file is reported, with its row, and nothing is taken from a faulty file;
//! the days worked out for 2019–2026 are those that the government announced, swaps apart (a test holds this).
//! Sources: Bộ luật Lao động 2019, Điều 111 khoản 3 (weekend substitutes) and Điều 112 (statutory days), before it those
//! of 1994 and 2012; Nghị quyết 28/2026/QH16 (24 November, outside Điều 112 and so without a substitute).

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Deserialize;

use crate::calendar::days::Calendar;
use crate::calendar::lunar::{self, LunarDate};
use crate::calendar::model::{CalendarDay, DayKind};
use crate::calendar::rows::{RowFault, RowFaults, RowProblem};

/// The notices from the end of 2018 to 2026.
const SHIPPED: &str = include_str!("../../seeds/holidays.csv");

pub fn shipped() -> Result<Calendar, RowFaults> {
    Calendar::build(&shipped_days()?)
}

pub fn shipped_days() -> Result<Vec<CalendarDay>, RowFaults> {
    read(SHIPPED)
}

/// Reads `date,weekday,kind,name,is_working_day,legal_notice`, and `name_en` where there is one. Rows are numbered from 1,
/// without the header. What the rows mean together is checked by [`Calendar::build`].
pub fn read(csv_text: &str) -> Result<Vec<CalendarDay>, RowFaults> {
    let mut days = Vec::new();
    let mut faults = Vec::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv_text.as_bytes());
    for (index, record) in reader.deserialize::<NoticeRow>().enumerate() {
        let row = index + 1;
        match record {
            Ok(notice_row) => match notice_row.into_day() {
                Ok(day) => days.push(day),
                Err((date, problem)) => faults.push(RowFault { row, date, problem }),
            },
            Err(error) => {
                let problem = RowProblem::Unreadable { detail: error.to_string() };
                faults.push(RowFault { row, date: None, problem });
            }
        }
    }
    if faults.is_empty() { Ok(days) } else { Err(RowFaults { faults }) }
}

#[derive(Deserialize)]
struct NoticeRow {
    date: String,
    weekday: Option<String>,
    kind: String,
    name: String,
    name_en: Option<String>,
    is_working_day: Option<String>,
    legal_notice: String,
}

impl NoticeRow {
    fn into_day(self) -> Result<CalendarDay, (Option<NaiveDate>, RowProblem)> {
        let Ok(date) = NaiveDate::parse_from_str(&self.date, "%Y-%m-%d") else {
            return Err((None, RowProblem::NotADate { text: self.date }));
        };
        let Some(kind) = kind_named(&self.kind) else {
            return Err((Some(date), RowProblem::UnknownKind { text: self.kind }));
        };
        // A weekday that does not match means that the date or the weekday is a slip of the pen; which one, only a person knows.
        if let Some(written) = self.weekday.filter(|written| !written.is_empty())
            && written.parse::<Weekday>() != Ok(date.weekday())
        {
            return Err((Some(date), RowProblem::WrongWeekday { written, real: date.weekday() }));
        }
        let works = kind == DayKind::SwapWork;
        if let Some(written) = self.is_working_day.filter(|written| !written.is_empty())
            && written != if works { "1" } else { "0" }
        {
            return Err((Some(date), RowProblem::KindContradicts { kind: self.kind, written }));
        }
        let name_en =
            self.name_en.filter(|name| !name.is_empty()).unwrap_or_else(|| english_name(&self.name));
        Ok(CalendarDay { date, kind, name_vi: self.name, name_en, legal_notice: self.legal_notice })
    }
}

pub(crate) fn kind_named(text: &str) -> Option<DayKind> {
    match text {
        "holiday" => Some(DayKind::Holiday),
        "day_off" => Some(DayKind::DayOff),
        "substitute" => Some(DayKind::Substitute),
        "swap_off" => Some(DayKind::SwapOff),
        "swap_work" => Some(DayKind::SwapWork),
        _ => None,
    }
}

/// The notices are written in Vietnamese; their standing names are known in English, any other stays as it is.
pub fn english_name(name_vi: &str) -> String {
    let inside = name_vi.split_once('(').map(|(_, rest)| rest);
    if let Some(rest) = name_vi.strip_prefix("Hoán đổi: thứ Bảy làm việc bù cho ") {
        return format!("working Saturday in exchange for {rest}");
    }
    if let Some(rest) = name_vi.strip_prefix("Hoán đổi: nghỉ, làm bù ") {
        return format!("swapped day off, made up for on {rest}");
    }
    if name_vi.starts_with("Tết Nguyên đán") {
        if let Some(day) =
            inside.and_then(|rest| rest.strip_prefix("mùng ")).and_then(|rest| rest.split(' ').next())
        {
            return format!("Lunar New Year (day {day})");
        }
        if name_vi.contains("2 ngày trước") {
            return "Lunar New Year (two days before)".to_owned();
        }
        if name_vi.contains("1 ngày trước") {
            return "Lunar New Year (the day before)".to_owned();
        }
        return "Lunar New Year".to_owned();
    }
    let known = [
        ("Tết Dương lịch", "New Year's Day"),
        ("Giỗ Tổ Hùng Vương", "Hùng Kings' Commemoration Day (10th of the third lunar month)"),
        ("Ngày Chiến thắng", "Victory Day"),
        ("Quốc tế lao động", "International Labour Day"),
        ("Quốc khánh (ngày liền kề)", "National Day (adjacent day)"),
        ("Quốc khánh", "National Day"),
        ("Ngày Văn hóa Việt Nam", "Vietnamese Culture Day"),
        ("Nghỉ bù", "substitute day off (a holiday fell on a weekend)"),
    ];
    let found = known.iter().find(|(vietnamese, _)| name_vi.starts_with(vietnamese));
    found.map_or_else(|| name_vi.to_owned(), |(_, english)| (*english).to_owned())
}

/// A day off that the law gives without any notice.
#[derive(Debug, Clone)]
pub struct StatutoryDay {
    pub day: CalendarDay,
    /// False for what the government chooses each year (the Tết window, the day beside 2 September, substitutes).
    pub fixed_by_law: bool,
}

/// What a notice for that year would say, by the law in force in that year and the choices usually made:
/// * Tết: two days before to the third (before 2013 four days, from one before). With substitutes after it, this window gives
///   exactly the days announced in every year from 2019 to 2026.
/// * The day beside 2 September (since 2021): the one that joins the weekend; on a Wednesday 1 September, as in 2026.
/// * A statutory day on Saturday or Sunday moves to the next weekday that is not off already; 24 November does not.
pub fn statutory_days(year: i32) -> Vec<StatutoryDay> {
    let mut fixed = vec![(date(year, 1, 1), "Tết Dương lịch")];
    let mut chosen = Vec::new();
    if let Some(first) = solar(1, 1, year) {
        let (before, after) = if year >= 2014 { (2, 2) } else { (1, 2) };
        for distance in (1..=before).rev() {
            let name = if distance == 1 {
                "Tết Nguyên đán (1 ngày trước mùng 1)"
            } else {
                "Tết Nguyên đán (2 ngày trước mùng 1)"
            };
            chosen.push((first.checked_sub_days(Days::new(distance)), name));
        }
        fixed.push((Some(first), "Tết Nguyên đán (mùng 1 Tết)"));
        for distance in 1..=after {
            let name = if distance == 1 {
                "Tết Nguyên đán (mùng 2 Tết)"
            } else {
                "Tết Nguyên đán (mùng 3 Tết)"
            };
            chosen.push((first.checked_add_days(Days::new(distance)), name));
        }
    }
    if year >= 2007 {
        fixed.push((solar(10, 3, year), "Giỗ Tổ Hùng Vương (10/3 âm lịch)"));
    }
    fixed.push((date(year, 4, 30), "Ngày Chiến thắng"));
    fixed.push((date(year, 5, 1), "Quốc tế lao động"));
    fixed.push((date(year, 9, 2), "Quốc khánh"));
    if year >= 2021 {
        let day = match date(year, 9, 2).map(|national_day| national_day.weekday()) {
            Some(Weekday::Mon | Weekday::Thu | Weekday::Sun) => 3,
            _ => 1,
        };
        chosen.push((date(year, 9, day), "Quốc khánh (ngày liền kề)"));
    }

    let law = labour_code(year);
    let mut days = Vec::new();
    for (found, fixed_by_law) in
        fixed.into_iter().map(|day| (day, true)).chain(chosen.into_iter().map(|day| (day, false)))
    {
        if let (Some(date), name) = found {
            days.push(statutory(date, DayKind::Holiday, name, law, fixed_by_law));
        }
    }
    days.sort_by_key(|found| found.day.date);
    add_substitutes(&mut days, law);
    if year >= 2026
        && let Some(culture_day) = date(year, 11, 24)
    {
        let law = "Nghị quyết 28/2026/QH16, Điều 2";
        days.push(statutory(culture_day, DayKind::Holiday, "Ngày Văn hóa Việt Nam", law, true));
    }
    days
}

fn add_substitutes(days: &mut Vec<StatutoryDay>, law: &str) {
    let mut taken: BTreeSet<NaiveDate> = days.iter().map(|found| found.day.date).collect();
    let on_weekends: Vec<NaiveDate> = taken.iter().copied().filter(|date| is_weekend(*date)).collect();
    for weekend_day in on_weekends {
        let substitute = weekend_day.iter_days().find(|date| !is_weekend(*date) && !taken.contains(date));
        if let Some(substitute) = substitute {
            taken.insert(substitute);
            let name = "Nghỉ bù (ngày nghỉ trùng ngày nghỉ hằng tuần)";
            days.push(statutory(substitute, DayKind::Substitute, name, law, false));
        }
    }
    days.sort_by_key(|found| found.day.date);
}

fn statutory(date: NaiveDate, kind: DayKind, name: &str, law: &str, fixed_by_law: bool) -> StatutoryDay {
    let day = CalendarDay {
        date,
        kind,
        name_vi: name.to_owned(),
        name_en: english_name(name),
        legal_notice: law.to_owned(),
    };
    StatutoryDay { day, fixed_by_law }
}

fn labour_code(year: i32) -> &'static str {
    match year {
        ..=2012 => "Bộ luật Lao động 1994, Điều 73",
        2013..=2020 => "Bộ luật Lao động 2012, Điều 115",
        _ => "Bộ luật Lao động 2019, Điều 111 và 112",
    }
}

pub(crate) fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

fn solar(day: u32, month: u32, year: i32) -> Option<NaiveDate> {
    lunar::to_solar(LunarDate { day, month, year, leap: false }).ok()
}
