//! What a place of a grant reaches: the agencies in force of a unit and of every unit below it. The last day of an
//! agency is a day in force.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Uuid};

use crate::identity::model::Place;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AgencyId, UnitId};
use crate::schema::{agencies, units};

/// The agencies in force that a role at this place is held over; empty where there is no such place today.
pub fn reach(conn: &mut Conn, place: Place, today: NaiveDate) -> Result<Vec<AgencyId>> {
    let in_force =
        agencies::valid_from.le(today).and(agencies::valid_to.is_null().or(agencies::valid_to.ge(today)));
    let unit_id = match place {
        Place::Agency(id) => {
            return Ok(agencies::table.find(id).filter(in_force).select(agencies::id).load(conn)?);
        }
        Place::Unit(id) => id,
    };
    let path: Option<String> = units::table.find(unit_id).select(units::path).first(conn).optional()?;
    let Some(path) = path else { return Ok(Vec::new()) };
    // A path ends in a slash; no character of a path sorts after ~.
    let below = units::path.ge(&path).and(units::path.lt(format!("{path}~")));
    let reached = agencies::table
        .inner_join(units::table)
        .filter(below)
        .filter(in_force)
        .order(agencies::id)
        .select(agencies::id)
        .load(conn)?;
    Ok(reached)
}

/// Of the units that grants name, those that reach something and only what is among `agencies`.
pub fn units_within(conn: &mut Conn, overseen: &[AgencyId], today: NaiveDate) -> Result<Vec<UnitId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Uuid)]
        id: UnitId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT over.id FROM units over \
         JOIN units under ON under.path >= over.path AND under.path < over.path || '~' \
         JOIN agencies agency ON agency.unit_id = under.id \
              AND agency.valid_from <= $2 AND (agency.valid_to IS NULL OR agency.valid_to >= $2) \
         WHERE over.id IN (SELECT unit_id FROM grants WHERE unit_id IS NOT NULL) \
         GROUP BY over.id HAVING bool_and(agency.id = ANY ($1))",
    )
    .bind::<Array<Uuid>, _>(overseen)
    .bind::<Date, _>(today)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
