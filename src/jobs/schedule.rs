//! What is done every so often. A slot of time is the reason of its job, so many workers enqueue it once, and
//! after downtime the slot that is now is done; what it does catches up by itself.

use chrono::Duration;
use serde_json::json;

use super::{NewJob, store};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;

#[derive(Clone, Copy, Debug)]
pub struct Recurring {
    pub kind: &'static str,
    pub every: Duration,
}

pub fn enqueue_due(conn: &mut Conn, recurring: &[Recurring], now: Moment) -> Result<()> {
    let jobs: Vec<NewJob> = recurring.iter().map(|entry| slot_job(entry, now)).collect();
    store::enqueue(conn, &jobs, now)?;
    Ok(())
}

fn slot_job(entry: &Recurring, now: Moment) -> NewJob {
    let slot = now.timestamp().div_euclid(entry.every.num_seconds().max(1));
    NewJob::new(entry.kind, json!({ "slot": slot })).once_for(format!("{}:{slot}", entry.kind))
}
