//! A financial obligation on the way: asked for, and confirmed at the counter with its receipt. While it is open the
//! clock stands.

use serde::Deserialize;
use utoipa::ToSchema;

use super::acting;
use super::events::DossierEventKind;
use super::library::Library;
use super::store::{DeskChange, waits};
use super::supplement;
use super::workflow::Move;
use crate::authority::Op;
use crate::infra::db::Conn;
use crate::kernel::ids::DossierId;
use crate::kernel::values::Words;
use crate::kernel::{Dong, Error, Fault, Result};

/// Asks the applicant to pay.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "amount": 20000, "reason": "Lệ phí đăng ký thường trú theo Thông tư 75/2022/TT-BTC." }))]
pub struct RequestPayment {
    pub amount: Dong,
    pub reason: Words,
}

pub fn request(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &RequestPayment,
) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, library, op, Move::RequestPayment, id, seen)?;
    if body.amount.is_zero() {
        let fault =
            Fault::new("/amount", "minimum", "Số tiền phải lớn hơn 0.", "The amount is more than nothing.");
        return Err(Error::invalid(vec![fault]));
    }
    begun.next.waiting_from = Some(begun.locked.progress.state);
    waits::insert_payment_request(conn, id, body.amount, body.reason.as_str(), begun.actor()?, op.now)?;
    let desk = DeskChange::Keep { due: None };
    begun.finish(conn, desk, DossierEventKind::PaymentRequested, Some(body.reason.to_string()), None)
}

/// The money was received; the number of the receipt that was given for it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "receipt_number": "BL-2026-000123" }))]
pub struct ConfirmPayment {
    pub receipt_number: Words,
}

pub fn confirm(
    conn: &mut Conn,
    library: &Library,
    op: &Op,
    id: DossierId,
    seen: i32,
    body: &ConfirmPayment,
) -> Result<i32> {
    let mut begun = acting::begin(conn, library, op, Move::ConfirmPayment, id, seen)?;
    waits::settle_payment_request(conn, id, begun.actor()?, op.now, body.receipt_number.as_str())?;
    begun.next.waiting_from = None;
    let at_step = begun.resume(conn, library)?;
    let desk = supplement::after_wait(&begun, conn, library, at_step)?;
    begun.finish(conn, desk, DossierEventKind::PaymentConfirmed, None, None)
}
