//! What a person does with a dossier of their own once it is handed in.

use actix_web::post;
use actix_web::web::Data;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::delivery;
use super::super::intake::WithReason;
use super::super::library::Library;
use super::super::supplement::{self, SendSupplement};
use super::super::views::DossierView;
use super::change;
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Changing, IfMatch, Json, Path, Versioned};
use crate::kernel::Result;
use crate::kernel::ids::DossierId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(send_supplement).service(withdraw_dossier);
}

/// Sends the supplement that was asked for: upload its files first.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"3\"")),
    request_body = SendSupplement,
    responses((status = 200, body = DossierView, description = "The dossier"), Changing)
)]
#[post("/dossiers/{id}/supplement")]
pub async fn send_supplement(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<SendSupplement>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        supplement::send(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Asks to take the dossier back; an officer confirms.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"3\"")),
    request_body = WithReason,
    responses((status = 200, body = DossierView, description = "The dossier"), Changing)
)]
#[post("/dossiers/{id}/withdraw")]
pub async fn withdraw_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<WithReason>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        delivery::withdraw(conn, library, op, id, seen.0, &body)
    })
    .await
}
