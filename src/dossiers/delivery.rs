//! Handing over the result, and the ways a dossier ends without one: withdrawn by its owner, or stopped.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::acting;
use super::events::DossierEventKind;
use super::intake::WithReason;
use super::library::Library;
use super::model::State;
use super::refusal::Refusal;
use super::store::{DeskChange, results, waits};
use super::workflow::Move;
use crate::authority::Op;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::DossierId;
use crate::kernel::values::Words;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryWay {
    Online,
    Counter,
    Post,
}

impl DeliveryWay {
    fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Counter => "counter",
            Self::Post => "post",
        }
    }
}

/// Hands the result over.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "how": "online" }))]
pub struct ReturnResult {
    pub how: DeliveryWay,
    pub note: Option<Words>,
}

pub fn return_result(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &ReturnResult,
) -> Result<i32> {
    let begun = acting::begin_at_desk(conn, library, op, Move::Return, id, seen)?;
    if body.how == DeliveryWay::Online && begun.locked.identity.applicant_id.is_none() {
        return Err(Refusal::NoAccountToReturnTo.into());
    }
    results::mark_returned(conn, id, body.how.code(), op.now)?;
    let note = body.note.as_ref().map(Words::to_string);
    begun.finish(conn, DeskChange::Close, DossierEventKind::Returned, note, None)
}

/// The owner asks to take the dossier back; the clock stands until the officer has answered.
pub fn withdraw(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &WithReason,
) -> Result<i32> {
    let mut begun = acting::begin(conn, library, op, Move::Withdraw, id, seen)?;
    begun.next.withdrawal_from = Some(begun.locked.progress.state);
    let desk = DeskChange::Keep { due: None };
    begun.finish(conn, desk, DossierEventKind::WithdrawalRequested, Some(body.reason.to_string()), None)
}

pub fn confirm_withdrawal(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
) -> Result<i32> {
    let mut begun = acting::begin(conn, library, op, Move::ConfirmWithdrawal, id, seen)?;
    begun.next.withdrawal_from = None;
    waits::close_open_supplement(conn, id, op.now, "withdrawn")?;
    waits::cancel_payment_request(conn, id, op.now)?;
    begun.finish(conn, DeskChange::Close, DossierEventKind::Stopped, None, None)
}

/// Back to where it was. What it waited for before, it waits for again, for as long as was left; what the citizen had
/// done already is not waited for twice.
pub fn reject_withdrawal(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &WithReason,
) -> Result<i32> {
    let mut begun = acting::begin(conn, library, op, Move::RejectWithdrawal, id, seen)?;
    begun.next.withdrawal_from = None;
    let supplement = waits::open_supplement(conn, id)?;
    let is_answered = supplement.as_ref().is_some_and(|supplement| supplement.answered_at.is_some());
    let due = match State::from_code(begun.next.state) {
        Some(State::NewlyRegistered) => begun.reception_after_wait(conn, library)?,
        Some(State::SupplementRequested) if !is_answered => {
            let waited = begun.waited_since(conn)?;
            waits::extend_supplement(conn, id, waited)?;
            None
        }
        Some(State::FinancialObligation) => None,
        _ => begun.resume(conn, library)?,
    };
    let desk = DeskChange::Keep { due };
    begun.finish(conn, desk, DossierEventKind::WithdrawalRejected, Some(body.reason.to_string()), None)
}

/// A stop notice: the administration ends it, with its reason (Circular 03/2025/TT-VPCP, form 05).
pub fn stop(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &WithReason,
) -> Result<i32> {
    let begun = acting::begin(conn, library, op, Move::Stop, id, seen)?;
    begun.finish(conn, DeskChange::Close, DossierEventKind::Stopped, Some(body.reason.to_string()), None)
}
