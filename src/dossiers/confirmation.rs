//! Steps that want the applicant's word (a draft birth certificate): the officer asks, the applicant confirms or
//! objects within working days, and silence counts as the procedure says.
//!
//! What must stay true: the dossier stays in state 4, for the time is the agency's; one question is open at a time; the
//! step is not left forward before its last question was confirmed, in words or by silence; a question that the dossier
//! leaves behind (sent back, a supplement, a withdrawal) lapses and is asked anew.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::acting::{self, Begun};
use super::draft;
use super::events::DossierEventKind;
use super::library::Library;
use super::model::State;
use super::refusal::Refusal;
use super::store::DeskChange;
use super::store::confirmations::{self, Confirmation};
use super::workflow::Move;
use crate::authority::{Action, Op};
use crate::calendar::model::{Circumstances, Limit};
use crate::calendar::{WorkingHours, working_time};
use crate::catalogue::definition::IfSilent;
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::{ConfirmationId, DossierId};
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, Result};

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationOutcome {
    Confirmed,
    Objected,
    /// Nothing was said in time, and the procedure takes that for a yes.
    SilentConfirmed,
    /// Nothing was said in time, and the officer has to ask again.
    SilentReturned,
    /// The dossier left the step before there was an answer.
    Lapsed,
}

impl ConfirmationOutcome {
    pub fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Objected => "objected",
            Self::SilentConfirmed => "silent_confirmed",
            Self::SilentReturned => "silent_returned",
            Self::Lapsed => "lapsed",
        }
    }

    pub fn is_yes(self) -> bool {
        matches!(self, Self::Confirmed | Self::SilentConfirmed)
    }

    fn of(if_silent: IfSilent) -> Self {
        match if_silent {
            IfSilent::Confirmed => Self::SilentConfirmed,
            IfSilent::Returned => Self::SilentReturned,
        }
    }
}

fn is_confirmed(confirmation: &Confirmation) -> bool {
    let yes = [ConfirmationOutcome::Confirmed, ConfirmationOutcome::SilentConfirmed];
    yes.into_iter().any(|outcome| confirmation.outcome.as_deref() == Some(outcome.code()))
}

/// Asks the applicant to confirm what the text says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "Đề nghị kiểm tra bản thảo Giấy khai sinh: họ tên, ngày sinh, quê quán." }))]
pub struct AskConfirmation {
    pub text: Words,
}

pub fn ask(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &AskConfirmation,
) -> Result<i32> {
    let begun = acting::begin_at_desk(conn, library, op, Move::AskConfirmation, id, seen)?;
    let wanted = begun.locked.step().and_then(|step| step.confirmation).ok_or(Refusal::StepNotOpen)?;
    match of_visit(conn, &begun)? {
        Some(last) if last.answered_at.is_none() => return Err(still_open(&last)),
        Some(last) if is_confirmed(&last) => return Err(Refusal::ConfirmationGiven.into()),
        _ => {}
    }
    let calendar = library.calendars.get(conn)?;
    let circumstances = Circumstances { received: None, same_day: false, pauses: &[], now: None };
    let respond_by = working_time::due_moment(
        &calendar,
        &WorkingHours::default(),
        in_vietnam(op.now),
        Limit::WorkingDays(wanted.working_days),
        &circumstances,
    )
    .map_err(Error::internal)?
    .due_at
    .to_utc();
    let confirmation = Confirmation {
        id: ConfirmationId::new(),
        dossier_id: id,
        step: begun.locked.progress.current_step,
        asked_by: begun.actor()?,
        asked_at: op.now,
        text: body.text.to_string(),
        respond_by,
        answered_at: None,
        outcome: None,
        note: None,
    };
    confirmations::insert(conn, &confirmation)?;
    let text = Some(body.text.to_string());
    begun.finish(conn, DeskChange::Keep { due: None }, DossierEventKind::ConfirmationAsked, text, None)
}

/// The applicant's word. Who objects says what is wrong.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "ok": false, "note": "Quê quán ghi sai." }))]
pub struct Confirm {
    pub ok: bool,
    pub note: Option<Words>,
}

pub fn confirm(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &Confirm,
) -> Result<i32> {
    let begun = acting::begin(conn, library, op, Move::Confirm, id, seen)?;
    if confirmations::open(conn, id)?.is_none() {
        return Err(Refusal::ConfirmationNotAsked.into());
    }
    if !body.ok && body.note.is_none() {
        return Err(Error::invalid(vec![Fault::new(
            "/note",
            "required",
            "Nếu không đồng ý, hãy ghi rõ điểm cần sửa.",
            "Who objects says what is wrong.",
        )]));
    }
    let outcome = if body.ok { ConfirmationOutcome::Confirmed } else { ConfirmationOutcome::Objected };
    let note = body.note.as_ref().map(Words::as_str);
    confirmations::close(conn, id, op.now, outcome.code(), note)?;
    let event = DossierEventKind::ConfirmationAnswered;
    let note = note.map(str::to_owned);
    begun.finish(conn, DeskChange::Keep { due: None }, event, note, Some(outcome.code().to_owned()))
}

/// The clock closes what nobody answered, as the step says. False where somebody was faster.
pub fn expire(conn: &mut Conn, library: &Library, op: &Op, id: DossierId) -> Result<bool> {
    let (locked, _) = draft::lock_for(conn, op, Action::DossierCloseUnconfirmed, id)?;
    let open = confirmations::open(conn, id)?.filter(|open| open.respond_by < op.now);
    let Some(open) = open else { return Ok(false) };
    if locked.state() != State::InProcessing || open.step != locked.progress.current_step {
        return Ok(false);
    }
    let wanted = locked.step().and_then(|step| step.confirmation);
    let wanted = wanted.ok_or_else(|| Error::internal("asked where the step wants no confirmation"))?;
    let version = locked.progress.version;
    let begun = acting::begin(conn, library, op, Move::CloseUnconfirmed, id, version)?;
    let outcome = ConfirmationOutcome::of(wanted.if_silent);
    confirmations::close(conn, id, op.now, outcome.code(), None)?;
    let last_day = in_vietnam(open.respond_by).format("%H:%M ngày %d/%m/%Y");
    let (meaning, event) = match wanted.if_silent {
        IfSilent::Confirmed => ("được coi là đã đồng ý", DossierEventKind::SilenceConfirmed),
        IfSilent::Returned => ("cán bộ sẽ đề nghị xác nhận lại", DossierEventKind::SilenceReturned),
    };
    let reason = Some(format!("Đã hết thời hạn xác nhận ({last_day}) mà không có trả lời: {meaning}."));
    let note = Some(outcome.code().to_owned());
    begun.finish(conn, DeskChange::Keep { due: None }, event, reason, note)?;
    Ok(true)
}

/// A step that wants the applicant's word is not left forward without it.
pub fn must_be_settled(conn: &mut Conn, begun: &Begun) -> Result<()> {
    if begun.locked.step().and_then(|step| step.confirmation).is_none() {
        return Ok(());
    }
    match of_visit(conn, begun)? {
        Some(last) if last.answered_at.is_none() => Err(still_open(&last)),
        Some(last) if is_confirmed(&last) => Ok(()),
        _ => Err(Refusal::ConfirmationMissing.into()),
    }
}

fn of_visit(conn: &mut Conn, begun: &Begun) -> Result<Option<Confirmation>> {
    let Some(task) = &begun.locked.task else { return Ok(None) };
    confirmations::of_visit(conn, task)
}

fn still_open(confirmation: &Confirmation) -> Error {
    Refusal::ConfirmationOpen.error().with("respond_by", confirmation.respond_by.to_rfc3339())
}
