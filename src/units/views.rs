//! Units and agencies as people read them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Agency, AgencyKind, Level, Sector, Unit};
use super::store::lists::Kin;
use crate::kernel::ids::{AgencyId, UnitId};
use crate::kernel::values::AgencyIdentifier;

/// A unit's code and level may name another territory on another day; its id never does.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "level": "commune", "code": "25486", "name": "Tân Biên",
    "full_name": "Thị trấn Tân Biên", "unit_type": "Thị trấn", "parent_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b20",
    "valid_from": "2020-01-01", "valid_to": null
}))]
pub struct UnitView {
    pub id: UnitId,
    pub level: Level,
    pub code: String,
    pub name: String,
    pub full_name: String,
    pub unit_type: String,
    pub parent_id: Option<UnitId>,
    pub valid_from: NaiveDate,
    /// The last day on which the unit exists.
    pub valid_to: Option<NaiveDate>,
}

impl From<Unit> for UnitView {
    fn from(unit: Unit) -> Self {
        Self {
            id: unit.id,
            level: unit.level,
            code: unit.code,
            name: unit.name,
            full_name: unit.full_name,
            unit_type: unit.unit_type,
            parent_id: unit.parent_id,
            valid_from: unit.valid_from,
            valid_to: unit.valid_to,
        }
    }
}

/// A unit, what it lies in, and what came before and after it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "unit": {
        "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "level": "commune", "code": "25486", "name": "Tân Biên",
        "full_name": "Thị trấn Tân Biên", "unit_type": "Thị trấn",
        "parent_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b20", "valid_from": "2020-01-01", "valid_to": "2025-06-30"
    },
    "above": [], "predecessors": [], "successors": []
}))]
pub struct UnitCard {
    pub unit: UnitView,
    /// The units above, from the province down.
    pub above: Vec<UnitView>,
    pub predecessors: Vec<KinView>,
    pub successors: Vec<KinView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KinView {
    pub unit: UnitView,
    /// `whole`: everything goes there. `split`: a part does.
    #[schema(example = "whole")]
    pub kind: String,
    /// Where things go unless a person decides otherwise.
    pub is_default: bool,
}

impl From<Kin> for KinView {
    fn from(kin: Kin) -> Self {
        Self { unit: kin.unit.into(), kind: kin.kind, is_default: kin.is_default }
    }
}

/// What a code names, and on which day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "as_of": "2025-06-30",
    "unit": {
        "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "level": "commune", "code": "25486", "name": "Tân Biên",
        "full_name": "Thị trấn Tân Biên", "unit_type": "Thị trấn",
        "parent_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b20", "valid_from": "2020-01-01", "valid_to": "2025-06-30"
    }
}))]
pub struct ResolvedUnit {
    pub as_of: NaiveDate,
    pub unit: UnitView,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b23", "unit_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21",
    "identifier": "H53.21.11", "name": "Ủy ban nhân dân Phường 1, Thành phố Tây Ninh", "kind": "peoples_committee",
    "sectors": ["civil_status", "certification"], "valid_from": "2020-01-01", "valid_to": null
}))]
pub struct AgencyView {
    pub id: AgencyId,
    pub unit_id: UnitId,
    pub identifier: AgencyIdentifier,
    pub name: String,
    pub kind: AgencyKind,
    /// What it is competent for in its unit.
    pub sectors: Vec<Sector>,
    pub valid_from: NaiveDate,
    /// The last day on which the agency exists.
    pub valid_to: Option<NaiveDate>,
}

impl From<Agency> for AgencyView {
    fn from(agency: Agency) -> Self {
        Self {
            id: agency.id,
            unit_id: agency.unit_id,
            identifier: agency.identifier,
            name: agency.name,
            kind: agency.kind,
            sectors: agency.sectors,
            valid_from: agency.valid_from,
            valid_to: agency.valid_to,
        }
    }
}
