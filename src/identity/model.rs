//! The words of this room: rows, what is sent, what is answered.
//!
//! What must stay true: a password hash is in no row that has a view; a citizen number leaves masked; a citizen's
//! login is the citizen number, so it leaves masked too.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::authority::{AccountKind, Role};
use crate::infra::clock::Moment;
use crate::kernel::ids::{AccountId, AgencyId, GrantId, SessionId, UnitId};
use crate::kernel::values::{CitizenNumber, Email, Phone, TaxCode};
use crate::kernel::{Error, Result};
use crate::schema::{accounts, sessions};

/// The language in which the portal writes to somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    Vi,
    En,
}

impl Language {
    pub fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Vi, Self::En].into_iter().find(|language| language.code() == code)
    }
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct Account {
    pub id: AccountId,
    pub kind: String,
    pub login: String,
    pub full_name: String,
    pub citizen_number: Option<CitizenNumber>,
    pub tax_code: Option<TaxCode>,
    pub representative_name: Option<String>,
    pub representative_citizen_number: Option<CitizenNumber>,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub language: String,
    pub must_change_password: bool,
    pub closed_at: Option<Moment>,
    pub version: i32,
    pub created_at: Moment,
}

impl Account {
    pub fn kind(&self) -> Result<AccountKind> {
        AccountKind::parse(&self.kind).ok_or_else(|| Error::internal("an account of an unknown kind"))
    }

    pub fn language(&self) -> Language {
        Language::parse(&self.language).unwrap_or_default()
    }
}

/// An account to be opened. Registration, an administrator and the seeds all make it this way.
#[derive(Clone)]
pub struct NewAccount {
    pub id: AccountId,
    pub kind: AccountKind,
    pub login: String,
    pub full_name: String,
    pub citizen_number: Option<CitizenNumber>,
    pub tax_code: Option<TaxCode>,
    pub representative_name: Option<String>,
    pub representative_citizen_number: Option<CitizenNumber>,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub language: Language,
    pub password_hash: String,
    pub must_change_password: bool,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: SessionId,
    pub account_id: AccountId,
    pub device: String,
    pub created_at: Moment,
    pub refreshed_at: Moment,
    pub expires_at: Moment,
}

/// Where a role is held: at one agency, or at every agency of a unit and of the units below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Agency(AgencyId),
    Unit(UnitId),
}

#[derive(Clone, Debug)]
pub struct Grant {
    pub id: GrantId,
    pub account_id: AccountId,
    pub role: Role,
    pub place: Place,
    pub place_name: String,
    pub valid_from: Moment,
    pub valid_to: Option<Moment>,
}

impl Grant {
    pub fn in_force(&self, now: Moment) -> bool {
        self.valid_from <= now && self.valid_to.is_none_or(|end| end > now)
    }
}

/// A role at one agency (`agency_id`) or over a unit and all below it (`unit_id`): one of the two.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "reception", "agency_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21"}))]
pub struct GiveGrant {
    pub role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency_id: Option<AgencyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b30", "role": "reception",
    "agency": {"id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "name": "Bộ phận Một cửa xã Tân Bình"},
    "valid_from": "2026-01-05T01:00:00Z"
}))]
pub struct GrantView {
    pub id: GrantId,
    pub role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<AgencyName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitName>,
    pub valid_from: DateTime<Utc>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AgencyName {
    pub id: AgencyId,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UnitName {
    pub id: UnitId,
    pub name: String,
}

impl GrantView {
    pub fn of(grant: Grant) -> Self {
        let name = grant.place_name;
        let (agency, unit) = match grant.place {
            Place::Agency(id) => (Some(AgencyName { id, name }), None),
            Place::Unit(id) => (None, Some(UnitName { id, name })),
        };
        Self {
            id: grant.id,
            role: grant.role,
            agency,
            unit,
            valid_from: grant.valid_from,
            valid_to: grant.valid_to,
        }
    }
}

/// An account as its owner sees it.
#[derive(Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "kind": "citizen", "login": "•••••••••006", "full_name": "Nguyễn Văn An",
    "citizen_number": "•••••••••006", "phone": "0912345678", "email": "nguyen.van.an@mail.vn", "language": "vi",
    "must_change_password": false, "version": 1, "created_at": "2026-01-05T01:00:00Z", "grants": []
}))]
pub struct AccountView {
    pub id: AccountId,
    pub kind: AccountKind,
    /// A citizen's login is the citizen number, and is masked like it.
    pub login: String,
    pub full_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citizen_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<TaxCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub representative_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub representative_citizen_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    pub language: Language,
    /// Until the initial password is changed, nothing else may be done.
    pub must_change_password: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    /// What the account holds now; empty for citizens and organisations.
    pub grants: Vec<GrantView>,
}

impl AccountView {
    pub fn of(account: Account, grants: Vec<Grant>, now: Moment) -> Result<Self> {
        let kind = account.kind()?;
        let language = account.language();
        let citizen_number = account.citizen_number.as_ref().map(CitizenNumber::masked);
        let login = match (kind, &citizen_number) {
            (AccountKind::Citizen, Some(masked)) => masked.clone(),
            _ => account.login,
        };
        let in_force = grants.into_iter().filter(|grant| grant.in_force(now));
        Ok(Self {
            id: account.id,
            kind,
            login,
            full_name: account.full_name,
            citizen_number,
            tax_code: account.tax_code,
            representative_name: account.representative_name,
            representative_citizen_number: account
                .representative_citizen_number
                .as_ref()
                .map(CitizenNumber::masked),
            phone: account.phone,
            email: account.email,
            language,
            must_change_password: account.must_change_password,
            version: account.version,
            created_at: account.created_at,
            grants: in_force.map(GrantView::of).collect(),
        })
    }
}
