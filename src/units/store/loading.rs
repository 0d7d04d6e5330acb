//! SQL that loads whole lists: a tree of units, its successions, its agencies. A list goes in as columns
//! (`unnest`), so that fourteen thousand rows are one statement and not a hundred thousand parameters.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Nullable, Text, Uuid as SqlUuid};

use super::super::agencies::AgencySeed;
use super::super::model::{Unit, UnitKey};
use super::super::reorganisation::{Succession, SuccessionKind};
use crate::infra::db::Conn;
use crate::kernel::ids::{AgencyId, UnitId};
use crate::kernel::text::fold;
use crate::kernel::{Error, Result};
use crate::schema::{agencies, units};

/// The ids of the list that began on that day, by level and code.
pub fn units_since(conn: &mut Conn, valid_from: NaiveDate) -> Result<BTreeMap<UnitKey, UnitId>> {
    let rows: Vec<(super::Level, String, UnitId)> = units::table
        .filter(units::valid_from.eq(valid_from))
        .select((units::level, units::code, units::id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(level, code, id)| (UnitKey { level, code }, id)).collect())
}

/// Rows as [`super::super::tree::Tree::to_rows`] makes them.
pub fn insert_units(conn: &mut Conn, rows: &[Unit]) -> Result<usize> {
    let column = |text: fn(&Unit) -> &str| rows.iter().map(text).collect::<Vec<_>>();
    let inserted = diesel::sql_query(
        "INSERT INTO units (id, level, code, name, full_name, unit_type, search_text, parent_id, path, valid_from, valid_to) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<Array<SqlUuid>, _>(rows.iter().map(|unit| unit.id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(column(|unit| unit.level.as_str()))
    .bind::<Array<Text>, _>(column(|unit| &unit.code))
    .bind::<Array<Text>, _>(column(|unit| &unit.name))
    .bind::<Array<Text>, _>(column(|unit| &unit.full_name))
    .bind::<Array<Text>, _>(column(|unit| &unit.unit_type))
    .bind::<Array<Text>, _>(rows.iter().map(unit_search_text).collect::<Vec<_>>())
    .bind::<Array<Nullable<SqlUuid>>, _>(rows.iter().map(|unit| unit.parent_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(column(|unit| &unit.path))
    .bind::<Array<Date>, _>(rows.iter().map(|unit| unit.valid_from).collect::<Vec<_>>())
    .bind::<Array<Nullable<Date>>, _>(rows.iter().map(|unit| unit.valid_to).collect::<Vec<_>>())
    .execute(conn)?;
    Ok(inserted)
}

fn unit_search_text(unit: &Unit) -> String {
    fold(&format!("{} {}", unit.full_name, unit.code))
}

/// Successions between two lists whose ids are known.
pub fn insert_successions(
    conn: &mut Conn,
    successions: &[Succession],
    old: &BTreeMap<UnitKey, UnitId>,
    new: &BTreeMap<UnitKey, UnitId>,
) -> Result<usize> {
    let missing = |key: &UnitKey| Error::internal(format!("a succession names {key}, which was not loaded"));
    let (mut from, mut to) = (Vec::new(), Vec::new());
    let (mut kinds, mut defaults) = (Vec::new(), Vec::new());
    for succession in successions {
        from.push(*old.get(&succession.old).ok_or_else(|| missing(&succession.old))?);
        to.push(*new.get(&succession.new).ok_or_else(|| missing(&succession.new))?);
        kinds.push(match succession.kind {
            SuccessionKind::Whole => "whole",
            SuccessionKind::Split => "split",
        });
        defaults.push(succession.is_default);
    }
    let inserted = diesel::sql_query(
        "INSERT INTO unit_successions (old_unit_id, new_unit_id, kind, is_default) \
         SELECT * FROM unnest($1, $2, $3, $4)",
    )
    .bind::<Array<SqlUuid>, _>(from)
    .bind::<Array<SqlUuid>, _>(to)
    .bind::<Array<Text>, _>(kinds)
    .bind::<Array<Bool>, _>(defaults)
    .execute(conn)?;
    Ok(inserted)
}

/// The first days of the rows of one identifier, ended ones among them; and whether there is any agency at all.
pub fn agency_days(conn: &mut Conn, identifier: &str) -> Result<(Vec<NaiveDate>, bool)> {
    let days = agencies::table
        .filter(agencies::identifier.eq(identifier))
        .select(agencies::valid_from)
        .load(conn)?;
    let any = diesel::select(diesel::dsl::exists(agencies::table.select(agencies::id))).get_result(conn)?;
    Ok((days, any))
}

pub fn insert_agencies(
    conn: &mut Conn,
    seeds: &[AgencySeed],
    places: &BTreeMap<UnitKey, UnitId>,
    valid_from: NaiveDate,
) -> Result<usize> {
    let mut rows = Vec::with_capacity(seeds.len());
    for seed in seeds {
        let unit_id = places.get(&seed.unit).ok_or_else(|| {
            Error::internal(format!("an agency stands in {}, which was not loaded", seed.unit))
        })?;
        let sectors: Vec<Option<&str>> = seed.sectors.iter().map(|sector| Some(sector.as_str())).collect();
        rows.push((
            agencies::id.eq(AgencyId::new()),
            agencies::unit_id.eq(*unit_id),
            agencies::identifier.eq(&seed.identifier),
            agencies::name.eq(&seed.name),
            agencies::kind.eq(seed.kind),
            agencies::sectors.eq(sectors),
            agencies::search_text.eq(fold(&format!("{} {}", seed.name, seed.identifier))),
            agencies::valid_from.eq(valid_from),
        ));
    }
    Ok(diesel::insert_into(agencies::table).values(rows).execute(conn)?)
}
