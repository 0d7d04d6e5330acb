//! SQL of units and agencies. Tables: `units`, `unit_successions`, `agencies`.
//!
//! What must stay true: a code is asked for with a day and has at most one answer (a constraint sees to it);
//! `valid_to` is the last day, inclusive. The served province is the one whose units have agencies.

pub mod lists;
pub mod loading;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{Agency, AgencyKind, Level, Sector, Unit};
use crate::infra::db::Conn;
use crate::kernel::ids::{AgencyId, UnitId};
use crate::kernel::values::AgencyIdentifier;
use crate::kernel::{Error, Result};
use crate::schema::{agencies, units};

/// An agency and the level of its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyAt {
    pub level: Level,
    pub agency: Agency,
}

type UnitColumns = (
    units::id,
    units::level,
    units::code,
    units::name,
    units::full_name,
    units::unit_type,
    units::parent_id,
    units::path,
    units::valid_from,
    units::valid_to,
);

pub(super) const UNIT: UnitColumns = (
    units::id,
    units::level,
    units::code,
    units::name,
    units::full_name,
    units::unit_type,
    units::parent_id,
    units::path,
    units::valid_from,
    units::valid_to,
);

#[derive(Queryable, Selectable)]
#[diesel(table_name = agencies)]
pub(super) struct AgencyRow {
    id: AgencyId,
    unit_id: UnitId,
    identifier: AgencyIdentifier,
    name: String,
    kind: AgencyKind,
    sectors: Vec<Option<Sector>>,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

impl From<AgencyRow> for Agency {
    fn from(row: AgencyRow) -> Self {
        Self {
            id: row.id,
            unit_id: row.unit_id,
            identifier: row.identifier,
            name: row.name,
            kind: row.kind,
            sectors: row.sectors.into_iter().flatten().collect(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

#[diesel::dsl::auto_type]
fn unit_exists(on: NaiveDate) -> _ {
    units::valid_from.le(on).and(units::valid_to.is_null().or(units::valid_to.ge(on)))
}

#[diesel::dsl::auto_type]
fn in_force(on: NaiveDate) -> _ {
    agencies::valid_from.le(on).and(agencies::valid_to.is_null().or(agencies::valid_to.ge(on)))
}

pub fn unit(conn: &mut Conn, id: UnitId) -> Result<Option<Unit>> {
    Ok(units::table.find(id).select(UNIT).first(conn).optional()?)
}

/// The unit that the code names on that day.
pub fn unit_as_of(conn: &mut Conn, level: Level, code: &str, on: NaiveDate) -> Result<Option<Unit>> {
    let found = units::table
        .filter(units::level.eq(level).and(units::code.eq(code)))
        .filter(unit_exists(on))
        .select(UNIT)
        .first(conn)
        .optional()?;
    Ok(found)
}

pub fn commune_as_of(conn: &mut Conn, code: &str, on: NaiveDate) -> Result<Option<Unit>> {
    unit_as_of(conn, Level::Commune, code, on)
}

pub fn agency(conn: &mut Conn, id: AgencyId) -> Result<Option<Agency>> {
    let row = agencies::table.find(id).select(AgencyRow::as_select()).first(conn).optional()?;
    Ok(row.map(Agency::from))
}

/// Every agency in force on that day of the unit and of all units above it, from the province down. Empty where
/// the unit lies outside the served province.
pub fn agencies_over(conn: &mut Conn, unit: &Unit, on: NaiveDate) -> Result<Vec<AgencyAt>> {
    let rows: Vec<(Level, AgencyRow)> = agencies::table
        .inner_join(units::table)
        .filter(agencies::unit_id.eq_any(line_of(&unit.path)?))
        .filter(in_force(on))
        .order((units::path, agencies::identifier))
        .select((units::level, AgencyRow::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(level, row)| AgencyAt { level, agency: row.into() }).collect())
}

/// The agencies of many units at once, each unit with the agencies over it: one statement for a whole province.
pub fn agencies_over_each(
    conn: &mut Conn,
    places: &[Unit],
    on: NaiveDate,
) -> Result<BTreeMap<UnitId, Vec<AgencyAt>>> {
    let mut lines = BTreeMap::new();
    for place in places {
        lines.insert(place.id, line_of(&place.path)?);
    }
    let mut asked: Vec<Uuid> = lines.values().flatten().copied().collect();
    asked.sort_unstable();
    asked.dedup();
    let rows: Vec<(Level, AgencyRow)> = agencies::table
        .inner_join(units::table)
        .filter(agencies::unit_id.eq_any(asked))
        .filter(in_force(on))
        .order((units::path, agencies::identifier))
        .select((units::level, AgencyRow::as_select()))
        .load(conn)?;
    let mut by_unit: BTreeMap<Uuid, Vec<AgencyAt>> = BTreeMap::new();
    for (level, row) in rows {
        by_unit.entry(row.unit_id.uuid()).or_default().push(AgencyAt { level, agency: row.into() });
    }
    let mut over = BTreeMap::new();
    for (place, line) in lines {
        let found = line.iter().filter_map(|id| by_unit.get(id)).flatten().cloned().collect();
        over.insert(place, found);
    }
    Ok(over)
}

/// The names of agencies, whether they exist today or not. An id that names none is left out.
pub fn agency_names(conn: &mut Conn, ids: &[AgencyId]) -> Result<BTreeMap<AgencyId, String>> {
    let rows: Vec<(AgencyId, String)> =
        agencies::table.filter(agencies::id.eq_any(ids)).select((agencies::id, agencies::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The levels that the served province has on that day, from the province down.
pub fn levels_in_force(conn: &mut Conn, on: NaiveDate) -> Result<Vec<Level>> {
    let mut levels: Vec<Level> = agencies::table
        .inner_join(units::table)
        .filter(in_force(on))
        .select(units::level)
        .distinct()
        .load(conn)?;
    levels.sort_unstable();
    Ok(levels)
}

/// The province whose portal this is, on that day.
pub fn served_province(conn: &mut Conn, on: NaiveDate) -> Result<Option<Unit>> {
    let found = units::table
        .filter(units::level.eq(Level::Province))
        .filter(unit_exists(on))
        .filter(diesel::dsl::exists(
            agencies::table.filter(agencies::unit_id.eq(units::id)).filter(in_force(on)),
        ))
        .order(units::code)
        .select(UNIT)
        .first(conn)
        .optional()?;
    Ok(found)
}

/// The communes of the served province on that day: those under a province that has agencies.
pub fn served_communes(conn: &mut Conn, on: NaiveDate) -> Result<Vec<Unit>> {
    let Some(province) = served_province(conn, on)? else { return Ok(Vec::new()) };
    let found = units::table
        .filter(units::level.eq(Level::Commune))
        .filter(under(&province.path))
        .filter(unit_exists(on))
        .order((units::code, units::id))
        .select(UNIT)
        .load(conn)?;
    Ok(found)
}

/// Everything under a path, as a range of the index `units_by_path`. A path is hexadecimal, `-` and `/`: after
/// it come its continuations, and all of them before the same path with `0` (the character after `/`) at its end.
pub(super) fn under(
    path: &str,
) -> diesel::dsl::And<diesel::dsl::GtEq<units::path, String>, diesel::dsl::Lt<units::path, String>> {
    let end = format!("{}0", path.trim_end_matches('/'));
    units::path.ge(path.to_owned()).and(units::path.lt(end))
}

/// The ids in a path: the unit's own and those of the units above it.
fn line_of(path: &str) -> Result<Vec<Uuid>> {
    let mut line = Vec::new();
    for id in path.split('/').filter(|part| !part.is_empty()) {
        line.push(
            UnitId::parse(id).map_err(|_| Error::internal(format!("a unit's path holds {id}")))?.uuid(),
        );
    }
    Ok(line)
}
