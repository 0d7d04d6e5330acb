//! What the asker does after asking: one follow-up with seven working days of its own, taking the question back,
//! saying how satisfactory the answer was.

use serde::Deserialize;
use utoipa::ToSchema;

use super::acting::{self, Said};
use super::deadlines;
use super::events::QuestionEventKind;
use super::rules::Rules;
use super::store;
use super::wording::{LONGEST_QUESTION, Reading};
use super::workflow::Move;
use crate::authority::Op;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;
use crate::kernel::values::Words;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "Vậy sáng Chủ nhật thì sao?" }))]
pub struct FollowUp {
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
}

pub fn follow_up(
    conn: &mut Conn,
    rules: &Rules,
    op: &Op,
    id: QuestionId,
    seen: i32,
    body: &FollowUp,
) -> Result<i32> {
    let mut begun = acting::begin(conn, op, Move::FollowUp, id, Some(seen))?;
    let mut reading = Reading::default();
    let text = reading.text("/text", &body.text, LONGEST_QUESTION);
    reading.finish()?;
    let limit = (begun.locked.identity.limit_days, begun.locked.identity.remind_days);
    let promise = deadlines::promise(conn, rules, op.now, limit)?;
    begun.next.round = begun.locked.progress.round + 1;
    begun.next.due_at = Some(promise.due_at);
    begun.next.remind_at = Some(promise.remind_at);
    store::insert_round(
        conn,
        id,
        begun.next.round,
        &text,
        op.now,
        Some(promise.due_at),
        Some(promise.deadline),
    )?;
    begun.finish(conn, Some(QuestionEventKind::FollowedUp), Said::default())
}

/// The follow-up that is taken back counts as asked.
pub fn withdraw(conn: &mut Conn, op: &Op, id: QuestionId, seen: i32) -> Result<i32> {
    let begun = acting::begin(conn, op, Move::Withdraw, id, Some(seen))?;
    begun.finish(conn, Some(QuestionEventKind::Withdrawn), Said::default())
}

/// From 1, not at all, to 5, very. It may be said again; the last word counts and the others stay on record.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "score": 5, "note": "Trả lời nhanh và rõ." }))]
pub struct RateAnswer {
    #[schema(minimum = 1, maximum = 5)]
    pub score: i16,
    pub note: Option<Words>,
}

pub fn rate(conn: &mut Conn, op: &Op, id: QuestionId, body: &RateAnswer) -> Result<i32> {
    let mut begun = acting::begin(conn, op, Move::Rate, id, None)?;
    let mut reading = Reading::default();
    if !(1..=5).contains(&body.score) {
        reading.fault("/score", "range", "Mức hài lòng từ 1 đến 5.", "Satisfaction is between 1 and 5.");
    }
    reading.finish()?;
    let note = body.note.as_ref().map(Words::to_string);
    begun.next.score = Some(body.score);
    begun.next.score_note = note.clone();
    begun.next.scored_at = Some(op.now);
    begun.finish(conn, None, Said { outcome: Some(body.score.to_string()), reason: note })
}
