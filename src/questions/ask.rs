//! Asking: by somebody signed in. What is asked without an account is [`super::unnamed`]'s.

use serde::Deserialize;
use utoipa::ToSchema;

use super::deadlines;
use super::events::{QuestionEvent, QuestionEventKind};
use super::model::{NotYetAsked, State};
use super::numbering;
use super::rules::Rules;
use super::store::{self, NewQuestion};
use super::wording::{LONGEST_QUESTION, LONGEST_TITLE, Reading};
use crate::authority::{Action, Op};
use crate::catalogue::store::procedures;
use crate::identity::card;
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::jobs::outbox;
use crate::kernel::ids::{AgencyId, QuestionId};
use crate::kernel::values::NationalCode;
use crate::kernel::{General, Result};
use crate::units::store as units;

/// A question to an agency.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "agency_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "title": "Chứng thực bản sao ngoài giờ",
    "text": "Phường có chứng thực bản sao vào sáng thứ Bảy không?", "procedure_code": "2.000815", "may_publish": true
}))]
pub struct AskQuestion {
    pub agency_id: AgencyId,
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    #[schema(example = "certification")]
    pub field_code: Option<String>,
    #[schema(value_type = Option<String>, example = "2.000815")]
    pub procedure_code: Option<NationalCode>,
    /// Whether the question and its answer may be published, without anything that names the asker.
    pub may_publish: bool,
}

/// The question as it was asked, once everything about it was found to be in order.
pub struct Checked {
    pub title: String,
    pub text: String,
    pub field_code: Option<String>,
}

pub fn ask(conn: &mut Conn, rules: &Rules, op: &Op, body: &AskQuestion) -> Result<QuestionId> {
    let id = QuestionId::new();
    let permit = op.permit(Action::QuestionAsk, &NotYetAsked(id))?;
    let account_id = op.account_id().ok_or(General::NotSignedIn)?;
    let checked = check(conn, op, body, Reading::default())?;
    let card = card::of(conn, account_id)?;
    let limit = rules.limit()?;
    let promise = deadlines::promise(conn, rules, op.now, limit)?;
    let new = NewQuestion {
        id,
        state: State::Asked,
        number: Some(numbering::next(conn, body.agency_id, op.now)?),
        asker_id: Some(account_id),
        asker_name: &card.full_name,
        asker_email: card.email.as_deref(),
        language: &card.language,
        agency_id: body.agency_id,
        title: &checked.title,
        text: &checked.text,
        field_code: checked.field_code.as_deref(),
        procedure_code: body.procedure_code.as_ref().map(NationalCode::as_str),
        may_publish: body.may_publish,
        confirm: None,
        limit,
        promise: Some(promise),
    };
    store::insert(conn, &permit, new)?;
    let event = QuestionEvent { kind: QuestionEventKind::Asked, question_id: id, version: 1, round: 1 };
    outbox::publish(conn, &event, op.request_id, op.now)?;
    Ok(id)
}

/// Every fault of what was asked, at once; `reading` may hold some already.
pub fn check(conn: &mut Conn, op: &Op, body: &AskQuestion, mut reading: Reading) -> Result<Checked> {
    let title = reading.text("/title", &body.title, LONGEST_TITLE);
    let text = reading.text("/text", &body.text, LONGEST_QUESTION);
    check_agency(conn, op, body.agency_id, &mut reading)?;
    let procedure = match &body.procedure_code {
        Some(code) => {
            let found = procedures::by_code(conn, code)?;
            if found.is_none() {
                reading.fault(
                    "/procedure_code",
                    "unknown",
                    "Không có thủ tục với mã này.",
                    "No procedure has this code.",
                );
            }
            found
        }
        None => None,
    };
    let field_code = match &body.field_code {
        Some(code) => {
            if !procedures::field_exists(conn, code)? {
                reading.fault(
                    "/field_code",
                    "unknown",
                    "Không có lĩnh vực với mã này.",
                    "No field has this code.",
                );
            }
            Some(code.clone())
        }
        // A procedure says its field by itself.
        None => procedure.map(|procedure| procedure.field_code),
    };
    reading.finish()?;
    Ok(Checked { title, text, field_code })
}

/// The agency exists and is open today.
pub fn check_agency(conn: &mut Conn, op: &Op, id: AgencyId, reading: &mut Reading) -> Result<()> {
    let today = in_vietnam(op.now).date_naive();
    match units::agency(conn, id)? {
        None => reading.fault("/agency_id", "unknown", "Không có cơ quan này.", "There is no such agency."),
        Some(agency) if !agency.exists_on(today) => reading.fault(
            "/agency_id",
            "closed",
            "Cơ quan này không còn hoạt động; hãy chọn cơ quan kế nhiệm.",
            "This agency has closed; choose its successor.",
        ),
        Some(_) => {}
    }
    Ok(())
}
