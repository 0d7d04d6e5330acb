//! Late and known to be: the leader apologises, says why, and names a new date, at least one working day before the
//! old one, once (Circular 03/2025/TT-VPCP, form 04). The old date stays on record: Index 766 counts by it.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::acting;
use super::deadlines::Promise;
use super::events::DossierEventKind;
use super::library::Library;
use super::refusal::Refusal;
use super::store::DeskChange;
use super::store::apologies::{self, Apology};
use super::workflow::Move;
use crate::authority::Op;
use crate::calendar::{WorkingHours, working_time};
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, Result};

/// The reason and the new date; the applicant reads both.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "Cần xác minh thêm tại hai nơi cư trú trước đây.", "new_due_on": "2026-12-10" }))]
pub struct Apologise {
    pub reason: Words,
    /// A working day after the old due date.
    pub new_due_on: NaiveDate,
}

pub fn apologise(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &Apologise,
) -> Result<i32> {
    let mut begun = acting::begin(conn, library, op, Move::Apologise, id, seen)?;
    let without = || Error::internal("a running dossier without a due time");
    let old_due_at = begun.locked.progress.due_at.ok_or_else(without)?;
    let accepted_at = begun.locked.progress.accepted_at.ok_or_else(without)?;
    if apologies::of(conn, id)?.is_some() {
        return Err(Refusal::ApologyGiven.into());
    }
    let calendar = library.calendars.get(conn)?;
    let last_moment =
        working_time::working_days_before(&calendar, &WorkingHours::default(), in_vietnam(old_due_at), 1)
            .map_err(Error::internal)?;
    if op.now > last_moment {
        return Err(Refusal::ApologyTooLate.error().with("until", last_moment.to_rfc3339()));
    }
    if body.new_due_on <= in_vietnam(old_due_at).date_naive() {
        return Err(bad_date(
            "later",
            "Ngày hẹn lại phải sau ngày hẹn cũ.",
            "The new date is after the old one.",
        ));
    }
    if !calendar.is_working_day(body.new_due_on) {
        return Err(bad_date(
            "working_day",
            "Ngày hẹn lại phải là ngày làm việc.",
            "The new date is a working day.",
        ));
    }
    let (whole, at_step) = {
        let mut clock = begun.clock(conn, library, accepted_at)?;
        clock.promise = Some(Promise { given_at: in_vietnam(op.now), new_due_on: body.new_due_on });
        (clock.whole()?, clock.step(begun.locked.progress.current_step)?)
    };
    let apology = Apology {
        dossier_id: id,
        at: op.now,
        by_account_id: begun.actor()?,
        reason: body.reason.to_string(),
        old_due_at,
        original_due_at: whole.original_due_at.unwrap_or(old_due_at),
        new_due_on: body.new_due_on,
        new_due_at: whole.deadline.due_at.to_utc(),
    };
    apologies::insert(conn, &apology)?;
    whole.write(&mut begun.next)?;
    let reason = Some(body.reason.to_string());
    begun.finish(conn, DeskChange::Keep { due: Some(at_step) }, DossierEventKind::Apologised, reason, None)
}

fn bad_date(code: &str, vi: &str, en: &str) -> Error {
    Error::invalid(vec![Fault::new("/new_due_on", code, vi, en)])
}
