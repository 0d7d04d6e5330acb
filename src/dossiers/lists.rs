//! Lists of dossiers and queues of tasks. One predicate says what an account sees; pages and counts share it.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::State;
use super::store::lists::{self as store, DossierLine, TaskLine};
use super::views::{StateView, is_overdue, masked, masked_name};
use crate::authority::{HolderFilter, Lease, Op, Role};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, AgencyId, DossierId, TaskId, UnitId};
use crate::kernel::paging::{self, Limit, Page};
use crate::kernel::values::NationalCode;
use crate::kernel::{Error, Fault, Result};

/// Which tasks.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueFilter {
    /// Only this agency's desk.
    #[param(inline)]
    pub agency_id: Option<AgencyId>,
    /// Only dossiers whose decisive address lies in this unit.
    #[param(inline)]
    pub unit_id: Option<UnitId>,
    /// National state code, 1 to 10.
    #[param(minimum = 1, maximum = 10)]
    pub state: Option<i16>,
    #[param(value_type = Option<String>, example = "2.000815")]
    pub procedure_code: Option<NationalCode>,
    /// `me`, `nobody` or `others`.
    #[param(inline)]
    pub holder: Option<HolderFilter>,
    /// Only what is due before this moment.
    pub due_before: Option<DateTime<FixedOffset>>,
    /// Only tasks that are late, or only those that are not.
    #[param(example = true)]
    pub overdue: Option<bool>,
    /// Only dossiers of whose end the desk has been or is to be warned, and that are not late yet.
    #[param(example = true)]
    pub due_soon: Option<bool>,
    /// Rows a page, 1 to 100.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, example = 50)]
    pub limit: Option<Limit>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskView {
    pub id: TaskId,
    pub dossier_id: DossierId,
    #[schema(example = "H53.21.01-261122-0001")]
    pub number: Option<String>,
    #[schema(example = 2)]
    pub dossier_version: i32,
    pub state: StateView,
    #[schema(example = "1.001193")]
    pub procedure_code: String,
    #[schema(example = "Đăng ký khai sinh")]
    pub procedure_name: String,
    #[schema(example = "Nguyễn Văn An")]
    pub applicant_name: String,
    #[schema(example = "•••••••••006")]
    pub applicant_identity: String,
    #[schema(example = "online")]
    pub channel: String,
    pub agency_id: AgencyId,
    #[schema(example = "reception")]
    pub step_code: String,
    #[schema(example = "reception")]
    pub role: String,
    pub holder_id: Option<AccountId>,
    pub opened_at: DateTime<FixedOffset>,
    pub due_at: DateTime<FixedOffset>,
    pub is_overdue: bool,
}

/// A page of the queue and how many there are in all, by the same predicate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueuePage {
    pub items: Vec<TaskView>,
    pub next: Option<String>,
    #[schema(example = 1)]
    pub total: i64,
}

const QUEUE: &str = "tasks.by_due_at";

pub fn queue(conn: &mut Conn, op: &Op, filter: &QueueFilter) -> Result<QueuePage> {
    if filter.state.is_some_and(|code| !(1..=10).contains(&code)) {
        return Err(bad_parameter(
            "state",
            "Mã trạng thái từ 1 đến 10.",
            "A state code lies between 1 and 10.",
        ));
    }
    let limit = filter.limit.unwrap_or_default();
    let after = match &filter.cursor {
        Some(cursor) => Some(paging::decode_cursor::<(Moment, TaskId)>(QUEUE, cursor).map_err(bad_cursor)?),
        None => None,
    };
    let rows = store::queue(conn, op, filter, after, limit.with_one_more())?;
    let total = store::queue_total(conn, op, filter)?;
    let page = Page::from_rows(rows, limit, QUEUE, |row| (row.due_at, row.id)).map_err(Error::internal)?;
    let page = page.map(|row| task(row, op.now));
    Ok(QueuePage { items: page.items, next: page.next, total })
}

