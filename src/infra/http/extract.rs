//! Every input is hostile until parsed. These extractors refuse with the field's name: broken JSON is 400, a
//! value that does not fit is 422 with a pointer, too many bytes is 413 before they are read.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use futures_util::future::{Ready, ready};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::config::Settings;
use super::super::crypto;
use super::super::idempotency::{Once, Refusal};
use crate::kernel::values::fault_in_message;
use crate::kernel::{Error, Fault, General};

/// A JSON body, with the digest of its bytes for idempotency.
pub struct Json<T> {
    pub body: T,
    pub digest: Vec<u8>,
}

impl<T> Json<T> {
    pub fn into_inner(self) -> T {
        self.body
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let settings = request.app_data::<web::Data<Settings>>();
        let limit = settings.map_or(262_144, |settings| settings.http.json_limit_bytes);
        let patience = Duration::from_secs(settings.map_or(15, |settings| settings.http.body_seconds));
        let is_json = content_type_is_json(request);
        let declared = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let mut payload = payload.take();
        Box::pin(async move {
            if !is_json {
                return Err(General::WrongMediaType.error().with("expected", "application/json"));
            }
            let too_large = || General::TooLarge.error().with("limit_bytes", limit);
            if declared.is_some_and(|length| length > limit) {
                return Err(too_large());
            }
            let read = async {
                let mut bytes = web::BytesMut::new();
                while let Some(chunk) = payload.next().await {
                    let chunk =
                        chunk.map_err(|error| General::Malformed.error().caused_by(error.to_string()))?;
                    if bytes.len() + chunk.len() > limit {
                        return Err(too_large());
                    }
                    bytes.extend_from_slice(&chunk);
                }
                Ok(bytes)
            };
            let bytes = match tokio::time::timeout(patience, read).await {
                Ok(read) => read?,
                Err(_too_late) => return Err(General::TooSlow.into()),
            };
            let body = parse(&bytes)?;
            Ok(Self { body, digest: crypto::sha256(&bytes) })
        })
    }
}

