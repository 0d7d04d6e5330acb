//! Supplements: one request names every defect at once, each with its reason, in writing. While the citizen gathers
//! papers the clock stands; it runs again from the moment they were sent, however long the officer takes to look.
//! A second request needs a leader (QĐ 766/QĐ-TTg counts it as late).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::acting;
use super::deadlines;
use super::decision;
use super::draft;
use super::events::DossierEventKind;
use super::intake::WithReason;
use super::library::Library;
use super::model::State;
use super::refusal::Refusal;
use super::store::{DeskChange, StepDue, drafts, waits};
use super::workflow::Move;
use crate::authority::{Action, Op, Role};
use crate::catalogue::definition::{ChannelKind, SupplementOutcome};
use crate::files::store::{self as files, FileRow};
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, Result};

/// Everything that is wrong, at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "defects": [{ "component_code": "TP01", "reason": "Bản chụp bị mờ, không đọc được số hiệu." }] }))]
pub struct RequestSupplement {
    #[schema(min_items = 1, max_items = 50)]
    pub defects: Vec<Defect>,
}

/// One defect: of a paper, of an answer, or of the dossier as a whole.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "giay_chung_sinh")]
    pub component_code: Option<String>,
    /// JSON pointer into the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/answers/child/birth_date")]
    pub field: Option<String>,
    pub reason: Words,
}

pub fn request(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &RequestSupplement,
) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, library, op, Move::RequestSupplement, id, seen)?;
    let definition = library.pinned(conn, &begun.locked)?;
    let mut faults = Vec::new();
    if body.defects.is_empty() || body.defects.len() > 50 {
        faults.push(Fault::new(
            "/defects",
            "count",
            "Cần nêu từ 1 đến 50 điểm cần bổ sung.",
            "Name 1 to 50 defects.",
        ));
    }
    for (index, defect) in body.defects.iter().enumerate() {
        let Some(code) = &defect.component_code else { continue };
        if !definition.components.iter().any(|component| component.code == *code) {
            let words = crate::kernel::Code::from(Refusal::ComponentUnknown);
            faults.push(Fault::new(
                format!("/defects/{index}/component_code"),
                "component_unknown",
                words.vi,
                words.en,
            ));
        }
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let earlier = waits::count_supplements(conn, id)?;
    let at_desk = begun.locked.task.as_ref().map(|task| task.agency_id);
    let is_leader = at_desk.is_some_and(|agency| op.holds_at(Role::Leader, agency));
    if earlier > 0 && !is_leader {
        return Err(Refusal::SecondSupplementNeedsLeader.error().with("earlier_requests", earlier));
    }
    begun.next.waiting_from = Some(begun.locked.progress.state);
    let respond_by = deadlines::close_of_day_after(op.now, definition.supplement.days)?;
    let defects = serde_json::to_value(&body.defects).map_err(Error::internal)?;
    let ordinal = i16::try_from(earlier + 1).map_err(Error::internal)?;
    waits::insert_supplement(conn, id, ordinal, begun.actor()?, op.now, defects, respond_by)?;
    let reasons: Vec<String> = body.defects.iter().map(|defect| defect.reason.to_string()).collect();
    let desk = DeskChange::Keep { due: None };
    begun.finish(conn, desk, DossierEventKind::SupplementRequested, Some(reasons.join("\n")), None)
}

/// Sends what was asked for: files uploaded beforehand, corrected answers, a note.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "Tôi đã gửi lại bản chụp rõ hơn." }))]
pub struct SendSupplement {
    pub note: Option<Words>,
    /// A merge patch of the answers, for defects in them.
    #[schema(value_type = Option<Object>)]
    pub answers: Option<Map<String, Value>>,
}

pub fn send(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &SendSupplement,
) -> Result<i32> {
    let mut begun = acting::begin(conn, library, op, Move::Supplement, id, seen)?;
    let request = waits::open_supplement(conn, id)?
        .ok_or_else(|| Error::internal("state 5 without an open request"))?;
    if request.answered_at.is_some() {
        return Err(Refusal::SupplementAnswered.into());
    }
    let compiled = library.definitions.get(conn, begun.locked.identity.version_id)?;
    let before = drafts::answers(conn, id)?;
    let mut answers = before.clone();
    if let Some(patch) = &body.answers {
        draft::merge(&mut answers, patch);
        draft::hold_to_size(&answers)?;
    }
    let held = files::of_dossier(conn, id)?;
    let is_online = draft::channel(&begun.locked)? == ChannelKind::Online;
    // What came on paper is in the receipt's list of papers, not among the files.
    let mut faults = match is_online {
        true => draft::faults_of(&compiled, &answers, &held, acting::today(op))?,
        false => draft::answer_faults(&compiled, &answers, acting::today(op)),
    };
    let defects: Vec<Defect> = serde_json::from_value(request.defects).map_err(Error::internal)?;
    if body.note.is_none() {
        faults.extend(unanswered(&defects, &held, &before, &answers));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    if body.answers.is_some() {
        drafts::correct_answers(conn, &begun.permit, id, &answers)?;
    }
    files::seal_all(conn, id, op.now)?;
    waits::answer_supplement(conn, request.id, op.now, body.note.as_ref().map(Words::as_str))?;
    // The citizen has done their part: the agency's time runs from here.
    waits::end_pause(conn, id, op.now)?;
    let note = body.note.as_ref().map(Words::to_string);
    let desk = if begun.next.state == State::NewlyRegistered.code() {
        begun.next.waiting_from = None;
        waits::close_open_supplement(conn, id, op.now, "accepted")?;
        let channel = draft::channel(&begun.locked)?;
        DeskChange::Keep { due: Some(deadlines::reception_due(conn, library, channel, op.now)?) }
    } else {
        DeskChange::Keep { due: begun.resume(conn, library)? }
    };
    begun.finish(conn, desk, DossierEventKind::SupplementSent, note, None)
}

/// A defect is answered by a new file of its paper or a changed answer of its field; anything else by a note.
fn unanswered(defects: &[Defect], held: &[FileRow], before: &Value, after: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, defect) in defects.iter().enumerate() {
        let is_answered = match (&defect.component_code, &defect.field) {
            (Some(code), _) => {
                held.iter().any(|file| file.sealed_at.is_none() && file.component_code.as_ref() == Some(code))
            }
            (None, Some(field)) => before.pointer(field) != after.pointer(field),
            (None, None) => true,
        };
        if !is_answered {
            faults.push(Fault::new(
                format!("/defects/{index}"),
                "nothing_sent",
                "Chưa có giấy tờ hoặc nội dung mới cho điểm này; nếu có lý do, hãy ghi chú.",
                "Nothing new was sent for this defect; if there is a reason, say so in the note.",
            ));
        }
    }
    faults
}

