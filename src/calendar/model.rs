//! The words of the law's clock: limits, pauses, circumstances, deadlines, and what can be wrong with a question.
//!
//! What must stay true: a limit that was read (from text or JSON) is a possible one; a fault has a stable code and
//! a sentence in both languages; times leave the engine at UTC+7.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

use crate::calendar::trace::TraceLine;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Vi,
    En,
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Language, String> {
        match text.trim() {
            "vi" => Ok(Language::Vi),
            "en" => Ok(Language::En),
            other => Err(format!("\"{other}\" is not a language: vi or en")),
        }
    }
}

/// How long an agency has. Written "3wd", "5d", "8h", "1m"; in JSON `{"unit": "working_day", "value": 3}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "LimitParts", into = "LimitParts")]
pub enum Limit {
    WorkingDays(u32),
    CalendarDays(u32),
    WorkingHours(u32),
    Months(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    WorkingDay,
    CalendarDay,
    WorkingHour,
    Month,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitParts {
    unit: LimitUnit,
    value: i64,
}

impl Limit {
    pub fn new(unit: LimitUnit, value: i64) -> Result<Limit, Fault> {
        if value < 0 {
            return Err(Fault::LimitNegative { text: format!("{value}{}", unit.suffix()) });
        }
        let Ok(value) = u32::try_from(value) else {
            return Err(Fault::LimitTooLong {
                text: format!("{value}{}", unit.suffix()),
                longest: unit.longest(),
            });
        };
        let limit = match unit {
            LimitUnit::WorkingDay => Limit::WorkingDays(value),
            LimitUnit::CalendarDay => Limit::CalendarDays(value),
            LimitUnit::WorkingHour => Limit::WorkingHours(value),
            LimitUnit::Month => Limit::Months(value),
        };
        limit.check()?;
        Ok(limit)
    }

    pub fn unit(self) -> LimitUnit {
        match self {
            Limit::WorkingDays(_) => LimitUnit::WorkingDay,
            Limit::CalendarDays(_) => LimitUnit::CalendarDay,
            Limit::WorkingHours(_) => LimitUnit::WorkingHour,
            Limit::Months(_) => LimitUnit::Month,
        }
    }

    pub fn value(self) -> u32 {
        match self {
            Limit::WorkingDays(value)
            | Limit::CalendarDays(value)
            | Limit::WorkingHours(value)
            | Limit::Months(value) => value,
        }
    }

    /// Zero is refused in every unit: a result on the day of receipt is a *same-day* procedure, with its own rule.
    /// Ten years is longer than any published limit and shorter than any slip of the pen that matters.
    pub fn check(self) -> Result<(), Fault> {
        if self.value() == 0 {
            return Err(Fault::LimitZero);
        }
        let longest = self.unit().longest();
        if self.value() > longest.value() {
            return Err(Fault::LimitTooLong { text: self.to_string(), longest });
        }
        Ok(())
    }
}

impl LimitUnit {
    fn suffix(self) -> &'static str {
        match self {
            LimitUnit::WorkingDay => "wd",
            LimitUnit::CalendarDay => "d",
            LimitUnit::WorkingHour => "h",
            LimitUnit::Month => "m",
        }
    }

    /// About ten years in each unit.
    fn longest(self) -> Limit {
        match self {
            LimitUnit::WorkingDay => Limit::WorkingDays(2_500),
            LimitUnit::CalendarDay => Limit::CalendarDays(3_660),
            LimitUnit::WorkingHour => Limit::WorkingHours(20_000),
            LimitUnit::Month => Limit::Months(120),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.value(), self.unit().suffix())
    }
}

impl FromStr for Limit {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Limit, Fault> {
        let text = text.trim();
        let unreadable = || Fault::LimitUnreadable { text: text.to_owned() };
        let (negative, unsigned) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let digits = unsigned.chars().take_while(char::is_ascii_digit).count();
        let (number, suffix) = unsigned.split_at_checked(digits).ok_or_else(unreadable)?;
        let unit = match suffix {
            "wd" => LimitUnit::WorkingDay,
            "d" => LimitUnit::CalendarDay,
            "h" => LimitUnit::WorkingHour,
            "m" => LimitUnit::Month,
            _ => return Err(unreadable()),
        };
        if number.is_empty() {
            return Err(unreadable());
        }
        if negative {
            return Err(Fault::LimitNegative { text: text.to_owned() });
        }
        // Digits only, so what does not fit is too long rather than unreadable.
        let Ok(value) = number.parse::<i64>() else {
            return Err(Fault::LimitTooLong { text: text.to_owned(), longest: unit.longest() });
        };
        Limit::new(unit, value)
    }
}

impl TryFrom<LimitParts> for Limit {
    type Error = Fault;

