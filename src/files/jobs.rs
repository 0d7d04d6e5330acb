//! What is swept, every hour: uploads that began and never ended, and the bytes of files that were removed.

use std::sync::Arc;

use chrono::Duration;
use serde_json::Value;

use super::store;
use crate::infra::clock::Moment;
use crate::infra::db::Db;
use crate::infra::objects::Objects;
use crate::jobs::{Failure, Job, Work};
use crate::kernel::Result;

pub const SWEEP: &str = "files.sweep_uploads";

/// Far longer than an upload may last, so that nobody is keeping what is swept.
const HELD_FOR: Duration = Duration::days(1);
const AT_ONCE: i64 = 100;

pub struct SweepUploads(Arc<Rooms>);

struct Rooms {
    db: Db,
    objects: Objects,
}

impl SweepUploads {
    pub fn new(db: Db, objects: Objects) -> Self {
        Self(Arc::new(Rooms { db, objects }))
    }
}

impl Job for SweepUploads {
    fn kind(&self) -> &'static str {
        SWEEP
    }

    fn run(&self, _: Value, now: Moment) -> Work {
        let rooms = self.0.clone();
        Box::pin(async move { rooms.sweep(now).await.map_err(Failure::from) })
    }
}

impl Rooms {
    /// The object first and its row after it: a crash between the two sweeps the same object again.
    async fn sweep(&self, now: Moment) -> Result<()> {
        let mut swept = 0_usize;
        loop {
            let ids = self.db.read(move |conn| store::unheld_since(conn, now - HELD_FOR, AT_ONCE)).await?;
            for id in &ids {
                let id = *id;
                self.objects.remove(id.uuid()).await?;
                self.db.write(move |conn| store::forget(conn, id)).await?;
                swept += 1;
            }
            if ids.is_empty() {
                break;
            }
        }
        if swept > 0 {
            tracing::info!(event = "uploads_swept", swept);
        }
        Ok(())
    }
}
