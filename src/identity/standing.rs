//! Whether an officer holds a role at an agency now: asked about somebody who is not the one who asks.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::authority::Role;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, AgencyId};
use crate::schema::{accounts, agencies, grants, units};

pub fn holds_at(conn: &mut Conn, account_id: AccountId, roles: &[Role], agency_id: AgencyId, now: Moment) -> Result<bool> {
    let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    let over: Option<String> = agencies::table
        .inner_join(units::table)
        .filter(agencies::id.eq(agency_id))
        .select(units::path)
        .first(conn)
        .optional()?;
    let Some(path) = over else { return Ok(false) };
    // The units whose path begins this one's: itself and those above it.
    let above: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let above: Vec<uuid::Uuid> = above.iter().filter_map(|id| uuid::Uuid::parse_str(id).ok()).collect();
    let held = grants::table
        .inner_join(accounts::table.on(accounts::id.eq(grants::account_id)))
        .filter(grants::account_id.eq(account_id).and(accounts::closed_at.is_null()))
        .filter(grants::role.eq_any(codes))
        .filter(grants::valid_from.le(now).and(grants::valid_to.is_null().or(grants::valid_to.gt(now))))
        .filter(grants::agency_id.eq(agency_id).or(grants::unit_id.eq_any(above)));
    Ok(diesel::select(exists(held)).get_result(conn)?)
}
