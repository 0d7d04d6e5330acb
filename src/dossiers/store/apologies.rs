//! SQL of the apology: the one that a dossier can have. Table: `apologies`.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::super::deadlines::Promise;
use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::{Conn, RefuseOn};
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, DossierId};
use crate::schema::apologies;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = apologies)]
pub struct Apology {
    pub dossier_id: DossierId,
    pub at: Moment,
    pub by_account_id: AccountId,
    pub reason: String,
    pub old_due_at: Moment,
    pub original_due_at: Moment,
    pub new_due_on: NaiveDate,
    pub new_due_at: Moment,
}

impl Apology {
    pub fn promise(&self) -> Promise {
        Promise { given_at: in_vietnam(self.at), new_due_on: self.new_due_on }
    }
}

pub fn of(conn: &mut Conn, id: DossierId) -> Result<Option<Apology>> {
    Ok(apologies::table.find(id).select(Apology::as_select()).first(conn).optional()?)
}

pub fn insert(conn: &mut Conn, apology: &Apology) -> Result<()> {
    diesel::insert_into(apologies::table)
        .values(apology)
        .execute(conn)
        .refuse_on(&[("apologies_pkey", super::super::Refusal::ApologyGiven)])?;
    Ok(())
}

/// What would be due without it moves as before.
pub fn keep_original(conn: &mut Conn, id: DossierId, original_due_at: Option<Moment>) -> Result<()> {
    let Some(original_due_at) = original_due_at else { return Ok(()) };
    diesel::update(apologies::table.find(id))
        .set(apologies::original_due_at.eq(original_due_at))
        .execute(conn)?;
    Ok(())
}
