//! SQL of the trail. Table: `audit_records`.

use diesel::dsl::exists;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::authority::{Permit, Role};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, AgencyId};
use crate::schema::audit_records;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_records)]
pub struct Record {
    pub id: i64,
    pub at: Moment,
    pub account_id: Option<AccountId>,
    pub role: Option<String>,
    pub agency_id: Option<AgencyId>,
    pub action: String,
    pub object_kind: String,
    pub object_id: Uuid,
    pub detail: Value,
}

pub fn insert(conn: &mut Conn, permit: &Permit, detail: Value) -> Result<()> {
    diesel::insert_into(audit_records::table)
        .values((
            audit_records::at.eq(permit.at()),
            audit_records::account_id.eq(permit.account_id()),
            audit_records::role.eq(permit.role().map(Role::code)),
            audit_records::agency_id.eq(permit.agency_id()),
            audit_records::action.eq(permit.action().code()),
            audit_records::object_kind.eq(permit.object_kind()),
            audit_records::object_id.eq(permit.object_id()),
            audit_records::detail.eq(detail),
            audit_records::request_id.eq(permit.request_id().uuid()),
        ))
        .execute(conn)?;
    Ok(())
}

/// The records of one thing, newest first.
pub fn of_object(conn: &mut Conn, object_id: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<Record>> {
    let mut query = audit_records::table
        .filter(audit_records::object_id.eq(object_id))
        .order(audit_records::id.desc())
        .limit(limit)
        .select(Record::as_select())
        .into_boxed();
    if let Some(id) = before {
        query = query.filter(audit_records::id.lt(id));
    }
    Ok(query.load(conn)?)
}

/// The same, as far as a reader's agencies go: what was done in them, what was done for the whole province (a role
/// and no agency), and what people did to their own where one of these agencies has a part in it.
pub fn of_object_within(
    conn: &mut Conn,
    object_id: Uuid,
    covered: &[AgencyId],
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Record>> {
    let concerned = diesel::alias!(audit_records as concerned);
    let has_a_part = concerned
        .filter(concerned.field(audit_records::object_id).eq(object_id))
        .filter(concerned.field(audit_records::agency_id).eq_any(covered));
    let in_them = audit_records::agency_id.eq_any(covered).assume_not_null();
    let for_all = audit_records::agency_id.is_null().and(audit_records::role.is_not_null());
    let their_own = audit_records::agency_id.is_null().and(audit_records::role.is_null());
    let mut query = audit_records::table
        .filter(audit_records::object_id.eq(object_id))
        .filter(in_them.or(for_all).or(their_own.and(exists(has_a_part))))
        .order(audit_records::id.desc())
        .limit(limit)
        .select(Record::as_select())
        .into_boxed();
    if let Some(id) = before {
        query = query.filter(audit_records::id.lt(id));
    }
    Ok(query.load(conn)?)
}
