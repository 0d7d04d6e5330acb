//! A draft: begun, saved as it is typed, checked, discarded. It has no number and no place in any queue, follows the
//! newest version of its procedure, and tells its author when that version changed and in what.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::library::{Library, channel_of};
use super::model::{Locked, OwnAffairs, State, Subject};
use super::refusal::Refusal;
use super::store::{self, drafts, people::Applicant};
use super::{routing, workflow};
use crate::authority::{AccountKind, Action, Op, Permit};
use crate::catalogue::definition::{ChannelKind, Definition, Fee, Subject as ApplicantKind};
use crate::catalogue::forms::CompiledDefinition;
use crate::catalogue::store::InForce;
use crate::files::store::{self as files, FileRow};
use crate::identity::card::{self, Card};
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::values::NationalCode;
use crate::kernel::{Dong, Error, Fault, General, Result};

/// Begins a dossier. Answers may come with it, or later.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "procedure_code": "1.001193", "answers": {} }))]
pub struct BeginDraft {
    pub procedure_code: NationalCode,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub answers: Map<String, Value>,
}

/// Saves what was typed: a JSON merge patch (RFC 7386) of the answers. `null` takes an answer away.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answers": { "applicant": { "phone": "0912345678" } } }))]
pub struct SaveDraft {
    #[schema(value_type = Object)]
    pub answers: Map<String, Value>,
}

/// More than a form can hold, less than would hurt.
const MOST_ANSWER_BYTES: usize = 256 * 1024;
const MOST_DRAFTS: i64 = 200;

pub fn begin(conn: &mut Conn, library: &Library, op: &Op, body: &BeginDraft) -> Result<DossierId> {
    let id = DossierId::new();
    let permit = op.permit(Action::DossierDraft, &OwnAffairs(id.uuid()))?;
    let account_id = op.account_id().ok_or(General::NotSignedIn)?;
    if drafts::count_of(conn, account_id)? >= MOST_DRAFTS {
        return Err(Refusal::TooManyDrafts.error().with("limit", MOST_DRAFTS));
    }
    let card = card::of(conn, account_id)?;
    let today = drafts::office_day(op.now);
    let in_force = open_procedure(conn, library, &body.procedure_code, today)?;
    let definition = in_force.definition.definition();
    serves(definition, card.kind.code())?;
    let fee_amount = fee_of(definition, ChannelKind::Online)?;
    let draft = drafts::NewDraft {
        id,
        procedure_id: in_force.procedure_id,
        version_id: in_force.version_id,
        channel: ChannelKind::Online.code(),
        applicant: applicant(&card),
        answers: &Value::Object(body.answers.clone()),
        fee_amount,
        created_at: op.now,
    };
    drafts::insert(conn, &permit, draft)?;
    crate::audit::record(conn, &permit, serde_json::json!({ "procedure": body.procedure_code.as_str() }))?;
    Ok(id)
}

/// The new row version.
pub fn save(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &SaveDraft,
) -> Result<i32> {
    let (locked, permit) = lock_for(conn, op, Action::DossierEdit, id)?;
    still(&locked, seen)?;
    must_be_draft(&locked)?;
    let mut answers = drafts::answers(conn, id)?;
    merge(&mut answers, &body.answers);
    hold_to_size(&answers)?;
    let (version_id, fee_amount) = match newest(conn, library, op, &locked)? {
        Some(newest) => (newest.version_id, fee_of(newest.definition.definition(), ChannelKind::Online)?),
        None => (locked.identity.version_id, locked.identity.fee_amount),
    };
    drafts::save_answers(conn, &permit, &locked, &answers, version_id, fee_amount)
}

/// Throws the draft away; the bytes of its files are swept.
pub fn discard(conn: &mut Conn, op: &Op, id: DossierId, seen: i32) -> Result<()> {
    let (locked, permit) = lock_for(conn, op, Action::DossierDiscard, id)?;
    still(&locked, seen)?;
    must_be_draft(&locked)?;
    files::discard_all(conn, id, op.now)?;
    drafts::discard(conn, &permit, id)
}

/// What stands between a draft and its submission, all at once, and what submitting would mean.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DraftCheck {
    pub ready: bool,
    pub faults: Vec<DraftFault>,
    /// Papers that these answers make necessary.
    #[schema(example = json!(["giay_chung_sinh"]))]
    pub required_components: Vec<String>,
    pub fee: Option<Fee>,
    /// What is different in the version now in force from the one the draft was last saved under.
    #[schema(example = json!([{ "kind": "field_added", "name": "child" }]))]
    pub changes: Vec<VersionChange>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DraftFault {
    #[schema(example = "/answers/applicant/phone")]
    pub pointer: String,
    #[schema(example = "required")]
    pub code: String,
    #[schema(example = "Thiếu trường này.")]
    pub vi: String,
    #[schema(example = "is required")]
    pub en: String,
}

