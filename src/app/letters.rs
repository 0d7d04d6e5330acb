//! What a letter about a dossier may say: looked up when it is written, from the rooms that know it.

use serde_json::Value;

use crate::authority::Role;
use crate::calendar::store::changes;
use crate::catalogue::definition::IfSilent;
use crate::dossiers::store::{confirmations, views};
use crate::dossiers::workflow::Move;
use crate::identity::{card, standing};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::infra::http::Language;
use crate::kernel::ids::{CalendarChangeId, DossierId};
use crate::kernel::{General, Result};
use crate::notifications::model::language_of;
use crate::notifications::{DefectFact, Kind, LetterFacts};

pub fn facts_of(conn: &mut Conn, id: DossierId, _event_id: i64, payload: &Value) -> Result<LetterFacts> {
    let row = views::dossier(conn, id)?.ok_or(General::NotFound)?;
    let version = payload.get("version").and_then(Value::as_i64);
    // The move that the letter is about; others may have followed before the letter is written.
    let told = views::moves(conn, id)?.into_iter().find(|told| Some(i64::from(told.version)) == version);
    let asked = match &told {
        Some(told) if told.action == Move::AskConfirmation.word() => {
            confirmations::asked_at(conn, id, told.at)?
        }
        _ => None,
    };
    let silence_confirms = asked
        .as_ref()
        .and_then(|asked| row.route.get(usize::try_from(asked.step).ok()?)?.confirmation)
        .is_some_and(|wanted| wanted.if_silent == IfSilent::Confirmed);
    let reason = match payload.get("change_id").and_then(Value::as_str) {
        Some(change_id) => {
            CalendarChangeId::parse(change_id).ok().map(|change| rule_of(conn, change)).transpose()?.flatten()
        }
        None => told.and_then(|told| told.reason),
    };
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
    let respond_by: Option<Moment> = match &asked {
        Some(asked) => Some(asked.respond_by),
        None => row.supplement.as_ref().map(|supplement| supplement.respond_by),
    };
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
        reason,
        defects: defects.unwrap_or_default(),
        amount: row.payment.map(|payment| payment.amount),
        respond_by,
        result_title: row.result.map(|result| result.title),
        silence_confirms,
    })
}

/// The notice by which the days off changed.
fn rule_of(conn: &mut Conn, id: CalendarChangeId) -> Result<Option<String>> {
    Ok(changes::find(conn, id)?.map(|change| change.legal_notice))
}

/// The same facts for each officer of the desk that has the dossier now; when it is late, for the leaders too. Whoever
/// has no address reads it in the queue.
pub fn desk_facts_of(conn: &mut Conn, id: DossierId, kind: Kind, now: Moment) -> Result<Vec<LetterFacts>> {
    let row = views::dossier(conn, id)?.ok_or(General::NotFound)?;
    let Some(task) = row.task else { return Ok(Vec::new()) };
    let mut roles: Vec<Role> = Role::parse(&task.role).into_iter().collect();
    if kind == Kind::DeadlineMissed && !roles.contains(&Role::Leader) {
        roles.push(Role::Leader);
    }
    // Before acceptance it is reception's own clock that runs.
    let due_at = row.due_at.or(Some(task.due_at));
    let mut letters = Vec::new();
    for account_id in standing::holders_at(conn, &roles, task.agency_id, now)? {
        let officer = card::of(conn, account_id)?;
        letters.push(LetterFacts {
            dossier_id: id,
            account_id: Some(account_id),
            language: language_of(&officer.language),
            recipient: officer.email,
            applicant_name: officer.full_name,
            number: row.number.clone().unwrap_or_default(),
            procedure_name: row.procedure_name.clone(),
            agency_name: row.handling_agency_name.clone().unwrap_or_default(),
            due_at,
            reason: None,
            defects: Vec::new(),
            amount: None,
            respond_by: None,
            result_title: None,
            silence_confirms: false,
        });
    }
    Ok(letters)
}
