//! SQL of lists and queues. [`visible_tasks`] and [`visible_dossiers`] are the predicates that pages and counts share;
//! every list runs on an index that begins with what the predicate pins.

use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::super::lists::{DossierFilter, QueueFilter};
use crate::authority::{HolderFilter, Op, Role};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, AgencyId, DossierId, TaskId};
use crate::kernel::{General, Result};
use crate::schema::{dossier_agencies, dossiers, procedures, tasks};

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tasks)]
pub struct TaskLine {
    pub id: TaskId,
    pub dossier_id: DossierId,
    #[diesel(select_expression = dossiers::number)]
    pub number: Option<String>,
    #[diesel(select_expression = dossiers::version)]
    pub dossier_version: i32,
    pub dossier_state: i16,
    #[diesel(select_expression = procedures::code)]
    pub procedure_code: String,
    #[diesel(select_expression = procedures::name)]
    pub procedure_name: String,
    #[diesel(select_expression = dossiers::applicant_name)]
    pub applicant_name: String,
    #[diesel(select_expression = dossiers::applicant_identity)]
    pub applicant_identity: String,
    #[diesel(select_expression = dossiers::channel)]
    pub channel: String,
    pub agency_id: AgencyId,
    pub step_code: String,
    pub role: String,
    pub assignee_id: Option<AccountId>,
    pub lease_until: Option<Moment>,
    pub opened_at: Moment,
    pub due_at: Moment,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn desk() -> _ {
    tasks::table
        .inner_join(dossiers::table.on(dossiers::id.eq(tasks::dossier_id)))
        .inner_join(procedures::table.on(procedures::id.eq(tasks::procedure_id)))
}

type Condition<T> = Box<dyn BoxableExpression<T, Pg, SqlType = Bool>>;
type DeskSource = diesel::helper_types::InnerJoinQuerySource<
    diesel::helper_types::InnerJoinQuerySource<
        tasks::table,
        dossiers::table,
        diesel::dsl::Eq<dossiers::id, tasks::dossier_id>,
    >,
    procedures::table,
    diesel::dsl::Eq<procedures::id, tasks::procedure_id>,
>;

/// The open tasks that an account may work on: those of its roles at its agencies; a leader's are all of the desk's.
/// A macro, because a condition belongs to what it is asked of: the desk with its dossiers for a page, and the tasks
/// alone for a number.
macro_rules! open_tasks {
    ($name:ident, $source:ty) => {
        fn $name(op: &Op, filter: &QueueFilter) -> Condition<$source> {
            let at = |role| -> Vec<AgencyId> {
                let covered = op.agencies_of(&[role]).into_iter();
                covered.filter(|agency| filter.agency_id.is_none_or(|wanted| wanted == *agency)).collect()
            };
            let (reception, processing, leader) =
                (at(Role::Reception), at(Role::Processing), at(Role::Leader));
            let mut all = [reception.clone(), processing.clone(), leader.clone()].concat();
            all.sort();
            all.dedup();
            let mine = tasks::agency_id
                .eq_any(leader)
                .or(tasks::role.eq(Role::Reception.code()).and(tasks::agency_id.eq_any(reception)))
                .or(tasks::role.eq(Role::Processing.code()).and(tasks::agency_id.eq_any(processing)));
            let mut condition: Condition<$source> = Box::new(tasks::closed_at.is_null().and(mine));
            if let [agency] = all.as_slice() {
                // Said once more and alone, so that the index gives the page in its order.
                condition = Box::new(condition.and(tasks::agency_id.eq(*agency)));
            }
            if let Some(state) = filter.state {
                condition = Box::new(condition.and(tasks::dossier_state.eq(state)));
            }
            if let Some(moment) = filter.due_before {
                condition = Box::new(condition.and(tasks::due_at.lt(moment.to_utc())));
            }
            let is_late =
                || tasks::due_at.lt(op.now).and(diesel::dsl::not(tasks::dossier_state.eq_any([5_i16, 6, 7])));
            match filter.overdue {
                Some(true) => condition = Box::new(condition.and(is_late())),
                Some(false) => condition = Box::new(condition.and(diesel::dsl::not(is_late()))),
                None => {}
            }
            let held =
                || tasks::lease_until.is_not_null().and(tasks::lease_until.gt(op.now).assume_not_null());
            let by_me = || tasks::assignee_id.is_not_distinct_from(op.account_id());
            match filter.holder {
                Some(HolderFilter::Me) => Box::new(condition.and(held()).and(by_me())),
                Some(HolderFilter::Nobody) => Box::new(condition.and(diesel::dsl::not(held()))),
                Some(HolderFilter::Others) => Box::new(condition.and(held()).and(diesel::dsl::not(by_me()))),
                None => condition,
            }
        }
    };
}

open_tasks!(open_tasks_at_desk, DeskSource);
open_tasks!(open_tasks_alone, tasks::table);

/// Whether a filter asks for what only the dossier or the procedure knows.
fn asks_beyond_tasks(filter: &QueueFilter) -> bool {
    filter.unit_id.is_some() || filter.procedure_code.is_some() || filter.due_soon == Some(true)
}

fn visible_tasks(op: &Op, filter: &QueueFilter) -> Condition<DeskSource> {
    let mut condition = open_tasks_at_desk(op, filter);
    if let Some(unit_id) = filter.unit_id {
        condition = Box::new(condition.and(dossiers::unit_id.eq(unit_id).assume_not_null()));
    }
    if let Some(code) = &filter.procedure_code {
        condition = Box::new(condition.and(procedures::code.eq(code.to_string())));
    }
    if filter.due_soon == Some(true) {
        let is_near = tasks::warn_at.is_not_null().and(tasks::warn_at.le(op.now).assume_not_null());
        let not_late = dossiers::due_at.is_not_null().and(dossiers::due_at.gt(op.now).assume_not_null());
        let running = tasks::dossier_state.eq_any([2_i16, 4]);
        condition = Box::new(condition.and(is_near.and(not_late).and(running)));
    }
    condition
}

pub fn queue(
    conn: &mut Conn,
    op: &Op,
    filter: &QueueFilter,
    after: Option<(Moment, TaskId)>,
    limit: i64,
) -> Result<Vec<TaskLine>> {
    let mut condition = visible_tasks(op, filter);
    if let Some((due_at, id)) = after {
        let later = tasks::due_at.gt(due_at).or(tasks::due_at.eq(due_at).and(tasks::id.gt(id)));
        condition = Box::new(condition.and(tasks::due_at.ge(due_at)).and(later));
    }
    let rows = desk()
        .filter(condition)
        .order((tasks::due_at, tasks::id))
        .limit(limit)
        .select(TaskLine::as_select())
        .load(conn)?;
    Ok(rows)
}

pub fn queue_total(conn: &mut Conn, op: &Op, filter: &QueueFilter) -> Result<i64> {
    if asks_beyond_tasks(filter) {
        return Ok(desk().filter(visible_tasks(op, filter)).count().get_result(conn)?);
    }
    // Without the joins: they would read every dossier there is to count the tasks of one desk.
    Ok(tasks::table.filter(open_tasks_alone(op, filter)).count().get_result(conn)?)
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = dossiers)]
pub struct DossierLine {
    pub id: DossierId,
    pub number: Option<String>,
    pub version: i32,
    pub state: i16,
    #[diesel(select_expression = procedures::code)]
    pub procedure_code: String,
    #[diesel(select_expression = procedures::name)]
    pub procedure_name: String,
    pub applicant_name: String,
    pub applicant_identity: String,
    pub submitted_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub finished_at: Option<Moment>,
}