pub fn check(conn: &mut Conn, library: &Library, op: &Op, id: DossierId) -> Result<DraftCheck> {
    let (locked, _) = lock_for(conn, op, Action::DossierEdit, id)?;
    must_be_draft(&locked)?;
    let pinned = library.definitions.get(conn, locked.identity.version_id)?;
    let newest = newest(conn, library, op, &locked)?;
    let changes = newest
        .as_ref()
        .map(|new| changes(pinned.definition(), new.definition.definition()))
        .unwrap_or_default();
    let compiled = newest.map_or(pinned, |newest| newest.definition);
    let answers = drafts::answers(conn, id)?;
    let today = drafts::office_day(op.now);
    let mut faults = faults_of(&compiled, &answers, &files::of_dossier(conn, id)?, today)?;
    // Where it would go is said as soon as the address is there, whatever else is missing.
    if (faults.is_empty() || compiled.decisive_commune(&answers).is_some())
        && let Err(error) = routing::route(conn, &compiled, &answers, today, None)
    {
        let code = error.code();
        if code.status >= 500 {
            return Err(error);
        }
        if error.faults().is_empty() {
            faults.push(Fault::new("/answers", code.code, code.vi, code.en));
        }
        faults.extend(error.faults().iter().cloned());
    }
    let required = compiled.required_components(&answers);
    Ok(DraftCheck {
        ready: faults.is_empty(),
        required_components: required.into_iter().map(|component| component.code.clone()).collect(),
        fee: compiled.definition().channels.get(ChannelKind::Online).map(|channel| channel.fee.clone()),
        changes,
        faults: faults
            .into_iter()
            .map(|fault| DraftFault { pointer: fault.pointer, code: fault.code, vi: fault.vi, en: fault.en })
            .collect(),
    })
}

/// Every fault of a draft: its answers against the form, its files against the components.
pub fn faults_of(
    compiled: &CompiledDefinition,
    answers: &Value,
    uploaded: &[FileRow],
    today: NaiveDate,
) -> Result<Vec<Fault>> {
    let mut faults = answer_faults(compiled, answers, today);
    for component in compiled.required_components(answers) {
        let of_component = |file: &&FileRow| file.component_code.as_ref() == Some(&component.code);
        let have = uploaded.iter().filter(of_component).count();
        if have < usize::try_from(component.min_files.max(1)).map_err(Error::internal)? {
            faults.push(Fault::new(
                format!("/components/{}", component.code),
                "component_missing",
                format!("Thiếu giấy tờ: {}.", component.name),
                format!("A paper is missing: {}.", component.name),
            ));
        }
    }
    Ok(faults)
}

/// The faults of the answers alone, each with its pointer into the body.
pub fn answer_faults(compiled: &CompiledDefinition, answers: &Value, today: NaiveDate) -> Vec<Fault> {
    let mut faults = compiled.check_answers(answers, today);
    for fault in &mut faults {
        fault.pointer = format!("/answers{}", fault.pointer);
    }
    faults
}

/// Answers as a whole stay as small as one body: many small patches must not grow a large dossier.
pub fn hold_to_size(answers: &Value) -> Result<()> {
    let bytes = serde_json::to_vec(answers).map_err(Error::internal)?.len();
    if bytes <= MOST_ANSWER_BYTES {
        return Ok(());
    }
    Err(General::TooLarge.error().with("limit_bytes", MOST_ANSWER_BYTES))
}

/// What changed between two versions, as far as it concerns the author of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum VersionChange {
    FieldAdded { name: String },
    FieldRemoved { name: String },
    ComponentAdded { code: String },
    ComponentRemoved { code: String },
    FeeChanged,
    TimeChanged,
}

pub fn changes(old: &Definition, new: &Definition) -> Vec<VersionChange> {
    let fields = |definition: &Definition| -> Vec<String> {
        let properties = definition.form.get("properties").and_then(Value::as_object);
        properties.map(|all| all.keys().cloned().collect()).unwrap_or_default()
    };
    let components = |definition: &Definition| -> Vec<String> {
        definition.components.iter().map(|c| c.code.clone()).collect()
    };
    let (old_fields, new_fields) = (fields(old), fields(new));
    let (old_components, new_components) = (components(old), components(new));
    let mut changes = Vec::new();
    for name in new_fields.iter().filter(|name| !old_fields.contains(name)) {
        changes.push(VersionChange::FieldAdded { name: name.clone() });
    }
    for name in old_fields.iter().filter(|name| !new_fields.contains(name)) {
        changes.push(VersionChange::FieldRemoved { name: name.clone() });
    }
    for code in new_components.iter().filter(|code| !old_components.contains(code)) {
        changes.push(VersionChange::ComponentAdded { code: code.clone() });
    }
    for code in old_components.iter().filter(|code| !new_components.contains(code)) {
        changes.push(VersionChange::ComponentRemoved { code: code.clone() });
    }
    let (old_online, new_online) = (old.channels.online.as_ref(), new.channels.online.as_ref());
    if old_online.map(|channel| &channel.fee) != new_online.map(|channel| &channel.fee) {
        changes.push(VersionChange::FeeChanged);
    }
    if old_online.map(|channel| channel.limit) != new_online.map(|channel| channel.limit) {
        changes.push(VersionChange::TimeChanged);
    }
    changes
}

