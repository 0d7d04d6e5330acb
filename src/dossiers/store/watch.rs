//! SQL of the watch over deadlines: what is due to be warned of, written down as it is found. Tables:
//! `deadline_warnings`, `supplements` (read).

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Int2, Int4, Text, Timestamptz, Uuid as SqlUuid};

use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::DossierId;
use crate::schema::{dossiers, supplements};

#[derive(Clone, Debug, QueryableByName)]
pub struct Warned {
    #[diesel(sql_type = SqlUuid)]
    pub dossier_id: DossierId,
    #[diesel(sql_type = Int4)]
    pub version: i32,
    #[diesel(sql_type = Int2)]
    pub state: i16,
    /// False where another worker wrote the row at the same time.
    #[diesel(sql_type = Bool)]
    pub is_new: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A share of the time is over, and the end has not come.
    Near,
    Missed,
    ReceptionMissed,
}

impl Watched {
    pub const ALL: [Self; 3] = [Self::Near, Self::Missed, Self::ReceptionMissed];

    fn code(self) -> &'static str {
        match self {
            Self::Near => "near",
            Self::Missed => "missed",
            Self::ReceptionMissed => "reception_missed",
        }
    }

    /// Each runs on a partial index that holds only what is running.
    fn found(self) -> &'static str {
        match self {
            Self::Near => {
                "SELECT d.id, d.version, d.state, d.due_at FROM tasks t JOIN dossiers d ON d.id = t.dossier_id \
                 WHERE t.closed_at IS NULL AND t.dossier_state IN (2, 4) AND t.warn_at <= $1 AND d.due_at > $1"
            }
            Self::Missed => {
                "SELECT d.id, d.version, d.state, d.due_at FROM dossiers d WHERE d.state IN (2, 4) AND d.due_at < $1"
            }
            Self::ReceptionMissed => {
                "SELECT d.id, d.version, d.state, t.due_at FROM tasks t JOIN dossiers d ON d.id = t.dossier_id \
                 WHERE t.closed_at IS NULL AND t.dossier_state = 1 AND t.due_at < $1"
            }
        }
    }
}

/// Writes the next warnings down and says which they are. None left: an empty list.
pub fn write_warnings(conn: &mut Conn, watched: Watched, now: Moment, limit: i64) -> Result<Vec<Warned>> {
    let statement = format!(
        "WITH due AS (SELECT f.* FROM ({}) f WHERE NOT EXISTS (SELECT FROM deadline_warnings w \
            WHERE w.dossier_id = f.id AND w.kind = $2 AND w.due_at = f.due_at) LIMIT $3), \
         written AS (INSERT INTO deadline_warnings (dossier_id, kind, due_at, at) SELECT id, $2, due_at, $1 FROM due \
            ON CONFLICT DO NOTHING RETURNING dossier_id) \
         SELECT due.id AS dossier_id, due.version, due.state, written.dossier_id IS NOT NULL AS is_new \
         FROM due LEFT JOIN written ON written.dossier_id = due.id",
        watched.found()
    );
    let rows = diesel::sql_query(statement)
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(watched.code())
        .bind::<BigInt, _>(limit)
        .load(conn)?;
    Ok(rows)
}

/// Supplements that were asked for and whose time has run out without an answer.
pub fn unanswered(
    conn: &mut Conn,
    now: Moment,
    after: Option<DossierId>,
    limit: i64,
) -> Result<Vec<DossierId>> {
    let mut query = supplements::table
        .inner_join(dossiers::table)
        .filter(supplements::closed_at.is_null().and(supplements::answered_at.is_null()))
        .filter(supplements::respond_by.lt(now).and(dossiers::state.eq(5_i16)))
        .order(supplements::dossier_id)
        .limit(limit)
        .select(supplements::dossier_id)
        .into_boxed();
    if let Some(id) = after {
        query = query.filter(supplements::dossier_id.gt(id));
    }
    Ok(query.load(conn)?)
}
