//! What a letter about a question may say, and to whom it goes: the asker, or the officers who answer for it.

use serde_json::Value;

use crate::authority::Role;
use crate::identity::{card, standing};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::infra::http::Language;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, AgencyId, QuestionId};
use crate::notifications::model::language_of;
use crate::notifications::{QuestionFacts, QuestionKind};
use crate::questions::answer::OutOfScope;
use crate::questions::store::views::{self, MoveRow, QuestionRow};
use crate::units::store as units;

pub fn facts_of(
    conn: &mut Conn,
    id: QuestionId,
    kind: QuestionKind,
    payload: &Value,
    now: Moment,
) -> Result<Vec<QuestionFacts>> {
    // Whoever did not confirm in time is forgotten, and the letter about it with it.
    let Some(row) = views::question(conn, id)? else { return Ok(Vec::new()) };
    let version = payload.get("version").and_then(Value::as_i64);
    let told = views::moves(conn, id)?.into_iter().find(|told| Some(i64::from(told.version)) == version);
    let agency_id = told.as_ref().map_or(row.progress.agency_id, |told| told.to_agency_id);
    let names = units::agency_names(conn, &[agency_id])?;
    let agency_name = names.get(&agency_id).cloned().unwrap_or_default();
    let to_officers = matches!(kind, QuestionKind::DueSoon | QuestionKind::Late);
    let readers =
        if to_officers { officers(conn, agency_id, &row, kind, now)? } else { vec![asker(conn, &row)?] };
    let (_, secret) = views::correspondence(conn, id)?;
    let round = payload.get("round").and_then(Value::as_i64);
    let round = row.rounds.iter().find(|known| Some(i64::from(known.round)) == round).or(row.rounds.last());
    let letters = readers.into_iter().map(|reader| QuestionFacts {
        question_id: id,
        account_id: reader.account_id,
        recipient: reader.email,
        words: words_of(
            kind,
            told.as_ref(),
            round.and_then(|round| round.answer_text.clone()),
            reader.language,
        ),
        language: reader.language,
        reader_name: reader.name,
        number: row.progress.number.clone().unwrap_or_default(),
        title: row.identity.title.clone(),
        agency_name: agency_name.clone(),
        due_at: round.and_then(|round| round.due_at),
        code: secret.clone(),
    });
    Ok(letters.collect())
}

/// What somebody wrote, as far as this letter tells it: the answer, or why and where to go instead.
fn words_of(
    kind: QuestionKind,
    told: Option<&MoveRow>,
    answer: Option<String>,
    language: Language,
) -> Option<String> {
    let reason = told.and_then(|told| told.reason.clone());
    match kind {
        QuestionKind::Answered => answer,
        QuestionKind::Forwarded => reason,
        QuestionKind::Refused => {
            let outcome = told.and_then(|told| told.outcome.as_deref()).and_then(OutOfScope::parse)?;
            let (vi, en) = outcome.where_to_go();
            Some(format!("{}\n{}", reason.unwrap_or_default(), language.pick(vi, en)))
        }
        _ => None,
    }
}

struct Reader {
    account_id: Option<AccountId>,
    name: String,
    email: Option<String>,
    language: Language,
}

/// Where to write is asked of the account, as it is now; whoever has none left an address.
fn asker(conn: &mut Conn, row: &QuestionRow) -> Result<Reader> {
    match row.identity.asker_id {
        Some(account_id) => of_account(conn, account_id),
        None => {
            let (language, _) = views::correspondence(conn, row.identity.id)?;
            Ok(Reader {
                account_id: None,
                name: row.identity.asker_name.clone(),
                email: row.identity.asker_email.clone(),
                language: language_of(&language),
            })
        }
    }
}

/// A reminder goes to whoever holds the question, or else to the desk; what is late goes to the leaders.
fn officers(
    conn: &mut Conn,
    agency_id: AgencyId,
    row: &QuestionRow,
    kind: QuestionKind,
    now: Moment,
) -> Result<Vec<Reader>> {
    let accounts = match (kind, row.progress.lease().holder(now)) {
        (QuestionKind::DueSoon, Some(holder)) => vec![holder],
        (QuestionKind::DueSoon, None) => {
            standing::holders_at(conn, &[Role::Reception, Role::Processing], agency_id, now)?
        }
        _ => standing::holders_at(conn, &[Role::Leader], agency_id, now)?,
    };
    accounts.into_iter().map(|account_id| of_account(conn, account_id)).collect()
}

fn of_account(conn: &mut Conn, account_id: AccountId) -> Result<Reader> {
    let card = card::of(conn, account_id)?;
    Ok(Reader {
        account_id: Some(account_id),
        language: language_of(&card.language),
        name: card.full_name,
        email: card.email,
    })
}
