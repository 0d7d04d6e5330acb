//! The life of a dossier as a pure function: every legal move in one match; anything else is refused with the
//! present state and the moves that are open. Printed to `docs/WORKFLOW.md` and held there by a test.
//!
//! Sources: the ten national states; NĐ 61/2018/NĐ-CP and NĐ 118/2025/NĐ-CP; where no official table of moves
//! exists, the moves of `docs/WORKFLOW.md` are this portal's reading.

use serde_json::json;

use super::model::State;
use super::refusal::Refusal;
use crate::authority::Action;
use crate::catalogue::definition::SupplementOutcome;
use crate::kernel::{Error, Result};

use State::{
    Accepted, Draft, FinancialObligation, Finished, InProcessing, NewlyRegistered, NotAccepted, Returned,
    Stopped, SupplementRequested, WithdrawalRequested,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    Submit,
    ReceiveAtCounter,
    Accept,
    Refuse,
    RequestSupplement,
    Supplement,
    AcceptSupplement,
    CloseUnsupplemented(SupplementOutcome),
    Forward,
    SendBack,
    Propose,
    Approve,
    Reject,
    RequestPayment,
    ConfirmPayment,
    Withdraw,
    ConfirmWithdrawal,
    RejectWithdrawal,
    AskConfirmation,
    Confirm,
    /// Nobody answered in time: the portal's own.
    CloseUnconfirmed,
    Apologise,
    Stop,
    Finish,
    Reopen,
    Return,
}

impl Move {
    pub const ALL: [Self; 27] = [
        Self::Submit,
        Self::ReceiveAtCounter,
        Self::Accept,
        Self::Refuse,
        Self::RequestSupplement,
        Self::Supplement,
        Self::AcceptSupplement,
        Self::CloseUnsupplemented(SupplementOutcome::Refuse),
        Self::CloseUnsupplemented(SupplementOutcome::Stop),
        Self::Forward,
        Self::SendBack,
        Self::Propose,
        Self::Approve,
        Self::Reject,
        Self::RequestPayment,
        Self::ConfirmPayment,
        Self::Withdraw,
        Self::ConfirmWithdrawal,
        Self::RejectWithdrawal,
        Self::AskConfirmation,
        Self::Confirm,
        Self::CloseUnconfirmed,
        Self::Apologise,
        Self::Stop,
        Self::Finish,
        Self::Reopen,
        Self::Return,
    ];

    /// What authority calls it.
    pub fn action(self) -> Action {
        match self {
            Self::Submit => Action::DossierSubmit,
            Self::ReceiveAtCounter => Action::DossierReceive,
            Self::Accept => Action::DossierAccept,
            Self::Refuse => Action::DossierRefuse,
            Self::RequestSupplement => Action::DossierRequestSupplement,
            Self::Supplement => Action::DossierSupplement,
            Self::AcceptSupplement => Action::DossierAcceptSupplement,
            Self::CloseUnsupplemented(_) => Action::DossierCloseUnsupplemented,
            Self::Forward => Action::DossierForward,
            Self::SendBack => Action::DossierSendBack,
            Self::Propose => Action::DossierPropose,
            Self::Approve => Action::DossierApprove,
            Self::Reject => Action::DossierReject,
            Self::RequestPayment => Action::DossierRequestPayment,
            Self::ConfirmPayment => Action::DossierConfirmPayment,
            Self::Withdraw => Action::DossierWithdraw,
            Self::ConfirmWithdrawal => Action::DossierConfirmWithdrawal,
            Self::RejectWithdrawal => Action::DossierRejectWithdrawal,
            Self::AskConfirmation => Action::DossierAskConfirmation,
            Self::Confirm => Action::DossierConfirm,
            Self::CloseUnconfirmed => Action::DossierCloseUnconfirmed,
            Self::Apologise => Action::DossierApologise,
            Self::Stop => Action::DossierStop,
            Self::Finish => Action::DossierFinish,
            Self::Reopen => Action::DossierReopen,
            Self::Return => Action::DossierReturn,
        }
    }

