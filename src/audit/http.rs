//! The trail as inspectors and system administrators read it: what was done to one thing, newest first.
//!
//! They see what was done in the agencies that their grants cover, what was done for the whole province (a version
//! published, a job retried), and, of a thing that a covered agency has worked on, also what people did to their
//! own: a trail without the submission would begin in the middle. Whatever else there is looks absent.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::store::{self, Record};
use crate::authority::{Action, Resource, Role, Where};
use crate::identity::Caller;
use crate::infra::clock::Moment;
use crate::infra::db::Db;
use crate::infra::http::{Query, Signed};
use crate::kernel::ids::{AccountId, AgencyId};
use crate::kernel::paging::{Limit, Page, decode_cursor};
use crate::kernel::{Error, Fault, Result};

const LIST: &str = "audit.of_object";
const READERS: [Role; 2] = [Role::Inspector, Role::SystemAdministrator];

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(read_audit);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// The thing whose trail is read: a dossier, an account, a version, a job.
    #[param(example = "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21")]
    object_id: Uuid,
    #[serde(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "at": "2026-11-23T02:30:00Z", "account_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b22", "role": "reception",
    "agency_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b23", "action": "dossier.accept", "object_kind": "dossier",
    "object_id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "detail": { "from_state": 1, "to_state": 2 }
}))]
struct AuditRecordView {
    #[schema(value_type = String, format = DateTime)]
    at: Moment,
    /// Who did it; none for nobody who was signed in.
    account_id: Option<AccountId>,
    /// In which capacity; none for a person in their own affair.
    role: Option<String>,
    agency_id: Option<AgencyId>,
    action: String,
    object_kind: String,
    object_id: Uuid,
    /// Codes and ids.
    #[schema(value_type = Object)]
    detail: Value,
}

impl From<Record> for AuditRecordView {
    fn from(record: Record) -> Self {
        Self {
            at: record.at,
            account_id: record.account_id,
            role: record.role,
            agency_id: record.agency_id,
            action: record.action,
            object_kind: record.object_kind,
            object_id: record.object_id,
            detail: record.detail,
        }
    }
}

/// The trail as this reader may ask for it: it concerns the agencies that they cover, and the rows are chosen by
/// the same agencies.
struct Trail {
    object_id: Uuid,
    covered: Vec<AgencyId>,
}

impl Resource for Trail {
    fn kind(&self) -> &'static str {
        "audit_trail"
    }
    fn id(&self) -> Uuid {
        self.object_id
    }
    fn agencies(&self, place: Where) -> Vec<AgencyId> {
        if place == Where::Involved { self.covered.clone() } else { Vec::new() }
    }
}

/// What was done to one thing, newest first.
#[utoipa::path(
    tag = "audit",
    params(AuditQuery),
    responses((status = 200, body = Page<AuditRecordView>, description = "What was done to it, as far as this reader's agencies go"), Signed)
)]
#[get("/audit")]
async fn read_audit(
    caller: Caller,
    Query(query): Query<AuditQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<AuditRecordView>>> {
    let before = match &query.cursor {
        Some(cursor) => Some(decode_cursor::<i64>(LIST, cursor).map_err(refused_cursor)?),
        None => None,
    };
    let (object_id, limit) = (query.object_id, query.limit);
    let records = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            let trail = Trail { object_id, covered: op.agencies_of(&READERS).into_iter().collect() };
            op.permit(Action::AuditRead, &trail)?;
            store::of_object_within(conn, object_id, &trail.covered, before, limit.with_one_more())
        })
        .await?;
    let page = Page::from_rows(records, limit, LIST, |record| record.id).map_err(Error::internal)?;
    Ok(web::Json(page.map(AuditRecordView::from)))
}

fn refused_cursor(fault: crate::kernel::ValueFault) -> Error {
    Error::invalid(vec![Fault::value("cursor", fault)])
}
