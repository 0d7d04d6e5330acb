//! What every move has in common: lock, permission, the version that was seen, the workflow, and for a move at a desk
//! nobody else holding the question.

use super::events::QuestionEventKind;
use super::model::{Locked, Progress, Subject};
use super::refusal::Refusal;
use super::store::{self, Transition};
use super::workflow::{self, Move};
use crate::authority::{Op, Permit};
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, QuestionId};
use crate::kernel::{General, Result};

/// A move that may be made: what it was, the proof, and where it leads.
pub struct Begun {
    pub locked: Locked,
    pub permit: Permit,
    pub step: Move,
    /// The row as it will be; the verb fills in what is its own.
    pub next: Progress,
}

/// A move by the asker, or by an officer whom a claim does not keep out. `seen` is none where no version is named.
pub fn begin(conn: &mut Conn, op: &Op, step: Move, id: QuestionId, seen: Option<i32>) -> Result<Begun> {
    let locked = store::lock(conn, id)?.ok_or(General::NotFound)?;
    let permit = op.permit(step.action(), &Subject::from(&locked))?;
    if seen.is_some_and(|seen| seen != locked.progress.version) {
        return Err(General::Stale.error().with("version", locked.progress.version));
    }
    begin_with(locked, permit, step)
}

pub fn begin_with(locked: Locked, permit: Permit, step: Move) -> Result<Begun> {
    let to = workflow::go(locked.state, step, locked.way())?;
    let mut next = locked.progress.clone();
    next.state = to.code().to_owned();
    if to.has_ended() {
        next.ended_at = Some(permit.at());
    }
    if !to.is_running() {
        next.let_go();
    }
    Ok(Begun { locked, permit, step, next })
}

/// A move of the officers at whose desk the question lies.
pub fn begin_at_desk(
    conn: &mut Conn,
    op: &Op,
    step: Move,
    id: QuestionId,
    seen: Option<i32>,
) -> Result<Begun> {
    let begun = begin(conn, op, step, id, seen)?;
    if begun.locked.progress.lease().keeps_out(op.account_id(), op.now) {
        return Err(Refusal::ClaimedByOther.into());
    }
    Ok(begun)
}

/// What is told with a move: a code and the words of whoever made it.
#[derive(Clone, Default)]
pub struct Said {
    pub outcome: Option<String>,
    pub reason: Option<String>,
}

impl Begun {
    pub fn actor(&self) -> Result<AccountId> {
        self.permit.account_id().ok_or_else(|| General::NotSignedIn.into())
    }

    /// Makes the move; the new row version.
    pub fn finish(self, conn: &mut Conn, event: Option<QuestionEventKind>, said: Said) -> Result<i32> {
        let Self { locked, permit, step, next } = self;
        store::apply(conn, &locked, Transition { permit: &permit, step, next, event, said })
    }
}
