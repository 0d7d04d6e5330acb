//! What people do to their own account: look at it, keep their contacts right, change their password.
//!
//! What must stay true: a new password ends every other session; who holds a token alone cannot change it.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::checks::Checks;
use super::model::{Account, AccountView, Language};
use super::password::{NOT_NEW, Password, Passwords};
use super::store::accounts::Credentials;
use super::store::sessions::EndReason;
use super::{Caller, Refusal, store};
use crate::audit;
use crate::authority::{Action, Op, Resource};
use crate::infra::db::{Conn, Db};
use crate::infra::http::Versioned;
use crate::kernel::ids::AccountId;
use crate::kernel::values::{Email, Phone};
use crate::kernel::{General, Result};

/// What is left out stays as it is.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "0987654321", "language": "en"}))]
pub struct ChangeContacts {
    pub phone: Option<String>,
    #[schema(max_length = 254)]
    pub email: Option<String>,
    pub language: Option<Language>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "mot-cua-lien-thong", "new_password": "ho-so-dung-hen-2026"}))]
pub struct ChangePassword {
    #[schema(format = Password, max_length = 128)]
    pub current_password: String,
    #[schema(format = Password, min_length = 10, max_length = 128)]
    pub new_password: String,
}

pub fn see_account(conn: &mut Conn, op: &Op, caller: &Caller) -> Result<Versioned<AccountView>> {
    let account = store::accounts::find(conn, caller.account_id)?;
    view(conn, op, account)
}

fn view(conn: &mut Conn, op: &Op, account: Account) -> Result<Versioned<AccountView>> {
    let grants = store::grants::of_accounts(conn, &[account.id])?;
    let version = account.version;
    Ok(Versioned { body: AccountView::of(account, grants, op.now)?, version })
}

pub fn change_contacts(
    conn: &mut Conn,
    op: &Op,
    caller: &Caller,
    body: &ChangeContacts,
    version: i32,
) -> Result<Versioned<AccountView>> {
    let permit = op.permit(Action::AccountChange, &OwnAccount(caller.account_id))?;
    let mut checks = Checks::default();
    let phone = body.phone.as_deref().and_then(|text| checks.value("/phone", Phone::parse(text)));
    let email = body.email.as_deref().and_then(|text| checks.value("/email", Email::parse(text)));
    checks.finish()?;
    let changed = json!({ "phone": phone.is_some(), "email": email.is_some(), "language": body.language });
    let account =
        store::accounts::change_contacts(conn, caller.account_id, version, phone, email, body.language)?;
    let account = account.ok_or(General::Stale)?;
    audit::record(conn, &permit, json!({ "changed": changed }))?;
    view(conn, op, account)
}

pub async fn change_password(
    db: &Db,
    passwords: &Passwords,
    caller: Caller,
    body: ChangePassword,
) -> Result<Versioned<AccountView>> {
    let (login, password_hash) = db
        .read(move |conn| {
            caller.op_before_password_change(conn)?;
            let account = store::accounts::find(conn, caller.account_id)?;
            Ok((account.login, store::accounts::password_hash(conn, caller.account_id)?))
        })
        .await?;
    let mut checks = Checks::default();
    let chosen = checks.value("/new_password", Password::chosen(&body.new_password, &login));
    let Some(chosen) = chosen else { return Err(checks.into_error()) };

    let compared = Credentials { account_id: caller.account_id, password_hash };
    let current = Password::typed(&body.current_password);
    if !passwords.verify(current, Some(compared.password_hash.clone())).await? {
        return Err(Refusal::CurrentPasswordWrong.into());
    }
    if body.new_password == body.current_password {
        checks.fault("/new_password", NOT_NEW);
        return Err(checks.into_error());
    }
    let new_hash = passwords.hash(chosen).await?;
    db.write(move |conn| {
        let op = caller.op_before_password_change(conn)?;
        let permit = op.permit(Action::AccountChange, &OwnAccount(caller.account_id))?;
        let account = store::accounts::change_password(conn, &compared, &new_hash)?;
        let account = account.ok_or(Refusal::CurrentPasswordWrong)?;
        let kept = Some(caller.session_id);
        let ended = store::sessions::end_all(conn, account.id, kept, EndReason::PasswordChanged, op.now)?;
        audit::record(conn, &permit, json!({ "changed": { "password": true }, "sessions_ended": ended }))?;
        view(conn, &op, account)
    })
    .await
}

struct OwnAccount(AccountId);

impl Resource for OwnAccount {
    fn kind(&self) -> &'static str {
        "account"
    }

    fn id(&self) -> Uuid {
        self.0.uuid()
    }

    fn owner(&self) -> Option<AccountId> {
        Some(self.0)
    }

    fn see(&self) -> Option<Action> {
        Some(Action::AccountSee)
    }
}
