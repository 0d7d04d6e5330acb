//! What the program knows of itself, as pages of `docs/`: the workflow, the policy, the error codes. A test holds
//! each page to what is printed here.

use crate::authority::{Action, Who, rule};
use crate::dossiers::model::State;
use crate::dossiers::workflow::{Move, Way, after};
use crate::kernel::Code;
use crate::questions;

/// Every refusal that has a code of its own.
pub fn codes() -> Vec<Code> {
    let mut codes = crate::infra::http::problem::codes();
    codes.extend(crate::identity::Refusal::ALL);
    codes.extend(crate::catalogue::Refusal::ALL);
    codes.extend(crate::units::Refusal::ALL);
    codes.extend(crate::calendar::Refusal::ALL);
    codes.extend(crate::files::Refusal::ALL);
    codes.extend(crate::dossiers::Refusal::ALL);
    codes.extend(crate::questions::Refusal::ALL);
    codes.sort_by_key(|code| (code.status, code.code));
    codes
}

pub fn errors_page() -> String {
    let mut page = String::from(
        "# Error codes\n\nEvery refusal is problem+json (RFC 9457) with one of these codes. A code keeps its meaning.\nPrinted by the program; a test holds this page.\n\n| status | code | English | tiếng Việt |\n|---|---|---|---|\n",
    );
    for code in codes() {
        page.push_str(&format!("| {} | `{}` | {} | {} |\n", code.status, code.code, code.en, code.vi));
    }
    page.push_str("\n## Codes of single faults\n\nIn `errors[]`, each with a pointer to the field. The faults of a form are the codes of its JSON Schema\n(`required`, `unknown_field`, `wrong_type`, `pattern`, `format`, `enum`, …); the typed values bring these:\n\n| code | English | tiếng Việt |\n|---|---|---|\n");
    let mut faults = crate::kernel::values::all_faults();
    faults.extend(crate::identity::value_faults());
    for fault in faults {
        page.push_str(&format!("| `{}` | {} | {} |\n", fault.code, fault.en, fault.vi));
    }
    page
}

pub fn policy_page() -> String {
    let mut page = String::from(
        "# Policy\n\nWho may do what. `owner` is the account a thing belongs to; a role counts at the agency that stands in that\nrelation to it: `handling` has it on its desk, `receiving` received it, `involved` has been reached by it,\n`within` is covered as a whole by the holder's grants, `anywhere` needs no place. What an account may not see\nlooks absent (404); what it may see but not do is 403. Printed by the program; a test holds this page.\n\n| action | who |\n|---|---|\n",
    );
    for action in Action::ALL {
        let who: Vec<String> = rule(*action).iter().map(words).collect();
        page.push_str(&format!("| `{}` | {} |\n", action.code(), who.join(", ")));
    }
    page
}

fn words(who: &Who) -> String {
    match who {
        Who::Anyone => "anyone".to_owned(),
        Who::Person => "a citizen or organisation".to_owned(),
        Who::Owner => "owner".to_owned(),
        Who::System => "the portal itself, on its schedule".to_owned(),
        Who::Holder(role, place) => format!("{} ({})", role.code(), format!("{place:?}").to_lowercase()),
    }
}

pub fn workflow_page() -> String {
    let mut page = String::from(
        "# Workflow\n\nThe ten national states and every legal move. Anything else is refused with 409, the state, and the moves that\nare open. Printed by the program; a test holds this page.\n\n| # | state | trạng thái | clock |\n|---|---|---|---|\n",
    );
    for state in State::ALL {
        let (vi, en) = state.names();
        let clock = match state {
            State::Draft => "none",
            State::NewlyRegistered => {
                "reception: 8 working hours online, 1 working day at the counter or by post"
            }
            _ if state.waits() => "stands: it waits for the citizen",
            _ if state.has_ended() => "ended",
            State::Finished => "stopped: on time if finished at or before the due date",
            _ => "processing",
        };
        page.push_str(&format!("| {} | {en} | {vi} | {clock} |\n", state.code()));
    }
    page.push_str("\n| from | move | to |\n|---|---|---|\n");
    for from in State::ALL {
        for step in Move::ALL {
            for (way, remark) in ways(from, step) {
                let Some(to) = after(from, step, way) else { continue };
                page.push_str(&format!(
                    "| {} {} | `{}`{remark} | {} {} |\n",
                    from.code(),
                    from.names().1,
                    step.word(),
                    to.code(),
                    to.names().1
                ));
            }
        }
    }
    page.push_str("\nWhile the applicant is asked to confirm (`ask-confirmation`, where the step wants it) the dossier stays in 4 and the\nclock runs: the time is the agency's. The step is not left by `forward` or `finish` before the confirmation was given;\n`close-unconfirmed` is the portal's own, when the working days have passed in silence. A question that is open when the\ndossier leaves the step or the state lapses.\n");
    page.push_str(&questions_section());
    page
}

fn questions_section() -> String {
    let mut section = String::from(
        "\n## Questions\n\nThe seven working days run in `asked`, `in_work` and `follow_up_asked`; a follow-up has seven of its own, and\nforwarding restarts nothing.\n\n| state | English | tiếng Việt |\n|---|---|---|\n",
    );
    for state in questions::model::State::ALL {
        let (vi, en) = state.names();
        section.push_str(&format!("| `{}` | {en} | {vi} |\n", state.code()));
    }
    section.push_str("\n| from | move | to |\n|---|---|---|\n");
    for from in questions::model::State::ALL {
        for step in questions::workflow::Move::ALL {
            for (remark, to) in question_ways(from, step) {
                section.push_str(&format!(
                    "| `{}`{remark} | `{}` | `{}` |\n",
                    from.code(),
                    step.word(),
                    to.code()
                ));
            }
        }
    }
    section
}

/// Where a move leads, once where the question's past does not change it.
fn question_ways(
    from: questions::model::State,
    step: questions::workflow::Move,
) -> Vec<(&'static str, questions::model::State)> {
    let pasts = [
        (false, false, " (no follow-up)"),
        (true, false, " (followed up)"),
        (true, true, " (followed up, published)"),
    ];
    let mut ways = Vec::new();
    for (followed_up, published, remark) in pasts {
        let way = questions::workflow::Way { followed_up, published };
        if let Some(to) = questions::workflow::after(from, step, way) {
            ways.push((remark, to));
        }
    }
    match ways.first().copied() {
        Some((_, first)) if ways.len() == pasts.len() && ways.iter().all(|(_, to)| *to == first) => {
            vec![("", first)]
        }
        _ => ways,
    }
}

/// The ways into a state that change what a move does from it.
fn ways(from: State, step: Move) -> Vec<(Way, String)> {
    match (from, step) {
        (State::SupplementRequested, Move::Supplement) => vec![
            (
                Way { waiting_from: Some(State::NewlyRegistered), ..Way::default() },
                " (asked before acceptance)".to_owned(),
            ),
            (
                Way { waiting_from: Some(State::InProcessing), ..Way::default() },
                " (asked after acceptance)".to_owned(),
            ),
        ],
        (State::SupplementRequested, _) => {
            vec![(Way { waiting_from: Some(State::InProcessing), ..Way::default() }, String::new())]
        }
        (State::WithdrawalRequested, Move::RejectWithdrawal) => {
            let before = State::ALL
                .into_iter()
                .filter(|state| after(*state, Move::Withdraw, Way::default()).is_some());
            before
                .map(|state| {
                    (
                        Way { withdrawal_from: Some(state), ..Way::default() },
                        format!(" (it was {})", state.code()),
                    )
                })
                .collect()
        }
        _ => vec![(Way::default(), String::new())],
    }
}
