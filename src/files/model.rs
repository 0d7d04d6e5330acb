//! The words of this room: the types of files that are taken, what a file is for, what the scanner said.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::FileRow;
use crate::infra::clock::Moment;
use crate::infra::crypto;
use crate::kernel::ids::FileId;

/// What is taken: papers and photographs of papers. Office formats are not (they carry macros, and a zip hides
/// anything): the sender saves as PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum MediaType {
    #[serde(rename = "application/pdf")]
    Pdf,
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
}

impl MediaType {
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Jpeg, Self::Png];

    pub fn code(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The extensions it goes by; the first is given to a name that has none.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
        }
    }

    /// The names that programs declare it by.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["application/pdf", "application/x-pdf"],
            Self::Jpeg => &["image/jpeg", "image/jpg", "image/pjpeg"],
            Self::Png => &["image/png", "image/x-png"],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A paper of the dossier, by the component it belongs to.
    Component,
    /// What the administration gives back.
    Result,
}

impl Purpose {
    pub fn code(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Result => "result",
        }
    }
}

/// What a scanner for malicious code said. The receipt shows it: a file that nobody scanned is not called clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Clean,
    Infected,
    NotScanned,
}

impl Verdict {
    pub fn code(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Infected => "infected",
            Self::NotScanned => "not_scanned",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "name": "Tờ khai đăng ký khai sinh.pdf",
    "component_code": "to_khai", "purpose": "component", "media_type": "application/pdf", "size_bytes": 182044,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "scan_verdict": "not_scanned",
    "uploaded_at": "2026-11-23T02:30:00Z", "sealed": false
}))]
pub struct FileView {
    pub id: FileId,
    pub name: String,
    /// The component of the procedure that it was sent for; none for a result.
    pub component_code: Option<String>,
    /// `component` or `result`.
    pub purpose: String,
    pub media_type: String,
    pub size_bytes: i64,
    /// Of the bytes as they are stored, in hexadecimal.
    pub sha256: String,
    /// `clean` or `not_scanned`; an infected file is never kept.
    pub scan_verdict: String,
    #[schema(value_type = String, format = DateTime)]
    pub uploaded_at: Moment,
    /// Submitted or issued: it can no longer be removed.
    pub sealed: bool,
}

impl From<FileRow> for FileView {
    fn from(row: FileRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            component_code: row.component_code,
            purpose: row.purpose,
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            sha256: crypto::hex(&row.sha256),
            scan_verdict: row.scan_verdict,
            uploaded_at: row.uploaded_at,
            sealed: row.sealed_at.is_some(),
        }
    }
}

/// The form of an upload, for the OpenAPI document.
#[derive(ToSchema)]
pub struct UploadForm {
    /// One file: PDF, JPEG or PNG.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
    /// The component of the procedure that it is sent for.
    #[schema(example = "to_khai")]
    pub component_code: Option<String>,
}
