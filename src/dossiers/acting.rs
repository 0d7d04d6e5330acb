//! What every move by somebody has in common: lock, permission, the version that was seen, the workflow, and for
//! a move at a desk the right role with nobody else holding the task.

use super::deadlines::{self, DossierClock};
use super::draft;
use super::events::DossierEventKind;
use super::library::Library;
use super::model::{Locked, Progress, State};
use super::refusal::Refusal;
use super::store::{self, DeskChange, StepDue, Transition};
use super::workflow::{self, Move};
use chrono::Duration;

use crate::authority::{Op, Permit, Role};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, DossierId};
use crate::kernel::{Error, General, Result};

/// A move that may be made: what it was, the proof, and where it leads.
pub struct Begun {
    pub locked: Locked,
    pub permit: Permit,
    pub step: Move,
    /// The row as it will be; the verb fills in what is its own.
    pub next: Progress,
    pub minutes_used: Option<i32>,
}

/// A move by the applicant, or by an officer from outside the desk.
pub fn begin(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    step: Move,
    id: DossierId,
    seen: i32,
) -> Result<Begun> {
    let (locked, permit) = draft::lock_for(conn, op, step.action(), id)?;
    draft::still(&locked, seen)?;
    let to = workflow::go(locked.state(), step, locked.way())?;
    let minutes_used = deadlines::minutes_at_step(conn, library, &locked, op.now)?;
    let mut next = locked.progress.clone();
    next.state = to.code();
    if to.has_ended() {
        next.ended_at = Some(op.now);
    }
    Ok(Begun { locked, permit, step, next, minutes_used })
}

/// A move of the officer at whose desk the task lies.
pub fn begin_at_desk(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    step: Move,
    id: DossierId,
    seen: i32,
) -> Result<Begun> {
    let begun = begin(conn, library, op, step, id, seen)?;
    let task = begun.locked.task.as_ref().ok_or(Refusal::StepNotOpen)?;
    let role =
        task.needs().ok_or_else(|| Error::internal(format!("task {} needs an unknown role", task.id)))?;
    if !op.holds_at(role, task.agency_id) && !op.holds_at(Role::Leader, task.agency_id) {
        return Err(General::NotAllowed.error().with("role", role.code()));
    }
    if task.holder(op.now).is_some_and(|holder| Some(holder) != op.account_id()) {
        return Err(Refusal::ClaimedByOther.into());
    }
    Ok(begun)
}

impl Begun {
    pub fn state(&self) -> State {
        self.locked.state()
    }

    /// The officer or citizen who acts.
    pub fn actor(&self) -> Result<AccountId> {
        self.permit.account_id().ok_or_else(|| General::NotSignedIn.into())
    }

    /// Makes the move; the new row version.
    pub fn finish(
        self,
        conn: &mut Conn,
        desk: DeskChange,
        event: DossierEventKind,
        reason: Option<String>,
        internal_note: Option<String>,
    ) -> Result<i32> {
        let Self { locked, permit, step, next, minutes_used } = self;
        // The time of a step is told once, when its task is done.
        let minutes_used = minutes_used.filter(|_| !matches!(desk, DeskChange::Keep { .. }));
        let transition =
            Transition { permit: &permit, step, next, desk, minutes_used, reason, internal_note, event };
        store::apply(conn, &locked, transition)
    }

    pub fn clock(&self, conn: &mut Conn, library: &Library, accepted_at: Moment) -> Result<DossierClock<'_>> {
        let definition = library.pinned(conn, &self.locked)?;
        let channel = draft::channel(&self.locked)?;
        DossierClock::new(
            conn,
            library,
            &definition,
            channel,
            &self.locked.route,
            accepted_at,
            self.permit.at(),
        )?
        .with_history(conn, self.locked.id())
    }

    /// Waiting is over: the due moment moves by the working time waited. Call it when the pause has an end.
    pub fn resume(&mut self, conn: &mut Conn, library: &Library) -> Result<Option<StepDue>> {
        let Some(accepted_at) = self.locked.progress.accepted_at else { return Ok(None) };
        store::waits::end_pause(conn, self.locked.id(), self.permit.at())?;
        let (whole, at_step) = {
            let clock = self.clock(conn, library, accepted_at)?;
            (clock.whole()?, clock.step(self.locked.progress.current_step)?)
        };
        store::apologies::keep_original(conn, self.locked.id(), whole.original_due_at)?;
        whole.write(&mut self.next)?;
        Ok(Some(at_step))
    }

    /// How long the open pause has lasted.
    pub fn waited_since(&self, conn: &mut Conn) -> Result<Duration> {
        let open = store::waits::pauses(conn, self.locked.id())?
            .into_iter()
            .rfind(|(_, _, ended_at)| ended_at.is_none());
        Ok(open.map_or(Duration::zero(), |(_, started_at, _)| self.permit.at() - started_at))
    }

    /// Reception's own clock stood as well: its due moment moves by the working time waited.
    pub fn reception_after_wait(&self, conn: &mut Conn, library: &Library) -> Result<Option<StepDue>> {
        let Some(task) = &self.locked.task else { return Ok(None) };
        let (now, waited) = (self.permit.at(), self.waited_since(conn)?);
        let due_at = deadlines::later_by_work(conn, library, task.due_at, now - waited, now)?;
        Ok(Some(StepDue { due_at, warn_at: None }))
    }

    /// The desk change that hands the dossier to a step, due by its share.
    pub fn hand_to(&self, conn: &mut Conn, library: &Library, step: i16) -> Result<DeskChange> {
        let accepted_at = self.next.accepted_at.unwrap_or(self.permit.at());
        let due = self.clock(conn, library, accepted_at)?.step(step)?;
        Ok(DeskChange::HandTo { step, due })
    }
}

/// The day, as the office counts it.
pub fn today(op: &Op) -> chrono::NaiveDate {
    store::drafts::office_day(op.now)
}
