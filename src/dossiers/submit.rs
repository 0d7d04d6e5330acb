//! Submission: the draft is checked whole, routed, numbered, and handed to reception, in one transaction. Nothing
//! is uploaded, hashed or awaited here; that happened before.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::deadlines;
use super::draft;
use super::events::DossierEventKind;
use super::library::Library;
use super::receipt::Receipt;
use super::store::{DeskChange, Transition, drafts};
use super::views::StateView;
use super::workflow::{self, Move};
use super::{acting, numbering, routing};
use crate::authority::{Action, Op};
use crate::catalogue::definition::ChannelKind;
use crate::files::{FileView, store as files};
use crate::infra::clock::in_vietnam;
use crate::infra::crypto;
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::{Error, Fault, Result};

/// Hands the draft in. The declaration that all of it is true is part of the act (NĐ 45/2020/NĐ-CP, điều 5).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "declares_true": true }))]
pub struct SubmitDossier {
    pub declares_true: bool,
}

pub fn submit(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    body: &SubmitDossier,
) -> Result<(Receipt, i32)> {
    let (locked, permit) = draft::lock_for(conn, op, Action::DossierSubmit, id)?;
    let to = workflow::go(locked.state(), Move::Submit, locked.way())?;
    let today = acting::today(op);
    let in_force = library
        .definitions
        .in_force_by_id(conn, locked.identity.procedure_id, today)?
        .ok_or(super::refusal::Refusal::ProcedureNotOpen)?;
    let compiled = in_force.definition;
    let definition = compiled.definition();
    draft::takes(definition, ChannelKind::Online)?;
    draft::serves(definition, &locked.identity.applicant_kind)?;
    let answers: Value = drafts::answers(conn, id)?;
    // Sealed first: the seal and the list of what was received are one statement. A refusal takes it back.
    let received = files::seal_all(conn, id, op.now)?;
    let mut faults = draft::faults_of(&compiled, &answers, &received, today)?;
    if !body.declares_true {
        faults.push(Fault::new(
            "/declares_true",
            "declaration_missing",
            "Cần cam đoan nội dung khai là đúng sự thật.",
            "Declare that what is stated is true.",
        ));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let routed = routing::route(conn, &compiled, &answers, today, None)?;
    let due = deadlines::reception_due(conn, library, ChannelKind::Online, op.now)?;
    let secret = crypto::spoken_secret()?;

    let mut next = locked.progress.clone();
    next.state = to.code();
    next.current_step = 0;
    let number = numbering::next(conn, &routed.receiving, op.now)?;
    let registration = drafts::Registration {
        number: number.to_string(),
        version_id: in_force.version_id,
        unit_id: routed.unit.id,
        receiving_agency_id: routed.receiving.id,
        route: routed.steps,
        fee_amount: draft::fee_of(definition, ChannelKind::Online)?,
        tracking_hash: crypto::sha256(secret.as_bytes()),
        submitted_at: op.now,
    };
    let transition = Transition {
        permit: &permit,
        step: Move::Submit,
        next,
        desk: DeskChange::HandTo { step: 0, due },
        minutes_used: None,
        reason: None,
        internal_note: None,
        event: DossierEventKind::Submitted,
    };
    let version = drafts::register(conn, &locked, registration, transition)?;
    let receipt = Receipt {
        dossier_id: id,
        number: number.to_string(),
        procedure_code: definition.code.to_string(),
        procedure_name: definition.name.vi.clone(),
        state: StateView::from(to),
        received_by: routed.receiving.name,
        submitted_at: in_vietnam(op.now),
        reception_due_at: Some(in_vietnam(due.due_at)),
        due_at: None,
        fee: definition.channels.get(ChannelKind::Online).map(|channel| channel.fee.clone()),
        files: received.into_iter().map(FileView::from).collect(),
        papers: Vec::new(),
        tracking_secret: Some(secret),
    };
    Ok((receipt, version))
}
