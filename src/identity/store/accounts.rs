//! Rows of `accounts`.

use diesel::prelude::*;

use crate::identity::Refusal;
use crate::identity::model::{Account, Language, NewAccount};
use crate::infra::clock::Moment;
use crate::infra::db::{Conn, RefuseOn};
use crate::kernel::ids::{AccountId, AgencyId, UnitId};
use crate::kernel::values::{Email, Phone};
use crate::kernel::{General, Result};
use crate::schema::{accounts, grants};

/// A login, or what it stands for, that is there already is `taken`.
pub fn insert(conn: &mut Conn, new: &NewAccount, now: Moment, taken: Refusal) -> Result<()> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(new.id),
            accounts::kind.eq(new.kind.code()),
            accounts::login.eq(&new.login),
            accounts::full_name.eq(&new.full_name),
            accounts::citizen_number.eq(&new.citizen_number),
            accounts::tax_code.eq(&new.tax_code),
            accounts::representative_name.eq(&new.representative_name),
            accounts::representative_citizen_number.eq(&new.representative_citizen_number),
            accounts::phone.eq(&new.phone),
            accounts::email.eq(&new.email),
            accounts::language.eq(new.language.code()),
            accounts::password_hash.eq(&new.password_hash),
            accounts::must_change_password.eq(new.must_change_password),
            accounts::created_at.eq(now),
        ))
        .execute(conn)
        .refuse_on(&[
            ("accounts_login", taken),
            ("accounts_citizen_number", taken),
            ("accounts_tax_code", taken),
        ])?;
    Ok(())
}

pub fn find(conn: &mut Conn, id: AccountId) -> Result<Account> {
    let account = accounts::table.find(id).select(Account::as_select()).first(conn).optional()?;
    account.ok_or_else(|| General::NotFound.into())
}

pub fn lock(conn: &mut Conn, id: AccountId) -> Result<Account> {
    let account =
        accounts::table.find(id).select(Account::as_select()).for_update().first(conn).optional()?;
    account.ok_or_else(|| General::NotFound.into())
}

pub fn id_of_login(conn: &mut Conn, login: &str) -> Result<Option<AccountId>> {
    Ok(accounts::table.filter(accounts::login.eq(login)).select(accounts::id).first(conn).optional()?)
}

/// What is compared at the door.
#[derive(Clone)]
pub struct Credentials {
    pub account_id: AccountId,
    pub password_hash: String,
}

/// A closed account has none.
pub fn credentials(conn: &mut Conn, login: &str) -> Result<Option<Credentials>> {
    let row = accounts::table
        .filter(accounts::login.eq(login).and(accounts::closed_at.is_null()))
        .select((accounts::id, accounts::password_hash))
        .first::<(AccountId, String)>(conn)
        .optional()?;
    Ok(row.map(|(account_id, password_hash)| Credentials { account_id, password_hash }))
}

pub fn password_hash(conn: &mut Conn, id: AccountId) -> Result<String> {
    Ok(accounts::table.find(id).select(accounts::password_hash).first(conn)?)
}

/// The account, if the password compared is still its password and it is still open. The row is held, so that a
/// change of password waits and then sees what this transaction did.
pub fn hold_if_unchanged(conn: &mut Conn, compared: &Credentials) -> Result<Option<Account>> {
    let account = accounts::table
        .find(compared.account_id)
        .filter(accounts::password_hash.eq(&compared.password_hash).and(accounts::closed_at.is_null()))
        .select(Account::as_select())
        .for_share()
        .first(conn)
        .optional()?;
    Ok(account)
}

/// None where the password compared was changed meanwhile.
pub fn change_password(conn: &mut Conn, compared: &Credentials, new_hash: &str) -> Result<Option<Account>> {
    let account = diesel::update(accounts::table.find(compared.account_id))
        .filter(accounts::password_hash.eq(&compared.password_hash))
        .set((
            accounts::password_hash.eq(new_hash),
            accounts::must_change_password.eq(false),
            accounts::version.eq(accounts::version + 1),
        ))
        .returning(Account::as_returning())
        .get_result(conn)
        .optional()?;
    Ok(account)
}

/// None where the version seen is not the version there.
pub fn change_contacts(
    conn: &mut Conn,
    id: AccountId,
    version: i32,
    phone: Option<Phone>,
    email: Option<Email>,
    language: Option<Language>,
) -> Result<Option<Account>> {
    let account = diesel::update(accounts::table.find(id))
        .filter(accounts::version.eq(version))
        .set((
            phone.map(|phone| accounts::phone.eq(phone)),
            email.map(|email| accounts::email.eq(email)),
            language.map(|language| accounts::language.eq(language.code())),
            accounts::version.eq(accounts::version + 1),
        ))
        .returning(Account::as_returning())
        .get_result(conn)
        .optional()?;
    Ok(account)
}

pub fn close(conn: &mut Conn, id: AccountId, now: Moment) -> Result<Account> {
    let account = diesel::update(accounts::table.find(id))
        .set((accounts::closed_at.eq(now), accounts::version.eq(accounts::version + 1)))
        .returning(Account::as_returning())
        .get_result(conn)?;
    Ok(account)
}

/// What an administrator oversees: an officer is seen by whoever oversees a place of one of his grants, past ones
/// too. Lists and single officers share this.
#[derive(Clone, Debug)]
pub struct Overseen {
    pub agencies: Vec<AgencyId>,
    /// Units all of whose agencies are among `agencies`.
    pub units: Vec<UnitId>,
}

pub struct OfficerFilter<'a> {
    pub overseen: &'a Overseen,
    pub id: Option<AccountId>,
    /// Part of a name or a login.
    pub text: Option<&'a str>,
    pub after_login: Option<&'a str>,
    pub limit: i64,
}

/// By login.
pub fn officers(conn: &mut Conn, filter: &OfficerFilter<'_>) -> Result<Vec<Account>> {
    let at_overseen_agency = grants::agency_id.eq_any(&filter.overseen.agencies).assume_not_null();
    let at_overseen_unit = grants::unit_id.eq_any(&filter.overseen.units).assume_not_null();
    let overseen_grant = grants::table
        .filter(grants::account_id.eq(accounts::id))
        .filter(at_overseen_agency.or(at_overseen_unit));
    let mut query = accounts::table
        .filter(accounts::kind.eq("officer"))
        .filter(diesel::dsl::exists(overseen_grant))
        .order(accounts::login)
        .limit(filter.limit)
        .select(Account::as_select())
        .into_boxed();
    if let Some(id) = filter.id {
        query = query.filter(accounts::id.eq(id));
    }
    if let Some(text) = filter.text {
        let pattern = contains(text);
        query = query.filter(accounts::login.ilike(pattern.clone()).or(accounts::full_name.ilike(pattern)));
    }
    if let Some(login) = filter.after_login {
        query = query.filter(accounts::login.gt(login));
    }
    Ok(query.load(conn)?)
}

fn contains(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
