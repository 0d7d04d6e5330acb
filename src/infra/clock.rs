//! The one place that reads the clock. Everything else is told the time: `Op.now` is fixed once per request
//! or job, so a request sees one moment, and a test can move the whole portal through a year.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, FixedOffset, Utc};

/// Vietnam's time: UTC+7 all year since 1975.
pub const VIETNAM_SECONDS_EAST: i32 = 7 * 3600;

pub type Moment = DateTime<Utc>;

#[derive(Clone, Default)]
pub struct Clock {
    ahead_seconds: Arc<AtomicI64>,
}

impl Clock {
    pub fn now(&self) -> Moment {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let now = Utc::now();
        // PostgreSQL keeps microseconds: a time that went through it must equal the one in hand.
        let micros = now.timestamp_micros();
        let ahead = Duration::seconds(self.ahead_seconds.load(Ordering::Relaxed));
        DateTime::from_timestamp_micros(micros).unwrap_or(now) + ahead
    }

    /// Moves this portal's clock forward. For tests and demonstrations.
    pub fn advance(&self, by: Duration) {
        self.ahead_seconds.fetch_add(by.num_seconds(), Ordering::Relaxed);
    }
}

/// The same moment as people in the province read it.
pub fn in_vietnam(moment: Moment) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(VIETNAM_SECONDS_EAST) {
        Some(offset) => moment.with_timezone(&offset),
        None => moment.fixed_offset(),
    }
}
