//! Who reacts to what: the one match over events. News travels upward as data; nobody below this floor knows who
//! listens.

use chrono::Duration;
use serde_json::json;

use crate::calendar::events::CalendarChanged;
use crate::dossiers::events::DossierEventKind;
use crate::dossiers::jobs::recompute_for;
use crate::dossiers::model::State;
use crate::jobs::NewJob;
use crate::jobs::outbox::StoredEvent;
use crate::notifications::{self, Kind, QuestionKind};
use crate::questions;
use crate::questions::events::QuestionEventKind;

/// Longer than a process keeps the calendar it has read.
const AFTER_ALL_KNOW: Duration = Duration::seconds(10);

pub fn react(event: &StoredEvent) -> Vec<NewJob> {
    if let Some(kind) = QuestionEventKind::parse(&event.kind) {
        return question_letter_for(kind)
            .into_iter()
            .map(|letter| write_question_notice(event, letter))
            .collect();
    }
    if event.kind == CalendarChanged::CODE {
        let mut jobs = vec![recompute_for(event.subject_id)];
        jobs.extend(recompute_questions(event));
        return jobs;
    }
    match DossierEventKind::parse(&event.kind) {
        Some(
            DossierEventKind::DeadlineNear
            | DossierEventKind::DeadlineMissed
            | DossierEventKind::ReceptionMissed,
        ) => vec![write_to_desk(event)],
        Some(kind) => letter_for(kind, event).into_iter().map(|letter| write_notice(event, letter)).collect(),
        // An event that this program does not know becomes a job that nobody does: it is parked, and seen.
        None => vec![NewJob::new("unknown_event", json!({ "event_id": event.id, "kind": event.kind }))],
    }
}

/// The letter that an event is worth to the applicant. Moves among desks are not.
fn letter_for(kind: DossierEventKind, event: &StoredEvent) -> Option<Kind> {
    let was_withdrawal = event.payload.get("from_state") == Some(&json!(State::WithdrawalRequested.code()));
    match kind {
        DossierEventKind::Submitted => Some(Kind::Submitted),
        DossierEventKind::Received | DossierEventKind::Accepted => Some(Kind::Accepted),
        DossierEventKind::Refused => Some(Kind::Refused),
        DossierEventKind::SupplementRequested => Some(Kind::SupplementRequested),
        DossierEventKind::PaymentRequested => Some(Kind::PaymentRequested),
        DossierEventKind::WithdrawalRejected => Some(Kind::WithdrawalRejected),
        DossierEventKind::Stopped if was_withdrawal => Some(Kind::WithdrawalConfirmed),
        DossierEventKind::Stopped => Some(Kind::Stopped),
        DossierEventKind::PaymentConfirmed => Some(Kind::PaymentConfirmed),
        DossierEventKind::Reopened => Some(Kind::ResultHeldBack),
        DossierEventKind::Finished => Some(Kind::ResultReady),
        DossierEventKind::Returned => Some(Kind::ResultReturned),
        DossierEventKind::ConfirmationAsked => Some(Kind::ConfirmationAsked),
        DossierEventKind::SilenceConfirmed => Some(Kind::SilenceConfirmed),
        DossierEventKind::SilenceReturned => Some(Kind::SilenceReturned),
        DossierEventKind::Apologised => Some(Kind::Apology),
        DossierEventKind::DeadlineMoved => Some(Kind::DeadlineMoved),
        DossierEventKind::DeadlineNear
        | DossierEventKind::DeadlineMissed
        | DossierEventKind::ReceptionMissed
        | DossierEventKind::SupplementSent
        | DossierEventKind::ConfirmationAnswered
        | DossierEventKind::WithdrawalRequested
        | DossierEventKind::MovedOn => None,
    }
}

fn write_notice(event: &StoredEvent, letter: Kind) -> NewJob {
    let version = event.payload.get("version");
    let change_id = event.payload.get("change_id");
    let payload = json!({
        "event_id": event.id, "kind": letter.code(), "dossier_id": event.subject_id, "version": version,
        "change_id": change_id,
    });
    NewJob::new(notifications::WRITE, payload).once_for(format!("{}:{}", notifications::WRITE, event.id))
}

/// The desk is told, and when it is late the leader too: the letters are written to whoever holds the desk then.
fn write_to_desk(event: &StoredEvent) -> NewJob {
    let kind = match DossierEventKind::parse(&event.kind) {
        Some(DossierEventKind::DeadlineNear) => Kind::DeadlineNear,
        _ => Kind::DeadlineMissed,
    };
    let payload = json!({ "event_id": event.id, "kind": kind.code(), "dossier_id": event.subject_id });
    NewJob::new(notifications::WRITE_TO_DESK, payload).once_for(format!(
        "{}:{}",
        notifications::WRITE_TO_DESK,
        event.id
    ))
}

/// The letter that an event is worth to the asker, or to the officers who answer for it.
fn question_letter_for(kind: QuestionEventKind) -> Option<QuestionKind> {
    match kind {
        QuestionEventKind::ConfirmationNeeded => Some(QuestionKind::Confirm),
        QuestionEventKind::Asked => Some(QuestionKind::Received),
        QuestionEventKind::FollowedUp => Some(QuestionKind::FollowUpReceived),
        QuestionEventKind::Forwarded => Some(QuestionKind::Forwarded),
        QuestionEventKind::Answered => Some(QuestionKind::Answered),
        QuestionEventKind::Refused => Some(QuestionKind::Refused),
        QuestionEventKind::Published => Some(QuestionKind::Published),
        QuestionEventKind::DeadlineMoved => Some(QuestionKind::DeadlineMoved),
        QuestionEventKind::DueSoon => Some(QuestionKind::DueSoon),
        QuestionEventKind::Late => Some(QuestionKind::Late),
        QuestionEventKind::Withdrawn | QuestionEventKind::Unpublished => None,
    }
}

fn write_question_notice(event: &StoredEvent, letter: QuestionKind) -> NewJob {
    let payload = json!({
        "event_id": event.id, "kind": letter.code(), "question_id": event.subject_id,
        "version": event.payload.get("version"), "round": event.payload.get("round"),
    });
    NewJob::new(notifications::WRITE_QUESTION, payload).once_for(format!(
        "{}:{}",
        notifications::WRITE_QUESTION,
        event.id
    ))
}

/// At once, and once more when no process reckons with the old calendar any longer: what was asked in between is
/// mended too.
fn recompute_questions(event: &StoredEvent) -> Vec<NewJob> {
    let job =
        |turn: u8| {
            NewJob::new(questions::jobs::RECOMPUTE, json!({ "change_id": event.subject_id }))
                .once_for(format!("{}:{}:{turn}", questions::jobs::RECOMPUTE, event.id))
        };
    let mut later = job(2);
    later.run_at = Some(event.occurred_at + AFTER_ALL_KNOW);
    vec![job(1), later]
}
