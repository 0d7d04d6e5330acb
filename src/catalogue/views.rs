//! The catalogue as people read it: a procedure with its channels, times, fees, papers and steps in words. What
//! the national record leaves open or contradicts is said, never filled in.

mod cards;

pub use cards::{card, form_view, version_items};

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::definition::{
    ChannelKind, Component, Definition, FeeKind, FeePer, Field, FieldRule, Routing, Section, ServiceLevel,
    StepKind, StepRole, Subject, Supplement, Text, limit_schema,
};
use super::import::{ConflictCode, ImportedProcedure};
use super::store::InForce;
use super::store::procedures::Listed;
use super::store::versions::Version;
use crate::calendar::Limit;
use crate::infra::clock::in_vietnam;
use crate::infra::http::ProblemFault;
use crate::kernel::ids::{AccountId, ProcedureId, VersionId};
use crate::kernel::values::NationalCode;
use crate::units::Level;

/// A procedure in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "code": "1.004222", "name": "Đăng ký thường trú",
    "field": { "code": "residence", "name": "Đăng ký, quản lý cư trú" }, "levels": ["commune"],
    "subjects": ["citizen"], "channels": ["online", "counter"], "open": true, "open_online": true,
    "closed_on": null, "conflicts": []
}))]
pub struct ProcedureItem {
    pub id: ProcedureId,
    pub code: NationalCode,
    pub name: String,
    pub field: Field,
    /// `commune`, `district`, `province`; published records also know `ministry` and `other`.
    pub levels: Vec<String>,
    /// Empty where only the national record is known, which does not say.
    pub subjects: Vec<String>,
    pub channels: Vec<String>,
    /// Whether dossiers are taken: it has a version in force and is not closed.
    pub open: bool,
    pub open_online: bool,
    pub closed_on: Option<NaiveDate>,
    /// What is doubtful in the national record.
    pub conflicts: Vec<String>,
}

impl ProcedureItem {
    pub fn of((procedure, field_name, open): Listed) -> Self {
        let channels = procedure.channels();
        Self {
            open_online: open && channels.iter().any(|channel| channel == ChannelKind::Online.code()),
            levels: procedure.levels(),
            subjects: procedure.subjects(),
            conflicts: procedure.conflicts(),
            id: procedure.id,
            code: procedure.code,
            name: procedure.name,
            field: Field { code: procedure.field_code, name: field_name },
            channels,
            open,
            closed_on: procedure.closed_on,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({ "code": "civil_status", "name": "Hộ tịch", "procedures": 19 }))]
pub struct FieldView {
    pub code: String,
    pub name: String,
    /// How many procedures are in it.
    pub procedures: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({ "items": [{ "code": "civil_status", "name": "Hộ tịch", "procedures": 19 }] }))]
pub struct FieldList {
    pub items: Vec<FieldView>,
}

/// The version under which a dossier submitted on the day is handled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionInForce {
    pub id: VersionId,
    #[schema(example = 1)]
    pub number: i32,
    pub valid_from: NaiveDate,
}

impl From<&InForce> for VersionInForce {
    fn from(in_force: &InForce) -> Self {
        Self { id: in_force.version_id, number: in_force.number, valid_from: in_force.valid_from }
    }
}

/// Everything that a citizen needs to know before submitting.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "code": "1.004222",
    "name": { "vi": "Đăng ký thường trú", "en": "Registration of permanent residence" },
    "field": { "code": "residence", "name": "Đăng ký, quản lý cư trú" }, "as_of": "2026-11-22",
    "open": true, "open_online": true, "closed_on": null,
    "version": { "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b22", "number": 1, "valid_from": "2024-01-01" },
    "service_level": "full", "levels": ["commune"], "subjects": ["citizen"],
    "decision_authority": "Công an cấp xã", "same_day": false,
    "channels": [{
        "channel": "online", "limit": { "unit": "working_day", "value": 7 },
        "limit_text": { "vi": "7 ngày làm việc", "en": "7 working days" },
        "fee": { "amount": 10000, "kind": "le_phi", "per": "dossier", "text": "10,000 Việt Nam Đồng" }, "text": ""
    }],
    "legal_basis": ["68/2020/QH14"], "components": [],
    "steps": [{
        "code": "reception", "kind": "reception", "kind_name": { "vi": "tiếp nhận", "en": "reception" },
        "name": { "vi": "Tiếp nhận", "en": "Reception" }, "level": "commune", "role": "reception", "time_share": 0
    }],
    "results": ["Thông báo về kết quả giải quyết"], "supplement": { "days": 30, "outcome": "refuse" },
    "notes": [], "conflicts": [], "published": null
}))]
pub struct ProcedureCard {
    pub id: ProcedureId,
    pub code: NationalCode,
    pub name: Text,
    pub field: Field,
    /// The day of which all this is said.
    pub as_of: NaiveDate,
    /// Whether dossiers are taken on that day.
    pub open: bool,
    pub open_online: bool,
    pub closed_on: Option<NaiveDate>,
    /// None: only the national record is known, which informs but cannot be submitted to.
    pub version: Option<VersionInForce>,
    pub service_level: Option<ServiceLevel>,
    pub levels: Vec<String>,
    pub subjects: Vec<String>,
    pub decision_authority: Option<String>,
    pub same_day: bool,
    pub channels: Vec<ChannelView>,
    pub legal_basis: Vec<String>,
    pub components: Vec<Component>,
    /// As they are walked in this province on that day.
    pub steps: Vec<StepView>,
    pub results: Vec<String>,
    pub supplement: Option<Supplement>,
    pub notes: Vec<String>,
    /// What the national record leaves open or contradicts.
    pub conflicts: Vec<ConflictView>,
    /// The national record as it was published.
    pub published: Option<ImportedProcedure>,
}

