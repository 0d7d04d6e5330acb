//! SQL of results. One stands at a time; what was withdrawn stays on record.

use diesel::prelude::*;

use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, DossierId, FileId, ResultId};
use crate::kernel::values::Words;
use crate::schema::results;

#[expect(clippy::too_many_arguments, reason = "one row, one call")]
pub fn insert(
    conn: &mut Conn,
    dossier_id: DossierId,
    title: &str,
    outcome: &str,
    file_id: Option<FileId>,
    note: Option<&Words>,
    issued_by: AccountId,
    now: Moment,
) -> Result<()> {
    diesel::insert_into(results::table)
        .values((
            results::id.eq(ResultId::new()),
            results::dossier_id.eq(dossier_id),
            results::title.eq(title),
            results::outcome.eq(outcome),
            results::file_id.eq(file_id),
            results::note.eq(note.map(Words::as_str)),
            results::issued_by.eq(issued_by),
            results::issued_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn withdraw_standing(conn: &mut Conn, dossier_id: DossierId, now: Moment) -> Result<()> {
    diesel::update(
        results::table.filter(results::dossier_id.eq(dossier_id).and(results::withdrawn_at.is_null())),
    )
    .set(results::withdrawn_at.eq(now))
    .execute(conn)?;
    Ok(())
}

pub fn mark_returned(conn: &mut Conn, dossier_id: DossierId, how: &str, now: Moment) -> Result<()> {
    diesel::update(
        results::table.filter(results::dossier_id.eq(dossier_id).and(results::withdrawn_at.is_null())),
    )
    .set((results::returned_at.eq(now), results::returned_how.eq(how)))
    .execute(conn)?;
    Ok(())
}
