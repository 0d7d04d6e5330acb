//! The body of an upload as it is read: one step at a time, each with its limit and its patience.

use std::future::Future;
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::{Ready, ready};
use futures_util::stream::Fuse;
use tokio::time::timeout;

use super::Refusal;
use crate::kernel::{Error, Fault, Result};

const LONGEST_TEXT_BYTES: usize = 1000;
/// A sender may stand still for so long.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The body of an upload, unread. It never refuses: that is for `receive`, after the account was checked.
pub struct Upload {
    pub(super) multipart: Multipart,
    pub(super) is_form: bool,
    pub(super) declared_bytes: Option<u64>,
}

impl FromRequest for Upload {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let text_of = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let kind = text_of(header::CONTENT_TYPE).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let declared_bytes = text_of(header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
        let multipart = Multipart::from_request(request, payload).into_inner();
        ready(match multipart {
            Ok(multipart) => {
                Ok(Self { multipart, is_form: essence == "multipart/form-data", declared_bytes })
            }
            Err(error) => Err(Refusal::Unreadable.error().caused_by(error.to_string())),
        })
    }
}

pub async fn read_text(field: Field, name: &str) -> Result<String> {
    let mut field = field.fuse();
    let mut bytes = BytesMut::new();
    while let Some(chunk) = next_chunk(&mut field).await? {
        if bytes.len() + chunk.len() > LONGEST_TEXT_BYTES {
            return Err(refused_field(name, "too_long", "Nội dung quá dài.", "the text is too long"));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes.to_vec()).map_err(|_| {
        refused_field(name, "not_text", "Nội dung không phải là văn bản UTF-8.", "not a UTF-8 text")
    })
}

/// RFC 7578 forbids the encoded form and some programs send it all the same.
pub fn given_name(field: &Field) -> String {
    let Some(disposition) = field.content_disposition() else { return String::new() };
    let encoded = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    encoded.unwrap_or_else(|| disposition.get_filename().unwrap_or_default().to_owned())
}

pub async fn next_chunk(field: &mut Fuse<Field>) -> Result<Option<Bytes>> {
    in_time(field.next()).await?.transpose().map_err(unreadable)
}

pub async fn in_time<T>(step: impl Future<Output = T>) -> Result<T> {
    timeout(LONGEST_PAUSE, step).await.map_err(|_| Refusal::Stalled.into())
}

pub fn unreadable(error: MultipartError) -> Error {
    Refusal::Unreadable.error().caused_by(error.to_string())
}

pub fn refused_field(name: &str, code: &str, vi: &str, en: &str) -> Error {
    Error::invalid(vec![Fault::new(format!("/{name}"), code, vi, en)])
}
