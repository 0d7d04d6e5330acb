//! The single window: accept, refuse, or receive a paper dossier at the counter. Acceptance starts the processing
//! clock and sets the due date; what is received at the counter is accepted in the same act.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::deadlines::DossierClock;
use super::draft;
use super::events::DossierEventKind;
use super::library::Library;
use super::model::{AtDesk, State};
use super::receipt::{self, Receipt};
use super::refusal::Refusal;
use super::store::people::Applicant;
use super::store::{self, DeskChange, Transition, drafts};
use super::workflow::{self, Move, Way};
use super::{acting, numbering, routing};
use crate::authority::{Action, Op};
use crate::catalogue::definition::{ChannelKind, Definition, Subject as ApplicantKind};
use crate::infra::crypto;
use crate::infra::db::Conn;
use crate::kernel::ids::{AgencyId, DossierId};
use crate::kernel::values::{Email, NationalCode, Words};
use crate::kernel::{CitizenNumber, Error, Fault, General, Phone, Result, TaxCode};
use crate::units::store as units;

/// Accepts: the papers are complete. The note is for colleagues.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct AcceptDossier {
    pub note: Option<Words>,
}

/// A move that must say why; the applicant reads it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "Giấy tờ không thuộc thẩm quyền chứng thực của Ủy ban nhân dân phường." }))]
pub struct WithReason {
    pub reason: Words,
}

pub fn accept(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &AcceptDossier,
) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, library, op, Move::Accept, id, seen)?;
    let (deadline, at_step) = {
        let clock = begun.clock(conn, library, op.now)?;
        (clock.whole()?, clock.step(begun.locked.progress.current_step)?)
    };
    begun.next.accepted_at = Some(op.now);
    deadline.write(&mut begun.next)?;
    let note = body.note.as_ref().map(Words::to_string);
    begun.finish(conn, DeskChange::Keep { due: Some(at_step) }, DossierEventKind::Accepted, None, note)
}

pub fn refuse(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &WithReason,
) -> Result<i32> {
    let begun = acting::begin_at_desk(conn, library, op, Move::Refuse, id, seen)?;
    begun.finish(conn, DeskChange::Close, DossierEventKind::Refused, Some(body.reason.to_string()), None)
}

/// Receives a dossier on paper, for a person who need not have an account.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveDossier {
    /// The desk at which it is received; any desk may receive (NĐ 118/2025/NĐ-CP).
    pub agency_id: AgencyId,
    pub procedure_code: NationalCode,
    pub channel: PaperChannel,
    pub applicant: PaperApplicant,
    #[schema(value_type = Object)]
    pub answers: Map<String, Value>,
    pub papers: Vec<ReceivedPaper>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaperChannel {
    Counter,
    Post,
}

/// Who hands it in. Citizen number for a citizen, tax code for an organisation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperApplicant {
    pub full_name: Words,
    pub citizen_number: Option<CitizenNumber>,
    pub tax_code: Option<TaxCode>,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivedPaper {
    #[schema(example = "giay_chung_sinh")]
    pub component_code: String,
    #[serde(default)]
    #[schema(example = 1)]
    pub originals: u8,
    #[serde(default)]
    #[schema(example = 0)]
    pub copies: u8,
}

