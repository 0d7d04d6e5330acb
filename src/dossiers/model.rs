//! A dossier as its room knows it. The ten states are the national ones; their code and name are the interchange
//! format of the National Public Service Portal. Tables: `dossiers`, `tasks` and what hangs on them.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::decision::Decision;
use super::workflow::Way;
use crate::authority::{Action, Lease, Resource, Role, Where};
use crate::catalogue::definition::{StepKind, StepRole, WantedConfirmation};
use crate::infra::clock::Moment;
use crate::kernel::Dong;
use crate::kernel::ids::{AccountId, AgencyId, DossierId, ProcedureId, TaskId, UnitId, VersionId};
use crate::schema::{dossiers, tasks};

/// A draft comes before all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Draft,
    NewlyRegistered,
    Accepted,
    NotAccepted,
    InProcessing,
    SupplementRequested,
    FinancialObligation,
    WithdrawalRequested,
    Stopped,
    Finished,
    Returned,
}

impl State {
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::NewlyRegistered,
        Self::Accepted,
        Self::NotAccepted,
        Self::InProcessing,
        Self::SupplementRequested,
        Self::FinancialObligation,
        Self::WithdrawalRequested,
        Self::Stopped,
        Self::Finished,
        Self::Returned,
    ];

    /// The national code; 0 is ours and never leaves the house.
    pub fn code(self) -> i16 {
        match self {
            Self::Draft => 0,
            Self::NewlyRegistered => 1,
            Self::Accepted => 2,
            Self::NotAccepted => 3,
            Self::InProcessing => 4,
            Self::SupplementRequested => 5,
            Self::FinancialObligation => 6,
            Self::WithdrawalRequested => 7,
            Self::Stopped => 8,
            Self::Finished => 9,
            Self::Returned => 10,
        }
    }

    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The national names, and the English of this house.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("Bản nháp", "Draft"),
            Self::NewlyRegistered => ("Mới đăng ký", "Newly registered"),
            Self::Accepted => ("Được tiếp nhận", "Accepted"),
            Self::NotAccepted => ("Không được tiếp nhận", "Not accepted"),
            Self::InProcessing => ("Đang xử lý", "In processing"),
            Self::SupplementRequested => ("Yêu cầu bổ sung giấy tờ", "Supplement requested"),
            Self::FinancialObligation => ("Yêu cầu thực hiện nghĩa vụ tài chính", "Financial obligation"),
            Self::WithdrawalRequested => ("Công dân yêu cầu rút hồ sơ", "Withdrawal requested"),
            Self::Stopped => ("Dừng xử lý", "Stopped"),
            Self::Finished => ("Đã xử lý xong", "Finished"),
            Self::Returned => ("Đã trả kết quả", "Result returned"),
        }
    }

    pub fn has_ended(self) -> bool {
        matches!(self, Self::NotAccepted | Self::Stopped | Self::Returned)
    }

    /// The clock stands: it waits for the citizen.
    pub fn waits(self) -> bool {
        matches!(self, Self::SupplementRequested | Self::FinancialObligation | Self::WithdrawalRequested)
    }
}

/// A step as it was resolved when the dossier was submitted: a later reorganisation of the catalogue does not
/// move it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteStep {
    pub code: String,
    pub kind: StepKind,
    pub role: StepRole,
    pub agency_id: AgencyId,
    /// Percent of the time limit.
    pub time_share: u32,
    /// The applicant's word that the step wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<WantedConfirmation>,
}

/// What never changes after submission.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = dossiers)]
pub struct Identity {
    pub id: DossierId,
    pub number: Option<String>,
    pub procedure_id: ProcedureId,
    pub version_id: VersionId,
    pub channel: String,
    pub applicant_id: Option<AccountId>,
    pub applicant_kind: String,
    pub unit_id: Option<UnitId>,
    pub receiving_agency_id: Option<AgencyId>,
    pub route: Value,
    pub fee_amount: Dong,
    pub submitted_at: Option<Moment>,
}

/// What moves change, written as a whole by the one statement that makes a move.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = dossiers, treat_none_as_null = true)]
pub struct Progress {
    pub state: i16,
    pub version: i32,
    pub handling_agency_id: Option<AgencyId>,
    pub current_step: i16,
    pub decision: Option<String>,
    pub proposed_by: Option<AccountId>,
    pub waiting_from: Option<i16>,
    pub withdrawal_from: Option<i16>,
    pub accepted_at: Option<Moment>,
    pub due_at: Option<Moment>,
    pub deadline: Option<Value>,
    pub finished_at: Option<Moment>,
    pub ended_at: Option<Moment>,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tasks)]
pub struct Task {
    pub id: TaskId,
    pub dossier_id: DossierId,
    pub step: i16,
    pub step_code: String,
    pub step_kind: String,
    pub role: String,
    pub agency_id: AgencyId,
    pub dossier_state: i16,
    pub assignee_id: Option<AccountId>,
    pub lease_until: Option<Moment>,
    pub opened_at: Moment,
    pub due_at: Moment,
    pub warn_at: Option<Moment>,
}

