//! Who reacts to what: the one match over events. News travels upward as data; nobody below this floor knows who
//! listens.

use serde_json::json;

use crate::calendar::events::CalendarChanged;
use crate::dossiers::events::DossierEventKind;
use crate::dossiers::jobs::recompute_for;
use crate::dossiers::model::State;
use crate::jobs::NewJob;
use crate::jobs::outbox::StoredEvent;
use crate::notifications::{self, Kind};

pub fn react(event: &StoredEvent) -> Vec<NewJob> {
    if event.kind == CalendarChanged::CODE {
        return vec![recompute_for(event.subject_id)];
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
        DossierEventKind::Apologised => Some(Kind::Apology),
        DossierEventKind::DeadlineMoved => Some(Kind::DeadlineMoved),
        DossierEventKind::DeadlineNear
        | DossierEventKind::DeadlineMissed
        | DossierEventKind::ReceptionMissed
        | DossierEventKind::SupplementSent
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
