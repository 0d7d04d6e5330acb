//! Units and agencies over HTTP: public, read only, and always as of a day, because a code alone is ambiguous.
//! The day is today in Vietnam unless another is asked for, and every reply says which one it was.

use actix_web::get;
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{Level, Sector};
use super::store::lists::{self, AgenciesAsked, UnitsAsked};
use super::views::{AgencyView, KinView, ResolvedUnit, UnitCard, UnitView};
use super::{Refusal, store};
use crate::infra::clock::{Clock, in_vietnam};
use crate::infra::db::Db;
use crate::infra::http::{Open, Path, Problem, Query};
use crate::kernel::ids::{AgencyId, UnitId};
use crate::kernel::paging::{Limit, Page, decode_cursor};
use crate::kernel::values::askable_day;
use crate::kernel::{Error, Fault, General, Result};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UnitFilter {
    #[param(inline)]
    level: Option<Level>,
    /// Only the units directly under this one.
    #[param(inline)]
    parent_id: Option<UnitId>,
    /// Words of the name, or the code; accents do not matter.
    #[param(example = "tan bien")]
    q: Option<String>,
    /// The day the list is of; today in Vietnam if absent.
    #[serde(default, deserialize_with = "askable_day")]
    as_of: Option<NaiveDate>,
    #[param(inline)]
    limit: Option<Limit>,
    /// `next` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CodeAsked {
    #[param(inline)]
    level: Level,
    /// The official code: 2 digits for a province, 3 for a district, 5 for a commune.
    #[param(example = "25486")]
    code: String,
    /// The day on which the code is read; today in Vietnam if absent.
    #[serde(default, deserialize_with = "askable_day")]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AgencyFilter {
    #[param(inline)]
    unit_id: Option<UnitId>,
    #[param(inline)]
    sector: Option<Sector>,
    /// Words of the name, or the identifier; accents do not matter.
    #[param(example = "tu phap")]
    q: Option<String>,
    /// The day the list is of; today in Vietnam if absent.
    #[serde(default, deserialize_with = "askable_day")]
    as_of: Option<NaiveDate>,
    #[param(inline)]
    limit: Option<Limit>,
    /// `next` of the page before.
    cursor: Option<String>,
}

const UNITS: &str = "units.by_code";
const AGENCIES: &str = "agencies.by_identifier";

/// The administrative units of a day
///
/// Ordered by level and code. Search is without accents.
#[utoipa::path(tag = "public", params(UnitFilter), responses(
    (status = 200, description = "A page of units", body = Page<UnitView>), Open
))]
#[get("/units")]
async fn list_units(
    db: Data<Db>,
    clock: Data<Clock>,
    filter: Query<UnitFilter>,
) -> Result<Json<Page<UnitView>>> {
    let filter = filter.0;
    let asked = UnitsAsked {
        as_of: filter.as_of.unwrap_or_else(|| today(&clock)),
        level: filter.level,
        parent_id: filter.parent_id,
        typed: filter.q,
        after: after(UNITS, filter.cursor.as_deref())?,
        limit: filter.limit.unwrap_or_default(),
    };
    let limit = asked.limit;
    let rows = db.read(move |conn| lists::units(conn, &asked)).await?;
    let page = Page::from_rows(rows, limit, UNITS, |unit| (unit.level, unit.code.clone()));
    Ok(Json(page.map_err(Error::internal)?.map(UnitView::from)))
}

/// What a unit's code names on a day
///
/// 3,315 codes of communes name another territory since 1 July 2025.
#[utoipa::path(tag = "public", params(CodeAsked), responses(
    (status = 200, description = "The unit that the code names on that day", body = ResolvedUnit),
    (status = 404, description = "No unit has this code on that day", body = Problem, content_type = "application/problem+json"),
    Open
))]
#[get("/units/resolve")]
async fn resolve_unit(
    db: Data<Db>,
    clock: Data<Clock>,
    asked: Query<CodeAsked>,
) -> Result<Json<ResolvedUnit>> {
    let CodeAsked { level, code, as_of } = asked.0;
    let as_of = as_of.unwrap_or_else(|| today(&clock));
    let wanted = code.clone();
    let found = db.read(move |conn| store::unit_as_of(conn, level, &wanted, as_of)).await?;
    let unit = found.ok_or_else(|| {
        Refusal::CodeUnknown
            .error()
            .with("level", level.as_str())
            .with("unit_code", code)
            .with("as_of", as_of.to_string())
    })?;
    Ok(Json(ResolvedUnit { as_of, unit: unit.into() }))
}

