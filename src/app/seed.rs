//! Seeds: what a portal needs before its first request. They travel in the binary; nothing is read from a folder.
//!
//! What must stay true: a list that is there is left as it is, so seeding again adds nothing and changes nothing,
//! whatever the office has altered since; a database belongs to one profile; a definition that could not be
//! published by hand is not published here either. Call it inside one transaction; people are `demo`'s.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::calendar::{notices, store as calendar};
use crate::catalogue::definition::{Definition, Field};
use crate::catalogue::import;
use crate::catalogue::publishing::Places;
use crate::catalogue::store::{loading as catalogue, procedures};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::UnitId;
use crate::kernel::text::fold;
use crate::kernel::{Error, Fault, Result};
use crate::units::UnitKey;
use crate::units::agencies::{AgencyFault, Profile, agencies};
use crate::units::reorganisation::{self, PlanFault};
use crate::units::store::loading as units;
use crate::units::tree::{COUNTS_2024, COUNTS_2025, Tree, TreeFault};

const UNITS_2024: &str = include_str!("../../seeds/units_2024.csv");
const UNITS_2025: &str = include_str!("../../seeds/units_2025.csv");
const MAPPING_2025: &str = include_str!("../../seeds/unit_mapping_2025.csv");
const FIELDS: &str = include_str!("../../seeds/fields.csv");
const PROCEDURES: &str = include_str!("../../seeds/procedures.csv");

macro_rules! definitions {
    ($($code:literal),+ $(,)?) => {
        &[$(($code, include_str!(concat!("../../seeds/procedures/", $code, ".json")))),+]
    };
}

/// The complete definitions, by national code.
const DEFINITIONS: &[(&str, &str)] = definitions![
    "1.001193", "1.001612", "1.001776", "1.004222", "1.004873", "1.012783", "1.013978", "2.000528",
    "2.000635", "2.000815", "2.001159", "2.001827", "3.000333",
];

/// Since when the shipped definitions hold: before any demonstration begins.
const DEFINITIONS_FROM: NaiveDate = match NaiveDate::from_ymd_opt(2024, 1, 1) {
    Some(date) => date,
    None => unreachable!(),
};

/// The identifier of the province itself, the same in both profiles.
const ROOT_AGENCY: &str = "H53";

#[derive(Clone, Copy, Debug)]
pub struct Seeding {
    pub profile: Profile,
    pub now: Moment,
}

/// What was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub units: usize,
    pub successions: usize,
    pub agencies: usize,
    pub calendar_days: usize,
    pub fields: usize,
    pub procedures: usize,
    pub versions: usize,
}