/// Newest first: a person's own, or for an officer those that have reached their agencies.
pub fn dossiers(
    conn: &mut Conn,
    op: &Op,
    filter: &DossierFilter,
    before: Option<DossierId>,
    limit: i64,
) -> Result<Vec<DossierLine>> {
    let mut query = dossiers::table
        .inner_join(procedures::table)
        .order(dossiers::id.desc())
        .limit(limit)
        .select(DossierLine::as_select())
        .into_boxed();
    if op.is_officer() {
        let covered = op.agencies_of(&[Role::Reception, Role::Processing, Role::Leader, Role::Inspector]);
        let agencies: Vec<AgencyId> = covered
            .into_iter()
            .filter(|agency| filter.agency_id.is_none_or(|wanted| wanted == *agency))
            .collect();
        if let [agency] = agencies.as_slice() {
            return at_one_agency(conn, *agency, filter, before, limit);
        }
        let reached = dossier_agencies::table.filter(
            dossier_agencies::dossier_id.eq(dossiers::id).and(dossier_agencies::agency_id.eq_any(agencies)),
        );
        query = query.filter(exists(reached));
    } else {
        // `=`, because IS NOT DISTINCT FROM finds no index; whoever has no account has no dossiers.
        let me = op.account_id().ok_or(General::NotSignedIn)?;
        query = query.filter(dossiers::applicant_id.eq(me));
    }
    if let Some(state) = filter.state {
        query = query.filter(dossiers::state.eq(state));
    }
    if let Some(number) = &filter.number {
        query = query.filter(dossiers::number.eq(number));
    }
    if let Some(id) = before {
        query = query.filter(dossiers::id.lt(id));
    }
    Ok(query.load(conn)?)
}

/// One agency's, along the key of `dossier_agencies`, whose ids are in the list's order: a page reads a page.
fn at_one_agency(
    conn: &mut Conn,
    agency: AgencyId,
    filter: &DossierFilter,
    before: Option<DossierId>,
    limit: i64,
) -> Result<Vec<DossierLine>> {
    let mut query = dossier_agencies::table
        .inner_join(dossiers::table.on(dossiers::id.eq(dossier_agencies::dossier_id)))
        .inner_join(procedures::table.on(procedures::id.eq(dossiers::procedure_id)))
        .filter(dossier_agencies::agency_id.eq(agency))
        .order(dossier_agencies::dossier_id.desc())
        .limit(limit)
        .select(DossierLine::as_select())
        .into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(dossiers::state.eq(state));
    }
    if let Some(number) = &filter.number {
        query = query.filter(dossiers::number.eq(number));
    }
    if let Some(id) = before {
        query = query.filter(dossier_agencies::dossier_id.lt(id));
    }
    Ok(query.load(conn)?)
}
