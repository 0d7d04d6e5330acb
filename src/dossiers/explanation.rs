//! Why a dossier is due when it is due: the stored reckoning, each wait, each change of the calendar, the apology, and
//! each step's share. Before acceptance the reception clock is explained.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::deadlines::{self, DossierClock};
use super::library::{Library, channel_of};
use super::model::{Locked, State};
use super::store::recompute::{ChangeLine, changes_of};
use super::store::{self, apologies, waits};
use super::uploads;
use super::views::{StateView, is_overdue};
use crate::authority::Op;
use crate::calendar::{Deadline, TraceLine};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::{CalendarChangeId, DossierId};
use crate::kernel::{Error, General, Result};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "clock": "processing", "started_at": "2026-11-23T08:05:00+07:00", "due_at": "2026-12-03T17:00:00+07:00",
    "due_on": "2026-12-03", "original_due_at": null, "is_overdue": false, "provisional": false, "waited_minutes": 0,
    "trace": [], "pauses": [], "changes": [], "apology": null, "steps": []
}))]
pub struct DeadlineView {
    /// `reception` before acceptance, `processing` from then on.
    #[schema(example = "processing")]
    pub clock: String,
    /// From when the limit counts.
    pub started_at: DateTime<FixedOffset>,
    pub due_at: DateTime<FixedOffset>,
    pub due_on: NaiveDate,
    /// What would be due without the apology: what Index 766 counts by.
    pub original_due_at: Option<DateTime<FixedOffset>>,
    pub is_overdue: bool,
    /// A year on the way has no notice of days off yet.
    pub provisional: bool,
    /// Working time waited for the applicant; already in `due_at`.
    pub waited_minutes: i64,
    /// The reckoning, line by line, in Vietnamese and English.
    pub trace: Vec<TraceLine>,
    pub pauses: Vec<PauseView>,
    /// What changes of the calendar did to it.
    pub changes: Vec<DeadlineChangeView>,
    pub apology: Option<ApologyView>,
    /// Each step and its share of the time; none before acceptance.
    pub steps: Vec<StepDueView>,
}

