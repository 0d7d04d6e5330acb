//! Answers: bodies with the row's version as `ETag`, saved replies, and what the OpenAPI document says of the
//! refusals that operations have in common.

use std::collections::BTreeMap;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use utoipa::openapi::response::Response;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema};

use super::problem;
use crate::infra::idempotency::Reply;

/// A body and the version it shows.
pub struct Versioned<T> {
    pub body: T,
    pub version: i32,
}

impl<T: Serialize> Responder for Versioned<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().insert_header((header::ETAG, etag(self.version))).json(self.body)
    }
}

pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// A saved reply, said again or for the first time: the same bytes.
pub fn answer(reply: Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if let Some(version) = reply.version {
        response.insert_header((header::ETAG, etag(version)));
    }
    response.json(reply.body)
}

/// The refusals of an operation that anybody may call.
pub struct Open;
/// The same, for an operation that takes an account.
pub struct Signed;
/// The same, for an operation that changes what was seen: it takes `If-Match`.
pub struct Changing;
/// The refusals of the operations that touch nothing.
pub struct Always;

impl IntoResponses for Always {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[(429, "Too many requests"), (500, "The portal failed")])
    }
}

impl IntoResponses for Open {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut all = Always::responses();
        all.extend(problems(&[
            (400, "The request could not be read"),
            (408, "The body did not come in time"),
            (413, "The body is too large"),
            (415, "The body has another media type"),
            (422, "Some of what was sent is not valid: every fault is listed"),
            (503, "Busy, or the database is away; Retry-After says when to come back"),
        ]));
        all
    }
}

impl IntoResponses for Signed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut all = Open::responses();
        all.extend(problems(&[
            (401, "Not signed in, or the sign-in has ended"),
            (403, "It may be seen, but this may not be done to it"),
            (404, "Not found, or not to be seen by this account"),
        ]));
        all
    }
}

impl IntoResponses for Changing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut all = Signed::responses();
        all.extend(problems(&[
            (409, "Not open now: the state and what is open are named"),
            (412, "It has changed since it was read"),
            (428, "If-Match is missing"),
        ]));
        all
    }
}

fn problems(table: &[(u16, &str)]) -> BTreeMap<String, RefOr<Response>> {
    table.iter().map(|(status, words)| (status.to_string(), RefOr::T(problem_response(words)))).collect()
}

fn problem_response(words: &str) -> Response {
    let schema = RefOr::<utoipa::openapi::Schema>::Ref(Ref::from_schema_name("Problem"));
    // The schema itself is listed among the components by the document.
    let _ = problem::Problem::schema;
    ResponseBuilder::new()
        .description(words)
        .content(problem::MEDIA_TYPE, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}