#[derive(Debug, thiserror::Error)]
enum SeedFault {
    #[error("the database was seeded with another profile than {0:?}; use another database")]
    OtherProfile(Profile),
    #[error("a list of units is not whole: {0:?}")]
    Tree(Vec<TreeFault>),
    #[error("the mapping of units is not whole: {0:?}")]
    Plan(Vec<PlanFault>),
    #[error("the agencies do not fit")]
    Agencies(#[from] AgencyFault),
    #[error("seeds/fields.csv is not readable")]
    Fields(#[from] csv::Error),
    #[error("procedure {code} is in the field \"{field}\", which seeds/fields.csv does not name")]
    FieldUnknown { code: String, field: String },
    #[error("the definition of {code} is not readable")]
    Definition { code: &'static str, source: serde_json::Error },
    #[error("the definition of {code} could not be published: {}", listed(.faults))]
    NotPublishable { code: String, faults: Vec<Fault> },
}

pub fn seed(conn: &mut Conn, seeding: &Seeding) -> Result<Report> {
    let mut report = Report::default();
    seed_units(conn, seeding.profile, &mut report)?;
    let days = notices::shipped_days().map_err(Error::internal)?;
    report.calendar_days = calendar::add_missing(conn, &days)?;
    seed_records(conn, seeding.now, &mut report)?;
    seed_definitions(conn, seeding, &mut report)?;
    Ok(report)
}

/// The trees, the way from old to new, and the agencies of the province: all of them, or none where they are.
fn seed_units(conn: &mut Conn, profile: Profile, report: &mut Report) -> Result<()> {
    let (root_days, any_agency) = units::agency_days(conn, ROOT_AGENCY)?;
    if root_days.contains(&profile.valid_from()) {
        return Ok(());
    }
    let old_from = Profile::ThreeLevel.valid_from();
    if any_agency || !units::units_since(conn, old_from)?.is_empty() {
        return Err(Error::internal(SeedFault::OtherProfile(profile)));
    }
    let old_tree = tree(UNITS_2024)?;
    old_tree.check_counts(COUNTS_2024).map_err(|fault| Error::internal(SeedFault::Tree(vec![fault])))?;
    let (_, old_to) = profile.old_tree();
    let old_ids = insert_tree(conn, &old_tree, old_from, old_to, report)?;
    let (tree_in_force, ids) = match profile {
        Profile::ThreeLevel => (old_tree, old_ids),
        Profile::TwoLevel => {
            let new_tree = tree(UNITS_2025)?;
            new_tree
                .check_counts(COUNTS_2025)
                .map_err(|fault| Error::internal(SeedFault::Tree(vec![fault])))?;
            let new_ids = insert_tree(conn, &new_tree, profile.valid_from(), None, report)?;
            let mapping = reorganisation::parse_mapping(MAPPING_2025)
                .map_err(|faults| Error::internal(SeedFault::Plan(faults)))?;
            let plan = reorganisation::plan(&old_tree, &new_tree, &mapping)
                .map_err(|faults| Error::internal(SeedFault::Plan(faults)))?;
            report.successions = units::insert_successions(conn, &plan.successions, &old_ids, &new_ids)?;
            (new_tree, new_ids)
        }
    };
    let list = agencies(profile, &tree_in_force).map_err(|fault| Error::internal(SeedFault::from(fault)))?;
    report.agencies = units::insert_agencies(conn, &list, &ids, profile.valid_from())?;
    Ok(())
}

fn tree(csv_text: &str) -> Result<Tree> {
    Tree::parse(csv_text).map_err(|faults| Error::internal(SeedFault::Tree(faults)))
}

fn insert_tree(
    conn: &mut Conn,
    tree: &Tree,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    report: &mut Report,
) -> Result<BTreeMap<UnitKey, UnitId>> {
    let rows = tree.to_rows(valid_from, valid_to);
    report.units += units::insert_units(conn, &rows)?;
    Ok(rows.iter().map(|unit| (unit.key(), unit.id)).collect())
}

/// Fields and the published national records.
fn seed_records(conn: &mut Conn, now: Moment, report: &mut Report) -> Result<()> {
    let mut fields: Vec<Field> = Vec::new();
    for field in csv::Reader::from_reader(FIELDS.as_bytes()).into_deserialize::<FieldRow>() {
        let FieldRow { code, name } = field.map_err(|error| Error::internal(SeedFault::from(error)))?;
        fields.push(Field { code, name });
    }
    report.fields = catalogue::insert_fields(conn, &fields)?;

    let mut records = Vec::new();
    for record in import::read_procedures(PROCEDURES.as_bytes()).map_err(Error::internal)? {
        // The portal writes one and the same field composed here and decomposed there.
        let Some(field) = fields.iter().find(|field| fold(&field.name) == fold(&record.field)) else {
            let (code, field) = (record.code.to_string(), record.field);
            return Err(Error::internal(SeedFault::FieldUnknown { code, field }));
        };
        let field = field.clone();
        records.push((record, field));
    }
    report.procedures = catalogue::insert_records(conn, &records, now)?;
    Ok(())
}

#[derive(Deserialize)]
struct FieldRow {
    code: String,
    name: String,
}

/// The complete definitions, each as the first version of a procedure that has none.
fn seed_definitions(conn: &mut Conn, seeding: &Seeding, report: &mut Report) -> Result<()> {
    let waiting = catalogue::without_version(conn)?;
    let mut definitions = Vec::new();
    for (code, document) in DEFINITIONS {
        let Some((_, procedure_id)) = waiting.iter().find(|(waiting, _)| waiting.as_str() == *code) else {
            continue;
        };
        let definition: Definition = serde_json::from_str(document)
            .map_err(|source| Error::internal(SeedFault::Definition { code, source }))?;
        definitions.push((*procedure_id, definition));
    }
    if definitions.is_empty() {
        return Ok(());
    }
    let today = in_vietnam(seeding.now).date_naive();
    let places = Places::load(conn, today.max(seeding.profile.valid_from()))?;
    for (_, definition) in &definitions {
        let mut faults = places.faults_of(definition, today);
        faults.extend(procedures::field_fault(conn, definition)?);
        if !faults.is_empty() {
            let code = definition.code.to_string();
            return Err(Error::internal(SeedFault::NotPublishable { code, faults }));
        }
    }
    let rows: Vec<_> = definitions.iter().map(|(id, definition)| (*id, definition)).collect();
    report.versions = catalogue::insert_first_versions(conn, &rows, DEFINITIONS_FROM, seeding.now)?;
    for (id, definition) in &definitions {
        procedures::take_heading(conn, *id, definition, places.shape)?;
    }
    Ok(())
}

fn listed(faults: &[Fault]) -> String {
    let lines: Vec<String> =
        faults.iter().map(|fault| format!("{} {}: {}", fault.pointer, fault.code, fault.en)).collect();
    lines.join("; ")
}
