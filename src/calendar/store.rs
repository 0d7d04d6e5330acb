//! SQL of the calendar, and the calendar itself as the process keeps it. Tables: `calendar_days`,
//! `calendar_changes`.
//!
//! What must stay true: a changed day is seen by every replica within seconds; whoever changes days calls
//! [`Calendars::forget`] after the commit, never inside the transaction.

pub mod changes;

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use diesel::prelude::*;
use moka::sync::Cache;

use super::days::Calendar;
use super::model::{CalendarDay, DayKind};
use crate::infra::db::Conn;
use crate::kernel::{Error, Result};
use crate::schema::calendar_days;

const KEPT: Duration = Duration::from_secs(5);

/// The working calendar, read again when it is a few seconds old.
#[derive(Clone)]
pub struct Calendars {
    kept: Cache<(), Arc<Calendar>>,
    /// Building takes longer than seeing that nothing changed.
    built: Cache<(), Built>,
}

/// What was built last, and from which rows.
#[derive(Clone)]
struct Built {
    rows: Arc<Vec<CalendarDay>>,
    calendar: Arc<Calendar>,
}

impl Default for Calendars {
    fn default() -> Self {
        Self { kept: Cache::builder().max_capacity(1).time_to_live(KEPT).build(), built: Cache::new(1) }
    }
}

impl Calendars {
    pub fn get(&self, conn: &mut Conn) -> Result<Arc<Calendar>> {
        if let Some(calendar) = self.kept.get(&()) {
            return Ok(calendar);
        }
        let rows = days(conn)?;
        if let Some(built) = self.built.get(&()).filter(|built| *built.rows == rows) {
            self.kept.insert((), built.calendar.clone());
            return Ok(built.calendar);
        }
        let calendar = Arc::new(Calendar::build(&rows).map_err(Error::internal)?);
        self.built.insert((), Built { rows: Arc::new(rows), calendar: calendar.clone() });
        self.kept.insert((), calendar.clone());
        Ok(calendar)
    }

    /// As the database has it now, whatever is kept.
    pub fn fresh(&self, conn: &mut Conn) -> Result<Arc<Calendar>> {
        self.forget();
        self.get(conn)
    }

    pub fn forget(&self) {
        self.kept.invalidate(&());
    }
}

/// Every day out of the ordinary, in order.
pub fn days(conn: &mut Conn) -> Result<Vec<CalendarDay>> {
    type Row = (NaiveDate, String, String, String, String);
    let rows: Vec<Row> = calendar_days::table.order(calendar_days::on_date).load(conn)?;
    let mut days = Vec::with_capacity(rows.len());
    for (date, kind, name_vi, name_en, legal_notice) in rows {
        let kind =
            kind_named(&kind).ok_or_else(|| Error::internal(format!("unknown kind of day: {kind}")))?;
        days.push(CalendarDay { date, kind, name_vi, name_en, legal_notice });
    }
    Ok(days)
}

/// Adds the days that no notice has named yet; a day that is known keeps what it says.
pub fn add_missing(conn: &mut Conn, days: &[CalendarDay]) -> Result<usize> {
    let rows: Vec<_> = days
        .iter()
        .map(|day| {
            (
                calendar_days::on_date.eq(day.date),
                calendar_days::kind.eq(kind_code(day.kind)),
                calendar_days::name_vi.eq(&day.name_vi),
                calendar_days::name_en.eq(&day.name_en),
                calendar_days::legal_notice.eq(&day.legal_notice),
            )
        })
        .collect();
    Ok(diesel::insert_into(calendar_days::table).values(rows).on_conflict_do_nothing().execute(conn)?)
}

const KINDS: [DayKind; 5] =
    [DayKind::Holiday, DayKind::DayOff, DayKind::Substitute, DayKind::SwapOff, DayKind::SwapWork];

fn kind_code(kind: DayKind) -> &'static str {
    match kind {
        DayKind::Holiday => "holiday",
        DayKind::DayOff => "day_off",
        DayKind::Substitute => "substitute",
        DayKind::SwapOff => "swap_off",
        DayKind::SwapWork => "swap_work",
    }
}

fn kind_named(text: &str) -> Option<DayKind> {
    KINDS.into_iter().find(|kind| kind_code(*kind) == text)
}
