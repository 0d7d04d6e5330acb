//! The worker of this house: every room's jobs, and what is done every so often.

use chrono::Duration;
use serde_json::Value;

use super::State;
use super::letters::{desk_facts_of, facts_of};
use super::question_letters;
use super::reactions::react;
use crate::catalogue::publishing;
use crate::dossiers;
use crate::files;
use crate::identity::login;
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Db;
use crate::infra::idempotency;
use crate::jobs::schedule::Recurring;
use crate::jobs::worker::Worker;
use crate::jobs::{Job, Work, outbox, store};
use crate::notifications;
use crate::questions;

const TIDY: &str = "tidy";
const FOLLOW_THE_DAY: &str = "catalogue.follow_the_day";

pub fn worker(state: &State) -> Worker {
    let jobs: Vec<Box<dyn Job>> = vec![
        Box::new(notifications::jobs::WriteNotice::new(state.db.clone(), &state.settings, facts_of)),
        Box::new(notifications::jobs::WriteToDesk::new(
            state.db.clone(),
            &state.settings,
            facts_of,
            desk_facts_of,
        )),
        Box::new(notifications::jobs::SendNotice::new(state.db.clone(), state.mailer.clone())),
        Box::new(notifications::jobs::SweepNotices::new(state.db.clone(), &state.settings)),
        Box::new(dossiers::jobs::Recompute::new(state.db.clone(), state.library.clone())),
        Box::new(dossiers::jobs::Watch::new(state.db.clone(), state.library.clone())),
        Box::new(files::jobs::SweepUploads::new(state.db.clone(), state.objects.clone())),
        Box::new(FollowTheDay { db: state.db.clone() }),
        Box::new(notifications::jobs::WriteQuestionNotice::new(
            state.db.clone(),
            &state.settings,
            question_letters::facts_of,
        )),
        Box::new(questions::jobs::RaiseAlarms::new(state.db.clone())),
        Box::new(questions::jobs::ForgetUnconfirmed::new(state.db.clone())),
        Box::new(questions::jobs::Recompute::new(state.db.clone(), state.questions.clone())),
        Box::new(Tidy { db: state.db.clone(), keep: Duration::days(state.settings.worker.keep_done_days) }),
    ];
    let recurring = vec![
        Recurring { kind: notifications::SWEEP, every: Duration::minutes(15) },
        Recurring { kind: files::jobs::SWEEP, every: Duration::hours(1) },
        Recurring { kind: dossiers::jobs::WATCH, every: Duration::minutes(5) },
        Recurring { kind: questions::jobs::ALARMS, every: Duration::minutes(15) },
        Recurring { kind: questions::jobs::FORGET, every: Duration::hours(1) },
        Recurring { kind: TIDY, every: Duration::hours(1) },
        Recurring { kind: FOLLOW_THE_DAY, every: Duration::hours(1) },
    ];
    Worker::new(
        state.db.clone(),
        state.clock.clone(),
        state.metrics.clone(),
        state.settings.worker.clone(),
        react,
        jobs,
        recurring,
    )
}

/// A version that was published for a later day comes into force: the lists' headings follow it. A week back, so that
/// a worker that was away catches up.
struct FollowTheDay {
    db: Db,
}

impl Job for FollowTheDay {
    fn kind(&self) -> &'static str {
        FOLLOW_THE_DAY
    }

    fn run(&self, _payload: Value, now: Moment) -> Work {
        let db = self.db.clone();
        let today = in_vietnam(now).date_naive();
        Box::pin(async move {
            db.write(move |conn| publishing::follow_the_day(conn, today - Duration::days(7), today)).await?;
            Ok(())
        })
    }
}

/// Forgets what has served: idempotency keys, carried events, finished jobs, sign-ins long over.
struct Tidy {
    db: Db,
    keep: Duration,
}

impl Job for Tidy {
    fn kind(&self) -> &'static str {
        TIDY
    }

    fn run(&self, _payload: Value, now: Moment) -> Work {
        let (db, before) = (self.db.clone(), now - self.keep);
        Box::pin(async move {
            // In bites: each transaction is short, and the next hour takes what is left.
            for _ in 0..200 {
                let forgotten = db
                    .write(move |conn| {
                        let keys = idempotency::forget_old(conn, now)?;
                        let events = outbox::forget_before(conn, before)?;
                        let jobs = store::forget_done_before(conn, before)?;
                        let sessions = login::forget_old(conn, now)?;
                        Ok(keys + events + jobs + sessions)
                    })
                    .await?;
                if forgotten == 0 {
                    break;
                }
            }
            Ok(())
        })
    }
}
