//! What procedure administrators do: draft a version, check it, publish it, close a procedure. A draft carries
//! `ETag`; whoever changes or publishes it names what they saw.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::definition::{Definition, Field};
use super::super::store::procedures::{self, Procedure};
use super::super::store::versions;
use super::super::views::{CheckView, ProcedureItem, VersionView};
use super::super::{Refusal, drafting, publishing};
use crate::authority::Action;
use crate::identity::Caller;
use crate::infra::clock::in_vietnam;
use crate::infra::db::{Conn, Db};
use crate::infra::http::{
    Changing, IdempotencyKey, IfMatch, Json, Language, Path, Problem, ProblemFault, RequestContext, Signed,
    Versioned, answer,
};
use crate::infra::idempotency::Reply;
use crate::kernel::ids::VersionId;
use crate::kernel::values::NationalCode;
use crate::kernel::{Fault, General, Result};

/// A version as its editor writes it, whole.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "valid_from": "2027-01-01", "definition": crate::catalogue::definition::example() }))]
pub struct DraftVersion {
    /// The first day of which dossiers are handled under it.
    valid_from: NaiveDate,
    definition: Definition,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "code": "1.009999", "name": "Thủ tục mới", "field": { "code": "civil_status", "name": "Hộ tịch" }
}))]
pub struct CreateProcedure {
    code: NationalCode,
    name: String,
    /// A known field, or a new one.
    field: Field,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "closed_on": "2027-01-01", "reason": "Bãi bỏ theo Quyết định 1/QĐ-UBND" }))]
pub struct CloseProcedure {
    /// The first day on which no dossier is taken any more.
    closed_on: NaiveDate,
    reason: String,
}

/// Add a procedure to the catalogue
///
/// It has no version yet, so no dossier can be submitted.
#[utoipa::path(tag = "administration", request_body = CreateProcedure,
    params(("Idempotency-Key" = String, Header, description = "The client's name for this request")),
    responses(
        (status = 201, description = "The procedure", body = ProcedureItem),
        (status = 409, description = "The code is in the catalogue already", body = Problem, content_type = "application/problem+json"),
        Signed
    ))]
#[post("/procedures")]
async fn create_procedure(
    db: Data<Db>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<CreateProcedure>,
) -> Result<HttpResponse> {
    let once = key.once("create_procedure", body.digest);
    let asked = body.body;
    let reply = db.write(move |conn| {
        let op = caller.op(conn)?;
        once.run(conn, caller.account_id.uuid(), op.now, |conn| {
            let procedure = drafting::create(conn, &op, &asked.code, &asked.name, &asked.field)?;
            Reply::created(&item(conn, procedure, in_vietnam(op.now).date_naive())?, None)
        })
    });
    Ok(answer(reply.await?))
}

/// Close a procedure from a day on
///
/// Dossiers in progress go on under their versions. A closing that has not come yet can be moved.
#[utoipa::path(tag = "administration", params(("code" = inline(NationalCode), Path)),
    request_body = CloseProcedure,
    responses(
        (status = 200, description = "The procedure with its last day set", body = ProcedureItem),
        (status = 409, description = "It is closed already", body = Problem, content_type = "application/problem+json"),
        Signed
    ))]
#[post("/procedures/{code}/close")]
async fn close_procedure(
    db: Data<Db>,
    caller: Caller,
    code: Path<NationalCode>,
    body: Json<CloseProcedure>,
) -> Result<web::Json<ProcedureItem>> {
    let (code, asked) = (code.0, body.body);
    let closed = db.write(move |conn| {
        let op = caller.op(conn)?;
        let procedure = drafting::close(conn, &op, &code, asked.closed_on, &asked.reason)?;
        item(conn, procedure, in_vietnam(op.now).date_naive())
    });
    Ok(web::Json(closed.await?))
}

/// Draft a new version
///
/// A procedure has one draft at most; 409 names the one that exists.
#[utoipa::path(tag = "administration", request_body = DraftVersion,
    params(("code" = inline(NationalCode), Path),
        ("Idempotency-Key" = String, Header, description = "The client's name for this request")),
    responses(
        (status = 201, description = "The draft", body = VersionView, headers(("ETag" = String))),
        (status = 409, description = "There is a draft, or the procedure is closed", body = Problem, content_type = "application/problem+json"),
        Signed
    ))]
#[post("/procedures/{code}/versions")]
async fn draft_version(
    db: Data<Db>,
    caller: Caller,
    code: Path<NationalCode>,
    key: IdempotencyKey,
    body: Json<DraftVersion>,
) -> Result<HttpResponse> {
    let once = key.once("draft_version", body.digest);
    let (code, asked) = (code.0, body.body);
    let reply = db.write(move |conn| {
        let op = caller.op(conn)?;
        once.run(conn, caller.account_id.uuid(), op.now, |conn| {
            let version = drafting::draft(conn, &op, &code, &asked.definition, asked.valid_from)?;
            let row_version = version.row_version;
            Reply::created(&VersionView::from(version), Some(row_version))
        })
    });
    Ok(answer(reply.await?))
}

/// The draft of a procedure
#[utoipa::path(tag = "administration", params(("code" = inline(NationalCode), Path)),
    responses((status = 200, description = "The draft", body = VersionView, headers(("ETag" = String))), Signed))]
