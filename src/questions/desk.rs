//! Claiming and letting go. The lease is [`crate::authority::Lease`], the same as for tasks.

use super::acting::{self, Said};
use super::refusal::Refusal;
use super::rules::Rules;
use super::workflow::Move;
use crate::authority::Op;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;

/// Takes the question for a while; again by the same officer renews the lease.
pub fn claim(conn: &mut Conn, rules: &Rules, op: &Op, id: QuestionId) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, op, Move::Claim, id, None)?;
    begun.next.assignee_id = Some(begun.actor()?);
    begun.next.lease_until = Some(op.now + rules.claim_lease);
    begun.finish(conn, None, Said::default())
}

pub fn release(conn: &mut Conn, op: &Op, id: QuestionId) -> Result<i32> {
    let mut begun = acting::begin(conn, op, Move::Release, id, None)?;
    if !begun.locked.progress.lease().is_held_by(op.account_id(), op.now) {
        return Err(Refusal::NotClaimed.into());
    }
    begun.next.let_go();
    begun.finish(conn, None, Said::default())
}
