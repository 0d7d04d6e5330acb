//! What the asker does.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::ask::{self, AskQuestion};
use super::super::follow_up::{self, FollowUp, RateAnswer};
use super::super::rules::Rules;
use super::super::views::{self, QuestionView};
use super::change;
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Changing, IdempotencyKey, IfMatch, Json, Path, Signed, Versioned, answer};
use crate::infra::idempotency::Reply;
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(ask_question).service(follow_up_question).service(withdraw_question).service(rate_answer);
}

/// Asks an agency. It must answer within seven working days.
#[utoipa::path(
    tag = "questions",
    params(("Idempotency-Key" = String, Header, description = "Names this one question: repeated, it is answered again, not asked again", example = "c4e8a1")),
    request_body = AskQuestion,
    responses((status = 201, body = QuestionView, description = "Its number, and when the answer is due"), Signed)
)]
#[post("/questions")]
pub async fn ask_question(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<AskQuestion>,
) -> Result<HttpResponse> {
    let rules = rules.into_inner();
    let once = key.once("ask_question", body.digest.clone());
    let body = body.into_inner();
    let reply = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            once.run(conn, caller.account_id.uuid(), op.now, |conn| {
                let id = ask::ask(conn, &rules, &op, &body)?;
                let asked = views::changed(conn, &op, id)?;
                Reply::created(&asked.body, Some(asked.version))
            })
        })
        .await?;
    Ok(answer(reply))
}

/// Asks once more about the answer: once, with seven working days of its own.
#[utoipa::path(
    tag = "questions",
    params(("id" = QuestionId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = FollowUp,
    responses((status = 200, body = QuestionView, description = "The question with its follow-up"), Changing)
)]
#[post("/questions/{id}/follow-up")]
pub async fn follow_up_question(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
    seen: IfMatch,
    body: Json<FollowUp>,
) -> Result<Versioned<QuestionView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, rules, caller, id, move |conn, rules, op| {
        follow_up::follow_up(conn, rules, op, id, seen.0, &body)
    })
    .await
}

/// Takes the question back, or only the follow-up where that is what runs.
#[utoipa::path(
    tag = "questions",
    params(("id" = QuestionId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"1\"")),
    responses((status = 200, body = QuestionView, description = "The question"), Changing)
)]
#[post("/questions/{id}/withdraw")]
pub async fn withdraw_question(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
    seen: IfMatch,
) -> Result<Versioned<QuestionView>> {
    let id = id.0;
    change(&db, rules, caller, id, move |conn, _, op| follow_up::withdraw(conn, op, id, seen.0)).await
}

/// Says how satisfactory the answer is.
#[utoipa::path(
    tag = "questions",
    params(("id" = QuestionId, Path)),
    request_body = RateAnswer,
    responses((status = 200, body = QuestionView, description = "The question"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "It has no answer yet"), Signed)
)]
#[post("/questions/{id}/satisfaction")]
pub async fn rate_answer(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
    body: Json<RateAnswer>,
) -> Result<Versioned<QuestionView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, rules, caller, id, move |conn, _, op| follow_up::rate(conn, op, id, &body)).await
}
