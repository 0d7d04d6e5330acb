//! The desk: its queue, and who holds what.

use actix_web::web::{self, Data};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::library::Library;
use super::super::lists::{self, QueueFilter, QueuePage};
use super::super::tasks::{self, ReassignTask};
use super::super::views::DossierView;
use super::show;
use crate::identity::Caller;
use crate::infra::db::Db;
use crate::infra::http::{Json, Path, Query, Signed, Versioned};
use crate::kernel::Result;
use crate::kernel::ids::DossierId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(list_tasks).service(claim_task).service(release_task).service(reassign_task);
}

/// The queue: open tasks of one's roles at one's agencies, what is due first first, with the exact total.
#[utoipa::path(
    tag = "desk",
    params(QueueFilter),
    responses((status = 200, body = QueuePage, description = "A page of the queue"), Signed)
)]
#[get("/tasks")]
pub async fn list_tasks(
    db: Data<Db>,
    caller: Caller,
    filter: Query<QueueFilter>,
) -> Result<web::Json<QueuePage>> {
    let page = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            lists::queue(conn, &op, &filter.0)
        })
        .await?;
    Ok(web::Json(page))
}

/// Claims the dossier's open task: nobody else may act on it until it is released or the lease runs out.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = DossierView, description = "Claimed"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "Another officer holds it, or there is no open task"), Signed)
)]
#[post("/dossiers/{id}/claim")]
pub async fn claim_task(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
) -> Result<Versioned<DossierView>> {
    let library = library.into_inner();
    db.write(move |conn| {
        let op = caller.op(conn)?;
        tasks::claim(conn, &library, &op, id.0)?;
        show(conn, &op, id.0)
    })
    .await
}

/// Lets the task go.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path)),
    responses((status = 200, body = DossierView, description = "Released"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "It is not yours to release"), Signed)
)]
#[post("/dossiers/{id}/release")]
pub async fn release_task(
    db: Data<Db>,
    caller: Caller,
    id: Path<DossierId>,
) -> Result<Versioned<DossierView>> {
    db.write(move |conn| {
        let op = caller.op(conn)?;
        tasks::release(conn, &op, id.0)?;
        show(conn, &op, id.0)
    })
    .await
}

/// Gives the task to an officer of the desk.
#[utoipa::path(
    tag = "desk",
    params(("id" = DossierId, Path)),
    request_body = ReassignTask,
    responses((status = 200, body = DossierView, description = "Reassigned"), (status = 409, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "There is no open task"), Signed)
)]
#[post("/dossiers/{id}/reassign")]
pub async fn reassign_task(
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    id: Path<DossierId>,
    body: Json<ReassignTask>,
) -> Result<Versioned<DossierView>> {
    let library = library.into_inner();
    let body = body.into_inner();
    db.write(move |conn| {
        let op = caller.op(conn)?;
        tasks::reassign(conn, &library, &op, id.0, &body)?;
        show(conn, &op, id.0)
    })
    .await
}
