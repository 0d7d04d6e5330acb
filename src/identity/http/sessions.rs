//! Signing in and out, and the list of one's sessions.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, delete, get, post};
use futures_util::future::{Ready, ready};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::identity::login::{self, Knock, Refresh, SessionView, SignIn, SignedIn, TokensView};
use crate::identity::password::Passwords;
use crate::identity::{Caller, Tokens};
use crate::infra::clock::Clock;
use crate::infra::config::Settings;
use crate::infra::crypto;
use crate::infra::db::Db;
use crate::infra::http::{Always, Json, NameLimit, Open, Path, Problem, Query, RequestContext, Signed};
use crate::kernel::ids::SessionId;
use crate::kernel::paging::{Limit, Page};
use crate::kernel::{Error, Result};

/// Sign in
///
/// Gives a short access token and a refresh token that works once. A wrong login and a wrong password get the
/// same answer.
#[utoipa::path(
    tag = "sessions",
    request_body = SignIn,
    responses(
        (status = 201, body = SignedIn, description = "Signed in"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The login or the password is wrong"),
        Open
    )
)]
#[post("/sessions")]
pub async fn sign_in(
    knock: Knock,
    body: Json<SignIn>,
    db: Data<Db>,
    passwords: Data<Passwords>,
    tokens: Data<Tokens>,
    limit: Data<NameLimit>,
) -> Result<HttpResponse> {
    let body = body.into_inner();
    let login = login::login_key(&body.login);
    limit.check(&crypto::hex(&crypto::sha256(login.as_bytes())))?;
    let signed_in = login::sign_in(&db, &passwords, &tokens, login, &body, knock).await?;
    Ok(HttpResponse::Created().json(signed_in))
}

/// Refresh
///
/// Exchanges a refresh token for new tokens. A refresh token that was used before ends its session.
#[utoipa::path(
    tag = "sessions",
    request_body = Refresh,
    responses(
        (status = 200, body = TokensView, description = "New tokens; the ones before are spent"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "The refresh token is not good, or was used before"),
        Open
    )
)]
#[post("/sessions/refresh")]
pub async fn refresh_session(
    knock: Knock,
    body: Json<Refresh>,
    db: Data<Db>,
    tokens: Data<Tokens>,
) -> Result<HttpResponse> {
    let refreshed = login::refresh(&db, &tokens, body.into_inner().refresh_token, knock).await?;
    Ok(HttpResponse::Ok().json(refreshed))
}

impl FromRequest for Knock {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let clock = request.app_data::<Data<Clock>>();
        let settings = request.app_data::<Data<Settings>>();
        let (Some(clock), Some(settings)) = (clock, settings) else {
            return ready(Err(Error::internal("the clock or the settings are not among the app data")));
        };
        let browser = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        ready(Ok(Self {
            now: clock.now(),
            request_id: RequestContext::of(request).request_id,
            session_days: settings.auth.refresh_days,
            browser: browser.unwrap_or_default().to_owned(),
        }))
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SessionPage {
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// From `next` of the page before.
    cursor: Option<String>,
}

/// My sessions
///
/// Where this account is signed in, newest first.
#[utoipa::path(
    tag = "sessions",
    params(SessionPage),
    responses((status = 200, body = Page<SessionView>, description = "Sessions that have not ended"), Signed)
)]
#[get("/sessions")]
pub async fn list_sessions(caller: Caller, page: Query<SessionPage>, db: Data<Db>) -> Result<HttpResponse> {
    let before = page.0.cursor.as_deref().map(login::read_cursor).transpose()?;
    let limit = page.0.limit;
    let sessions = db
        .read(move |conn| {
            caller.op(conn)?;
            login::list_sessions(conn, &caller, limit, before)
        })
        .await?;
    Ok(HttpResponse::Ok().json(sessions))
}

/// Sign out
///
/// Ends the session of this request, with every token of it, at once.
#[utoipa::path(tag = "sessions", responses((status = 204, description = "Signed out"), Signed))]
#[delete("/sessions/current")]
pub async fn sign_out(caller: Caller, db: Data<Db>) -> Result<HttpResponse> {
    db.write(move |conn| {
        let op = caller.op_before_password_change(conn)?;
        login::sign_out(conn, &op, &caller)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End one of my sessions
///
/// On a device that was lost, for example.
#[utoipa::path(
    tag = "sessions",
    params(("id" = SessionId, Path, description = "From the list of sessions")),
    responses((status = 204, description = "Ended"), Signed)
)]
#[delete("/sessions/{id}")]
pub async fn end_session(caller: Caller, id: Path<SessionId>, db: Data<Db>) -> Result<HttpResponse> {
    db.write(move |conn| {
        let op = caller.op(conn)?;
        login::end_session(conn, &op, caller.account_id, id.0)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The public signing keys (JSON Web Key Set, RFC 7517).
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"keys": [{
    "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "9f2c1a7b3d5e4f60",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
}]}))]
pub struct KeySet {
    keys: Vec<PublicKey>,
}

#[derive(Serialize, ToSchema)]
pub struct PublicKey {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    purpose: &'static str,
    kid: String,
    x: String,
}

/// Public keys
///
/// With which other systems of the province check the portal's access tokens.
#[utoipa::path(
    tag = "sessions",
    responses((status = 200, body = KeySet, description = "The keys in use"), Always)
)]
#[get("/keys")]
pub async fn list_keys(tokens: Data<Tokens>) -> HttpResponse {
    let mut keys = Vec::new();
    for (kid, x) in tokens.public_keys() {
        keys.push(PublicKey { kty: "OKP", crv: "Ed25519", alg: "EdDSA", purpose: "sig", kid, x });
    }
    HttpResponse::Ok().json(KeySet { keys })
}
