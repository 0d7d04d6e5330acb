//! What one version of a procedure says: who may apply, the form, the papers, the steps, the time and the fee.
//!
//! A definition is one document. Once published it never changes; a dossier is handled under the version it
//! was submitted under. It holds no identifier of a row: units and agencies are named by level and sector and
//! are looked up on the day. Legal sources: NĐ 61/2018/NĐ-CP and NĐ 107/2021/NĐ-CP, from 1 July 2025
//! NĐ 118/2025/NĐ-CP (one door); NĐ 42/2022/NĐ-CP (full and partial online service).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::calendar::Limit;
pub use crate::calendar::model::limit_schema;
use crate::kernel::values::NationalCode;
pub use crate::units::{Level, Sector};

/// The content of a procedure's version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The national code, such as `1.001193`.
    pub code: NationalCode,
    pub name: Text,
    pub field: Field,
    pub service_level: ServiceLevel,
    pub subjects: Vec<Subject>,
    /// The texts of law it rests on, by number.
    pub legal_basis: Vec<String>,
    /// Who decides, as the law names them.
    pub decision_authority: String,
    pub channels: Channels,
    /// Due on the day of receipt; what comes after 15:00 is due the next working day. The limit of a channel
    /// is then what is published, and this rule is what is kept (NĐ 23/2015/NĐ-CP, điều 7).
    #[serde(default)]
    pub same_day: bool,
    pub routing: Routing,
    /// JSON Schema (2020-12) of the answers. Local references only.
    #[schema(value_type = Object)]
    pub form: Value,
    /// The order in which the form is read: a JSON object has none.
    pub layout: Vec<Section>,
    /// What a JSON Schema cannot say: a date against today or against another field.
    #[serde(default)]
    pub rules: Vec<FieldRule>,
    pub components: Vec<Component>,
    pub steps: Vec<Step>,
    pub supplement: Supplement,
    /// Whoever proposes the decision may not be the one who approves it.
    pub two_persons: bool,
    pub result: ResultPaper,
    pub signature: SignaturePolicy,
    /// What the editor wants readers to know: where the published record is silent or contradicts itself.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Answers that the form accepts, of fictional people.
    #[schema(value_type = Vec<Object>)]
    pub examples: Vec<Value>,
}

/// A text for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub vi: String,
    pub en: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub code: String,
    pub name: String,
}

/// `full`: every step for the citizen is online (toàn trình). `partial`: some are not (một phần).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceLevel {
    Full,
    Partial,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Citizen,
    Organisation,
}

/// The ways to hand in a dossier; one that is absent is closed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<Channel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Channel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Channel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    Online,
    Counter,
    Post,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    #[schema(schema_with = limit_schema)]
    pub limit: Limit,
    pub fee: Fee,
    /// What the citizen should know about this way.
    #[serde(default)]
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Whole dong, for one of `per`. Absent: not known, the text says why.
    #[schema(example = 0)]
    pub amount: Option<u32>,
    pub kind: FeeKind,
    pub per: FeePer,
    /// The fee as published.
    #[schema(example = "Miễn phí")]
    pub text: String,
}

/// Phí pays for a service, lệ phí is a charge of the State (Luật Phí và lệ phí 2015).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    Phi,
    LePhi,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeePer {
    Dossier,
    Copy,
    Page,
}

/// Whose place decides which agency is competent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    pub basis: RoutingBasis,
    /// JSON pointer into the answers to the field that holds the commune's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// `chosen_office`: the law lets the citizen choose any office (certification, copies from registers).
/// `none`: there is one competent agency in the whole province.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoutingBasis {
    Residence,
    Parcel,
    BusinessSeat,
    EventPlace,
    ChosenOffice,
    None,
}

/// Fields that are shown together, by JSON pointer into the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub title: Text,
    pub fields: Vec<String>,
}

