//! The moves at the desk. Every one names the version that the officer saw, is refused with what is open instead, and
//! answers with the dossier as it is now.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::decision::{self, ApproveDecision, FinishDossier, ProposeDecision};
use super::super::delivery::{self, ReturnResult};
use super::super::intake::{self, AcceptDossier, ReceiveDossier, WithReason};
use super::super::library::Library;
use super::super::payment::{self, ConfirmPayment, RequestPayment};
use super::super::processing::{self, ForwardDossier, SendBackDossier};
use super::super::receipt::Receipt;
use super::super::supplement::{self, RequestSupplement};
use super::super::views::DossierView;
use super::change;
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Changing, IdempotencyKey, IfMatch, Json, Path, Signed, Versioned, answer};
use crate::infra::idempotency::Reply;
use crate::kernel::Result;
use crate::kernel::ids::DossierId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(receive_dossier);
    config
        .service(accept_dossier)
        .service(refuse_dossier)
        .service(request_supplement)
        .service(accept_supplement);
    config
        .service(close_unsupplemented)
        .service(request_payment)
        .service(confirm_payment)
        .service(confirm_withdrawal);
    config
        .service(reject_withdrawal)
        .service(forward_dossier)
        .service(send_back_dossier)
        .service(propose_decision);
    config.service(approve_decision).service(reject_decision).service(finish_dossier).service(reopen_dossier);
    config.service(return_result).service(stop_dossier);
}

/// Receives a dossier on paper, at the counter or by post: numbered and accepted in one act.
#[utoipa::path(
    tag = "desk",
    params(("Idempotency-Key" = String, Header, description = "Names this one request: repeated, it is answered again, not done again", example = "c9e1f4")),
    request_body = ReceiveDossier,
    responses((status = 201, body = Receipt, description = "The receipt; the tracking secret is shown this once"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "The procedure takes no dossiers in that way"), Signed)
)]
#[post("/dossiers/receive")]
pub async fn receive_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<ReceiveDossier>,
) -> Result<HttpResponse> {
    let library = library.into_inner();
    let once = key.once("receive_dossier", body.digest.clone());
    let body = body.into_inner();
    let reply = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            once.run(conn, caller.account_id.uuid(), op.now, |conn| {
                let (receipt, version) = intake::receive(conn, &library, &op, &body)?;
                Reply::created(&receipt, Some(version))
            })
        })
        .await?;
    Ok(answer(reply))
}

/// Accepts: the processing clock starts and the due date is set.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = AcceptDossier,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/accept")]
pub async fn accept_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<AcceptDossier>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        intake::accept(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Refuses a new dossier, with the reason that the applicant reads.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = WithReason,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/refuse")]
pub async fn refuse_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<WithReason>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        intake::refuse(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Asks for a supplement: every defect at once. A second request needs a leader and counts as late (Index 766).
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = RequestSupplement,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/request-supplement")]
pub async fn request_supplement(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<RequestSupplement>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        supplement::request(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Accepts the supplement: processing goes on, and the due date has moved by the time waited.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/accept-supplement")]
pub async fn accept_supplement(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
) -> Result<Versioned<DossierView>> {
    let id = id.0;
    change(&db, library, caller, id, move |conn, library, op| {
        supplement::accept(conn, library, op, id, seen.0)
    })
    .await
}

/// Ends a dossier whose supplement never came, as the procedure says: refused or stopped.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = WithReason,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/close-unsupplemented")]
pub async fn close_unsupplemented(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<WithReason>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        supplement::close(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Asks the applicant to pay; the clock stands meanwhile.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = RequestPayment,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/request-payment")]
pub async fn request_payment(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<RequestPayment>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        payment::request(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Confirms a payment at the counter, by its receipt.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = ConfirmPayment,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/confirm-payment")]
pub async fn confirm_payment(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<ConfirmPayment>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        payment::confirm(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Confirms the withdrawal that the applicant asked for.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/confirm-withdrawal")]
pub async fn confirm_withdrawal(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
) -> Result<Versioned<DossierView>> {
    let id = id.0;
    change(&db, library, caller, id, move |conn, library, op| {
        delivery::confirm_withdrawal(conn, library, op, id, seen.0)
    })
    .await
}

/// Rejects the withdrawal: the dossier goes back to where it was.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = WithReason,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/reject-withdrawal")]
pub async fn reject_withdrawal(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<WithReason>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        delivery::reject_withdrawal(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Hands the dossier to its next step.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = ForwardDossier,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/forward")]
pub async fn forward_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<ForwardDossier>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        processing::forward(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Sends the dossier back to an earlier step, with the reason.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = SendBackDossier,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/send-back")]
pub async fn send_back_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<SendBackDossier>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        processing::send_back(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Proposes a decision to the leader.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = ProposeDecision,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/propose")]
pub async fn propose_decision(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<ProposeDecision>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        decision::propose(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Approves the proposed decision.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = ApproveDecision,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/approve")]
pub async fn approve_decision(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<ApproveDecision>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        decision::approve(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Rejects the proposed decision: back to whoever worked on it.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = WithReason,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/reject")]
pub async fn reject_decision(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<WithReason>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        decision::reject(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Finishes: the result is there, and waits to be handed over.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = FinishDossier,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/finish")]
pub async fn finish_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<FinishDossier>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        decision::finish(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Takes a finished dossier back into processing: an error was found before the result was handed over.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = WithReason,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/reopen")]
pub async fn reopen_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<WithReason>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        decision::reopen(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Hands the result over.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = ReturnResult,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/return")]
pub async fn return_result(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<ReturnResult>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        delivery::return_result(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Ends the processing, with the reason (stop notice).
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = WithReason,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/stop")]
pub async fn stop_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<WithReason>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        delivery::stop(conn, library, op, id, seen.0, &body)
    })
    .await
}
