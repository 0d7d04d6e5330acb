//! Alive, and ready: for load balancers and for people in a hurry.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::infra::db::Db;
use crate::kernel::Result;

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "status": "ready" }))]
pub struct Health {
    #[schema(value_type = String)]
    pub status: &'static str,
}

/// The process answers.
#[utoipa::path(tag = "health", responses((status = 200, body = Health, description = "Alive"), crate::infra::http::Always))]
#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "alive" })
}

/// The database answers too: send requests here.
#[utoipa::path(
    tag = "health",
    responses((status = 200, body = Health, description = "Ready"), (status = 503, body = crate::infra::http::Problem, content_type = "application/problem+json", description = "The database is away"), crate::infra::http::Always)
)]
#[get("/health/ready")]
pub async fn ready(db: Data<Db>) -> Result<HttpResponse> {
    db.read(super::migrations::database_answers).await?;
    Ok(HttpResponse::Ok().json(Health { status: "ready" }))
}
