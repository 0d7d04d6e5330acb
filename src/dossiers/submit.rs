//! Submission: the draft is checked whole, routed, numbered, and handed to reception, in one transaction. Nothing
//! is uploaded, hashed or awaited here; that happened before.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::deadlines;
use super::draft;
use super::events::DossierEventKind;
use super::library::Library;
use super::model::State;
use super::receipt::{self, Receipt};
use super::store::{DeskChange, Transition, drafts};
use super::workflow::{self, Move};
use super::{acting, numbering, routing};
use crate::authority::{Action, Op};
use crate::catalogue::definition::ChannelKind;
use crate::files::store as files;
use crate::identity::card;
use crate::infra::crypto;
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::{Error, General, Result};

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
    let account_id = op.account_id().ok_or(General::NotSignedIn)?;
    draft::serves(definition, &card::of(conn, account_id)?)?;
    let answers: Value = drafts::answers(conn, id)?;
    let mut faults = draft::faults_of(conn, &compiled, &answers, &locked, today)?;
    if !body.declares_true {
        faults.push(crate::kernel::Fault::new(
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
    let first = routed.steps.first().ok_or_else(|| Error::internal("a walk without steps was published"))?;
    let receiving_agency_id = first.agency_id;
    let due_at = deadlines::reception_due(conn, library, ChannelKind::Online, op.now)?;
    let secret = crypto::spoken_secret()?;
    files::seal_all(conn, id, op.now)?;

    let mut next = locked.progress.clone();
    next.state = to.code();
    next.current_step = 0;
    let number = numbering::next(conn, receiving_agency_id, op.now)?;
    let registration = drafts::Registration {
        number: number.to_string(),
        version_id: in_force.version_id,
        unit_id: routed.unit.id,
        receiving_agency_id,
        route: routed.steps,
        fee_amount: draft::fee_of(definition, ChannelKind::Online)?,
        tracking_hash: crypto::sha256(secret.as_bytes()),
        submitted_at: op.now,
    };
    let transition = Transition {
        permit: &permit,
        step: Move::Submit,
        next,
        desk: DeskChange::HandTo { step: 0, due_at },
        minutes_used: None,
        reason: None,
        internal_note: None,
        event: DossierEventKind::Submitted,
    };
    let version = drafts::register(conn, &locked, registration, transition)?;
    let receipt = receipt::after_submission(conn, id, definition, State::NewlyRegistered, secret, due_at)?;
    Ok((receipt, version))
}
