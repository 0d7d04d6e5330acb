//! Publishing: a leader writes a copy for everybody, with the asker's consent and without the asker in it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::acting::{self, Said};
use super::events::QuestionEventKind;
use super::redaction;
use super::refusal::Refusal;
use super::store::published::{self, NewEntry};
use super::store::views;
use super::wording::{LONGEST_ANSWER, LONGEST_QUESTION, LONGEST_TITLE, Reading};
use super::workflow::Move;
use crate::authority::Op;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;
use crate::kernel::values::Words;

/// The public copy. Texts in which a number or an address of a person still occurs are refused.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "Chứng thực bản sao vào thứ Bảy", "question_text": "Phường có chứng thực bản sao vào sáng thứ Bảy không?",
    "answer_text": "Có, từ 07:30 đến 11:30."
}))]
pub struct PublishAnswer {
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    #[schema(min_length = 1, max_length = 5000)]
    pub question_text: String,
    #[schema(min_length = 1, max_length = 20000)]
    pub answer_text: String,
}

pub fn publish(conn: &mut Conn, op: &Op, id: QuestionId, seen: i32, body: &PublishAnswer) -> Result<i32> {
    let begun = acting::begin(conn, op, Move::Publish, id, Some(seen))?;
    let identity = &begun.locked.identity;
    if !identity.may_publish {
        return Err(Refusal::NoConsent.into());
    }
    let mut reading = Reading::default();
    let title = reading.text("/title", &body.title, LONGEST_TITLE);
    let question_text = reading.text("/question_text", &body.question_text, LONGEST_QUESTION);
    let answer_text = reading.text("/answer_text", &body.answer_text, LONGEST_ANSWER);
    redaction::check(&mut reading, "/title", &title, &identity.asker_name);
    redaction::check(&mut reading, "/question_text", &question_text, &identity.asker_name);
    redaction::check(&mut reading, "/answer_text", &answer_text, &identity.asker_name);
    reading.finish()?;
    let entry = NewEntry {
        question_id: id,
        agency_id: begun.next.agency_id,
        field_code: identity.field_code.as_deref(),
        procedure_code: identity.procedure_code.as_deref(),
        title: &title,
        question_text: &question_text,
        answer_text: &answer_text,
        legal_basis: views::legal_basis(conn, id)?,
        by: begun.actor()?,
        at: op.now,
    };
    published::insert(conn, &entry)?;
    begun.finish(conn, Some(QuestionEventKind::Published), Said::default())
}

/// Why it is taken down.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "Văn bản căn cứ đã hết hiệu lực." }))]
pub struct UnpublishAnswer {
    pub reason: Words,
}

pub fn unpublish(conn: &mut Conn, op: &Op, id: QuestionId, seen: i32, body: &UnpublishAnswer) -> Result<i32> {
    let begun = acting::begin(conn, op, Move::Unpublish, id, Some(seen))?;
    published::withdraw(conn, id, begun.actor()?, op.now)?;
    let said = Said { outcome: None, reason: Some(body.reason.to_string()) };
    begun.finish(conn, Some(QuestionEventKind::Unpublished), said)
}
