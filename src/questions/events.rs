//! What others learn of a question: written with the change, carried by the worker, read in `app/reactions`.
//! Ids and codes only; whoever writes a letter looks the rest up.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::jobs::outbox::Event;
use crate::kernel::ids::QuestionId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionEventKind {
    ConfirmationNeeded,
    Asked,
    Forwarded,
    Answered,
    FollowedUp,
    Refused,
    Withdrawn,
    Published,
    Unpublished,
    DeadlineMoved,
    DueSoon,
    Late,
}

impl QuestionEventKind {
    pub const ALL: [Self; 12] = [
        Self::ConfirmationNeeded,
        Self::Asked,
        Self::Forwarded,
        Self::Answered,
        Self::FollowedUp,
        Self::Refused,
        Self::Withdrawn,
        Self::Published,
        Self::Unpublished,
        Self::DeadlineMoved,
        Self::DueSoon,
        Self::Late,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::ConfirmationNeeded => "question.confirmation_needed",
            Self::Asked => "question.asked",
            Self::Forwarded => "question.forwarded",
            Self::Answered => "question.answered",
            Self::FollowedUp => "question.followed_up",
            Self::Refused => "question.refused",
            Self::Withdrawn => "question.withdrawn",
            Self::Published => "question.published",
            Self::Unpublished => "question.unpublished",
            Self::DeadlineMoved => "question.deadline_moved",
            Self::DueSoon => "question.due_soon",
            Self::Late => "question.late",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuestionEvent {
    #[serde(skip, default = "unknown")]
    pub kind: QuestionEventKind,
    pub question_id: QuestionId,
    /// The row version that the move made; what is no move has the version it found.
    pub version: i32,
    pub round: i16,
}

fn unknown() -> QuestionEventKind {
    QuestionEventKind::Unpublished
}

impl Event for QuestionEvent {
    fn kind(&self) -> &'static str {
        self.kind.code()
    }

    fn subject(&self) -> Uuid {
        self.question_id.uuid()
    }
}
