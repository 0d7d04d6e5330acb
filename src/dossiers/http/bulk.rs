//! Many at once: each item in its own transaction, with its own answer. What fails does not hold up the rest.

use actix_web::post;
use actix_web::web::{self, Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::intake::{self, AcceptDossier};
use super::super::library::Library;
use super::super::processing::{self, ForwardDossier};
use crate::authority::Op;
use crate::identity::Caller;
use crate::infra::db::{Conn, Db};
use crate::infra::http::{Json, RequestContext, Signed};
use crate::kernel::ids::DossierId;
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, General, Result};

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(bulk_accept).service(bulk_forward);
}

const MOST: usize = 100;

/// The dossiers and the versions that were seen.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "items": [{ "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "version": 2 }] }))]
pub struct BulkMove {
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<BulkItem>,
    pub note: Option<Words>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkItem {
    pub id: DossierId,
    pub version: i32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkResult {
    pub done: usize,
    pub refused: usize,
    pub items: Vec<BulkItemResult>,
}

/// What became of one: its new version, or why not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkItemResult {
    pub id: DossierId,
    pub version: Option<i32>,
    #[schema(example = "dossier.illegal_move")]
    pub code: Option<String>,
    #[schema(example = "Bước này không mở ở trạng thái hiện tại của hồ sơ.")]
    pub title: Option<String>,
}

/// Accepts many new dossiers.
#[utoipa::path(
    tag = "desk",
    request_body = BulkMove,
    responses((status = 200, body = BulkResult, description = "What became of each"), Signed)
)]
#[post("/dossiers/bulk-accept")]
pub async fn bulk_accept(
    request: actix_web::HttpRequest,
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    body: Json<BulkMove>,
) -> Result<web::Json<BulkResult>> {
    let body = body.into_inner();
    let accept = AcceptDossier { note: body.note.clone() };
    each(&request, &db, library, caller, body, move |conn, library, op, item| {
        intake::accept(conn, library, op, item.id, item.version, &accept)
    })
    .await
}

/// Hands many dossiers to their next steps.
#[utoipa::path(
    tag = "desk",
    request_body = BulkMove,
    responses((status = 200, body = BulkResult, description = "What became of each"), Signed)
)]
#[post("/dossiers/bulk-forward")]
pub async fn bulk_forward(
    request: actix_web::HttpRequest,
    db: Data<Db>,
    library: Data<Library>,
    caller: Caller,
    body: Json<BulkMove>,
) -> Result<web::Json<BulkResult>> {
    let body = body.into_inner();
    let forward = ForwardDossier { note: body.note.clone() };
    each(&request, &db, library, caller, body, move |conn, library, op, item| {
        processing::forward(conn, library, op, item.id, item.version, &forward)
    })
    .await
}

async fn each(
    request: &actix_web::HttpRequest,
    db: &Db,
    library: Data<Library>,
    caller: Caller,
    body: BulkMove,
    work: impl Fn(&mut Conn, &Library, &Op, BulkItem) -> Result<i32> + Clone + Send + 'static,
) -> Result<web::Json<BulkResult>> {
    if body.items.is_empty() || body.items.len() > MOST {
        let fault = Fault::new("/items", "count", "Cần từ 1 đến 100 hồ sơ.", "1 to 100 dossiers at once.");
        return Err(Error::invalid(vec![fault]));
    }
    let language = RequestContext::of(request).language;
    let library = library.into_inner();
    let mut items = Vec::with_capacity(body.items.len());
    for item in body.items {
        let (library, work) = (library.clone(), work.clone());
        let outcome = db
            .write(move |conn| {
                let op = caller.op(conn)?;
                work(conn, &library, &op, item)
            })
            .await;
        items.push(match outcome {
            Ok(version) => BulkItemResult { id: item.id, version: Some(version), code: None, title: None },
            // Not signed in, or no database: that concerns all of them.
            Err(error) if error.code().status == 401 || error.is(General::DatabaseUnavailable) => {
                return Err(error);
            }
            Err(error) => {
                let code = error.code();
                let title = language.pick(code.vi, code.en).to_owned();
                BulkItemResult {
                    id: item.id,
                    version: None,
                    code: Some(code.code.to_owned()),
                    title: Some(title),
                }
            }
        });
    }
    let done = items.iter().filter(|item| item.version.is_some()).count();
    Ok(web::Json(BulkResult { done, refused: items.len() - done, items }))
}
