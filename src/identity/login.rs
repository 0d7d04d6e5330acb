//! Signing in, staying in, leaving.
//!
//! What must stay true: a wrong login and a wrong password get the same bytes after the same work; no database
//! seat is held while a password is compared; a refresh token works once, and one that comes again ends its
//! session. A refresh that succeeds is no act of office and leaves no audit record; the session's row has its time.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{AccountView, Session};
use super::password::{Password, Passwords};
use super::store::accounts::Credentials;
use super::store::sessions::EndReason;
use super::{Caller, Refusal, Tokens, checks, store};
use crate::audit;
use crate::authority::{Account, AccountKind, Action, Op, Resource};
use crate::infra::clock::Moment;
use crate::infra::crypto;
use crate::infra::db::{Conn, Db};
use crate::kernel::ids::{AccountId, RequestId, SessionId};
use crate::kernel::paging::{Limit, Page};
use crate::kernel::values::TaxCode;
use crate::kernel::{Error, General, Result};

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "072098000006", "password": "mot-cua-lien-thong", "device": "Điện thoại của An"}))]
pub struct SignIn {
    /// Citizen number, tax code, or an officer's login.
    #[schema(max_length = 64)]
    pub login: String,
    #[schema(format = Password, max_length = 128)]
    pub password: String,
    /// What this session is called in your list of sessions; by default what the browser calls itself.
    #[schema(max_length = 100)]
    pub device: Option<String>,
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "bW90LWN1YS1saWVuLXRob25nLW1vdC1jdWEtMDEyMzQ"}))]
pub struct Refresh {
    #[schema(max_length = 64)]
    pub refresh_token: String,
}

/// Send the access token as `Authorization: Bearer …`; keep the refresh token where no script reads it.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9…", "token_type": "Bearer", "expires_in": 900,
    "refresh_token": "bW90LWN1YS1saWVuLXRob25nLW1vdC1jdWEtMDEyMzQ"
}))]
pub struct TokensView {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Good once: each refresh gives the next one.
    pub refresh_token: String,
}

#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9…", "token_type": "Bearer", "expires_in": 900,
    "refresh_token": "bW90LWN1YS1saWVuLXRob25nLW1vdC1jdWEtMDEyMzQ",
    "account": {
        "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "kind": "citizen", "login": "•••••••••006",
        "full_name": "Nguyễn Văn An", "citizen_number": "•••••••••006", "phone": "0912345678",
        "email": "nguyen.van.an@mail.vn", "language": "vi", "must_change_password": false, "version": 1,
        "created_at": "2026-01-05T01:00:00Z", "grants": []
    }
}))]
pub struct SignedIn {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Good once: each refresh gives the next one.
    pub refresh_token: String,
    pub account: AccountView,
}

#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "device": "Điện thoại của An", "created_at": "2026-01-05T01:00:00Z",
    "refreshed_at": "2026-01-05T03:10:00Z", "expires_at": "2026-01-19T03:10:00Z", "current": true
}))]
pub struct SessionView {
    pub id: SessionId,
    pub device: String,
    pub created_at: DateTime<Utc>,
    pub refreshed_at: DateTime<Utc>,
    /// It ends then, unless it is refreshed before.
    pub expires_at: DateTime<Utc>,
    /// The session of this request.
    pub current: bool,
}

/// The login as it is stored: people write tax codes in two ways, and phones begin words with a capital.
pub fn login_key(typed: &str) -> String {
    let login: String = typed.trim().to_lowercase().chars().filter(|c| !c.is_control()).collect();
    TaxCode::parse(&login).map_or(login, |code| code.as_str().to_owned())
}

/// Somebody without a token at the door: when, and what the browser calls itself.
#[derive(Clone)]
pub struct Knock {
    pub now: Moment,
    pub request_id: RequestId,
    pub session_days: i64,
    pub browser: String,
}

pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    tokens: &Tokens,
    login: String,
    body: &SignIn,
    knock: Knock,
) -> Result<SignedIn> {
    passwords.refuse_if_busy()?;
    let credentials = db.read(move |conn| store::accounts::credentials(conn, &login)).await?;
    let hash = credentials.as_ref().map(|credentials| credentials.password_hash.clone());
    let is_right = passwords.verify(Password::typed(&body.password), hash).await?;
    let Some(credentials) = credentials.filter(|_| is_right) else {
        tracing::info!(event = "sign_in_refused", request_id = %knock.request_id);
        return Err(Refusal::WrongCredentials.into());
    };
    let now = knock.now;
    let device = checks::device(body.device.as_ref().unwrap_or(&knock.browser));
    let started = db.write(move |conn| start_session(conn, &credentials, &device, &knock)).await?;
    // Changed or closed while it was compared: as wrong as before.
    let (session, refresh_token, account) = started.ok_or(Refusal::WrongCredentials)?;
    Ok(SignedIn {
        access_token: tokens.issue(session.account_id, session.id, now)?,
        token_type: "Bearer",
        expires_in: tokens.access_seconds(),
        refresh_token,
        account,
    })
}

fn start_session(
    conn: &mut Conn,
    compared: &Credentials,
    device: &str,
    knock: &Knock,
) -> Result<Option<(Session, String, AccountView)>> {
    let Some(account) = store::accounts::hold_if_unchanged(conn, compared)? else { return Ok(None) };
    let now = knock.now;
    let session = Session {
        id: SessionId::new(),
        account_id: account.id,
        device: device.to_owned(),
        created_at: now,
        refreshed_at: now,
        expires_at: now + Duration::days(knock.session_days),
    };
    let op = op_of(account.id, account.kind()?, session.id, knock);
    let permit = op.permit(Action::SessionStart, &OwnSession::of(&session))?;
    store::sessions::insert(conn, &session)?;
    let refresh_token = crypto::secret()?;
    store::sessions::insert_refresh_token(conn, &refresh_token, session.id, now, session.expires_at)?;
    audit::record(conn, &permit, json!({}))?;
    let grants = store::grants::of_accounts(conn, &[account.id])?;
    let view = AccountView::of(account, grants, now)?;
    Ok(Some((session, refresh_token, view)))
}

/// A right password or a refresh token speaks for the account, before there is an access token to do so.
fn op_of(account_id: AccountId, kind: AccountKind, session_id: SessionId, knock: &Knock) -> Op {
    let account = Account { id: account_id, kind, session_id };
    Op {
        account: Some(account),
        grants: Vec::new(),
        now: knock.now,
        request_id: knock.request_id,
        is_system: false,
    }
}

/// What became of a refresh token. A refusal is an answer and not an error, so that what it ended is committed.
enum Refreshed {
    Prolonged { account_id: AccountId, session_id: SessionId, refresh_token: String },
    Refused(Refusal),
}

pub async fn refresh(db: &Db, tokens: &Tokens, refresh_token: String, knock: Knock) -> Result<TokensView> {
    let now = knock.now;
    match db.write(move |conn| use_refresh_token(conn, &refresh_token, &knock)).await? {
        Refreshed::Refused(refusal) => Err(refusal.into()),
        Refreshed::Prolonged { account_id, session_id, refresh_token } => Ok(TokensView {
            access_token: tokens.issue(account_id, session_id, now)?,
            token_type: "Bearer",
            expires_in: tokens.access_seconds(),
            refresh_token,
        }),
    }
}

