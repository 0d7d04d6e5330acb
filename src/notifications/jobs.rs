//! Writing a notice, sending it, and coming back, every quarter of an hour, to what could not be sent.
//!
//! The notice and its sending are written in one transaction. Where no mail server is set, notices are written and
//! nothing is sent; the sweep takes them up once there is a server. A server that is away longer than a job tries
//! gets a new job every eight hours, for two weeks: news older than that is no longer sent.

mod question;

use std::sync::Arc;

pub use question::{WRITE_QUESTION, WriteQuestionNotice};

use chrono::Duration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::compose::compose;
use super::model::{Kind, LetterFacts};
use super::store::{self, NewNotice};
use crate::infra::clock::Moment;
use crate::infra::config::Settings;
use crate::infra::db::{Conn, Db};
use crate::infra::mail::{MailFault, Mailer};
use crate::jobs::{self, Failure, Job, NewJob, Work};
use crate::kernel::Result;
use crate::kernel::ids::{DossierId, NoticeId};

pub const WRITE: &str = "notifications.write";
pub const WRITE_TO_DESK: &str = "notifications.write_to_desk";
pub const SEND: &str = "notifications.send";
pub const SWEEP: &str = "notifications.sweep";

/// Longer than all attempts of one sending job together, so that two never try the same letter.
const HOURS_A_JOB: i64 = 8;
const KEEP_TRYING: Duration = Duration::days(14);
const AT_ONCE: i64 = 200;
/// A letter that went out and is not marked goes out twice: worth some patience with the database.
const MARKING_ATTEMPTS: u32 = 10;
const MARKING_PAUSE: std::time::Duration = std::time::Duration::from_secs(3);

/// Looks up what a letter about this dossier says. The event's id and the job's payload tell which change it is
/// about.
pub type FactsOf = fn(&mut Conn, DossierId, i64, &Value) -> Result<LetterFacts>;

/// The same letter for each officer whom it concerns.
pub type DeskFactsOf = fn(&mut Conn, DossierId, Kind, Moment) -> Result<Vec<LetterFacts>>;

fn sending(id: NoticeId, written_at: Moment, now: Moment) -> NewJob {
    let turn = (now - written_at).num_hours().max(0) / HOURS_A_JOB;
    NewJob::new(SEND, json!({ "notice_id": id })).once_for(format!("{SEND}:{id}:{turn}"))
}

fn has_mail_server(settings: &Settings) -> bool {
    !settings.mail.host.is_empty()
}

fn unusable(error: serde_json::Error) -> Failure {
    Failure::Never(format!("the payload cannot be read: {error}"))
}

pub struct WriteNotice(Arc<Desk>);

struct Desk {
    db: Db,
    facts_of: FactsOf,
    public_url: String,
    has_mail_server: bool,
}

#[derive(Clone, Deserialize)]
struct Told {
    event_id: i64,
    kind: String,
    dossier_id: DossierId,
}

impl WriteNotice {
    pub fn new(db: Db, settings: &Settings, facts_of: FactsOf) -> Self {
        let public_url = settings.http.public_url.clone();
        Self(Arc::new(Desk { db, facts_of, public_url, has_mail_server: has_mail_server(settings) }))
    }
}

impl Job for WriteNotice {
    fn kind(&self) -> &'static str {
        WRITE
    }

    fn run(&self, payload: Value, now: Moment) -> Work {
        let desk = self.0.clone();
        Box::pin(async move {
            let told: Told = Told::deserialize(&payload).map_err(unusable)?;
            let kind = Kind::parse(&told.kind).ok_or_else(|| Failure::Never("no such letter".to_owned()))?;
            let for_work = desk.clone();
            desk.db.write(move |conn| for_work.write(conn, &told, &payload, kind, now)).await?;
            Ok(())
        })
    }
}

impl Desk {
    fn write(&self, conn: &mut Conn, told: &Told, payload: &Value, kind: Kind, now: Moment) -> Result<()> {
        let facts = (self.facts_of)(conn, told.dossier_id, told.event_id, payload)?;
        self.write_one(conn, told, &facts, kind, now)
    }

    fn write_one(
        &self,
        conn: &mut Conn,
        told: &Told,
        facts: &LetterFacts,
        kind: Kind,
        now: Moment,
    ) -> Result<()> {
        let Some(recipient) = facts.recipient.as_deref() else {
            tracing::info!(event = "notice_without_address", dossier_id = %told.dossier_id, kind = kind.code());
            return Ok(());
        };
        let composed = compose(facts, kind, &self.public_url)?;
        let new = NewNotice { event_id: told.event_id, kind, facts, recipient, composed: &composed };
        let Some(id) = store::insert_once(conn, &new, now)? else { return Ok(()) };
        if self.has_mail_server {
            jobs::store::enqueue(conn, &[sending(id, now, now)], now)?;
        }
        Ok(())
    }
}

/// Writes the same news to every officer of a desk.
pub struct WriteToDesk {
    desk: Arc<Desk>,
    officers: DeskFactsOf,
}

