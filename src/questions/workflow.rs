//! The life of a question as a pure function: every legal move in one match; anything else is refused with the
//! present state and the moves that are open. Printed to `docs/WORKFLOW.md` and held there by a test.
//!
//! No national text fixes these states; they are this portal's reading of the seven-day rule.

use serde_json::json;

use super::model::State;
use super::refusal::Refusal;
use crate::authority::Action;
use crate::kernel::{Error, Result};

use State::{Answered, Asked, FollowUpAsked, InWork, Published, Refused, Unconfirmed, Withdrawn};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    Confirm,
    Claim,
    Release,
    Answer,
    Forward,
    Refuse,
    Withdraw,
    FollowUp,
    Rate,
    Publish,
    Unpublish,
}

impl Move {
    pub const ALL: [Self; 11] = [
        Self::Confirm,
        Self::Claim,
        Self::Release,
        Self::Answer,
        Self::Forward,
        Self::Refuse,
        Self::Withdraw,
        Self::FollowUp,
        Self::Rate,
        Self::Publish,
        Self::Unpublish,
    ];

    /// What authority calls it.
    pub fn action(self) -> Action {
        match self {
            Self::Confirm => Action::QuestionConfirm,
            Self::Claim => Action::QuestionClaim,
            Self::Release => Action::QuestionRelease,
            Self::Answer => Action::QuestionAnswer,
            Self::Forward => Action::QuestionForward,
            Self::Refuse => Action::QuestionRefuse,
            Self::Withdraw => Action::QuestionWithdraw,
            Self::FollowUp => Action::QuestionFollowUp,
            Self::Rate => Action::QuestionRate,
            Self::Publish => Action::QuestionPublish,
            Self::Unpublish => Action::QuestionUnpublish,
        }
    }

    /// The word in the address of its operation and in `open_moves`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Answer => "answer",
            Self::Forward => "forward",
            Self::Refuse => "refuse",
            Self::Withdraw => "withdraw",
            Self::FollowUp => "follow-up",
            Self::Rate => "satisfaction",
            Self::Publish => "publish",
            Self::Unpublish => "unpublish",
        }
    }
}

/// What of a question's past bears on its moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The one follow-up has been asked.
    pub followed_up: bool,
    /// A public copy of it stands.
    pub published: bool,
}

/// The state after the move, if the move is legal.
pub fn after(from: State, step: Move, way: Way) -> Option<State> {
    let answered = if way.published { Published } else { Answered };
    match (from, step) {
        (Unconfirmed, Move::Confirm) => Some(Asked),

        (Asked | InWork, Move::Claim) => Some(InWork),
        (InWork, Move::Release) => Some(Asked),
        (FollowUpAsked, Move::Claim | Move::Release) => Some(FollowUpAsked),

        (Asked | InWork, Move::Answer) => Some(Answered),
        (FollowUpAsked, Move::Answer) => Some(answered),
        (Asked | InWork, Move::Forward) => Some(Asked),
        (FollowUpAsked, Move::Forward) => Some(FollowUpAsked),
        (Asked | InWork, Move::Refuse) => Some(Refused),

        (Asked | InWork, Move::Withdraw) => Some(Withdrawn),
        // The answer that was given stands; only the follow-up is taken back.
        (FollowUpAsked, Move::Withdraw) => Some(answered),

        (Answered | Published, Move::FollowUp) if !way.followed_up => Some(FollowUpAsked),
        (Answered | Published, Move::Rate) => Some(from),

        (Answered, Move::Publish) => Some(Published),
        (Published, Move::Unpublish) => Some(Answered),
        // While a follow-up runs, what must not stay public can still be taken down.
        (FollowUpAsked, Move::Unpublish) if way.published => Some(FollowUpAsked),

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

fn refuse(from: State, way: Way) -> Error {
    let open: Vec<&str> = open_moves(from, way).into_iter().map(Move::word).collect();
    let (vi, en) = from.names();
    Refusal::IllegalMove
        .error()
        .with("state", json!({ "code": from.code(), "name_vi": vi, "name_en": en }))
        .with("open_moves", open)
}
