//! Before publishing: a procedure enters the catalogue, a draft is written, changed and discarded; and the end of
//! a procedure. A procedure has one draft at most; a published version is changed by drafting the next one.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::Refusal;
use super::definition::{Definition, Field};
use super::store::procedures::{self, Procedure};
use super::store::versions::{self, Version};
use crate::audit;
use crate::authority::{Action, Op, Permit, Resource};
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::{ProcedureId, VersionId};
use crate::kernel::values::NationalCode;
use crate::kernel::{Error, Fault, General, Result};

const LONGEST_NAME: usize = 1_000;
const LONGEST_REASON: usize = 2_000;
const LONGEST_FIELD_CODE: usize = 60;

/// A procedure enters the catalogue with a name and nothing else; its field is added when it is new.
pub fn create(conn: &mut Conn, op: &Op, code: &NationalCode, name: &str, field: &Field) -> Result<Procedure> {
    let id = ProcedureId::new();
    let permit = op.permit(Action::ProcedureCreate, &NewProcedure(id))?;
    let name = name.trim();
    let mut faults = Vec::new();
    check_text(name, LONGEST_NAME, "/name", &mut faults);
    check_text(field.name.trim(), LONGEST_NAME, "/field/name", &mut faults);
    let plain = field.code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if !plain || field.code.is_empty() || field.code.len() > LONGEST_FIELD_CODE {
        faults.push(Fault::new(
            "/field/code",
            "field_code",
            "Mã lĩnh vực gồm chữ thường không dấu, chữ số và dấu gạch dưới.",
            "A field code is made of small letters without accents, digits and underscores.",
        ));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    procedures::add_field(conn, field)?;
    let known = procedures::field_name(conn, &field.code)?.unwrap_or_default();
    if known != field.name {
        let (vi, en) = (format!("Lĩnh vực này có tên là {known}."), format!("The field is called {known}."));
        return Err(Error::invalid(vec![Fault::new("/field/name", "field_name", vi, en)]));
    }
    let procedure = procedures::insert(conn, id, code, name, field, op.now)?;
    audit::record(conn, &permit, json!({ "code": code.as_str(), "field": field.code }))?;
    Ok(procedure)
}

/// A procedure that is about to be.
struct NewProcedure(ProcedureId);

impl Resource for NewProcedure {
    fn kind(&self) -> &'static str {
        "procedure"
    }
    fn id(&self) -> Uuid {
        self.0.uuid()
    }
}

pub fn draft(
    conn: &mut Conn,
    op: &Op,
    code: &NationalCode,
    definition: &Definition,
    valid_from: NaiveDate,
) -> Result<Version> {
    let procedure = procedures::lock(conn, code)?.ok_or(Refusal::ProcedureUnknown)?;
    let permit = op.permit(Action::VersionDraft, &procedure)?;
    check_code(definition, code)?;
    refuse_if_closed(&procedure, op)?;
    if let Some(other) = versions::draft_of(conn, procedure.id)? {
        return Err(Refusal::DraftExists.error().with("version_id", other.id.to_string()));
    }
    let id = versions::insert_draft(conn, &procedure, definition, valid_from, permit.account_id(), op.now)?;
    audit::record(conn, &permit, json!({ "version_id": id, "valid_from": valid_from }))?;
    again(conn, id)
}

/// Replaces the draft that the caller saw as `seen`.
pub fn save(
    conn: &mut Conn,
    op: &Op,
    id: VersionId,
    seen: i32,
    definition: &Definition,
    valid_from: NaiveDate,
) -> Result<Version> {
    let (version, permit) = locked_draft(conn, op, id, seen)?;
    check_code(definition, &version.code)?;
    versions::save_draft(conn, id, seen, definition, valid_from)?;
    audit::record(conn, &permit, json!({ "version": seen + 1, "valid_from": valid_from }))?;
    again(conn, id)
}

pub fn discard(conn: &mut Conn, op: &Op, id: VersionId, seen: i32) -> Result<()> {
    let (version, permit) = locked_draft(conn, op, id, seen)?;
    versions::discard_draft(conn, id, seen)?;
    audit::record(conn, &permit, json!({ "discarded": version.number, "procedure": version.code.as_str() }))
}

/// From `closed_on` on no dossier is taken; those in progress go on under their versions. A closing that has not
/// come yet can be moved.
pub fn close(
    conn: &mut Conn,
    op: &Op,
    code: &NationalCode,
    closed_on: NaiveDate,
    reason: &str,
) -> Result<Procedure> {
    let mut procedure = procedures::lock(conn, code)?.ok_or(Refusal::ProcedureUnknown)?;
    let permit = op.permit(Action::ProcedureClose, &procedure)?;
    refuse_if_closed(&procedure, op)?;
    let today = in_vietnam(op.now).date_naive();
    let reason = reason.trim();
    let mut faults = Vec::new();
    check_text(reason, LONGEST_REASON, "/reason", &mut faults);
    if closed_on < today {
        faults.push(Fault::new(
            "/closed_on",
            "in_the_past",
            "Ngày bãi bỏ không thể là ngày đã qua.",
            "A procedure cannot be closed in the past.",
        ));
    }
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    procedures::close(conn, procedure.id, closed_on)?;
    audit::record(conn, &permit, json!({ "closed_on": closed_on, "reason": reason }))?;
    procedure.closed_on = Some(closed_on);
    Ok(procedure)
}

fn locked_draft(conn: &mut Conn, op: &Op, id: VersionId, seen: i32) -> Result<(Version, Permit)> {
    let version = versions::lock(conn, id)?.ok_or(General::NotFound)?;
    let permit = op.permit(Action::VersionDraft, &version)?;
    if version.is_published() {
        return Err(Refusal::VersionPublished.error().with("valid_from", version.valid_from.to_string()));
    }
    if version.row_version != seen {
        return Err(General::Stale.error().with("version", version.row_version));
    }
    Ok((version, permit))
}

fn again(conn: &mut Conn, id: VersionId) -> Result<Version> {
    versions::find(conn, id)?.ok_or_else(|| Error::internal("a version vanished while it was written"))
}

fn refuse_if_closed(procedure: &Procedure, op: &Op) -> Result<()> {
    if procedure.is_closed_on(in_vietnam(op.now).date_naive()) {
        let since = procedure.closed_on.map(|day| day.to_string());
        return Err(Refusal::ProcedureClosed.error().with("closed_on", since));
    }
    Ok(())
}

fn check_code(definition: &Definition, code: &NationalCode) -> Result<()> {
    if definition.code == *code {
        return Ok(());
    }
    Err(Error::invalid(vec![Fault::new(
        "/definition/code",
        "other_code",
        format!("Nội dung phải mang mã {code} của thủ tục."),
        format!("The definition must carry the procedure's code, {code}."),
    )]))
}

fn check_text(text: &str, longest: usize, pointer: &str, faults: &mut Vec<Fault>) {
    if text.is_empty() {
        faults.push(Fault::new(pointer, "empty", "Không được để trống.", "Must not be empty."));
    } else if text.chars().count() > longest {
        let vi = format!("Tối đa {longest} ký tự.");
        faults.push(Fault::new(pointer, "too_long", vi, format!("At most {longest} characters.")));
    }
}
