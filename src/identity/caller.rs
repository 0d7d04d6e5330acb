//! Who is calling. The extractor reads the token and touches no database; `op` asks the database, in one
//! statement, whether the session and the account are still good and what the account holds today.
//!
//! What must stay true: a missing token is nobody, a bad token is refused even where nobody is welcome.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::{Ready, ready};

use super::{Refusal, Tokens, store};
use crate::authority::{Account, Op};
use crate::infra::clock::{Clock, Moment};
use crate::infra::db::Conn;
use crate::infra::http::RequestContext;
use crate::kernel::ids::{AccountId, RequestId, SessionId};
use crate::kernel::{Error, General, Result};

/// Somebody with a good token.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    pub account_id: AccountId,
    pub session_id: SessionId,
    pub now: Moment,
    pub request_id: RequestId,
}

/// Somebody or nobody, for what anybody may do.
#[derive(Clone, Copy, Debug)]
pub struct MaybeCaller {
    pub caller: Option<Caller>,
    pub now: Moment,
    pub request_id: RequestId,
}

impl Caller {
    /// The operation of this caller, as the database sees it now. An ended session or a closed account is 401.
    pub fn op(&self, conn: &mut Conn) -> Result<Op> {
        let (op, must_change_password) = self.standing(conn)?;
        if must_change_password {
            return Err(Refusal::PasswordMustChange.into());
        }
        Ok(op)
    }

    /// The same, for the few things that an officer with an initial password may do: look, change it, leave.
    pub fn op_before_password_change(&self, conn: &mut Conn) -> Result<Op> {
        self.standing(conn).map(|(op, _)| op)
    }

    fn standing(&self, conn: &mut Conn) -> Result<(Op, bool)> {
        let standing = store::standing(conn, self.account_id, self.session_id, self.now)?;
        let standing = standing.ok_or(Refusal::SessionEnded)?;
        let account = Account { id: self.account_id, kind: standing.kind, session_id: self.session_id };
        let op = Op {
            account: Some(account),
            grants: standing.grants,
            now: self.now,
            request_id: self.request_id,
            is_system: false,
        };
        Ok((op, standing.must_change_password))
    }
}

impl MaybeCaller {
    pub fn op(&self, conn: &mut Conn) -> Result<Op> {
        match &self.caller {
            Some(caller) => caller.op(conn),
            None => Ok(Op::nobody(self.now, self.request_id)),
        }
    }

    fn of(request: &HttpRequest) -> Result<Self> {
        let missing = |what: &str| Error::internal(format!("{what} is not among the app data"));
        let now = request.app_data::<web::Data<Clock>>().ok_or_else(|| missing("the clock"))?.now();
        let request_id = RequestContext::of(request).request_id;
        let Some(token) = bearer_token(request)? else {
            return Ok(Self { caller: None, now, request_id });
        };
        let tokens = request.app_data::<web::Data<Tokens>>().ok_or_else(|| missing("the door of tokens"))?;
        let proven = tokens.verify(token, now)?;
        let caller = Caller { account_id: proven.account_id, session_id: proven.session_id, now, request_id };
        Ok(Self { caller: Some(caller), now, request_id })
    }
}

/// One header, one scheme. Two headers are two opinions of who this is.
fn bearer_token(request: &HttpRequest) -> Result<Option<&str>> {
    let mut given = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Refusal::TokenInvalid.into());
    }
    let text = value.to_str().map_err(|_| Refusal::TokenInvalid)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Refusal::TokenInvalid.into()),
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            MaybeCaller::of(request)
                .and_then(|maybe| maybe.caller.ok_or_else(|| General::NotSignedIn.into())),
        )
    }
}

impl FromRequest for MaybeCaller {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}