fn content_type_is_json(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// PostgreSQL's text has every character but NUL: it is refused here, where its place has a name.
fn nul_fault(pointer: impl Into<String>) -> Fault {
    Fault::new(
        pointer,
        "nul_character",
        "Có ký tự NUL (U+0000), không lưu trữ được.",
        "A NUL character (U+0000) cannot be stored.",
    )
}

/// The places of NUL in a body. Almost no body spells the escape, and only those that do are walked.
fn nul_faults(bytes: &[u8]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if bytes.windows(6).any(|window| window == br"\u0000")
        && let Ok(body) = serde_json::from_slice::<Value>(bytes)
    {
        find_nul(&body, String::new(), &mut faults);
    }
    faults
}

fn find_nul(value: &Value, pointer: String, faults: &mut Vec<Fault>) {
    match value {
        Value::String(text) if text.contains('\0') => faults.push(nul_fault(pointer)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_nul(item, format!("{pointer}/{index}"), faults);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                if key.contains('\0') {
                    faults.push(nul_fault(place.clone()));
                }
                find_nul(member, place, faults);
            }
        }
        _ => {}
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let nul = nul_faults(bytes);
    if !nul.is_empty() {
        return Err(Error::invalid(nul));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut reader);
    let fault = match parsed {
        Ok(body) => match reader.end() {
            Ok(()) => return Ok(body),
            Err(error) => return Err(General::Malformed.error().with("position", position(&error))),
        },
        Err(fault) => fault,
    };
    let cause = fault.inner();
    if cause.is_syntax() || cause.is_eof() {
        return Err(General::Malformed.error().with("position", position(cause)));
    }
    Err(Error::invalid(vec![fault_of(&pointer_of(fault.path()), &cause.to_string())]))
}

fn position(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// serde's words become a stable code; the typed values of the kernel bring their own.
fn fault_of(pointer: &str, message: &str) -> Fault {
    if let Some(fault) = fault_in_message(message) {
        return Fault::value(pointer, fault);
    }
    let words = message.rsplit_once(" at line ").map_or(message, |(words, _)| words);
    let quoted = words.split('`').nth(1);
    let (pointer, code, vi) = match quoted {
        Some(name) if words.starts_with("missing field") => {
            (format!("{pointer}/{name}"), "required", "Thiếu trường này.".to_owned())
        }
        Some(name) if words.starts_with("unknown field") => {
            // The path may or may not end in the unknown key already.
            let tail = format!("/{name}");
            let pointer =
                if pointer.ends_with(&tail) { pointer.to_owned() } else { format!("{pointer}{tail}") };
            (pointer, "unknown_field", "Không có trường này.".to_owned())
        }
        _ if words.starts_with("unknown variant") => {
            (pointer.to_owned(), "enum", "Giá trị không nằm trong danh sách.".to_owned())
        }
        _ if words.starts_with("duplicate field") => {
            (pointer.to_owned(), "duplicate_field", "Trường bị lặp.".to_owned())
        }
        _ if words.starts_with("invalid type") => {
            (pointer.to_owned(), "wrong_type", "Sai kiểu dữ liệu.".to_owned())
        }
        _ => (pointer.to_owned(), "invalid", "Giá trị chưa hợp lệ.".to_owned()),
    };
    Fault::new(pointer, code, vi, without_values(words))
}

/// serde repeats what was sent ("invalid type: string \"0720…\""): it may be personal, so it is cut out.
fn without_values(words: &str) -> String {
    if let Some((_, expected)) = words.rsplit_once(", expected ") {
        return format!("not what is expected here: {expected}");
    }
    words.to_owned()
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let step = match segment {
            serde_path_to_error::Segment::Seq { index } => index.to_string(),
            serde_path_to_error::Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&step);
    }
    pointer
}

/// The query string. Unknown parameters are refused: a misspelt filter would silently list everything.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let nul: Vec<Fault> = pairs
            .filter(|(name, value)| name.contains('\0') || value.contains('\0'))
            .map(|(name, _)| nul_fault(name))
            .collect();
        if !nul.is_empty() {
            return ready(Err(Error::invalid(nul)));
        }
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map(Self);
        let parsed = parsed.map_err(|error| {
            let mut fault = fault_of(&pointer_of(error.path()), &error.inner().to_string());
            fault.pointer = fault.pointer.trim_start_matches('/').to_owned();
            Error::invalid(vec![fault])
        });
        ready(parsed)
    }
}

/// A part of the address. What does not parse names nothing that exists: 404.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // Nothing has a name with NUL in it, and PostgreSQL could not be asked for it.
        if request.path().contains("%00") {
            return ready(Err(General::NotFound.into()));
        }
        let parsed = web::Path::<T>::from_request(request, payload).into_inner();
        ready(match parsed {
            Ok(path) => Ok(Self(path.into_inner())),
            Err(error) => Err(General::NotFound.error().caused_by(error.to_string())),
        })
    }
}

/// The version that the client saw: `If-Match: "7"`. Missing is 428; what cannot be a version is stale by nature.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub i32);

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(value) = request.headers().get(header::IF_MATCH) else {
            return ready(Err(General::PreconditionRequired.into()));
        };
        let text = value.to_str().unwrap_or_default().trim();
        let digits = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            // Numbers in Rust may bear a sign; an entity tag is compared as it stands.
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let version = digits.and_then(|text| text.parse().ok());
        ready(version.map(Self).ok_or_else(|| General::Stale.into()))
    }
}

/// The client's name for this one request.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    pub fn once(self, operation: &'static str, digest: Vec<u8>) -> Once {
        Once { key: self.0, operation, body_hash: digest }
    }
}

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sent = request.headers().get("idempotency-key").map(|value| value.to_str().map(str::trim));
        ready(match sent {
            None | Some(Ok("")) => Err(Refusal::KeyMissing.into()),
            Some(Ok(key)) if key.len() <= 128 && !key.contains('\t') => Ok(Self(key.to_owned())),
            Some(_) => Err(Refusal::KeyInvalid.into()),
        })
    }
}
