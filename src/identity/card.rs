//! What other rooms may know of a person: the name, the number, where to write.

use diesel::prelude::*;

use crate::authority::AccountKind;
use crate::infra::db::Conn;
use crate::kernel::ids::AccountId;
use crate::kernel::{Error, General, Result};
use crate::schema::accounts;

#[derive(Clone)]
pub struct Card {
    pub account_id: AccountId,
    pub kind: AccountKind,
    pub full_name: String,
    /// Citizen number or tax code; an officer has none to show.
    pub identity: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub language: String,
}

type Columns = (String, String, Option<String>, Option<String>, Option<String>, Option<String>, String);

pub fn of(conn: &mut Conn, account_id: AccountId) -> Result<Card> {
    let row: Option<Columns> = accounts::table
        .find(account_id)
        .select((
            accounts::kind,
            accounts::full_name,
            accounts::citizen_number,
            accounts::tax_code,
            accounts::phone,
            accounts::email,
            accounts::language,
        ))
        .first(conn)
        .optional()?;
    let (kind, full_name, citizen_number, tax_code, phone, email, language) = row.ok_or(General::NotFound)?;
    let kind = AccountKind::parse(&kind).ok_or_else(|| Error::internal("an account of an unknown kind"))?;
    let identity = citizen_number.or(tax_code).unwrap_or_default();
    Ok(Card { account_id, kind, full_name, identity, phone, email, language })
}
