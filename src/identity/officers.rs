//! Officers: an administrator makes their accounts, sees those of his own places, and closes them.
//!
//! What must stay true: an officer is seen by the administrators of the place of any of his grants, past ones
//! too, and looks absent to everybody else; a new officer has at least one grant, so somebody oversees him; an
//! initial password opens nothing but its own change.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::checks::{self, Checks};
use super::grants;
use super::model::{Account, GiveGrant, Grant, GrantView, Language, NewAccount};
use super::password::Password;
use super::store::accounts::{OfficerFilter, Overseen};
use super::store::sessions::EndReason;
use super::{Refusal, store};
use crate::audit;
use crate::authority::{AccountKind, Action, Op};
use crate::infra::crypto;
use crate::infra::db::Conn;
use crate::kernel::ids::AccountId;
use crate::kernel::paging::{self, Limit, Page};
use crate::kernel::values::{Email, Phone};
use crate::kernel::{Error, Fault, General, Result};

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "login": "tran.thi.hoa", "full_name": "Trần Thị Hoa", "email": "hoa.tt@tayninh.gov.vn", "phone": "0912345678",
    "password": "mat-khau-ban-dau-2026",
    "grants": [{"role": "reception", "agency_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21"}]
}))]
pub struct CreateOfficer {
    #[schema(pattern = "^[a-z][a-z0-9._-]{2,39}$")]
    pub login: String,
    #[schema(min_length = 2, max_length = 200)]
    pub full_name: String,
    #[schema(max_length = 254)]
    pub email: String,
    pub phone: Option<String>,
    /// The initial password: the officer changes it at the first sign-in.
    #[schema(format = Password, min_length = 10, max_length = 128)]
    pub password: String,
    #[schema(min_items = 1, max_items = 20)]
    pub grants: Vec<GiveGrant>,
}

#[derive(Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "login": "tran.thi.hoa", "full_name": "Trần Thị Hoa",
    "email": "hoa.tt@tayninh.gov.vn", "phone": "0912345678", "must_change_password": true, "version": 1,
    "created_at": "2026-01-05T01:00:00Z",
    "grants": [{
        "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b30", "role": "reception",
        "agency": {"id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "name": "Bộ phận Một cửa xã Tân Bình"},
        "valid_from": "2026-01-05T01:00:00Z"
    }]
}))]
pub struct OfficerView {
    pub id: AccountId,
    pub login: String,
    pub full_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    pub must_change_password: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    /// Every grant, ended ones too, oldest first.
    pub grants: Vec<GrantView>,
}

impl CreateOfficer {
    /// Faults of the form, all at once; the places of the grants are looked up later.
    pub fn check(&self) -> Result<(NewAccount, Password)> {
        let mut checks = Checks::default();
        let login = checks.value("/login", checks::officer_login(&self.login));
        let full_name = checks.value("/full_name", checks::name(&self.full_name));
        let email = checks.value("/email", Email::parse(&self.email));
        let phone = self.phone.as_deref().and_then(|text| checks.value("/phone", Phone::parse(text)));
        let password = checks.value("/password", Password::chosen(&self.password, &self.login));
        checks.add(grants::list_faults(&self.grants));
        let (Some(login), Some(full_name), Some(password)) = (login, full_name, password) else {
            return Err(checks.into_error());
        };
        checks.finish()?;
        let account = NewAccount {
            id: AccountId::new(),
            kind: AccountKind::Officer,
            login,
            full_name,
            citizen_number: None,
            tax_code: None,
            representative_name: None,
            representative_citizen_number: None,
            phone,
            email,
            language: Language::Vi,
            password_hash: String::new(),
            must_change_password: true,
        };
        Ok((account, password))
    }

    /// What a repeated request must repeat. The password is left out: a digest of it would be easy to guess from.
    pub fn digest(&self) -> Result<Vec<u8>> {
        let rest = (&self.login, &self.full_name, &self.email, &self.phone, &self.grants);
        Ok(crypto::sha256(&serde_json::to_vec(&rest).map_err(Error::internal)?))
    }
}

/// Asked before the costly hashing; [`create`] asks for each place.
pub fn refuse_unless_administrator(op: &Op) -> Result<()> {
    if grants::agencies_for(op, Action::OfficerCreate).is_empty() {
        return Err(General::NotAllowed.into());
    }
    Ok(())
}

pub fn create(conn: &mut Conn, op: &Op, new: &NewAccount, given: &[GiveGrant]) -> Result<OfficerView> {
    let own: Vec<_> = grants::agencies_for(op, Action::OfficerCreate).into_iter().take(1).collect();
    let permit = grants::permit_over(op, Action::OfficerCreate, "officer", new.id.uuid(), &own)?;
    store::accounts::insert(conn, new, op.now, Refusal::LoginTaken)?;
    audit::record(conn, &permit, json!({}))?;
    grants::give_first(conn, op, new.id, given)?;
    let account = store::accounts::find(conn, new.id)?;
    view_of(conn, account)
}

