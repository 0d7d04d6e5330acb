//! Limits on how fast somebody may ask: by address for everything, by name for signing in. Kept in memory, a
//! replica each: they shed floods, they are not an accounting.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::kernel::{General, Result};

/// After so many checks the keys that have been quiet are forgotten.
const TIDY_EVERY: u32 = 10_000;

struct Limit<K: std::hash::Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    checks: AtomicU32,
}

impl<K: std::hash::Hash + Eq + Clone> Limit<K> {
    fn new(quota: Quota) -> Self {
        Self { limiter: DefaultKeyedRateLimiter::keyed(quota), checks: AtomicU32::new(0) }
    }

    fn check(&self, key: &K) -> Result<()> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.limiter.retain_recent();
        }
        let Err(not_until) = self.limiter.check_key(key) else { return Ok(()) };
        let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs();
        let seconds = u32::try_from(wait).unwrap_or(u32::MAX).saturating_add(1);
        Err(General::TooManyRequests.error().retry_after(seconds))
    }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[derive(Clone)]
pub struct AddressLimit(Arc<Limit<IpAddr>>);

impl AddressLimit {
    pub fn new(per_second: u32, burst: u32) -> Self {
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        Self(Arc::new(Limit::new(quota)))
    }

    /// The middleware. It stands inside the edge, which turns its refusal into a problem document.
    pub async fn guard(
        limit: web::Data<Self>,
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
        if let Some(peer) = request.peer_addr() {
            limit.0.check(&peer.ip())?;
        }
        next.call(request).await
    }
}

#[derive(Clone)]
pub struct NameLimit(Arc<Limit<String>>);

impl NameLimit {
    pub fn per_minute(number: u32) -> Self {
        Self(Arc::new(Limit::new(Quota::per_minute(at_least_one(number)))))
    }

    pub fn check(&self, name: &str) -> Result<()> {
        self.0.check(&name.to_owned())
    }
}
