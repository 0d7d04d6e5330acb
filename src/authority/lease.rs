//! Claiming, the same at every desk: a claim is a lease, and who lets it run out has let go. Pure; the row that
//! keeps the lease belongs to the room, and its lock sees to it that two officers never win one claim.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::infra::clock::Moment;
use crate::kernel::ids::AccountId;

/// What a desk keeps of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    pub assignee_id: Option<AccountId>,
    pub until: Option<Moment>,
}

impl Lease {
    /// Who holds it now.
    pub fn holder(self, now: Moment) -> Option<AccountId> {
        self.assignee_id.filter(|_| self.until.is_some_and(|until| until > now))
    }

    /// Somebody else holds it: this account may neither claim nor act.
    pub fn keeps_out(self, account_id: Option<AccountId>, now: Moment) -> bool {
        self.holder(now).is_some_and(|holder| Some(holder) != account_id)
    }

    pub fn is_held_by(self, account_id: Option<AccountId>, now: Moment) -> bool {
        account_id.is_some() && self.holder(now) == account_id
    }
}

/// Whose claims a queue shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolderFilter {
    Me,
    Nobody,
    Others,
}