const BY_LOGIN: &str = "officers.by_login";

pub fn list(
    conn: &mut Conn,
    op: &Op,
    text: Option<&str>,
    limit: Limit,
    cursor: Option<&str>,
) -> Result<Page<OfficerView>> {
    let after_login: Option<String> = match cursor {
        Some(cursor) => Some(paging::decode_cursor(BY_LOGIN, cursor).map_err(cursor_fault)?),
        None => None,
    };
    let after_login = after_login.map(|login| without_controls(&login));
    let text = text.map(without_controls);
    let overseen = overseen_by(conn, op)?.ok_or(General::NotAllowed)?;
    let filter = OfficerFilter {
        overseen: &overseen,
        id: None,
        text: text.as_deref(),
        after_login: after_login.as_deref(),
        limit: limit.with_one_more(),
    };
    let rows = store::accounts::officers(conn, &filter)?;
    let page = Page::from_rows(rows, limit, BY_LOGIN, |row| row.login.clone()).map_err(Error::internal)?;
    let ids: Vec<AccountId> = page.items.iter().map(|row| row.id).collect();
    let grants = store::grants::of_accounts(conn, &ids)?;
    Ok(page.map(|row| {
        let own = grants.iter().filter(|grant| grant.account_id == row.id).cloned().collect();
        officer_view(row, own)
    }))
}

/// PostgreSQL takes no zero character in a text.
fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn cursor_fault(fault: crate::kernel::ValueFault) -> Error {
    Error::invalid(vec![Fault::value("cursor", fault)])
}

pub fn see(conn: &mut Conn, op: &Op, id: AccountId) -> Result<OfficerView> {
    let officer = find_overseen(conn, op, id)?;
    view_of(conn, officer)
}

/// Ends the account, its sessions and its grants. What the officer did stays under the name.
pub fn close(conn: &mut Conn, op: &Op, id: AccountId) -> Result<OfficerView> {
    let officer = lock_overseen(conn, op, id)?;
    grants::refuse_own(op, id)?;
    if officer.closed_at.is_some() {
        return Err(Refusal::OfficerClosed.into());
    }
    let mut held: Vec<Grant> = store::grants::of_accounts(conn, &[id])?;
    held.retain(|grant| grant.in_force(op.now));
    let mut concerned = Vec::new();
    for grant in &held {
        concerned.extend(store::places::reach(conn, grant.place, grants::today(op))?);
    }
    if concerned.is_empty() {
        // Holds nothing anywhere: whoever still sees the officer may close the account.
        concerned.extend(grants::agencies_for(op, Action::OfficerClose).into_iter().take(1));
    }
    let permit = grants::permit_over(op, Action::OfficerClose, "officer", id.uuid(), &concerned)?;
    for grant in &held {
        grants::end(conn, &permit, grant)?;
    }
    let officer = store::accounts::close(conn, id, op.now)?;
    let ended = store::sessions::end_all(conn, id, None, EndReason::AccountClosed, op.now)?;
    audit::record(conn, &permit, json!({ "sessions_ended": ended }))?;
    view_of(conn, officer)
}

/// None for whoever oversees nothing.
fn overseen_by(conn: &mut Conn, op: &Op) -> Result<Option<Overseen>> {
    let agencies: Vec<_> = grants::agencies_for(op, Action::OfficerSee).into_iter().collect();
    if agencies.is_empty() {
        return Ok(None);
    }
    let units = store::places::units_within(conn, &agencies, grants::today(op))?;
    Ok(Some(Overseen { agencies, units }))
}

fn find_overseen(conn: &mut Conn, op: &Op, id: AccountId) -> Result<Account> {
    let overseen = overseen_by(conn, op)?.ok_or(General::NotFound)?;
    let filter = OfficerFilter { overseen: &overseen, id: Some(id), text: None, after_login: None, limit: 1 };
    let found = store::accounts::officers(conn, &filter)?.pop();
    found.ok_or_else(|| General::NotFound.into())
}

/// The officer, held against another administrator's change at the same time.
pub fn lock_overseen(conn: &mut Conn, op: &Op, id: AccountId) -> Result<Account> {
    find_overseen(conn, op, id)?;
    store::accounts::lock(conn, id)
}

pub fn view_of(conn: &mut Conn, account: Account) -> Result<OfficerView> {
    let grants = store::grants::of_accounts(conn, &[account.id])?;
    Ok(officer_view(account, grants))
}

fn officer_view(account: Account, grants: Vec<Grant>) -> OfficerView {
    OfficerView {
        id: account.id,
        login: account.login,
        full_name: account.full_name,
        email: account.email,
        phone: account.phone,
        must_change_password: account.must_change_password,
        closed_at: account.closed_at,
        version: account.version,
        created_at: account.created_at,
        grants: grants.into_iter().map(GrantView::of).collect(),
    }
}
