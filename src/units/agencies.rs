//! The agencies of the demonstration province, for the tree before and after 1 July 2025.
//!
//! What must stay true: a unit has exactly one agency for a sector, so routing finds one and never two.
//! Only the root `H53` (Tây Ninh) is real, and even that is known for the time before the merger; every identifier
//! below it is invented in the style of QĐ 20/2020/QĐ-TTg. Which agency has which sector follows the common division
//! of work, simplified: a province that uses this writes its own list.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::model::{AgencyKind, Level, Sector, UnitKey};
use super::tree::{Tree, TreeUnit};
use crate::kernel::values::{AgencyIdentifier, ValueFault};

const ROOT: &str = "H53";
const FIRST_DISTRICT: usize = 21;
/// Below a district, 01 to 10 are its own agencies.
const FIRST_COMMUNE_OF_DISTRICT: usize = 11;
const FIRST_COMMUNE_OF_PROVINCE: usize = 101;

/// Which Tây Ninh the demonstration shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Old Tây Ninh (72), 9 districts and 94 communes, without an end.
    ThreeLevel,
    /// The old tree to its last day, then Tây Ninh (80) with 96 communes: old Tây Ninh and Long An.
    TwoLevel,
}

impl Profile {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "three-level" => Some(Self::ThreeLevel),
            "two-level" => Some(Self::TwoLevel),
            _ => None,
        }
    }

    /// The province in the tree that is in force; the code means nothing without `valid_from`.
    pub const fn province_code(self) -> &'static str {
        match self {
            Self::ThreeLevel => "72",
            Self::TwoLevel => "80",
        }
    }

    /// Since when the tree in force is. The old list has no one date: for the demonstration it begins early enough
    /// for every example.
    pub const fn valid_from(self) -> NaiveDate {
        match self {
            Self::ThreeLevel => date(2020, 1, 1),
            Self::TwoLevel => date(2025, 7, 1),
        }
    }

    /// The provinces of the old list that the profile needs, and the last day of that list where it has one.
    pub const fn old_tree(self) -> (&'static [&'static str], Option<NaiveDate>) {
        match self {
            Self::ThreeLevel => (&["72"], None),
            Self::TwoLevel => (&["72", "80"], Some(date(2025, 6, 30))),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencySeed {
    pub identifier: AgencyIdentifier,
    pub unit: UnitKey,
    pub name: String,
    pub kind: AgencyKind,
    pub sectors: Vec<Sector>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgencyFault {
    #[error("the province {0} is not in the list of units")]
    NoProvince(&'static str),
    #[error("the identifier {text} is not valid")]
    Identifier { text: String, source: ValueFault },
    #[error("{unit} has two agencies for {sector}: {first} and {second}")]
    SectorTwice { unit: UnitKey, sector: Sector, first: AgencyIdentifier, second: AgencyIdentifier },
    #[error("the identifier {0} occurs twice")]
    IdentifierTwice(AgencyIdentifier),
}

/// The agencies of the profile's province in `tree`, which is the list in force: the old one or the new one.
pub fn agencies(profile: Profile, tree: &Tree) -> Result<Vec<AgencySeed>, AgencyFault> {
    let key = UnitKey::new(Level::Province, profile.province_code());
    let province = tree.find(&key).ok_or(AgencyFault::NoProvince(profile.province_code()))?;

    let mut seeds = province_agencies(province)?;
    for (number, district) in
        (FIRST_DISTRICT..).zip(tree.children(&key).filter(|u| u.key.level == Level::District))
    {
        let district_root = format!("{ROOT}.{number}");
        seeds.extend(district_agencies(&district_root, district)?);
        for (number, commune) in (FIRST_COMMUNE_OF_DISTRICT..).zip(tree.children(&district.key)) {
            seeds.extend(commune_agencies(&format!("{district_root}.{number}"), commune, district)?);
        }
    }
    let communes = tree.children(&key).filter(|unit| unit.key.level == Level::Commune);
    for (number, commune) in (FIRST_COMMUNE_OF_PROVINCE..).zip(communes) {
        seeds.extend(commune_agencies(&format!("{ROOT}.{number}"), commune, province)?);
    }
    check(&seeds)?;
    Ok(seeds)
}

/// One agency per unit and sector, one identifier per agency. Also for lists that a province brings.
pub fn check(seeds: &[AgencySeed]) -> Result<(), AgencyFault> {
    let mut by_sector: BTreeMap<(&UnitKey, Sector), &AgencyIdentifier> = BTreeMap::new();
    let mut identifiers = std::collections::BTreeSet::new();
    for seed in seeds {
        if !identifiers.insert(&seed.identifier) {
            return Err(AgencyFault::IdentifierTwice(seed.identifier.clone()));
        }
        for sector in &seed.sectors {
            if let Some(first) = by_sector.insert((&seed.unit, *sector), &seed.identifier) {
                let (first, second) = (first.clone(), seed.identifier.clone());
                return Err(AgencyFault::SectorTwice {
                    unit: seed.unit.clone(),
                    sector: *sector,
                    first,
                    second,
                });
            }
        }
    }
    Ok(())
}

fn province_agencies(province: &TreeUnit) -> Result<Vec<AgencySeed>, AgencyFault> {
    use AgencyKind::{Department, PeoplesCommittee, Police, ServiceCentre};
    let place = &province.full_name;
    let seed = |suffix: &str, title: &str, kind, sectors: &[Sector]| {
        agency(format!("{ROOT}{suffix}"), province, format!("{title} {place}"), kind, sectors)
    };
    Ok(vec![
        seed("", "Ủy ban nhân dân", PeoplesCommittee, &[Sector::General, Sector::Social])?,
        seed(".01", "Trung tâm Phục vụ hành chính công", ServiceCentre, &[Sector::SingleWindow])?,
        seed(".02", "Sở Tư pháp", Department, &[Sector::CivilStatus, Sector::Certification])?,
        seed(".03", "Sở Nông nghiệp và Môi trường", Department, &[Sector::Land, Sector::Agriculture])?,
        seed(".04", "Sở Tài chính", Department, &[Sector::Business])?,
        seed(".05", "Sở Xây dựng", Department, &[Sector::Construction, Sector::Transport])?,
        seed(".06", "Công an", Police, &[Sector::Residence, Sector::IdCard, Sector::JudicialRecord])?,
    ])
}

fn district_agencies(identifier: &str, district: &TreeUnit) -> Result<Vec<AgencySeed>, AgencyFault> {
    let place = &district.full_name;
    // Land is the registry's: the committee's list without it.
    let sectors: Vec<Sector> =
        COMMITTEE_SECTORS.iter().copied().filter(|sector| *sector != Sector::Land).collect();
    Ok(vec![
        agency(
            identifier.to_owned(),
            district,
            format!("Ủy ban nhân dân {place}"),
            AgencyKind::PeoplesCommittee,
            &sectors,
        )?,
        agency(
            format!("{identifier}.01"),
            district,
            format!("Chi nhánh Văn phòng đăng ký đất đai {place}"),
            AgencyKind::LandRegistry,
            &[Sector::Land],
        )?,
        agency(
            format!("{identifier}.02"),
            district,
            format!("Công an {place}"),
            AgencyKind::Police,
            &[Sector::Residence, Sector::IdCard],
        )?,
    ])
}

fn commune_agencies(
    identifier: &str,
    commune: &TreeUnit,
    above: &TreeUnit,
) -> Result<Vec<AgencySeed>, AgencyFault> {
    let place = format!("{}, {}", commune.full_name, above.full_name);
    Ok(vec![
        agency(
            identifier.to_owned(),
            commune,
            format!("Ủy ban nhân dân {place}"),
            AgencyKind::PeoplesCommittee,
            &COMMITTEE_SECTORS,
        )?,
        agency(
            format!("{identifier}.01"),
            commune,
            format!("Công an {place}"),
            AgencyKind::Police,
            &[Sector::Residence, Sector::IdCard],
        )?,
    ])
}

const COMMITTEE_SECTORS: [Sector; 9] = [
    Sector::CivilStatus,
    Sector::Certification,
    Sector::Land,
    Sector::Construction,
    Sector::Business,
    Sector::Social,
    Sector::Agriculture,
    Sector::General,
    Sector::SingleWindow,
];

fn agency(
    identifier: String,
    unit: &TreeUnit,
    name: String,
    kind: AgencyKind,
    sectors: &[Sector],
) -> Result<AgencySeed, AgencyFault> {
    let identifier = AgencyIdentifier::parse(&identifier)
        .map_err(|source| AgencyFault::Identifier { text: identifier.clone(), source })?;
    Ok(AgencySeed { identifier, unit: unit.key.clone(), name, kind, sectors: sectors.to_vec() })
}

const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}
