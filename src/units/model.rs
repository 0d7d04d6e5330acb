//! Administrative units and agencies: the words everybody uses, shaped like their rows.
//!
//! What must stay true: a unit is named by its id; a code is ambiguous without a date (province 80 was Long An until
//! 30 June 2025 and is Tây Ninh since). The level is data, not a depth: between commune and province there may be a
//! district or not. Names of the past stay: a reorganisation closes rows and opens others, it edits none.
//! Legal source: Law on Organisation of Local Government 72/2025/QH15 art. 1; QĐ 19/2025/QĐ-TTg for the codes.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::ids::{AgencyId, UnitId};
use crate::kernel::values::AgencyIdentifier;

/// A closed list of words with one spelling in JSON and in a text column.
macro_rules! word_list {
    ($(#[$doc:meta])* $list:ident { $($word:ident = $text:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, ToSchema,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $list {
            $(#[serde(rename = $text)] $word),+
        }

        impl $list {
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text),+
                }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }

        impl fmt::Display for $list {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $list {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg>>::to_sql(self.as_str(), out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $list {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let text =
                    <String as diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg>>::from_sql(bytes)?;
                Self::parse(&text).ok_or_else(|| format!("unknown {}: {text}", stringify!($list)).into())
            }
        }
    };
}

word_list! {
    /// From the largest to the smallest, so that sorting by level puts parents before children.
    Level { Province = "province", District = "district", Commune = "commune" }
}

word_list! {
    /// What an agency decides about. A step of a procedure names a sector, and the unit's agency for it is the one.
    Sector {
        SingleWindow = "single_window",
        CivilStatus = "civil_status",
        Certification = "certification",
        Residence = "residence",
        IdCard = "id_card",
        JudicialRecord = "judicial_record",
        Land = "land",
        Construction = "construction",
        Business = "business",
        Social = "social",
        Agriculture = "agriculture",
        Transport = "transport",
        General = "general",
    }
}

word_list! {
    AgencyKind {
        PeoplesCommittee = "peoples_committee",
        ServiceCentre = "service_centre",
        Department = "department",
        LandRegistry = "land_registry",
        Police = "police",
    }
}

/// A unit without a date: what a list of units and a plan speak of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitKey {
    pub level: Level,
    pub code: String,
}

impl UnitKey {
    pub fn new(level: Level, code: &str) -> Self {
        Self { level, code: code.to_owned() }
    }
}

impl fmt::Display for UnitKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.level, self.code)
    }
}

/// Its fields stand in the order of the columns that the store selects.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct Unit {
    pub id: UnitId,
    pub level: Level,
    pub code: String,
    /// `Tân Biên`
    pub name: String,
    /// `Thị trấn Tân Biên`
    pub full_name: String,
    /// `Thị trấn`
    pub unit_type: String,
    pub parent_id: Option<UnitId>,
    /// The ids from the province down to this unit, `/a/b/c/`: what lies under a unit begins with its path.
    pub path: String,
    pub valid_from: NaiveDate,
    /// The last day on which the unit exists; none while it does.
    pub valid_to: Option<NaiveDate>,
}

impl Unit {
    pub fn exists_on(&self, date: NaiveDate) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|last| date <= last)
    }

    /// Whether `other` is this unit or lies under it.
    pub fn covers(&self, other: &Unit) -> bool {
        other.path.starts_with(&self.path)
    }

    pub fn key(&self) -> UnitKey {
        UnitKey::new(self.level, &self.code)
    }
}

/// The path of a unit under its parent's path.
pub fn path_under(parent: Option<&str>, id: UnitId) -> String {
    format!("{}{id}/", parent.unwrap_or("/"))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    pub id: AgencyId,
    pub unit_id: UnitId,
    pub identifier: AgencyIdentifier,
    pub name: String,
    pub kind: AgencyKind,
    pub sectors: Vec<Sector>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

impl Agency {
    pub fn exists_on(&self, date: NaiveDate) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|last| date <= last)
    }
}
