//! The worker's loop: carry events, run jobs, sleep. Any number of workers may run; leases and row locks keep
//! them off each other's work.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::Duration;
use futures_util::future::join_all;

use super::outbox::{self, StoredEvent};
use super::schedule::{self, Recurring};
use super::store::{self, StoredJob};
use super::{Failure, Job, NewJob};
use crate::infra::clock::Clock;
use crate::infra::config;
use crate::infra::db::Db;
use crate::infra::telemetry::Metrics;
use crate::kernel::Result;

const EVENTS_AT_ONCE: i64 = 50;
/// Leased together and run together, so that none waits for another while its lease runs down.
const JOBS_AT_ONCE: i64 = 4;
/// How often an idle worker counts what other workers and administrators did to the list.
const COUNTED_EVERY_SECONDS: i64 = 60;
const LONGEST_WAIT_MINUTES: i64 = 6 * 60;

/// Which jobs an event asks for. Pure: what it needs to know it finds when the job runs.
pub type React = fn(&StoredEvent) -> Vec<NewJob>;

#[derive(Clone)]
pub struct Worker {
    db: Db,
    clock: Clock,
    metrics: Metrics,
    settings: config::Worker,
    react: React,
    jobs: Arc<HashMap<&'static str, Box<dyn Job>>>,
    recurring: Arc<Vec<Recurring>>,
    counted_at: Arc<AtomicI64>,
}

impl Worker {
    pub fn new(
        db: Db,
        clock: Clock,
        metrics: Metrics,
        settings: config::Worker,
        react: React,
        jobs: Vec<Box<dyn Job>>,
        recurring: Vec<Recurring>,
    ) -> Self {
        let jobs = jobs.into_iter().map(|job| (job.kind(), job)).collect();
        Self {
            db,
            clock,
            metrics,
            settings,
            react,
            jobs: Arc::new(jobs),
            recurring: Arc::new(recurring),
            counted_at: Arc::default(),
        }
    }

    /// Works until told to stop, which it looks for between turns: a turn is a few jobs. A database that is away is
    /// waited for.
    pub async fn run(&self, mut stop: tokio::sync::watch::Receiver<bool>) {
        let pause = std::time::Duration::from_millis(self.settings.poll_ms.max(10));
        while !*stop.borrow() {
            let worked = match self.turn().await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::warn!(event = "worker_waits", cause = format!("{error:?}"));
                    0
                }
            };
            if worked > 0 {
                continue;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                changed = stop.changed() => if changed.is_err() { return },
            }
        }
    }

    /// One turn: schedules, events, jobs. The number of things done.
    pub async fn turn(&self) -> Result<usize> {
        let now = self.clock.now();
        let recurring = self.recurring.clone();
        self.db.write(move |conn| schedule::enqueue_due(conn, &recurring, now)).await?;
        let carried = self.carry_events().await?;
        let ran = self.run_due_jobs().await?;
        self.count_parked(ran > 0).await?;
        Ok(carried + ran)
    }

    /// The list is everybody's: it is counted, not remembered. An administrator may have emptied it.
    async fn count_parked(&self, has_changed: bool) -> Result<()> {
        let now = self.clock.now().timestamp();
        if !has_changed && now - self.counted_at.load(Ordering::Relaxed) < COUNTED_EVERY_SECONDS {
            return Ok(());
        }
        let (_, parked) = self.db.read(store::counts).await?;
        self.metrics.jobs_parked.set(parked);
        self.counted_at.store(now, Ordering::Relaxed);
        Ok(())
    }

    async fn carry_events(&self) -> Result<usize> {
        let now = self.clock.now();
        let react = self.react;
        self.db
            .write(move |conn| {
                let events = outbox::take(conn, EVENTS_AT_ONCE)?;
                if events.is_empty() {
                    return Ok(0);
                }
                let jobs: Vec<NewJob> = events.iter().flat_map(react).collect();
                store::enqueue(conn, &jobs, now)?;
                outbox::mark_dispatched(conn, &events, now)?;
                Ok(events.len())
            })
            .await
    }

    async fn run_due_jobs(&self) -> Result<usize> {
        let now = self.clock.now();
        let lease = Duration::seconds(self.settings.lease_seconds);
        let leased = self.db.write(move |conn| store::lease(conn, now, lease, JOBS_AT_ONCE)).await?;
        let count = leased.len();
        for outcome in join_all(leased.into_iter().map(|job| self.run_one(job))).await {
            outcome?;
        }
        Ok(count)
    }

    async fn run_one(&self, job: StoredJob) -> Result<()> {
        let outcome = self.handle(&job).await;
        let now = self.clock.now();
        let mine = job.clone();
        let (is_held, label, why) = match outcome {
            Ok(()) => (self.db.write(move |conn| store::finish(conn, &mine, now)).await?, "done", None),
            Err(Failure::Later(why)) if job.attempts < self.settings.attempts => {
                let run_at = now + wait_after(job.attempts, job.id.uuid().as_u128());
                let words = why.clone();
                let is_held =
                    self.db.write(move |conn| store::try_later(conn, &mine, run_at, &words)).await?;
                (is_held, "later", Some(why))
            }
            Err(Failure::Later(why) | Failure::Never(why)) => {
                let words = why.clone();
                let is_held = self.db.write(move |conn| store::park(conn, &mine, now, &words)).await?;
                (is_held, "parked", Some(why))
            }
        };
        let (id, kind, attempt) = (job.id, job.kind.as_str(), job.attempts);
        let label = if is_held { label } else { "lease_lost" };
        self.metrics.jobs_done.with_label_values(&[kind, label]).inc();
        match why {
            _ if !is_held => tracing::warn!(event = "job_lease_lost", job_id = %id, kind, attempt),
            None => tracing::info!(event = "job_done", job_id = %id, kind, attempt),
            Some(why) => {
                tracing::warn!(event = "job_failed", job_id = %id, kind, attempt, outcome = label, why)
            }
        }
        Ok(())
    }

    /// In a task of its own: a handler that panics is a job that failed, and not the end of the worker. What it said
    /// is not kept: it may be of a person.
    async fn handle(&self, job: &StoredJob) -> Result<(), Failure> {
        let (jobs, job, now) = (self.jobs.clone(), job.clone(), self.clock.now());
        let handling = tokio::spawn(async move {
            match jobs.get(job.kind.as_str()) {
                Some(handler) => handler.run(job.payload, now).await,
                None => Err(Failure::Never(format!("nobody here does jobs of kind {}", job.kind))),
            }
        });
        match handling.await {
            Ok(outcome) => outcome,
            Err(_panicked) => Err(Failure::Later("the handler panicked".to_owned())),
        }
    }
}

/// Doubling from ten seconds to six hours, with a quarter of jitter so that a thousand letters that failed
/// together do not come back together.
fn wait_after(attempt: i32, seed: u128) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(0).min(16);
    let seconds = 10_i64.saturating_mul(1_i64 << doublings).min(LONGEST_WAIT_MINUTES * 60);
    let jitter = i64::try_from(seed % 250).unwrap_or(0);
    Duration::seconds(seconds + seconds * jitter / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_bounded() {
        assert_eq!(wait_after(1, 0), Duration::seconds(10));
        assert_eq!(wait_after(2, 0), Duration::seconds(20));
        assert!(wait_after(3, 249) > wait_after(3, 0));
        assert!(wait_after(1000, 249) <= Duration::seconds(LONGEST_WAIT_MINUTES * 60 * 5 / 4));
    }
}