    fn try_from(parts: LimitParts) -> Result<Limit, Fault> {
        Limit::new(parts.unit, parts.value)
    }
}

impl From<Limit> for LimitParts {
    fn from(limit: Limit) -> LimitParts {
        LimitParts { unit: limit.unit(), value: i64::from(limit.value()) }
    }
}

/// One row of a notice: a date that is not what its weekday says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDay {
    pub date: NaiveDate,
    pub kind: DayKind,
    pub name_vi: String,
    pub name_en: String,
    pub legal_notice: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A statutory day off; may fall on a weekend.
    Holiday,
    /// An exceptional day off: mourning, storm, a local closing.
    DayOff,
    /// *Nghỉ bù*: the weekday off in exchange for a statutory day that fell on a weekend.
    Substitute,
    /// *Hoán đổi*: a weekday off, worked on another day.
    SwapOff,
    /// *Hoán đổi*: the Saturday on which that day is worked.
    SwapWork,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Received {
    Online,
    Counter,
    Post,
}

impl FromStr for Received {
    type Err = String;

    fn from_str(text: &str) -> Result<Received, String> {
        match text.trim() {
            "online" => Ok(Received::Online),
            "counter" => Ok(Received::Counter),
            "post" => Ok(Received::Post),
            other => Err(format!("\"{other}\" is not a way of receiving: online, counter or post")),
        }
    }
}

/// Waiting for the citizen: states 5, 6 and 7. Open (still waiting) while `until` is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: DateTime<FixedOffset>,
    pub until: Option<DateTime<FixedOffset>>,
    pub reason: PauseReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    SupplementRequested,
    FinancialObligation,
    WithdrawalRequested,
}

/// What else bears on a deadline. `received` only words the trace; `now` ends an open pause.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances<'a> {
    pub received: Option<Received>,
    /// Due on the day of receipt, or on the next working day when received after 15:00; the limit is then at most a day.
    pub same_day: bool,
    pub pauses: &'a [Pause],
    pub now: Option<DateTime<FixedOffset>>,
}

/// A step's part of the whole time: from `before` to `before + own`, of `whole` (per cent, hours, whatever adds up).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub before: u32,
    pub own: u32,
    pub whole: u32,
}

/// The answer without its explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// From when the limit counts: the arrival, or the next working moment after it.
    pub start: DateTime<FixedOffset>,
    pub due_at: DateTime<FixedOffset>,
    pub due_on: NaiveDate,
    /// Working time waited for the citizen, in whole minutes; already in `due_at`.
    pub waited_minutes: i64,
    /// A year on the way has no (complete) notice yet.
    pub provisional: bool,
}