impl WriteToDesk {
    pub fn new(db: Db, settings: &Settings, facts_of: FactsOf, officers: DeskFactsOf) -> Self {
        Self { desk: WriteNotice::new(db, settings, facts_of).0, officers }
    }
}

impl Job for WriteToDesk {
    fn kind(&self) -> &'static str {
        WRITE_TO_DESK
    }

    fn run(&self, payload: Value, now: Moment) -> Work {
        let (desk, officers) = (self.desk.clone(), self.officers);
        Box::pin(async move {
            let told: Told = Told::deserialize(&payload).map_err(unusable)?;
            let kind = Kind::parse(&told.kind).ok_or_else(|| Failure::Never("no such letter".to_owned()))?;
            let for_work = desk.clone();
            desk.db
                .write(move |conn| {
                    for facts in officers(conn, told.dossier_id, kind, now)? {
                        for_work.write_one(conn, &told, &facts, kind, now)?;
                    }
                    Ok(())
                })
                .await?;
            Ok(())
        })
    }
}

#[derive(Clone)]
pub struct SendNotice {
    db: Db,
    mailer: Mailer,
}

#[derive(Deserialize)]
struct ToSend {
    notice_id: NoticeId,
}

impl SendNotice {
    pub fn new(db: Db, mailer: Mailer) -> Self {
        Self { db, mailer }
    }

    async fn send(&self, id: NoticeId, now: Moment) -> Result<(), Failure> {
        let Some(letter) = self.db.read(move |conn| store::unsent_letter(conn, id)).await? else {
            return Ok(());
        };
        match self.mailer.send(&letter).await {
            Ok(()) => self.mark_sent(id, now).await,
            Err(fault @ (MailFault::NoServer | MailFault::Later(_) | MailFault::Setting(..))) => {
                Err(Failure::Later(without_addresses(&fault.to_string())))
            }
            Err(fault @ (MailFault::Never(_) | MailFault::Unwritable(_))) => {
                self.db.write(move |conn| store::give_up(conn, id, now)).await?;
                Err(Failure::Never(without_addresses(&fault.to_string())))
            }
        }
    }

    async fn mark_sent(&self, id: NoticeId, now: Moment) -> Result<(), Failure> {
        let mut attempt = 1;
        loop {
            match self.db.write(move |conn| store::mark_sent(conn, id, now)).await {
                Ok(()) => return Ok(()),
                Err(error) if attempt >= MARKING_ATTEMPTS => return Err(error.into()),
                Err(_) => tokio::time::sleep(MARKING_PAUSE).await,
            }
            attempt += 1;
        }
    }
}

impl Job for SendNotice {
    fn kind(&self) -> &'static str {
        SEND
    }

    fn run(&self, payload: Value, now: Moment) -> Work {
        let sender = self.clone();
        Box::pin(async move {
            let to_send: ToSend = serde_json::from_value(payload).map_err(unusable)?;
            sender.send(to_send.notice_id, now).await
        })
    }
}

/// Mail servers repeat the address in what they say, and what they say is logged and kept.
fn without_addresses(words: &str) -> String {
    let hide = |word: &str| if word.contains('@') { "‹address›".to_owned() } else { word.to_owned() };
    words.split_whitespace().map(hide).collect::<Vec<_>>().join(" ")
}

#[derive(Clone)]
pub struct SweepNotices {
    db: Db,
    has_mail_server: bool,
}

impl SweepNotices {
    pub fn new(db: Db, settings: &Settings) -> Self {
        Self { db, has_mail_server: has_mail_server(settings) }
    }

    async fn sweep(&self, now: Moment) -> Result<()> {
        if !self.has_mail_server {
            return Ok(());
        }
        let mut after = None;
        loop {
            let page = self
                .db
                .write(move |conn| {
                    let waiting = store::waiting(conn, now - KEEP_TRYING, after, AT_ONCE)?;
                    let jobs: Vec<NewJob> =
                        waiting.iter().map(|(id, written_at)| sending(*id, *written_at, now)).collect();
                    jobs::store::enqueue(conn, &jobs, now)?;
                    Ok(waiting)
                })
                .await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
        }
    }
}

impl Job for SweepNotices {
    fn kind(&self) -> &'static str {
        SWEEP
    }

    fn run(&self, _: Value, now: Moment) -> Work {
        let sweeper = self.clone();
        Box::pin(async move { sweeper.sweep(now).await.map_err(Failure::from) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mail_server_says_is_kept_without_addresses() {
        assert_eq!(
            without_addresses("550 5.1.1 <an.nguyen@mail.vn>: user unknown"),
            "550 5.1.1 ‹address› user unknown"
        );
    }

    #[test]
    fn a_letter_gets_a_new_job_only_when_the_last_one_is_over() {
        let written_at = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let id = NoticeId::new();
        let key = |hours| sending(id, written_at, written_at + Duration::hours(hours)).dedupe_key;
        assert_eq!(key(0), key(7));
        assert_ne!(key(7), key(8));
        assert_eq!(key(-1), key(0));
    }

    #[test]
    fn every_letter_is_known_by_its_code() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
        }
    }
}
