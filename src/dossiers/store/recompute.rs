//! SQL of the recomputation: a page of running dossiers with all that their clocks need, and what changed, in a few
//! statements a page. Tables: `dossiers`, `tasks`, `deadline_changes`.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Int2, Int4, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use serde_json::Value;
use uuid::Uuid;

use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{CalendarChangeId, DossierId, TaskId, VersionId};

#[derive(QueryableByName)]
pub struct Running {
    #[diesel(sql_type = SqlUuid)]
    pub id: DossierId,
    #[diesel(sql_type = Int4)]
    pub version: i32,
    #[diesel(sql_type = Int2)]
    pub state: i16,
    #[diesel(sql_type = SqlUuid)]
    pub version_id: VersionId,
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = Jsonb)]
    pub route: Value,
    /// When reception's clock began: with the submission, or with the supplement that it asked for.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub arrived_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub accepted_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<Moment>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub task_id: Option<TaskId>,
    #[diesel(sql_type = Nullable<Int2>)]
    pub task_step: Option<i16>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub task_due_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub task_warn_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub promised_at: Option<Moment>,
    #[diesel(sql_type = Nullable<Date>)]
    pub promised_on: Option<NaiveDate>,
    /// `[state, started_at, ended_at]` in order.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub pauses: Option<Value>,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Locks the next running dossiers, in order; submissions and new rows that refer to them are not held up.
pub fn lock_page(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>> {
    let rows: Vec<Id> = diesel::sql_query(
        "SELECT id FROM dossiers WHERE state IN (1, 2, 4, 5, 6, 7) AND id > $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE",
    )
    .bind::<SqlUuid, _>(after.unwrap_or(Uuid::nil()))
    .bind::<BigInt, _>(limit)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// What their clocks need; read after the lock, so that it is what the lock holds.
pub fn running(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Running>> {
    let rows = diesel::sql_query(
        "SELECT d.id, d.version, d.state, d.version_id, d.channel, d.route, \
            greatest(d.submitted_at, (SELECT max(s.answered_at) FROM supplements s WHERE s.dossier_id = d.id)) AS arrived_at, \
            d.accepted_at, d.due_at, t.id AS task_id, t.step AS task_step, t.due_at AS task_due_at, \
            t.warn_at AS task_warn_at, a.at AS promised_at, a.new_due_on AS promised_on, \
            (SELECT jsonb_agg(jsonb_build_array(p.state, p.started_at, p.ended_at) ORDER BY p.started_at) \
                FROM dossier_pauses p WHERE p.dossier_id = d.id) AS pauses \
         FROM dossiers d LEFT JOIN tasks t ON t.dossier_id = d.id AND t.closed_at IS NULL \
            LEFT JOIN apologies a ON a.dossier_id = d.id \
         WHERE d.id = ANY($1) ORDER BY d.id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)?;
    Ok(rows)
}

/// A due time that the calendar moved.
pub struct Moved {
    pub dossier_id: DossierId,
    pub clock: &'static str,
    pub old_due_at: Moment,
    pub new_due_at: Moment,
    pub was_missed: bool,
    /// The explanation as it is now; none for the reception clock, which the dossier's row does not hold.
    pub deadline: Option<Value>,
}

pub struct MovedTask {
    pub id: TaskId,
    pub due_at: Moment,
    pub warn_at: Option<Moment>,
}

pub fn write_moved(conn: &mut Conn, change_id: CalendarChangeId, moved: &[Moved], now: Moment) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    let of_dossiers: Vec<&Moved> = moved.iter().filter(|moved| moved.deadline.is_some()).collect();
    diesel::sql_query(
        "UPDATE dossiers d SET due_at = n.due_at, deadline = n.deadline \
         FROM unnest($1, $2, $3) AS n(id, due_at, deadline) WHERE d.id = n.id",
    )
    .bind::<Array<SqlUuid>, _>(of_dossiers.iter().map(|moved| moved.dossier_id).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(of_dossiers.iter().map(|moved| moved.new_due_at).collect::<Vec<_>>())
    .bind::<Array<Nullable<Jsonb>>, _>(
        of_dossiers.iter().map(|moved| moved.deadline.clone()).collect::<Vec<_>>(),
    )
    .execute(conn)?;
    // A second walk may move it again, for the same change: the row says from where to where in all.
    diesel::sql_query(
        "INSERT INTO deadline_changes (dossier_id, change_id, clock, old_due_at, new_due_at, was_missed, at) \
         SELECT n.dossier_id, $1, n.clock, n.old_due_at, n.new_due_at, n.was_missed, $7 \
         FROM unnest($2, $3, $4, $5, $6) AS n(dossier_id, clock, old_due_at, new_due_at, was_missed) \
         ON CONFLICT (dossier_id, change_id, clock) DO UPDATE SET new_due_at = EXCLUDED.new_due_at, at = EXCLUDED.at \
         WHERE deadline_changes.old_due_at <> EXCLUDED.new_due_at",
    )
    .bind::<SqlUuid, _>(change_id)
    .bind::<Array<SqlUuid>, _>(moved.iter().map(|moved| moved.dossier_id).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(moved.iter().map(|moved| moved.clock).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(moved.iter().map(|moved| moved.old_due_at).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(moved.iter().map(|moved| moved.new_due_at).collect::<Vec<_>>())
    .bind::<Array<Bool>, _>(moved.iter().map(|moved| moved.was_missed).collect::<Vec<_>>())
    .bind::<Timestamptz, _>(now)
    .execute(conn)?;
    Ok(())
}

pub fn write_tasks(conn: &mut Conn, moved: &[MovedTask]) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    diesel::sql_query(
        "UPDATE tasks t SET due_at = n.due_at, warn_at = n.warn_at \
         FROM unnest($1, $2, $3) AS n(id, due_at, warn_at) WHERE t.id = n.id",
    )
    .bind::<Array<SqlUuid>, _>(moved.iter().map(|task| task.id).collect::<Vec<_>>())
    .bind::<Array<Timestamptz>, _>(moved.iter().map(|task| task.due_at).collect::<Vec<_>>())
    .bind::<Array<Nullable<Timestamptz>>, _>(moved.iter().map(|task| task.warn_at).collect::<Vec<_>>())
    .execute(conn)?;
    Ok(())
}

/// What changes of the calendar did to one dossier, in order.
#[derive(Clone, Debug, QueryableByName)]
pub struct ChangeLine {
    #[diesel(sql_type = SqlUuid)]
    pub change_id: CalendarChangeId,
    #[diesel(sql_type = Text)]
    pub clock: String,
    #[diesel(sql_type = Timestamptz)]
    pub old_due_at: Moment,
    #[diesel(sql_type = Timestamptz)]
    pub new_due_at: Moment,
    #[diesel(sql_type = Bool)]
    pub was_missed: bool,
    #[diesel(sql_type = Timestamptz)]
    pub at: Moment,
    #[diesel(sql_type = Text)]
    pub legal_notice: String,
}

pub fn changes_of(conn: &mut Conn, id: DossierId) -> Result<Vec<ChangeLine>> {
    let rows = diesel::sql_query(
        "SELECT c.change_id, c.clock, c.old_due_at, c.new_due_at, c.was_missed, c.at, k.legal_notice \
         FROM deadline_changes c JOIN calendar_changes k ON k.id = c.change_id WHERE c.dossier_id = $1 ORDER BY c.at",
    )
    .bind::<SqlUuid, _>(id)
    .load(conn)?;
    Ok(rows)
}
