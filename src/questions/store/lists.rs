//! SQL of lists and queues. [`at_desk`] is the predicate that a page and its total share.

use diesel::dsl::{exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::running;
use crate::authority::{HolderFilter, Op, Role};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, AgencyId, QuestionId};
use crate::questions::lists::{Desk, QuestionFilter, QuestionQueueFilter};
use crate::schema::{question_agencies, questions};

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = questions)]
pub struct QuestionLine {
    pub id: QuestionId,
    pub number: Option<String>,
    pub version: i32,
    pub state: String,
    pub round: i16,
    pub title: String,
    pub field_code: Option<String>,
    pub procedure_code: Option<String>,
    pub agency_id: AgencyId,
    pub asked_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub remind_at: Option<Moment>,
    pub assignee_id: Option<AccountId>,
    pub lease_until: Option<Moment>,
}

type Condition = Box<dyn BoxableExpression<questions::table, Pg, SqlType = Bool>>;

/// The running questions that lie at the agencies where this account has the desk's roles.
fn at_desk(op: &Op, desk: Desk, filter: &QuestionQueueFilter) -> Condition {
    let covered = op.agencies_of(desk.roles()).into_iter();
    let agencies: Vec<AgencyId> =
        covered.filter(|agency| filter.agency_id.is_none_or(|wanted| wanted == *agency)).collect();
    let mut condition: Condition = Box::new(questions::agency_id.eq_any(agencies).and(running()));
    if desk == Desk::Late {
        condition = Box::new(condition.and(questions::due_at.lt(op.now).assume_not_null()));
    }
    if let Some(moment) = filter.due_before {
        condition = Box::new(condition.and(questions::due_at.lt(moment.to_utc()).assume_not_null()));
    }
    if let Some(field) = &filter.field {
        condition = Box::new(condition.and(questions::field_code.is_not_distinct_from(field.clone())));
    }
    let held =
        || questions::lease_until.is_not_null().and(questions::lease_until.gt(op.now).assume_not_null());
    let by_me = || questions::assignee_id.is_not_distinct_from(op.account_id());
    match filter.holder {
        Some(HolderFilter::Me) => Box::new(condition.and(held()).and(by_me())),
        Some(HolderFilter::Nobody) => Box::new(condition.and(not(held()))),
        Some(HolderFilter::Others) => Box::new(condition.and(held()).and(not(by_me()))),
        None => condition,
    }
}

pub fn queue(
    conn: &mut Conn,
    op: &Op,
    desk: Desk,
    filter: &QuestionQueueFilter,
    after: Option<(Moment, QuestionId)>,
    limit: i64,
) -> Result<Vec<QuestionLine>> {
    let mut condition = at_desk(op, desk, filter);
    if let Some((due_at, id)) = after {
        let later = questions::due_at.gt(due_at).or(questions::due_at.eq(due_at).and(questions::id.gt(id)));
        condition = Box::new(condition.and(later.assume_not_null()));
    }
    let rows = questions::table
        .filter(condition)
        .order((questions::due_at, questions::id))
        .limit(limit)
        .select(QuestionLine::as_select())
        .load(conn)?;
    Ok(rows)
}

pub fn queue_total(conn: &mut Conn, op: &Op, desk: Desk, filter: &QuestionQueueFilter) -> Result<i64> {
    Ok(questions::table.filter(at_desk(op, desk, filter)).count().get_result(conn)?)
}

/// Newest first: a person's own, or for an officer those that have reached their agencies.
pub fn newest(
    conn: &mut Conn,
    op: &Op,
    filter: &QuestionFilter,
    before: Option<QuestionId>,
    limit: i64,
) -> Result<Vec<QuestionLine>> {
    let mut query = questions::table
        .order(questions::id.desc())
        .limit(limit)
        .select(QuestionLine::as_select())
        .into_boxed();
    if op.is_officer() {
        let covered = op.agencies_of(&[Role::Reception, Role::Processing, Role::Leader, Role::Inspector]);
        let agencies: Vec<AgencyId> = covered
            .into_iter()
            .filter(|agency| filter.agency_id.is_none_or(|wanted| wanted == *agency))
            .collect();
        let reached = question_agencies::table.filter(
            question_agencies::question_id
                .eq(questions::id)
                .and(question_agencies::agency_id.eq_any(agencies)),
        );
        query = query.filter(exists(reached));
    } else {
        query = query.filter(questions::asker_id.is_not_distinct_from(op.account_id()));
    }
    if let Some(number) = &filter.number {
        query = query.filter(questions::number.eq(number));
    }
    if let Some(id) = before {
        query = query.filter(questions::id.lt(id));
    }
    Ok(query.load(conn)?)
}
