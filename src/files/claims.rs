//! What the sender says of a file, held against what it is. A claim is never believed, but one that contradicts
//! the content is refused: it is a mistake that an officer would meet later, or a deception.

use super::{MediaType, Refusal};
use crate::kernel::Result;
use crate::kernel::text::clean_file_name;

/// Browsers say this of what they do not know.
const NO_CLAIM: &str = "application/octet-stream";
const LONGEST_EXTENSION: usize = 10;

/// The name to keep: cleaned, with an extension that fits.
pub fn agreed_name(name: &str, declared: Option<&str>, media_type: MediaType) -> Result<String> {
    if let Some(declared) = declared {
        let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != NO_CLAIM && !media_type.aliases().contains(&essence.as_str()) {
            return Err(contradiction("declared", &essence, media_type));
        }
    }
    let clean = clean_file_name(name);
    match extension_of(&clean) {
        Some(extension) if media_type.extensions().contains(&extension.as_str()) => Ok(clean),
        Some(extension) => Err(contradiction("extension", &extension, media_type)),
        None => {
            let extension = media_type.extensions().first().copied().unwrap_or_default();
            Ok(format!("{clean}.{extension}"))
        }
    }
}

/// `Tờ khai 01.02.2024` has none: digits alone are a date.
fn extension_of(name: &str) -> Option<String> {
    let (_, extension) = name.rsplit_once('.')?;
    let is_short = (1..=LONGEST_EXTENSION).contains(&extension.len());
    let is_plain = extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let has_letter = extension.bytes().any(|byte| byte.is_ascii_alphabetic());
    (is_short && is_plain && has_letter).then(|| extension.to_ascii_lowercase())
}

fn contradiction(what: &str, claimed: &str, found: MediaType) -> crate::kernel::Error {
    let claimed: String = claimed.chars().take(100).collect();
    Refusal::Contradiction.error().with(what, claimed).with("found", found.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdf(name: &str) -> Result<String> {
        agreed_name(name, None, MediaType::Pdf)
    }

    #[test]
    fn a_name_gets_the_extension_it_lacks() {
        assert_eq!(pdf("Tờ khai").unwrap(), "Tờ khai.pdf");
        assert_eq!(pdf("Tờ khai 01.02.2024").unwrap(), "Tờ khai 01.02.2024.pdf");
        assert_eq!(pdf("").unwrap(), "tệp đính kèm.pdf");
        assert_eq!(pdf("Quyết định số 12.QĐ-UBND").unwrap(), "Quyết định số 12.QĐ-UBND.pdf");
    }

    #[test]
    fn a_name_is_cleaned_before_it_is_held_against_the_content() {
        assert_eq!(pdf("C:\\Users\\An\\..\\to-khai.PDF").unwrap(), "to-khai.PDF");
        assert_eq!(pdf("../../etc/passwd").unwrap(), "passwd.pdf");
        assert!(pdf("to-khai\u{202e}fdp.exe").unwrap_err().is(Refusal::Contradiction));
        assert!(pdf("to-khai.pdf.exe").unwrap_err().is(Refusal::Contradiction));
        assert!(pdf("anh.png").unwrap_err().is(Refusal::Contradiction));
    }

    #[test]
    fn a_declared_type_that_contradicts_is_refused_and_no_claim_is_none() {
        let declared = |text: &str| agreed_name("a.jpg", Some(text), MediaType::Jpeg);
        assert!(declared("image/jpg").is_ok());
        assert!(declared("IMAGE/JPEG; q=1").is_ok());
        assert!(declared("application/octet-stream").is_ok());
        assert!(declared("text/html").unwrap_err().is(Refusal::Contradiction));
        assert!(declared("application/pdf").unwrap_err().is(Refusal::Contradiction));
    }
}
