//! Who reacts to what: the one match over events. News travels upward as data; nobody below this floor knows who
//! listens.

use serde_json::json;

use crate::dossiers::events::DossierEventKind;
use crate::dossiers::model::State;
use crate::jobs::NewJob;
use crate::jobs::outbox::StoredEvent;
use crate::notifications::{self, Kind};

pub fn react(event: &StoredEvent) -> Vec<NewJob> {
    match DossierEventKind::parse(&event.kind) {
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
        DossierEventKind::SupplementSent
        | DossierEventKind::WithdrawalRequested
        | DossierEventKind::MovedOn => None,
    }
}

fn write_notice(event: &StoredEvent, letter: Kind) -> NewJob {
    let version = event.payload.get("version");
    let payload = json!({ "event_id": event.id, "kind": letter.code(), "dossier_id": event.subject_id, "version": version });
    NewJob::new(notifications::WRITE, payload).once_for(format!("{}:{}", notifications::WRITE, event.id))
}
