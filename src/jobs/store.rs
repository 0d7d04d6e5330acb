//! The job list: enqueue in the caller's transaction, lease, finish, try later, park. Table: `jobs`.

use chrono::Duration;
use diesel::prelude::*;
use serde_json::Value;

use super::NewJob;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::JobId;
use crate::schema::jobs;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct StoredJob {
    pub id: JobId,
    pub kind: String,
    pub payload: Value,
    pub attempts: i32,
    /// What its holder shows when it is done: whoever leased the job since has another.
    pub lease_until: Option<Moment>,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct ParkedJob {
    pub id: JobId,
    pub kind: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub parked_at: Option<Moment>,
    pub created_at: Moment,
}

/// A job whose reason is already on the list is not enqueued again.
pub fn enqueue(conn: &mut Conn, new: &[NewJob], now: Moment) -> Result<usize> {
    let rows: Vec<_> = new
        .iter()
        .map(|job| {
            (
                jobs::id.eq(JobId::new()),
                jobs::kind.eq(job.kind),
                jobs::payload.eq(&job.payload),
                jobs::dedupe_key.eq(&job.dedupe_key),
                jobs::run_at.eq(job.run_at.unwrap_or(now)),
                jobs::created_at.eq(now),
            )
        })
        .collect();
    Ok(diesel::insert_into(jobs::table).values(rows).on_conflict_do_nothing().execute(conn)?)
}

/// Takes due jobs for a while. A lease that ran out is a worker that died: the job is taken again.
pub fn lease(conn: &mut Conn, now: Moment, lease: Duration, limit: i64) -> Result<Vec<StoredJob>> {
    let due: Vec<JobId> = jobs::table
        .filter(jobs::done_at.is_null().and(jobs::parked_at.is_null()))
        .filter(jobs::run_at.le(now))
        .filter(jobs::lease_until.is_null().or(jobs::lease_until.lt(now)))
        .order((jobs::run_at, jobs::id))
        .limit(limit)
        .for_update()
        .skip_locked()
        .select(jobs::id)
        .load(conn)?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let mut leased = diesel::update(jobs::table.filter(jobs::id.eq_any(&due)))
        .set((jobs::lease_until.eq(now + lease), jobs::attempts.eq(jobs::attempts + 1)))
        .returning(StoredJob::as_returning())
        .get_results(conn)?;
    leased.sort_by_key(|job| job.id);
    Ok(leased)
}

/// The row of a job that is still held under the lease in hand. A worker whose lease ran out meanwhile finds none, and
/// what the next holder does stands.
#[diesel::dsl::auto_type(no_type_alias)]
fn held(job: &StoredJob) -> _ {
    let (id, lease_until): (JobId, Option<Moment>) = (job.id, job.lease_until);
    jobs::table.filter(jobs::id.eq(id).and(jobs::lease_until.is_not_distinct_from(lease_until)))
}

/// False where the lease was lost.
pub fn finish(conn: &mut Conn, job: &StoredJob, now: Moment) -> Result<bool> {
    let updated = diesel::update(held(job))
        .set((
            jobs::done_at.eq(now),
            jobs::lease_until.eq(None::<Moment>),
            jobs::last_error.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(updated == 1)
}

pub fn try_later(conn: &mut Conn, job: &StoredJob, run_at: Moment, why: &str) -> Result<bool> {
    let updated = diesel::update(held(job))
        .set((jobs::run_at.eq(run_at), jobs::lease_until.eq(None::<Moment>), jobs::last_error.eq(why)))
        .execute(conn)?;
    Ok(updated == 1)
}

pub fn park(conn: &mut Conn, job: &StoredJob, now: Moment, why: &str) -> Result<bool> {
    let updated = diesel::update(held(job))
        .set((jobs::parked_at.eq(now), jobs::lease_until.eq(None::<Moment>), jobs::last_error.eq(why)))
        .execute(conn)?;
    Ok(updated == 1)
}

pub fn parked(conn: &mut Conn, before: Option<(Moment, JobId)>, limit: i64) -> Result<Vec<ParkedJob>> {
    let mut query = jobs::table
        .filter(jobs::parked_at.is_not_null())
        .order((jobs::parked_at.desc(), jobs::id))
        .limit(limit)
        .select(ParkedJob::as_select())
        .into_boxed();
    if let Some((parked_at, id)) = before {
        query = query
            .filter(jobs::parked_at.lt(parked_at).or(jobs::parked_at.eq(parked_at).and(jobs::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// Back on the list, with all its attempts. False where no such job is parked.
pub fn unpark(conn: &mut Conn, id: JobId, now: Moment) -> Result<bool> {
    let updated = diesel::update(jobs::table.find(id).filter(jobs::parked_at.is_not_null()))
        .set((jobs::parked_at.eq(None::<Moment>), jobs::attempts.eq(0), jobs::run_at.eq(now)))
        .execute(conn)?;
    Ok(updated == 1)
}

/// Open jobs and parked jobs.
pub fn counts(conn: &mut Conn) -> Result<(i64, i64)> {
    let open = jobs::table
        .filter(jobs::done_at.is_null().and(jobs::parked_at.is_null()))
        .count()
        .get_result(conn)?;
    let parked = jobs::table.filter(jobs::parked_at.is_not_null()).count().get_result(conn)?;
    Ok((open, parked))
}

pub fn forget_done_before(conn: &mut Conn, moment: Moment) -> Result<usize> {
    let old: Vec<JobId> =
        jobs::table.filter(jobs::done_at.lt(moment)).limit(5000).select(jobs::id).load(conn)?;
    Ok(diesel::delete(jobs::table.filter(jobs::id.eq_any(old))).execute(conn)?)
}