/// The version now in force, where it is not the one that the draft is pinned to.
fn newest(conn: &mut Conn, library: &Library, op: &Op, locked: &Locked) -> Result<Option<InForce>> {
    let in_force =
        library.definitions.in_force_by_id(conn, locked.identity.procedure_id, drafts::office_day(op.now))?;
    Ok(in_force.filter(|in_force| in_force.version_id != locked.identity.version_id))
}

/// The procedure as it is in force today, if it takes dossiers online.
pub fn open_procedure(
    conn: &mut Conn,
    library: &Library,
    code: &NationalCode,
    today: NaiveDate,
) -> Result<InForce> {
    let in_force = library.definitions.in_force(conn, code, today)?.ok_or(Refusal::ProcedureNotOpen)?;
    takes(in_force.definition.definition(), ChannelKind::Online)?;
    Ok(in_force)
}

pub fn takes(definition: &Definition, channel: ChannelKind) -> Result<()> {
    if definition.channels.get(channel).is_some() {
        return Ok(());
    }
    let open: Vec<&str> = definition.channels.open().into_iter().map(|(kind, _)| kind.code()).collect();
    Err(Refusal::ProcedureNotOpen.error().with("open_channels", open))
}

/// `kind` is an account's: citizen or organisation.
pub fn serves(definition: &Definition, kind: &str) -> Result<()> {
    let is_organisation = kind == AccountKind::Organisation.code();
    let kind = if is_organisation { ApplicantKind::Organisation } else { ApplicantKind::Citizen };
    if definition.subjects.contains(&kind) { Ok(()) } else { Err(Refusal::SubjectNotServed.into()) }
}

/// The amount of the catalogue. The fee engine with tariffs and reductions takes this place later.
pub fn fee_of(definition: &Definition, channel: ChannelKind) -> Result<Dong> {
    let amount = definition.channels.get(channel).and_then(|channel| channel.fee.amount).unwrap_or(0);
    Dong::new(i64::from(amount)).map_err(Error::internal)
}

fn applicant(card: &Card) -> Applicant {
    Applicant {
        applicant_id: Some(card.account_id),
        applicant_kind: card.kind.code().to_owned(),
        applicant_name: card.full_name.clone(),
        applicant_identity: card.identity.clone(),
        applicant_phone: card.phone.clone(),
        applicant_email: card.email.clone(),
    }
}

/// Locks, and asks whether this may be done to it: absent and hidden look the same.
pub fn lock_for(conn: &mut Conn, op: &Op, action: Action, id: DossierId) -> Result<(Locked, Permit)> {
    let locked = store::lock(conn, id)?.ok_or(General::NotFound)?;
    let permit = op.permit(action, &Subject::from(&locked))?;
    Ok((locked, permit))
}

/// The change names the version it saw.
pub fn still(locked: &Locked, seen: i32) -> Result<()> {
    if locked.progress.version == seen {
        return Ok(());
    }
    Err(General::Stale.error().with("version", locked.progress.version))
}

fn must_be_draft(locked: &Locked) -> Result<()> {
    if locked.state() == State::Draft {
        return Ok(());
    }
    Err(workflow::refuse(locked.state(), locked.way()))
}

/// RFC 7386, for objects: what is given replaces, `null` removes, objects merge.
pub fn merge(target: &mut Value, patch: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(object) = target.as_object_mut() else { return };
    for (key, value) in patch {
        match value {
            Value::Null => {
                object.remove(key);
            }
            Value::Object(inner) => merge(object.entry(key.clone()).or_insert(Value::Null), inner),
            other => {
                object.insert(key.clone(), other.clone());
            }
        }
    }
}

/// The channel that a dossier came by.
pub fn channel(locked: &Locked) -> Result<ChannelKind> {
    channel_of(&locked.identity.channel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_merge_patch_adds_replaces_and_removes() {
        let mut answers = json!({ "a": 1, "b": { "c": 2, "d": 3 }, "e": [1, 2] });
        let patch = json!({ "a": null, "b": { "c": 5 }, "e": [9], "f": { "g": null, "h": 1 } });
        merge(&mut answers, patch.as_object().unwrap());
        assert_eq!(answers, json!({ "b": { "c": 5, "d": 3 }, "e": [9], "f": { "h": 1 } }));
    }
}
