//! Giving a file back. It is always an attachment of the type that was found in its bytes, and a browser that
//! opens it anyway may run nothing and load nothing.

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header;
use data_encoding::HEXUPPER;

use super::store::FileRow;
use crate::infra::crypto;
use crate::infra::objects::Objects;
use crate::kernel::text::fold;
use crate::kernel::{Error, Result};

const LOCKED_DOWN: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Whoever calls this has asked for the permit to read.
pub async fn download(objects: &Objects, file: &FileRow) -> Result<HttpResponse> {
    let size = u64::try_from(file.size_bytes).map_err(Error::internal)?;
    let bytes = objects.read(file.id.uuid()).await?;
    Ok(HttpResponse::Ok()
        .content_type(file.media_type.as_str())
        .insert_header((header::CONTENT_DISPOSITION, attachment(&file.name)))
        .insert_header((header::ETAG, format!("\"{}\"", crypto::hex(&file.sha256))))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, LOCKED_DOWN))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(SizedStream::new(size, bytes)))
}

/// RFC 6266: a plain name for old programs, the real one after RFC 8187.
fn attachment(name: &str) -> String {
    let plain: String = fold(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' })
        .collect();
    let mut encoded = String::with_capacity(name.len() * 2);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&HEXUPPER.encode(&[byte]));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_encoded_and_cannot_leave_its_header() {
        let header = attachment("Tờ khai \"số 1\"\r\nSet-Cookie: a=b;.pdf");
        assert!(!header.contains(['\r', '\n']), "{header}");
        assert_eq!(
            header,
            "attachment; filename=\"to khai _so 1_ set-cookie_ a_b_.pdf\"; \
             filename*=UTF-8''T%E1%BB%9D%20khai%20%22s%E1%BB%91%201%22%0D%0ASet-Cookie%3A%20a%3Db%3B.pdf"
        );
    }
}
