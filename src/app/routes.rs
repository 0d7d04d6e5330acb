//! The one list of doors. `tests` read the operations from the OpenAPI document that this list makes.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::{self, Data};
use actix_web::{HttpResponse, get};
use utoipa_actix_web::scope::{self, Scope};
use utoipa_actix_web::service_config::ServiceConfig;

use super::health;
use crate::infra::http::Operations;
use crate::infra::telemetry::Metrics;
use crate::kernel::{General, Result};

/// Every room with doors, in the order of the document.
const ROOMS: &[Operations] = &[
    crate::identity::http::operations,
    crate::units::http::operations,
    crate::catalogue::http::operations,
    crate::dossiers::http::operations,
    crate::audit::http::operations,
    crate::jobs::http::operations,
];

pub fn api() -> Scope<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    scope::scope("/api/v1").configure(|config: &mut ServiceConfig<'_>| {
        for operations in ROOMS {
            operations(config);
        }
    })
}

pub fn health(config: &mut ServiceConfig<'_>) {
    config.service(health::live).service(health::ready);
}

/// What Prometheus reads; keep it from the outside at the load balancer.
#[get("/metrics")]
pub async fn metrics(metrics: Data<Metrics>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics.text()?))
}

/// The OpenAPI document, rendered once.
#[derive(Clone)]
pub struct Document(pub web::Bytes);

#[get("/api/openapi.json")]
pub async fn openapi_document(document: Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.0.clone())
}

#[get("/")]
pub async fn front() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({
        "name": "Motcua", "api": "/api/v1", "document": "/api/openapi.json", "try_it": "/docs/", "ready": "/health/ready",
    }))
}

pub async fn nowhere() -> Result<HttpResponse> {
    Err(General::NotFound.into())
}

/// Swagger UI from the program itself: no network is needed to read the document.
pub fn documentation() -> impl HttpServiceFactory + 'static {
    utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}").config(utoipa_swagger_ui::Config::from("/api/openapi.json"))
}
