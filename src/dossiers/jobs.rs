//! The dossiers' jobs: reckon deadlines again after a change of the calendar, and watch over them. Each does its work in
//! small transactions, may be run again at any point, and catches up by itself.

use chrono::Duration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::library::Library;
use super::store::watch::Watched;
use super::{recompute, watching};
use crate::authority::Op;
use crate::infra::clock::Moment;
use crate::infra::db::Db;
use crate::jobs::{self, Failure, Job, NewJob, Work};
use crate::kernel::Result;
use crate::kernel::ids::{CalendarChangeId, DossierId};

pub const RECOMPUTE: &str = "deadlines.recompute";
pub const WATCH: &str = "deadlines.watch";

/// Longer than any portal keeps an old calendar in hand, and any request is under way: what was accepted by the old
/// days while the first walk passed is found by the second.
const SECOND_WALK: Duration = Duration::minutes(1);

pub struct Recompute {
    db: Db,
    library: Library,
}

#[derive(Clone, Copy, Deserialize)]
struct Walk {
    change_id: CalendarChangeId,
    #[serde(default)]
    is_second: bool,
}

impl Recompute {
    pub fn new(db: Db, library: Library) -> Self {
        Self { db, library }
    }
}

pub fn recompute_for(change_id: impl serde::Serialize + std::fmt::Display) -> NewJob {
    NewJob::new(RECOMPUTE, json!({ "change_id": change_id })).once_for(format!("{RECOMPUTE}:{change_id}"))
}

impl Job for Recompute {
    fn kind(&self) -> &'static str {
        RECOMPUTE
    }

    fn run(&self, payload: Value, now: Moment) -> Work {
        let (db, library) = (self.db.clone(), self.library.clone());
        Box::pin(async move {
            let walk: Walk = serde_json::from_value(payload).map_err(unusable)?;
            let op = Op::system(now);
            loop {
                let (library, op) = (library.clone(), op.clone());
                let more = db
                    .write(move |conn| {
                        let more = recompute::page(conn, &library, &op, walk.change_id, recompute::PAGE)?;
                        if !more && !walk.is_second {
                            jobs::store::enqueue(conn, &[second(walk.change_id, now)], now)?;
                        }
                        Ok(more)
                    })
                    .await?;
                if !more {
                    return Ok(());
                }
            }
        })
    }
}

fn second(change_id: CalendarChangeId, now: Moment) -> NewJob {
    let payload = json!({ "change_id": change_id, "is_second": true });
    let mut job = NewJob::new(RECOMPUTE, payload).once_for(format!("{RECOMPUTE}:{change_id}:second"));
    job.run_at = Some(now + SECOND_WALK);
    job
}

fn unusable(error: serde_json::Error) -> Failure {
    Failure::Never(format!("the payload cannot be read: {error}"))
}

#[derive(Clone)]
pub struct Watch {
    db: Db,
    library: Library,
}

impl Watch {
    pub fn new(db: Db, library: Library) -> Self {
        Self { db, library }
    }

    async fn warn(&self, op: &Op) -> Result<()> {
        for watched in Watched::ALL {
            loop {
                let op = op.clone();
                if self.db.write(move |conn| watching::warn(conn, &op, watched)).await? == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// One that cannot be closed does not keep the others: the job fails in the end, and comes back to it.
    async fn close_unanswered(&self, op: &Op) -> Result<()> {
        let mut after: Option<DossierId> = None;
        let mut failed = None;
        loop {
            let asking = op.clone();
            let ids = self.db.read(move |conn| watching::unanswered(conn, &asking, after)).await?;
            let Some(last) = ids.last().copied() else { break };
            after = Some(last);
            for id in ids {
                let (library, op) = (self.library.clone(), op.clone());
                let closed =
                    self.db.write(move |conn| watching::close_unanswered(conn, &library, &op, id)).await;
                if let Err(error) = closed {
                    tracing::warn!(event = "supplement_not_closed", dossier_id = %id, cause = format!("{error:?}"));
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// The same, of confirmations.
    async fn close_unconfirmed(&self, op: &Op) -> Result<()> {
        let mut after: Option<DossierId> = None;
        let mut failed = None;
        loop {
            let asking = op.clone();
            let ids = self.db.read(move |conn| watching::unconfirmed(conn, &asking, after)).await?;
            let Some(last) = ids.last().copied() else { break };
            after = Some(last);
            for id in ids {
                let (library, op) = (self.library.clone(), op.clone());
                let closed =
                    self.db.write(move |conn| watching::close_unconfirmed(conn, &library, &op, id)).await;
                if let Err(error) = closed {
                    tracing::warn!(event = "confirmation_not_closed", dossier_id = %id, cause = format!("{error:?}"));
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

impl Job for Watch {
    fn kind(&self) -> &'static str {
        WATCH
    }

    fn run(&self, _: Value, now: Moment) -> Work {
        let watch = self.clone();
        Box::pin(async move {
            let op = Op::system(now);
            let supplements = watch.close_unanswered(&op).await;
            let confirmations = watch.close_unconfirmed(&op).await;
            watch.warn(&op).await?;
            supplements?;
            confirmations?;
            Ok(())
        })
    }
}
