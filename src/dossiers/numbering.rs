//! The dossier's number: `{agency identifier}-{yyMMdd}-{NNNN}`, a counter per agency and day, no gap reused, no
//! duplicate ever; above 9,999 it widens. The counter's row is locked from here to the commit, so this is asked
//! for as late in a submission as can be.

use diesel::prelude::*;

use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::values::DossierNumber;
use crate::kernel::{Error, Result};
use crate::schema::dossier_counters;
use crate::units::Agency;

pub fn next(conn: &mut Conn, receiving: &Agency, now: Moment) -> Result<DossierNumber> {
    let on_date = in_vietnam(now).date_naive();
    let last: i32 = diesel::insert_into(dossier_counters::table)
        .values((
            dossier_counters::agency_id.eq(receiving.id),
            dossier_counters::on_date.eq(on_date),
            dossier_counters::last.eq(1),
        ))
        .on_conflict((dossier_counters::agency_id, dossier_counters::on_date))
        .do_update()
        .set(dossier_counters::last.eq(dossier_counters::last + 1))
        .returning(dossier_counters::last)
        .get_result(conn)?;
    let counter = u32::try_from(last).map_err(Error::internal)?;
    DossierNumber::compose(&receiving.identifier, on_date, counter).map_err(Error::internal)
}
