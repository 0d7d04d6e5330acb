//! A reorganisation of units as a plan: which unit succeeds which, and what a person must decide.
//!
//! What must stay true: a plan that exists accounts for every old and every new unit; nobody's dossier is left in a
//! unit without a successor. A commune that is split over several has one default successor and is listed for a
//! person; what is whole moves by itself. An abolished district is succeeded by its province, except the island
//! districts that had no communes and became special zones.
//! Legal source: Resolution 202/2025/QH15 (provinces), the resolutions of the Standing Committee per province
//! (communes). `seeds/unit_mapping_2025.csv` comes by way of vietnamadminunits (MIT). One list has xã Ba Chẽ as 06970
//! and the other as 06978: the seed says 06978, as the list of units does.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::model::{Level, UnitKey};
use super::tree::Tree;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuccessionKind {
    Whole,
    Split,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MappingRow {
    pub old_district_code: String,
    /// Empty for a district without communes, which is mapped itself.
    pub old_commune_code: String,
    pub new_commune_code: String,
    pub kind: SuccessionKind,
    #[serde(rename = "default", deserialize_with = "one_is_true")]
    pub is_default: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    pub old: UnitKey,
    pub new: UnitKey,
    pub kind: SuccessionKind,
    /// Where things go that nobody has decided about. Exactly one successor of a unit is the default.
    pub is_default: bool,
}

/// A unit whose people and papers do not all go to one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub old: UnitKey,
    pub default: UnitKey,
    pub others: Vec<UnitKey>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// By old unit: provinces, then districts, then communes.
    pub successions: Vec<Succession>,
    pub decisions: Vec<Decision>,
    pub abolished_districts: Vec<UnitKey>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    #[error("line {line} of the mapping: {reason}")]
    Row { line: u64, reason: String },
    #[error("the mapping speaks of the old {0}, which is not in the old list")]
    UnknownOld(UnitKey),
    #[error("the mapping speaks of the new {0}, which is not in the new list")]
    UnknownNew(UnitKey),
    #[error("the old {0} has no successor")]
    NoSuccessor(UnitKey),
    #[error("the new {0} has no predecessor")]
    NoPredecessor(UnitKey),
    #[error("the old {old} is mapped to {new} twice")]
    Repeated { old: UnitKey, new: UnitKey },
    #[error("the old {0} is marked whole but has several successors")]
    WholeButSeveral(UnitKey),
    #[error("the old {0} is marked split but has one successor")]
    SplitButOne(UnitKey),
    #[error("the old {old} has {count} default successors instead of one")]
    Defaults { old: UnitKey, count: usize },
    #[error("the communes of the old {old} go to several provinces: {new:?}")]
    ProvinceDivided { old: UnitKey, new: Vec<String> },
}