/// One way to hand in, with its own time and fee: the published text beside what was read from it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelView {
    pub channel: ChannelKind,
    #[schema(schema_with = limit_schema)]
    #[schema(required = false)]
    pub limit: Option<Limit>,
    pub limit_text: Text,
    pub fee: FeeView,
    pub text: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeeView {
    /// Whole dong, for one of `per`; none where the text is not one amount.
    #[schema(example = 10000)]
    pub amount: Option<u32>,
    pub kind: Option<FeeKind>,
    pub per: Option<FeePer>,
    #[schema(example = "10,000 Việt Nam Đồng")]
    pub text: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepView {
    pub code: String,
    pub kind: StepKind,
    pub kind_name: Text,
    pub name: Text,
    /// The level that handles it in this province.
    pub level: Level,
    pub role: StepRole,
    /// Percent of the time limit.
    pub time_share: u32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConflictView {
    pub code: ConflictCode,
    /// The channel it is about; none: the whole record.
    pub channel: Option<ChannelKind>,
    pub text: Text,
}

/// The form of a version: what a client needs to draw it and to check it before sending.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "1.004222", "as_of": "2026-11-22",
    "name": { "vi": "Đăng ký thường trú", "en": "Registration of permanent residence" },
    "version": { "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b22", "number": 1, "valid_from": "2024-01-01" },
    "subjects": ["citizen"], "channels": ["online", "counter"],
    "routing": { "basis": "residence", "address": "/residence/commune_code" },
    "form": { "type": "object", "required": ["residence"], "properties": { "residence": { "type": "object" } } },
    "layout": [{ "title": { "vi": "Nơi cư trú", "en": "Residence" }, "fields": ["/residence"] }],
    "rules": [], "components": [], "examples": [{ "residence": { "commune_code": "25456" } }]
}))]
pub struct FormView {
    pub code: NationalCode,
    pub name: Text,
    pub as_of: NaiveDate,
    /// A dossier names this version: that of the draft is compared with it at submission.
    pub version: VersionInForce,
    pub subjects: Vec<Subject>,
    pub channels: Vec<ChannelKind>,
    pub routing: Routing,
    /// JSON Schema (2020-12) of the answers.
    #[schema(value_type = Object)]
    pub form: Value,
    /// The order in which the form is read.
    pub layout: Vec<Section>,
    pub rules: Vec<FieldRule>,
    pub components: Vec<Component>,
    /// Answers that the form accepts, of fictional people.
    #[schema(value_type = Vec<Object>)]
    pub examples: Vec<Value>,
}

/// A published version in the history of a procedure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionItem {
    pub id: VersionId,
    pub number: i32,
    pub valid_from: NaiveDate,
    /// The last day on which dossiers are submitted under it; none while no later version is published.
    pub valid_to: Option<NaiveDate>,
    pub in_force: bool,
    pub published_at: Option<DateTime<FixedOffset>>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({ "code": "1.004222", "items": [{
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b22", "number": 1, "valid_from": "2024-01-01", "valid_to": null,
    "in_force": true, "published_at": "2026-11-22T08:00:00+07:00"
}] }))]
pub struct VersionList {
    pub code: NationalCode,
    /// Newest first.
    pub items: Vec<VersionItem>,
}

/// A version with its content, for those who administer procedures.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b22", "procedure_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21",
    "code": "2.001159", "number": 2, "status": "draft", "valid_from": "2027-01-01",
    "definition": super::definition::example(), "version": 1,
    "created_by": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b23", "created_at": "2026-11-22T08:00:00+07:00",
    "published_by": null, "published_at": null
}))]
pub struct VersionView {
    pub id: VersionId,
    pub procedure_id: ProcedureId,
    pub code: NationalCode,
    pub number: i32,
    /// `draft` or `published`.
    pub status: String,
    pub valid_from: NaiveDate,
    #[schema(value_type = Definition)]
    pub definition: Value,
    /// What `If-Match` names.
    pub version: i32,
    pub created_by: Option<AccountId>,
    pub created_at: DateTime<FixedOffset>,
    pub published_by: Option<AccountId>,
    pub published_at: Option<DateTime<FixedOffset>>,
}

/// What keeps a version from being published.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "publishable": false, "faults": [{
    "pointer": "/definition/steps/2", "code": "no_agency",
    "detail": "No agency of level district with sector land for 94 of 94 units."
}] }))]
pub struct CheckView {
    pub publishable: bool,
    /// Every fault at once, by JSON pointer into the version: `/valid_from`, `/definition/…`.
    pub faults: Vec<ProblemFault>,
}

impl From<Version> for VersionView {
    fn from(version: Version) -> Self {
        Self {
            id: version.id,
            procedure_id: version.procedure_id,
            code: version.code,
            number: version.number,
            status: version.status,
            valid_from: version.valid_from,
            definition: version.document,
            version: version.row_version,
            created_by: version.created_by,
            created_at: in_vietnam(version.created_at),
            published_by: version.published_by,
            published_at: version.published_at.map(in_vietnam),
        }
    }
}
