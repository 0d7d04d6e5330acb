//! The law's clock: working days, days off, limits and deadlines that explain themselves.
//!
//! Pure but for [`store`], [`changes`] and [`http`]: no clock and no time zone of the machine; time is a parameter and the place is Việt Nam
//! (UTC+7, without summer time since 1975). What must stay true: the same question has the same answer on every
//! machine; the short answer ([`due_moment`]) and the explained one ([`due`]) come from one reckoning.
//! Sources: Bộ luật Dân sự 2015, Điều 147–148 (counting); Bộ luật Lao động 2019, Điều 111–112 (days off);
//! Nghị quyết 28/2026/QH16 (24 November); Nghị định 23/2015/NĐ-CP, Điều 7 (same-day procedures); the yearly notices.

pub mod calculator;
pub mod changes;
pub mod cli;
mod clock;
pub mod days;
pub mod events;
pub mod hours;
pub mod http;
pub mod lunar;
pub mod model;
pub mod notices;
pub mod refusal;
pub mod rows;
pub mod store;
pub mod trace;
pub mod working_time;

pub use days::{Calendar, SpecialDay};
pub use hours::{HoursFault, Shift, WorkingHours};
pub use model::{
    CalendarDay, Circumstances, DayKind, Deadline, Due, Fault, Language, Limit, LimitUnit, Pause,
    PauseReason, Received, Share,
};
pub use refusal::Refusal;
pub use rows::{RowFault, RowFaults, RowProblem};
pub use trace::{TraceKind, TraceLine, TraceReason};
pub use working_time::{
    add_working_minutes, due, due_moment, reception_due, reception_limit, share_due, working_days_before,
    working_minutes_between,
};

use chrono::FixedOffset;

/// Asia/Ho_Chi_Minh. A fixed offset, because the engine knows no date before 2000.
pub const HANOI: FixedOffset = match FixedOffset::east_opt(7 * 3600) {
    Some(offset) => offset,
    None => unreachable!(),
};
