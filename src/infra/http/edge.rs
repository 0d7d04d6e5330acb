//! The edge: what every request passes first and every answer last. It names the request, picks the language,
//! turns each refusal into problem+json, counts, and writes the one log line of the request.

use std::time::Instant;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};

use super::problem;
use crate::infra::telemetry::Metrics;
use crate::kernel::Error;
use crate::kernel::ids::RequestId;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Vi,
    En,
}

impl Language {
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    pub fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }

    /// English only where it is asked for before Vietnamese.
    fn preferred(request: &HttpRequest) -> Self {
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        for range in accepted.unwrap_or_default().split(',') {
            let tag = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            if tag.starts_with("vi") {
                return Self::Vi;
            }
            if tag.starts_with("en") {
                return Self::En;
            }
        }
        Self::Vi
    }
}

/// What the edge knows of a request.
#[derive(Clone, Copy, Debug)]
pub struct RequestContext {
    pub request_id: RequestId,
    pub language: Language,
}

impl RequestContext {
    pub fn of(request: &HttpRequest) -> Self {
        request
            .extensions()
            .get::<Self>()
            .copied()
            .unwrap_or_else(|| Self { request_id: RequestId::new(), language: Language::preferred(request) })
    }
}

pub async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let begun = Instant::now();
    let given_id = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let context = RequestContext {
        request_id: given_id.and_then(|text| RequestId::parse(text).ok()).unwrap_or_else(RequestId::new),
        language: Language::preferred(request.request()),
    };
    request.extensions_mut().insert(context);
    // Not a clone of the request: the router wants it for itself.
    let method = known_method(request.method().as_str());
    let path = request.path().to_owned();
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();

    let mut answered = match next.call(request).await {
        Ok(response) => Ok(refused_to_problem(&context, response)),
        Err(error) => Err(thrown_to_problem(&context, &path, &error)),
    };
    let headers = match &mut answered {
        Ok(response) => response.headers_mut(),
        Err(thrown) => thrown.headers_mut(),
    };
    if let Ok(value) = HeaderValue::from_str(&context.request_id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }

    let seconds = begun.elapsed().as_secs_f64();
    let (route, status) = match &answered {
        Ok(response) => (response.request().match_pattern(), response.status()),
        Err(thrown) => (None, thrown.status()),
    };
    let route = route.unwrap_or_else(|| "unknown".to_owned());
    let status = status.as_u16();
    if let Some(metrics) = metrics {
        metrics.answered(method, &route, status, seconds);
    }
    tracing::info!(
        event = "request",
        request_id = %context.request_id,
        method,
        route,
        status,
        milliseconds = format!("{:.1}", seconds * 1000.0),
    );
    answered.map_err(|thrown| InternalError::from_response("refused before a handler", thrown).into())
}

/// A middleware refused: there is no response to take the request from, only its address.
fn thrown_to_problem(context: &RequestContext, path: &str, error: &actix_web::Error) -> HttpResponse {
    match error.as_error::<Error>() {
        Some(error) => {
            log_cause(context, error);
            problem::render(path, context, error)
        }
        None => problem::render(path, context, &problem::for_status(error.as_response_error().status_code())),
    }
}

/// Methods are free text to a client; as labels they are a short list.
fn known_method(method: &str) -> &'static str {
    match method {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn refused_to_problem<B: MessageBody>(
    context: &RequestContext,
    response: ServiceResponse<B>,
) -> ServiceResponse<EitherBody<B>> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response.map_into_left_body();
    }
    let rendered = match response.response().error().and_then(|error| error.as_error::<Error>()) {
        Some(error) => {
            log_cause(context, error);
            problem::render(response.request().path(), context, error)
        }
        None if is_finished(&response) => return response.map_into_left_body(),
        None => problem::render(response.request().path(), context, &problem::for_status(status)),
    };
    let (request, refused) = response.into_parts();
    let mut rendered = ServiceResponse::new(request, rendered);
    if let Some(allow) = refused.headers().get(header::ALLOW) {
        rendered.headers_mut().insert(header::ALLOW, allow.clone());
    }
    rendered.map_into_right_body()
}

/// A handler that answered an error status with a body of its own (the health check) is left as it is.
fn is_finished<B>(response: &ServiceResponse<B>) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/"))
}

fn log_cause(context: &RequestContext, error: &Error) {
    let Some(cause) = error.chain() else { return };
    if error.code().status >= 500 {
        tracing::error!(event = "request_failed", request_id = %context.request_id, code = error.code().code, cause);
    } else {
        tracing::debug!(event = "request_refused", request_id = %context.request_id, code = error.code().code, cause);
    }
}
