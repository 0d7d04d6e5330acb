//! A request that is repeated with the same key gets the same answer. The key's row is the first statement of
//! the work's own transaction: a twin that arrives at once waits on it and then reads the saved reply. A
//! refusal rolls the row back with everything else, so a key is spent only on what was done.
//! Table: `idempotency_keys`.

use chrono::Duration;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::clock::Moment;
use super::db::Conn;
use crate::kernel::{Error, Result};
use crate::refusals;
use crate::schema::idempotency_keys;

refusals! {
    pub enum Refusal in "idempotency" {
        KeyMissing = (400, "key_missing", "Cần tiêu đề Idempotency-Key (1–128 ký tự) để yêu cầu gửi lại không bị làm hai lần.", "An Idempotency-Key header (1 to 128 characters) is required, so that a repeated request is not done twice."),
        KeyInvalid = (400, "key_invalid", "Tiêu đề Idempotency-Key phải có 1–128 ký tự ASCII in được.", "An Idempotency-Key has 1 to 128 printable ASCII characters."),
        KeyReused = (422, "key_reused", "Khoá Idempotency-Key này đã dùng cho một yêu cầu khác.", "This Idempotency-Key was used for a different request."),
    }
}

/// How long a reply is kept for a repetition.
pub const KEPT: Duration = Duration::hours(48);

/// What was answered, as it was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub version: Option<i32>,
}

impl Reply {
    pub fn created(body: &impl Serialize, version: Option<i32>) -> Result<Self> {
        Self::new(201, body, version)
    }

    pub fn new(status: u16, body: &impl Serialize, version: Option<i32>) -> Result<Self> {
        let body = serde_json::to_value(body).map_err(Error::internal)?;
        Ok(Self { status, body, version })
    }
}

/// One request as the key sees it: whose, under which key, to do what, with which bytes.
#[derive(Clone, Debug)]
pub struct Once {
    pub key: String,
    pub operation: &'static str,
    pub body_hash: Vec<u8>,
}

impl Once {
    /// Does the work, or repeats what it answered. Call it inside `Db::write`, before anything else is written.
    pub fn run(
        &self,
        conn: &mut Conn,
        account_id: Uuid,
        now: Moment,
        work: impl FnOnce(&mut Conn) -> Result<Reply>,
    ) -> Result<Reply> {
        let is_first = diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::account_id.eq(account_id),
                idempotency_keys::key.eq(&self.key),
                idempotency_keys::operation.eq(self.operation),
                idempotency_keys::body_hash.eq(&self.body_hash),
                idempotency_keys::created_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?
            == 1;
        if !is_first {
            return self.repeat(conn, account_id);
        }
        let reply = work(conn)?;
        let saved = serde_json::to_value(&reply).map_err(Error::internal)?;
        diesel::update(idempotency_keys::table.find((account_id, &self.key)))
            .set((
                idempotency_keys::status.eq(i16::try_from(reply.status).map_err(Error::internal)?),
                idempotency_keys::reply.eq(saved),
            ))
            .execute(conn)?;
        Ok(reply)
    }

    fn repeat(&self, conn: &mut Conn, account_id: Uuid) -> Result<Reply> {
        let (operation, body_hash, reply) = idempotency_keys::table
            .find((account_id, &self.key))
            .select((idempotency_keys::operation, idempotency_keys::body_hash, idempotency_keys::reply))
            .first::<(String, Vec<u8>, Option<Value>)>(conn)?;
        if operation != self.operation || body_hash != self.body_hash {
            return Err(Refusal::KeyReused.into());
        }
        let reply =
            reply.ok_or_else(|| Error::internal("an idempotency key without a reply was committed"))?;
        serde_json::from_value(reply).map_err(Error::internal)
    }
}

/// Forgets keys past their time; in small bites, so that it holds nobody up.
pub fn forget_old(conn: &mut Conn, now: Moment) -> Result<usize> {
    let old = idempotency_keys::table
        .filter(idempotency_keys::created_at.lt(now - KEPT))
        .select((idempotency_keys::account_id, idempotency_keys::key))
        .limit(1000)
        .load::<(Uuid, String)>(conn)?;
    for id in &old {
        diesel::delete(idempotency_keys::table.find((id.0, &id.1))).execute(conn)?;
    }
    Ok(old.len())
}
