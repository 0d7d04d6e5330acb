//! The decision: proposed by whoever worked on it, approved or rejected by a leader, finished with a result. Where the
//! procedure wants two persons, whoever proposed does not approve.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::acting::{self, Begun};
use super::confirmation;
use super::events::DossierEventKind;
use super::intake::WithReason;
use super::library::Library;
use super::model::{Locked, RouteStep, State};
use super::refusal::Refusal;
use super::store::{self, DeskChange, StepDue, results};
use super::workflow::Move;
use crate::authority::{Op, Role};
use crate::catalogue::definition::{Definition, StepKind};
use crate::files::{Purpose, store as files};
use crate::infra::db::Conn;
use crate::kernel::ids::{DossierId, FileId};
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What was asked for is given.
    Granted,
    /// It is refused, in a decision that says why.
    Refused,
}

impl Outcome {
    pub fn code(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }
}

/// How far a decision has come, and what it would be: kept together, so that nobody finishes with the opposite of what
/// was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Proposed(Outcome),
    Approved(Outcome),
}

impl Decision {
    pub fn code(self) -> &'static str {
        match self {
            Self::Proposed(Outcome::Granted) => "proposed_granted",
            Self::Proposed(Outcome::Refused) => "proposed_refused",
            Self::Approved(Outcome::Granted) => "approved_granted",
            Self::Approved(Outcome::Refused) => "approved_refused",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        let outcomes = [Outcome::Granted, Outcome::Refused];
        let all = outcomes.into_iter().flat_map(|outcome| [Self::Proposed(outcome), Self::Approved(outcome)]);
        all.into_iter().find(|decision| decision.code() == code)
    }
}

/// Proposes a decision to the leader.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "outcome": "granted", "text": "Hồ sơ hợp lệ, đề nghị chứng thực." }))]
pub struct ProposeDecision {
    pub outcome: Outcome,
    pub text: Words,
}

pub fn propose(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &ProposeDecision,
) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, library, op, Move::Propose, id, seen)?;
    if !matches!(
        begun.locked.step().map(|step| step.kind),
        Some(StepKind::Processing | StepKind::Verification)
    ) {
        return Err(Refusal::StepNotOpen.into());
    }
    if matches!(begun.locked.decision(), Some(Decision::Approved(_))) {
        // What a leader approved is not proposed anew by whoever carries it out.
        return Err(Refusal::StepNotOpen.into());
    }
    begun.next.decision = Some(Decision::Proposed(body.outcome).code().to_owned());
    begun.next.proposed_by = Some(begun.actor()?);
    let note = format!("{}: {}", body.outcome.code(), body.text);
    begun.finish(conn, DeskChange::Keep { due: None }, DossierEventKind::MovedOn, None, Some(note))
}

/// Approves what was proposed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct ApproveDecision {
    pub note: Option<Words>,
}

pub fn approve(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &ApproveDecision,
) -> Result<i32> {
    let mut begun = at_approval(conn, library, op, Move::Approve, id, seen)?;
    let actor = begun.actor()?;
    let Some(Decision::Proposed(outcome)) = begun.locked.decision() else {
        return Err(Refusal::ProposalMissing.into());
    };
    if library.pinned(conn, &begun.locked)?.two_persons && begun.locked.progress.proposed_by == Some(actor) {
        return Err(Refusal::SamePerson.into());
    }
    let current = begun.locked.progress.current_step;
    let desk = if more_approvals(&begun) {
        // A lower leader's approval is a proposal to the higher one.
        begun.next.proposed_by = Some(actor);
        begun.hand_to(conn, library, current + 1)?
    } else {
        begun.next.decision = Some(Decision::Approved(outcome).code().to_owned());
        match begun.locked.step_after(current) {
            Some(step) if step.kind != StepKind::Return => begun.hand_to(conn, library, current + 1)?,
            _ => DeskChange::Keep { due: None },
        }
    };
    let note = body.note.as_ref().map(Words::to_string);
    begun.finish(conn, desk, DossierEventKind::MovedOn, None, note)
}

/// Sends the proposal back to whoever worked on it.
pub fn reject(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &WithReason,
) -> Result<i32> {
    let mut begun = at_approval(conn, library, op, Move::Reject, id, seen)?;
    begun.next.decision = None;
    begun.next.proposed_by = None;
    let to = last_work_before(&begun.locked).ok_or(Refusal::StepNotOpen)?;
    let desk = begun.hand_to(conn, library, to)?;
    begun.finish(conn, desk, DossierEventKind::MovedOn, None, Some(body.reason.to_string()))
}

/// The last step at or before this one at which the case is worked on: where a decision that falls goes back to.
pub fn last_work_before(locked: &Locked) -> Option<i16> {
    let upto = usize::try_from(locked.progress.current_step).ok()?.checked_add(1)?;
    let worked = |step: &RouteStep| matches!(step.kind, StepKind::Processing | StepKind::Verification);
    let before = locked.route.get(..upto).unwrap_or(&locked.route);
    before.iter().rposition(worked).and_then(|index| i16::try_from(index).ok())
}

