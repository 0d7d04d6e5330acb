//! SQL of the lists of units and agencies, and of who came before and after. A page is one statement, its order
//! is an index, and every list is a list as of a day.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::super::model::{Agency, Level, Sector, Unit};
use super::{AgencyRow, UNIT, in_force, unit_exists};
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::UnitId;
use crate::kernel::paging::Limit;
use crate::kernel::text::search_patterns;
use crate::schema::{agencies, unit_successions, units};

#[derive(Clone, Debug)]
pub struct UnitsAsked {
    pub as_of: NaiveDate,
    pub level: Option<Level>,
    pub parent_id: Option<UnitId>,
    pub typed: Option<String>,
    /// Level and code of the last row seen: on one day they name one unit.
    pub after: Option<(String, String)>,
    pub limit: Limit,
}

#[derive(Clone, Debug)]
pub struct AgenciesAsked {
    pub as_of: NaiveDate,
    pub unit_id: Option<UnitId>,
    pub sector: Option<Sector>,
    pub typed: Option<String>,
    /// Identifier of the last row seen: on one day it names one agency.
    pub after: Option<String>,
    pub limit: Limit,
}

/// A unit that took over from another, or the other way round.
#[derive(Clone, Debug)]
pub struct Kin {
    pub unit: Unit,
    pub kind: String,
    pub is_default: bool,
}

pub fn units(conn: &mut Conn, asked: &UnitsAsked) -> Result<Vec<Unit>> {
    let mut query = units::table
        .filter(unit_exists(asked.as_of))
        .order((units::level, units::code, units::id))
        .limit(asked.limit.with_one_more())
        .select(UNIT)
        .into_boxed();
    if let Some(level) = asked.level {
        query = query.filter(units::level.eq(level));
    }
    if let Some(parent) = asked.parent_id {
        query = query.filter(units::parent_id.eq(parent));
    }
    for pattern in search_patterns(asked.typed.as_deref().unwrap_or_default()) {
        query = query.filter(units::search_text.like(pattern));
    }
    if let Some((level, code)) = &asked.after {
        let later = sql::<Bool>("(units.level, units.code) > (")
            .bind::<Text, _>(level)
            .sql(", ")
            .bind::<Text, _>(code)
            .sql(")");
        query = query.filter(later);
    }
    Ok(query.load(conn)?)
}

pub fn agencies(conn: &mut Conn, asked: &AgenciesAsked) -> Result<Vec<Agency>> {
    let mut query = agencies::table
        .filter(in_force(asked.as_of))
        .order((agencies::identifier, agencies::id))
        .limit(asked.limit.with_one_more())
        .select(AgencyRow::as_select())
        .into_boxed();
    if let Some(unit) = asked.unit_id {
        query = query.filter(agencies::unit_id.eq(unit));
    }
    if let Some(sector) = asked.sector {
        query = query.filter(agencies::sectors.contains(vec![Some(sector)]));
    }
    for pattern in search_patterns(asked.typed.as_deref().unwrap_or_default()) {
        query = query.filter(agencies::search_text.like(pattern));
    }
    if let Some(identifier) = &asked.after {
        query = query.filter(agencies::identifier.gt(identifier));
    }
    let rows: Vec<AgencyRow> = query.load(conn)?;
    Ok(rows.into_iter().map(Agency::from).collect())
}

/// The units above this one, from the province down.
pub fn above(conn: &mut Conn, unit: &Unit) -> Result<Vec<Unit>> {
    let line = super::line_of(&unit.path)?;
    let found = units::table
        .filter(units::id.eq_any(line).and(units::id.ne(unit.id)))
        .order(units::path)
        .select(UNIT)
        .load(conn)?;
    Ok(found)
}

pub fn successors(conn: &mut Conn, id: UnitId) -> Result<Vec<Kin>> {
    let rows: Vec<(Unit, String, bool)> = unit_successions::table
        .inner_join(units::table.on(units::id.eq(unit_successions::new_unit_id)))
        .filter(unit_successions::old_unit_id.eq(id))
        .order((unit_successions::is_default.desc(), units::code))
        .select((UNIT, unit_successions::kind, unit_successions::is_default))
        .load(conn)?;
    Ok(kin(rows))
}

pub fn predecessors(conn: &mut Conn, id: UnitId) -> Result<Vec<Kin>> {
    let rows: Vec<(Unit, String, bool)> = unit_successions::table
        .inner_join(units::table.on(units::id.eq(unit_successions::old_unit_id)))
        .filter(unit_successions::new_unit_id.eq(id))
        .order((units::level.desc(), units::code))
        .select((UNIT, unit_successions::kind, unit_successions::is_default))
        .load(conn)?;
    Ok(kin(rows))
}

fn kin(rows: Vec<(Unit, String, bool)>) -> Vec<Kin> {
    rows.into_iter().map(|(unit, kind, is_default)| Kin { unit, kind, is_default }).collect()
}
