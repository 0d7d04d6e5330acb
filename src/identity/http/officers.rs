//! Officers and their grants, for system administrators.

use actix_web::web::Data;
use actix_web::{HttpResponse, delete, get, post};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::identity::model::GiveGrant;
use crate::identity::officers::{self, CreateOfficer, OfficerView};
use crate::identity::password::Passwords;
use crate::identity::{Caller, grants};
use crate::infra::db::Db;
use crate::infra::http::{IdempotencyKey, Json, Path, Problem, Query, Signed, answer};
use crate::infra::idempotency::Reply;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, GrantId};
use crate::kernel::paging::{Limit, Page};

/// Create an officer
///
/// With at least one grant, each within the administrator's own places. The initial password must be changed at
/// the first sign-in.
#[utoipa::path(
    tag = "officers",
    request_body = CreateOfficer,
    params(("Idempotency-Key" = String, Header, description = "The client's name for this request, 1 to 128 characters", example = "officer-2026-0001")),
    responses(
        (status = 201, body = OfficerView, description = "The officer"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The login is taken"),
        Signed
    )
)]
#[post("/officers")]
pub async fn create_officer(
    caller: Caller,
    key: IdempotencyKey,
    body: Json<CreateOfficer>,
    db: Data<Db>,
    passwords: Data<Passwords>,
) -> Result<HttpResponse> {
    let body = body.into_inner();
    db.read(move |conn| officers::refuse_unless_administrator(&caller.op(conn)?)).await?;
    let (mut account, password) = body.check()?;
    account.password_hash = passwords.hash(password).await?;
    let once = key.once("create_officer", body.digest()?);
    let reply = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            once.run(conn, caller.account_id.uuid(), op.now, |conn| {
                let view = officers::create(conn, &op, &account, &body.grants)?;
                Reply::created(&view, Some(view.version))
            })
        })
        .await?;
    Ok(answer(reply))
}

#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfficerPage {
    /// Part of a name or a login.
    q: Option<String>,
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// From `next` of the page before.
    cursor: Option<String>,
}

/// List officers
///
/// Those who hold or held a role within the administrator's places, by login.
#[utoipa::path(
    tag = "officers",
    params(OfficerPage),
    responses((status = 200, body = Page<OfficerView>, description = "Officers by login"), Signed)
)]
#[get("/officers")]
pub async fn list_officers(caller: Caller, page: Query<OfficerPage>, db: Data<Db>) -> Result<HttpResponse> {
    let OfficerPage { q, limit, cursor } = page.0;
    let officers = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            officers::list(conn, &op, q.as_deref(), limit, cursor.as_deref())
        })
        .await?;
    Ok(HttpResponse::Ok().json(officers))
}

/// See an officer
///
/// With every grant, ended ones too.
#[utoipa::path(
    tag = "officers",
    params(("id" = AccountId, Path, description = "The officer")),
    responses((status = 200, body = OfficerView, description = "The officer"), Signed)
)]
#[get("/officers/{id}")]
pub async fn see_officer(caller: Caller, id: Path<AccountId>, db: Data<Db>) -> Result<HttpResponse> {
    let officer = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            officers::see(conn, &op, id.0)
        })
        .await?;
    Ok(HttpResponse::Ok().json(officer))
}

/// Give a grant
///
/// A role at one agency, or over a unit and all below it; all of it within the administrator's own places.
#[utoipa::path(
    tag = "officers",
    request_body = GiveGrant,
    params(
        ("id" = AccountId, Path, description = "The officer"),
        ("Idempotency-Key" = String, Header, description = "The client's name for this request, 1 to 128 characters", example = "grant-2026-0001")
    ),
    responses(
        (status = 201, body = OfficerView, description = "The officer with the new grant"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Held already, closed, or the administrator's own account"),
        Signed
    )
)]
#[post("/officers/{id}/grants")]
pub async fn give_grant(
    caller: Caller,
    key: IdempotencyKey,
    id: Path<AccountId>,
    body: Json<GiveGrant>,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let Json { body, digest } = body;
    let once = key.once("give_grant", digest);
    let reply = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            once.run(conn, caller.account_id.uuid(), op.now, |conn| {
                let view = grants::give(conn, &op, id.0, &body)?;
                Reply::created(&view, Some(view.version))
            })
        })
        .await?;
    Ok(answer(reply))
}

/// Revoke a grant
///
/// It ends at once, at the officer's next request.
#[utoipa::path(
    tag = "officers",
    params(
        ("id" = AccountId, Path, description = "The officer"),
        ("grant_id" = GrantId, Path, description = "From the officer's grants")
    ),
    responses(
        (status = 200, body = OfficerView, description = "The officer without the grant"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Ended already, or the administrator's own account"),
        Signed
    )
)]
#[delete("/officers/{id}/grants/{grant_id}")]
pub async fn revoke_grant(
    caller: Caller,
    ids: Path<(AccountId, GrantId)>,
    db: Data<Db>,
) -> Result<HttpResponse> {
    let (id, grant_id) = ids.0;
    let officer = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            grants::revoke(conn, &op, id, grant_id)
        })
        .await?;
    Ok(HttpResponse::Ok().json(officer))
}

/// Close an officer's account
///
/// Ends the account, its grants and its sessions at once. What the officer did stays under the name.
#[utoipa::path(
    tag = "officers",
    params(("id" = AccountId, Path, description = "The officer")),
    responses(
        (status = 200, body = OfficerView, description = "The officer, closed"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "Closed already, or the administrator's own account"),
        Signed
    )
)]
#[post("/officers/{id}/close")]
pub async fn close_officer(caller: Caller, id: Path<AccountId>, db: Data<Db>) -> Result<HttpResponse> {
    let officer = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            officers::close(conn, &op, id.0)
        })
        .await?;
    Ok(HttpResponse::Ok().json(officer))
}
