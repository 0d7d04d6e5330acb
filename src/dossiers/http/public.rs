//! For whoever holds a receipt.

use actix_web::post;
use actix_web::web::{self, Data};
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::tracking::{self, TrackDossier, TrackedDossier};
use crate::infra::clock::Clock;
use crate::infra::db::Db;
use crate::infra::http::{Json, Open};
use crate::kernel::Result;

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(track_dossier);
}

/// Follows a dossier by its number and the secret of its receipt; no account is needed.
#[utoipa::path(
    tag = "public",
    request_body = TrackDossier,
    responses((status = 200, body = TrackedDossier, description = "Where it stands"), (status = 404, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "No dossier has this number and secret"), Open)
)]
#[post("/tracking")]
pub async fn track_dossier(
    db: Data<Db>,
    clock: Data<Clock>,
    body: Json<TrackDossier>,
) -> Result<web::Json<TrackedDossier>> {
    let (now, body) = (clock.now(), body.into_inner());
    Ok(web::Json(db.read(move |conn| tracking::track(conn, &body, now)).await?))
}
