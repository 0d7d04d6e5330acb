//! The permit: proof that the policy was asked. Its fields are private and only [`Op::permit`] fills them, so a
//! write that asks for one cannot forget the check, and the audit record is written from it.

use uuid::Uuid;

use super::policy::{Where, Who, rule};
use super::{Action, Op, Role};
use crate::infra::clock::Moment;
use crate::kernel::ids::{AccountId, AgencyId, RequestId};
use crate::kernel::{General, Result};

/// A thing that actions are done to, as far as authority needs to know it.
pub trait Resource {
    fn kind(&self) -> &'static str;
    fn id(&self) -> Uuid;
    /// The account it belongs to.
    fn owner(&self) -> Option<AccountId> {
        None
    }
    /// The agencies that stand in that relation to it.
    fn agencies(&self, place: Where) -> Vec<AgencyId> {
        let _ = place;
        Vec::new()
    }
    /// Looking at it: what an account may not see is absent to it. None for what everybody may see.
    fn see(&self) -> Option<Action> {
        None
    }
}

#[derive(Clone, Debug)]
pub struct Permit {
    action: Action,
    account_id: Option<AccountId>,
    role: Option<Role>,
    agency_id: Option<AgencyId>,
    object_kind: &'static str,
    object_id: Uuid,
    at: Moment,
    request_id: RequestId,
}

impl Permit {
    pub fn action(&self) -> Action {
        self.action
    }
    pub fn account_id(&self) -> Option<AccountId> {
        self.account_id
    }
    /// The capacity in which it was allowed: none for a person in their own affair.
    pub fn role(&self) -> Option<Role> {
        self.role
    }
    pub fn agency_id(&self) -> Option<AgencyId> {
        self.agency_id
    }
    pub fn object_kind(&self) -> &'static str {
        self.object_kind
    }
    pub fn object_id(&self) -> Uuid {
        self.object_id
    }
    pub fn at(&self) -> Moment {
        self.at
    }
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }
}

impl Op {
    /// May this be done to that? 401 for nobody, 404 where it may not even be seen, 403 where only the act is
    /// not allowed.
    pub fn permit(&self, action: Action, resource: &impl Resource) -> Result<Permit> {
        if let Some((role, agency_id)) = self.allowed(action, resource) {
            return Ok(Permit {
                action,
                account_id: self.account_id(),
                role,
                agency_id,
                object_kind: resource.kind(),
                object_id: resource.id(),
                at: self.now,
                request_id: self.request_id,
            });
        }
        if self.account.is_none() {
            return Err(General::NotSignedIn.into());
        }
        let may_see = resource.see().is_none_or(|see| self.allowed(see, resource).is_some());
        Err(if may_see { General::NotAllowed.into() } else { General::NotFound.into() })
    }

    pub fn may(&self, action: Action, resource: &impl Resource) -> bool {
        self.allowed(action, resource).is_some()
    }

    /// The first line of the rule that fits, as the capacity it gives.
    fn allowed(&self, action: Action, resource: &impl Resource) -> Option<(Option<Role>, Option<AgencyId>)> {
        for who in rule(action) {
            match *who {
                Who::System if self.is_system => return Some((None, None)),
                Who::Anyone => return Some((None, None)),
                Who::Person if self.account.is_some() && !self.is_officer() => return Some((None, None)),
                Who::Owner if self.account.is_some() && resource.owner() == self.account_id() => {
                    return Some((None, None));
                }
                Who::Holder(role, Where::Anywhere) if self.holds(role) => return Some((Some(role), None)),
                Who::Holder(role, place) => {
                    let places = resource.agencies(place);
                    if let Some(agency) = places.into_iter().find(|agency| self.holds_at(role, *agency)) {
                        return Some((Some(role), Some(agency)));
                    }
                }
                Who::Person | Who::Owner | Who::System => {}
            }
        }
        None
    }
}
