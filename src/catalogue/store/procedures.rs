//! SQL of fields and of procedures as the lists show them. The heading of a procedure (name, field, levels,
//! subjects, channels) is a copy of what its version in force says, kept beside it so that lists have indexes.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::super::Refusal;
use super::super::definition::{ChannelKind, Definition, Field, Subject};
use super::super::steps::{UnitShape, plan};
use crate::authority::Resource;
use crate::infra::clock::Moment;
use crate::infra::db::{Conn, RefuseOn};
use crate::kernel::ids::ProcedureId;
use crate::kernel::paging::Limit;
use crate::kernel::text::{fold, search_patterns};
use crate::kernel::values::NationalCode;
use crate::kernel::{Fault, Result};
use crate::schema::{fields, procedure_versions, procedures};
use crate::units::Level;

/// A procedure without its versions.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = procedures)]
pub struct Procedure {
    pub id: ProcedureId,
    pub code: NationalCode,
    pub name: String,
    pub field_code: String,
    levels: Vec<Option<String>>,
    subjects: Vec<Option<String>>,
    channels: Vec<Option<String>>,
    conflicts: Vec<Option<String>>,
    pub closed_on: Option<NaiveDate>,
}

impl Procedure {
    pub fn levels(&self) -> Vec<String> {
        self.levels.iter().flatten().cloned().collect()
    }
    pub fn subjects(&self) -> Vec<String> {
        self.subjects.iter().flatten().cloned().collect()
    }
    pub fn channels(&self) -> Vec<String> {
        self.channels.iter().flatten().cloned().collect()
    }
    pub fn conflicts(&self) -> Vec<String> {
        self.conflicts.iter().flatten().cloned().collect()
    }
    pub fn is_closed_on(&self, day: NaiveDate) -> bool {
        self.closed_on.is_some_and(|closed_on| closed_on <= day)
    }
}

/// Everybody may see a procedure.
impl Resource for Procedure {
    fn kind(&self) -> &'static str {
        "procedure"
    }
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

/// A procedure in a list: with its field's name and whether dossiers are taken on the day.
pub type Listed = (Procedure, String, bool);

#[derive(Clone, Debug)]
pub struct ProceduresAsked {
    pub as_of: NaiveDate,
    pub typed: Option<String>,
    pub field: Option<String>,
    pub level: Option<String>,
    pub subject: Option<Subject>,
    pub channel: Option<ChannelKind>,
    pub open: Option<bool>,
    pub after: Option<NationalCode>,
    pub limit: Limit,
}

pub fn by_code(conn: &mut Conn, code: &NationalCode) -> Result<Option<Procedure>> {
    Ok(procedures::table
        .filter(procedures::code.eq(code))
        .select(Procedure::as_select())
        .first(conn)
        .optional()?)
}

pub fn by_id(conn: &mut Conn, id: ProcedureId) -> Result<Option<Procedure>> {
    Ok(procedures::table.find(id).select(Procedure::as_select()).first(conn).optional()?)
}

/// Locked, so that versions are numbered and published one after another.
pub fn lock(conn: &mut Conn, code: &NationalCode) -> Result<Option<Procedure>> {
    let found = procedures::table
        .filter(procedures::code.eq(code))
        .select(Procedure::as_select())
        .for_update()
        .first(conn)
        .optional()?;
    Ok(found)
}

/// The procedure with its field's name and the national record as it was published.
pub fn card(conn: &mut Conn, code: &NationalCode) -> Result<Option<(Procedure, String, Option<Value>)>> {
    let found = procedures::table
        .inner_join(fields::table)
        .filter(procedures::code.eq(code))
        .select((Procedure::as_select(), fields::name, procedures::published))
        .first(conn)
        .optional()?;
    Ok(found)
}

pub fn list(conn: &mut Conn, asked: &ProceduresAsked) -> Result<Vec<Listed>> {
    let has_version = diesel::dsl::exists(
        procedure_versions::table
            .filter(procedure_versions::procedure_id.eq(procedures::id))
            .filter(procedure_versions::status.eq(super::PUBLISHED))
            .filter(procedure_versions::valid_from.le(asked.as_of))
            .select(procedure_versions::id),
    );
    let not_closed = procedures::closed_on.is_null().or(procedures::closed_on.gt(asked.as_of));
    let is_open = has_version.and(not_closed.assume_not_null());
    let mut query = procedures::table
        .inner_join(fields::table)
        .order(procedures::code)
        .limit(asked.limit.with_one_more())
        .select((Procedure::as_select(), fields::name, is_open))
        .into_boxed();
    for pattern in search_patterns(asked.typed.as_deref().unwrap_or_default()) {
        query = query.filter(procedures::search_text.like(pattern));
    }
    if let Some(field) = &asked.field {
        query = query.filter(procedures::field_code.eq(field));
    }
    if let Some(level) = &asked.level {
        query = query.filter(procedures::levels.contains(vec![Some(level.as_str())]));
    }
    if let Some(subject) = asked.subject {
        query = query.filter(procedures::subjects.contains(vec![Some(subject_code(subject))]));
    }
    if let Some(channel) = asked.channel {
        query = query.filter(procedures::channels.contains(vec![Some(channel.code())]));
    }
    match asked.open {
        Some(true) => query = query.filter(is_open),
        Some(false) => query = query.filter(diesel::dsl::not(is_open)),
        None => {}
    }
    if let Some(code) = &asked.after {
        query = query.filter(procedures::code.gt(code));
    }
    Ok(query.load(conn)?)
}

