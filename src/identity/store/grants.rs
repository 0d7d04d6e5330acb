//! Rows of `grants`, with the names of their places.

use diesel::prelude::*;

use crate::authority::Role;
use crate::identity::Refusal;
use crate::identity::model::{Grant, Place};
use crate::infra::clock::Moment;
use crate::infra::db::{Conn, RefuseOn};
use crate::kernel::ids::{AccountId, AgencyId, GrantId, UnitId};
use crate::kernel::{Error, Result};
use crate::schema::{accounts, agencies, grants, units};

#[derive(Queryable)]
struct Row {
    id: GrantId,
    account_id: AccountId,
    role: String,
    unit_id: Option<UnitId>,
    agency_id: Option<AgencyId>,
    valid_from: Moment,
    valid_to: Option<Moment>,
    unit_name: Option<String>,
    agency_name: Option<String>,
}

/// Every grant of these accounts, ended ones too, oldest first.
pub fn of_accounts(conn: &mut Conn, account_ids: &[AccountId]) -> Result<Vec<Grant>> {
    let rows: Vec<Row> = grants::table
        .left_join(units::table)
        .left_join(agencies::table)
        .filter(grants::account_id.eq_any(account_ids))
        .order((grants::valid_from, grants::id))
        .select((
            grants::id,
            grants::account_id,
            grants::role,
            grants::unit_id,
            grants::agency_id,
            grants::valid_from,
            grants::valid_to,
            units::full_name.nullable(),
            agencies::name.nullable(),
        ))
        .load(conn)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let place = match (row.unit_id, row.agency_id) {
            (Some(unit_id), None) => Place::Unit(unit_id),
            (None, Some(agency_id)) => Place::Agency(agency_id),
            _ => return Err(Error::internal("a grant at no place or at two")),
        };
        let role = Role::parse(&row.role).ok_or_else(|| Error::internal("a grant of an unknown role"))?;
        found.push(Grant {
            id: row.id,
            account_id: row.account_id,
            role,
            place,
            place_name: row.unit_name.or(row.agency_name).unwrap_or_default(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        });
    }
    Ok(found)
}

pub fn insert(
    conn: &mut Conn,
    account_id: AccountId,
    role: Role,
    place: Place,
    granted_by: Option<AccountId>,
    now: Moment,
) -> Result<GrantId> {
    let id = GrantId::new();
    let (unit_id, agency_id) = match place {
        Place::Unit(unit_id) => (Some(unit_id), None),
        Place::Agency(agency_id) => (None, Some(agency_id)),
    };
    diesel::insert_into(grants::table)
        .values((
            grants::id.eq(id),
            grants::account_id.eq(account_id),
            grants::role.eq(role.code()),
            grants::unit_id.eq(unit_id),
            grants::agency_id.eq(agency_id),
            grants::valid_from.eq(now),
            grants::granted_by.eq(granted_by),
        ))
        .execute(conn)
        .refuse_on(&[("grants_once", Refusal::GrantAlreadyHeld)])?;
    Ok(id)
}

pub fn end(conn: &mut Conn, id: GrantId, revoked_by: Option<AccountId>, now: Moment) -> Result<()> {
    diesel::update(grants::table.find(id).filter(grants::valid_to.is_null()))
        .set((grants::valid_to.eq(now), grants::revoked_by.eq(revoked_by)))
        .execute(conn)?;
    Ok(())
}

/// Whether the account is open and holds one of the roles at the agency, or over its unit or one above that.
pub fn holds_at(
    conn: &mut Conn,
    account_id: AccountId,
    roles: &[Role],
    agency_id: AgencyId,
    now: Moment,
) -> Result<bool> {
    let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    let Some(units_over) = units_over(conn, agency_id)? else { return Ok(false) };
    let at_agency = grants::agency_id.eq(agency_id).assume_not_null();
    let over_it = grants::unit_id.eq_any(units_over).assume_not_null();
    let held = grants::table
        .inner_join(accounts::table.on(accounts::id.eq(grants::account_id)))
        .filter(grants::account_id.eq(account_id).and(accounts::closed_at.is_null()))
        .filter(grants::role.eq_any(codes))
        .filter(grants::valid_from.le(now).and(grants::valid_to.is_null().or(grants::valid_to.gt(now))))
        .filter(at_agency.or(over_it));
    Ok(diesel::select(diesel::dsl::exists(held)).get_result(conn)?)
}

/// Who holds one of the roles at the agency itself; where nobody does, who holds it over its unit or one above.
pub fn holders_at(
    conn: &mut Conn,
    roles: &[Role],
    agency_id: AgencyId,
    now: Moment,
) -> Result<Vec<AccountId>> {
    let mut found = Vec::new();
    for role in roles {
        let held = || {
            grants::table
                .inner_join(accounts::table.on(accounts::id.eq(grants::account_id)))
                .filter(accounts::closed_at.is_null().and(grants::role.eq(role.code())))
                .filter(
                    grants::valid_from.le(now).and(grants::valid_to.is_null().or(grants::valid_to.gt(now))),
                )
                .select(grants::account_id)
        };
        let there: Vec<AccountId> = held().filter(grants::agency_id.eq(agency_id)).load(conn)?;
        if !there.is_empty() {
            found.extend(there);
            continue;
        }
        let units_over = units_over(conn, agency_id)?.unwrap_or_default();
        found.extend(held().filter(grants::unit_id.eq_any(units_over)).load::<AccountId>(conn)?);
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The agency's unit and every unit above it. None where there is no such agency.
fn units_over(conn: &mut Conn, agency_id: AgencyId) -> Result<Option<Vec<UnitId>>> {
    let path: Option<String> = agencies::table
        .inner_join(units::table)
        .filter(agencies::id.eq(agency_id))
        .select(units::path)
        .first(conn)
        .optional()?;
    // A path names every unit from the province down to its own.
    Ok(path.map(|path| path.split('/').filter_map(|id| UnitId::parse(id).ok()).collect()))
}
