//! Publishing: a draft is held against the law's frame and against the province as it will be on the version's
//! first day, every fault is told at once, and from then on the version never changes.
//!
//! A version never begins in the past: dossiers of those days were pinned to what was in force.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde_json::json;

use super::Refusal;
use super::definition::Definition;
use super::publish::{self, Resolution};
use super::steps::{PlannedStep, UnitShape};
use super::store::{self, versions};
use crate::audit;
use crate::authority::{Action, Op};
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::{UnitId, VersionId};
use crate::kernel::{Error, Fault, General, Result};
use crate::units::Unit;
use crate::units::store::{self as units, AgencyAt};

/// The served province on one day, as far as steps are resolved in it.
pub struct Places {
    pub on: NaiveDate,
    pub shape: UnitShape,
    communes: Vec<Place>,
    agencies: BTreeMap<UnitId, Vec<AgencyAt>>,
}

/// A commune as a fault names it.
struct Place(Unit);

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0.full_name, self.0.code)
    }
}

impl Places {
    pub fn load(conn: &mut Conn, on: NaiveDate) -> Result<Self> {
        let communes = units::served_communes(conn, on)?;
        let agencies = units::agencies_over_each(conn, &communes, on)?;
        let shape = store::shape_in_force(conn, on)?;
        Ok(Self { on, shape, communes: communes.into_iter().map(Place).collect(), agencies })
    }

    /// What the step finds for a dossier of that commune.
    fn resolve(&self, place: &Place, step: &PlannedStep<'_>) -> Resolution {
        let over = self.agencies.get(&place.0.id).into_iter().flatten();
        let fitting =
            over.filter(|at| at.level == step.level && at.agency.sectors.contains(&step.step.sector));
        match fitting.count() {
            0 => Resolution::None,
            1 => Resolution::Found,
            _ => Resolution::Ambiguous,
        }
    }

    /// Every fault of a definition that is to begin in this province on this day.
    pub fn faults_of(&self, definition: &Definition, today: NaiveDate) -> Vec<Fault> {
        let mut faults = publish::check(definition, self.shape, today, &self.communes, |place, step| {
            self.resolve(place, step)
        });
        if self.communes.is_empty() {
            faults.push(Fault::new(
                "/steps",
                "no_units",
                format!("Ngày {} tỉnh chưa có cơ quan nào để giải quyết hồ sơ.", self.on),
                format!("On {} the province has no agency to handle dossiers.", self.on),
            ));
        }
        faults
    }
}

/// The faults that would keep a version from being published today.
pub fn check(conn: &mut Conn, op: &Op, id: VersionId) -> Result<Vec<Fault>> {
    let version = versions::find(conn, id)?.ok_or(General::NotFound)?;
    op.permit(Action::VersionSee, &version)?;
    faults(conn, op, &version)
}

/// Publishes a draft that the caller saw as `seen`. A 422 names every fault.
pub fn publish(conn: &mut Conn, op: &Op, id: VersionId, seen: i32) -> Result<versions::Version> {
    let version = versions::lock(conn, id)?.ok_or(General::NotFound)?;
    let permit = op.permit(Action::VersionPublish, &version)?;
    if version.is_published() {
        return Err(Refusal::VersionPublished.error().with("valid_from", version.valid_from.to_string()));
    }
    if version.row_version != seen {
        return Err(General::Stale.error().with("version", version.row_version));
    }
    let today = in_vietnam(op.now).date_naive();
    let procedure = store::procedures::by_id(conn, version.procedure_id)?.ok_or(General::NotFound)?;
    if procedure.is_closed_on(version.valid_from.max(today)) {
        let since = procedure.closed_on.map(|day| day.to_string());
        return Err(Refusal::ProcedureClosed.error().with("closed_on", since));
    }
    let faults = faults(conn, op, &version)?;
    if !faults.is_empty() {
        return Err(Refusal::NotPublishable.error().with_faults(faults));
    }
    versions::publish(conn, &version, permit.account_id(), op.now)?;
    if version.valid_from <= today {
        let shape = store::shape_in_force(conn, version.valid_from)?;
        store::procedures::take_heading(conn, version.procedure_id, &version.definition()?, shape)?;
    }
    let detail =
        json!({ "procedure": version.code, "number": version.number, "valid_from": version.valid_from });
    audit::record(conn, &permit, detail)?;
    versions::find(conn, id)?.ok_or_else(|| Error::internal("a version vanished while it was published"))
}

/// Every fault, by JSON pointer into the version as it was sent: `/valid_from`, `/definition/…`.
fn faults(conn: &mut Conn, op: &Op, version: &versions::Version) -> Result<Vec<Fault>> {
    let today = in_vietnam(op.now).date_naive();
    let definition = version.definition()?;
    let mut faults = Vec::new();
    if version.valid_from < today {
        faults.push(Fault::new(
            "/valid_from",
            "in_the_past",
            "Phiên bản không thể có hiệu lực từ một ngày đã qua: hồ sơ của những ngày đó đã theo phiên bản cũ.",
            "A version cannot begin in the past: dossiers of those days follow the version of then.",
        ));
    }
    if versions::is_day_taken(conn, version.procedure_id, version.valid_from)? {
        faults.push(Fault::new(
            "/valid_from",
            "day_taken",
            "Đã có phiên bản khác được công bố có hiệu lực từ ngày này.",
            "Another published version begins on this day.",
        ));
    }
    let places = Places::load(conn, version.valid_from.max(today))?;
    let mut inside = places.faults_of(&definition, today);
    inside.extend(store::procedures::field_fault(conn, &definition)?);
    for mut fault in inside {
        fault.pointer = format!("/definition{}", fault.pointer);
        faults.push(fault);
    }
    Ok(faults)
}

/// Procedures whose next version began since `since` get its name, levels, subjects and channels in the lists.
/// For a daily job; doing it twice changes nothing.
pub fn follow_the_day(conn: &mut Conn, since: NaiveDate, today: NaiveDate) -> Result<usize> {
    let begun = versions::begun_between(conn, since, today)?;
    let shape = store::shape_in_force(conn, today)?;
    for version in &begun {
        store::procedures::take_heading(conn, version.procedure_id, &version.definition()?, shape)?;
    }
    Ok(begun.len())
}
