//! What a question is judged by: the working calendar and the office's settings.

use chrono::Duration;

use crate::calendar::store::Calendars;
use crate::infra::config;
use crate::kernel::{Error, Result};

#[derive(Clone)]
pub struct Rules {
    pub calendars: Calendars,
    pub claim_lease: Duration,
    pub settings: config::Questions,
}

impl Rules {
    /// Working days to answer, and after how many of them the agency is reminded.
    pub fn limit(&self) -> Result<(i16, i16)> {
        let days = i16::try_from(self.settings.working_days).map_err(Error::internal)?;
        let remind = i16::try_from(self.settings.remind_after_days).map_err(Error::internal)?;
        Ok((days, remind))
    }

    pub fn kept_unconfirmed(&self) -> Duration {
        Duration::hours(i64::from(self.settings.unconfirmed_hours))
    }
}
