//! SQL of the changes of the calendar. Tables: `calendar_changes`, `calendar_days`.

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::kind_code;
use crate::authority::Permit;
use crate::calendar::model::CalendarDay;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, CalendarChangeId};
use crate::kernel::{Error, Result};
use crate::schema::{calendar_changes, calendar_days};

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = calendar_changes)]
pub struct Change {
    pub id: CalendarChangeId,
    pub at: Moment,
    pub what: String,
    pub before: Value,
    pub after: Value,
    pub legal_notice: String,
    pub recomputed_at: Option<Moment>,
    pub deadlines_moved: i64,
}

pub struct NewChange<'a> {
    pub id: CalendarChangeId,
    pub by: AccountId,
    pub what: &'static str,
    pub before: &'a [CalendarDay],
    pub after: &'a [CalendarDay],
    pub legal_notice: &'a str,
}

/// Two administrators change the calendar one after the other: the list that is checked is the list that is changed.
/// Readers are not held up.
pub fn lock_days(conn: &mut Conn) -> Result<()> {
    conn.batch_execute("LOCK TABLE calendar_days IN SHARE ROW EXCLUSIVE MODE")?;
    Ok(())
}

/// Takes the days `before` away, puts the days `after` there, and writes down that it was done.
pub fn apply(conn: &mut Conn, permit: &Permit, change: &NewChange<'_>) -> Result<()> {
    let dates: Vec<NaiveDate> = change.before.iter().map(|day| day.date).collect();
    diesel::delete(calendar_days::table.filter(calendar_days::on_date.eq_any(dates))).execute(conn)?;
    let rows: Vec<_> = change
        .after
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
    diesel::insert_into(calendar_days::table).values(rows).execute(conn)?;
    diesel::insert_into(calendar_changes::table)
        .values((
            calendar_changes::id.eq(change.id),
            calendar_changes::at.eq(permit.at()),
            calendar_changes::by_account_id.eq(change.by),
            calendar_changes::what.eq(change.what),
            calendar_changes::before.eq(serde_json::to_value(change.before).map_err(Error::internal)?),
            calendar_changes::after.eq(serde_json::to_value(change.after).map_err(Error::internal)?),
            calendar_changes::legal_notice.eq(change.legal_notice),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut Conn, id: CalendarChangeId) -> Result<Option<Change>> {
    Ok(calendar_changes::table.find(id).select(Change::as_select()).first(conn).optional()?)
}

/// Newest first.
pub fn list(conn: &mut Conn, before: Option<(Moment, CalendarChangeId)>, limit: i64) -> Result<Vec<Change>> {
    let mut query = calendar_changes::table
        .order((calendar_changes::at.desc(), calendar_changes::id.desc()))
        .limit(limit)
        .select(Change::as_select())
        .into_boxed();
    if let Some((at, id)) = before {
        let older = calendar_changes::at.eq(at).and(calendar_changes::id.lt(id));
        query = query.filter(calendar_changes::at.lt(at).or(older));
    }
    Ok(query.load(conn)?)
}

/// How far the recomputation has come: after which dossier, and whether it is done.
pub fn position(conn: &mut Conn, id: CalendarChangeId) -> Result<Option<(Option<Uuid>, Option<Moment>)>> {
    let position = calendar_changes::table
        .find(id)
        .select((calendar_changes::recomputed_after, calendar_changes::recomputed_at))
        .first(conn)
        .optional()?;
    Ok(position)
}

pub fn save_position(conn: &mut Conn, id: CalendarChangeId, after: Option<Uuid>, moved: i64) -> Result<()> {
    diesel::update(calendar_changes::table.find(id))
        .set((
            calendar_changes::recomputed_after.eq(after),
            calendar_changes::deadlines_moved.eq(calendar_changes::deadlines_moved + moved),
        ))
        .execute(conn)?;
    Ok(())
}

/// The walk is over. A later one begins at the beginning.
pub fn finish(conn: &mut Conn, id: CalendarChangeId, now: Moment) -> Result<()> {
    diesel::update(calendar_changes::table.find(id))
        .set((calendar_changes::recomputed_at.eq(now), calendar_changes::recomputed_after.eq(None::<Uuid>)))
        .execute(conn)?;
    Ok(())
}