impl Task {
    /// Who holds it now: a lease that ran out holds nothing.
    pub fn holder(&self, now: Moment) -> Option<AccountId> {
        Lease { assignee_id: self.assignee_id, until: self.lease_until }.holder(now)
    }

    pub fn needs(&self) -> Option<Role> {
        Role::parse(&self.role)
    }
}

/// A dossier under this transaction's lock: nobody else changes it until the commit.
#[derive(Clone, Debug)]
pub struct Locked {
    pub identity: Identity,
    pub progress: Progress,
    pub task: Option<Task>,
    pub route: Vec<RouteStep>,
    /// The agencies that it has reached.
    pub involved: Vec<AgencyId>,
}

impl Locked {
    pub fn id(&self) -> DossierId {
        self.identity.id
    }

    pub fn state(&self) -> State {
        State::from_code(self.progress.state).unwrap_or(State::Draft)
    }

    pub fn step(&self) -> Option<&RouteStep> {
        self.route.get(usize::try_from(self.progress.current_step).ok()?)
    }

    pub fn way(&self) -> Way {
        let state = |code: Option<i16>| code.and_then(State::from_code);
        Way {
            waiting_from: state(self.progress.waiting_from),
            withdrawal_from: state(self.progress.withdrawal_from),
        }
    }

    pub fn decision(&self) -> Option<Decision> {
        self.progress.decision.as_deref().and_then(Decision::parse)
    }

    pub fn step_after(&self, step: i16) -> Option<&RouteStep> {
        self.route.get(usize::try_from(step).ok()?.checked_add(1)?)
    }
}

/// As authority sees it, locked or merely read.
pub struct Subject {
    pub id: DossierId,
    pub owner: Option<AccountId>,
    pub handling: Option<AgencyId>,
    pub receiving: Option<AgencyId>,
    pub involved: Vec<AgencyId>,
}

impl From<&Locked> for Subject {
    fn from(locked: &Locked) -> Self {
        Self {
            id: locked.identity.id,
            owner: locked.identity.applicant_id,
            handling: locked.task.as_ref().map(|task| task.agency_id),
            receiving: locked.identity.receiving_agency_id,
            involved: locked.involved.clone(),
        }
    }
}

impl Resource for Subject {
    fn kind(&self) -> &'static str {
        "dossier"
    }

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn owner(&self) -> Option<AccountId> {
        self.owner
    }

    fn agencies(&self, place: Where) -> Vec<AgencyId> {
        match place {
            Where::Handling => self.handling.into_iter().collect(),
            Where::Receiving => self.receiving.into_iter().collect(),
            Where::Involved => self.involved.clone(),
            // Who has no account is served at the desk that received the papers.
            Where::OnBehalf => self.receiving.into_iter().filter(|_| self.owner.is_none()).collect(),
            Where::Within | Where::Anywhere => Vec::new(),
        }
    }

    fn see(&self) -> Option<Action> {
        Some(Action::DossierSee)
    }
}

/// A dossier that an officer is about to receive at a desk.
pub struct AtDesk {
    pub dossier_id: DossierId,
    pub desk: AgencyId,
}

impl Resource for AtDesk {
    fn kind(&self) -> &'static str {
        "dossier"
    }

    fn id(&self) -> Uuid {
        self.dossier_id.uuid()
    }

    fn agencies(&self, place: Where) -> Vec<AgencyId> {
        match place {
            Where::Within => vec![self.desk],
            _ => Vec::new(),
        }
    }
}

/// What an agency keeps of its own: its register.
pub struct Desk(pub AgencyId);

impl Resource for Desk {
    fn kind(&self) -> &'static str {
        "agency"
    }

    fn id(&self) -> Uuid {
        self.0.uuid()
    }

    fn agencies(&self, place: Where) -> Vec<AgencyId> {
        match place {
            Where::Within => vec![self.0],
            _ => Vec::new(),
        }
    }
}

/// A person's own affairs before there is anything to own.
pub struct OwnAffairs(pub Uuid);

impl Resource for OwnAffairs {
    fn kind(&self) -> &'static str {
        "dossier"
    }

    fn id(&self) -> Uuid {
        self.0
    }
}

pub fn step_kind_code(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Reception => "reception",
        StepKind::Processing => "processing",
        StepKind::Verification => "verification",
        StepKind::Approval => "approval",
        StepKind::Signature => "signature",
        StepKind::Issue => "issue",
        StepKind::Return => "return",
    }
}

pub fn role_of(role: StepRole) -> Role {
    match role {
        StepRole::Reception => Role::Reception,
        StepRole::Processing => Role::Processing,
        StepRole::Leader => Role::Leader,
    }
}
