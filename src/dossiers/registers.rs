//! Sổ theo dõi hồ sơ: an agency's register of what it received in a period (Circular 03/2025/TT-VPCP, form 07), made
//! when it is read.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::lists::bad_cursor;
use super::model::{Desk, State};
use super::store::slips::{self as store, RegisterRow};
use super::views::{StateView, is_overdue, masked_name};
use crate::authority::{Action, Op, Role};
use crate::calendar::HANOI;
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::{AgencyId, DossierId};
use crate::kernel::paging::{self, Limit, Page};
use crate::kernel::{Error, Fault, Result};

/// Whose register, and from which day to which.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RegisterAsked {
    #[param(inline)]
    pub agency_id: AgencyId,
    /// The first day.
    #[param(example = "2026-11-01")]
    pub from: NaiveDate,
    /// The last day.
    #[param(example = "2026-11-30")]
    pub to: NaiveDate,
    /// Rows a page, 1 to 100.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, example = 50)]
    pub limit: Option<Limit>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisterLine {
    pub dossier_id: DossierId,
    #[schema(example = "H53.21.01-261122-0001")]
    pub number: String,
    /// Of the receipt and appointment slip.
    #[schema(example = "0001/2026")]
    pub receipt_number: Option<String>,
    #[schema(example = "1.001193")]
    pub procedure_code: String,
    #[schema(example = "Đăng ký khai sinh")]
    pub procedure_name: String,
    #[schema(example = "Nguyễn Văn An")]
    pub applicant_name: String,
    #[schema(example = "online")]
    pub channel: String,
    pub state: StateView,
    pub submitted_at: DateTime<FixedOffset>,
    pub accepted_at: Option<DateTime<FixedOffset>>,
    pub due_at: Option<DateTime<FixedOffset>>,
    pub finished_at: Option<DateTime<FixedOffset>>,
    pub ended_at: Option<DateTime<FixedOffset>>,
    pub is_overdue: bool,
}

const REGISTER: &str = "registers.by_time";

pub fn read(conn: &mut Conn, op: &Op, asked: &RegisterAsked) -> Result<Page<RegisterLine>> {
    op.permit(Action::RegisterRead, &Desk(asked.agency_id))?;
    if asked.to < asked.from {
        let fault = Fault::new(
            "to",
            "range",
            "Ngày cuối đứng trước ngày đầu.",
            "The last day lies before the first.",
        );
        return Err(Error::invalid(vec![fault]));
    }
    let span = (beginning_of(asked.from), asked.to.succ_opt().and_then(beginning_of));
    let (Some(from), Some(to)) = (span.0, span.1) else {
        return Err(Error::invalid(vec![Fault::new(
            "to",
            "range",
            "Ngày ngoài lịch.",
            "The day is outside the calendar.",
        )]));
    };
    let limit = asked.limit.unwrap_or_default();
    let after = match &asked.cursor {
        Some(cursor) => {
            Some(paging::decode_cursor::<(Moment, DossierId)>(REGISTER, cursor).map_err(bad_cursor)?)
        }
        None => None,
    };
    let rows = store::register(conn, asked.agency_id, (from, to), after, limit.with_one_more())?;
    let works_there =
        [Role::Reception, Role::Leader].into_iter().any(|role| op.holds_at(role, asked.agency_id));
    let page =
        Page::from_rows(rows, limit, REGISTER, |row| (row.submitted_at, row.id)).map_err(Error::internal)?;
    Ok(page.map(|row| line(row, works_there, op.now)))
}

fn beginning_of(day: NaiveDate) -> Option<Moment> {
    day.and_time(NaiveTime::MIN).and_local_timezone(HANOI).single().map(|at| at.to_utc())
}

fn line(row: RegisterRow, in_full: bool, now: Moment) -> RegisterLine {
    let state = State::from_code(row.state).unwrap_or(State::Draft);
    RegisterLine {
        dossier_id: row.id,
        number: row.number,
        receipt_number: row.receipt_number,
        procedure_code: row.procedure_code,
        procedure_name: row.procedure_name,
        applicant_name: if in_full { row.applicant_name } else { masked_name(&row.applicant_name) },
        channel: row.channel,
        state: StateView::from(state),
        submitted_at: in_vietnam(row.submitted_at),
        accepted_at: row.accepted_at.map(in_vietnam),
        due_at: row.due_at.map(in_vietnam),
        finished_at: row.finished_at.map(in_vietnam),
        ended_at: row.ended_at.map(in_vietnam),
        is_overdue: is_overdue(state, row.due_at, row.finished_at, now),
    }
}
