//! The policy: one match, one line an action. Printed to `docs/POLICY.md` and held there by a test.

use super::{Action, Role};

/// In which relation an agency stands to the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// It holds the thing now: the open task is on its desk.
    Handling,
    /// It received the dossier.
    Receiving,
    /// The thing has reached it, now or before.
    Involved,
    /// It received the papers of somebody who has no account, and acts for them.
    OnBehalf,
    /// Every agency that the thing concerns must be covered; the thing names them.
    Within,
    /// A role held at any place.
    Anywhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anyone,
    /// A citizen or an organisation: officers have no affairs of their own under their office's account.
    Person,
    Owner,
    Holder(Role, Where),
    /// The portal itself, at work on its schedule: only what the law or a procedure's own setting lays down.
    System,
}

use Role::{Inspector, Leader, ProcedureAdministrator, Processing, Reception, SystemAdministrator};
use Where::{Anywhere, Handling, Involved, OnBehalf, Receiving, Within};
use Who::{Anyone, Holder, Owner, Person, System};

pub fn rule(action: Action) -> &'static [Who] {
    match action {
        Action::AccountRegister | Action::SessionStart | Action::DossierTrack => &[Anyone],
        Action::AccountSee | Action::AccountChange | Action::SessionEnd => &[Owner],

        Action::OfficerSee
        | Action::OfficerCreate
        | Action::OfficerClose
        | Action::GrantGive
        | Action::GrantRevoke => &[Holder(SystemAdministrator, Within)],
        Action::JobsSee | Action::JobsRetry | Action::CalendarSee | Action::CalendarChange => {
            &[Holder(SystemAdministrator, Anywhere)]
        }
        Action::AuditRead => &[Holder(Inspector, Involved), Holder(SystemAdministrator, Involved)],

        Action::VersionSee
        | Action::VersionDraft
        | Action::VersionPublish
        | Action::ProcedureCreate
        | Action::ProcedureClose => &[Holder(ProcedureAdministrator, Anywhere)],

        Action::DossierDraft => &[Person],
        // An inspector reads the case, not the papers of the person in it.
        Action::FileRead => {
            &[Owner, Holder(Reception, Involved), Holder(Processing, Involved), Holder(Leader, Involved)]
        }
        Action::DossierSee => &[
            Owner,
            Holder(Reception, Involved),
            Holder(Processing, Involved),
            Holder(Leader, Involved),
            Holder(Inspector, Involved),
        ],
        Action::DossierEdit | Action::DossierDiscard | Action::DossierSubmit | Action::DossierAccesses => {
            &[Owner]
        }
        Action::DossierSupplement | Action::DossierWithdraw | Action::DossierConfirm => {
            &[Owner, Holder(Reception, OnBehalf)]
        }
        Action::FileUpload | Action::FileRemove => &[
            Owner,
            Holder(Reception, OnBehalf),
            Holder(Reception, Handling),
            Holder(Processing, Handling),
            Holder(Leader, Handling),
        ],

        Action::QuestionAsk => &[Person],
        Action::QuestionAskUnnamed | Action::QuestionConfirm => &[Anyone],
        Action::QuestionSee => &[
            Owner,
            Holder(Reception, Involved),
            Holder(Processing, Involved),
            Holder(Leader, Involved),
            Holder(Inspector, Involved),
        ],
        Action::QuestionFollowUp | Action::QuestionWithdraw | Action::QuestionRate => &[Owner],
        Action::QuestionClaim
        | Action::QuestionRelease
        | Action::QuestionAnswer
        | Action::QuestionForward
        | Action::QuestionRefuse => {
            &[Holder(Reception, Handling), Holder(Processing, Handling), Holder(Leader, Handling)]
        }
        Action::QuestionPublish | Action::QuestionUnpublish => &[Holder(Leader, Handling)],

        Action::DossierReceive => &[Holder(Reception, Within)],
        Action::DossierAccept | Action::DossierRefuse | Action::DossierReturn => {
            &[Holder(Reception, Handling)]
        }
        Action::DossierConfirmWithdrawal | Action::DossierRejectWithdrawal => {
            &[Holder(Reception, Receiving), Holder(Leader, Handling)]
        }
        Action::DossierRequestSupplement
        | Action::DossierAcceptSupplement
        | Action::DossierForward
        | Action::DossierSendBack
        | Action::DossierFinish
        | Action::DossierRequestPayment
        | Action::TaskClaim
        | Action::TaskRelease => {
            &[Holder(Reception, Handling), Holder(Processing, Handling), Holder(Leader, Handling)]
        }
        // A supplement that never came is closed by the clock, as the procedure's own setting says.
        Action::DossierCloseUnsupplemented => {
            &[System, Holder(Reception, Handling), Holder(Leader, Handling)]
        }
        // What nobody answered is closed by the clock alone, as the step says.
        Action::DossierCloseUnconfirmed => &[System],
        Action::DossierConfirmPayment => {
            &[Holder(Reception, Receiving), Holder(Reception, Handling), Holder(Leader, Handling)]
        }
        Action::DossierPropose | Action::DossierAskConfirmation => {
            &[Holder(Processing, Handling), Holder(Leader, Handling)]
        }
        Action::RegisterRead => {
            &[Holder(Reception, Within), Holder(Leader, Within), Holder(Inspector, Within)]
        }
        Action::DossierApprove
        | Action::DossierReject
        | Action::DossierStop
        | Action::DossierApologise
        | Action::TaskReassign => &[Holder(Leader, Handling)],
        Action::DossierReopen => &[Holder(Reception, Handling), Holder(Leader, Involved)],
    }
}
