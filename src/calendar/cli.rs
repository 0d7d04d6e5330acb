//! `motcua calendar due` and `motcua calendar lunar`: the engine at the command line, with the shipped notices and without a database.
//!
//! What must stay true: the same engine as everywhere; a clear sentence and a failure for bad input; nothing reads the clock.
//! `--received` only words the trace when there is a limit. Alone, it asks for the reception clock: 8 working hours online,
//! 1 working day at the counter or by post.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::calendar::calculator::{self, CalculatedDue, Question, limit_asked};
use crate::calendar::lunar::{self, LunarDate};
use crate::calendar::model::{Language, Limit, Received};
use crate::calendar::trace::{TraceKind, TraceReason};
use crate::calendar::{WorkingHours, notices};

#[derive(Debug, Clone, Subcommand)]
pub enum CalendarCommand {
    /// When something received at a given time is due, and why.
    Due(DueArguments),
    /// The lunar date of a solar one, or the other way round.
    Lunar(LunarArguments),
}

#[derive(Debug, Clone, Args)]
pub struct DueArguments {
    /// When it was received: 2025-04-25T10:00:00+07:00; without an offset, Vietnamese time; a date alone means 07:30.
    #[arg(long, allow_hyphen_values = true)]
    pub from: String,
    /// 3wd (working days), 5d (days), 8h (working hours) or 1m (months).
    #[arg(long, allow_hyphen_values = true)]
    pub limit: Option<String>,
    /// online, counter or post. Without --limit: when reception must have answered.
    #[arg(long)]
    pub received: Option<String>,
    /// Due on the day of receipt, or on the next working day when received after 15:00.
    #[arg(long)]
    pub same_day: bool,
    /// The agency also works on Saturday morning, 07:30 to 11:30.
    #[arg(long)]
    pub saturday_mornings: bool,
    /// vi or en.
    #[arg(long, default_value = "vi")]
    pub lang: String,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct LunarArguments {
    /// A solar date: 2027-02-06.
    #[arg(allow_hyphen_values = true, required_unless_present = "from_lunar", conflicts_with = "from_lunar")]
    pub solar: Option<String>,
    /// A lunar date, day/month/year: 1/1/2027.
    #[arg(long, allow_hyphen_values = true)]
    pub from_lunar: Option<String>,
    /// The month is the leap one (tháng nhuận).
    #[arg(long, requires = "from_lunar")]
    pub leap: bool,
    /// vi or en.
    #[arg(long, default_value = "vi")]
    pub lang: String,
    #[arg(long)]
    pub json: bool,
}

/// The text to print, or why it cannot be done.
pub fn run(command: CalendarCommand) -> Result<String, String> {
    match command {
        CalendarCommand::Due(arguments) => run_due(&arguments),
        CalendarCommand::Lunar(arguments) => run_lunar(&arguments),
    }
}

fn run_due(arguments: &DueArguments) -> Result<String, String> {
    let language: Language = arguments.lang.parse()?;
    let arrival = arrival(&arguments.from, language)?;
    let received: Option<Received> = arguments.received.as_deref().map(str::parse).transpose()?;
    let limit = arguments.limit.as_deref().map(str::parse::<Limit>).transpose();
    let limit = limit.map_err(|fault| fault.say(language))?;
    let limit = limit_asked(limit, received, arguments.same_day)
        .ok_or_else(|| "say how long: --limit 3wd, or --same-day, or --received alone".to_owned())?;
    let calendar = notices::shipped().map_err(|faults| faults.to_string())?;
    let hours = if arguments.saturday_mornings {
        WorkingHours::with_saturday_mornings()
    } else {
        WorkingHours::default()
    };
    let question = Question { arrival, limit, received, same_day: arguments.same_day, hours };
    let answer = question.answer(&calendar).map_err(|fault| fault.say(language))?;
    if arguments.json {
        return serde_json::to_string_pretty(&answer).map_err(|error| error.to_string());
    }
    Ok(in_words(&answer, language))
}

/// The answer first, then how it came about.
fn in_words(deadline: &CalculatedDue, language: Language) -> String {
    let due_at = deadline.due_at.to_rfc3339();
    let mut text = match language {
        Language::Vi => format!("Hạn: {due_at}\n"),
        Language::En => format!("Due: {due_at}\n"),
    };
    for line in &deadline.trace {
        let mark = match (line.kind, line.reason) {
            (TraceKind::Skipped, _) => "    ",
            (TraceKind::Result, TraceReason::Due) => "=> ",
            (TraceKind::Provisional, _) => "!  ",
            _ => "-  ",
        };
        let sentence = match language {
            Language::Vi => &line.vi,
            Language::En => &line.en,
        };
        text.push_str(mark);
        text.push_str(sentence);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

fn arrival(text: &str, language: Language) -> Result<DateTime<FixedOffset>, String> {
    calculator::arrival(text).ok_or_else(|| match language {
        Language::Vi => {
            format!("\"{}\" không phải là thời điểm: viết 2025-04-25T10:00:00+07:00", text.trim())
        }
        Language::En => format!("\"{}\" is not a time: write 2025-04-25T10:00:00+07:00", text.trim()),
    })
}

fn run_lunar(arguments: &LunarArguments) -> Result<String, String> {
    let language: Language = arguments.lang.parse()?;
    let (solar, lunar_date) = match (&arguments.from_lunar, &arguments.solar) {
        (Some(text), _) => {
            let lunar_date = lunar_date(text, arguments.leap, language)?;
            (lunar::to_solar(lunar_date).map_err(|fault| fault.say(language))?, lunar_date)
        }
        (None, Some(text)) => {
            let solar = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| match language {
                Language::Vi => format!("\"{text}\" không phải là ngày: viết 2027-02-06"),
                Language::En => format!("\"{text}\" is not a date: write 2027-02-06"),
            })?;
            (solar, lunar::from_solar(solar).map_err(|fault| fault.say(language))?)
        }
        (None, None) => return Err("give a solar date, or --from-lunar day/month/year".to_owned()),
    };
    let LunarDate { day, month, year, leap } = lunar_date;
    let year_name = lunar::year_name(year);
    if arguments.json {
        let reply = json!({ "solar": solar, "lunar": lunar_date, "year_name": year_name });
        return serde_json::to_string_pretty(&reply).map_err(|error| error.to_string());
    }
    let (leap_vi, leap_en) = if leap { (" nhuận", " (leap month)") } else { ("", "") };
    Ok(match language {
        Language::Vi => {
            let day_name = if day <= 10 { format!("mùng {day}") } else { format!("ngày {day}") };
            let month_name = month_name(month);
            format!(
                "{solar} = {day}/{month}{leap_vi}/{year} âm lịch ({day_name} {month_name}{leap_vi} năm {year_name})"
            )
        }
        Language::En => {
            let weekday = solar.weekday();
            format!("{solar} ({weekday}) = lunar {day}/{month}/{year}{leap_en}, year {year_name}")
        }
    })
}

fn lunar_date(text: &str, leap: bool, language: Language) -> Result<LunarDate, String> {
    let unreadable = || match language {
        Language::Vi => {
            format!("\"{text}\" không phải là ngày âm lịch: viết ngày/tháng/năm, như 1/1/2027")
        }
        Language::En => {
            format!("\"{text}\" is not a lunar date: write day/month/year, such as 1/1/2027")
        }
    };
    let parts: Vec<&str> = text.trim().split('/').collect();
    let [day, month, year] = parts.as_slice() else {
        return Err(unreadable());
    };
    Ok(LunarDate {
        day: day.parse().map_err(|_| unreadable())?,
        month: month.parse().map_err(|_| unreadable())?,
        year: year.parse().map_err(|_| unreadable())?,
        leap,
    })
}

fn month_name(month: u32) -> String {
    match month {
        1 => "tháng Giêng".to_owned(),
        12 => "tháng Chạp".to_owned(),
        other => format!("tháng {other}"),
    }
}
