//! Lists of questions: the desk's queue, what is late and whose, a person's own.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::deadlines::is_overdue;
use super::model::State;
use super::store::lists::{self as store, QuestionLine};
use super::views::QuestionState;
use crate::authority::{HolderFilter, Lease, Op, Role};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, AgencyId, QuestionId};
use crate::kernel::paging::{self, Limit, Page};
use crate::kernel::{Error, Result};
use crate::units::store as units;

/// Which of the running questions, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    /// For those who answer.
    Queue,
    /// What is past its due moment, for those who answer for it.
    Late,
}

impl Desk {
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Queue => &[Role::Reception, Role::Processing, Role::Leader],
            Self::Late => &[Role::Leader, Role::Inspector],
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuestionQueueFilter {
    /// Only this agency's desk.
    #[param(inline)]
    pub agency_id: Option<AgencyId>,
    #[param(example = "certification")]
    pub field: Option<String>,
    /// `me`, `nobody` or `others`.
    #[param(inline)]
    pub holder: Option<HolderFilter>,
    /// Only what is due before this moment.
    pub due_before: Option<DateTime<FixedOffset>>,
    /// Rows a page, 1 to 100.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, example = 50)]
    pub limit: Option<Limit>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionLineView {
    pub id: QuestionId,
    #[schema(example = "HD-H53.21.01-261122-0001")]
    pub number: Option<String>,
    pub version: i32,
    pub state: QuestionState,
    /// 1 for the question, 2 for its follow-up.
    pub round: i16,
    #[schema(example = "Chứng thực bản sao ngoài giờ")]
    pub title: String,
    pub field_code: Option<String>,
    pub procedure_code: Option<String>,
    /// The responsible agency.
    pub agency_id: AgencyId,
    #[schema(example = "Ủy ban nhân dân Phường 1")]
    pub agency_name: String,
    pub asked_at: Option<DateTime<FixedOffset>>,
    pub due_at: Option<DateTime<FixedOffset>>,
    pub is_due_soon: bool,
    pub is_overdue: bool,
    pub holder_id: Option<AccountId>,
}

/// A page of the queue and how many there are in all, by the same predicate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionQueuePage {
    pub items: Vec<QuestionLineView>,
    pub next: Option<String>,
    pub total: i64,
}

const BY_DUE_AT: &str = "questions.by_due_at";

pub fn queue(
    conn: &mut Conn,
    op: &Op,
    desk: Desk,
    filter: &QuestionQueueFilter,
) -> Result<QuestionQueuePage> {
    let limit = filter.limit.unwrap_or_default();
    let after = paging::begin_after::<(Moment, QuestionId)>(BY_DUE_AT, filter.cursor.as_deref())?;
    let rows = store::queue(conn, op, desk, filter, after, limit.with_one_more())?;
    let total = store::queue_total(conn, op, desk, filter)?;
    let page =
        Page::from_rows(rows, limit, BY_DUE_AT, |row| (row.due_at, row.id)).map_err(Error::internal)?;
    let page = shown(conn, op, page)?;
    Ok(QuestionQueuePage { items: page.items, next: page.next, total })
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuestionFilter {
    /// Only those that have reached this agency; for officers.
    #[param(inline)]
    pub agency_id: Option<AgencyId>,
    /// Exactly this number.
    #[param(example = "HD-H53.21.01-261122-0001")]
    pub number: Option<String>,
    /// Rows a page, 1 to 100.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, example = 50)]
    pub limit: Option<Limit>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

const NEWEST_FIRST: &str = "questions.newest_first";

pub fn newest(conn: &mut Conn, op: &Op, filter: &QuestionFilter) -> Result<Page<QuestionLineView>> {
    let limit = filter.limit.unwrap_or_default();
    let before = paging::begin_after::<QuestionId>(NEWEST_FIRST, filter.cursor.as_deref())?;
    let rows = store::newest(conn, op, filter, before, limit.with_one_more())?;
    let page = Page::from_rows(rows, limit, NEWEST_FIRST, |row| row.id).map_err(Error::internal)?;
    shown(conn, op, page)
}

fn shown(conn: &mut Conn, op: &Op, page: Page<QuestionLine>) -> Result<Page<QuestionLineView>> {
    let agencies: Vec<AgencyId> = page.items.iter().map(|row| row.agency_id).collect();
    let names = units::agency_names(conn, &agencies)?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let name = names.get(&row.agency_id).cloned().unwrap_or_default();
        items.push(line(row, name, op.now)?);
    }
    Ok(Page { items, next: page.next })
}

fn line(row: QuestionLine, agency_name: String, now: Moment) -> Result<QuestionLineView> {
    let state = State::parse(&row.state)?;
    let is_overdue = row.due_at.is_some_and(|due_at| is_overdue(state, due_at, None, now));
    let was_reminded = row.remind_at.is_some_and(|at| at <= now);
    Ok(QuestionLineView {
        id: row.id,
        number: row.number,
        version: row.version,
        state: QuestionState::from(state),
        round: row.round,
        title: row.title,
        field_code: row.field_code,
        procedure_code: row.procedure_code,
        agency_id: row.agency_id,
        agency_name,
        asked_at: row.asked_at.map(in_vietnam),
        due_at: row.due_at.map(in_vietnam),
        is_due_soon: state.is_running() && was_reminded && !is_overdue,
        is_overdue,
        holder_id: Lease { assignee_id: row.assignee_id, until: row.lease_until }.holder(now),
    })
}
