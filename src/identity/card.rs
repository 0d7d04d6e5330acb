//! What other rooms may know of a person: the name, the number, where to write.

use super::store;
use crate::authority::AccountKind;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::AccountId;
use crate::kernel::values::{CitizenNumber, Email, Phone, TaxCode};

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

pub fn of(conn: &mut Conn, account_id: AccountId) -> Result<Card> {
    let account = store::accounts::find(conn, account_id)?;
    let kind = account.kind()?;
    let number = account.citizen_number.as_ref().map(CitizenNumber::expose);
    let identity = number.or(account.tax_code.as_ref().map(TaxCode::as_str)).unwrap_or_default().to_owned();
    Ok(Card {
        account_id,
        kind,
        identity,
        full_name: account.full_name,
        phone: account.phone.as_ref().map(Phone::expose).map(str::to_owned),
        email: account.email.as_ref().map(Email::expose).map(str::to_owned),
        language: account.language,
    })
}