/// Time that waits for the applicant, and does not count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PauseView {
    pub state: StateView,
    pub from: DateTime<FixedOffset>,
    pub until: Option<DateTime<FixedOffset>>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadlineChangeView {
    pub change_id: CalendarChangeId,
    #[schema(example = "processing")]
    pub clock: String,
    pub at: DateTime<FixedOffset>,
    pub old_due_at: DateTime<FixedOffset>,
    pub new_due_at: DateTime<FixedOffset>,
    /// It had passed when it was moved: it was late then, whatever the new date says.
    pub was_missed: bool,
    pub legal_notice: String,
    pub vi: String,
    pub en: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApologyView {
    pub at: DateTime<FixedOffset>,
    pub reason: String,
    pub old_due_at: DateTime<FixedOffset>,
    pub new_due_on: NaiveDate,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepDueView {
    #[schema(example = "processing")]
    pub code: String,
    /// Percent of the whole time.
    pub time_share: u32,
    pub due_at: DateTime<FixedOffset>,
    pub is_current: bool,
}

pub fn explain(conn: &mut Conn, library: &Library, op: &Op, id: DossierId) -> Result<DeadlineView> {
    uploads::look(conn, op, id)?;
    let read = store::read(conn, id)?.ok_or(General::NotFound)?;
    let state = read.state();
    let Some(submitted_at) = read.identity.submitted_at else { return Err(General::NotFound.into()) };
    let mut view = match (&read.progress.deadline, read.progress.accepted_at) {
        (Some(stored), Some(accepted_at)) => {
            let deadline: Deadline = serde_json::from_value(stored.clone()).map_err(Error::internal)?;
            let mut view = plain("processing", deadline);
            view.is_overdue =
                is_overdue(state, state.waits(), read.progress.due_at, read.progress.finished_at, op.now);
            view.steps = steps(conn, library, &read, accepted_at, op.now)?;
            view
        }
        _ => {
            let arrived_at = waits::last_answer(conn, id)?.map_or(submitted_at, |at| at.max(submitted_at));
            let calendar = library.calendars.get(conn)?;
            let channel = channel_of(&read.identity.channel)?;
            let mut view = plain("reception", deadlines::reception_deadline(&calendar, channel, arrived_at)?);
            view.is_overdue = state == State::NewlyRegistered && op.now > view.due_at;
            view
        }
    };
    for (code, from, until) in waits::pauses(conn, id)? {
        let state = StateView::from(State::from_code(code).unwrap_or(State::Draft));
        view.pauses.push(PauseView { state, from: in_vietnam(from), until: until.map(in_vietnam) });
    }
    view.changes = changes_of(conn, id)?.into_iter().map(changed).collect();
    if let Some(apology) = apologies::of(conn, id)? {
        view.original_due_at = Some(in_vietnam(apology.original_due_at));
        view.apology = Some(ApologyView {
            at: in_vietnam(apology.at),
            reason: apology.reason,
            old_due_at: in_vietnam(apology.old_due_at),
            new_due_on: apology.new_due_on,
        });
    }
    Ok(view)
}

fn plain(clock: &str, deadline: Deadline) -> DeadlineView {
    DeadlineView {
        clock: clock.to_owned(),
        started_at: deadline.start,
        due_at: deadline.due_at,
        due_on: deadline.due_on,
        original_due_at: None,
        is_overdue: false,
        provisional: deadline.provisional,
        waited_minutes: deadline.waited_minutes,
        trace: deadline.trace,
        pauses: Vec::new(),
        changes: Vec::new(),
        apology: None,
        steps: Vec::new(),
    }
}

fn steps(
    conn: &mut Conn,
    library: &Library,
    read: &Locked,
    accepted_at: Moment,
    now: Moment,
) -> Result<Vec<StepDueView>> {
    let definition = library.pinned(conn, read)?;
    let channel = channel_of(&read.identity.channel)?;
    let clock = DossierClock::new(conn, library, &definition, channel, &read.route, accepted_at, now)?
        .with_history(conn, read.id())?;
    let mut steps = Vec::with_capacity(read.route.len());
    for (index, step) in read.route.iter().enumerate() {
        let place = i16::try_from(index).map_err(Error::internal)?;
        let task = read.task.as_ref().filter(|task| task.step == place);
        let due_at = match task {
            Some(task) => task.due_at,
            None => clock.step(place)?.due_at,
        };
        steps.push(StepDueView {
            code: step.code.clone(),
            time_share: step.time_share,
            due_at: in_vietnam(due_at),
            is_current: task.is_some(),
        });
    }
    Ok(steps)
}

fn changed(line: ChangeLine) -> DeadlineChangeView {
    let (old, new) = (in_vietnam(line.old_due_at), in_vietnam(line.new_due_at));
    let day = |at: DateTime<FixedOffset>| at.format("%H:%M %d/%m/%Y").to_string();
    let (late_vi, late_en) = if line.was_missed {
        (" Khi đó hạn cũ đã qua: hồ sơ đã trễ hạn.", " The old time had passed then: it was late.")
    } else {
        ("", "")
    };
    DeadlineChangeView {
        change_id: line.change_id,
        clock: line.clock,
        at: in_vietnam(line.at),
        old_due_at: old,
        new_due_at: new,
        was_missed: line.was_missed,
        vi: format!(
            "Lịch làm việc thay đổi theo {}: hạn {} chuyển thành {}.{late_vi}",
            line.legal_notice,
            day(old),
            day(new)
        ),
        en: format!(
            "The calendar changed by {}: due {} became {}.{late_en}",
            line.legal_notice,
            day(old),
            day(new)
        ),
        legal_notice: line.legal_notice,
    }
}
