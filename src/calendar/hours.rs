//! The hours in which an agency works, on ordinary days and, where it is so arranged, on Saturdays.
//!
//! What must stay true: shifts are in order, do not touch each other's time and contain some; every agency works
//! on Monday to Friday (and on swapped Saturdays) by the same hours. A Saturday shift is working *time* (arrivals,
//! hours, pauses), but Saturday stays a weekend day for limits in days, unless the agency says `saturdays_count`.

use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::days::DayClass;
use crate::calendar::model::Language;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WorkingHoursParts", into = "WorkingHoursParts")]
pub struct WorkingHours {
    weekdays: Vec<Shift>,
    saturdays: Vec<Shift>,
    saturdays_count: bool,
    weekday_seconds: i64,
    saturday_seconds: i64,
}

/// From `opens` up to, and not including, `closes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    #[serde(with = "clock_face")]
    pub opens: NaiveTime,
    #[serde(with = "clock_face")]
    pub closes: NaiveTime,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkingHoursParts {
    weekdays: Vec<Shift>,
    #[serde(default)]
    saturdays: Vec<Shift>,
    #[serde(default)]
    saturdays_count: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HoursFault {
    #[error("an agency must work some hours from Monday to Friday")]
    NoWeekdayHours,
    #[error("the shift {shift} closes before it opens, or has no time in it")]
    Empty { shift: String },
    #[error("the shift {shift} overlaps the one before it, or stands in the wrong order")]
    Overlap { shift: String },
    #[error("the shift {shift} is not in whole minutes")]
    NotWholeMinutes { shift: String },
    #[error("Saturdays cannot count as working days without hours on Saturday")]
    SaturdaysWithoutHours,
}

impl HoursFault {
    pub fn code(&self) -> &'static str {
        match self {
            HoursFault::NoWeekdayHours => "calendar.hours_missing",
            HoursFault::Empty { .. } => "calendar.shift_empty",
            HoursFault::Overlap { .. } => "calendar.shift_overlap",
            HoursFault::NotWholeMinutes { .. } => "calendar.shift_not_whole_minutes",
            HoursFault::SaturdaysWithoutHours => "calendar.saturdays_without_hours",
        }
    }

    pub fn say(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            HoursFault::NoWeekdayHours => "cơ quan phải có giờ làm việc từ thứ Hai đến thứ Sáu".to_owned(),
            HoursFault::Empty { shift } => {
                format!("ca {shift} kết thúc trước khi bắt đầu, hoặc không có thời gian")
            }
            HoursFault::Overlap { shift } => {
                format!("ca {shift} trùng với ca trước, hoặc sai thứ tự")
            }
            HoursFault::NotWholeMinutes { shift } => format!("ca {shift} không tròn phút"),
            HoursFault::SaturdaysWithoutHours => {
                "không thể tính thứ Bảy là ngày làm việc khi thứ Bảy không có giờ làm việc".to_owned()
            }
        }
    }
}

impl WorkingHours {
    pub fn new(
        weekdays: Vec<Shift>,
        saturdays: Vec<Shift>,
        saturdays_count: bool,
    ) -> Result<WorkingHours, HoursFault> {
        if weekdays.is_empty() {
            return Err(HoursFault::NoWeekdayHours);
        }
        check(&weekdays)?;
        check(&saturdays)?;
        if saturdays_count && saturdays.is_empty() {
            return Err(HoursFault::SaturdaysWithoutHours);
        }
        let weekday_seconds = weekdays.iter().map(Shift::seconds).sum();
        let saturday_seconds = saturdays.iter().map(Shift::seconds).sum();
        Ok(WorkingHours { weekdays, saturdays, saturdays_count, weekday_seconds, saturday_seconds })
    }

    /// The default hours, and 07:30–11:30 on Saturday.
    pub fn with_saturday_mornings() -> WorkingHours {
        let mut hours = WorkingHours::default();
        let morning = Shift { opens: MORNING_OPENS, closes: MORNING_CLOSES };
        hours.saturday_seconds = morning.seconds();
        hours.saturdays = vec![morning];
        hours
    }

