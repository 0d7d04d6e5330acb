//! The explanation of a deadline, in Vietnamese and English, as lines that are stored as JSON and read by citizens.
//!
//! What must stay true: it is told from the engine's own reckoning, never reckoned again; every day off on the way has its
//! line with name and legal notice; plain weekends between two of them share one; the last lines are the due moment
//! and, where a year has no notice yet, the warning.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar::clock::{Clock, Moment};
use crate::calendar::days::{self, DayClass, SpecialDay};
use crate::calendar::model::{Circumstances, DayKind, Fault, Limit, PauseReason, Received};
use crate::calendar::working_time::{CountedPause, Reckoning};
use words::Said;

mod words;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TraceLine {
    pub kind: TraceKind,
    pub reason: TraceReason,
    /// The one day the line is about, or the first and last of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// The moment the line is about; for a pause its beginning, and `until` its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<FixedOffset>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<FixedOffset>>,
    /// What a pause adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_minutes: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    pub vi: String,
    pub en: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraceKind {
    Received,
    Start,
    Limit,
    /// A day, or some weekend days, that do not count.
    Skipped,
    /// A Saturday that does.
    Counted,
    /// The end moves, and why.
    Moved,
    Pause,
    Result,
    Provisional,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraceReason {
    Received,
    ReceivedOnline,
    ReceivedAtCounter,
    ReceivedByPost,
    WithinHours,
    OutsideHours,
    WorkingDays,
    CalendarDays,
    WorkingHours,
    Months,
    SameDay,
    Weekend,
    Holiday,
    DayOff,
    Substitute,
    SwapOff,
    SwapWork,
    EndsOnDayOff,
    MonthHasNoSuchDay,
    ReceivedAfter15,
    SupplementRequested,
    FinancialObligation,
    WithdrawalRequested,
    DueBeforePauses,
    Apology,
    Due,
    NoNotice,
}

pub(crate) fn tell(
    clock: &Clock<'_>,
    reckoning: &Reckoning,
    circumstances: &Circumstances<'_>,
) -> Result<Vec<TraceLine>, Fault> {
    let start_day = reckoning.start.day()?;
    let closed = |class: DayClass| clock.hours.shifts(class).is_empty();
    let mut lines = vec![received(clock, reckoning, circumstances.received)?];
    lines.extend(days_passed(clock, reckoning.arrival.day()?, start_day, closed)?);
    lines.push(start(clock, reckoning)?);
    lines.push(limit(reckoning));
    lines.extend(way_to_the_end(clock, reckoning)?);
    if !reckoning.pauses.is_empty() {
        lines.push(result(clock, reckoning.due_before_pauses, TraceReason::DueBeforePauses)?);
        for pause in &reckoning.pauses {
            lines.push(paused(clock, pause)?);
        }
        let day_before_pauses = reckoning.due_before_pauses.day()?;
        lines.extend(days_passed(clock, day_before_pauses + 1, reckoning.due_at.day()?, closed)?);
    }
    lines.push(result(clock, reckoning.due_at, TraceReason::Due)?);
    lines.extend(provisional(clock, reckoning)?);
    Ok(lines)
}

fn received(
    clock: &Clock<'_>,
    reckoning: &Reckoning,
    received: Option<Received>,
) -> Result<TraceLine, Fault> {
    let at = clock.datetime(reckoning.arrival)?;
    let reason = match received {
        Some(Received::Online) => TraceReason::ReceivedOnline,
        Some(Received::Counter) => TraceReason::ReceivedAtCounter,
        Some(Received::Post) => TraceReason::ReceivedByPost,
        None => TraceReason::Received,
    };
    let mut line = line(TraceKind::Received, reason, words::received(at, received));
    line.at = Some(at);
    Ok(line)
}

fn start(clock: &Clock<'_>, reckoning: &Reckoning) -> Result<TraceLine, Fault> {
    let at = clock.datetime(reckoning.start)?;
    let outside = reckoning.start != reckoning.arrival;
    let reason = if outside { TraceReason::OutsideHours } else { TraceReason::WithinHours };
    let by_days = !reckoning.same_day && !matches!(reckoning.limit, Limit::WorkingHours(_));
    let mut line = line(TraceKind::Start, reason, words::start(at, outside, by_days));
    line.at = Some(at);
    line.date = Some(at.date_naive());
    Ok(line)
}

fn limit(reckoning: &Reckoning) -> TraceLine {
    if reckoning.same_day {
        let mut line = line(TraceKind::Limit, TraceReason::SameDay, words::same_day());
        line.notice = Some("Nghị định 23/2015/NĐ-CP, Điều 7".to_owned());
        return line;
    }
    let (reason, law) = match reckoning.limit {
        Limit::WorkingDays(_) => (TraceReason::WorkingDays, Some("Bộ luật Dân sự 2015, Điều 147")),
        Limit::CalendarDays(_) => (TraceReason::CalendarDays, Some("Bộ luật Dân sự 2015, Điều 147 và 148")),
        Limit::Months(_) => (TraceReason::Months, Some("Bộ luật Dân sự 2015, Điều 147 và 148")),
        Limit::WorkingHours(_) => (TraceReason::WorkingHours, None),
    };
    let mut line = line(TraceKind::Limit, reason, words::limit(reckoning.limit));
    line.notice = law.map(str::to_owned);
    line
}

/// From the day after the start to the due day as it is without pauses.
fn way_to_the_end(clock: &Clock<'_>, reckoning: &Reckoning) -> Result<Vec<TraceLine>, Fault> {
    let next_day = reckoning.start.day()? + 1;
    let due_day = reckoning.due_before_pauses.day()?;
    let not_counted = |class: DayClass| !clock.counts(class);
    let closed = |class: DayClass| clock.hours.shifts(class).is_empty();
    if reckoning.same_day {
        let mut lines = Vec::new();
        if due_day >= next_day {
            lines.push(line(TraceKind::Moved, TraceReason::ReceivedAfter15, words::received_after_15()));
            lines.extend(days_passed(clock, next_day, due_day, not_counted)?);
        }
        return Ok(lines);
    }
    match reckoning.limit {
        Limit::WorkingDays(_) => days_passed(clock, next_day, due_day, not_counted),
        Limit::WorkingHours(_) => days_passed(clock, next_day, due_day, closed),
        Limit::CalendarDays(_) | Limit::Months(_) => {
            let mut lines = Vec::new();
            let end = date_of(reckoning.nominal_day)?;
            if reckoning.month_cut_short {
                let mut line =
                    line(TraceKind::Moved, TraceReason::MonthHasNoSuchDay, words::month_cut_short(end));
                line.date = Some(end);
                lines.push(line);
            }
            if reckoning.nominal_day != due_day {
                let mut line = line(TraceKind::Moved, TraceReason::EndsOnDayOff, words::ends_on_day_off(end));
                line.date = Some(end);
                lines.push(line);
            }
            lines.extend(days_passed(clock, reckoning.nominal_day, due_day, not_counted)?);
            Ok(lines)
        }
    }
}

/// A line for every day out of the ordinary from `first` to `last`, and one for the plain weekends between two such lines.
fn days_passed(
    clock: &Clock<'_>,
    first: usize,
    last: usize,
    is_skipped: impl Fn(DayClass) -> bool,
) -> Result<Vec<TraceLine>, Fault> {
    let mut lines = Vec::new();
    let mut weekend_days: Vec<NaiveDate> = Vec::new();
    for day in first..=last {
        let class = clock.calendar.count(day).map_or(DayClass::Off, |count| count.class);
        let date = date_of(day)?;
        match clock.calendar.special_day(date) {
            Some(special) => {
                lines.extend(weekends(&weekend_days));
                weekend_days.clear();
                lines.push(special_day(special));
            }
            None if is_skipped(class) => weekend_days.push(date),
            None => {}
        }
    }
    lines.extend(weekends(&weekend_days));
    Ok(lines)
}

fn special_day(special: &SpecialDay) -> TraceLine {
    let (kind, reason) = match special.day.kind {
        DayKind::Holiday => (TraceKind::Skipped, TraceReason::Holiday),
        DayKind::DayOff => (TraceKind::Skipped, TraceReason::DayOff),
        DayKind::Substitute => (TraceKind::Skipped, TraceReason::Substitute),
        DayKind::SwapOff => (TraceKind::Skipped, TraceReason::SwapOff),
        DayKind::SwapWork => (TraceKind::Counted, TraceReason::SwapWork),
    };
    let mut line = line(kind, reason, words::special_day(special));
    line.date = Some(special.day.date);
    line.notice = Some(special.day.legal_notice.clone());
    line
}

fn weekends(days: &[NaiveDate]) -> Option<TraceLine> {
    let (first, last) = (*days.first()?, *days.last()?);
    let mut line = line(TraceKind::Skipped, TraceReason::Weekend, words::weekends(days));
    if first == last {
        line.date = Some(first);
    } else {
        line.from = Some(first);
        line.to = Some(last);
    }
    Some(line)
}

fn paused(clock: &Clock<'_>, counted: &CountedPause) -> Result<TraceLine, Fault> {
    let reason = match counted.pause.reason {
        PauseReason::SupplementRequested => TraceReason::SupplementRequested,
        PauseReason::FinancialObligation => TraceReason::FinancialObligation,
        PauseReason::WithdrawalRequested => TraceReason::WithdrawalRequested,
    };
    let from = clock.datetime(counted.from)?;
    let until = clock.datetime(counted.until)?;
    let mut line = line(TraceKind::Pause, reason, words::paused(counted, from, until));
    line.at = Some(from);
    line.until = Some(until);
    line.working_minutes = Some(counted.waited / 60);
    Ok(line)
}

fn result(clock: &Clock<'_>, due: Moment, reason: TraceReason) -> Result<TraceLine, Fault> {
    let at = clock.datetime(due)?;
    let said = if reason == TraceReason::Due { words::due(at) } else { words::due_before_pauses(at) };
    let mut line = line(TraceKind::Result, reason, said);
    line.at = Some(at);
    line.date = Some(at.date_naive());
    Ok(line)
}

/// What an apology adds: the date it named stands in place of the reckoned one.
pub fn promised(given_at: DateTime<FixedOffset>, due_at: DateTime<FixedOffset>) -> [TraceLine; 2] {
    let mut moved = line(TraceKind::Moved, TraceReason::Apology, words::promised(given_at));
    moved.at = Some(given_at);
    moved.notice = Some("Thông tư 03/2025/TT-VPCP, Mẫu 04".to_owned());
    let mut result = line(TraceKind::Result, TraceReason::Due, words::due(due_at));
    result.at = Some(due_at);
    result.date = Some(due_at.date_naive());
    [moved, result]
}

fn provisional(clock: &Clock<'_>, reckoning: &Reckoning) -> Result<Option<TraceLine>, Fault> {
    let from = date_of(reckoning.arrival.day()?)?;
    let to = date_of(reckoning.due_at.day()?)?;
    let years = clock.calendar.unannounced_years(from, to);
    if years.is_empty() {
        return Ok(None);
    }
    Ok(Some(line(TraceKind::Provisional, TraceReason::NoNotice, words::provisional(&years))))
}

fn date_of(day: usize) -> Result<NaiveDate, Fault> {
    days::date_at(day).ok_or_else(|| Fault::OutOfRange { date: "2200-01-01".to_owned() })
}

fn line(kind: TraceKind, reason: TraceReason, said: Said) -> TraceLine {
    let Said { vi, en } = said;
    TraceLine {
        kind,
        reason,
        date: None,
        from: None,
        to: None,
        at: None,
        until: None,
        working_minutes: None,
        notice: None,
        vi,
        en,
    }
}