pub fn parse_mapping(csv_text: &str) -> Result<Vec<MappingRow>, Vec<PlanFault>> {
    let mut faults = Vec::new();
    let mut rows = Vec::new();
    for (line, row) in
        (2..).zip(csv::Reader::from_reader(csv_text.as_bytes()).into_deserialize::<MappingRow>())
    {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => faults.push(PlanFault::Row { line, reason: error.to_string() }),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// The rows of the mapping that begin in `old`: for a plan of some provinces only.
pub fn mapping_within(mapping: &[MappingRow], old: &Tree) -> Vec<MappingRow> {
    let inside =
        |row: &&MappingRow| old.find(&UnitKey::new(Level::District, &row.old_district_code)).is_some();
    mapping.iter().filter(inside).cloned().collect()
}

/// Makes the plan, or tells everything that is wrong with the lists.
pub fn plan(old: &Tree, new: &Tree, mapping: &[MappingRow]) -> Result<Plan, Vec<PlanFault>> {
    let mut faults = Vec::new();
    let mapped = mapped_successions(old, new, mapping, &mut faults);
    let provinces = province_successions(old, new, &mapped, &mut faults);

    let mut successions: Vec<Succession> = Vec::new();
    for (old_province, new_province) in &provinces {
        successions.push(whole(old_province.clone(), new_province.clone()));
    }
    let mut abolished_districts = Vec::new();
    for district in old.at_level(Level::District) {
        let survives = new.find(&district.key).is_some();
        if !survives {
            abolished_districts.push(district.key.clone());
        }
        if mapped.contains_key(&district.key) {
            continue;
        }
        let successor = if survives {
            Some(&district.key)
        } else {
            district.parent.as_ref().and_then(|province| provinces.get(province))
        };
        match successor {
            Some(successor) => successions.push(whole(district.key.clone(), successor.clone())),
            None => faults.push(PlanFault::NoSuccessor(district.key.clone())),
        }
    }
    successions.extend(mapped.values().flatten().cloned());
    successions.sort_by(|a, b| (&a.old, !a.is_default, &a.new).cmp(&(&b.old, !b.is_default, &b.new)));

    // Both sides are counted from the result, not from the steps that made it.
    let predecessors: BTreeSet<&UnitKey> = successions.iter().map(|succession| &succession.old).collect();
    let successors: BTreeSet<&UnitKey> = successions.iter().map(|succession| &succession.new).collect();
    let orphans = old.units().filter(|unit| !predecessors.contains(&unit.key));
    let orphan_faults = orphans.map(|unit| PlanFault::NoSuccessor(unit.key.clone()));
    let foundlings = new.units().filter(|unit| !successors.contains(&unit.key));
    let foundling_faults = foundlings.map(|unit| PlanFault::NoPredecessor(unit.key.clone()));
    for fault in orphan_faults.chain(foundling_faults) {
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }

    if !faults.is_empty() {
        return Err(faults);
    }
    let decisions = mapped.values().filter_map(|successors| decision(successors)).collect();
    Ok(Plan { successions, decisions, abolished_districts })
}

impl Plan {
    /// Where things of the old unit go unless a person decides otherwise.
    pub fn default_successor(&self, old: &UnitKey) -> Option<&UnitKey> {
        let found =
            self.successions.iter().find(|succession| succession.is_default && succession.old == *old);
        found.map(|succession| &succession.new)
    }
}

type Successions = BTreeMap<UnitKey, Vec<Succession>>;

/// What the mapping says, by old unit, each checked on its own.
fn mapped_successions(
    old: &Tree,
    new: &Tree,
    mapping: &[MappingRow],
    faults: &mut Vec<PlanFault>,
) -> Successions {
    let mut mapped: Successions = BTreeMap::new();
    for row in mapping {
        let old_key = match row.old_commune_code.as_str() {
            "" => UnitKey::new(Level::District, &row.old_district_code),
            code => UnitKey::new(Level::Commune, code),
        };
        let new_key = UnitKey::new(Level::Commune, &row.new_commune_code);
        if old.find(&old_key).is_none() {
            faults.push(PlanFault::UnknownOld(old_key));
        } else if new.find(&new_key).is_none() {
            faults.push(PlanFault::UnknownNew(new_key));
        } else {
            let successors = mapped.entry(old_key.clone()).or_default();
            if successors.iter().any(|succession| succession.new == new_key) {
                faults.push(PlanFault::Repeated { old: old_key, new: new_key });
            } else {
                let (kind, is_default) = (row.kind, row.is_default);
                successors.push(Succession { old: old_key, new: new_key, kind, is_default });
            }
        }
    }
    for (old_key, successors) in &mapped {
        let count = successors.iter().filter(|succession| succession.is_default).count();
        if count != 1 {
            faults.push(PlanFault::Defaults { old: old_key.clone(), count });
        }
        let any_whole = successors.iter().any(|succession| succession.kind == SuccessionKind::Whole);
        if any_whole && successors.len() > 1 {
            faults.push(PlanFault::WholeButSeveral(old_key.clone()));
        }
        if !any_whole && successors.len() == 1 {
            faults.push(PlanFault::SplitButOne(old_key.clone()));
        }
    }
    mapped
}

/// A province goes where its communes go; none of 2025 was divided, and a plan that divides one needs another rule.
fn province_successions(
    old: &Tree,
    new: &Tree,
    mapped: &Successions,
    faults: &mut Vec<PlanFault>,
) -> BTreeMap<UnitKey, UnitKey> {
    let mut destinations: BTreeMap<UnitKey, BTreeSet<UnitKey>> = BTreeMap::new();
    for succession in mapped.values().flatten() {
        if let (Some(from), Some(to)) = (old.province_of(&succession.old), new.province_of(&succession.new)) {
            destinations.entry(from.key.clone()).or_default().insert(to.key.clone());
        }
    }
    let mut provinces = BTreeMap::new();
    for (from, mut to) in destinations {
        match (to.pop_first(), to.is_empty()) {
            (Some(only), true) => {
                provinces.insert(from, only);
            }
            (first, _) => {
                let new = first.into_iter().chain(to).map(|key| key.code).collect();
                faults.push(PlanFault::ProvinceDivided { old: from, new });
            }
        }
    }
    provinces
}

fn whole(old: UnitKey, new: UnitKey) -> Succession {
    Succession { old, new, kind: SuccessionKind::Whole, is_default: true }
}

fn decision(successors: &[Succession]) -> Option<Decision> {
    if successors.len() < 2 {
        return None;
    }
    let default = successors.iter().find(|succession| succession.is_default)?;
    let others = successors.iter().filter(|succession| !succession.is_default);
    Some(Decision {
        old: default.old.clone(),
        default: default.new.clone(),
        others: others.map(|succession| succession.new.clone()).collect(),
    })
}

fn one_is_true<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match u8::deserialize(deserializer)? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(serde::de::Error::custom("the column default is 0 or 1")),
    }
}
