//! Registration, and what people do to their own account.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, patch, post, put};

use crate::authority::Op;
use crate::identity::model::AccountView;
use crate::identity::own_account::{self, ChangeContacts, ChangePassword};
use crate::identity::password::Passwords;
use crate::identity::register::{self, RegisterCitizen, RegisterOrganisation, Registration};
use crate::identity::{Caller, MaybeCaller};
use crate::infra::clock::Moment;
use crate::infra::crypto;
use crate::infra::db::Db;
use crate::infra::http::{IfMatch, Json, NameLimit, Open, Problem, Signed, Versioned};
use crate::kernel::Result;
use crate::kernel::ids::RequestId;

/// Register as a citizen
///
/// With the citizen number of the identity card. Afterwards sign in at `/api/v1/sessions` with that number.
#[utoipa::path(
    tag = "accounts",
    request_body = RegisterCitizen,
    responses(
        (status = 201, body = AccountView, description = "The account"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "A token was sent and it is bad"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The number has an account"),
        Open
    )
)]
#[post("/accounts/citizens")]
pub async fn register_citizen(
    nobody: MaybeCaller,
    body: Json<RegisterCitizen>,
    db: Data<Db>,
    passwords: Data<Passwords>,
) -> Result<HttpResponse> {
    let registration = body.into_inner().check(nobody.now)?;
    register_with(&db, &passwords, registration, nobody.now, nobody.request_id).await
}

/// Register an organisation
///
/// With its tax code and the representative who acts for it.
#[utoipa::path(
    tag = "accounts",
    request_body = RegisterOrganisation,
    responses(
        (status = 201, body = AccountView, description = "The account"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "A token was sent and it is bad"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The tax code has an account"),
        Open
    )
)]
#[post("/accounts/organisations")]
pub async fn register_organisation(
    nobody: MaybeCaller,
    body: Json<RegisterOrganisation>,
    db: Data<Db>,
    passwords: Data<Passwords>,
) -> Result<HttpResponse> {
    let registration = body.into_inner().check(nobody.now)?;
    register_with(&db, &passwords, registration, nobody.now, nobody.request_id).await
}

async fn register_with(
    db: &Db,
    passwords: &Passwords,
    registration: Registration,
    now: Moment,
    request_id: RequestId,
) -> Result<HttpResponse> {
    let Registration { mut account, password } = registration;
    let login = account.login.clone();
    db.read(move |conn| register::refuse_if_registered(conn, &login)).await?;
    account.password_hash = passwords.hash(password).await?;
    let op = Op::nobody(now, request_id);
    let view = db.write(move |conn| register::register(conn, &op, &account)).await?;
    Ok(HttpResponse::Created().json(view))
}

/// My account
///
/// Who is signed in, and for officers what they hold now. The citizen number is masked.
#[utoipa::path(
    tag = "accounts",
    responses((status = 200, body = AccountView, description = "The account; ETag is its version"), Signed)
)]
#[get("/me")]
pub async fn see_own_account(caller: Caller, db: Data<Db>) -> Result<Versioned<AccountView>> {
    db.read(move |conn| {
        let op = caller.op_before_password_change(conn)?;
        own_account::see_account(conn, &op, &caller)
    })
    .await
}

/// Change my contacts
///
/// Phone, e-mail and the language of messages; what is left out stays.
#[utoipa::path(
    tag = "accounts",
    request_body = ChangeContacts,
    params(("If-Match" = String, Header, description = "The version seen, from ETag", example = "\"1\"")),
    responses((status = 200, body = AccountView, description = "The account as it is now"), crate::infra::http::Changing)
)]
#[patch("/me")]
pub async fn change_contacts(
    caller: Caller,
    seen: IfMatch,
    body: Json<ChangeContacts>,
    db: Data<Db>,
) -> Result<Versioned<AccountView>> {
    let body = body.into_inner();
    db.write(move |conn| {
        let op = caller.op(conn)?;
        own_account::change_contacts(conn, &op, &caller, &body, seen.0)
    })
    .await
}

/// Change my password
///
/// Every other session of the account ends; this one stays.
#[utoipa::path(
    tag = "accounts",
    request_body = ChangePassword,
    responses((status = 200, body = AccountView, description = "Changed"), Signed)
)]
#[put("/me/password")]
pub async fn change_password(
    caller: Caller,
    body: Json<ChangePassword>,
    db: Data<Db>,
    passwords: Data<Passwords>,
    limit: Data<NameLimit>,
) -> Result<Versioned<AccountView>> {
    // A stolen token must not be a way to try passwords.
    limit.check(&crypto::hex(caller.account_id.uuid().as_bytes()))?;
    own_account::change_password(&db, &passwords, caller, body.into_inner()).await
}