fn at_approval(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    step: Move,
    id: DossierId,
    seen: i32,
) -> Result<Begun> {
    let begun = acting::begin_at_desk(conn, library, op, step, id, seen)?;
    if begun.locked.step().map(|step| step.kind) != Some(StepKind::Approval) {
        return Err(Refusal::StepNotOpen.into());
    }
    Ok(begun)
}

fn more_approvals(begun: &Begun) -> bool {
    let done = usize::try_from(begun.locked.progress.current_step).unwrap_or(usize::MAX).saturating_add(1);
    begun.locked.route.iter().skip(done).any(|step| step.kind == StepKind::Approval)
}

/// Finishes: the result is there. What is granted comes with its file, uploaded beforehand as a result.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "outcome": "granted", "file_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21" }))]
pub struct FinishDossier {
    pub outcome: Outcome,
    pub file_id: Option<FileId>,
    /// What the applicant reads beside the result; a refusal says why here.
    pub note: Option<Words>,
}

pub fn finish(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &FinishDossier,
) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, library, op, Move::Finish, id, seen)?;
    let definition = library.pinned(conn, &begun.locked)?;
    let at_last_step = begun
        .locked
        .step_after(begun.locked.progress.current_step)
        .is_some_and(|step| step.kind == StepKind::Return);
    let is_same_day =
        begun.state() == State::Accepted && definition.same_day && decides(conn, op, &begun, &definition)?;
    if !is_same_day {
        if begun.state() == State::Accepted || !at_last_step {
            return Err(Refusal::StepsRemain.into());
        }
        let wants_approval = begun.locked.route.iter().any(|step| step.kind == StepKind::Approval);
        match begun.locked.decision() {
            Some(Decision::Approved(outcome)) if outcome == body.outcome => {}
            Some(Decision::Approved(outcome)) => {
                return Err(Refusal::OutcomeNotApproved.error().with("approved", outcome.code()));
            }
            _ if wants_approval => return Err(Refusal::NotApproved.into()),
            _ => {}
        }
    }
    confirmation::must_be_settled(conn, &begun)?;
    check_result(conn, id, body)?;
    let return_step = begun
        .locked
        .route
        .iter()
        .rposition(|step| step.kind == StepKind::Return)
        .ok_or_else(|| Error::internal("a walk without a return step was published"))?;
    begun.next.finished_at = Some(op.now);
    let due_at = begun.locked.progress.due_at.unwrap_or(op.now);
    let due = StepDue { due_at, warn_at: None };
    let desk = DeskChange::HandTo { step: i16::try_from(return_step).map_err(Error::internal)?, due };
    results::insert(
        conn,
        id,
        &definition.result.name,
        body.outcome.code(),
        body.file_id,
        body.note.as_ref(),
        begun.actor()?,
        op.now,
    )?;
    files::seal_all(conn, id, op.now)?;
    // Until it is handed over it may still be reopened: what it says is not yet the applicant's to read.
    let note = body.note.as_ref().map(Words::to_string);
    begun.finish(conn, desk, DossierEventKind::Finished, None, note)
}

/// 2 -> 9, finishing in the same step, is for same-day procedures: by a leader of the agency that decides them, and
/// where two persons are wanted, not by whoever received the dossier.
fn decides(conn: &mut Conn, op: &Op, begun: &Begun, definition: &Definition) -> Result<bool> {
    let approval = begun.locked.route.iter().find(|step| step.kind == StepKind::Approval);
    let deciding = approval.map(|step| step.agency_id);
    if !deciding.is_some_and(|agency| op.holds_at(Role::Leader, agency)) {
        return Ok(false);
    }
    if definition.two_persons && store::accepted_by(conn, begun.locked.id())? == op.account_id() {
        return Err(Refusal::SamePerson.into());
    }
    Ok(true)
}

fn check_result(conn: &mut Conn, id: DossierId, body: &FinishDossier) -> Result<()> {
    match (body.outcome, body.file_id) {
        (Outcome::Granted, None) => return Err(Refusal::ResultFileMissing.into()),
        (Outcome::Refused, _) if body.note.is_none() => {
            return Err(Error::invalid(vec![Fault::new(
                "/note",
                "required",
                "Quyết định từ chối cần nêu lý do.",
                "A refusal says why.",
            )]));
        }
        _ => {}
    }
    let Some(file_id) = body.file_id else { return Ok(()) };
    let listed = files::of_dossier(conn, id)?;
    let is_there = listed.iter().any(|file| file.id == file_id && file.purpose == Purpose::Result.code());
    if is_there { Ok(()) } else { Err(Refusal::ResultFileMissing.into()) }
}

/// An error was found before the result was handed over: back to whoever worked on it last, to be decided anew.
pub fn reopen(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &WithReason,
) -> Result<i32> {
    let mut begun = acting::begin(conn, library, op, Move::Reopen, id, seen)?;
    let to = last_work_before(&begun.locked).ok_or(Refusal::StepNotOpen)?;
    begun.next.finished_at = None;
    begun.next.decision = None;
    begun.next.proposed_by = None;
    results::withdraw_standing(conn, id, op.now)?;
    let desk = begun.hand_to(conn, library, to)?;
    begun.finish(conn, desk, DossierEventKind::Reopened, Some(body.reason.to_string()), None)
}
