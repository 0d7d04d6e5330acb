//! Whether an officer holds a role at an agency now: asked about somebody who is not the one who asks.

use super::store;
use crate::authority::Role;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, AgencyId};

pub fn holds_at(
    conn: &mut Conn,
    account_id: AccountId,
    roles: &[Role],
    agency_id: AgencyId,
    now: Moment,
) -> Result<bool> {
    store::grants::holds_at(conn, account_id, roles, agency_id, now)
}

/// Everybody who holds one of the roles at an agency now.
pub fn holders_at(
    conn: &mut Conn,
    roles: &[Role],
    agency_id: AgencyId,
    now: Moment,
) -> Result<Vec<AccountId>> {
    store::grants::holders_at(conn, roles, agency_id, now)
}