fn use_refresh_token(conn: &mut Conn, refresh_token: &str, knock: &Knock) -> Result<Refreshed> {
    let rejected = Ok(Refreshed::Refused(Refusal::RefreshRejected));
    let now = knock.now;
    let Some(found) = store::sessions::lock_refresh_token(conn, refresh_token)? else { return rejected };
    if found.session_ended_at.is_some() || found.account_closed_at.is_some() || found.token_expires_at <= now
    {
        return rejected;
    }
    let (account_id, session_id) = (found.account_id, found.session_id);
    if found.token_used_at.is_some() {
        let kind = AccountKind::parse(&found.account_kind);
        let kind = kind.ok_or_else(|| Error::internal("an account of an unknown kind"))?;
        let op = op_of(account_id, kind, session_id, knock);
        end_one(conn, &op, &OwnSession { id: session_id, account_id }, EndReason::RefreshReused)?;
        return Ok(Refreshed::Refused(Refusal::RefreshReused));
    }
    let expires_at = now + Duration::days(knock.session_days);
    store::sessions::mark_used(conn, refresh_token, now)?;
    if !store::sessions::prolong(conn, session_id, now, expires_at)? {
        return rejected;
    }
    let next = crypto::secret()?;
    store::sessions::insert_refresh_token(conn, &next, session_id, now, expires_at)?;
    Ok(Refreshed::Prolonged { account_id, session_id, refresh_token: next })
}

/// Leaves: the session of the request ends at once, with every token of it.
pub fn sign_out(conn: &mut Conn, op: &Op, caller: &Caller) -> Result<()> {
    let session = OwnSession { id: caller.session_id, account_id: caller.account_id };
    end_one(conn, op, &session, EndReason::Logout)
}

/// Ends one of the caller's sessions, on another device perhaps.
pub fn end_session(conn: &mut Conn, op: &Op, account_id: AccountId, session_id: SessionId) -> Result<()> {
    let session =
        store::sessions::find_open(conn, session_id, account_id, op.now)?.ok_or(General::NotFound)?;
    end_one(conn, op, &OwnSession::of(&session), EndReason::EndedByOwner)
}

fn end_one(conn: &mut Conn, op: &Op, session: &OwnSession, reason: EndReason) -> Result<()> {
    let permit = op.permit(Action::SessionEnd, session)?;
    store::sessions::end(conn, session.id, reason, op.now)?;
    audit::record(conn, &permit, json!({ "reason": reason.code() }))
}

const SESSIONS_NEWEST_FIRST: &str = "sessions.newest";

pub fn list_sessions(
    conn: &mut Conn,
    caller: &Caller,
    limit: Limit,
    before: Option<(Moment, SessionId)>,
) -> Result<Page<SessionView>> {
    let rows = store::sessions::open_of(conn, caller.account_id, caller.now, before, limit.with_one_more())?;
    let page = Page::from_rows(rows, limit, SESSIONS_NEWEST_FIRST, |row| (row.created_at, row.id))
        .map_err(Error::internal)?;
    Ok(page.map(|row| SessionView {
        id: row.id,
        current: row.id == caller.session_id,
        device: row.device,
        created_at: row.created_at,
        refreshed_at: row.refreshed_at,
        expires_at: row.expires_at,
    }))
}

/// The place in the list that a cursor names.
pub fn read_cursor(cursor: &str) -> Result<(Moment, SessionId)> {
    crate::kernel::paging::decode_cursor(SESSIONS_NEWEST_FIRST, cursor)
        .map_err(|fault| Error::invalid(vec![crate::kernel::Fault::value("cursor", fault)]))
}

/// How long a session that is over stays in the table, for whoever looks into a complaint.
const KEPT: Duration = Duration::days(90);

/// Housekeeping, once a day: forgets sessions long over. Tells how many; call it again while there are any.
pub fn forget_old(conn: &mut Conn, now: Moment) -> Result<usize> {
    store::sessions::forget_over_before(conn, now - KEPT)
}

struct OwnSession {
    id: SessionId,
    account_id: AccountId,
}

impl OwnSession {
    fn of(session: &Session) -> Self {
        Self { id: session.id, account_id: session.account_id }
    }
}

impl Resource for OwnSession {
    fn kind(&self) -> &'static str {
        "session"
    }

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn owner(&self) -> Option<AccountId> {
        Some(self.account_id)
    }

    fn see(&self) -> Option<Action> {
        Some(Action::SessionEnd)
    }
}
