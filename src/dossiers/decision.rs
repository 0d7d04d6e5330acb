//! The decision: proposed by whoever worked on it, approved or rejected by a leader, finished with a result. Where the
//! procedure wants two persons, whoever proposed does not approve.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::acting::{self, Begun};
use super::events::DossierEventKind;
use super::intake::WithReason;
use super::library::Library;
use super::model::State;
use super::refusal::Refusal;
use super::store::{DeskChange, StepDue, results};
use super::workflow::Move;
use crate::authority::Op;
use crate::catalogue::definition::StepKind;
use crate::files::{Purpose, store as files};
use crate::infra::db::Conn;
use crate::kernel::ids::{DossierId, FileId};
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, Result};

const PROPOSED: &str = "proposed";
const APPROVED: &str = "approved";

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
    begun.next.decision = Some(PROPOSED.to_owned());
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
    if begun.locked.progress.decision.as_deref() != Some(PROPOSED) {
        return Err(Refusal::ProposalMissing.into());
    }
    if library.pinned(conn, &begun.locked)?.two_persons && begun.locked.progress.proposed_by == Some(actor) {
        return Err(Refusal::SamePerson.into());
    }
    let current = begun.locked.progress.current_step;
    let desk = if more_approvals(&begun) {
        // A lower leader's approval is a proposal to the higher one.
        begun.next.proposed_by = Some(actor);
        begun.hand_to(conn, library, current + 1)?
    } else {
        begun.next.decision = Some(APPROVED.to_owned());
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
    let worked = |kind| matches!(kind, StepKind::Processing | StepKind::Verification);
    let current = usize::try_from(begun.locked.progress.current_step).map_err(Error::internal)?;
    let back = begun.locked.route.iter().take(current).rposition_of(|step| worked(step.kind));
    let to = back.ok_or(Refusal::StepNotOpen)?;
    let desk = begun.hand_to(conn, library, i16::try_from(to).map_err(Error::internal)?)?;
    begun.finish(conn, desk, DossierEventKind::MovedOn, None, Some(body.reason.to_string()))
}

trait LastPosition: Iterator + Sized {
    /// The place of the last one that fits.
    fn rposition_of(self, fits: impl Fn(&Self::Item) -> bool) -> Option<usize> {
        self.enumerate().filter(|(_, item)| fits(item)).map(|(index, _)| index).last()
    }
}

impl<I: Iterator> LastPosition for I {}

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
    // 2 -> 9 is for same-day procedures, by the leader who answers for the result.
    let is_same_day_leader = definition.same_day
        && begun.state() == State::Accepted
        && begun
            .locked
            .task
            .as_ref()
            .is_some_and(|task| op.holds_at(crate::authority::Role::Leader, task.agency_id));
    if !is_same_day_leader {
        if begun.state() == State::Accepted || !at_last_step {
            return Err(Refusal::StepsRemain.into());
        }
        let wants_approval = begun.locked.route.iter().any(|step| step.kind == StepKind::Approval);
        if wants_approval && begun.locked.progress.decision.as_deref() != Some(APPROVED) {
            return Err(Refusal::NotApproved.into());
        }
    }
    check_result(conn, id, body)?;
    let return_step = begun
        .locked
        .route
        .iter()
        .rposition_of(|step| step.kind == StepKind::Return)
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
    let note = body.note.as_ref().map(Words::to_string);
    begun.finish(conn, desk, DossierEventKind::Finished, note, None)
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

/// An error was found before the result was handed over: back to the last handling step.
pub fn reopen(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &WithReason,
) -> Result<i32> {
    let mut begun = acting::begin(conn, library, op, Move::Reopen, id, seen)?;
    let worked = |kind| !matches!(kind, StepKind::Reception | StepKind::Return | StepKind::Approval);
    let to = begun.locked.route.iter().rposition_of(|step| worked(step.kind)).ok_or(Refusal::StepNotOpen)?;
    begun.next.finished_at = None;
    begun.next.decision = None;
    begun.next.proposed_by = None;
    results::withdraw_standing(conn, id, op.now)?;
    let desk = begun.hand_to(conn, library, i16::try_from(to).map_err(Error::internal)?)?;
    begun.finish(conn, desk, DossierEventKind::Reopened, Some(body.reason.to_string()), None)
}