/// A rule about one field (a JSON pointer into the answers). A field that was not answered breaks none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum FieldRule {
    /// A date not after today, or a citizen number whose year of birth is not after this year.
    NotInFuture { field: String },
    /// A date on or after the date in `other`.
    NotBefore { field: String, other: String },
    /// Born at least so many years before today.
    MinimumAge { field: String, years: u32 },
    /// A citizen number whose century and year are those of the birth date in `other`.
    MatchesBirthDate { field: String, other: String },
    /// Not the same value as `other`.
    DiffersFrom { field: String, other: String },
}

/// A paper of the dossier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    pub code: String,
    pub name: String,
    /// A JSON Schema the answers are held against: the paper is required when they fit. `true` is always,
    /// `false` never.
    #[schema(value_type = Value)]
    pub required_when: Value,
    pub min_files: u32,
    pub max_files: u32,
    pub media_types: Vec<String>,
    /// Originals and copies that the counter receives on paper.
    #[serde(default)]
    pub originals: u32,
    #[serde(default)]
    pub copies: u32,
    #[serde(default)]
    pub note: String,
}

/// A station on the dossier's way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub code: String,
    pub kind: StepKind,
    pub name: Text,
    pub level: Level,
    pub sector: Sector,
    pub role: StepRole,
    /// Percent of the time limit. The desks (reception, return) have clocks of their own and usually take none.
    #[serde(default)]
    pub time_share: u32,
    /// What becomes of the step in a province that does not have its level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_level_absent: Option<IfLevelAbsent>,
    /// The applicant's word is wanted before the step is left: for processing and verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<WantedConfirmation>,
}

/// How long the applicant has to confirm, in working days (1 to 30), and what silence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedConfirmation {
    #[schema(minimum = 1, maximum = 30, example = 1)]
    pub working_days: u32,
    pub if_silent: IfSilent,
}

/// `confirmed`: silence is a yes. `returned`: the officer has to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IfSilent {
    Confirmed,
    Returned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    Reception,
    Processing,
    Verification,
    Approval,
    Signature,
    Issue,
    Return,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepRole {
    Reception,
    Processing,
    Leader,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IfLevelAbsent {
    Skip,
    Commune,
    Province,
}

/// How long a citizen may take over a supplement, and how a dossier ends when none comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Supplement {
    pub days: u32,
    pub outcome: SupplementOutcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SupplementOutcome {
    Refuse,
    Stop,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultPaper {
    pub code: String,
    pub name: String,
}

/// Whether the leader signs the result electronically.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignaturePolicy {
    None,
    Optional,
    Required,
}

impl Channels {
    pub fn get(&self, kind: ChannelKind) -> Option<&Channel> {
        match kind {
            ChannelKind::Online => self.online.as_ref(),
            ChannelKind::Counter => self.counter.as_ref(),
            ChannelKind::Post => self.post.as_ref(),
        }
    }

    /// The channels that are open, in the order in which they are offered.
    pub fn open(&self) -> Vec<(ChannelKind, &Channel)> {
        ChannelKind::ALL
            .into_iter()
            .filter_map(|kind| self.get(kind).map(|channel| (kind, channel)))
            .collect()
    }
}

impl ChannelKind {
    pub const ALL: [Self; 3] = [Self::Online, Self::Counter, Self::Post];

    pub fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Counter => "counter",
            Self::Post => "post",
        }
    }
}

impl FieldRule {
    pub fn field(&self) -> &str {
        match self {
            Self::NotInFuture { field }
            | Self::NotBefore { field, .. }
            | Self::MinimumAge { field, .. }
            | Self::MatchesBirthDate { field, .. }
            | Self::DiffersFrom { field, .. } => field,
        }
    }

    pub fn other(&self) -> Option<&str> {
        match self {
            Self::NotInFuture { .. } | Self::MinimumAge { .. } => None,
            Self::NotBefore { other, .. }
            | Self::MatchesBirthDate { other, .. }
            | Self::DiffersFrom { other, .. } => Some(other),
        }
    }
}

/// A small definition that could be published, for the OpenAPI document.
pub fn example() -> Value {
    serde_json::from_str(include_str!("definition/example.json")).unwrap_or_default()
}
