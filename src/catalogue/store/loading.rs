//! SQL that loads the shipped catalogue: fields, published national records, complete definitions. What is there
//! already is left as it is.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::super::definition::{Definition, Field};
use super::super::import::ImportedProcedure;
use super::PUBLISHED;
use super::procedures::search_text;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{ProcedureId, VersionId};
use crate::kernel::text::fold;
use crate::kernel::values::NationalCode;
use crate::kernel::{Error, Result};
use crate::schema::{fields, procedure_versions, procedures};

pub fn insert_fields(conn: &mut Conn, list: &[Field]) -> Result<usize> {
    let rows: Vec<_> = list
        .iter()
        .map(|field| {
            (
                fields::code.eq(&field.code),
                fields::name.eq(&field.name),
                fields::search_text.eq(fold(&field.name)),
            )
        })
        .collect();
    Ok(diesel::insert_into(fields::table).values(rows).on_conflict_do_nothing().execute(conn)?)
}

/// Each record with its field.
pub fn insert_records(conn: &mut Conn, records: &[(ImportedProcedure, Field)], now: Moment) -> Result<usize> {
    let mut rows = Vec::with_capacity(records.len());
    for (record, field) in records {
        rows.push((
            procedures::id.eq(ProcedureId::new()),
            procedures::code.eq(&record.code),
            procedures::name.eq(&record.name),
            procedures::field_code.eq(&field.code),
            procedures::search_text.eq(search_text(&record.code, &record.name, field)),
            procedures::levels.eq(words(&record.levels)?),
            // The record does not say who may apply.
            procedures::subjects.eq(Vec::<Option<String>>::new()),
            procedures::channels.eq(words(&record.open_channels())?),
            procedures::published.eq(serde_json::to_value(record).map_err(Error::internal)?),
            procedures::conflicts.eq(words(&record.conflict_codes())?),
            procedures::created_at.eq(now),
        ));
    }
    Ok(diesel::insert_into(procedures::table).values(rows).on_conflict_do_nothing().execute(conn)?)
}

/// The words of a closed list as JSON spells them, for a text column.
fn words<T: serde::Serialize>(list: &[T]) -> Result<Vec<Option<String>>> {
    let mut words = Vec::with_capacity(list.len());
    for word in list {
        let value = serde_json::to_value(word).map_err(Error::internal)?;
        words.push(value.as_str().map(str::to_owned));
    }
    Ok(words)
}

/// The procedures that have no version at all, draft or published.
pub fn without_version(conn: &mut Conn) -> Result<BTreeMap<NationalCode, ProcedureId>> {
    let rows: Vec<(NationalCode, ProcedureId)> = procedures::table
        .left_join(procedure_versions::table)
        .filter(procedure_versions::id.nullable().is_null())
        .select((procedures::code, procedures::id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The first versions of procedures, published as shipped.
pub fn insert_first_versions(
    conn: &mut Conn,
    definitions: &[(ProcedureId, &Definition)],
    valid_from: NaiveDate,
    now: Moment,
) -> Result<usize> {
    let mut rows = Vec::with_capacity(definitions.len());
    for (procedure_id, definition) in definitions {
        rows.push((
            procedure_versions::id.eq(VersionId::new()),
            procedure_versions::procedure_id.eq(*procedure_id),
            procedure_versions::number.eq(1),
            procedure_versions::status.eq(PUBLISHED),
            procedure_versions::valid_from.eq(valid_from),
            procedure_versions::definition.eq(serde_json::to_value(definition).map_err(Error::internal)?),
            procedure_versions::created_at.eq(now),
            procedure_versions::published_at.eq(now),
        ));
    }
    Ok(diesel::insert_into(procedure_versions::table).values(rows).execute(conn)?)
}
