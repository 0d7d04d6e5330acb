//! Everything that can be done. The name is what the audit trail and the policy's table call it.

use utoipa::ToSchema;

macro_rules! actions {
    ($($variant:ident = $code:literal,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
        pub enum Action { $($variant,)+ }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }
    };
}

actions! {
    AccountRegister = "account.register",
    AccountSee = "account.see",
    AccountChange = "account.change",
    SessionStart = "session.start",
    SessionEnd = "session.end",
    OfficerSee = "officer.see",
    OfficerCreate = "officer.create",
    OfficerClose = "officer.close",
    GrantGive = "grant.give",
    GrantRevoke = "grant.revoke",
    VersionSee = "version.see",
    VersionDraft = "version.draft",
    VersionPublish = "version.publish",
    ProcedureCreate = "procedure.create",
    ProcedureClose = "procedure.close",
    DossierDraft = "dossier.draft",
    DossierSee = "dossier.see",
    DossierEdit = "dossier.edit",
    DossierDiscard = "dossier.discard",
    DossierSubmit = "dossier.submit",
    DossierReceive = "dossier.receive",
    DossierSupplement = "dossier.supplement",
    DossierWithdraw = "dossier.withdraw",
    DossierAccept = "dossier.accept",
    DossierRefuse = "dossier.refuse",
    DossierRequestSupplement = "dossier.request_supplement",
    DossierAcceptSupplement = "dossier.accept_supplement",
    DossierCloseUnsupplemented = "dossier.close_unsupplemented",
    DossierRequestPayment = "dossier.request_payment",
    DossierConfirmPayment = "dossier.confirm_payment",
    DossierConfirmWithdrawal = "dossier.confirm_withdrawal",
    DossierRejectWithdrawal = "dossier.reject_withdrawal",
    DossierForward = "dossier.forward",
    DossierSendBack = "dossier.send_back",
    DossierPropose = "dossier.propose",
    DossierApprove = "dossier.approve",
    DossierReject = "dossier.reject",
    DossierFinish = "dossier.finish",
    DossierReopen = "dossier.reopen",
    DossierReturn = "dossier.return",
    DossierStop = "dossier.stop",
    DossierTrack = "dossier.track",
    DossierAccesses = "dossier.accesses",
    TaskClaim = "task.claim",
    TaskRelease = "task.release",
    TaskReassign = "task.reassign",
    QuestionAsk = "question.ask",
    QuestionAskUnnamed = "question.ask_unnamed",
    QuestionConfirm = "question.confirm",
    QuestionSee = "question.see",
    QuestionFollowUp = "question.follow_up",
    QuestionWithdraw = "question.withdraw",
    QuestionRate = "question.rate",
    QuestionClaim = "question.claim",
    QuestionRelease = "question.release",
    QuestionAnswer = "question.answer",
    QuestionForward = "question.forward",
    QuestionRefuse = "question.refuse",
    QuestionPublish = "question.publish",
    QuestionUnpublish = "question.unpublish",
    FileUpload = "file.upload",
    FileRemove = "file.remove",
    FileRead = "file.read",
    DossierAskConfirmation = "dossier.ask_confirmation",
    DossierConfirm = "dossier.confirm",
    DossierCloseUnconfirmed = "dossier.close_unconfirmed",
    DossierApologise = "dossier.apologise",
    RegisterRead = "register.read",
    CalendarSee = "calendar.see",
    CalendarChange = "calendar.change",
    AuditRead = "audit.read",
    JobsSee = "jobs.see",
    JobsRetry = "jobs.retry",
}
