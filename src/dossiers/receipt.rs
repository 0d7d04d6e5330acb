//! The receipt: what was really received, file by file, with size, digest and scan verdict; when reception must
//! have answered; and the secret with which anybody who holds it may follow the dossier.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::State;
use super::store::views;
use super::views::StateView;
use crate::catalogue::definition::{Definition, Fee};
use crate::files::FileView;
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::{General, Result};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipt {
    pub dossier_id: DossierId,
    #[schema(example = "H53.21.01-261122-0001")]
    pub number: String,
    #[schema(example = "1.001193")]
    pub procedure_code: String,
    #[schema(example = "Đăng ký khai sinh")]
    pub procedure_name: String,
    pub state: StateView,
    /// The desk that received it.
    #[schema(example = "Bộ phận Một cửa Phường 1")]
    pub received_by: String,
    pub submitted_at: DateTime<FixedOffset>,
    /// By when reception accepts, refuses or asks for a supplement.
    pub reception_due_at: Option<DateTime<FixedOffset>>,
    /// When the result is due; known from acceptance.
    pub due_at: Option<DateTime<FixedOffset>>,
    pub fee: Option<Fee>,
    pub files: Vec<FileView>,
    pub papers: Vec<PaperView>,
    /// Shown this once: with the number it opens the public tracking page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7KQM-2WXD-9HTR-4PLA")]
    pub tracking_secret: Option<String>,
}

/// Paper handed in at the counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaperView {
    #[schema(example = "giay_chung_sinh")]
    pub component_code: String,
    #[schema(example = 1)]
    pub originals: i16,
    #[schema(example = 0)]
    pub copies: i16,
}

/// The receipt as it can be read again: without the secret, of which only a digest is kept.
pub fn of(conn: &mut Conn, id: DossierId, definition: &Definition) -> Result<Receipt> {
    let row = views::receipt(conn, id)?.ok_or(General::NotFound)?;
    let channel = super::library::channel_of(&row.channel)?;
    Ok(Receipt {
        dossier_id: id,
        number: row.number,
        procedure_code: definition.code.to_string(),
        procedure_name: definition.name.vi.clone(),
        state: StateView::from(State::from_code(row.state).unwrap_or(State::Draft)),
        received_by: row.received_by,
        submitted_at: in_vietnam(row.submitted_at),
        reception_due_at: None,
        due_at: row.due_at.map(in_vietnam),
        fee: definition.channels.get(channel).map(|channel| channel.fee.clone()),
        files: row.files,
        papers: row.papers,
        tracking_secret: None,
    })
}
