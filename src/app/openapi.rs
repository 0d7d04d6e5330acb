//! The OpenAPI 3.1 document, collected from the handlers. What they cannot say alone is added here: how to sign in,
//! which operations anybody may call, and every code that a refusal can carry.

use actix_web::App;
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;

use super::routes;
use super::{examples, printing};
use crate::kernel::{Error, Result};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Motcua",
        description = "Cổng dịch vụ công của tỉnh: nộp hồ sơ trực tuyến, một cửa, xử lý liên thông, trả kết quả.\n\nThe backend of a province's online public-service portal. Errors are problem+json (RFC 9457) with a stable `code`; messages are Vietnamese unless `Accept-Language: en`. Lists page by an opaque cursor. A change names the version it saw (`If-Match`); a creating POST names itself (`Idempotency-Key`). Times are RFC 3339 with offset; amounts are whole dong.",
        license(name = "MIT")
    ),
    components(schemas(crate::infra::http::Problem, crate::infra::http::ProblemFault)),
    tags(
        (name = "accounts", description = "Registration and one's own account"),
        (name = "sessions", description = "Signing in and out"),
        (name = "officers", description = "Officers and what they hold"),
        (name = "public", description = "What anybody may read and follow"),
        (name = "dossiers", description = "A person's own dossiers"),
        (name = "questions", description = "Questions to an agency, and their answers"),
        (name = "files", description = "Papers and results"),
        (name = "desk", description = "The officers' queues and moves"),
        (name = "administration", description = "Procedures and their versions"),
        (name = "audit", description = "The trail"),
        (name = "jobs", description = "Work that waits for a person"),
        (name = "health", description = "Alive and ready"),
    )
)]
struct Frame;

pub fn document() -> Result<Value> {
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(Frame::openapi())
        .configure(routes::health)
        .service(routes::api())
        .split_for_parts();
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let mut document = serde_json::to_value(document).map_err(Error::internal)?;
    if let Some(info) = document.get_mut("info").and_then(Value::as_object_mut) {
        info.remove("contact");
    }
    name_signed_operations(&mut document);
    examples::add_to(&mut document);
    if let Some(top) = document.as_object_mut() {
        top.insert("x-error-codes".to_owned(), error_codes());
    }
    Ok(document)
}

/// An operation that can answer 401 takes a token; one that never answers 403 takes it or leaves it.
fn name_signed_operations(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operations in paths.values_mut().filter_map(Value::as_object_mut) {
        for operation in operations.values_mut().filter_map(Value::as_object_mut) {
            let answers =
                |status| operation.get("responses").is_some_and(|responses| responses.get(status).is_some());
            let security = match (answers("401"), answers("403")) {
                (false, _) => continue,
                (true, false) => json!([{}, { "bearer": [] }]),
                (true, true) => json!([{ "bearer": [] }]),
            };
            operation.entry("security").or_insert(security);
        }
    }
}

fn error_codes() -> Value {
    let codes = printing::codes();
    Value::Array(
        codes
            .iter()
            .map(|code| json!({ "code": code.code, "status": code.status, "en": code.en, "vi": code.vi }))
            .collect(),
    )
}
