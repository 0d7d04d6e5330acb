//! The published definitions as the process keeps them, and which of them is in force.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use moka::sync::Cache;
use serde_json::Value;

use super::super::forms::CompiledDefinition;
use super::{PUBLISHED, read};
use crate::infra::db::Conn;
use crate::kernel::ids::{ProcedureId, VersionId};
use crate::kernel::values::NationalCode;
use crate::kernel::{Error, Result};
use crate::schema::{procedure_versions, procedures};

/// Some ten kilobytes each, and a province has some two thousand procedures.
const DEFINITIONS_KEPT: u64 = 4_000;

/// The version that a dossier submitted on the day asked about is handled under.
#[derive(Clone)]
pub struct InForce {
    pub procedure_id: ProcedureId,
    pub version_id: VersionId,
    pub number: i32,
    pub valid_from: NaiveDate,
    pub definition: Arc<CompiledDefinition>,
}

/// The published definitions, compiled once a process.
#[derive(Clone)]
pub struct Definitions(Cache<VersionId, Arc<CompiledDefinition>>);

impl Default for Definitions {
    fn default() -> Self {
        Self(Cache::new(DEFINITIONS_KEPT))
    }
}

impl Definitions {
    /// A published version. What is not published (any more) was never pinned: asking for it is a fault of ours.
    pub fn get(&self, conn: &mut Conn, id: VersionId) -> Result<Arc<CompiledDefinition>> {
        if let Some(definition) = self.0.get(&id) {
            return Ok(definition);
        }
        let document: Value = procedure_versions::table
            .find(id)
            .filter(procedure_versions::status.eq(PUBLISHED))
            .select(procedure_versions::definition)
            .first(conn)?;
        let definition = Arc::new(CompiledDefinition::compile(read(document)?).map_err(Error::internal)?);
        self.0.insert(id, definition.clone());
        Ok(definition)
    }

    /// None where the procedure is unknown, has no version on that day, or is closed by then.
    pub fn in_force(&self, conn: &mut Conn, code: &NationalCode, on: NaiveDate) -> Result<Option<InForce>> {
        let found = version_on(on).filter(procedures::code.eq(code)).first(conn).optional()?;
        self.compiled(conn, found)
    }

    pub fn in_force_by_id(&self, conn: &mut Conn, id: ProcedureId, on: NaiveDate) -> Result<Option<InForce>> {
        let found = version_on(on).filter(procedures::id.eq(id)).first(conn).optional()?;
        self.compiled(conn, found)
    }

    fn compiled(&self, conn: &mut Conn, found: Option<VersionRow>) -> Result<Option<InForce>> {
        let Some((procedure_id, version_id, number, valid_from)) = found else { return Ok(None) };
        let definition = self.get(conn, version_id)?;
        Ok(Some(InForce { procedure_id, version_id, number, valid_from, definition }))
    }
}

type VersionRow = (ProcedureId, VersionId, i32, NaiveDate);

#[diesel::dsl::auto_type]
fn version_on(on: NaiveDate) -> _ {
    procedure_versions::table
        .inner_join(procedures::table)
        .filter(procedure_versions::status.eq("published"))
        .filter(procedure_versions::valid_from.le(on))
        .filter(procedures::closed_on.is_null().or(procedures::closed_on.gt(on)))
        .order(procedure_versions::valid_from.desc())
        .select((
            procedures::id,
            procedure_versions::id,
            procedure_versions::number,
            procedure_versions::valid_from,
        ))
}