    /// The word in the address of its operation, in the timeline, and in `open_moves`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::ReceiveAtCounter => "receive",
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::RequestSupplement => "request-supplement",
            Self::Supplement => "supplement",
            Self::AcceptSupplement => "accept-supplement",
            Self::CloseUnsupplemented(_) => "close-unsupplemented",
            Self::Forward => "forward",
            Self::SendBack => "send-back",
            Self::Propose => "propose",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::RequestPayment => "request-payment",
            Self::ConfirmPayment => "confirm-payment",
            Self::Withdraw => "withdraw",
            Self::ConfirmWithdrawal => "confirm-withdrawal",
            Self::RejectWithdrawal => "reject-withdrawal",
            Self::AskConfirmation => "ask-confirmation",
            Self::Confirm => "confirm",
            Self::CloseUnconfirmed => "close-unconfirmed",
            Self::Apologise => "apologise",
            Self::Stop => "stop",
            Self::Finish => "finish",
            Self::Reopen => "reopen",
            Self::Return => "return",
        }
    }
}

/// Where a waiting dossier came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The state before the supplement or the payment was asked for.
    pub waiting_from: Option<State>,
    /// The state before the withdrawal was asked for.
    pub withdrawal_from: Option<State>,
}

/// The state after the move, if the move is legal.
pub fn after(from: State, step: Move, way: Way) -> Option<State> {
    let before_acceptance = way.waiting_from == Some(NewlyRegistered);
    match (from, step) {
        (Draft, Move::Submit) => Some(NewlyRegistered),
        (Draft, Move::ReceiveAtCounter) => Some(Accepted),

        (NewlyRegistered, Move::Accept) => Some(Accepted),
        (NewlyRegistered, Move::Refuse) => Some(NotAccepted),

        (NewlyRegistered | Accepted | InProcessing, Move::RequestSupplement) => Some(SupplementRequested),
        (SupplementRequested, Move::Supplement) if before_acceptance => Some(NewlyRegistered),
        // The papers have come; whether they will do is the officer's to say.
        (SupplementRequested, Move::Supplement) => Some(SupplementRequested),
        (SupplementRequested, Move::AcceptSupplement) if !before_acceptance => Some(InProcessing),
        (SupplementRequested, Move::CloseUnsupplemented(SupplementOutcome::Refuse)) => Some(NotAccepted),
        (SupplementRequested, Move::CloseUnsupplemented(SupplementOutcome::Stop)) => Some(Stopped),

        (Accepted | InProcessing, Move::Forward) => Some(InProcessing),
        (InProcessing, Move::SendBack | Move::Propose | Move::Approve | Move::Reject) => Some(InProcessing),

        (Accepted | InProcessing, Move::RequestPayment) => Some(FinancialObligation),
        (FinancialObligation, Move::ConfirmPayment) => Some(InProcessing),

        (
            NewlyRegistered | Accepted | InProcessing | SupplementRequested | FinancialObligation,
            Move::Withdraw,
        ) => Some(WithdrawalRequested),
        (WithdrawalRequested, Move::ConfirmWithdrawal) => Some(Stopped),
        (WithdrawalRequested, Move::RejectWithdrawal) => way.withdrawal_from,

        // The applicant's word is waited for in the agency's own time: the clock runs on.
        (InProcessing, Move::AskConfirmation | Move::Confirm | Move::CloseUnconfirmed) => Some(InProcessing),

        // The new date changes no state; whether there is still time for it is `apology`'s to say.
        (Accepted, Move::Apologise) => Some(Accepted),
        (InProcessing, Move::Apologise) => Some(InProcessing),

        (Accepted | InProcessing, Move::Stop) => Some(Stopped),
        (Accepted | InProcessing, Move::Finish) => Some(Finished),
        (Finished, Move::Return) => Some(Returned),
        (Finished, Move::Reopen) => Some(InProcessing),

        _ => None,
    }
}

pub fn open_moves(from: State, way: Way) -> Vec<Move> {
    Move::ALL.into_iter().filter(|step| after(from, *step, way).is_some()).collect()
}

/// The state after the move, or the refusal that says what is open instead.
pub fn go(from: State, step: Move, way: Way) -> Result<State> {
    after(from, step, way).ok_or_else(|| refuse(from, way))
}

pub fn refuse(from: State, way: Way) -> Error {
    let mut open: Vec<&str> = open_moves(from, way)
        .into_iter()
        // Nobody's to make.
        .filter(|step| *step != Move::CloseUnconfirmed)
        .map(Move::word)
        .collect();
    open.dedup();
    let (vi, en) = from.names();
    Refusal::IllegalMove
        .error()
        .with("state", json!({ "code": from.code(), "name_vi": vi, "name_en": en }))
        .with("open_moves", open)
}