    pub fn weekdays(&self) -> &[Shift] {
        &self.weekdays
    }

    pub fn saturdays(&self) -> &[Shift] {
        &self.saturdays
    }

    pub fn saturdays_count(&self) -> bool {
        self.saturdays_count
    }

    pub(crate) fn shifts(&self, class: DayClass) -> &[Shift] {
        match class {
            DayClass::Working => &self.weekdays,
            DayClass::Saturday => &self.saturdays,
            DayClass::Off => &[],
        }
    }

    pub(crate) fn weekday_seconds(&self) -> i64 {
        self.weekday_seconds
    }

    pub(crate) fn saturday_seconds(&self) -> i64 {
        self.saturday_seconds
    }
}

const MORNING_OPENS: NaiveTime = time_of_day(7, 30);
const MORNING_CLOSES: NaiveTime = time_of_day(11, 30);
const AFTERNOON_OPENS: NaiveTime = time_of_day(13, 30);
const AFTERNOON_CLOSES: NaiveTime = time_of_day(17, 0);

impl Default for WorkingHours {
    /// 07:30–11:30 and 13:30–17:00, Monday to Friday.
    fn default() -> WorkingHours {
        let morning = Shift { opens: MORNING_OPENS, closes: MORNING_CLOSES };
        let afternoon = Shift { opens: AFTERNOON_OPENS, closes: AFTERNOON_CLOSES };
        WorkingHours {
            weekdays: vec![morning, afternoon],
            saturdays: Vec::new(),
            saturdays_count: false,
            weekday_seconds: morning.seconds() + afternoon.seconds(),
            saturday_seconds: 0,
        }
    }
}

impl Shift {
    pub(crate) fn opening_second(&self) -> i64 {
        i64::from(self.opens.num_seconds_from_midnight())
    }

    pub(crate) fn closing_second(&self) -> i64 {
        i64::from(self.closes.num_seconds_from_midnight())
    }

    fn seconds(&self) -> i64 {
        self.closing_second() - self.opening_second()
    }

    fn written(&self) -> String {
        format!("{}–{}", self.opens.format("%H:%M"), self.closes.format("%H:%M"))
    }
}

fn check(shifts: &[Shift]) -> Result<(), HoursFault> {
    let mut closed_at: Option<NaiveTime> = None;
    for shift in shifts {
        let whole = |time: NaiveTime| time.second() == 0 && time.nanosecond() == 0;
        if !whole(shift.opens) || !whole(shift.closes) {
            return Err(HoursFault::NotWholeMinutes { shift: shift.written() });
        }
        if shift.opens >= shift.closes {
            return Err(HoursFault::Empty { shift: shift.written() });
        }
        if closed_at.is_some_and(|closed| shift.opens < closed) {
            return Err(HoursFault::Overlap { shift: shift.written() });
        }
        closed_at = Some(shift.closes);
    }
    Ok(())
}

impl TryFrom<WorkingHoursParts> for WorkingHours {
    type Error = HoursFault;

    fn try_from(parts: WorkingHoursParts) -> Result<WorkingHours, HoursFault> {
        WorkingHours::new(parts.weekdays, parts.saturdays, parts.saturdays_count)
    }
}

impl From<WorkingHours> for WorkingHoursParts {
    fn from(hours: WorkingHours) -> WorkingHoursParts {
        WorkingHoursParts {
            weekdays: hours.weekdays,
            saturdays: hours.saturdays,
            saturdays_count: hours.saturdays_count,
        }
    }
}

pub(crate) const fn time_of_day(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => unreachable!(),
    }
}

/// "07:30" in JSON.
mod clock_face {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveTime::parse_from_str(&text, "%H:%M")
            .map_err(|_| D::Error::custom(format!("\"{text}\" is not a time of day such as 07:30")))
    }
}
