//! Floor 3: the trail. A record is written from the permit, in the transaction of the act, and never changed.
//! Table: `audit_records`.

pub mod http;
pub mod store;

use serde_json::Value;

use crate::authority::Permit;
use crate::infra::db::Conn;
use crate::kernel::Result;

/// Writes what was done. `detail` holds codes and ids: no names, no numbers of citizens.
pub fn record(conn: &mut Conn, permit: &Permit, detail: Value) -> Result<()> {
    store::insert(conn, permit, detail)
}
