//! Giving and taking away roles.
//!
//! What must stay true: an administrator gives, takes and closes only where every agency concerned is his to
//! administer. The policy asks after one agency at a time, so each agency of a place is asked. Nobody changes his
//! own grants: two people are needed to extend a power, and nobody locks the office by mistake.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::model::{GiveGrant, Grant, Place};
use super::officers::{self, OfficerView};
use super::{Refusal, store};
use crate::audit;
use crate::authority::{Action, Op, Permit, Resource, Where, Who, rule};
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, AgencyId, GrantId};
use crate::kernel::{Error, Fault, General, Result, ValueFault};

const ONE_PLACE: ValueFault = ValueFault {
    code: "grant.one_place",
    vi: "Mỗi quyền gắn với đúng một nơi: agency_id hoặc unit_id.",
    en: "a grant is at exactly one place: agency_id or unit_id",
};
const NO_AGENCY: ValueFault = ValueFault {
    code: "grant.no_agency",
    vi: "Không có cơ quan nào đang hoạt động ở nơi này.",
    en: "there is no agency in force at this place",
};
const NUMBER: ValueFault = ValueFault {
    code: "grant.number",
    vi: "Mỗi lần trao từ 1 đến 20 quyền.",
    en: "between 1 and 20 grants are given at a time",
};
const TWICE: ValueFault = ValueFault {
    code: "grant.twice",
    vi: "Quyền này có hai lần trong danh sách.",
    en: "this grant is twice in the list",
};

pub(super) const FAULTS: &[ValueFault] = &[ONE_PLACE, NO_AGENCY, NUMBER, TWICE];

const MOST_GRANTS: usize = 20;

pub fn give(conn: &mut Conn, op: &Op, officer_id: AccountId, body: &GiveGrant) -> Result<OfficerView> {
    let officer = officers::lock_overseen(conn, op, officer_id)?;
    refuse_own(op, officer_id)?;
    if officer.closed_at.is_some() {
        return Err(Refusal::OfficerClosed.into());
    }
    let place = place_of(body).map_err(|fault| Error::invalid(vec![Fault::value("", fault)]))?;
    give_checked(conn, op, officer_id, "", body, place)?;
    officers::view_of(conn, officer)
}

/// The first grants of a new officer.
pub fn give_first(conn: &mut Conn, op: &Op, officer_id: AccountId, grants: &[GiveGrant]) -> Result<()> {
    for (index, given) in grants.iter().enumerate() {
        let pointer = format!("/grants/{index}");
        let place = place_of(given).map_err(|fault| Error::invalid(vec![Fault::value(&pointer, fault)]))?;
        give_checked(conn, op, officer_id, &pointer, given, place)?;
    }
    Ok(())
}

/// What can be known of a list of grants without the database.
pub fn list_faults(grants: &[GiveGrant]) -> Vec<Fault> {
    if grants.is_empty() || grants.len() > MOST_GRANTS {
        return vec![Fault::value("/grants", NUMBER)];
    }
    let mut faults = Vec::new();
    let mut seen: Vec<(crate::authority::Role, Place)> = Vec::new();
    for (index, given) in grants.iter().enumerate() {
        let pointer = format!("/grants/{index}");
        match place_of(given) {
            Err(fault) => faults.push(Fault::value(pointer, fault)),
            Ok(place) if seen.contains(&(given.role, place)) => faults.push(Fault::value(pointer, TWICE)),
            Ok(place) => seen.push((given.role, place)),
        }
    }
    faults
}

fn give_checked(
    conn: &mut Conn,
    op: &Op,
    officer_id: AccountId,
    pointer: &str,
    given: &GiveGrant,
    place: Place,
) -> Result<()> {
    let reached = store::places::reach(conn, place, today(op))?;
    if reached.is_empty() {
        return Err(Error::invalid(vec![Fault::value(pointer, NO_AGENCY)]));
    }
    let permit = permit_over(op, Action::GrantGive, "officer", officer_id.uuid(), &reached)?;
    let grant_id = store::grants::insert(conn, officer_id, given.role, place, op.account_id(), op.now)?;
    audit::record(conn, &permit, json!({ "grant": grant_id, "role": given.role, "place": place_json(place) }))
}

pub fn revoke(conn: &mut Conn, op: &Op, officer_id: AccountId, grant_id: GrantId) -> Result<OfficerView> {
    let officer = officers::lock_overseen(conn, op, officer_id)?;
    let grants = store::grants::of_accounts(conn, &[officer_id])?;
    let grant = grants.into_iter().find(|grant| grant.id == grant_id).ok_or(General::NotFound)?;
    refuse_own(op, officer_id)?;
    if !grant.in_force(op.now) {
        return Err(Refusal::GrantEnded.into());
    }
    let reached = store::places::reach(conn, grant.place, today(op))?;
    let permit = permit_over(op, Action::GrantRevoke, "officer", officer_id.uuid(), &reached)?;
    end(conn, &permit, &grant)?;
    officers::view_of(conn, officer)
}

pub fn end(conn: &mut Conn, permit: &Permit, grant: &Grant) -> Result<()> {
    store::grants::end(conn, grant.id, permit.account_id(), permit.at())?;
    let detail = json!({ "grant": grant.id, "role": grant.role, "place": place_json(grant.place) });
    audit::record(conn, permit, detail)
}

pub fn refuse_own(op: &Op, officer_id: AccountId) -> Result<()> {
    if op.account_id() == Some(officer_id) { Err(Refusal::OwnAccount.into()) } else { Ok(()) }
}

pub fn today(op: &Op) -> NaiveDate {
    in_vietnam(op.now).date_naive()
}

/// The agencies over which the policy gives the action.
pub fn agencies_for(op: &Op, action: Action) -> BTreeSet<AgencyId> {
    let mut agencies = BTreeSet::new();
    for who in rule(action) {
        if let Who::Holder(role, Where::Within) = who {
            agencies.extend(op.agencies_of(&[*role]));
        }
    }
    agencies
}

/// The permit for a thing that concerns all of these agencies; none of them may be another's.
pub fn permit_over(
    op: &Op,
    action: Action,
    kind: &'static str,
    id: Uuid,
    agencies: &[AgencyId],
) -> Result<Permit> {
    let mut first = None;
    for agency in agencies {
        let permit = op.permit(action, &AtAgency { kind, id, agency: *agency })?;
        first.get_or_insert(permit);
    }
    first.ok_or_else(|| General::NotAllowed.into())
}

fn place_of(given: &GiveGrant) -> std::result::Result<Place, ValueFault> {
    match (given.agency_id, given.unit_id) {
        (Some(id), None) => Ok(Place::Agency(id)),
        (None, Some(id)) => Ok(Place::Unit(id)),
        _ => Err(ONE_PLACE),
    }
}

fn place_json(place: Place) -> serde_json::Value {
    match place {
        Place::Agency(id) => json!({ "agency": id }),
        Place::Unit(id) => json!({ "unit": id }),
    }
}

/// A thing, as it concerns one agency. That it may be seen was asked before it was fetched.
struct AtAgency {
    kind: &'static str,
    id: Uuid,
    agency: AgencyId,
}

impl Resource for AtAgency {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn agencies(&self, place: Where) -> Vec<AgencyId> {
        match place {
            Where::Within => vec![self.agency],
            _ => Vec::new(),
        }
    }
}
