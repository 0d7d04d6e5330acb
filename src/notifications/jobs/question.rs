//! Writing the notices about a question: one for each person it goes to, in the transaction of the reaction. Sending
//! them and coming back to them is the same as for every notice.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::super::compose::{QuestionFacts, QuestionKind, compose_question};
use super::super::store;
use super::{has_mail_server, sending, unusable};
use crate::infra::clock::Moment;
use crate::infra::config::Settings;
use crate::infra::db::{Conn, Db};
use crate::jobs::{self, Failure, Job, Work};
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;

pub const WRITE_QUESTION: &str = "notifications.write_question";

/// Looks up to whom a letter goes and what it says.
pub type QuestionFactsOf =
    fn(&mut Conn, QuestionId, QuestionKind, &Value, Moment) -> Result<Vec<QuestionFacts>>;

pub struct WriteQuestionNotice(Arc<Desk>);

struct Desk {
    db: Db,
    facts_of: QuestionFactsOf,
    public_url: String,
    has_mail_server: bool,
}

#[derive(Clone, Deserialize)]
struct Told {
    event_id: i64,
    kind: String,
    question_id: QuestionId,
}

impl WriteQuestionNotice {
    pub fn new(db: Db, settings: &Settings, facts_of: QuestionFactsOf) -> Self {
        let public_url = settings.http.public_url.clone();
        Self(Arc::new(Desk { db, facts_of, public_url, has_mail_server: has_mail_server(settings) }))
    }
}

impl Job for WriteQuestionNotice {
    fn kind(&self) -> &'static str {
        WRITE_QUESTION
    }

    fn run(&self, payload: Value, now: Moment) -> Work {
        let desk = self.0.clone();
        Box::pin(async move {
            let told: Told = Told::deserialize(&payload).map_err(unusable)?;
            let kind =
                QuestionKind::parse(&told.kind).ok_or_else(|| Failure::Never("no such letter".to_owned()))?;
            let for_work = desk.clone();
            desk.db.write(move |conn| for_work.write(conn, &told, &payload, kind, now)).await?;
            Ok(())
        })
    }
}

impl Desk {
    fn write(
        &self,
        conn: &mut Conn,
        told: &Told,
        payload: &Value,
        kind: QuestionKind,
        now: Moment,
    ) -> Result<()> {
        for facts in (self.facts_of)(conn, told.question_id, kind, payload, now)? {
            let Some(recipient) = facts.recipient.as_deref() else {
                tracing::info!(event = "notice_without_address", question_id = %told.question_id, kind = kind.code());
                continue;
            };
            let composed = compose_question(&facts, kind, &self.public_url)?;
            let id =
                store::insert_about_question(conn, told.event_id, kind, &facts, recipient, &composed, now)?;
            let Some(id) = id.filter(|_| self.has_mail_server) else { continue };
            jobs::store::enqueue(conn, &[sending(id, now, now)], now)?;
        }
        Ok(())
    }
}
