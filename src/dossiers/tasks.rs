//! Claiming: two officers never win the same task. A claim is a lease; who lets it run out has let go.

use diesel::prelude::*;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::draft;
use super::library::Library;
use super::model::Task;
use super::refusal::Refusal;
use crate::audit;
use crate::authority::{Action, Op, Role};
use crate::identity::standing;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, DossierId};
use crate::kernel::{Error, General, Result};
use crate::schema::tasks;

/// Takes the open task for a while; again by the same officer renews the lease.
pub fn claim(conn: &mut Conn, library: &Library, op: &Op, id: DossierId) -> Result<()> {
    let (locked, permit) = draft::lock_for(conn, op, Action::TaskClaim, id)?;
    let task = locked.task.as_ref().ok_or(Refusal::StepNotOpen)?;
    let me = op.account_id().ok_or(General::NotSignedIn)?;
    must_fit(op, task)?;
    if task.holder(op.now).is_some_and(|holder| holder != me) {
        return Err(Refusal::ClaimedByOther.into());
    }
    hold(conn, task, Some((me, op.now + library.claim_lease)))?;
    audit::record(conn, &permit, json!({ "task": task.id }))
}

pub fn release(conn: &mut Conn, op: &Op, id: DossierId) -> Result<()> {
    let (locked, permit) = draft::lock_for(conn, op, Action::TaskRelease, id)?;
    let task = locked.task.as_ref().ok_or(Refusal::StepNotOpen)?;
    if task.holder(op.now).is_none() || task.holder(op.now) != op.account_id() {
        return Err(Refusal::NotClaimed.into());
    }
    hold(conn, task, None)?;
    audit::record(conn, &permit, json!({ "task": task.id }))
}

/// A leader gives the task to an officer of the desk, whoever holds it now.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "assignee_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21" }))]
pub struct ReassignTask {
    pub assignee_id: AccountId,
}

pub fn reassign(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    body: &ReassignTask,
) -> Result<()> {
    let (locked, permit) = draft::lock_for(conn, op, Action::TaskReassign, id)?;
    let task = locked.task.as_ref().ok_or(Refusal::StepNotOpen)?;
    let role = needed(task)?;
    let fits = standing::holds_at(conn, body.assignee_id, &[role, Role::Leader], task.agency_id, op.now)?;
    if !fits {
        return Err(Refusal::AssigneeNotFit.error().with("role", role.code()));
    }
    hold(conn, task, Some((body.assignee_id, op.now + library.claim_lease)))?;
    audit::record(conn, &permit, json!({ "task": task.id, "from": task.assignee_id, "to": body.assignee_id }))
}

fn must_fit(op: &Op, task: &Task) -> Result<()> {
    let role = needed(task)?;
    if op.holds_at(role, task.agency_id) || op.holds_at(Role::Leader, task.agency_id) {
        return Ok(());
    }
    Err(General::NotAllowed.error().with("role", role.code()))
}

fn needed(task: &Task) -> Result<Role> {
    task.needs().ok_or_else(|| Error::internal(format!("task {} needs an unknown role", task.id)))
}

fn hold(conn: &mut Conn, task: &Task, by: Option<(AccountId, Moment)>) -> Result<()> {
    let (assignee_id, lease_until) = by.unzip();
    diesel::update(tasks::table.find(task.id))
        .set((tasks::assignee_id.eq(assignee_id), tasks::lease_until.eq(lease_until)))
        .execute(conn)?;
    Ok(())
}
