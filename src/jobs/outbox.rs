//! Events: written in the transaction of the change, carried afterwards, in the order they were written.
//! Table: `outbox_events`.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::RequestId;
use crate::kernel::{Error, Result};
use crate::schema::outbox_events;

/// Something that happened, as the rooms tell it.
pub trait Event: Serialize {
    fn kind(&self) -> &'static str;
    /// What it happened to; events of one subject are carried in order.
    fn subject(&self) -> Uuid;
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = outbox_events)]
pub struct StoredEvent {
    pub id: i64,
    pub kind: String,
    pub subject_id: Uuid,
    pub payload: Value,
    pub occurred_at: Moment,
}

pub fn publish(conn: &mut Conn, event: &impl Event, request_id: RequestId, now: Moment) -> Result<()> {
    diesel::insert_into(outbox_events::table)
        .values((
            outbox_events::kind.eq(event.kind()),
            outbox_events::subject_id.eq(event.subject()),
            outbox_events::payload.eq(serde_json::to_value(event).map_err(Error::internal)?),
            outbox_events::request_id.eq(request_id.uuid()),
            outbox_events::occurred_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Many at once, in one statement.
pub fn publish_all(conn: &mut Conn, events: &[impl Event], request_id: RequestId, now: Moment) -> Result<()> {
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        rows.push((
            outbox_events::kind.eq(event.kind()),
            outbox_events::subject_id.eq(event.subject()),
            outbox_events::payload.eq(serde_json::to_value(event).map_err(Error::internal)?),
            outbox_events::request_id.eq(request_id.uuid()),
            outbox_events::occurred_at.eq(now),
        ));
    }
    diesel::insert_into(outbox_events::table).values(rows).execute(conn)?;
    Ok(())
}

/// The next events, locked for this transaction; another worker skips them.
pub fn take(conn: &mut Conn, limit: i64) -> Result<Vec<StoredEvent>> {
    let events = outbox_events::table
        .filter(outbox_events::dispatched_at.is_null())
        .order(outbox_events::id)
        .limit(limit)
        .for_update()
        .skip_locked()
        .select(StoredEvent::as_select())
        .load(conn)?;
    Ok(events)
}

pub fn mark_dispatched(conn: &mut Conn, events: &[StoredEvent], now: Moment) -> Result<()> {
    let ids: Vec<i64> = events.iter().map(|event| event.id).collect();
    diesel::update(outbox_events::table.filter(outbox_events::id.eq_any(ids)))
        .set(outbox_events::dispatched_at.eq(now))
        .execute(conn)?;
    Ok(())
}

pub fn forget_before(conn: &mut Conn, moment: Moment) -> Result<usize> {
    let old: Vec<i64> = outbox_events::table
        .filter(outbox_events::dispatched_at.lt(moment))
        .order(outbox_events::id)
        .limit(5000)
        .select(outbox_events::id)
        .load(conn)?;
    Ok(diesel::delete(outbox_events::table.filter(outbox_events::id.eq_any(old))).execute(conn)?)
}
