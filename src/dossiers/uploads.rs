//! Who may add a file to a dossier, and when: its owner to a draft or to an open supplement, the desk that holds it
//! to scan paper or to bring the result.

use super::draft;
use super::library::Library;
use super::model::{Locked, State, Subject};
use super::refusal::Refusal;
use super::store::{views, waits};
use crate::audit;
use crate::authority::{Action, Op, Permit};
use crate::catalogue::definition::ChannelKind;
use crate::files::store::FileRow;
use crate::files::{FileView, Purpose, Received, store as files};
use crate::infra::db::Conn;
use crate::kernel::ids::{DossierId, FileId};
use crate::kernel::{Error, Fault, General, Result};

/// Asked before the first byte is read, so that nobody sends in vain.
pub fn may_add(conn: &mut Conn, library: &Library, op: &Op, id: DossierId, purpose: Purpose) -> Result<()> {
    let (locked, _) = draft::lock_for(conn, op, Action::FileUpload, id)?;
    must_be_open(conn, op, &locked, purpose)?;
    files::hold_to_limits(files::totals(conn, id)?, 0, &library.files)
}

/// The upload becomes a file of the dossier.
pub fn add(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    purpose: Purpose,
    received: &Received,
) -> Result<FileView> {
    let (locked, permit) = draft::lock_for(conn, op, Action::FileUpload, id)?;
    must_be_open(conn, op, &locked, purpose)?;
    let component_code = match purpose {
        Purpose::Component => Some(component_of(conn, library, &locked, received)?),
        Purpose::Result => None,
    };
    let new = files::NewFile {
        received,
        dossier_id: id,
        purpose,
        component_code: component_code.as_deref(),
        uploaded_by: op.account_id().ok_or(General::NotSignedIn)?,
        at: op.now,
    };
    let row = files::keep(conn, &library.files, &new)?;
    record(conn, &permit, row.id)?;
    Ok(FileView::from(row))
}

fn component_of(conn: &mut Conn, library: &Library, locked: &Locked, received: &Received) -> Result<String> {
    let fault =
        |code: &str, vi: &str, en: &str| Error::invalid(vec![Fault::new("component_code", code, vi, en)]);
    let code = received
        .fields
        .get("component_code")
        .ok_or_else(|| fault("required", "Cần mã thành phần hồ sơ.", "Which component is it?"))?;
    let definition = library.pinned(conn, locked)?;
    let component = definition.components.iter().find(|component| component.code == *code);
    let component = component.ok_or_else(|| {
        let known: Vec<&str> =
            definition.components.iter().map(|component| component.code.as_str()).collect();
        let words = crate::kernel::Code::from(Refusal::ComponentUnknown);
        Refusal::ComponentUnknown.error().with("components", known).with_faults(vec![Fault::new(
            "component_code",
            "enum",
            words.vi,
            words.en,
        )])
    })?;
    received.must_be_one_of(&component.media_types)?;
    // What was submitted stays: a supplement replaces it beside it, and has the room of its own.
    let of_component = files::of_dossier(conn, locked.id())?;
    let is_counted = |file: &&FileRow| file.component_code.as_ref() == Some(code) && file.sealed_at.is_none();
    let have = of_component.iter().filter(is_counted).count();
    let most = usize::try_from(component.max_files).map_err(Error::internal)?;
    if have >= most {
        return Err(crate::files::Refusal::TooManyFiles.error().with("limit_files", component.max_files));
    }
    Ok(code.clone())
}

fn must_be_open(conn: &mut Conn, op: &Op, locked: &Locked, purpose: Purpose) -> Result<()> {
    let is_owner = op.account_id().is_some() && locked.identity.applicant_id == op.account_id();
    let on_paper = locked.identity.channel != ChannelKind::Online.code();
    let is_open = match (locked.state(), purpose) {
        (State::Draft, Purpose::Component) => is_owner,
        (State::SupplementRequested, Purpose::Component) if is_owner || on_paper => {
            waits::open_supplement(conn, locked.id())?.is_some_and(|request| request.answered_at.is_none())
        }
        (State::Accepted | State::InProcessing, Purpose::Component) => !is_owner && on_paper,
        (State::Accepted | State::InProcessing, Purpose::Result) => !is_owner,
        _ => false,
    };
    if !is_open {
        return Err(Refusal::UploadNotOpen.into());
    }
    if is_owner { Ok(()) } else { must_not_be_held(op, locked) }
}

/// Another officer's claim stops everybody else at the desk, for files as for moves.
fn must_not_be_held(op: &Op, locked: &Locked) -> Result<()> {
    let holder = locked.task.as_ref().and_then(|task| task.holder(op.now));
    if holder.is_some_and(|holder| Some(holder) != op.account_id()) {
        return Err(Refusal::ClaimedByOther.into());
    }
    Ok(())
}

/// Each side takes back what it brought: the owner their papers, the desk what it uploaded.
pub fn remove(conn: &mut Conn, op: &Op, id: DossierId, file_id: FileId) -> Result<()> {
    let (locked, permit) = draft::lock_for(conn, op, Action::FileRemove, id)?;
    let is_owner = op.account_id().is_some() && locked.identity.applicant_id == op.account_id();
    let file = files::one(conn, id, file_id)?;
    if is_owner != (Some(file.uploaded_by) == locked.identity.applicant_id) {
        // A result that is being prepared is not the applicant's to see; a paper of theirs is not the desk's to take.
        return Err(if is_owner { General::NotFound.into() } else { General::NotAllowed.into() });
    }
    if !is_owner {
        must_not_be_held(op, &locked)?;
    }
    files::remove(conn, id, file_id, op.now)?;
    record(conn, &permit, file_id)
}

/// The row of a file that this account may read. The result's file is the applicant's when it has been returned.
pub fn readable(conn: &mut Conn, op: &Op, id: DossierId, file_id: FileId) -> Result<files::FileRow> {
    let row = views::dossier(conn, id)?.ok_or(General::NotFound)?;
    let subject = row.subject();
    let permit = op.permit(Action::FileRead, &subject)?;
    let is_owner = op.account_id().is_some() && subject.owner == op.account_id();
    let file = files::one(conn, id, file_id)?;
    let is_result = file.purpose == Purpose::Result.code();
    if is_owner && is_result && !row.shows_result(file_id) {
        return Err(General::NotFound.into());
    }
    if permit.role().is_some() {
        record(conn, &permit, file_id)?;
    }
    Ok(file)
}

/// A look at a dossier; an officer's is recorded, and the owner can read that it was.
pub fn look(conn: &mut Conn, op: &Op, id: DossierId) -> Result<views::DossierRow> {
    let row = views::dossier(conn, id)?.ok_or(General::NotFound)?;
    let subject: Subject = row.subject();
    let permit = op.permit(Action::DossierSee, &subject)?;
    if permit.role().is_some() {
        audit::record(conn, &permit, serde_json::json!({}))?;
    }
    Ok(row)
}

fn record(conn: &mut Conn, permit: &Permit, file_id: FileId) -> Result<()> {
    audit::record(conn, permit, serde_json::json!({ "file": file_id }))
}
