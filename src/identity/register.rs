//! Opening an account for oneself: a citizen by citizen number, an organisation by tax code.
//!
//! What must stay true: one account a number; every fault in the form is named at once. That a number has an
//! account already is told to whoever tries to register it: it cannot be hidden here, and is limited by the pace
//! of requests. (Sign-in does not tell.)

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::checks::{self, Checks};
use super::model::{Account, AccountView, Language, NewAccount};
use super::password::Password;
use super::{Refusal, store};
use crate::audit;
use crate::authority::{AccountKind, Action, Op, Resource};
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::AccountId;
use crate::kernel::values::{CitizenNumber, Email, Phone, TaxCode};

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "citizen_number": "072098000006", "full_name": "Nguyễn Văn An", "phone": "0912345678",
    "email": "nguyen.van.an@mail.vn", "password": "mot-cua-lien-thong", "language": "vi"
}))]
pub struct RegisterCitizen {
    #[schema(pattern = r"^0\d{11}$")]
    pub citizen_number: String,
    #[schema(min_length = 2, max_length = 200)]
    pub full_name: String,
    pub phone: String,
    #[schema(max_length = 254)]
    pub email: String,
    #[schema(format = Password, min_length = 10, max_length = 128)]
    pub password: String,
    /// The language in which the portal writes to you.
    #[serde(default)]
    pub language: Language,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "tax_code": "0100233488", "full_name": "Công ty TNHH Bến Cầu", "representative_name": "Lê Thị Bình",
    "representative_citizen_number": "072185000015", "phone": "02763822333", "email": "lien.he@bencau.vn",
    "password": "mot-cua-lien-thong", "language": "vi"
}))]
pub struct RegisterOrganisation {
    #[schema(pattern = r"^\d{10}(-\d{3})?$")]
    pub tax_code: String,
    /// The organisation's name, as registered.
    #[schema(min_length = 2, max_length = 200)]
    pub full_name: String,
    #[schema(min_length = 2, max_length = 200)]
    pub representative_name: String,
    #[schema(pattern = r"^0\d{11}$")]
    pub representative_citizen_number: String,
    pub phone: String,
    #[schema(max_length = 254)]
    pub email: String,
    #[schema(format = Password, min_length = 10, max_length = 128)]
    pub password: String,
    #[serde(default)]
    pub language: Language,
}

/// An account as it is asked for: checked, its password not hashed yet.
#[derive(Clone)]
pub struct Registration {
    pub account: NewAccount,
    pub password: Password,
}

impl RegisterCitizen {
    pub fn check(&self, now: Moment) -> Result<Registration> {
        let today = in_vietnam(now).date_naive();
        let mut checks = Checks::default();
        let number = checks.value("/citizen_number", CitizenNumber::parse_on(&self.citizen_number, today));
        let full_name = checks.value("/full_name", checks::name(&self.full_name));
        let phone = checks.value("/phone", Phone::parse(&self.phone));
        let email = checks.value("/email", Email::parse(&self.email));
        let password = checks.value("/password", Password::chosen(&self.password, &self.citizen_number));
        let (Some(number), Some(full_name), Some(password)) = (number, full_name, password) else {
            return Err(checks.into_error());
        };
        checks.finish()?;
        let account = NewAccount {
            id: AccountId::new(),
            kind: AccountKind::Citizen,
            login: number.expose().to_owned(),
            full_name,
            citizen_number: Some(number),
            tax_code: None,
            representative_name: None,
            representative_citizen_number: None,
            phone,
            email,
            language: self.language,
            password_hash: String::new(),
            must_change_password: false,
        };
        Ok(Registration { account, password })
    }
}

impl RegisterOrganisation {
    pub fn check(&self, now: Moment) -> Result<Registration> {
        let today = in_vietnam(now).date_naive();
        let mut checks = Checks::default();
        let tax_code = checks.value("/tax_code", TaxCode::parse(&self.tax_code));
        let full_name = checks.value("/full_name", checks::name(&self.full_name));
        let representative_name =
            checks.value("/representative_name", checks::name(&self.representative_name));
        let representative_citizen_number = checks.value(
            "/representative_citizen_number",
            CitizenNumber::parse_on(&self.representative_citizen_number, today),
        );
        let phone = checks.value("/phone", Phone::parse(&self.phone));
        let email = checks.value("/email", Email::parse(&self.email));
        let password = checks.value("/password", Password::chosen(&self.password, &self.tax_code));
        let (Some(tax_code), Some(full_name), Some(password)) = (tax_code, full_name, password) else {
            return Err(checks.into_error());
        };
        checks.finish()?;
        let account = NewAccount {
            id: AccountId::new(),
            kind: AccountKind::Organisation,
            login: tax_code.as_str().to_owned(),
            full_name,
            citizen_number: None,
            tax_code: Some(tax_code),
            representative_name,
            representative_citizen_number,
            phone,
            email,
            language: self.language,
            password_hash: String::new(),
            must_change_password: false,
        };
        Ok(Registration { account, password })
    }
}

/// Told before the costly hashing; [`register`] is what decides.
pub fn refuse_if_registered(conn: &mut Conn, login: &str) -> Result<()> {
    match store::accounts::id_of_login(conn, login)? {
        Some(_) => Err(Refusal::AlreadyRegistered.into()),
        None => Ok(()),
    }
}

pub fn register(conn: &mut Conn, op: &Op, new: &NewAccount) -> Result<AccountView> {
    let permit = op.permit(Action::AccountRegister, &Registered { id: new.id })?;
    store::accounts::insert(conn, new, op.now, Refusal::AlreadyRegistered)?;
    audit::record(conn, &permit, serde_json::json!({ "kind": new.kind.code() }))?;
    let account: Account = store::accounts::find(conn, new.id)?;
    AccountView::of(account, Vec::new(), op.now)
}

/// An account that is only being made belongs to nobody yet.
struct Registered {
    id: AccountId,
}

impl Resource for Registered {
    fn kind(&self) -> &'static str {
        "account"
    }

    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}