/// One unit with its history
#[utoipa::path(tag = "public", params(("id" = inline(UnitId), Path)), responses(
    (status = 200, description = "The unit, the units above it, its predecessors and successors", body = UnitCard),
    (status = 404, description = "There is no such unit", body = Problem, content_type = "application/problem+json"),
    Open
))]
#[get("/units/{id}")]
async fn get_unit(db: Data<Db>, id: Path<UnitId>) -> Result<Json<UnitCard>> {
    let id = id.0;
    let card = db.read(move |conn| {
        let unit = store::unit(conn, id)?.ok_or(General::NotFound)?;
        let above = lists::above(conn, &unit)?;
        let predecessors = lists::predecessors(conn, id)?;
        let successors = lists::successors(conn, id)?;
        Ok(UnitCard {
            unit: unit.into(),
            above: above.into_iter().map(UnitView::from).collect(),
            predecessors: predecessors.into_iter().map(KinView::from).collect(),
            successors: successors.into_iter().map(KinView::from).collect(),
        })
    });
    Ok(Json(card.await?))
}

/// The agencies of a day
///
/// Ordered by identifier. Search is without accents.
#[utoipa::path(tag = "public", params(AgencyFilter), responses(
    (status = 200, description = "A page of agencies", body = Page<AgencyView>), Open
))]
#[get("/agencies")]
async fn list_agencies(
    db: Data<Db>,
    clock: Data<Clock>,
    filter: Query<AgencyFilter>,
) -> Result<Json<Page<AgencyView>>> {
    let filter = filter.0;
    let asked = AgenciesAsked {
        as_of: filter.as_of.unwrap_or_else(|| today(&clock)),
        unit_id: filter.unit_id,
        sector: filter.sector,
        typed: filter.q,
        after: after(AGENCIES, filter.cursor.as_deref())?,
        limit: filter.limit.unwrap_or_default(),
    };
    let limit = asked.limit;
    let rows = db.read(move |conn| lists::agencies(conn, &asked)).await?;
    let page = Page::from_rows(rows, limit, AGENCIES, |agency| agency.identifier.clone());
    Ok(Json(page.map_err(Error::internal)?.map(AgencyView::from)))
}

/// One agency
#[utoipa::path(tag = "public", params(("id" = inline(AgencyId), Path)), responses(
    (status = 200, description = "The agency", body = AgencyView),
    (status = 404, description = "There is no such agency", body = Problem, content_type = "application/problem+json"),
    Open
))]
#[get("/agencies/{id}")]
async fn get_agency(db: Data<Db>, id: Path<AgencyId>) -> Result<Json<AgencyView>> {
    let id = id.0;
    let found = db.read(move |conn| store::agency(conn, id)).await?;
    Ok(Json(found.ok_or(General::NotFound)?.into()))
}

fn today(clock: &Clock) -> NaiveDate {
    in_vietnam(clock.now()).date_naive()
}

fn after<K: serde::de::DeserializeOwned>(list: &str, cursor: Option<&str>) -> Result<Option<K>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let sort_values = decode_cursor(list, cursor);
    sort_values.map(Some).map_err(|fault| Error::invalid(vec![Fault::value("cursor", fault)]))
}

pub fn operations(config: &mut ServiceConfig<'_>) {
    // `resolve` before `{id}`: the first that fits answers.
    config
        .service(list_units)
        .service(resolve_unit)
        .service(get_unit)
        .service(list_agencies)
        .service(get_agency);
}
