//! The catalogue as everybody reads it, without signing in. What is said is said as of a day: today in Vietnam
//! unless another is asked for.

use actix_web::get;
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::super::Refusal;
use super::super::definition::{ChannelKind, Subject};
use super::super::store::procedures::{self, ProceduresAsked};
use super::super::store::{self, Definitions, versions};
use super::super::views::{self, FieldList, FieldView, FormView, ProcedureCard, ProcedureItem, VersionList};
use crate::infra::clock::{Clock, in_vietnam};
use crate::infra::db::Db;
use crate::infra::http::{Open, Path, Problem, Query};
use crate::kernel::paging::{Limit, Page, decode_cursor};
use crate::kernel::values::{NationalCode, askable_day};
use crate::kernel::{Error, Fault, Result};
use crate::units::{Level, store as units};

const PROCEDURES: &str = "procedures.by_code";

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProcedureFilter {
    /// Words of the name, the field or the code; accents do not matter.
    #[param(example = "khai sinh")]
    q: Option<String>,
    /// A field's code.
    #[param(example = "civil_status")]
    field: Option<String>,
    /// A level that a dossier passes.
    #[param(inline)]
    level: Option<Level>,
    /// Who may apply.
    #[param(inline)]
    subject: Option<Subject>,
    /// A way to hand in.
    #[param(inline)]
    channel: Option<ChannelKind>,
    /// Only those for which dossiers are taken today, or only the others.
    open: Option<bool>,
    #[param(inline)]
    limit: Option<Limit>,
    /// `next` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AsOf {
    /// The day asked about; today in Vietnam if absent.
    #[serde(default, deserialize_with = "askable_day")]
    as_of: Option<NaiveDate>,
}

/// The fields of procedures
#[utoipa::path(tag = "public", responses(
    (status = 200, description = "All fields by name, with the number of their procedures", body = FieldList), Open
))]
#[get("/fields")]
async fn list_fields(db: Data<Db>) -> Result<Json<FieldList>> {
    let rows = db.read(procedures::fields).await?;
    let view = |(field, procedures): (super::super::definition::Field, i64)| FieldView {
        code: field.code,
        name: field.name,
        procedures,
    };
    Ok(Json(FieldList { items: rows.into_iter().map(view).collect() }))
}

/// Search procedures
///
/// Ordered by code. Search is without accents, and every word must occur.
#[utoipa::path(tag = "public", params(ProcedureFilter), responses(
    (status = 200, description = "A page of procedures", body = Page<ProcedureItem>), Open
))]
#[get("/procedures")]
async fn list_procedures(
    db: Data<Db>,
    clock: Data<Clock>,
    filter: Query<ProcedureFilter>,
) -> Result<Json<Page<ProcedureItem>>> {
    let filter = filter.0;
    let after = match &filter.cursor {
        Some(cursor) => {
            let code = decode_cursor(PROCEDURES, cursor);
            Some(code.map_err(|fault| Error::invalid(vec![Fault::value("cursor", fault)]))?)
        }
        None => None,
    };
    let asked = ProceduresAsked {
        as_of: today(&clock),
        typed: filter.q,
        field: filter.field,
        level: filter.level.map(|level| level.as_str().to_owned()),
        subject: filter.subject,
        channel: filter.channel,
        open: filter.open,
        after,
        limit: filter.limit.unwrap_or_default(),
    };
    let limit = asked.limit;
    let rows = db.read(move |conn| procedures::list(conn, &asked)).await?;
    let page = Page::from_rows(rows, limit, PROCEDURES, |(procedure, ..)| procedure.code.clone());
    Ok(Json(page.map_err(Error::internal)?.map(ProcedureItem::of)))
}

/// One procedure: what to know before submitting
///
/// A procedure without a version in force shows what the national record says of it, and what is doubtful there.
#[utoipa::path(tag = "public", params(("code" = inline(NationalCode), Path), AsOf), responses(
    (status = 200, description = "The procedure as of the day", body = ProcedureCard),
    (status = 404, description = "There is no such procedure", body = Problem, content_type = "application/problem+json"),
    Open
))]
#[get("/procedures/{code}")]
async fn get_procedure(
    db: Data<Db>,
    clock: Data<Clock>,
    definitions: Data<Definitions>,
    code: Path<NationalCode>,
    asked: Query<AsOf>,
) -> Result<Json<ProcedureCard>> {
    let as_of = asked.0.as_of.unwrap_or_else(|| today(&clock));
    let code = code.0;
    let card = db.read(move |conn| {
        let (procedure, field_name, record) =
            procedures::card(conn, &code)?.ok_or(Refusal::ProcedureUnknown)?;
        let record = record.map(serde_json::from_value).transpose().map_err(Error::internal)?;
        let in_force = definitions.in_force(conn, &code, as_of)?;
        let shape = store::shape_in_force(conn, as_of)?;
        let in_force = in_force.as_ref().map(|in_force| (in_force, shape));
        Ok(views::card(procedure, field_name, record, in_force, as_of))
    });
    Ok(Json(card.await?))
}

/// The form of a procedure
///
/// JSON Schema (2020-12), the order to show it in, the papers with their conditions, and answers that it accepts.
#[utoipa::path(tag = "public", params(("code" = inline(NationalCode), Path), AsOf), responses(
    (status = 200, description = "The form of the version in force on the day", body = FormView),
    (status = 404, description = "No such procedure, or no version of it takes dossiers on that day", body = Problem, content_type = "application/problem+json"),
    Open
))]
#[get("/procedures/{code}/form")]
async fn get_form(
    db: Data<Db>,
    clock: Data<Clock>,
    definitions: Data<Definitions>,
    code: Path<NationalCode>,
    asked: Query<AsOf>,
) -> Result<Json<FormView>> {
    let as_of = asked.0.as_of.unwrap_or_else(|| today(&clock));
    let code = code.0;
    let form = db.read(move |conn| {
        if let Some(in_force) = definitions.in_force(conn, &code, as_of)? {
            let communes = units::served_communes(conn, as_of)?;
            return Ok(views::form_view(&in_force, as_of, &communes));
        }
        procedures::by_code(conn, &code)?.ok_or(Refusal::ProcedureUnknown)?;
        Err(Refusal::NotInForce.error().with("as_of", as_of.to_string()))
    });
    Ok(Json(form.await?))
}

/// The published versions of a procedure
#[utoipa::path(tag = "public", params(("code" = inline(NationalCode), Path)), responses(
    (status = 200, description = "The versions, newest first", body = VersionList),
    (status = 404, description = "There is no such procedure", body = Problem, content_type = "application/problem+json"),
    Open
))]
#[get("/procedures/{code}/versions")]
async fn list_versions(
    db: Data<Db>,
    clock: Data<Clock>,
    code: Path<NationalCode>,
) -> Result<Json<VersionList>> {
    let (code, today) = (code.0, today(&clock));
    let list = db.read(move |conn| {
        let procedure = procedures::by_code(conn, &code)?.ok_or(Refusal::ProcedureUnknown)?;
        let versions = versions::published_of(conn, procedure.id)?;
        let items = views::version_items(&versions, &procedure, today);
        Ok(VersionList { code: procedure.code, items })
    });
    Ok(Json(list.await?))
}

fn today(clock: &Clock) -> NaiveDate {
    in_vietnam(clock.now()).date_naive()
}

pub(super) fn operations(config: &mut ServiceConfig<'_>) {
    config
        .service(list_fields)
        .service(list_procedures)
        .service(get_procedure)
        .service(get_form)
        .service(list_versions);
}
