//! SQL of the people around a dossier: the applicant's account, an officer's fitness for a task.

use diesel::prelude::*;

use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::AccountId;
use crate::schema::dossiers;

/// Who applies, as the dossier keeps it: what it said on the day stays, whatever the account says later.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = dossiers)]
pub struct Applicant {
    pub applicant_id: Option<AccountId>,
    pub applicant_kind: String,
    pub applicant_name: String,
    pub applicant_identity: String,
    pub applicant_phone: Option<String>,
    pub applicant_email: Option<String>,
}

pub fn applicant_of(conn: &mut Conn, id: crate::kernel::ids::DossierId) -> Result<Applicant> {
    Ok(dossiers::table.find(id).select(Applicant::as_select()).first(conn)?)
}
