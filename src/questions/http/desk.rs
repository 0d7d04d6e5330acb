//! The desk: claiming, answering, forwarding, refusing, publishing.

use actix_web::post;
use actix_web::web::Data;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::answer::{self, AnswerQuestion, RefuseQuestion};
use super::super::desk;
use super::super::forward::{self, ForwardQuestion};
use super::super::publish::{self, PublishAnswer, UnpublishAnswer};
use super::super::rules::Rules;
use super::super::views::QuestionView;
use super::change;
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Changing, IfMatch, Json, Path, Signed, Versioned};
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(claim_question)
        .service(release_question)
        .service(answer_question)
        .service(forward_question)
        .service(refuse_question)
        .service(publish_answer)
        .service(unpublish_answer);
}

/// Claims the question: nobody else may act on it until it is released or the lease runs out.
#[utoipa::path(
    tag = "desk",
    params(("id" = QuestionId, Path)),
    responses((status = 200, body = QuestionView, description = "The question"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "Another officer holds it, or it is not running"), Signed)
)]
#[post("/questions/{id}/claim")]
pub async fn claim_question(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
) -> Result<Versioned<QuestionView>> {
    let id = id.0;
    change(&db, rules, caller, id, move |conn, rules, op| desk::claim(conn, rules, op, id)).await
}

/// Lets the question go.
#[utoipa::path(
    tag = "desk",
    params(("id" = QuestionId, Path)),
    responses((status = 200, body = QuestionView, description = "The question"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "It is not yours to release"), Signed)
)]
#[post("/questions/{id}/release")]
pub async fn release_question(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
) -> Result<Versioned<QuestionView>> {
    let id = id.0;
    change(&db, rules, caller, id, move |conn, _, op| desk::release(conn, op, id)).await
}

/// Answers the question, or its follow-up.
#[utoipa::path(
    tag = "desk",
    params(("id" = QuestionId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = AnswerQuestion,
    responses((status = 200, body = QuestionView, description = "The question"), Changing)
)]
#[post("/questions/{id}/answer")]
pub async fn answer_question(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
    seen: IfMatch,
    body: Json<AnswerQuestion>,
) -> Result<Versioned<QuestionView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, rules, caller, id, move |conn, _, op| answer::answer(conn, op, id, seen.0, &body)).await
}

/// Hands the question to the competent agency. The clock goes on.
#[utoipa::path(
    tag = "desk",
    params(("id" = QuestionId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = ForwardQuestion,
    responses((status = 200, body = QuestionView, description = "The question"), Changing)
)]
#[post("/questions/{id}/forward")]
pub async fn forward_question(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
    seen: IfMatch,
    body: Json<ForwardQuestion>,
) -> Result<Versioned<QuestionView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, rules, caller, id, move |conn, _, op| forward::forward(conn, op, id, seen.0, &body)).await
}

/// Says that this is not the place: complaints and denunciations are told where to go.
#[utoipa::path(
    tag = "desk",
    params(("id" = QuestionId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = RefuseQuestion,
    responses((status = 200, body = QuestionView, description = "The question"), Changing)
)]
#[post("/questions/{id}/refuse")]
pub async fn refuse_question(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
    seen: IfMatch,
    body: Json<RefuseQuestion>,
) -> Result<Versioned<QuestionView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, rules, caller, id, move |conn, _, op| answer::refuse(conn, op, id, seen.0, &body)).await
}

/// Publishes a copy without personal data; with the asker's consent, by a leader.
#[utoipa::path(
    tag = "desk",
    params(("id" = QuestionId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = PublishAnswer,
    responses((status = 200, body = QuestionView, description = "The question"), Changing)
)]
#[post("/questions/{id}/publish")]
pub async fn publish_answer(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
    seen: IfMatch,
    body: Json<PublishAnswer>,
) -> Result<Versioned<QuestionView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, rules, caller, id, move |conn, _, op| publish::publish(conn, op, id, seen.0, &body)).await
}

/// Takes the public copy down.
#[utoipa::path(
    tag = "desk",
    params(("id" = QuestionId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = UnpublishAnswer,
    responses((status = 200, body = QuestionView, description = "The question"), Changing)
)]
#[post("/questions/{id}/unpublish")]
pub async fn unpublish_answer(
    db: Data<Db>,
    rules: Data<Rules>,
    caller: Caller,
    id: Path<QuestionId>,
    seen: IfMatch,
    body: Json<UnpublishAnswer>,
) -> Result<Versioned<QuestionView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, rules, caller, id, move |conn, _, op| publish::unpublish(conn, op, id, seen.0, &body)).await
}