/// The answer with its explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub start: DateTime<FixedOffset>,
    pub due_at: DateTime<FixedOffset>,
    pub due_on: NaiveDate,
    pub waited_minutes: i64,
    pub provisional: bool,
    pub trace: Vec<TraceLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    #[error("{date} is outside the calendar (2000-01-01 to 2199-12-31)")]
    OutOfRange { date: String },
    #[error(
        "\"{text}\" is not a limit: write 3wd (working days), 5d (days), 8h (working hours) or 1m (months)"
    )]
    LimitUnreadable { text: String },
    #[error("a limit cannot be negative: {text}")]
    LimitNegative { text: String },
    #[error("a limit cannot be zero; a result on the day of receipt is a same-day procedure")]
    LimitZero,
    #[error("the limit {text} is too long: at most {longest}")]
    LimitTooLong { text: String, longest: Limit },
    #[error("a same-day procedure cannot have a limit of {limit}: at most 1wd, 1d or 8h")]
    SameDayLimit { limit: Limit },
    #[error("pause {number} ends before it begins")]
    PauseBackwards { number: usize },
    #[error("pause {number} is still open: say until when to count it")]
    PauseOpen { number: usize },
    #[error("a share of {before} + {own} does not fit in {whole}")]
    ShareTooLarge { before: u32, own: u32, whole: u32 },
    #[error("the end lies before the beginning")]
    Backwards,
}

impl Fault {
    pub fn code(&self) -> &'static str {
        match self {
            Fault::OutOfRange { .. } => "calendar.date_out_of_range",
            Fault::LimitUnreadable { .. } => "calendar.limit_unreadable",
            Fault::LimitNegative { .. } => "calendar.limit_negative",
            Fault::LimitZero => "calendar.limit_zero",
            Fault::LimitTooLong { .. } => "calendar.limit_too_long",
            Fault::SameDayLimit { .. } => "calendar.same_day_limit",
            Fault::PauseBackwards { .. } => "calendar.pause_backwards",
            Fault::PauseOpen { .. } => "calendar.pause_open",
            Fault::ShareTooLarge { .. } => "calendar.share_too_large",
            Fault::Backwards => "calendar.backwards",
        }
    }

    pub fn say(&self, language: Language) -> String {
        match language {
            Language::Vi => self.vietnamese(),
            Language::En => self.to_string(),
        }
    }

    fn vietnamese(&self) -> String {
        match self {
            Fault::OutOfRange { date } => {
                format!("{date} nằm ngoài lịch (từ 01/01/2000 đến 31/12/2199)")
            }
            Fault::LimitUnreadable { text } => format!(
                "\"{text}\" không phải là thời hạn: viết 3wd (ngày làm việc), 5d (ngày), 8h (giờ làm việc) hoặc 1m (tháng)"
            ),
            Fault::LimitNegative { text } => format!("thời hạn không thể là số âm: {text}"),
            Fault::LimitZero => {
                "thời hạn không thể bằng không; trả kết quả trong ngày là loại thủ tục riêng".to_owned()
            }
            Fault::LimitTooLong { text, longest } => {
                format!("thời hạn {text} quá dài: nhiều nhất {longest}")
            }
            Fault::SameDayLimit { limit } => {
                format!(
                    "thủ tục trả kết quả trong ngày không thể có thời hạn {limit}: nhiều nhất 1wd, 1d hoặc 8h"
                )
            }
            Fault::PauseBackwards { number } => {
                format!("lần tạm dừng thứ {number} kết thúc trước khi bắt đầu")
            }
            Fault::PauseOpen { number } => {
                format!("lần tạm dừng thứ {number} chưa kết thúc: cần cho biết tính đến lúc nào")
            }
            Fault::ShareTooLarge { before, own, whole } => {
                format!("phần thời gian {before} + {own} vượt quá {whole}")
            }
            Fault::Backwards => "thời điểm cuối đứng trước thời điểm đầu".to_owned(),
        }
    }
}

/// How a limit is written, for the OpenAPI document: `{"unit": "working_day", "value": 3}`.
pub fn limit_schema() -> Object {
    let unit = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some([
        "working_day",
        "calendar_day",
        "working_hour",
        "month",
    ]));
    let value = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer)).minimum(Some(1));
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Object))
        .property("unit", unit)
        .required("unit")
        .property("value", value)
        .required("value")
        .build()
}