/// The papers will do: processing goes on where it stood; a decision that was made on the old papers falls.
pub fn accept(conn: &mut Conn, library: &Library, op: &Op, id: DossierId, seen: i32) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, library, op, Move::AcceptSupplement, id, seen)?;
    let request = waits::open_supplement(conn, id)?
        .ok_or_else(|| Error::internal("state 5 without an open request"))?;
    if request.answered_at.is_none() {
        return Err(Refusal::SupplementNotAnswered.into());
    }
    waits::close_open_supplement(conn, id, op.now, "accepted")?;
    begun.next.waiting_from = None;
    let at_step = begun.resume(conn, library)?;
    let back = decision::last_work_before(&begun.locked).filter(|_| begun.locked.decision().is_some());
    let desk = match back {
        Some(step) => {
            begun.next.decision = None;
            begun.next.proposed_by = None;
            begun.hand_to(conn, library, step)?
        }
        None => after_wait(&begun, conn, library, at_step)?,
    };
    begun.finish(conn, desk, DossierEventKind::MovedOn, None, None)
}

/// The supplement did not come in time; how the dossier ends is the procedure's setting.
pub fn close(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &WithReason,
) -> Result<i32> {
    let (locked, _) = draft::lock_for(conn, op, Action::DossierCloseUnsupplemented, id)?;
    let outcome = library.pinned(conn, &locked)?.supplement.outcome;
    let begun = acting::begin_at_desk(conn, library, op, Move::CloseUnsupplemented(outcome), id, seen)?;
    let request = waits::open_supplement(conn, id)?
        .ok_or_else(|| Error::internal("state 5 without an open request"))?;
    if request.answered_at.is_some() {
        return Err(Refusal::SupplementAnswered.into());
    }
    if request.respond_by > op.now {
        return Err(Refusal::SupplementNotExpired
            .error()
            .with("respond_by", request.respond_by.to_rfc3339()));
    }
    end_unanswered(conn, begun, outcome, body.reason.to_string())
}

/// The clock closes what never came, as the procedure says. False where somebody was faster: an answer, a withdrawal,
/// an officer.
pub fn expire(conn: &mut Conn, library: &Library, op: &Op, id: DossierId) -> Result<bool> {
    let (locked, _) = draft::lock_for(conn, op, Action::DossierCloseUnsupplemented, id)?;
    let request = waits::open_supplement(conn, id)?;
    let is_over = |request: &waits::Supplement| request.answered_at.is_none() && request.respond_by < op.now;
    let Some(request) = request.filter(is_over) else { return Ok(false) };
    if locked.state() != State::SupplementRequested {
        return Ok(false);
    }
    let outcome = library.pinned(conn, &locked)?.supplement.outcome;
    let version = locked.progress.version;
    let begun = acting::begin(conn, library, op, Move::CloseUnsupplemented(outcome), id, version)?;
    let last_day = in_vietnam(request.respond_by).format("%d/%m/%Y");
    let reason = format!("Đã hết thời hạn bổ sung (ngày {last_day}) mà không nhận được giấy tờ bổ sung.");
    end_unanswered(conn, begun, outcome, reason)?;
    Ok(true)
}

fn end_unanswered(
    conn: &mut Conn,
    begun: acting::Begun,
    outcome: SupplementOutcome,
    reason: String,
) -> Result<i32> {
    waits::close_open_supplement(conn, begun.locked.id(), begun.permit.at(), "not_answered")?;
    let event = match outcome {
        SupplementOutcome::Refuse => DossierEventKind::Refused,
        SupplementOutcome::Stop => DossierEventKind::Stopped,
    };
    begun.finish(conn, DeskChange::Close, event, Some(reason), None)
}

/// What waited at reception goes to the first handling step (the national states know no way back to 2); what
/// waited further on stays at its desk.
pub fn after_wait(
    begun: &acting::Begun,
    conn: &mut Conn,
    library: &Library,
    at_step: Option<StepDue>,
) -> Result<DeskChange> {
    if begun.locked.progress.current_step == 0 && begun.next.state == State::InProcessing.code() {
        return begun.hand_to(conn, library, 1);
    }
    Ok(DeskChange::Keep { due: at_step })
}
