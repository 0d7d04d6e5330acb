//! What is done by itself: reminders and escalations, forgetting questions whose mail check never came, and deadlines
//! after a change of the calendar. Each can be killed at any point and run again.

use serde::Deserialize;
use serde_json::Value;

use super::alarms::{self, Alarm};
use super::rules::Rules;
use super::{deadlines, store};
use crate::calendar::store::changes;
use crate::infra::clock::Moment;
use crate::infra::db::Db;
use crate::jobs::{Failure, Job, Work};
use crate::kernel::General;
use crate::kernel::ids::CalendarChangeId;

pub const ALARMS: &str = "questions.raise_alarms";
pub const FORGET: &str = "questions.forget_unconfirmed";
pub const RECOMPUTE: &str = "questions.recompute";

const AT_ONCE: i64 = 200;

pub struct RaiseAlarms(Db);

impl RaiseAlarms {
    pub fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Job for RaiseAlarms {
    fn kind(&self) -> &'static str {
        ALARMS
    }

    fn run(&self, _: Value, now: Moment) -> Work {
        let db = self.0.clone();
        Box::pin(async move {
            for alarm in Alarm::ALL {
                while db.write(move |conn| alarms::raise(conn, alarm, now, AT_ONCE)).await? > 0 {}
            }
            Ok(())
        })
    }
}

pub struct ForgetUnconfirmed(Db);

impl ForgetUnconfirmed {
    pub fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Job for ForgetUnconfirmed {
    fn kind(&self) -> &'static str {
        FORGET
    }

    fn run(&self, _: Value, now: Moment) -> Work {
        let db = self.0.clone();
        Box::pin(async move {
            let mut forgotten = 0;
            loop {
                let some = db.write(move |conn| store::forget_unconfirmed(conn, now, AT_ONCE)).await?;
                forgotten += some;
                if some == 0 {
                    break;
                }
            }
            if forgotten > 0 {
                tracing::info!(event = "unconfirmed_questions_forgotten", forgotten);
            }
            Ok(())
        })
    }
}

pub struct Recompute {
    db: Db,
    rules: Rules,
}

#[derive(Clone, Debug, Deserialize)]
struct Changed {
    change_id: CalendarChangeId,
}

impl Recompute {
    pub fn new(db: Db, rules: Rules) -> Self {
        Self { db, rules }
    }
}

impl Job for Recompute {
    fn kind(&self) -> &'static str {
        RECOMPUTE
    }

    fn run(&self, payload: Value, now: Moment) -> Work {
        let (db, rules) = (self.db.clone(), self.rules.clone());
        Box::pin(async move {
            let changed = Changed::deserialize(&payload)
                .map_err(|error| Failure::Never(format!("the payload cannot be read: {error}")))?;
            let (calendar, rule) = db
                .read(move |conn| {
                    let change = changes::find(conn, changed.change_id)?.ok_or(General::NotFound)?;
                    // The calendar as it is now, not as this process has kept it.
                    Ok((rules.calendars.fresh(conn)?, change.legal_notice))
                })
                .await?;
            let mut after = None;
            loop {
                let (calendar, rule) = (calendar.clone(), rule.clone());
                let page =
                    move |conn: &mut _| deadlines::recompute(conn, &calendar, &rule, now, after, AT_ONCE);
                after = db.write(page).await?;
                if after.is_none() {
                    return Ok(());
                }
            }
        })
    }
}
