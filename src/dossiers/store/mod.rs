//! SQL of the dossiers. Tables: `dossiers`, `dossier_agencies`, `dossier_counters`, `dossier_moves`,
//! `dossier_pauses`, `tasks`, `supplements`, `payment_requests`, `results`, `apologies`, `confirmations`,
//! `deadline_changes`, `deadline_warnings`, `slips`, `slip_counters`.
//!
//! What must stay true: [`apply`] is the only statement that changes a dossier's state, and it names the state
//! and the version that it saw; the move, the task, the audit record and the event stand in its transaction.

pub mod apologies;
pub mod confirmations;
pub mod drafts;
pub mod lists;
pub mod people;
pub mod recompute;
pub mod results;
pub mod slips;
pub mod views;
pub mod waits;
pub mod watch;

use diesel::prelude::*;
use serde_json::json;

use super::confirmation::ConfirmationOutcome;
use super::events::{DossierEvent, DossierEventKind};
use super::model::{Identity, Locked, Progress, RouteStep, State, Task, role_of, step_kind_code};
use super::workflow::Move;
use crate::audit;
use crate::authority::Permit;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::jobs::outbox;
use crate::kernel::ids::{AccountId, AgencyId, DossierId, TaskId};
use crate::kernel::{Error, General, Result};
use crate::schema::{dossier_agencies, dossier_moves, dossiers, tasks};

/// Locks a dossier for this transaction. None where there is none.
pub fn lock(conn: &mut Conn, id: DossierId) -> Result<Option<Locked>> {
    let row = dossiers::table
        .find(id)
        .select((Identity::as_select(), Progress::as_select()))
        .for_update()
        .first::<(Identity, Progress)>(conn)
        .optional()?;
    row.map(|row| with_desk(conn, row)).transpose()
}

/// The same, only to be read.
pub fn read(conn: &mut Conn, id: DossierId) -> Result<Option<Locked>> {
    let row = dossiers::table
        .find(id)
        .select((Identity::as_select(), Progress::as_select()))
        .first::<(Identity, Progress)>(conn)
        .optional()?;
    row.map(|row| with_desk(conn, row)).transpose()
}

fn with_desk(conn: &mut Conn, (identity, progress): (Identity, Progress)) -> Result<Locked> {
    let route = serde_json::from_value(identity.route.clone()).map_err(Error::internal)?;
    if progress.state == State::Draft.code() {
        // It lies on no desk and has reached nobody.
        return Ok(Locked { identity, progress, task: None, route, involved: Vec::new() });
    }
    let task = open_task(conn, identity.id)?;
    let involved = dossier_agencies::table
        .filter(dossier_agencies::dossier_id.eq(identity.id))
        .select(dossier_agencies::agency_id)
        .load(conn)?;
    Ok(Locked { identity, progress, task, route, involved })
}

fn open_task(conn: &mut Conn, id: DossierId) -> Result<Option<Task>> {
    let task = tasks::table
        .filter(tasks::dossier_id.eq(id).and(tasks::closed_at.is_null()))
        .select(Task::as_select())
        .first(conn)
        .optional()?;
    Ok(task)
}

/// What a move does to the desk.
#[derive(Clone, Debug)]
pub enum DeskChange {
    /// The task stays where it is; waiting may have moved its due moment.
    Keep { due: Option<StepDue> },
    /// The task is done and the step named is next.
    HandTo { step: i16, due: StepDue },
    /// The task is done and nothing follows.
    Close,
}

/// When a step is due, and when its desk is warned of the dossier's own due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepDue {
    pub due_at: Moment,
    pub warn_at: Option<Moment>,
}

pub struct Transition<'a> {
    pub permit: &'a Permit,
    pub step: Move,
    /// The row as it will be. Its version is set here.
    pub next: Progress,
    pub desk: DeskChange,
    pub minutes_used: Option<i32>,
    /// For the citizen to read.
    pub reason: Option<String>,
    /// For the administration only.
    pub internal_note: Option<String>,
    pub event: DossierEventKind,
}

/// Makes the move. The lock has been held since the row was read, so the WHERE can only fail if a rule of this
/// room was broken; it is kept because an invariant that is not in the statement is a hope.
pub fn apply(conn: &mut Conn, locked: &Locked, mut transition: Transition<'_>) -> Result<i32> {
    let before = &locked.progress;
    let next = &mut transition.next;
    next.version = before.version + 1;
    if let DeskChange::HandTo { step, .. } = transition.desk {
        next.handling_agency_id = Some(step_at(locked, step)?.agency_id);
        next.current_step = step;
    }
    let updated = diesel::update(
        dossiers::table
            .find(locked.id())
            .filter(dossiers::state.eq(before.state).and(dossiers::version.eq(before.version))),
    )
    .set(&*next)
    .execute(conn)?;
    if updated != 1 {
        return Err(General::Stale.into());
    }
    after_update(conn, locked, transition)
}

