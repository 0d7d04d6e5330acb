//! A list of administrative units as a tree: read from CSV, checked as a whole, ready to become rows.
//!
//! What must stay true: a `Tree` that exists has no two units of one level with one code, and every parent exists;
//! all faults of a list are told at once. The parent of a commune is a district where the list has districts and a
//! province where it has none.
//! Sources: `seeds/units_2024.csv` (before 1 July 2025) and `seeds/units_2025.csv` (that day; types as of that day)
//! come from the official lists by way of thanglequoc/vietnamese-provinces-database (MIT).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::model::{Level, Unit, UnitKey, path_under};
use crate::kernel::ids::UnitId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeUnit {
    pub key: UnitKey,
    pub name: String,
    pub full_name: String,
    pub unit_type: String,
    pub parent: Option<UnitKey>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub provinces: usize,
    pub districts: usize,
    pub communes: usize,
}

/// QĐ 124/2004/QĐ-TTg as it stood on 30 June 2025.
pub const COUNTS_2024: Counts = Counts { provinces: 63, districts: 696, communes: 10_035 };
/// QĐ 19/2025/QĐ-TTg.
pub const COUNTS_2025: Counts = Counts { provinces: 34, districts: 0, communes: 3_321 };

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault {
    #[error("line {line}: {reason}")]
    Row { line: u64, reason: String },
    #[error("{key} occurs twice")]
    DuplicateCode { key: UnitKey },
    #[error("{key} lies in {parent}, which is not in the list")]
    MissingParent { key: UnitKey, parent: UnitKey },
    #[error("{expected:?} were expected, the list has {found:?}")]
    Counts { expected: Counts, found: Counts },
}

/// Sorted by level and code, so parents come before their children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    units: BTreeMap<UnitKey, TreeUnit>,
}

#[derive(Deserialize)]
struct Row {
    level: Level,
    code: String,
    name: String,
    unit_type: String,
    parent_code: String,
}

impl Tree {
    /// Reads a list with the columns level, code, name, unit_type, parent_code.
    pub fn parse(csv_text: &str) -> Result<Self, Vec<TreeFault>> {
        let mut faults = Vec::new();
        let mut rows = Vec::new();
        for (line, row) in (2..).zip(csv::Reader::from_reader(csv_text.as_bytes()).into_deserialize::<Row>())
        {
            match row.map_err(|error| error.to_string()).and_then(checked_row) {
                Ok(row) => rows.push(row),
                Err(reason) => faults.push(TreeFault::Row { line, reason }),
            }
        }

        let above_communes = if rows.iter().any(|row| row.level == Level::District) {
            Level::District
        } else {
            Level::Province
        };
        let mut units = BTreeMap::new();
        for row in rows {
            let unit = tree_unit(row, above_communes);
            if let Some(twin) = units.insert(unit.key.clone(), unit) {
                faults.push(TreeFault::DuplicateCode { key: twin.key });
            }
        }
        for unit in units.values() {
            if let Some(parent) = unit.parent.as_ref().filter(|parent| !units.contains_key(parent)) {
                faults.push(TreeFault::MissingParent { key: unit.key.clone(), parent: parent.clone() });
            }
        }
        if faults.is_empty() { Ok(Self { units }) } else { Err(faults) }
    }

    pub fn check_counts(&self, expected: Counts) -> Result<(), TreeFault> {
        let found = self.counts();
        if found == expected { Ok(()) } else { Err(TreeFault::Counts { expected, found }) }
    }

    pub fn counts(&self) -> Counts {
        let count = |level| self.at_level(level).count();
        Counts {
            provinces: count(Level::Province),
            districts: count(Level::District),
            communes: count(Level::Commune),
        }
    }

    pub fn units(&self) -> impl Iterator<Item = &TreeUnit> {
        self.units.values()
    }

    pub fn at_level(&self, level: Level) -> impl Iterator<Item = &TreeUnit> {
        self.units.values().filter(move |unit| unit.key.level == level)
    }

    pub fn find(&self, key: &UnitKey) -> Option<&TreeUnit> {
        self.units.get(key)
    }

    /// The units directly under `key`, by level and code.
    pub fn children(&self, key: &UnitKey) -> impl Iterator<Item = &TreeUnit> {
        self.units.values().filter(move |unit| unit.parent.as_ref() == Some(key))
    }

    /// The province in which the unit lies; a province lies in itself.
    pub fn province_of(&self, key: &UnitKey) -> Option<&TreeUnit> {
        let mut unit = self.find(key)?;
        // Levels only go up, so this ends.
        while let Some(parent) = &unit.parent {
            unit = self.find(parent)?;
        }
        Some(unit)
    }

    /// The part of the tree that lies in these provinces.
    pub fn within(&self, province_codes: &[&str]) -> Self {
        let inside = |key: &UnitKey| {
            self.province_of(key).is_some_and(|province| province_codes.contains(&province.key.code.as_str()))
        };
        let units = self.units.iter().filter(|(key, _)| inside(key));
        Self { units: units.map(|(key, unit)| (key.clone(), unit.clone())).collect() }
    }

    /// Rows with new ids, parents first, as the table wants them.
    pub fn to_rows(&self, valid_from: NaiveDate, valid_to: Option<NaiveDate>) -> Vec<Unit> {
        let mut placed: BTreeMap<&UnitKey, (UnitId, String)> = BTreeMap::new();
        let mut rows = Vec::with_capacity(self.units.len());
        for unit in self.units.values() {
            let id = UnitId::new();
            let parent = unit.parent.as_ref().and_then(|parent| placed.get(parent));
            let path = path_under(parent.map(|(_, path)| path.as_str()), id);
            rows.push(Unit {
                id,
                level: unit.key.level,
                code: unit.key.code.clone(),
                name: unit.name.clone(),
                full_name: unit.full_name.clone(),
                unit_type: unit.unit_type.clone(),
                parent_id: parent.map(|(id, _)| *id),
                path: path.clone(),
                valid_from,
                valid_to,
            });
            placed.insert(&unit.key, (id, path));
        }
        rows
    }
}

fn checked_row(row: Row) -> Result<Row, String> {
    let code_length = match row.level {
        Level::Province => 2,
        Level::District => 3,
        Level::Commune => 5,
    };
    if row.code.len() != code_length || !row.code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("the code of a {} has {code_length} digits, not \"{}\"", row.level, row.code));
    }
    if row.name.trim().is_empty() || row.unit_type.trim().is_empty() {
        return Err(format!("{} {} has no name or no type", row.level, row.code));
    }
    if (row.level == Level::Province) != row.parent_code.is_empty() {
        return Err(format!(
            "a province has no parent and every other unit has one: {} {}",
            row.level, row.code
        ));
    }
    Ok(row)
}

fn tree_unit(row: Row, above_communes: Level) -> TreeUnit {
    let parent = match row.level {
        Level::Province => None,
        Level::District => Some(UnitKey::new(Level::Province, &row.parent_code)),
        Level::Commune => Some(UnitKey::new(above_communes, &row.parent_code)),
    };
    // The official types are longer than what stands before the name on a sign.
    let word = match row.unit_type.as_str() {
        "Đặc khu tại hải đảo" => "Đặc khu",
        unit_type if unit_type.starts_with("Thành phố") => "Thành phố",
        unit_type => unit_type,
    };
    TreeUnit {
        key: UnitKey::new(row.level, &row.code),
        full_name: format!("{word} {}", row.name),
        name: row.name,
        unit_type: row.unit_type,
        parent,
    }
}