fn task(row: TaskLine, now: Moment) -> TaskView {
    let state = State::from_code(row.dossier_state).unwrap_or(State::Draft);
    TaskView {
        id: row.id,
        dossier_id: row.dossier_id,
        number: row.number,
        dossier_version: row.dossier_version,
        state: StateView::from(state),
        procedure_code: row.procedure_code,
        procedure_name: row.procedure_name,
        applicant_name: row.applicant_name,
        applicant_identity: masked(&row.applicant_identity),
        channel: row.channel,
        agency_id: row.agency_id,
        step_code: row.step_code,
        role: row.role,
        holder_id: Lease { assignee_id: row.assignee_id, until: row.lease_until }.holder(now),
        opened_at: in_vietnam(row.opened_at),
        due_at: in_vietnam(row.due_at),
        is_overdue: !state.waits() && now > row.due_at,
    }
}

/// Which dossiers.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DossierFilter {
    /// 0 for drafts, or a national state code.
    #[param(minimum = 0, maximum = 10)]
    pub state: Option<i16>,
    /// Only those that have reached this agency; for officers.
    #[param(inline)]
    pub agency_id: Option<AgencyId>,
    /// Exactly this number.
    #[param(example = "H53.21.01-261122-0001")]
    pub number: Option<String>,
    /// Rows a page, 1 to 100.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, example = 50)]
    pub limit: Option<Limit>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DossierLineView {
    pub id: DossierId,
    #[schema(example = "H53.21.01-261122-0001")]
    pub number: Option<String>,
    #[schema(example = 2)]
    pub version: i32,
    pub state: StateView,
    #[schema(example = "1.001193")]
    pub procedure_code: String,
    #[schema(example = "Đăng ký khai sinh")]
    pub procedure_name: String,
    #[schema(example = "Nguyễn Văn An")]
    pub applicant_name: String,
    #[schema(example = "•••••••••006")]
    pub applicant_identity: String,
    pub submitted_at: Option<DateTime<FixedOffset>>,
    pub due_at: Option<DateTime<FixedOffset>>,
    pub is_overdue: bool,
}

const NEWEST_FIRST: &str = "dossiers.newest_first";

pub fn dossiers(conn: &mut Conn, op: &Op, filter: &DossierFilter) -> Result<Page<DossierLineView>> {
    if filter.state.is_some_and(|code| State::from_code(code).is_none()) {
        return Err(bad_parameter(
            "state",
            "Mã trạng thái từ 0 đến 10.",
            "A state code lies between 0 and 10.",
        ));
    }
    let limit = filter.limit.unwrap_or_default();
    let before = match &filter.cursor {
        Some(cursor) => Some(paging::decode_cursor::<DossierId>(NEWEST_FIRST, cursor).map_err(bad_cursor)?),
        None => None,
    };
    let rows = store::dossiers(conn, op, filter, before, limit.with_one_more())?;
    let page = Page::from_rows(rows, limit, NEWEST_FIRST, |row| row.id).map_err(Error::internal)?;
    // Who only inspects reads the case, not the person in it.
    let in_full = !op.is_officer()
        || [Role::Reception, Role::Processing, Role::Leader].into_iter().any(|role| op.holds(role));
    Ok(page.map(|row| line(row, in_full, op.now)))
}

fn line(row: DossierLine, in_full: bool, now: Moment) -> DossierLineView {
    let state = State::from_code(row.state).unwrap_or(State::Draft);
    DossierLineView {
        id: row.id,
        number: row.number,
        version: row.version,
        state: StateView::from(state),
        procedure_code: row.procedure_code,
        procedure_name: row.procedure_name,
        applicant_name: if in_full { row.applicant_name } else { masked_name(&row.applicant_name) },
        applicant_identity: masked(&row.applicant_identity),
        submitted_at: row.submitted_at.map(in_vietnam),
        due_at: row.due_at.map(in_vietnam),
        is_overdue: is_overdue(state, state.waits(), row.due_at, row.finished_at, now),
    }
}

fn bad_parameter(name: &str, vi: &str, en: &str) -> Error {
    Error::invalid(vec![Fault::new(name, "range", vi, en)])
}

pub fn bad_cursor(fault: crate::kernel::ValueFault) -> Error {
    Error::invalid(vec![Fault::value("cursor", fault)])
}