/// The fields with the number of their procedures, by name without accents.
pub fn fields(conn: &mut Conn) -> Result<Vec<(Field, i64)>> {
    let rows: Vec<(String, String, i64)> = fields::table
        .left_join(procedures::table)
        .group_by((fields::code, fields::name, fields::search_text))
        .order((fields::search_text, fields::code))
        .select((fields::code, fields::name, diesel::dsl::count(procedures::id.nullable())))
        .load(conn)?;
    Ok(rows.into_iter().map(|(code, name, count)| (Field { code, name }, count)).collect())
}

pub fn field_exists(conn: &mut Conn, code: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(fields::table.find(code))).get_result(conn)?)
}

/// A definition names its field by code; a field has one name.
pub fn field_fault(conn: &mut Conn, definition: &Definition) -> Result<Option<Fault>> {
    let name: Option<String> =
        fields::table.find(&definition.field.code).select(fields::name).first(conn).optional()?;
    Ok(match name {
        Some(name) if name == definition.field.name => None,
        Some(name) => Some(Fault::new(
            "/field/name",
            "field_name",
            format!("Lĩnh vực này có tên là {name}."),
            format!("The field is called {name}."),
        )),
        None => Some(Fault::new(
            "/field/code",
            "field_unknown",
            "Chưa có lĩnh vực mang mã này.",
            "There is no field with this code.",
        )),
    })
}

/// Adds a field unless it is there. Whether the name agrees is asked afterwards.
pub fn add_field(conn: &mut Conn, field: &Field) -> Result<usize> {
    let inserted = diesel::insert_into(fields::table)
        .values((
            fields::code.eq(&field.code),
            fields::name.eq(&field.name),
            fields::search_text.eq(fold(&field.name)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(inserted)
}

pub fn field_name(conn: &mut Conn, code: &str) -> Result<Option<String>> {
    Ok(fields::table.find(code).select(fields::name).first(conn).optional()?)
}

/// A procedure that has a code and a name and nothing else yet.
pub fn insert(
    conn: &mut Conn,
    id: ProcedureId,
    code: &NationalCode,
    name: &str,
    field: &Field,
    now: Moment,
) -> Result<Procedure> {
    let none: Vec<Option<String>> = Vec::new();
    let procedure = diesel::insert_into(procedures::table)
        .values((
            procedures::id.eq(id),
            procedures::code.eq(code),
            procedures::name.eq(name),
            procedures::field_code.eq(&field.code),
            procedures::search_text.eq(search_text(code, name, field)),
            procedures::levels.eq(&none),
            procedures::subjects.eq(&none),
            procedures::channels.eq(&none),
            procedures::conflicts.eq(&none),
            procedures::created_at.eq(now),
        ))
        .returning(Procedure::as_returning())
        .get_result(conn)
        .refuse_on(&[("procedures_code", Refusal::CodeTaken)])?;
    Ok(procedure)
}

/// The lists show from now on what this definition says.
pub fn take_heading(
    conn: &mut Conn,
    id: ProcedureId,
    definition: &Definition,
    shape: UnitShape,
) -> Result<()> {
    let channels: Vec<&str> = definition.channels.open().into_iter().map(|(kind, _)| kind.code()).collect();
    let subjects: Vec<&str> = definition.subjects.iter().map(|subject| subject_code(*subject)).collect();
    let levels: Vec<&str> = levels_passed(definition, shape).into_iter().map(Level::as_str).collect();
    diesel::update(procedures::table.find(id))
        .set((
            procedures::name.eq(&definition.name.vi),
            procedures::field_code.eq(&definition.field.code),
            procedures::search_text.eq(search_text(&definition.code, &definition.name.vi, &definition.field)),
            procedures::levels.eq(levels),
            procedures::subjects.eq(subjects),
            procedures::channels.eq(channels),
        ))
        .execute(conn)?;
    Ok(())
}

/// The levels that a dossier passes, from the commune up, as the province is.
pub fn levels_passed(definition: &Definition, shape: UnitShape) -> Vec<Level> {
    let mut levels: Vec<Level> = match plan(&definition.steps, shape) {
        Ok(walk) => walk.iter().map(|step| step.level).collect(),
        Err(_no_place) => definition.steps.iter().map(|step| step.level).collect(),
    };
    levels.sort_unstable_by(|one, other| other.cmp(one));
    levels.dedup();
    levels
}

pub fn close(conn: &mut Conn, id: ProcedureId, closed_on: NaiveDate) -> Result<()> {
    diesel::update(procedures::table.find(id)).set(procedures::closed_on.eq(closed_on)).execute(conn)?;
    Ok(())
}

pub(super) fn search_text(code: &NationalCode, name: &str, field: &Field) -> String {
    fold(&format!("{code} {name} {}", field.name))
}

pub fn subject_code(subject: Subject) -> &'static str {
    match subject {
        Subject::Citizen => "citizen",
        Subject::Organisation => "organisation",
    }
}
