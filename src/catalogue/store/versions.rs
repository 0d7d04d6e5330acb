//! SQL of the versions of a procedure: drafts that change and published ones that do not (a trigger holds them).

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::super::Refusal;
use super::super::definition::Definition;
use super::procedures::Procedure;
use super::{DRAFT, PUBLISHED, read};
use crate::authority::{Action, Resource};
use crate::infra::clock::Moment;
use crate::infra::db::{Conn, RefuseOn};
use crate::kernel::ids::{AccountId, ProcedureId, VersionId};
use crate::kernel::values::NationalCode;
use crate::kernel::{Error, General, Result};
use crate::schema::{procedure_versions, procedures};

#[derive(Clone, Debug, Queryable)]
pub struct Version {
    pub id: VersionId,
    pub procedure_id: ProcedureId,
    pub code: NationalCode,
    pub number: i32,
    pub status: String,
    pub valid_from: NaiveDate,
    /// The definition as it is stored.
    pub document: Value,
    pub row_version: i32,
    pub created_by: Option<AccountId>,
    pub created_at: Moment,
    pub published_by: Option<AccountId>,
    pub published_at: Option<Moment>,
}

type Columns = (
    procedure_versions::id,
    procedure_versions::procedure_id,
    procedures::code,
    procedure_versions::number,
    procedure_versions::status,
    procedure_versions::valid_from,
    procedure_versions::definition,
    procedure_versions::row_version,
    procedure_versions::created_by,
    procedure_versions::created_at,
    procedure_versions::published_by,
    procedure_versions::published_at,
);

const COLUMNS: Columns = (
    procedure_versions::id,
    procedure_versions::procedure_id,
    procedures::code,
    procedure_versions::number,
    procedure_versions::status,
    procedure_versions::valid_from,
    procedure_versions::definition,
    procedure_versions::row_version,
    procedure_versions::created_by,
    procedure_versions::created_at,
    procedure_versions::published_by,
    procedure_versions::published_at,
);

impl Version {
    pub fn is_published(&self) -> bool {
        self.status == PUBLISHED
    }

    pub fn definition(&self) -> Result<Definition> {
        read(self.document.clone())
    }
}

impl Resource for Version {
    fn kind(&self) -> &'static str {
        "procedure_version"
    }
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn see(&self) -> Option<Action> {
        Some(Action::VersionSee)
    }
}

pub fn find(conn: &mut Conn, id: VersionId) -> Result<Option<Version>> {
    let found = procedure_versions::table
        .inner_join(procedures::table)
        .filter(procedure_versions::id.eq(id))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(found)
}

/// Locks the version and its procedure for this transaction.
pub fn lock(conn: &mut Conn, id: VersionId) -> Result<Option<Version>> {
    let found = procedure_versions::table
        .inner_join(procedures::table)
        .filter(procedure_versions::id.eq(id))
        .select(COLUMNS)
        .for_update()
        .first(conn)
        .optional()?;
    Ok(found)
}

pub fn draft_of(conn: &mut Conn, id: ProcedureId) -> Result<Option<Version>> {
    let found = procedure_versions::table
        .inner_join(procedures::table)
        .filter(procedure_versions::procedure_id.eq(id))
        .filter(procedure_versions::status.eq(DRAFT))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(found)
}

/// A published version without its content.
#[derive(Clone, Debug, Queryable)]
pub struct PublishedVersion {
    pub id: VersionId,
    pub number: i32,
    pub valid_from: NaiveDate,
    pub published_at: Option<Moment>,
}

/// Newest first.
pub fn published_of(conn: &mut Conn, id: ProcedureId) -> Result<Vec<PublishedVersion>> {
    let found = procedure_versions::table
        .filter(procedure_versions::procedure_id.eq(id))
        .filter(procedure_versions::status.eq(PUBLISHED))
        .order(procedure_versions::valid_from.desc())
        .select((
            procedure_versions::id,
            procedure_versions::number,
            procedure_versions::valid_from,
            procedure_versions::published_at,
        ))
        .load(conn)?;
    Ok(found)
}

