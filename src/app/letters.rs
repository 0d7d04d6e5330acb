//! What a letter about a dossier may say: looked up when it is written, from the rooms that know it.

use serde_json::Value;

use crate::dossiers::store::views;
use crate::identity::card;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::infra::http::Language;
use crate::kernel::ids::DossierId;
use crate::kernel::{General, Result};
use crate::notifications::model::language_of;
use crate::notifications::{DefectFact, LetterFacts};

pub fn facts_of(conn: &mut Conn, id: DossierId, _event_id: i64, payload: &Value) -> Result<LetterFacts> {
    let row = views::dossier(conn, id)?.ok_or(General::NotFound)?;
    let version = payload.get("version").and_then(Value::as_i64);
    // The move that the letter is about; others may have followed before the letter is written.
    let told = views::moves(conn, id)?.into_iter().find(|told| Some(i64::from(told.version)) == version);
    let language = match row.applicant_id {
        Some(account_id) => language_of(&card::of(conn, account_id)?.language),
        None => Language::Vi,
    };
    let defects = row.supplement.as_ref().map(|supplement| &supplement.defects);
    let defects = defects.map(|defects| {
        let fact = |defect: &crate::dossiers::supplement::Defect| DefectFact {
            about: defect.component_code.clone().or_else(|| defect.field.clone()),
            reason: defect.reason.to_string(),
        };
        defects.iter().map(fact).collect::<Vec<_>>()
    });
    let respond_by: Option<Moment> = row.supplement.as_ref().map(|supplement| supplement.respond_by);
    Ok(LetterFacts {
        dossier_id: id,
        account_id: row.applicant_id,
        language,
        recipient: row.applicant_email,
        applicant_name: row.applicant_name,
        number: row.number.unwrap_or_default(),
        procedure_name: row.procedure_name,
        agency_name: row.handling_agency_name.or(row.receiving_agency_name).unwrap_or_default(),
        due_at: row.due_at,
        reason: told.and_then(|told| told.reason),
        defects: defects.unwrap_or_default(),
        amount: row.payment.map(|payment| payment.amount),
        respond_by,
        result_title: row.result.map(|result| result.title),
    })
}
