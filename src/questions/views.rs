//! A question as it is shown: to its asker, to the officers it has reached, to an inspector without the person in it.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::answer::OutOfScope;
use super::deadlines::is_overdue;
use super::model::State;
use super::store::views::{self as store, MoveRow, QuestionRow, Round};
use super::workflow::{Move, open_moves};
use crate::audit;
use crate::authority::{Op, Role};
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::infra::http::Versioned;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, AgencyId, AnswerId, QuestionId};
use crate::kernel::text::initials;
use crate::units::store as units;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({ "code": "asked", "name_vi": "Đã gửi, chờ xử lý", "name_en": "Asked" }))]
pub struct QuestionState {
    pub code: String,
    pub name_vi: String,
    pub name_en: String,
}

impl From<State> for QuestionState {
    fn from(state: State) -> Self {
        let (name_vi, name_en) = state.names();
        Self { code: state.code().to_owned(), name_vi: name_vi.to_owned(), name_en: name_en.to_owned() }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuestionView {
    pub id: QuestionId,
    #[schema(example = "HD-H53.21.01-261122-0001")]
    pub number: Option<String>,
    pub state: QuestionState,
    /// The row version: what `If-Match` must name.
    pub version: i32,
    /// The responsible agency.
    pub agency_id: AgencyId,
    #[schema(example = "Ủy ban nhân dân Phường 1")]
    pub agency_name: String,
    #[schema(example = "Chứng thực bản sao ngoài giờ")]
    pub title: String,
    pub field_code: Option<String>,
    pub procedure_code: Option<String>,
    #[schema(example = "Nguyễn Văn An")]
    pub asker_name: String,
    pub may_publish: bool,
    /// The question and, after it, its follow-up, each with its answer.
    pub rounds: Vec<RoundView>,
    pub due_at: Option<DateTime<FixedOffset>>,
    pub is_overdue: bool,
    /// Who works on it; for officers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder_id: Option<AccountId>,
    /// Every forward, with its reason.
    pub forwards: Vec<ForwardView>,
    pub refusal: Option<RefusalView>,
    pub satisfaction: Option<i16>,
    /// The public copy, where one stands.
    pub published_id: Option<AnswerId>,
    /// What may be done to it now, by whoever asks.
    #[schema(example = json!(["follow-up", "satisfaction"]))]
    pub open_moves: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoundView {
    pub round: i16,
    #[schema(example = "Phường có chứng thực bản sao vào sáng thứ Bảy không?")]
    pub text: String,
    pub asked_at: DateTime<FixedOffset>,
    pub due_at: Option<DateTime<FixedOffset>>,
    pub answer: Option<AnswerView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerView {
    #[schema(example = "Có, từ 07:30 đến 11:30.")]
    pub text: String,
    #[schema(example = json!(["Nghị định 23/2015/NĐ-CP, Điều 7"]))]
    pub legal_basis: Vec<String>,
    #[schema(example = "Ủy ban nhân dân Phường 1")]
    pub agency_name: String,
    pub answered_at: DateTime<FixedOffset>,
    pub was_late: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ForwardView {
    pub at: DateTime<FixedOffset>,
    #[schema(example = "Ủy ban nhân dân Phường 1")]
    pub from_agency_name: String,
    #[schema(example = "Sở Tư pháp")]
    pub to_agency_name: String,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefusalView {
    #[schema(example = "complaint")]
    pub kind: String,
    pub reason: Option<String>,
    #[schema(example = "Đây là khiếu nại: gửi đơn đến người đã ra quyết định.")]
    pub where_to_go_vi: String,
    #[schema(example = "This is a complaint: send it to whoever made the decision.")]
    pub where_to_go_en: String,
}

type Names = BTreeMap<AgencyId, String>;

/// The question as this account sees it, on record where an officer looks.
pub fn look(conn: &mut Conn, op: &Op, id: QuestionId) -> Result<Versioned<QuestionView>> {
    let (row, permit) = store::visible(conn, op, id)?;
    if op.is_officer() {
        audit::record(conn, &permit, json!({}))?;
    }
    show(conn, op, row)
}

/// The question after a change: the change itself is on record, and this look is part of it.
pub fn changed(conn: &mut Conn, op: &Op, id: QuestionId) -> Result<Versioned<QuestionView>> {
    let (row, _) = store::visible(conn, op, id)?;
    show(conn, op, row)
}

fn show(conn: &mut Conn, op: &Op, row: QuestionRow) -> Result<Versioned<QuestionView>> {
    let id = row.identity.id;
    let moves = store::moves(conn, id)?;
    let names = units::agency_names(conn, &row.involved)?;
    let version = row.progress.version;
    Ok(Versioned { body: question(row, &moves, &names, op), version })
}

fn question(row: QuestionRow, moves: &[MoveRow], names: &Names, op: &Op) -> QuestionView {
    let subject = row.subject();
    let is_owner = op.account_id().is_some() && subject.owner == op.account_id();
    // Whoever works on it needs the person; whoever only inspects does not.
    let works_on_it = [Role::Reception, Role::Processing, Role::Leader]
        .into_iter()
        .any(|role| subject.involved.iter().any(|agency| op.holds_at(role, *agency)));
    let open = open_moves(row.state, row.way()).into_iter().filter(|step| op.may(step.action(), &subject));
    let open_moves = open.map(|step| step.word().to_owned()).collect();
    let ended_at = row.rounds.last().and_then(|round| round.answered_at).or(row.progress.ended_at);
    let holder = row.progress.lease().holder(op.now);
    QuestionView {
        id: row.identity.id,
        number: row.progress.number,
        state: QuestionState::from(row.state),
        version: row.progress.version,
        agency_id: row.progress.agency_id,
        agency_name: name_of(names, row.progress.agency_id),
        asker_name: if is_owner || works_on_it {
            row.identity.asker_name
        } else {
            initials(&row.identity.asker_name)
        },
        title: row.identity.title,
        field_code: row.identity.field_code,
        procedure_code: row.identity.procedure_code,
        may_publish: row.identity.may_publish,
        due_at: row.progress.due_at.map(in_vietnam),
        is_overdue: row.progress.due_at.is_some_and(|due_at| is_overdue(row.state, due_at, ended_at, op.now)),
        rounds: row.rounds.into_iter().map(|round| round_view(round, names)).collect(),
        holder_id: holder.filter(|_| !is_owner),
        forwards: moves
            .iter()
            .filter(|told| told.action == Move::Forward.word())
            .map(|told| forward(told, names))
            .collect(),
        refusal: moves.iter().find(|told| told.action == Move::Refuse.word()).map(refusal),
        satisfaction: row.progress.score,
        published_id: row.published_id,
        open_moves,
    }
}

fn round_view(round: Round, names: &Names) -> RoundView {
    let late = |answered_at| round.due_at.is_some_and(|due_at| answered_at > due_at);
    let answer = match (round.answer_text, round.answered_at, round.answering_agency_id) {
        (Some(text), Some(answered_at), Some(agency_id)) => Some(AnswerView {
            text,
            legal_basis: round.legal_basis.into_iter().flatten().collect(),
            agency_name: name_of(names, agency_id),
            answered_at: in_vietnam(answered_at),
            was_late: late(answered_at),
        }),
        _ => None,
    };
    RoundView {
        round: round.round,
        text: round.asked_text,
        asked_at: in_vietnam(round.asked_at),
        due_at: round.due_at.map(in_vietnam),
        answer,
    }
}

fn forward(told: &MoveRow, names: &Names) -> ForwardView {
    ForwardView {
        at: in_vietnam(told.at),
        from_agency_name: name_of(names, told.from_agency_id),
        to_agency_name: name_of(names, told.to_agency_id),
        reason: told.reason.clone(),
    }
}

fn refusal(told: &MoveRow) -> RefusalView {
    let kind = told.outcome.as_deref().and_then(OutOfScope::parse).unwrap_or(OutOfScope::NoQuestion);
    let (vi, en) = kind.where_to_go();
    RefusalView {
        kind: kind.code().to_owned(),
        reason: told.reason.clone(),
        where_to_go_vi: vi.to_owned(),
        where_to_go_en: en.to_owned(),
    }
}

fn name_of(names: &Names, id: AgencyId) -> String {
    names.get(&id).cloned().unwrap_or_default()
}
