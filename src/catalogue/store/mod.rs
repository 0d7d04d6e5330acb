//! SQL of the catalogue, and the published definitions as the process keeps them.
//! Tables: `fields`, `procedures`, `procedure_versions`.
//!
//! What must stay true: the version in force on a day is the published one with the latest first day not after it;
//! only published versions are kept in memory, because only they never change.

mod definitions;
pub mod loading;
pub mod procedures;
pub mod versions;

pub use definitions::{Definitions, InForce};

use chrono::NaiveDate;
use serde_json::Value;

use super::definition::Definition;
use super::steps::UnitShape;
use crate::infra::db::Conn;
use crate::kernel::{Error, Result};
use crate::units::{Level, store as units};

pub const PUBLISHED: &str = "published";
pub const DRAFT: &str = "draft";

pub(super) fn read(document: Value) -> Result<Definition> {
    serde_json::from_value(document).map_err(Error::internal)
}

/// The levels that the served province has on that day.
pub fn shape_in_force(conn: &mut Conn, on: NaiveDate) -> Result<UnitShape> {
    let levels = units::levels_in_force(conn, on)?;
    Ok(UnitShape {
        commune: levels.contains(&Level::Commune),
        district: levels.contains(&Level::District),
        province: levels.contains(&Level::Province),
    })
}