/// What stands beside every change of state: the desk, the pause, the move, the audit record, the event.
fn after_update(conn: &mut Conn, locked: &Locked, transition: Transition<'_>) -> Result<i32> {
    let Transition { permit, step, next, desk, minutes_used, reason, internal_note, event } = transition;
    let before = &locked.progress;
    let (id, now) = (locked.id(), permit.at());
    change_desk(conn, locked, permit, &desk, next.state, step)?;
    waits::follow(conn, id, before.state, next.state, now)?;
    let leaves = next.state != before.state || !matches!(desk, DeskChange::Keep { .. });
    if leaves && before.state == State::InProcessing.code() {
        // What the dossier leaves behind is not answered any more.
        confirmations::close(conn, id, now, ConfirmationOutcome::Lapsed.code(), None)?;
    }
    diesel::insert_into(dossier_moves::table)
        .values((
            dossier_moves::dossier_id.eq(id),
            dossier_moves::version.eq(next.version),
            dossier_moves::at.eq(now),
            dossier_moves::action.eq(step.word()),
            dossier_moves::from_state.eq(before.state),
            dossier_moves::to_state.eq(next.state),
            dossier_moves::actor_id.eq(permit.account_id()),
            dossier_moves::actor_role.eq(permit.role().map(crate::authority::Role::code)),
            dossier_moves::from_agency_id.eq(before.handling_agency_id),
            dossier_moves::to_agency_id.eq(next.handling_agency_id),
            dossier_moves::step_code.eq(locked.step().map(|step| step.code.as_str())),
            dossier_moves::minutes_used.eq(minutes_used),
            dossier_moves::reason.eq(reason),
            dossier_moves::internal_note.eq(internal_note),
        ))
        .execute(conn)?;
    if let Some(agency_id) = next.handling_agency_id.filter(|agency| !locked.involved.contains(agency)) {
        reach(conn, id, agency_id, now)?;
    }
    let detail = json!({ "from": before.state, "to": next.state, "version": next.version });
    audit::record(conn, permit, detail)?;
    slips::follow(conn, locked, permit, step, &next)?;
    let event = DossierEvent {
        kind: event,
        dossier_id: id,
        version: next.version,
        from_state: before.state,
        to_state: next.state,
        change_id: None,
    };
    outbox::publish(conn, &event, permit.request_id(), now)?;
    Ok(next.version)
}

/// From now on that agency's officers may see the dossier.
pub fn reach(conn: &mut Conn, id: DossierId, agency_id: AgencyId, now: Moment) -> Result<()> {
    diesel::insert_into(dossier_agencies::table)
        .values((
            dossier_agencies::agency_id.eq(agency_id),
            dossier_agencies::dossier_id.eq(id),
            dossier_agencies::reached_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

fn change_desk(
    conn: &mut Conn,
    locked: &Locked,
    permit: &Permit,
    desk: &DeskChange,
    state: i16,
    step: Move,
) -> Result<()> {
    match desk {
        DeskChange::Keep { due } => {
            let Some(task) = &locked.task else { return Ok(()) };
            let due = due.unwrap_or(StepDue { due_at: task.due_at, warn_at: task.warn_at });
            diesel::update(tasks::table.find(task.id))
                .set((
                    tasks::dossier_state.eq(state),
                    tasks::due_at.eq(due.due_at),
                    tasks::warn_at.eq(due.warn_at),
                ))
                .execute(conn)?;
        }
        DeskChange::Close => close_task(conn, locked, permit, step)?,
        DeskChange::HandTo { step: to, due } => {
            close_task(conn, locked, permit, step)?;
            let route_step = step_at(locked, *to)?;
            open_new_task(conn, locked, route_step, *to, state, permit.at(), *due)?;
        }
    }
    Ok(())
}

fn close_task(conn: &mut Conn, locked: &Locked, permit: &Permit, step: Move) -> Result<()> {
    let Some(task) = &locked.task else { return Ok(()) };
    diesel::update(tasks::table.find(task.id))
        .set((
            tasks::closed_at.eq(permit.at()),
            tasks::closed_by.eq(permit.account_id()),
            tasks::outcome.eq(step.word()),
            tasks::lease_until.eq(None::<Moment>),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn open_new_task(
    conn: &mut Conn,
    locked: &Locked,
    route_step: &RouteStep,
    step: i16,
    state: i16,
    now: Moment,
    due: StepDue,
) -> Result<()> {
    diesel::insert_into(tasks::table)
        .values((
            tasks::id.eq(TaskId::new()),
            tasks::dossier_id.eq(locked.id()),
            tasks::step.eq(step),
            tasks::step_code.eq(&route_step.code),
            tasks::step_kind.eq(step_kind_code(route_step.kind)),
            tasks::role.eq(role_of(route_step.role).code()),
            tasks::agency_id.eq(route_step.agency_id),
            tasks::dossier_state.eq(state),
            tasks::procedure_id.eq(locked.identity.procedure_id),
            tasks::opened_at.eq(now),
            tasks::due_at.eq(due.due_at),
            tasks::warn_at.eq(due.warn_at),
        ))
        .execute(conn)?;
    Ok(())
}

fn step_at(locked: &Locked, step: i16) -> Result<&RouteStep> {
    let found = usize::try_from(step).ok().and_then(|index| locked.route.get(index));
    found.ok_or_else(|| Error::internal(format!("dossier {} has no step {step}", locked.id())))
}

/// Who took the dossier in last: accepted it, or received it at the counter.
pub fn accepted_by(conn: &mut Conn, id: DossierId) -> Result<Option<AccountId>> {
    let actor = dossier_moves::table
        .filter(dossier_moves::dossier_id.eq(id))
        .filter(dossier_moves::action.eq_any([Move::Accept.word(), Move::ReceiveAtCounter.word()]))
        .order(dossier_moves::version.desc())
        .select(dossier_moves::actor_id)
        .first::<Option<AccountId>>(conn)
        .optional()?;
    Ok(actor.flatten())
}
