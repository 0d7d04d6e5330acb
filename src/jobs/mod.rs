//! Floor 2: work that outlives a request. An event is written with the change that made it; the worker carries
//! it to whoever reacts, as jobs; a job is leased, tried, tried again later, and parked where a person sees it.
//!
//! What must stay true: an event is carried at least once and its jobs are enqueued once; a worker holds no
//! transaction while it talks to the world; every job is idempotent.

pub mod http;
pub mod outbox;
pub mod schedule;
pub mod store;
pub mod worker;

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

use crate::infra::clock::Moment;
use crate::kernel::Error;

/// Work to be done once for a reason.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub kind: &'static str,
    pub payload: Value,
    /// The reason, where the same reason must not enqueue twice.
    pub dedupe_key: Option<String>,
    /// Not before this moment; none is now.
    pub run_at: Option<Moment>,
}

impl NewJob {
    pub fn new(kind: &'static str, payload: Value) -> Self {
        Self { kind, payload, dedupe_key: None, run_at: None }
    }

    #[must_use]
    pub fn once_for(mut self, reason: String) -> Self {
        self.dedupe_key = Some(reason);
        self
    }
}

/// How a job failed.
#[derive(Debug)]
pub enum Failure {
    /// Try again later.
    Later(String),
    /// Trying again would change nothing: park it.
    Never(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Later(format!("{error:?}"))
    }
}

pub type Work = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// One kind of work. `run` is called again after a failure or a crash: it must not mind.
pub trait Job: Send + Sync {
    fn kind(&self) -> &'static str;
    fn run(&self, payload: Value, now: Moment) -> Work;
}
