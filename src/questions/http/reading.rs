//! Reading: the desk's queue, what is late, one's own questions, one question, why it is due when it is.

use actix_web::get;
use actix_web::web::{Data, Json};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::deadlines::{self, QuestionDeadline};
use super::super::lists::{
    self, Desk, QuestionFilter, QuestionLineView, QuestionQueueFilter, QuestionQueuePage,
};
use super::super::views::{self, QuestionView};
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Path, Query, Signed, Versioned};
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;
use crate::kernel::paging::Page;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(list_question_queue)
        .service(list_late_questions)
        .service(list_questions)
        .service(see_question)
        .service(explain_question_deadline);
}

/// The queue: running questions at one's agencies, what is due first first, with the exact total.
#[utoipa::path(
    tag = "desk",
    params(QuestionQueueFilter),
    responses((status = 200, body = QuestionQueuePage, description = "A page of the queue"), Signed)
)]
#[get("/questions/queue")]
pub async fn list_question_queue(
    db: Data<Db>,
    caller: Caller,
    filter: Query<QuestionQueueFilter>,
) -> Result<Json<QuestionQueuePage>> {
    let page = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            lists::queue(conn, &op, Desk::Queue, &filter.0)
        })
        .await?;
    Ok(Json(page))
}

/// What is late, with the responsible agency: for leaders and inspectors.
#[utoipa::path(
    tag = "desk",
    params(QuestionQueueFilter),
    responses((status = 200, body = QuestionQueuePage, description = "A page, the longest overdue first"), Signed)
)]
#[get("/questions/late")]
pub async fn list_late_questions(
    db: Data<Db>,
    caller: Caller,
    filter: Query<QuestionQueueFilter>,
) -> Result<Json<QuestionQueuePage>> {
    let page = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            lists::queue(conn, &op, Desk::Late, &filter.0)
        })
        .await?;
    Ok(Json(page))
}

/// Questions, newest first: a person's own; for an officer those that have reached the officer's agencies.
#[utoipa::path(
    tag = "questions",
    params(QuestionFilter),
    responses((status = 200, body = Page<QuestionLineView>, description = "A page"), Signed)
)]
#[get("/questions")]
pub async fn list_questions(
    db: Data<Db>,
    caller: Caller,
    filter: Query<QuestionFilter>,
) -> Result<Json<Page<QuestionLineView>>> {
    let page = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            lists::newest(conn, &op, &filter.0)
        })
        .await?;
    Ok(Json(page))
}

/// One question with its answer. An officer's look is recorded.
#[utoipa::path(
    tag = "questions",
    params(("id" = QuestionId, Path)),
    responses((status = 200, body = QuestionView, description = "The question; ETag is its version"), Signed)
)]
#[get("/questions/{id}")]
pub async fn see_question(
    db: Data<Db>,
    caller: Caller,
    id: Path<QuestionId>,
) -> Result<Versioned<QuestionView>> {
    db.read(move |conn| {
        let op = caller.op(conn)?;
        views::look(conn, &op, id.0)
    })
    .await
}

/// Why the answer is due when it is: start, limit, every day that does not count, what a new holiday changed.
#[utoipa::path(
    tag = "questions",
    params(("id" = QuestionId, Path)),
    responses((status = 200, body = QuestionDeadline, description = "The deadline with its explanation"), Signed)
)]
#[get("/questions/{id}/deadline")]
pub async fn explain_question_deadline(
    db: Data<Db>,
    caller: Caller,
    id: Path<QuestionId>,
) -> Result<Json<QuestionDeadline>> {
    let deadline = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            deadlines::explain(conn, &op, id.0)
        })
        .await?;
    Ok(Json(deadline))
}
