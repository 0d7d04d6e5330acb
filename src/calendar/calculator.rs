//! A question about a limit as people ask it, at the command line or over HTTP, and its answer. One reading and one
//! answer for both, so that the two can never disagree.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar::HANOI;
use crate::calendar::days::Calendar;
use crate::calendar::hours::{WorkingHours, time_of_day};
use crate::calendar::model::{Circumstances, Fault, Limit, Received};
use crate::calendar::trace::TraceLine;
use crate::calendar::working_time::{due, reception_limit};

#[derive(Debug, Clone)]
pub struct Question {
    pub arrival: DateTime<FixedOffset>,
    pub limit: Limit,
    pub received: Option<Received>,
    pub same_day: bool,
    pub hours: WorkingHours,
}

/// When it is due, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "received_at": "2025-04-25T10:00:00+07:00", "limit": { "unit": "working_day", "value": 3 }, "received": "online",
    "same_day": false, "start": "2025-04-25T10:00:00+07:00", "due_at": "2025-05-05T17:00:00+07:00",
    "due_on": "2025-05-05", "waited_minutes": 0, "provisional": false, "trace": []
}))]
pub struct CalculatedDue {
    pub received_at: DateTime<FixedOffset>,
    #[schema(schema_with = crate::calendar::model::limit_schema)]
    pub limit: Limit,
    pub received: Option<Received>,
    pub same_day: bool,
    /// From when the limit counts.
    pub start: DateTime<FixedOffset>,
    pub due_at: DateTime<FixedOffset>,
    pub due_on: NaiveDate,
    pub waited_minutes: i64,
    /// A year on the way has no notice of days off yet.
    pub provisional: bool,
    /// Every step of the reckoning, in Vietnamese and English.
    pub trace: Vec<TraceLine>,
}

impl Question {
    pub fn answer(&self, calendar: &Calendar) -> Result<CalculatedDue, Fault> {
        let Self { arrival, limit, received, same_day, .. } = *self;
        let circumstances = Circumstances { received, same_day, ..Circumstances::default() };
        let deadline = due(calendar, &self.hours, arrival, limit, &circumstances)?;
        Ok(CalculatedDue {
            received_at: arrival.with_timezone(&HANOI),
            limit,
            received,
            same_day,
            start: deadline.start,
            due_at: deadline.due_at,
            due_on: deadline.due_on,
            waited_minutes: deadline.waited_minutes,
            provisional: deadline.provisional,
            trace: deadline.trace,
        })
    }
}

/// The limit that was asked about. None where nothing says how long.
pub fn limit_asked(limit: Option<Limit>, received: Option<Received>, same_day: bool) -> Option<Limit> {
    match (limit, received) {
        (Some(limit), _) => Some(limit),
        // A day is what the same-day rule replaces.
        (None, _) if same_day => Some(Limit::WorkingDays(1)),
        (None, received) => received.map(reception_limit),
    }
}

/// Without an offset, Vietnamese time; a date alone means 07:30.
pub fn arrival(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at);
    }
    let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"];
    let written = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let opening = time_of_day(7, 30);
    let date_alone = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.and_time(opening));
    written.or_else(date_alone).and_then(|local| local.and_local_timezone(HANOI).single())
}
