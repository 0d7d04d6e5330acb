//! Errors as people and programs read them: RFC 9457 problem+json, in Vietnamese unless English is preferred.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::edge::RequestContext;
use crate::kernel::{Code, Error, Fault, General};

pub const MEDIA_TYPE: &str = "application/problem+json";

/// The document of every refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "about:blank", "title": "The move is not open in the dossier's state.", "status": 409,
    "code": "dossier.illegal_move", "instance": "/api/v1/dossiers/0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21/accept",
    "request_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b22", "state": 3, "open_moves": []
}))]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What happened and what is open to the person now, in the language asked for.
    pub title: String,
    pub status: u16,
    /// Stable; `docs/ERRORS.md` lists them all.
    pub code: &'static str,
    pub instance: String,
    pub request_id: Option<String>,
    /// Every fault in what was sent, at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemFault>,
    /// Some codes carry more: the state and the open moves, a limit, a date.
    #[serde(flatten)]
    pub members: Map<String, Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemFault {
    /// JSON pointer into the body, or the name of a parameter or header.
    #[schema(example = "/answers/child/birth_date")]
    pub pointer: String,
    #[schema(example = "required")]
    pub code: String,
    pub detail: String,
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Bare; the edge adds the body, where the language and the address are known.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

pub fn render(path: &str, context: &RequestContext, error: &Error) -> HttpResponse {
    let code = error.code();
    let words = |vi: &str, en: &str| context.language.pick(vi, en).to_owned();
    let fault = |fault: &Fault| ProblemFault {
        pointer: fault.pointer.clone(),
        code: fault.code.clone(),
        detail: words(&fault.vi, &fault.en),
    };
    let problem = Problem {
        kind: "about:blank",
        title: words(code.vi, code.en),
        status: code.status,
        code: code.code,
        instance: path.to_owned(),
        request_id: Some(context.request_id.to_string()),
        errors: error.faults().iter().map(fault).collect(),
        members: error.members().clone(),
    };
    let mut response = HttpResponse::build(error.status_code());
    response.insert_header((header::CONTENT_TYPE, MEDIA_TYPE));
    response.insert_header((header::CONTENT_LANGUAGE, context.language.tag()));
    if let Some(seconds) = error.retry_after_seconds() {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    if let Some(methods) = error.members().get("allow").and_then(Value::as_array) {
        // RFC 9110, 15.5.6: a 405 says which methods are taken.
        let methods: Vec<&str> = methods.iter().filter_map(Value::as_str).collect();
        response.insert_header((header::ALLOW, methods.join(", ")));
    }
    if code.status == 408 {
        // The rest of the body may come yet; nobody will read it (RFC 9110, 15.5.9).
        response.force_close();
    }
    if code.status == 401 {
        response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    }
    response.json(problem)
}

/// What the framework refused before a handler saw it: unknown address, wrong method.
pub fn for_status(status: StatusCode) -> Error {
    let refusal = match status.as_u16() {
        404 => General::NotFound,
        405 => General::MethodNotAllowed,
        406 => General::NotAcceptable,
        408 => General::TooSlow,
        413 => General::TooLarge,
        415 => General::WrongMediaType,
        429 => General::TooManyRequests,
        503 => General::Busy,
        400..=499 => General::Malformed,
        _ => General::Internal,
    };
    refusal.error()
}

/// The codes of this floor and the one below, for the printed table.
pub fn codes() -> Vec<Code> {
    let mut codes = General::ALL.to_vec();
    codes.extend(crate::infra::idempotency::Refusal::ALL);
    codes
}
