//! Public tracking: the number and the secret of the receipt open the state and the dates, and nothing of the person.
//! A wrong number and a wrong secret look the same.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::State;
use super::refusal::Refusal;
use super::store::views;
use super::views::{StateView, is_overdue};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::crypto;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::values::{DossierNumber, Words};

/// The secret goes in the body, never in the address: addresses are logged along the way.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "number": "H53.21.01-261122-0001", "secret": "7KQM-2WXD-9HTR-4PLA" }))]
pub struct TrackDossier {
    pub number: DossierNumber,
    pub secret: Words,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrackedDossier {
    #[schema(example = "H53.21.01-261122-0001")]
    pub number: String,
    pub state: StateView,
    #[schema(example = "Đăng ký khai sinh")]
    pub procedure_name: String,
    #[schema(example = "Bộ phận Một cửa Phường 1")]
    pub handling_agency_name: Option<String>,
    pub submitted_at: DateTime<FixedOffset>,
    pub due_at: Option<DateTime<FixedOffset>>,
    pub is_overdue: bool,
    pub steps: Vec<TrackedStep>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrackedStep {
    pub at: DateTime<FixedOffset>,
    pub state: StateView,
    #[schema(example = "Bộ phận Một cửa Phường 1")]
    pub agency_name: Option<String>,
}

pub fn track(conn: &mut Conn, body: &TrackDossier, now: Moment) -> Result<TrackedDossier> {
    let typed = body.secret.as_str().to_uppercase();
    let hash = crypto::sha256(typed.as_bytes());
    let row =
        views::tracked(conn, body.number.as_str())?.filter(|row| crypto::same(&row.tracking_hash, &hash));
    let row = row.ok_or(Refusal::TrackingNotFound)?;
    let state = |code| State::from_code(code).unwrap_or(State::Draft);
    let mut steps: Vec<TrackedStep> = Vec::new();
    for step in views::moves(conn, row.id)? {
        // Moves among desks are the administration's; the public sees states and agencies change.
        if step.from_state != step.to_state || step.from_agency_name != step.to_agency_name {
            steps.push(TrackedStep {
                at: in_vietnam(step.at),
                state: StateView::from(state(step.to_state)),
                agency_name: step.to_agency_name,
            });
        }
    }
    Ok(TrackedDossier {
        is_overdue: is_overdue(state(row.state), state(row.state).waits(), row.due_at, row.finished_at, now),
        number: row.number,
        state: StateView::from(state(row.state)),
        procedure_name: row.procedure_name,
        handling_agency_name: row.handling_agency_name,
        submitted_at: in_vietnam(row.submitted_at),
        due_at: row.due_at.map(in_vietnam),
        steps,
    })
}
