//! The dossier's clock over HTTP: why it is due when it is, and the apology; its slips; an agency's register.

use actix_web::web::{self, Data};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::apology::{self, Apologise};
use super::super::explanation::{self, DeadlineView};
use super::super::library::Library;
use super::super::registers::{self, RegisterAsked, RegisterLine};
use super::super::slips::{self, SlipView};
use super::super::views::DossierView;
use super::change;
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Changing, IfMatch, Json, Path, Query, Signed, Versioned};
use crate::kernel::Result;
use crate::kernel::ids::DossierId;
use crate::kernel::paging::Page;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(see_deadline)
        .service(apologise)
        .service(list_slips)
        .service(see_slip)
        .service(read_register);
}

/// When it is due, and why: the reckoning, the waits, what changes of the calendar did, the apology, each step's share.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = DeadlineView, description = "The explanation; before acceptance, of the reception clock"), Signed)
)]
#[get("/dossiers/{id}/deadline")]
pub async fn see_deadline(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
) -> Result<web::Json<DeadlineView>> {
    let library = library.into_inner();
    let view = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            explanation::explain(conn, &library, &op, id.0)
        })
        .await?;
    Ok(web::Json(view))
}

/// Apologises for a result that will be late and names a new date: by the leader, at least a working day before, once.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path), ("If-Match" = String, Header, description = "The version you saw", example = "\"2\"")),
    request_body = Apologise,
    responses((status = 200, body = DossierView, description = "The dossier as it is now"), Changing)
)]
#[post("/dossiers/{id}/apologise")]
pub async fn apologise(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    seen: IfMatch,
    body: Json<Apologise>,
) -> Result<Versioned<DossierView>> {
    let (id, body) = (id.0, body.into_inner());
    change(&db, library, caller, id, move |conn, library, op| {
        apology::apologise(conn, library, op, id, seen.0, &body)
    })
    .await
}

/// The slips of the dossier, as data for documents, in the order in which they were issued.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = Vec<SlipView>, description = "Every slip; the control slip for officers only"), Signed)
)]
#[get("/dossiers/{id}/slips")]
pub async fn list_slips(
    db: Data<Db>,
    caller: Caller,
    id: Path<DossierId>,
) -> Result<web::Json<Vec<SlipView>>> {
    let slips = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            slips::of_dossier(conn, &op, id.0)
        })
        .await?;
    Ok(web::Json(slips))
}

/// One slip by the number of its form (1 to 7); the last one, where there are several.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path), ("form" = i16, Path, minimum = 1, maximum = 7, example = 1)),
    responses((status = 200, body = SlipView, description = "The slip"), Signed)
)]
#[get("/dossiers/{id}/slips/{form}")]
pub async fn see_slip(
    db: Data<Db>,
    caller: Caller,
    path: Path<(DossierId, i16)>,
) -> Result<web::Json<SlipView>> {
    let (id, form) = path.0;
    let slip = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            slips::of_form(conn, &op, id, form)
        })
        .await?;
    Ok(web::Json(slip))
}

/// An agency's register of what it received, from one day to another.
#[utoipa::path(
    tag = "desk",
    params(RegisterAsked),
    responses((status = 200, body = Page<RegisterLine>, description = "A page, in the order of receipt"), Signed)
)]
#[get("/registers")]
pub async fn read_register(
    db: Data<Db>,
    caller: Caller,
    asked: Query<RegisterAsked>,
) -> Result<web::Json<Page<RegisterLine>>> {
    let page = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            registers::read(conn, &op, &asked.0)
        })
        .await?;
    Ok(web::Json(page))
}
