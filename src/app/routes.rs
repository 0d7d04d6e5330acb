//! The one list of doors. `tests` read the operations from the OpenAPI document that this list makes.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::{self, Data};
use actix_web::{HttpResponse, get};
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

/// The addresses that exist and the methods that each takes: the document's, and the few that it does not list.
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
        let mut all: Vec<_> = paths.into_iter().flatten().map(address).collect();
        for path in ["/", "/metrics", "/api/openapi.json"] {
            all.push((segments(path), vec!["GET".to_owned()]));
        }
        Self(all)
    }

    /// Empty where there is no such address. `/dossiers/bulk-accept` is that address and no dossier's: of those that
    /// fit, the one with the fewest `{…}` is meant.
    fn methods_at(&self, path: &str) -> Vec<String> {
        let asked = segments(path);
        let mut methods = Vec::new();
        let mut fewest = usize::MAX;
        for (known, takes) in &self.0 {
            let fits = known.len() == asked.len()
                && known.iter().zip(&asked).all(|(known, asked)| {
                    if is_parameter(known) { !asked.is_empty() } else { known == asked }
                });
            let parameters = known.iter().filter(|segment| is_parameter(segment)).count();
            if !fits || parameters > fewest {
                continue;
            }
            if parameters < fewest {
                fewest = parameters;
                methods.clear();
            }
            methods.extend(takes.iter().cloned());
        }
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        if !methods.is_empty() {
            methods.push("OPTIONS".to_owned());
        }
        methods.sort();
        methods.dedup();
        methods
    }
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

/// An empty segment counts: `/units/` and `//units` are not `/units`.
fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

/// Before the router: what an address takes is decided by the address, and not by which of its doors is shut. HEAD is
/// GET whose body the server does not send (RFC 9110, 9.3.2).
pub async fn addressed(
    addresses: Data<Addresses>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let methods = addresses.methods_at(request.path());
    let takes = methods.iter().any(|method| method == request.method().as_str());
    if takes && request.method() == Method::OPTIONS {
        let answer = HttpResponse::NoContent().insert_header((header::ALLOW, methods.join(", "))).finish();
        return Ok(request.into_response(answer).map_into_right_body());
    }
    if !takes && !methods.is_empty() {
        return Err(General::MethodNotAllowed.error().with("allow", methods).into());
    }
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// No door answered: the address does not exist.
pub async fn nowhere() -> Result<HttpResponse> {
    Err(General::NotFound.into())
}

/// Swagger UI from the program itself: no network is needed to read the document.
pub fn documentation() -> impl HttpServiceFactory + 'static {
    utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}")
        .config(utoipa_swagger_ui::Config::from("/api/openapi.json"))
}
