//! SQL of what the applicant is asked to confirm. Table: `confirmations`. Of a visit are those of its step that were
//! asked since its task was opened; at most one of a dossier is open.

use diesel::prelude::*;

use super::super::model::Task;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, ConfirmationId, DossierId};
use crate::schema::{confirmations, dossiers};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = confirmations)]
pub struct Confirmation {
    pub id: ConfirmationId,
    pub dossier_id: DossierId,
    pub step: i16,
    pub asked_by: AccountId,
    pub asked_at: Moment,
    pub text: String,
    pub respond_by: Moment,
    pub answered_at: Option<Moment>,
    pub outcome: Option<String>,
    pub note: Option<String>,
}

pub fn insert(conn: &mut Conn, confirmation: &Confirmation) -> Result<()> {
    diesel::insert_into(confirmations::table).values(confirmation).execute(conn)?;
    Ok(())
}

/// The last one of this visit of the step, open or closed.
pub fn of_visit(conn: &mut Conn, task: &Task) -> Result<Option<Confirmation>> {
    let last = confirmations::table
        .filter(confirmations::dossier_id.eq(task.dossier_id).and(confirmations::step.eq(task.step)))
        .filter(confirmations::asked_at.ge(task.opened_at))
        .order((confirmations::asked_at.desc(), confirmations::id.desc()))
        .select(Confirmation::as_select())
        .first(conn)
        .optional()?;
    Ok(last)
}

pub fn open(conn: &mut Conn, id: DossierId) -> Result<Option<Confirmation>> {
    let open = confirmations::table
        .filter(confirmations::dossier_id.eq(id).and(confirmations::answered_at.is_null()))
        .select(Confirmation::as_select())
        .first(conn)
        .optional()?;
    Ok(open)
}

/// The one that was asked at that moment: what the letter about it says.
pub fn asked_at(conn: &mut Conn, id: DossierId, at: Moment) -> Result<Option<Confirmation>> {
    let asked = confirmations::table
        .filter(confirmations::dossier_id.eq(id).and(confirmations::asked_at.eq(at)))
        .select(Confirmation::as_select())
        .first(conn)
        .optional()?;
    Ok(asked)
}

/// Closes the open one, if there is one.
pub fn close(conn: &mut Conn, id: DossierId, now: Moment, outcome: &str, note: Option<&str>) -> Result<()> {
    diesel::update(
        confirmations::table
            .filter(confirmations::dossier_id.eq(id).and(confirmations::answered_at.is_null())),
    )
    .set((
        confirmations::answered_at.eq(now),
        confirmations::outcome.eq(outcome),
        confirmations::note.eq(note),
    ))
    .execute(conn)?;
    Ok(())
}

/// Dossiers whose applicant said nothing in time.
pub fn unanswered(
    conn: &mut Conn,
    now: Moment,
    after: Option<DossierId>,
    limit: i64,
) -> Result<Vec<DossierId>> {
    let mut query = confirmations::table
        .inner_join(dossiers::table)
        .filter(confirmations::answered_at.is_null().and(confirmations::respond_by.lt(now)))
        .filter(dossiers::state.eq(4_i16))
        .order(confirmations::dossier_id)
        .limit(limit)
        .select(confirmations::dossier_id)
        .into_boxed();
    if let Some(id) = after {
        query = query.filter(confirmations::dossier_id.gt(id));
    }
    Ok(query.load(conn)?)
}
