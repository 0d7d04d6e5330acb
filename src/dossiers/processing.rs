//! The agencies' corridors: forward to the next step, send back with a reason. A dossier walks its own steps, those
//! that were resolved when it was submitted, up and down the levels.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::acting::{self, Begun};
use super::confirmation;
use super::events::DossierEventKind;
use super::library::Library;
use super::refusal::Refusal;
use super::workflow::Move;
use crate::authority::Op;
use crate::catalogue::definition::StepKind;
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, Result};

/// Hands the dossier to its next step. The note is for whoever works on it next.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "Đã kiểm tra, đề nghị thẩm định." }))]
pub struct ForwardDossier {
    pub note: Option<Words>,
}

pub fn forward(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &ForwardDossier,
) -> Result<i32> {
    let begun = acting::begin_at_desk(conn, library, op, Move::Forward, id, seen)?;
    let here = begun.locked.step().map(|step| step.kind);
    if here == Some(StepKind::Approval) {
        // A decision is taken or it is not; it is not passed along.
        return Err(Refusal::StepNotOpen
            .error()
            .with("open_moves", json!(["approve", "reject", "send-back"])));
    }
    let to = next_handling_step(&begun)?;
    let next_kind = begun.locked.step_after(begun.locked.progress.current_step).map(|step| step.kind);
    if next_kind == Some(StepKind::Approval) && begun.locked.progress.decision.is_none() {
        return Err(Refusal::ProposalMissing.into());
    }
    confirmation::must_be_settled(conn, &begun)?;
    let desk = begun.hand_to(conn, library, to)?;
    let note = body.note.as_ref().map(Words::to_string);
    begun.finish(conn, desk, DossierEventKind::MovedOn, None, note)
}

/// The step after this one, unless it is the return: what is to be returned must be finished first.
pub fn next_handling_step(begun: &Begun) -> Result<i16> {
    let current = begun.locked.progress.current_step;
    match begun.locked.step_after(current) {
        Some(step) if step.kind != StepKind::Return => Ok(current + 1),
        _ => Err(Refusal::StepNotOpen.error().with("open_moves", json!(["finish", "send-back"]))),
    }
}

/// Sends a step back: to the one named, or to the one before.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "Thiếu biên bản xác minh thực địa." }))]
pub struct SendBackDossier {
    pub reason: Words,
    /// The code of an earlier handling step.
    pub to_step: Option<String>,
}

pub fn send_back(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &SendBackDossier,
) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, library, op, Move::SendBack, id, seen)?;
    let to = earlier_step(&begun, body.to_step.as_deref())?;
    begun.next.decision = None;
    begun.next.proposed_by = None;
    let desk = begun.hand_to(conn, library, to)?;
    begun.finish(conn, desk, DossierEventKind::MovedOn, None, Some(body.reason.to_string()))
}

fn earlier_step(begun: &Begun, code: Option<&str>) -> Result<i16> {
    let current = usize::try_from(begun.locked.progress.current_step).map_err(Error::internal)?;
    let before = begun
        .locked
        .route
        .iter()
        .enumerate()
        .take(current)
        .filter(|(_, step)| !matches!(step.kind, StepKind::Reception | StepKind::Approval));
    let found = match code {
        Some(code) => before.clone().find(|(_, step)| step.code == code),
        None => before.clone().next_back(),
    };
    if let Some((index, _)) = found {
        return i16::try_from(index).map_err(Error::internal);
    }
    let open: Vec<&str> = before.map(|(_, step)| step.code.as_str()).collect();
    match code {
        Some(_) => Err(Error::invalid(vec![Fault::new(
            "/to_step",
            "enum",
            "Không có bước trước đó với mã này.",
            "There is no earlier handling step with this code.",
        )])
        .with("open_steps", open)),
        None => Err(Refusal::StepNotOpen.into()),
    }
}
