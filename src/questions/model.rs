//! A question as its room knows it.

use diesel::prelude::*;
use uuid::Uuid;

use super::workflow::Way;
use crate::authority::{Action, Lease, Resource, Where};
use crate::infra::clock::Moment;
use crate::kernel::ids::{AccountId, AgencyId, QuestionId};
use crate::kernel::{Error, Result};
use crate::schema::questions;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Asked without an account; the mail address is not checked yet. No agency sees it.
    Unconfirmed,
    Asked,
    InWork,
    Answered,
    FollowUpAsked,
    Published,
    Refused,
    Withdrawn,
}

impl State {
    pub const ALL: [Self; 8] = [
        Self::Unconfirmed,
        Self::Asked,
        Self::InWork,
        Self::Answered,
        Self::FollowUpAsked,
        Self::Published,
        Self::Refused,
        Self::Withdrawn,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Asked => "asked",
            Self::InWork => "in_work",
            Self::Answered => "answered",
            Self::FollowUpAsked => "follow_up_asked",
            Self::Published => "published",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Unconfirmed => ("Chờ xác nhận thư điện tử", "Waits for the mail check"),
            Self::Asked => ("Đã gửi, chờ xử lý", "Asked"),
            Self::InWork => ("Đang xử lý", "In work"),
            Self::Answered => ("Đã trả lời", "Answered"),
            Self::FollowUpAsked => ("Hỏi thêm, chờ trả lời", "Follow-up asked"),
            Self::Published => ("Đã trả lời, đã công khai", "Answered and published"),
            Self::Refused => ("Không thuộc phạm vi hỏi đáp", "Out of scope"),
            Self::Withdrawn => ("Người hỏi đã rút", "Withdrawn"),
        }
    }

    pub fn parse(code: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|state| state.code() == code);
        found.ok_or_else(|| Error::internal(format!("unknown state of a question: {code}")))
    }

    /// The clock runs.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Asked | Self::InWork | Self::FollowUpAsked)
    }

    pub fn has_ended(self) -> bool {
        matches!(self, Self::Refused | Self::Withdrawn)
    }
}

/// What never changes.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = questions)]
pub struct Identity {
    pub id: QuestionId,
    pub asker_id: Option<AccountId>,
    pub asker_name: String,
    pub asker_email: Option<String>,
    pub title: String,
    pub field_code: Option<String>,
    pub procedure_code: Option<String>,
    pub may_publish: bool,
    pub limit_days: i16,
    pub remind_days: i16,
    pub confirm_until: Option<Moment>,
}

/// What moves change, written as a whole by the one statement that makes a move.
#[derive(Clone, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = questions, treat_none_as_null = true)]
pub struct Progress {
    pub state: String,
    pub version: i32,
    pub number: Option<String>,
    pub agency_id: AgencyId,
    pub confirm_secret: Option<String>,
    pub asked_at: Option<Moment>,
    pub round: i16,
    pub due_at: Option<Moment>,
    pub remind_at: Option<Moment>,
    pub assignee_id: Option<AccountId>,
    pub lease_until: Option<Moment>,
    pub score: Option<i16>,
    pub score_note: Option<String>,
    pub scored_at: Option<Moment>,
    pub ended_at: Option<Moment>,
}

impl Progress {
    pub fn lease(&self) -> Lease {
        Lease { assignee_id: self.assignee_id, until: self.lease_until }
    }

    pub fn let_go(&mut self) {
        self.assignee_id = None;
        self.lease_until = None;
    }
}

/// A question under this transaction's lock.
pub struct Locked {
    pub identity: Identity,
    pub progress: Progress,
    pub state: State,
    /// The agencies that it has reached.
    pub involved: Vec<AgencyId>,
    pub is_published: bool,
}

impl Locked {
    pub fn id(&self) -> QuestionId {
        self.identity.id
    }

    pub fn way(&self) -> Way {
        Way { followed_up: self.progress.round > 1, published: self.is_published }
    }
}

/// As authority sees it, locked or merely read.
pub struct Subject {
    pub id: QuestionId,
    pub owner: Option<AccountId>,
    pub handling: AgencyId,
    pub involved: Vec<AgencyId>,
}

impl From<&Locked> for Subject {
    fn from(locked: &Locked) -> Self {
        Self {
            id: locked.identity.id,
            owner: locked.identity.asker_id,
            handling: locked.progress.agency_id,
            involved: locked.involved.clone(),
        }
    }
}

impl Resource for Subject {
    fn kind(&self) -> &'static str {
        "question"
    }

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn owner(&self) -> Option<AccountId> {
        self.owner
    }

    fn agencies(&self, place: Where) -> Vec<AgencyId> {
        match place {
            // What has not reached its agency (the mail check is open) lies on no desk.
            Where::Handling if self.involved.contains(&self.handling) => vec![self.handling],
            Where::Involved => self.involved.clone(),
            _ => Vec::new(),
        }
    }

    fn see(&self) -> Option<Action> {
        Some(Action::QuestionSee)
    }
}

/// A question before there is one.
pub struct NotYetAsked(pub QuestionId);

impl Resource for NotYetAsked {
    fn kind(&self) -> &'static str {
        "question"
    }

    fn id(&self) -> Uuid {
        self.0.uuid()
    }
}
