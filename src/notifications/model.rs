//! What letters there are, and what has to be known to write one. Facts are personal: nothing here can be printed.

use crate::infra::clock::Moment;
use crate::infra::http::Language;
use crate::kernel::Dong;
use crate::kernel::ids::{AccountId, DossierId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Submitted,
    Accepted,
    Refused,
    SupplementRequested,
    PaymentRequested,
    PaymentConfirmed,
    /// It was stopped because its owner asked for it.
    WithdrawalConfirmed,
    WithdrawalRejected,
    Stopped,
    ResultReady,
    /// The result was said to be ready and is not: an error was found.
    ResultHeldBack,
    ResultReturned,
    /// The officer asks whether what will be issued is right.
    ConfirmationAsked,
    /// Nothing was said in time, and that is a yes.
    SilenceConfirmed,
    /// Nothing was said in time, and the officer will ask again.
    SilenceReturned,
    /// The leader apologises and names a new date.
    Apology,
    /// The days off changed, and the due date with them.
    DeadlineMoved,
    /// To the desk.
    DeadlineNear,
    /// To the desk and its leaders.
    DeadlineMissed,
}

impl Kind {
    pub const ALL: [Self; 19] = [
        Self::Submitted,
        Self::Accepted,
        Self::Refused,
        Self::SupplementRequested,
        Self::PaymentRequested,
        Self::PaymentConfirmed,
        Self::WithdrawalConfirmed,
        Self::WithdrawalRejected,
        Self::Stopped,
        Self::ResultReady,
        Self::ResultHeldBack,
        Self::ResultReturned,
        Self::ConfirmationAsked,
        Self::SilenceConfirmed,
        Self::SilenceReturned,
        Self::Apology,
        Self::DeadlineMoved,
        Self::DeadlineNear,
        Self::DeadlineMissed,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::SupplementRequested => "supplement_requested",
            Self::PaymentRequested => "payment_requested",
            Self::PaymentConfirmed => "payment_confirmed",
            Self::WithdrawalConfirmed => "withdrawal_confirmed",
            Self::WithdrawalRejected => "withdrawal_rejected",
            Self::Stopped => "stopped",
            Self::ResultReady => "result_ready",
            Self::ResultHeldBack => "result_held_back",
            Self::ResultReturned => "result_returned",
            Self::ConfirmationAsked => "confirmation_asked",
            Self::SilenceConfirmed => "silence_confirmed",
            Self::SilenceReturned => "silence_returned",
            Self::Apology => "apology",
            Self::DeadlineMoved => "deadline_moved",
            Self::DeadlineNear => "deadline_near",
            Self::DeadlineMissed => "deadline_missed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Everything that any letter says. What a kind does not need may be left out.
#[derive(Clone)]
pub struct LetterFacts {
    pub dossier_id: DossierId,
    /// None where a paper dossier was received for a person without an account: there is no page to link to.
    pub account_id: Option<AccountId>,
    pub language: Language,
    pub recipient: Option<String>,
    pub applicant_name: String,
    pub number: String,
    pub procedure_name: String,
    pub agency_name: String,
    pub due_at: Option<Moment>,
    pub reason: Option<String>,
    pub defects: Vec<DefectFact>,
    pub amount: Option<Dong>,
    pub respond_by: Option<Moment>,
    pub result_title: Option<String>,
    /// Where a confirmation is asked for: whether silence is a yes.
    pub silence_confirms: bool,
}

#[derive(Clone)]
pub struct DefectFact {
    /// The paper or the field, in words; none for the dossier as a whole.
    pub about: Option<String>,
    pub reason: String,
}

/// The language an account or a dossier is kept in; Vietnamese for whatever is not known.
pub fn language_of(code: &str) -> Language {
    if code == Language::En.tag() { Language::En } else { Language::Vi }
}
