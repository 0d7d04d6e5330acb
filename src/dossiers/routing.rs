//! Which agency is competent for each step: it follows from the step's level and sector, the address that the form
//! marks as decisive, and the day. One agency or a refusal: none and two are both said, and nothing is lost.
//!
//! Reception is not bound to a boundary (NĐ 118/2025/NĐ-CP): at the counter the receiving desk takes the place of
//! the reception and return steps; the competent agencies handle.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::model::RouteStep;
use super::refusal::Refusal;
use crate::catalogue::definition::{Step, StepKind};
use crate::catalogue::forms::CompiledDefinition;
use crate::catalogue::steps::{self, UnitShape};
use crate::infra::db::Conn;
use crate::kernel::ids::AgencyId;
use crate::kernel::{Error, Fault, Result};
use crate::units::store::{self as units, AgencyAt};
use crate::units::{Agency, Level, Unit};

/// Where a dossier goes: the unit that decides, and an agency for every step.
#[derive(Clone, Debug)]
pub struct Routed {
    pub unit: Unit,
    /// The desk that receives: the first step's agency.
    pub receiving: Agency,
    pub steps: Vec<RouteStep>,
}

pub fn route(
    conn: &mut Conn,
    definition: &CompiledDefinition,
    answers: &Value,
    on: NaiveDate,
    desk: Option<Agency>,
) -> Result<Routed> {
    let unit = decisive_unit(conn, definition, answers, on)?;
    let agencies = units::agencies_over(conn, &unit, on)?;
    if agencies.is_empty() {
        return Err(Refusal::AddressOutside.error().with("unit", unit.full_name));
    }
    let at_desk = desk.as_ref().map(|desk| desk.id);
    let steps = resolve(&definition.definition().steps, shape_of(&agencies), &agencies, at_desk)?;
    let first = steps.first().map(|step| step.agency_id);
    let receiving = match desk {
        Some(desk) => Some(desk),
        None => agencies.into_iter().map(|at| at.agency).find(|agency| Some(agency.id) == first),
    };
    let receiving = receiving.ok_or_else(|| Error::internal("a walk without steps was published"))?;
    Ok(Routed { unit, receiving, steps })
}

fn decisive_unit(
    conn: &mut Conn,
    definition: &CompiledDefinition,
    answers: &Value,
    on: NaiveDate,
) -> Result<Unit> {
    let Some(pointer) = definition.definition().routing.address.as_deref() else {
        return units::served_province(conn, on)?.ok_or_else(|| Refusal::NoCompetentAgency.into());
    };
    let code = definition.decisive_commune(answers).unwrap_or_default();
    units::commune_as_of(conn, code, on)?.ok_or_else(|| {
        let refusal = Refusal::AddressUnknown;
        let words = crate::kernel::Code::from(refusal);
        refusal.error().with("as_of", on.to_string()).with_faults(vec![Fault::new(
            format!("/answers{pointer}"),
            "unknown_commune",
            words.vi,
            words.en,
        )])
    })
}

/// The levels that the province has: those at which some agency stands over this unit.
fn shape_of(agencies: &[AgencyAt]) -> UnitShape {
    let has = |level: Level| agencies.iter().any(|at| at.level == level);
    UnitShape { commune: true, district: has(Level::District), province: has(Level::Province) }
}

/// Every step gets its one agency. Pure: a table of steps against a table of agencies.
pub fn resolve(
    definition_steps: &[Step],
    shape: UnitShape,
    agencies: &[AgencyAt],
    desk: Option<AgencyId>,
) -> Result<Vec<RouteStep>> {
    let planned = steps::plan(definition_steps, shape)
        .map_err(|faults| Error::internal(format!("a published walk has no place here: {faults:?}")))?;
    let mut route = Vec::with_capacity(planned.len());
    for planned_step in planned {
        let step = planned_step.step;
        let at_desk = matches!(step.kind, StepKind::Reception | StepKind::Return);
        let agency_id = match desk.filter(|_| at_desk) {
            Some(desk) => desk,
            None => competent(agencies, planned_step.level, step)?,
        };
        route.push(RouteStep {
            code: step.code.clone(),
            kind: step.kind,
            role: step.role,
            agency_id,
            time_share: planned_step.time_share,
            confirmation: step.confirmation,
        });
    }
    Ok(route)
}

fn competent(agencies: &[AgencyAt], level: Level, step: &Step) -> Result<AgencyId> {
    let mut fitting =
        agencies.iter().filter(|at| at.level == level && at.agency.sectors.contains(&step.sector));
    let refuse = |refusal: Refusal| {
        refusal.error().with(
            "step",
            json!({ "code": step.code, "level": level.as_str(), "sector": step.sector.as_str() }),
        )
    };
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only.agency.id),
        (None, _) => Err(refuse(Refusal::NoCompetentAgency)),
        (Some(_), Some(_)) => Err(refuse(Refusal::AmbiguousAgency)),
    }
}
