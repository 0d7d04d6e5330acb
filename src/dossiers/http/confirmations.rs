//! Asking the applicant to confirm, and the answer.

use actix_web::post;
use actix_web::web::Data;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::confirmation::{self, AskConfirmation, Confirm};
use super::super::library::Library;
use super::super::views::DossierView;
use super::change;
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Changing, IfMatch, Json, Path, Versioned};
use crate::kernel::Result;
use crate::kernel::ids::DossierId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(ask_confirmation).service(confirm_dossier);
}

/// Asks the applicant to confirm, where the step wants it. The dossier stays in processing: the time is the agency's.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = AskConfirmation,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/ask-confirmation")]
pub async fn ask_confirmation(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<AskConfirmation>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        confirmation::ask(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// Confirms what the officer asked, or objects and says why. Silence counts as the procedure says.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = Confirm,
    responses((status = 200, body = DossierView, description = "The dossier"), Changing)
)]
#[post("/dossiers/{id}/confirm")]
pub async fn confirm_dossier(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<Confirm>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        confirmation::confirm(conn, library, op, id, seen.0, &body)
    })
    .await
}
