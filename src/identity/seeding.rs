//! Doors for the seeds and the command line: accounts and grants without a request, and so without a permit.
//! Nothing that answers HTTP may use them. Doing it twice changes nothing.

use super::model::{NewAccount, Place};
use super::{Refusal, store};
use crate::authority::Role;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::AccountId;

/// The account of that login, made now where there was none.
pub fn ensure_account(conn: &mut Conn, new: &NewAccount, now: Moment) -> Result<AccountId> {
    if let Some(id) = store::accounts::id_of_login(conn, &new.login)? {
        return Ok(id);
    }
    store::accounts::insert(conn, new, now, Refusal::LoginTaken)?;
    Ok(new.id)
}

/// The role at that place, given now where it is not held.
pub fn ensure_grant(
    conn: &mut Conn,
    account_id: AccountId,
    role: Role,
    place: Place,
    now: Moment,
) -> Result<()> {
    let held = store::grants::of_accounts(conn, &[account_id])?;
    if held.iter().any(|grant| grant.role == role && grant.place == place && grant.valid_to.is_none()) {
        return Ok(());
    }
    store::grants::insert(conn, account_id, role, place, None, now).map(|_| ())
}
