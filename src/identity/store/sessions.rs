//! Rows of `sessions` and `refresh_tokens`. A refresh token is kept as its SHA-256 only.

use diesel::prelude::*;

use crate::identity::model::Session;
use crate::infra::clock::Moment;
use crate::infra::crypto;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, SessionId};
use crate::schema::{accounts, refresh_tokens, sessions};

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    Logout,
    EndedByOwner,
    RefreshReused,
    PasswordChanged,
    AccountClosed,
}

impl EndReason {
    pub fn code(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::EndedByOwner => "ended_by_owner",
            Self::RefreshReused => "refresh_reused",
            Self::PasswordChanged => "password_changed",
            Self::AccountClosed => "account_closed",
        }
    }
}

pub fn insert(conn: &mut Conn, session: &Session) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id),
            sessions::account_id.eq(session.account_id),
            sessions::device.eq(&session.device),
            sessions::created_at.eq(session.created_at),
            sessions::refreshed_at.eq(session.refreshed_at),
            sessions::expires_at.eq(session.expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn insert_refresh_token(
    conn: &mut Conn,
    token: &str,
    session_id: SessionId,
    now: Moment,
    expires_at: Moment,
) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(crypto::sha256(token.as_bytes())),
            refresh_tokens::session_id.eq(session_id),
            refresh_tokens::issued_at.eq(now),
            refresh_tokens::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// A refresh token and what stands behind it.
pub struct Refreshable {
    pub session_id: SessionId,
    pub account_id: AccountId,
    pub account_kind: String,
    pub token_used_at: Option<Moment>,
    pub token_expires_at: Moment,
    pub session_ended_at: Option<Moment>,
    pub account_closed_at: Option<Moment>,
}

/// The token's row is locked: of two that come at once, the second sees what the first did.
pub fn lock_refresh_token(conn: &mut Conn, token: &str) -> Result<Option<Refreshable>> {
    let hash = crypto::sha256(token.as_bytes());
    let locked = refresh_tokens::table
        .find(&hash)
        .select((refresh_tokens::session_id, refresh_tokens::used_at, refresh_tokens::expires_at))
        .for_update()
        .first::<(SessionId, Option<Moment>, Moment)>(conn)
        .optional()?;
    let Some((session_id, token_used_at, token_expires_at)) = locked else { return Ok(None) };
    let (account_id, session_ended_at, account_kind, account_closed_at) = sessions::table
        .inner_join(accounts::table)
        .filter(sessions::id.eq(session_id))
        .select((sessions::account_id, sessions::ended_at, accounts::kind, accounts::closed_at))
        .first(conn)?;
    Ok(Some(Refreshable {
        session_id,
        account_id,
        account_kind,
        token_used_at,
        token_expires_at,
        session_ended_at,
        account_closed_at,
    }))
}

pub fn mark_used(conn: &mut Conn, token: &str, now: Moment) -> Result<()> {
    diesel::update(refresh_tokens::table.find(crypto::sha256(token.as_bytes())))
        .set(refresh_tokens::used_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// False where the session ended meanwhile.
pub fn prolong(conn: &mut Conn, id: SessionId, now: Moment, expires_at: Moment) -> Result<bool> {
    let updated = diesel::update(sessions::table.find(id).filter(sessions::ended_at.is_null()))
        .set((sessions::refreshed_at.eq(now), sessions::expires_at.eq(expires_at)))
        .execute(conn)?;
    Ok(updated == 1)
}

/// A session of this account that has not ended; another's looks absent.
pub fn find_open(
    conn: &mut Conn,
    id: SessionId,
    account_id: AccountId,
    now: Moment,
) -> Result<Option<Session>> {
    let session = sessions::table
        .find(id)
        .filter(sessions::account_id.eq(account_id).and(sessions::ended_at.is_null()))
        .filter(sessions::expires_at.gt(now))
        .select(Session::as_select())
        .first(conn)
        .optional()?;
    Ok(session)
}

pub fn end(conn: &mut Conn, id: SessionId, reason: EndReason, now: Moment) -> Result<()> {
    diesel::update(sessions::table.find(id).filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason.code())))
        .execute(conn)?;
    Ok(())
}

/// Ends every session of the account, but the one kept; tells how many.
pub fn end_all(
    conn: &mut Conn,
    account_id: AccountId,
    kept: Option<SessionId>,
    reason: EndReason,
    now: Moment,
) -> Result<usize> {
    let ended = diesel::update(sessions::table)
        .filter(sessions::account_id.eq(account_id).and(sessions::ended_at.is_null()))
        .filter(sessions::id.nullable().is_distinct_from(kept))
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason.code())))
        .execute(conn)?;
    Ok(ended)
}

/// Newest first.
pub fn open_of(
    conn: &mut Conn,
    account_id: AccountId,
    now: Moment,
    before: Option<(Moment, SessionId)>,
    limit: i64,
) -> Result<Vec<Session>> {
    let mut query = sessions::table
        .filter(sessions::account_id.eq(account_id).and(sessions::ended_at.is_null()))
        .filter(sessions::expires_at.gt(now))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .limit(limit)
        .select(Session::as_select())
        .into_boxed();
    if let Some((created_at, id)) = before {
        let is_older = sessions::created_at.lt(created_at);
        query = query.filter(is_older.or(sessions::created_at.eq(created_at).and(sessions::id.lt(id))));
    }
    Ok(query.load(conn)?)
}

/// Forgets sessions that were over before that moment, and their refresh tokens with them; in small bites.
pub fn forget_over_before(conn: &mut Conn, moment: Moment) -> Result<usize> {
    let old: Vec<SessionId> = sessions::table
        .filter(sessions::ended_at.lt(moment).or(sessions::expires_at.lt(moment)))
        .select(sessions::id)
        .limit(1000)
        .load(conn)?;
    Ok(diesel::delete(sessions::table.filter(sessions::id.eq_any(old))).execute(conn)?)
}