pub fn receive(conn: &mut Conn, library: &Library, op: &Op, body: &ReceiveDossier) -> Result<(Receipt, i32)> {
    let id = DossierId::new();
    let permit = op.permit(Action::DossierReceive, &AtDesk { dossier_id: id, desk: body.agency_id })?;
    let today = acting::today(op);
    let in_force =
        library.definitions.in_force(conn, &body.procedure_code, today)?.ok_or(Refusal::ProcedureNotOpen)?;
    let compiled = in_force.definition;
    let definition = compiled.definition();
    let channel = match body.channel {
        PaperChannel::Counter => ChannelKind::Counter,
        PaperChannel::Post => ChannelKind::Post,
    };
    draft::takes(definition, channel)?;
    let answers = Value::Object(body.answers.clone());
    let mut faults = compiled.check_answers(&answers, today);
    for fault in &mut faults {
        fault.pointer = format!("/answers{}", fault.pointer);
    }
    let applicant = paper_applicant(&body.applicant, definition, today, &mut faults);
    let papers = check_papers(&compiled, &answers, &body.papers, &mut faults);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let desk = units::agency(conn, body.agency_id)?.ok_or(General::NotFound)?;
    let routed = routing::route(conn, &compiled, &answers, today, Some(desk))?;

    let fee_amount = draft::fee_of(definition, channel)?;
    let new_draft = drafts::NewDraft {
        id,
        procedure_id: in_force.procedure_id,
        version_id: in_force.version_id,
        channel: channel.code(),
        applicant,
        answers: &answers,
        fee_amount,
        created_at: op.now,
    };
    drafts::insert(conn, &permit, new_draft)?;
    drafts::insert_papers(conn, id, &papers)?;
    let locked =
        store::lock(conn, id)?.ok_or_else(|| Error::internal("the row just inserted is not there"))?;
    let to = workflow::go(State::Draft, Move::ReceiveAtCounter, Way::default())?;
    let (deadline, at_step) = {
        let clock = DossierClock::new(conn, library, definition, channel, &routed.steps, op.now, op.now)?;
        (clock.whole()?, clock.step(0)?)
    };
    let mut next = locked.progress.clone();
    next.state = to.code();
    next.accepted_at = Some(op.now);
    deadline.write(&mut next)?;
    let secret = crypto::spoken_secret()?;
    let number = numbering::next(conn, &routed.receiving, op.now)?;
    let registration = drafts::Registration {
        number: number.to_string(),
        version_id: in_force.version_id,
        unit_id: routed.unit.id,
        receiving_agency_id: body.agency_id,
        route: routed.steps,
        fee_amount,
        tracking_hash: crypto::sha256(secret.as_bytes()),
        submitted_at: op.now,
    };
    let transition = Transition {
        permit: &permit,
        step: Move::ReceiveAtCounter,
        next,
        desk: DeskChange::HandTo { step: 0, due: at_step },
        minutes_used: None,
        reason: None,
        internal_note: None,
        event: DossierEventKind::Received,
    };
    let version = drafts::register(conn, &locked, registration, transition)?;
    let mut receipt = receipt::of(conn, id, definition)?;
    receipt.tracking_secret = Some(secret);
    Ok((receipt, version))
}

fn paper_applicant(
    given: &PaperApplicant,
    definition: &Definition,
    today: chrono::NaiveDate,
    faults: &mut Vec<Fault>,
) -> Applicant {
    let (kind, identity) = match (&given.citizen_number, &given.tax_code) {
        (Some(number), None) => {
            if let Err(fault) = number.check_on(today) {
                faults.push(Fault::value("/applicant/citizen_number", fault));
            }
            (ApplicantKind::Citizen, number.expose().to_owned())
        }
        (None, Some(code)) => (ApplicantKind::Organisation, code.to_string()),
        _ => {
            faults.push(Fault::new(
                "/applicant",
                "one_identity",
                "Cần đúng một trong hai: số định danh cá nhân hoặc mã số thuế.",
                "Exactly one of citizen_number and tax_code is needed.",
            ));
            (ApplicantKind::Citizen, String::new())
        }
    };
    if !definition.subjects.contains(&kind) {
        let words = crate::kernel::Code::from(Refusal::SubjectNotServed);
        faults.push(Fault::new("/applicant", "subject_not_served", words.vi, words.en));
    }
    Applicant {
        applicant_id: None,
        applicant_kind: match kind {
            ApplicantKind::Citizen => "citizen".to_owned(),
            ApplicantKind::Organisation => "organisation".to_owned(),
        },
        applicant_name: given.full_name.to_string(),
        applicant_identity: identity,
        applicant_phone: given.phone.as_ref().map(|phone| phone.expose().to_owned()),
        applicant_email: given.email.as_ref().map(|email| email.expose().to_owned()),
    }
}

/// What the counter took in covers what the answers make necessary; what the procedure does not know is refused.
fn check_papers(
    compiled: &crate::catalogue::forms::CompiledDefinition,
    answers: &Value,
    papers: &[ReceivedPaper],
    faults: &mut Vec<Fault>,
) -> Vec<(String, i16, i16)> {
    let components = &compiled.definition().components;
    let mut received: Vec<(String, i16, i16)> = Vec::new();
    for (index, paper) in papers.iter().enumerate() {
        let pointer = format!("/papers/{index}/component_code");
        if !components.iter().any(|component| component.code == paper.component_code) {
            let words = crate::kernel::Code::from(Refusal::ComponentUnknown);
            faults.push(Fault::new(pointer, "component_unknown", words.vi, words.en));
        } else if received.iter().any(|(code, _, _)| *code == paper.component_code) {
            faults.push(Fault::new(
                pointer,
                "twice",
                "Giấy tờ bị ghi hai lần.",
                "This paper is listed twice.",
            ));
        } else {
            received.push((
                paper.component_code.clone(),
                i16::from(paper.originals),
                i16::from(paper.copies),
            ));
        }
    }
    for component in compiled.required_components(answers) {
        let count = received.iter().find(|(code, _, _)| *code == component.code);
        if count.is_none_or(|(_, originals, copies)| originals + copies == 0) {
            faults.push(Fault::new(
                format!("/papers/{}", component.code),
                "component_missing",
                format!("Thiếu giấy tờ: {}.", component.name),
                format!("A paper is missing: {}.", component.name),
            ));
        }
    }
    received
}