#[get("/procedures/{code}/draft")]
async fn get_draft(db: Data<Db>, caller: Caller, code: Path<NationalCode>) -> Result<Versioned<VersionView>> {
    let code = code.0;
    let draft = db.read(move |conn| {
        let op = caller.op(conn)?;
        let procedure = procedures::by_code(conn, &code)?.ok_or(Refusal::ProcedureUnknown)?;
        op.permit(Action::VersionSee, &procedure)?;
        versions::draft_of(conn, procedure.id)?.ok_or_else(|| Refusal::NoDraft.into())
    });
    Ok(versioned(draft.await?))
}

/// One version with its content
#[utoipa::path(tag = "administration", params(("id" = inline(VersionId), Path)),
    responses((status = 200, description = "The version", body = VersionView, headers(("ETag" = String))), Signed))]
#[get("/procedure-versions/{id}")]
async fn get_version(db: Data<Db>, caller: Caller, id: Path<VersionId>) -> Result<Versioned<VersionView>> {
    let id = id.0;
    let version = db.read(move |conn| {
        let op = caller.op(conn)?;
        let version = versions::find(conn, id)?.ok_or(General::NotFound)?;
        op.permit(Action::VersionSee, &version)?;
        Ok(version)
    });
    Ok(versioned(version.await?))
}

/// Replace a draft
#[utoipa::path(tag = "administration", request_body = DraftVersion,
    params(("id" = inline(VersionId), Path), ("If-Match" = String, Header, description = "The version seen, as ETag gave it")),
    responses((status = 200, description = "The draft as saved", body = VersionView, headers(("ETag" = String))), Changing))]
#[put("/procedure-versions/{id}")]
async fn save_version(
    db: Data<Db>,
    caller: Caller,
    id: Path<VersionId>,
    seen: IfMatch,
    body: Json<DraftVersion>,
) -> Result<Versioned<VersionView>> {
    let (id, asked) = (id.0, body.body);
    let saved = db.write(move |conn| {
        let op = caller.op(conn)?;
        drafting::save(conn, &op, id, seen.0, &asked.definition, asked.valid_from)
    });
    Ok(versioned(saved.await?))
}

/// Discard a draft
#[utoipa::path(tag = "administration",
    params(("id" = inline(VersionId), Path), ("If-Match" = String, Header, description = "The version seen, as ETag gave it")),
    responses((status = 204, description = "The draft is gone"), Changing))]
#[delete("/procedure-versions/{id}")]
async fn discard_version(
    db: Data<Db>,
    caller: Caller,
    id: Path<VersionId>,
    seen: IfMatch,
) -> Result<HttpResponse> {
    let id = id.0;
    db.write(move |conn| {
        let op = caller.op(conn)?;
        drafting::discard(conn, &op, id, seen.0)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Check a version
///
/// Every fault that would keep it from being published today, at once. Nothing changes.
#[utoipa::path(tag = "administration", params(("id" = inline(VersionId), Path)),
    responses((status = 200, description = "The faults, none where it can be published", body = CheckView), Signed))]
#[post("/procedure-versions/{id}/check")]
async fn check_version(
    request: HttpRequest,
    db: Data<Db>,
    caller: Caller,
    id: Path<VersionId>,
) -> Result<web::Json<CheckView>> {
    let id = id.0;
    let language = RequestContext::of(&request).language;
    let faults = db.read(move |conn| {
        let op = caller.op(conn)?;
        publishing::check(conn, &op, id)
    });
    let faults: Vec<ProblemFault> = faults.await?.into_iter().map(|fault| said(fault, language)).collect();
    Ok(web::Json(CheckView { publishable: faults.is_empty(), faults }))
}

/// Publish a draft
///
/// From then on it never changes. It is in force from its first day, which is not in the past and not taken by
/// another version; a 422 lists every fault.
#[utoipa::path(tag = "administration",
    params(("id" = inline(VersionId), Path), ("If-Match" = String, Header, description = "The version seen, as ETag gave it")),
    responses((status = 200, description = "The version, published", body = VersionView, headers(("ETag" = String))), Changing))]
#[post("/procedure-versions/{id}/publish")]
async fn publish_version(
    db: Data<Db>,
    caller: Caller,
    id: Path<VersionId>,
    seen: IfMatch,
) -> Result<Versioned<VersionView>> {
    let id = id.0;
    let published = db.write(move |conn| {
        let op = caller.op(conn)?;
        publishing::publish(conn, &op, id, seen.0)
    });
    Ok(versioned(published.await?))
}

fn versioned(version: versions::Version) -> Versioned<VersionView> {
    Versioned { version: version.row_version, body: version.into() }
}

fn item(conn: &mut Conn, procedure: Procedure, today: NaiveDate) -> Result<ProcedureItem> {
    let field_name = procedures::field_name(conn, &procedure.field_code)?.unwrap_or_default();
    let begun = versions::published_of(conn, procedure.id)?.iter().any(|version| version.valid_from <= today);
    let open = begun && !procedure.is_closed_on(today);
    Ok(ProcedureItem::of((procedure, field_name, open)))
}

fn said(fault: Fault, language: Language) -> ProblemFault {
    let detail = match language {
        Language::Vi => fault.vi,
        Language::En => fault.en,
    };
    ProblemFault { pointer: fault.pointer, code: fault.code, detail }
}

pub(super) fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(create_procedure)
        .service(close_procedure)
        .service(draft_version)
        .service(get_draft)
        .service(get_version)
        .service(save_version)
        .service(discard_version)
        .service(check_version)
        .service(publish_version);
}
