//! The seven slips of Circular 03/2025/TT-VPCP as data for a document (`seeds/forms.csv` names them). Forms 01 to 05
//! are issued, and numbered per agency and year, by the move that makes them true and in its transaction; the control
//! slip (06) and the register (07) are made when they are read.

use std::sync::OnceLock;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::store::slips::{self as store, SlipRow};
use super::store::views::{self as rows, DossierRow};
use super::timeline;
use super::uploads;
use super::views::{masked, masked_name};
use super::workflow::Move;
use crate::authority::{Op, Role};
use crate::catalogue::definition::SupplementOutcome;
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::{AgencyId, DossierId};
use crate::kernel::{General, Result};

pub const REGIME: &str = "Circular 03/2025/TT-VPCP";
const CONTROL: i16 = 6;
const REGISTER: i16 = 7;
const FORMS: &str = include_str!("../../seeds/forms.csv");

#[derive(Clone, Debug, Deserialize)]
pub struct FormName {
    pub regime: String,
    pub number: String,
    pub name_vi: String,
    pub name_en: String,
}

/// The forms now in force, in order.
pub fn forms() -> &'static [FormName] {
    static NAMES: OnceLock<Vec<FormName>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(FORMS.as_bytes());
        reader.deserialize::<FormName>().flatten().filter(|form| form.regime == REGIME).collect()
    })
}

fn name_of(form: i16) -> (String, String) {
    let wanted = format!("Mẫu {form:02}");
    let found = forms().iter().find(|name| name.number == wanted);
    found.map_or((wanted, String::new()), |name| (name.name_vi.clone(), name.name_en.clone()))
}

/// The form that a move issues.
pub fn issued_by(step: Move) -> Option<i16> {
    match step {
        Move::Accept | Move::ReceiveAtCounter => Some(1),
        Move::RequestSupplement => Some(2),
        Move::Refuse | Move::CloseUnsupplemented(SupplementOutcome::Refuse) => Some(3),
        Move::Apologise => Some(4),
        Move::Stop | Move::ConfirmWithdrawal | Move::CloseUnsupplemented(SupplementOutcome::Stop) => Some(5),
        _ => None,
    }
}

/// A slip as data for a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "form": 1, "name_vi": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "name_en": "Receipt and appointment slip",
    "regime": "Circular 03/2025/TT-VPCP", "number": "0001/2026", "agency_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21",
    "issued_at": "2026-11-23T08:05:00+07:00", "data": { "number": "H53.21.01-261123-0001" }
}))]
pub struct SlipView {
    /// 1 to 7.
    pub form: i16,
    pub name_vi: String,
    pub name_en: String,
    pub regime: String,
    /// Serial number and year, per agency; none for what is made when it is read.
    pub number: Option<String>,
    pub agency_id: Option<AgencyId>,
    /// When it was issued, or made.
    pub issued_at: DateTime<FixedOffset>,
    #[schema(value_type = Object)]
    pub data: Value,
}

/// Every slip of the dossier, in the order in which they were issued; the control slip last, for the administration.
pub fn of_dossier(conn: &mut Conn, op: &Op, id: DossierId) -> Result<Vec<SlipView>> {
    let row = uploads::look(conn, op, id)?;
    let mut slips = Vec::new();
    for slip in store::of_dossier(conn, id, None)? {
        slips.push(view(slip, sees_the_person(&row, op)));
    }
    if row.number.is_some() && !is_owner(&row, op) {
        slips.push(control(conn, op, &row)?);
    }
    Ok(slips)
}

/// The last one issued on that form.
pub fn of_form(conn: &mut Conn, op: &Op, id: DossierId, form: i16) -> Result<SlipView> {
    let row = uploads::look(conn, op, id)?;
    if row.number.is_none() {
        return Err(General::NotFound.into());
    }
    match form {
        CONTROL if !is_owner(&row, op) => control(conn, op, &row),
        REGISTER if !is_owner(&row, op) => register_line(op, &row),
        _ => {
            let issued = store::of_dossier(conn, id, Some(form))?.pop().ok_or(General::NotFound)?;
            Ok(view(issued, sees_the_person(&row, op)))
        }
    }
}

fn is_owner(row: &DossierRow, op: &Op) -> bool {
    op.account_id().is_some() && row.applicant_id == op.account_id()
}

fn sees_the_person(row: &DossierRow, op: &Op) -> bool {
    let works_on_it = [Role::Reception, Role::Processing, Role::Leader]
        .into_iter()
        .any(|role| row.involved.iter().any(|agency| op.holds_at(role, *agency)));
    is_owner(row, op) || works_on_it
}

fn view(mut slip: SlipRow, in_full: bool) -> SlipView {
    if !in_full && let Some(data) = slip.data.as_object_mut() {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = masked_name(&text(data.get("applicant_name")));
        let identity = masked(&text(data.get("applicant_identity")));
        data.insert("applicant_name".to_owned(), json!(name));
        data.insert("applicant_identity".to_owned(), json!(identity));
    }
    let (name_vi, name_en) = name_of(slip.form);
    SlipView {
        form: slip.form,
        name_vi,
        name_en,
        regime: slip.regime,
        number: Some(format!("{:04}/{}", slip.serial, slip.year)),
        agency_id: Some(slip.agency_id),
        issued_at: in_vietnam(slip.issued_at),
        data: slip.data,
    }
}

/// Phiếu kiểm soát quá trình giải quyết: who handed it to whom, when, and the time used at each step.
fn control(conn: &mut Conn, op: &Op, row: &DossierRow) -> Result<SlipView> {
    let moves = rows::moves(conn, row.id)?;
    let steps: Vec<_> = moves.into_iter().map(|line| timeline::line(line, true)).collect();
    let data = json!({
        "number": row.number, "procedure_code": row.procedure_code, "procedure_name": row.procedure_name,
        "receiving_agency_name": row.receiving_agency_name, "accepted_at": row.accepted_at.map(in_vietnam),
        "due_at": row.due_at.map(in_vietnam), "finished_at": row.finished_at.map(in_vietnam), "steps": steps,
    });
    Ok(made(op, CONTROL, data))
}

fn register_line(op: &Op, row: &DossierRow) -> Result<SlipView> {
    let data = json!({
        "number": row.number, "procedure_code": row.procedure_code, "procedure_name": row.procedure_name,
        "applicant_name": if sees_the_person(row, op) { row.applicant_name.clone() } else { masked_name(&row.applicant_name) },
        "channel": row.channel, "submitted_at": row.submitted_at.map(in_vietnam),
        "accepted_at": row.accepted_at.map(in_vietnam), "due_at": row.due_at.map(in_vietnam),
        "finished_at": row.finished_at.map(in_vietnam), "ended_at": row.ended_at.map(in_vietnam), "state": row.state,
    });
    Ok(made(op, REGISTER, data))
}

fn made(op: &Op, form: i16, data: Value) -> SlipView {
    let (name_vi, name_en) = name_of(form);
    SlipView {
        form,
        name_vi,
        name_en,
        regime: REGIME.to_owned(),
        number: None,
        agency_id: None,
        issued_at: in_vietnam(op.now),
        data,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_circular_has_seven_forms() {
        assert_eq!(super::forms().len(), 7);
        assert_eq!(super::name_of(5).1, "Stop notice");
    }
}
