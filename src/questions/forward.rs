//! Forwarding to the competent agency. The clock goes on: the asker asked the administration, not a desk.

use serde::Deserialize;
use utoipa::ToSchema;

use super::acting::{self, Said};
use super::ask::check_agency;
use super::events::QuestionEventKind;
use super::refusal::Refusal;
use super::wording::Reading;
use super::workflow::Move;
use crate::authority::Op;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AgencyId, QuestionId};
use crate::kernel::values::Words;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "agency_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "reason": "Thuộc thẩm quyền của Sở Tư pháp." }))]
pub struct ForwardQuestion {
    pub agency_id: AgencyId,
    pub reason: Words,
}

pub fn forward(conn: &mut Conn, op: &Op, id: QuestionId, seen: i32, body: &ForwardQuestion) -> Result<i32> {
    let mut begun = acting::begin_at_desk(conn, op, Move::Forward, id, Some(seen))?;
    if begun.locked.progress.agency_id == body.agency_id {
        return Err(Refusal::AlreadyThere.into());
    }
    let mut reading = Reading::default();
    check_agency(conn, op, body.agency_id, &mut reading)?;
    reading.finish()?;
    begun.next.agency_id = body.agency_id;
    begun.next.let_go();
    let said = Said { outcome: None, reason: Some(body.reason.to_string()) };
    begun.finish(conn, Some(QuestionEventKind::Forwarded), said)
}
