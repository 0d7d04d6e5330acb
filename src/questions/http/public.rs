//! For anybody: published answers, and asking without an account where the portal allows it.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::faq::{self, FaqEntry, FaqFilter};
use super::super::rules::Rules;
use super::super::unnamed::{self, AskUnnamed, ConfirmQuestion, ConfirmationSent, ConfirmedQuestion};
use crate::authority::Op;
use crate::infra::clock::Clock;
use crate::infra::db::Db;
use crate::infra::http::{IdempotencyKey, Json, NameLimit, Open, Path, Query, RequestContext, answer};
use crate::infra::idempotency::Reply;
use crate::kernel::Result;
use crate::kernel::ids::AnswerId;
use crate::kernel::paging::Page;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(list_faq).service(see_faq_entry).service(ask_unnamed_question).service(confirm_question);
}

/// Published questions and answers, newest first; searched with or without accents.
#[utoipa::path(
    tag = "public",
    params(FaqFilter),
    responses((status = 200, body = Page<FaqEntry>, description = "A page"), Open)
)]
#[get("/faq")]
pub async fn list_faq(db: Data<Db>, filter: Query<FaqFilter>) -> Result<web::Json<Page<FaqEntry>>> {
    Ok(web::Json(db.read(move |conn| faq::list(conn, &filter.0)).await?))
}

/// One published question with its answer.
#[utoipa::path(
    tag = "public",
    params(("id" = AnswerId, Path)),
    responses((status = 200, body = FaqEntry, description = "The question and its answer"), (status = 404, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "Nothing is published here"), Open)
)]
#[get("/faq/{id}")]
pub async fn see_faq_entry(db: Data<Db>, id: Path<AnswerId>) -> Result<web::Json<FaqEntry>> {
    Ok(web::Json(db.read(move |conn| faq::one(conn, id.0)).await?))
}

/// Asks without an account, where the portal allows it. The question goes to the agency once the code from the letter
/// has been confirmed.
#[utoipa::path(
    tag = "public",
    params(("Idempotency-Key" = String, Header, description = "Names this one question: repeated, it is answered again, not asked again", example = "d9b0f2")),
    request_body = AskUnnamed,
    responses((status = 202, body = ConfirmationSent, description = "A letter with the code is on its way"), (status = 403, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "This portal takes questions from signed-in people only"), Open)
)]
#[post("/questions/anonymous")]
pub async fn ask_unnamed_question(
    request: HttpRequest,
    db: Data<Db>,
    rules: Data<Rules>,
    clock: Data<Clock>,
    limit: Data<NameLimit>,
    key: IdempotencyKey,
    body: Json<AskUnnamed>,
) -> Result<HttpResponse> {
    let context = RequestContext::of(&request);
    // Nobody's mailbox is to be filled from here.
    limit.check(body.body.email.expose())?;
    let (rules, now) = (rules.into_inner(), clock.now());
    let once = key.once("ask_unnamed_question", body.digest.clone());
    let body = body.into_inner();
    let keyring = unnamed::keyring(&body.email)?;
    let reply = db
        .write(move |conn| {
            let op = Op::nobody(now, context.request_id);
            once.run(conn, keyring, now, |conn| {
                let sent = unnamed::ask(conn, &rules, &op, &body, context.language)?;
                Reply::new(202, &sent, None)
            })
        })
        .await?;
    Ok(answer(reply))
}

/// Confirms the mail address: the question goes to its agency, and the seven working days begin.
#[utoipa::path(
    tag = "public",
    request_body = ConfirmQuestion,
    responses((status = 200, body = ConfirmedQuestion, description = "The number of the question, and when the answer is due"), (status = 404, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "The code is wrong, was used, or has expired"), Open)
)]
#[post("/questions/confirm")]
pub async fn confirm_question(
    request: HttpRequest,
    db: Data<Db>,
    rules: Data<Rules>,
    clock: Data<Clock>,
    body: Json<ConfirmQuestion>,
) -> Result<web::Json<ConfirmedQuestion>> {
    let context = RequestContext::of(&request);
    let (rules, now, body) = (rules.into_inner(), clock.now(), body.into_inner());
    let confirmed = db
        .write(move |conn| unnamed::confirm(conn, &rules, &Op::nobody(now, context.request_id), &body))
        .await?;
    Ok(web::Json(confirmed))
}
