//! The one list of doors. `tests` read the operations from the OpenAPI document that this list makes.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, get};
use serde_json::Value;
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
    crate::calendar::http::operations,
    crate::catalogue::http::operations,
    crate::dossiers::http::operations,
    crate::questions::http::operations,
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

/// The addresses that exist and the methods that each takes, from the document.
#[derive(Clone)]
pub struct Addresses(Vec<(Vec<String>, Vec<String>)>);

impl Addresses {
    pub fn of(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object);
        let address = |(path, operations): (&String, &Value)| {
            let methods =
                operations.as_object().map(|all| all.keys().map(|method| method.to_uppercase()).collect());
            (segments(path), methods.unwrap_or_default())
        };
        Self(paths.into_iter().flatten().map(address).collect())
    }

    fn methods_at(&self, path: &str) -> Vec<String> {
        let asked = segments(path);
        let fits = |known: &[String]| {
            known.len() == asked.len()
                && known.iter().zip(&asked).all(|(known, asked)| known.starts_with('{') || known == asked)
        };
        let mut methods: Vec<String> =
            self.0.iter().filter(|(known, _)| fits(known)).flat_map(|(_, methods)| methods.clone()).collect();
        methods.sort();
        methods.dedup();
        methods
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
}

/// No door answered: the address does not exist (404), or it takes other methods (405, and which).
pub async fn nowhere(request: HttpRequest, addresses: Data<Addresses>) -> Result<HttpResponse> {
    let methods = addresses.methods_at(request.path());
    if methods.is_empty() {
        return Err(General::NotFound.into());
    }
    Err(General::MethodNotAllowed.error().with("allow", methods))
}

/// Swagger UI from the program itself: no network is needed to read the document.
pub fn documentation() -> impl HttpServiceFactory + 'static {
    utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}")
        .config(utoipa_swagger_ui::Config::from("/api/openapi.json"))
}
