//! The operation: who asks, when, from where. Made once per request; everything below is told, not looked up.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Role;
use crate::infra::clock::Moment;
use crate::kernel::ids::{AccountId, AgencyId, RequestId, SessionId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    Citizen,
    Organisation,
    Officer,
}

impl AccountKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Organisation => "organisation",
            Self::Officer => "officer",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Citizen, Self::Organisation, Self::Officer].into_iter().find(|kind| kind.code() == code)
    }
}

#[derive(Clone, Debug)]
pub struct Account {
    pub id: AccountId,
    pub kind: AccountKind,
    pub session_id: SessionId,
}

/// A role and every agency over which it is held today.
#[derive(Clone, Debug)]
pub struct Held {
    pub role: Role,
    pub agencies: BTreeSet<AgencyId>,
}

#[derive(Clone, Debug)]
pub struct Op {
    /// Nobody, for what anybody may do.
    pub account: Option<Account>,
    pub grants: Vec<Held>,
    pub now: Moment,
    pub request_id: RequestId,
    /// The portal itself, at work on its schedule.
    pub is_system: bool,
}

impl Op {
    pub fn nobody(now: Moment, request_id: RequestId) -> Self {
        Self { account: None, grants: Vec::new(), now, request_id, is_system: false }
    }

    /// The portal's own hand: on record without an account, and allowed only what the policy gives to `System`.
    pub fn system(now: Moment) -> Self {
        Self { is_system: true, ..Self::nobody(now, RequestId::new()) }
    }

    pub fn account_id(&self) -> Option<AccountId> {
        self.account.as_ref().map(|account| account.id)
    }

    pub fn is_officer(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.kind == AccountKind::Officer)
    }

    pub fn holds(&self, role: Role) -> bool {
        self.grants.iter().any(|held| held.role == role)
    }

    pub fn holds_at(&self, role: Role, agency: AgencyId) -> bool {
        self.grants.iter().any(|held| held.role == role && held.agencies.contains(&agency))
    }

    /// Every agency over which one of the roles is held.
    pub fn agencies_of(&self, roles: &[Role]) -> BTreeSet<AgencyId> {
        let held = self.grants.iter().filter(|held| roles.contains(&held.role));
        held.flat_map(|held| held.agencies.iter().copied()).collect()
    }
}
