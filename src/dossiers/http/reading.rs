//! Reading: one dossier, its timeline, its receipt, who looked at it; lists.

use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::library::Library;
use super::super::lists::{self, DossierFilter, DossierLineView};
use super::super::receipt::{self, Receipt};
use super::super::store::views as store;
use super::super::timeline::{self, AccessView, MoveView};
use super::super::uploads;
use super::super::views::DossierView;
use super::look;
use crate::authority::Action;
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Path, Query, Signed, Versioned};
use crate::kernel::ids::DossierId;
use crate::kernel::paging::{self, Limit, Page};
use crate::kernel::{Error, General, Result};

pub fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(list_dossiers)
        .service(see_dossier)
        .service(see_timeline)
        .service(see_receipt)
        .service(list_accesses);
}

/// Dossiers, newest first: a person's own; for an officer those that have reached the officer's agencies.
#[utoipa::path(
    tag = "dossiers",
    params(DossierFilter),
    responses((status = 200, body = Page<DossierLineView>, description = "A page"), Signed)
)]
#[get("/dossiers")]
pub async fn list_dossiers(
    db: Data<Db>,
    caller: Caller,
    filter: Query<DossierFilter>,
) -> Result<Json<Page<DossierLineView>>> {
    let page = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            lists::dossiers(conn, &op, &filter.0)
        })
        .await?;
    Ok(Json(page))
}

/// One dossier. An officer's look is recorded, and the owner can read that it was.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = DossierView, description = "The dossier; ETag is its version"), Signed)
)]
#[get("/dossiers/{id}")]
pub async fn see_dossier(
    db: Data<Db>,
    caller: Caller,
    id: Path<DossierId>,
) -> Result<Versioned<DossierView>> {
    db.look(move |conn| {
        let op = caller.op(conn)?;
        look(conn, &op, id.0)
    })
    .await
}

/// What happened, in order.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = Vec<MoveView>, description = "Every move"), Signed)
)]
#[get("/dossiers/{id}/timeline")]
pub async fn see_timeline(db: Data<Db>, caller: Caller, id: Path<DossierId>) -> Result<Json<Vec<MoveView>>> {
    let lines = db
        .look(move |conn| {
            let op = caller.op(conn)?;
            let row = uploads::look(conn, &op, id.0)?;
            let is_owner = row.subject().owner == op.account_id();
            let moves = store::moves(conn, id.0)?;
            Ok(moves.into_iter().map(|row| timeline::line(row, !is_owner)).collect())
        })
        .await?;
    Ok(Json(lines))
}

/// The receipt, without the tracking secret: that was shown once.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = Receipt, description = "The receipt"), Signed)
)]
#[get("/dossiers/{id}/receipt")]
pub async fn see_receipt(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
) -> Result<Json<Receipt>> {
    let library = library.into_inner();
    let receipt = db
        .look(move |conn| {
            let op = caller.op(conn)?;
            let row = uploads::look(conn, &op, id.0)?;
            if row.number.is_none() {
                return Err(General::NotFound.into());
            }
            let definition = library.definitions.get(conn, row.version_id)?;
            receipt::of(conn, id.0, definition.definition())
        })
        .await?;
    Ok(Json(receipt))
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccessFilter {
    /// Rows a page, 1 to 100.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, example = 50)]
    pub limit: Option<Limit>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

const ACCESSES: &str = "accesses.newest_first";

/// Which officers looked at the dossier or acted on it: for its owner.
#[utoipa::path(
    tag = "dossiers",
    params(("id" = DossierId, Path), AccessFilter),
    responses((status = 200, body = Page<AccessView>, description = "Newest first"), Signed)
)]
#[get("/dossiers/{id}/accesses")]
pub async fn list_accesses(
    db: Data<Db>,
    caller: Caller,
    id: Path<DossierId>,
    filter: Query<AccessFilter>,
) -> Result<Json<Page<AccessView>>> {
    let page = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            let row = store::dossier(conn, id.0)?.ok_or(General::NotFound)?;
            op.permit(Action::DossierAccesses, &row.subject())?;
            let limit = filter.0.limit.unwrap_or_default();
            let before = match &filter.0.cursor {
                Some(cursor) => Some(paging::decode_cursor(ACCESSES, cursor).map_err(lists::bad_cursor)?),
                None => None,
            };
            let rows = store::accesses(conn, id.0, before, limit.with_one_more())?;
            let page = Page::from_rows(rows, limit, ACCESSES, |row| row.id).map_err(Error::internal)?;
            Ok(page.map(timeline::access))
        })
        .await?;
    Ok(Json(page))
}
