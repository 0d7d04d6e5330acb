//! What happened to a dossier: the citizen sees what was done and by which agency; the administration also sees who,
//! how long it took, and what was said among colleagues.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::State;
use super::store::views::{AccessRow, MoveRow};
use super::views::StateView;
use crate::infra::clock::in_vietnam;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MoveView {
    #[schema(example = 3)]
    pub version: i32,
    pub at: DateTime<FixedOffset>,
    #[schema(example = "accept")]
    pub action: String,
    pub from_state: StateView,
    pub to_state: StateView,
    #[schema(example = "Bộ phận Một cửa Phường 1")]
    pub from_agency: Option<String>,
    #[schema(example = "Phòng Tư pháp – Hộ tịch Phường 1")]
    pub to_agency: Option<String>,
    #[schema(example = "tiep_nhan")]
    pub step_code: Option<String>,
    /// What the applicant was told.
    #[schema(example = "Đủ điều kiện tiếp nhận.")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Trần Thị Hoa")]
    pub actor_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "reception")]
    pub actor_role: Option<String>,
    /// Working minutes that the step had taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 35)]
    pub minutes_used: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Đã đối chiếu bản chính.")]
    pub internal_note: Option<String>,
}

pub fn line(row: MoveRow, for_administration: bool) -> MoveView {
    let state = |code| StateView::from(State::from_code(code).unwrap_or(State::Draft));
    MoveView {
        version: row.version,
        at: in_vietnam(row.at),
        action: row.action,
        from_state: state(row.from_state),
        to_state: state(row.to_state),
        from_agency: row.from_agency_name,
        to_agency: row.to_agency_name,
        step_code: row.step_code,
        reason: row.reason,
        actor_name: row.actor_name.filter(|_| for_administration),
        actor_role: row.actor_role.filter(|_| for_administration),
        minutes_used: row.minutes_used.filter(|_| for_administration),
        internal_note: row.internal_note.filter(|_| for_administration),
    }
}

/// An officer looked at the dossier, or acted on it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccessView {
    pub at: DateTime<FixedOffset>,
    #[schema(example = "dossier.see")]
    pub action: String,
    #[schema(example = "Trần Thị Hoa")]
    pub officer_name: Option<String>,
    #[schema(example = "reception")]
    pub role: Option<String>,
    #[schema(example = "Bộ phận Một cửa Phường 1")]
    pub agency_name: Option<String>,
}

pub fn access(row: AccessRow) -> AccessView {
    AccessView {
        at: in_vietnam(row.at),
        action: row.action,
        officer_name: row.officer_name,
        role: row.role,
        agency_name: row.agency_name,
    }
}
