//! A dossier as it is shown: to its owner, to the officers it has reached, to an inspector without the person in it.

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::confirmation::ConfirmationOutcome;
use super::decision::Decision;
use super::model::{State, Subject};
use super::store::views::DossierRow;
use super::workflow::{Move, open_moves};
use crate::authority::{Op, Role};
use crate::catalogue::definition::{IfSilent, StepKind};
use crate::files::{FileView, Purpose};
use crate::infra::clock::{Moment, in_vietnam};
use crate::kernel::Dong;
use crate::kernel::ids::{AccountId, AgencyId, DossierId, FileId, TaskId};
use crate::kernel::text::initials;

/// The national code and name of a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({ "code": 1, "name_vi": "Mới đăng ký", "name_en": "Newly registered" }))]
pub struct StateView {
    pub code: i16,
    pub name_vi: String,
    pub name_en: String,
}

impl From<State> for StateView {
    fn from(state: State) -> Self {
        let (name_vi, name_en) = state.names();
        Self { code: state.code(), name_vi: name_vi.to_owned(), name_en: name_en.to_owned() }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DossierView {
    pub id: DossierId,
    /// None for a draft.
    #[schema(example = "H53.21.01-261122-0001")]
    pub number: Option<String>,
    pub state: StateView,
    /// The row version: what `If-Match` must name.
    #[schema(example = 3)]
    pub version: i32,
    #[schema(example = "1.001193")]
    pub procedure_code: String,
    #[schema(example = "Đăng ký khai sinh")]
    pub procedure_name: String,
    #[schema(example = "online")]
    pub channel: String,
    pub applicant: ApplicantView,
    /// Not shown to an inspector.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub answers: Option<Value>,
    /// The unit of the decisive address.
    #[schema(example = "Phường 1")]
    pub unit_name: Option<String>,
    #[schema(example = "Bộ phận Một cửa Phường 1")]
    pub receiving_agency_name: Option<String>,
    #[schema(example = "Bộ phận Một cửa Phường 1")]
    pub handling_agency_name: Option<String>,
    /// Whose turn it is, for those who see the corridors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskState>,
    /// What may be done to it now, by whoever asks.
    #[schema(example = json!(["supplement", "withdraw"]))]
    pub open_moves: Vec<String>,
    #[schema(value_type = i64, example = 10000)]
    pub fee_amount: Dong,
    pub submitted_at: Option<DateTime<FixedOffset>>,
    pub accepted_at: Option<DateTime<FixedOffset>>,
    /// Ngày hẹn trả: when the result is due.
    pub due_at: Option<DateTime<FixedOffset>>,
    pub is_overdue: bool,
    pub finished_at: Option<DateTime<FixedOffset>>,
    pub ended_at: Option<DateTime<FixedOffset>>,
    pub files: Vec<FileView>,
    pub supplement: Option<SupplementView>,
    /// What the applicant was last asked to confirm at this step; open while it has no outcome.
    pub confirmation: Option<ConfirmationView>,
    pub payment: Option<PaymentView>,
    pub result: Option<ResultView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApplicantView {
    #[schema(example = "citizen")]
    pub kind: String,
    #[schema(example = "Nguyễn Văn An")]
    pub name: String,
    /// Citizen number or tax code; masked for those who do not need it.
    #[schema(example = "•••••••••006")]
    pub identity: String,
    #[schema(example = "0912345678")]
    pub phone: Option<String>,
    #[schema(example = "an@motcua.example")]
    pub email: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskState {
    pub id: TaskId,
    pub agency_id: AgencyId,
    #[schema(example = "reception")]
    pub step_code: String,
    #[schema(example = "reception")]
    pub role: String,
    /// Who holds it; none when it is free.
    pub holder_id: Option<AccountId>,
    pub due_at: DateTime<FixedOffset>,
}

/// The open request for a supplement.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SupplementView {
    #[schema(example = 1)]
    pub ordinal: i16,
    pub requested_at: DateTime<Utc>,
    pub defects: Vec<super::supplement::Defect>,
    pub respond_by: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
}

/// What the applicant was asked to confirm, by when, and what came of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConfirmationView {
    pub asked_at: DateTime<Utc>,
    #[schema(example = "Đề nghị kiểm tra bản thảo Giấy khai sinh.")]
    pub text: String,
    pub respond_by: DateTime<Utc>,
    /// What silence means.
    #[serde(default)]
    pub if_silent: Option<IfSilent>,
    pub answered_at: Option<DateTime<Utc>>,
    pub outcome: Option<ConfirmationOutcome>,
    /// What the applicant said with it.
    #[schema(example = "Quê quán ghi sai.")]
    pub note: Option<String>,
}

/// The open payment request.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaymentView {
    #[schema(value_type = i64, example = 10000)]
    pub amount: Dong,
    #[schema(example = "Lệ phí theo biểu phí của thủ tục.")]
    pub reason: String,
    pub requested_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResultView {
    #[schema(example = "Giấy khai sinh")]
    pub title: String,
    #[schema(example = "granted")]
    pub outcome: String,
    /// The result's file; to the applicant once the result has been returned.
    pub file_id: Option<FileId>,
    #[schema(example = "Đủ điều kiện.")]
    pub note: Option<String>,
    pub issued_at: DateTime<Utc>,
    pub returned_at: Option<DateTime<Utc>>,
    #[schema(example = "online")]
    pub returned_how: Option<String>,
}

pub fn dossier(row: DossierRow, op: &Op) -> DossierView {
    let subject = row.subject();
    let state = State::from_code(row.state).unwrap_or(State::Draft);
    let is_owner = op.account_id().is_some() && subject.owner == op.account_id();
    // Whoever works on it needs the person; whoever only inspects does not.
    let works_on_it = [Role::Reception, Role::Processing, Role::Leader]
        .into_iter()
        .any(|role| subject.involved.iter().any(|agency| op.holds_at(role, *agency)));
    let in_full = is_owner || works_on_it;
    let open_moves = moves_open_to(op, &subject, state, &row);
    let waits_for_citizen = waits(state, row.supplement.as_ref());
    let if_silent = row
        .task
        .as_ref()
        .and_then(|task| row.route.get(usize::try_from(task.step).ok()?)?.confirmation)
        .map(|wanted| wanted.if_silent);
    let confirmation =
        row.confirmation.filter(|_| in_full).map(|asked| ConfirmationView { if_silent, ..asked });
    let mut result = row.result;
    if is_owner && state != State::Returned {
        // What is not handed over yet may still be taken back.
        result = None;
    }
    let mut files = row.files;
    if is_owner {
        let standing = result.as_ref().and_then(|result| result.file_id);
        files.retain(|file| file.purpose != Purpose::Result.code() || Some(file.id) == standing);
    }
    if !in_full {
        // A name that a person gave a file may name a person.
        for file in &mut files {
            file.name = file.component_code.clone().unwrap_or_else(|| file.purpose.clone());
        }
    }
    DossierView {
        id: row.id,
        number: row.number,
        state: StateView::from(state),
        version: row.version,
        procedure_code: row.procedure_code,
        procedure_name: row.procedure_name,
        channel: row.channel,
        applicant: ApplicantView {
            kind: row.applicant_kind,
            name: if in_full { row.applicant_name } else { initials(&row.applicant_name) },
            identity: if in_full { row.applicant_identity } else { masked(&row.applicant_identity) },
            phone: row.applicant_phone.filter(|_| in_full),
            email: row.applicant_email.filter(|_| in_full),
        },
        answers: in_full.then_some(row.answers),
        unit_name: row.unit_name,
        receiving_agency_name: row.receiving_agency_name,
        handling_agency_name: row.handling_agency_name,
        task: row.task.filter(|_| !is_owner).map(|task| TaskState {
            id: task.id,
            agency_id: task.agency_id,
            step_code: task.step_code,
            role: task.role,
            holder_id: task.assignee_id.filter(|_| task.lease_until.is_some_and(|until| until > op.now)),
            due_at: in_vietnam(task.due_at),
        }),
        open_moves,
        fee_amount: row.fee_amount,
        submitted_at: row.submitted_at.map(in_vietnam),
        accepted_at: row.accepted_at.map(in_vietnam),
        due_at: row.due_at.map(in_vietnam),
        is_overdue: is_overdue(state, waits_for_citizen, row.due_at, row.finished_at, op.now),
        finished_at: row.finished_at.map(in_vietnam),
        ended_at: row.ended_at.map(in_vietnam),
        files,
        supplement: row.supplement,
        confirmation,
        payment: row.payment,
        result,
    }
}

/// What the workflow has open, the policy allows, and the step at which it stands is there for.
fn moves_open_to(op: &Op, subject: &Subject, state: State, row: &DossierRow) -> Vec<String> {
    let open = open_moves(state, row.way()).into_iter();
    let open = open.filter(|step| op.may(step.action(), subject) && is_for_step(*step, op, state, row));
    let mut words: Vec<String> = open.map(|step| step.word().to_owned()).collect();
    words.dedup();
    words
}

fn is_for_step(step: Move, op: &Op, state: State, row: &DossierRow) -> bool {
    let Some(task) = &row.task else { return true };
    let at = |step: i16| row.route.get(usize::try_from(step).unwrap_or(usize::MAX));
    let (here, next) = (at(task.step).map(|step| step.kind), at(task.step + 1).map(|step| step.kind));
    let role = Role::parse(&task.role);
    let holds = role.is_some_and(|role| op.holds_at(role, task.agency_id))
        || op.holds_at(Role::Leader, task.agency_id);
    let held_by_other = task.assignee_id.filter(|_| task.lease_until.is_some_and(|until| until > op.now));
    let at_desk = holds && held_by_other.is_none_or(|holder| Some(holder) == op.account_id());
    let answered = row.supplement.as_ref().is_some_and(|supplement| supplement.answered_at.is_some());
    let approved = matches!(row.decision, Some(Decision::Approved(_)));
    let works = matches!(here, Some(StepKind::Processing | StepKind::Verification));
    let outcome = row.confirmation.as_ref().map(|asked| asked.outcome);
    let is_confirmed = outcome.flatten().is_some_and(ConfirmationOutcome::is_yes);
    let wants_confirmation = at(task.step).is_some_and(|step| step.confirmation.is_some());
    let settled = is_confirmed || !wants_confirmation;
    match step {
        Move::AskConfirmation => at_desk && wants_confirmation && !is_confirmed && outcome != Some(None),
        Move::Confirm => outcome == Some(None),
        Move::Forward => {
            let needs_proposal = next == Some(StepKind::Approval) && row.decision.is_none();
            let settled = at_desk && settled;
            settled && here != Some(StepKind::Approval) && next != Some(StepKind::Return) && !needs_proposal
        }
        Move::Propose => at_desk && works && !approved,
        Move::Approve => {
            at_desk && here == Some(StepKind::Approval) && matches!(row.decision, Some(Decision::Proposed(_)))
        }
        Move::Reject => at_desk && here == Some(StepKind::Approval),
        Move::SendBack => at_desk && task.step > 1,
        Move::Finish => {
            let wants_approval = row.route.iter().any(|step| step.kind == StepKind::Approval);
            at_desk
                && settled
                && state == State::InProcessing
                && next == Some(StepKind::Return)
                && (approved || !wants_approval)
        }
        Move::Supplement => !answered,
        Move::AcceptSupplement => at_desk && answered,
        Move::CloseUnsupplemented(_) => {
            at_desk
                && row
                    .supplement
                    .as_ref()
                    .is_some_and(|open| open.answered_at.is_none() && open.respond_by < op.now)
        }
        Move::Accept | Move::Refuse | Move::Return | Move::RequestSupplement | Move::RequestPayment => {
            at_desk
        }
        _ => true,
    }
}

/// Waiting for the citizen: not any more once the supplement was sent.
fn waits(state: State, supplement: Option<&SupplementView>) -> bool {
    let is_answered = supplement.is_some_and(|supplement| supplement.answered_at.is_some());
    state.waits() && !(state == State::SupplementRequested && is_answered)
}

/// Late, or finished late. Time that waits for the citizen is not late: the due moment moves when it ends.
pub fn is_overdue(
    state: State,
    waits: bool,
    due_at: Option<Moment>,
    finished_at: Option<Moment>,
    now: Moment,
) -> bool {
    let Some(due_at) = due_at else { return false };
    match finished_at {
        Some(finished_at) => finished_at > due_at,
        None => !state.has_ended() && !waits && now > due_at,
    }
}

/// The last three characters are enough to tell two people apart on a list.
pub fn masked(identity: &str) -> String {
    let length = identity.chars().count();
    identity.chars().enumerate().map(|(index, c)| if index + 3 < length { '•' } else { c }).collect()
}

pub fn masked_name(name: &str) -> String {
    let initials = name.split_whitespace().filter_map(|word| word.chars().next());
    initials.map(|initial| format!("{initial}.")).collect::<Vec<_>>().join(" ")
}
