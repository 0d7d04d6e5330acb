//! Drafts: begin, save as it is typed, check, discard, submit.

use actix_web::web::Data;
use actix_web::{HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::draft::{self, BeginDraft, DraftCheck, SaveDraft};
use super::super::library::Library;
use super::super::receipt::Receipt;
use super::super::submit::{self, SubmitDossier};
use super::super::views::DossierView;
use super::{change, show};
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Changing, IdempotencyKey, IfMatch, Json, Path, Signed, Versioned, answer};
use crate::infra::idempotency::Reply;
use crate::kernel::Result;
use crate::kernel::ids::DossierId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(begin_draft)
        .service(save_draft)
        .service(discard_draft)
        .service(check_draft)
        .service(submit_dossier);
}

/// Begins a draft.
#[utoipa::path(
    tag = "dossiers",
    params(("Idempotency-Key" = String, Header, description = "Names this one request: repeated, it is answered again, not done again", example = "a3f1c2")),
    request_body = BeginDraft,
    responses((status = 201, body = DossierView, description = "The draft"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "The procedure takes no dossiers online"), Signed)
)]
#[post("/dossiers")]
pub async fn begin_draft(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<BeginDraft>,
) -> Result<HttpResponse> {
    let library = library.into_inner();
    let once = key.once("begin_draft", body.digest.clone());
    let body = body.into_inner();
    let reply = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            once.run(conn, caller.account_id.uuid(), op.now, |conn| {
                let id = draft::begin(conn, &library, &op, &body)?;
                let shown = show(conn, &op, id)?;
                Reply::created(&shown.body, Some(shown.version))
            })
        })
        .await?;
    Ok(answer(reply))
}

/// Saves what was typed, as a merge patch of the answers.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"1\"")),
    request_body = SaveDraft,
    responses((status = 200, body = DossierView, description = "The draft as saved"), Changing)
)]
#[patch("/dossiers/{id}")]
pub async fn save_draft(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<SaveDraft>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        draft::save(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Throws a draft away, its files with it.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"1\"")),
    responses((status = 204, description = "Gone"), Changing)
)]
#[delete("/dossiers/{id}")]
pub async fn discard_draft(
    db: Data<Db>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
) -> Result<HttpResponse> {
    db.write(move |conn| {
        let op = caller.op(conn)?;
        draft::discard(conn, &op, id.0, seen.0)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What stands between the draft and its submission, all at once; what it will cost; what changed in the procedure.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = DraftCheck, description = "Every fault"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "It is no draft any more"), Signed)
)]
#[get("/dossiers/{id}/check")]
pub async fn check_draft(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
) -> Result<actix_web::web::Json<DraftCheck>> {
    let library = library.into_inner();
    let check = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            draft::check(conn, &library, &op, id.0)
        })
        .await?;
    Ok(actix_web::web::Json(check))
}

/// Hands the draft in: it is checked, routed and numbered, and the receipt says what was received.
#[utoipa::path(
    tag = "dossiers",
    params(
        ("id" = DossierId, Path),
        ("Idempotency-Key" = String, Header, description = "Names this one submission: repeated, it is answered again, not done again", example = "b7d2e9"),
    ),
    request_body = SubmitDossier,
    responses((status = 201, body = Receipt, description = "The receipt; the tracking secret is shown this once"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "Not open now: the state and what is open are named"), Signed)
)]
#[post("/dossiers/{id}/submit")]
pub async fn submit_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    key: IdempotencyKey,
    body: Json<SubmitDossier>,
) -> Result<HttpResponse> {
    let library = library.into_inner();
    // The same key for another dossier is another request.
    let mut digest = body.digest.clone();
    digest.extend_from_slice(id.0.uuid().as_bytes());
    let once = key.once("submit_dossier", digest);
    let body = body.into_inner();
    let reply = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            once.run(conn, caller.account_id.uuid(), op.now, |conn| {
                let (receipt, version) = submit::submit(conn, &library, &op, id.0, &body)?;
                Reply::created(&receipt, Some(version))
            })
        })
        .await?;
    Ok(answer(reply))
}
