//! Jobs that wait for a person: a system administrator reads why, mends the cause, and puts them back.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::store::{self, ParkedJob};
use crate::audit;
use crate::authority::{Action, Resource};
use crate::identity::Caller;
use crate::infra::clock::Moment;
use crate::infra::db::Db;
use crate::infra::http::{Path, Query, Signed};
use crate::kernel::ids::JobId;
use crate::kernel::paging::{Limit, Page, decode_cursor};
use crate::kernel::{Error, Fault, General, Result};

const LIST: &str = "jobs.parked";

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(list_parked_jobs).service(retry_job);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ParkedQuery {
    #[serde(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "kind": "notifications.send", "attempts": 12,
    "last_error": "the mail server did not take the letter: Connection error", "parked_at": "2026-11-23T02:30:00Z",
    "created_at": "2026-11-22T20:00:00Z"
}))]
struct ParkedJobView {
    id: JobId,
    kind: String,
    attempts: i32,
    last_error: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    parked_at: Option<Moment>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
}

impl From<ParkedJob> for ParkedJobView {
    fn from(job: ParkedJob) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            attempts: job.attempts,
            last_error: job.last_error,
            parked_at: job.parked_at,
            created_at: job.created_at,
        }
    }
}

/// The list as a whole, or one job of it: jobs belong to the portal and to no agency.
struct ParkedWork(Uuid);

impl Resource for ParkedWork {
    fn kind(&self) -> &'static str {
        "job"
    }
    fn id(&self) -> Uuid {
        self.0
    }
}

/// Jobs that were given up and wait for a person, the latest first.
#[utoipa::path(
    tag = "jobs",
    params(ParkedQuery),
    responses((status = 200, body = Page<ParkedJobView>, description = "Jobs that wait for a person"), Signed)
)]
#[get("/jobs/parked")]
async fn list_parked_jobs(
    caller: Caller,
    Query(query): Query<ParkedQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<ParkedJobView>>> {
    let before = match &query.cursor {
        Some(cursor) => Some(decode_cursor::<(Moment, JobId)>(LIST, cursor).map_err(refused_cursor)?),
        None => None,
    };
    let limit = query.limit;
    let jobs = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            op.permit(Action::JobsSee, &ParkedWork(Uuid::nil()))?;
            store::parked(conn, before, limit.with_one_more())
        })
        .await?;
    let page = Page::from_rows(jobs, limit, LIST, |job| (job.parked_at, job.id)).map_err(Error::internal)?;
    Ok(web::Json(page.map(ParkedJobView::from)))
}

/// Puts a job back on the list, with all its attempts.
#[utoipa::path(
    tag = "jobs",
    params(("id" = JobId, Path, description = "The job")),
    responses((status = 204, description = "It is on the list again"), Signed)
)]
#[post("/jobs/{id}/retry")]
async fn retry_job(caller: Caller, Path(id): Path<JobId>, db: web::Data<Db>) -> Result<HttpResponse> {
    db.write(move |conn| {
        let op = caller.op(conn)?;
        let permit = op.permit(Action::JobsRetry, &ParkedWork(id.uuid()))?;
        if !store::unpark(conn, id, op.now)? {
            return Err(General::NotFound.into());
        }
        audit::record(conn, &permit, json!({}))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn refused_cursor(fault: crate::kernel::ValueFault) -> Error {
    Error::invalid(vec![Fault::value("cursor", fault)])
}
