//! The question's number: `HD-{agency identifier}-{yyMMdd}-{NNNN}` (*hỏi đáp*), a counter per agency and day as for
//! dossiers. The number names the agency that was asked first, and stays when the question is forwarded.

use diesel::prelude::*;

use crate::infra::clock::{Moment, in_vietnam};
use crate::infra::db::Conn;
use crate::kernel::ids::AgencyId;
use crate::kernel::values::DossierNumber;
use crate::kernel::{Error, Result};
use crate::schema::question_counters;
use crate::units::store as units;

pub fn next(conn: &mut Conn, agency_id: AgencyId, now: Moment) -> Result<String> {
    let agency = units::agency(conn, agency_id)?
        .ok_or_else(|| Error::internal(format!("agency {agency_id} was asked and does not exist")))?;
    let on_date = in_vietnam(now).date_naive();
    let last: i32 = diesel::insert_into(question_counters::table)
        .values((
            question_counters::agency_id.eq(agency_id),
            question_counters::on_date.eq(on_date),
            question_counters::last.eq(1),
        ))
        .on_conflict((question_counters::agency_id, question_counters::on_date))
        .do_update()
        .set(question_counters::last.eq(question_counters::last + 1))
        .returning(question_counters::last)
        .get_result(conn)?;
    let counter = u32::try_from(last).map_err(Error::internal)?;
    let form = DossierNumber::compose(&agency.identifier, on_date, counter).map_err(Error::internal)?;
    Ok(format!("HD-{form}"))
}
