//! SQL of the files. Tables: `files`, `uploads`.
//!
//! An upload's row is written before its object and removed when the file is kept; removing or discarding a file
//! writes it again. So a row in `uploads` means: this object belongs to nobody, sweep it when it is old.

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Purpose, Received, Refusal, Verdict};
use crate::infra::clock::Moment;
use crate::infra::config;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, DossierId, FileId};
use crate::kernel::{General, Result};
use crate::schema::{files, uploads};

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = files)]
pub struct FileRow {
    pub id: FileId,
    pub dossier_id: DossierId,
    pub purpose: String,
    pub component_code: Option<String>,
    pub name: String,
    pub media_type: String,
    pub size_bytes: i64,
    pub sha256: Vec<u8>,
    pub scan_verdict: String,
    pub uploaded_by: AccountId,
    pub uploaded_at: Moment,
    pub sealed_at: Option<Moment>,
}

/// What was received, and where it belongs.
#[derive(Clone, Copy, Debug)]
pub struct NewFile<'a> {
    pub received: &'a Received,
    pub dossier_id: DossierId,
    pub purpose: Purpose,
    /// For the purpose `component`, and only for it.
    pub component_code: Option<&'a str>,
    pub uploaded_by: AccountId,
    pub at: Moment,
}

/// What a dossier holds already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub files: i64,
    pub bytes: i64,
}

pub fn begin(conn: &mut Conn, id: FileId, now: Moment) -> Result<()> {
    diesel::insert_into(uploads::table)
        .values((uploads::id.eq(id), uploads::begun_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub fn forget(conn: &mut Conn, id: FileId) -> Result<()> {
    diesel::delete(uploads::table.find(id)).execute(conn)?;
    Ok(())
}

/// The upload becomes a file of the dossier. Call it with the dossier locked: the limits are counted here.
pub fn keep(conn: &mut Conn, limits: &config::Files, new: &NewFile<'_>) -> Result<FileRow> {
    let received = new.received;
    let held = diesel::delete(uploads::table.find(received.id)).execute(conn)?;
    if held == 0 {
        return Err(Refusal::UploadGone.into());
    }
    hold_to_limits(totals(conn, new.dossier_id)?, received.size_bytes, limits)?;
    let row = diesel::insert_into(files::table)
        .values((
            files::id.eq(received.id),
            files::dossier_id.eq(new.dossier_id),
            files::purpose.eq(new.purpose.code()),
            files::component_code.eq(new.component_code),
            files::name.eq(&received.name),
            files::media_type.eq(received.media_type.code()),
            files::size_bytes.eq(received.size_bytes),
            files::sha256.eq(&received.sha256),
            files::scan_verdict.eq(Verdict::code(received.scan_verdict)),
            files::uploaded_by.eq(new.uploaded_by),
            files::uploaded_at.eq(new.at),
        ))
        .returning(FileRow::as_returning())
        .get_result(conn)?;
    Ok(row)
}

/// Is there room for `size_bytes` more? Asked before an upload, so that nobody sends in vain, and by `keep`.
pub fn hold_to_limits(totals: Totals, size_bytes: i64, limits: &config::Files) -> Result<()> {
    if totals.files >= limits.files_per_dossier {
        let limit = limits.files_per_dossier;
        return Err(Refusal::TooManyFiles.error().with("limit_files", limit).with("files", totals.files));
    }
    if totals.bytes.saturating_add(size_bytes) > limits.bytes_per_dossier {
        let limit = limits.bytes_per_dossier;
        return Err(Refusal::TooManyBytes.error().with("limit_bytes", limit).with("bytes", totals.bytes));
    }
    Ok(())
}

pub fn totals(conn: &mut Conn, dossier_id: DossierId) -> Result<Totals> {
    let (files, bytes) = files::table
        .filter(files::dossier_id.eq(dossier_id).and(files::removed_at.is_null()))
        .select((sql::<BigInt>("count(*)"), sql::<BigInt>("coalesce(sum(size_bytes), 0)::bigint")))
        .first(conn)?;
    Ok(Totals { files, bytes })
}

pub fn of_dossier(conn: &mut Conn, dossier_id: DossierId) -> Result<Vec<FileRow>> {
    let rows = files::table
        .filter(files::dossier_id.eq(dossier_id).and(files::removed_at.is_null()))
        .order((files::uploaded_at, files::id))
        .select(FileRow::as_select())
        .load(conn)?;
    Ok(rows)
}

pub fn one(conn: &mut Conn, dossier_id: DossierId, id: FileId) -> Result<FileRow> {
    let row = files::table
        .find(id)
        .filter(files::dossier_id.eq(dossier_id).and(files::removed_at.is_null()))
        .select(FileRow::as_select())
        .first(conn)
        .optional()?;
    row.ok_or_else(|| General::NotFound.into())
}

/// Takes a file out of the dossier again. Its row stays, its bytes are swept a day later.
pub fn remove(conn: &mut Conn, dossier_id: DossierId, id: FileId, now: Moment) -> Result<()> {
    let file = one(conn, dossier_id, id)?;
    // The seal is asked again by the statement that removes.
    let removed = diesel::update(files::table.find(file.id))
        .filter(files::sealed_at.is_null().and(files::removed_at.is_null()))
        .set(files::removed_at.eq(now))
        .execute(conn)?;
    if removed == 0 {
        return Err(Refusal::Sealed.into());
    }
    begin(conn, file.id, now)
}

/// With the submission, or with the result: what stands in the dossier now stays. The files that were sealed now, in
/// the order of their arrival.
pub fn seal_all(conn: &mut Conn, dossier_id: DossierId, now: Moment) -> Result<Vec<FileRow>> {
    let open = files::table.filter(
        files::dossier_id.eq(dossier_id).and(files::sealed_at.is_null()).and(files::removed_at.is_null()),
    );
    let mut sealed = diesel::update(open)
        .set(files::sealed_at.eq(now))
        .returning(FileRow::as_returning())
        .get_results(conn)?;
    sealed.sort_by_key(|file| (file.uploaded_at, file.id));
    Ok(sealed)
}

/// A draft is thrown away: no row of its files stays, and their bytes are swept. Refused where one is sealed.
pub fn discard_all(conn: &mut Conn, dossier_id: DossierId, now: Moment) -> Result<()> {
    let all = files::table.filter(files::dossier_id.eq(dossier_id));
    let rows: Vec<(FileId, Option<Moment>)> = all.select((files::id, files::sealed_at)).load(conn)?;
    if rows.iter().any(|(_, sealed_at)| sealed_at.is_some()) {
        return Err(Refusal::Sealed.into());
    }
    diesel::delete(all).execute(conn)?;
    let unheld: Vec<_> =
        rows.iter().map(|(id, _)| (uploads::id.eq(*id), uploads::begun_at.eq(now))).collect();
    // A file that was removed before may be waiting for the sweep already.
    diesel::insert_into(uploads::table).values(unheld).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

/// Objects that belong to nobody since before `moment`.
pub fn unheld_since(conn: &mut Conn, moment: Moment, limit: i64) -> Result<Vec<FileId>> {
    let standing = files::table.filter(files::id.eq(uploads::id).and(files::removed_at.is_null()));
    let ids = uploads::table
        .filter(uploads::begun_at.lt(moment))
        .filter(not(exists(standing)))
        .order((uploads::begun_at, uploads::id))
        .limit(limit)
        .select(uploads::id)
        .load(conn)?;
    Ok(ids)
}
