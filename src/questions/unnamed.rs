//! Asking without an account, where `questions.anonymous` allows it: with a name and a mail address. No agency sees
//! the question before the code that went to the address has come back; the clock starts then.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::acting::{self, Said};
use super::ask::{self, AskQuestion};
use super::deadlines;
use super::events::{QuestionEvent, QuestionEventKind};
use super::model::{NotYetAsked, State, Subject};
use super::numbering;
use super::refusal::Refusal;
use super::rules::Rules;
use super::store::{self, NewQuestion};
use super::wording::Reading;
use super::workflow::Move;
use crate::authority::{Action, Op};
use crate::infra::clock::in_vietnam;
use crate::infra::crypto;
use crate::infra::db::Conn;
use crate::infra::http::Language;
use crate::jobs::outbox;
use crate::kernel::ids::{AgencyId, QuestionId};
use crate::kernel::values::{Email, NationalCode};
use crate::kernel::{Error, Result};

const LONGEST_NAME: usize = 120;

/// A question by somebody without an account.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Trần Thị Bình", "email": "binh@example.vn", "agency_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21",
    "title": "Chứng thực bản sao ngoài giờ", "text": "Phường có chứng thực bản sao vào sáng thứ Bảy không?",
    "may_publish": true
}))]
pub struct AskUnnamed {
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    pub email: Email,
    pub agency_id: AgencyId,
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    #[schema(example = "certification")]
    pub field_code: Option<String>,
    #[schema(value_type = Option<String>, example = "2.000815")]
    pub procedure_code: Option<NationalCode>,
    pub may_publish: bool,
}

/// A letter is on its way; the question waits for the code in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfirmationSent {
    pub confirm_until: DateTime<FixedOffset>,
}

/// The code from the letter. It goes in the body: addresses are logged along the way.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "token": "7KQM-2WXD-9HTR-4PLA" }))]
pub struct ConfirmQuestion {
    pub token: String,
}

/// What somebody without an account has in hand from now on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfirmedQuestion {
    #[schema(example = "HD-H53.21.01-261122-0001")]
    pub number: String,
    pub due_at: DateTime<FixedOffset>,
}

pub fn ask(
    conn: &mut Conn,
    rules: &Rules,
    op: &Op,
    body: &AskUnnamed,
    language: Language,
) -> Result<ConfirmationSent> {
    if !rules.settings.anonymous {
        return Err(Refusal::AnonymousClosed.into());
    }
    let id = QuestionId::new();
    let permit = op.permit(Action::QuestionAskUnnamed, &NotYetAsked(id))?;
    let mut reading = Reading::default();
    let name = reading.text("/name", &body.name, LONGEST_NAME);
    let question = AskQuestion {
        agency_id: body.agency_id,
        title: body.title.clone(),
        text: body.text.clone(),
        field_code: body.field_code.clone(),
        procedure_code: body.procedure_code.clone(),
        may_publish: body.may_publish,
    };
    let checked = ask::check(conn, op, &question, reading)?;
    let until = op.now + rules.kept_unconfirmed();
    let new = NewQuestion {
        id,
        state: State::Unconfirmed,
        number: None,
        asker_id: None,
        asker_name: &name,
        asker_email: Some(body.email.expose()),
        language: language.tag(),
        agency_id: body.agency_id,
        title: &checked.title,
        text: &checked.text,
        field_code: checked.field_code.as_deref(),
        procedure_code: body.procedure_code.as_ref().map(NationalCode::as_str),
        may_publish: body.may_publish,
        confirm: Some((crypto::spoken_secret()?, until)),
        limit: rules.limit()?,
        promise: None,
    };
    store::insert(conn, &permit, new)?;
    let event =
        QuestionEvent { kind: QuestionEventKind::ConfirmationNeeded, question_id: id, version: 1, round: 1 };
    outbox::publish(conn, &event, op.request_id, op.now)?;
    Ok(ConfirmationSent { confirm_until: in_vietnam(until) })
}

/// The address is the asker's: the question goes to its agency, and the clock starts.
pub fn confirm(conn: &mut Conn, rules: &Rules, op: &Op, body: &ConfirmQuestion) -> Result<ConfirmedQuestion> {
    let typed = body.token.trim().to_uppercase();
    let id = store::unconfirmed(conn, &typed)?.ok_or(Refusal::ConfirmationUnknown)?;
    let locked = store::lock(conn, id)?.ok_or(Refusal::ConfirmationUnknown)?;
    let is_open = locked.state == State::Unconfirmed
        && locked.identity.confirm_until.is_some_and(|until| op.now <= until);
    if !is_open {
        return Err(Refusal::ConfirmationUnknown.into());
    }
    let permit = op.permit(Action::QuestionConfirm, &Subject::from(&locked))?;
    let limit = (locked.identity.limit_days, locked.identity.remind_days);
    let promise = deadlines::promise(conn, rules, op.now, limit)?;
    let mut begun = acting::begin_with(locked, permit, Move::Confirm)?;
    let number = numbering::next(conn, begun.next.agency_id, op.now)?;
    begun.next.number = Some(number.clone());
    begun.next.confirm_secret = None;
    begun.next.asked_at = Some(op.now);
    begun.next.due_at = Some(promise.due_at);
    begun.next.remind_at = Some(promise.remind_at);
    store::promise(conn, id, 1, op.now, &promise)?;
    begun.finish(conn, Some(QuestionEventKind::Asked), Said::default())?;
    Ok(ConfirmedQuestion { number, due_at: in_vietnam(promise.due_at) })
}

/// Whose idempotency keys these are: nobody's account, so the address stands for one.
pub fn keyring(email: &Email) -> Result<uuid::Uuid> {
    let digest = crypto::sha256(email.expose().as_bytes());
    let bytes = digest.first_chunk::<16>().ok_or_else(|| Error::internal("a digest is too short"))?;
    Ok(uuid::Uuid::from_bytes(*bytes))
}
