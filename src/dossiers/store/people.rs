//! The applicant as a dossier's row keeps them.

use diesel::prelude::*;

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