/// The versions in force today that began on or after `since`.
pub fn begun_between(conn: &mut Conn, since: NaiveDate, today: NaiveDate) -> Result<Vec<Version>> {
    let found: Vec<Version> = procedure_versions::table
        .inner_join(procedures::table)
        .filter(procedure_versions::status.eq(PUBLISHED))
        .filter(procedure_versions::valid_from.between(since, today))
        .order((procedure_versions::procedure_id, procedure_versions::valid_from.desc()))
        .distinct_on(procedure_versions::procedure_id)
        .select(COLUMNS)
        .load(conn)?;
    Ok(found)
}

pub fn is_day_taken(conn: &mut Conn, id: ProcedureId, valid_from: NaiveDate) -> Result<bool> {
    let taken = procedure_versions::table
        .filter(procedure_versions::procedure_id.eq(id))
        .filter(procedure_versions::status.eq(PUBLISHED))
        .filter(procedure_versions::valid_from.eq(valid_from));
    Ok(diesel::select(diesel::dsl::exists(taken)).get_result(conn)?)
}

/// The procedure is locked: the number is the next one.
pub fn insert_draft(
    conn: &mut Conn,
    procedure: &Procedure,
    definition: &Definition,
    valid_from: NaiveDate,
    by: Option<AccountId>,
    now: Moment,
) -> Result<VersionId> {
    let last: Option<i32> = procedure_versions::table
        .filter(procedure_versions::procedure_id.eq(procedure.id))
        .select(diesel::dsl::max(procedure_versions::number))
        .first(conn)?;
    let id = VersionId::new();
    diesel::insert_into(procedure_versions::table)
        .values((
            procedure_versions::id.eq(id),
            procedure_versions::procedure_id.eq(procedure.id),
            procedure_versions::number.eq(last.unwrap_or(0) + 1),
            procedure_versions::status.eq(DRAFT),
            procedure_versions::valid_from.eq(valid_from),
            procedure_versions::definition.eq(serde_json::to_value(definition).map_err(Error::internal)?),
            procedure_versions::created_by.eq(by),
            procedure_versions::created_at.eq(now),
        ))
        .execute(conn)
        .refuse_on(&[("procedure_versions_one_draft", Refusal::DraftExists)])?;
    Ok(id)
}

/// Replaces a draft that was seen as `seen`.
pub fn save_draft(
    conn: &mut Conn,
    id: VersionId,
    seen: i32,
    definition: &Definition,
    valid_from: NaiveDate,
) -> Result<()> {
    let updated = diesel::update(still_draft(id, seen))
        .set((
            procedure_versions::definition.eq(serde_json::to_value(definition).map_err(Error::internal)?),
            procedure_versions::valid_from.eq(valid_from),
            procedure_versions::row_version.eq(seen + 1),
        ))
        .execute(conn)?;
    if updated == 1 { Ok(()) } else { Err(General::Stale.into()) }
}

pub fn discard_draft(conn: &mut Conn, id: VersionId, seen: i32) -> Result<()> {
    let deleted = diesel::delete(still_draft(id, seen)).execute(conn)?;
    if deleted == 1 { Ok(()) } else { Err(General::Stale.into()) }
}

pub fn publish(conn: &mut Conn, version: &Version, by: Option<AccountId>, now: Moment) -> Result<()> {
    let updated = diesel::update(still_draft(version.id, version.row_version))
        .set((
            procedure_versions::status.eq(PUBLISHED),
            procedure_versions::published_by.eq(by),
            procedure_versions::published_at.eq(now),
            procedure_versions::row_version.eq(version.row_version + 1),
        ))
        .execute(conn)
        .refuse_on(&[("procedure_versions_one_a_day", Refusal::DayTaken)])?;
    if updated == 1 { Ok(()) } else { Err(General::Stale.into()) }
}

#[diesel::dsl::auto_type]
fn still_draft(id: VersionId, seen: i32) -> _ {
    procedure_versions::table
        .filter(procedure_versions::id.eq(id))
        .filter(procedure_versions::row_version.eq(seen))
        .filter(procedure_versions::status.eq("draft"))
}
