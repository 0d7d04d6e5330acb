//! What others learn of a dossier: written with the change, carried by the worker, read in `app/reactions`.
//! Ids and codes only; whoever writes a letter looks the rest up.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jobs::outbox::Event;
use crate::kernel::ids::{CalendarChangeId, DossierId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DossierEventKind {
    Submitted,
    Received,
    Accepted,
    Refused,
    SupplementRequested,
    SupplementSent,
    PaymentRequested,
    PaymentConfirmed,
    WithdrawalRequested,
    WithdrawalRejected,
    Stopped,
    MovedOn,
    Finished,
    Reopened,
    Returned,
    ConfirmationAsked,
    ConfirmationAnswered,
    /// Nobody answered in time: that counts as a yes.
    SilenceConfirmed,
    /// Nobody answered in time: the officer asks again.
    SilenceReturned,
    /// The leader apologised and named a new date.
    Apologised,
    /// The calendar changed and the due date with it.
    DeadlineMoved,
    DeadlineNear,
    DeadlineMissed,
    /// Reception has not answered in time.
    ReceptionMissed,
}

impl DossierEventKind {
    pub const ALL: [Self; 24] = [
        Self::Submitted,
        Self::Received,
        Self::Accepted,
        Self::Refused,
        Self::SupplementRequested,
        Self::SupplementSent,
        Self::PaymentRequested,
        Self::PaymentConfirmed,
        Self::WithdrawalRequested,
        Self::WithdrawalRejected,
        Self::Stopped,
        Self::MovedOn,
        Self::Finished,
        Self::Reopened,
        Self::Returned,
        Self::ConfirmationAsked,
        Self::ConfirmationAnswered,
        Self::SilenceConfirmed,
        Self::SilenceReturned,
        Self::Apologised,
        Self::DeadlineMoved,
        Self::DeadlineNear,
        Self::DeadlineMissed,
        Self::ReceptionMissed,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Submitted => "dossier.submitted",
            Self::Received => "dossier.received",
            Self::Accepted => "dossier.accepted",
            Self::Refused => "dossier.refused",
            Self::SupplementRequested => "dossier.supplement_requested",
            Self::SupplementSent => "dossier.supplement_sent",
            Self::PaymentRequested => "dossier.payment_requested",
            Self::PaymentConfirmed => "dossier.payment_confirmed",
            Self::WithdrawalRequested => "dossier.withdrawal_requested",
            Self::WithdrawalRejected => "dossier.withdrawal_rejected",
            Self::Stopped => "dossier.stopped",
            Self::MovedOn => "dossier.moved_on",
            Self::Finished => "dossier.finished",
            Self::Reopened => "dossier.reopened",
            Self::Returned => "dossier.returned",
            Self::ConfirmationAsked => "dossier.confirmation_asked",
            Self::ConfirmationAnswered => "dossier.confirmation_answered",
            Self::SilenceConfirmed => "dossier.silence_confirmed",
            Self::SilenceReturned => "dossier.silence_returned",
            Self::Apologised => "dossier.apologised",
            Self::DeadlineMoved => "dossier.deadline_moved",
            Self::DeadlineNear => "dossier.deadline_near",
            Self::DeadlineMissed => "dossier.deadline_missed",
            Self::ReceptionMissed => "dossier.reception_missed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DossierEvent {
    #[serde(skip, default = "unknown")]
    pub kind: DossierEventKind,
    pub dossier_id: DossierId,
    /// The row version that the move made: the move itself is found by it. Where no move was made, the version as it is.
    pub version: i32,
    pub from_state: i16,
    pub to_state: i16,
    /// The change of the calendar that moved its deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_id: Option<CalendarChangeId>,
}

fn unknown() -> DossierEventKind {
    DossierEventKind::MovedOn
}

impl Event for DossierEvent {
    fn kind(&self) -> &'static str {
        self.kind.code()
    }

    fn subject(&self) -> Uuid {
        self.dossier_id.uuid()
    }
}
