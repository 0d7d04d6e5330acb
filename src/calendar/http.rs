//! The calendar over HTTP: the calculator and the days off for everybody, changes for system administrators.

use actix_web::web::{self, Data};
use actix_web::{HttpResponse, delete, get, post, put};
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::calculator::{CalculatedDue, Question, arrival, limit_asked};
use super::changes::{self, AddDays, CalendarItself, ReplaceDay};
use super::days::{FIRST_YEAR, LAST_YEAR};
use super::model::{DayKind, Limit, Received};
use super::store::Calendars;
use super::store::changes as rows;
use super::{SpecialDay, WorkingHours};
use crate::authority::Action;
use crate::identity::Caller;
use crate::infra::clock::{Clock, Moment, in_vietnam};
use crate::infra::db::{Conn, Db};
use crate::infra::http::{IdempotencyKey, Json, Open, Path, Query, Signed, answer};
use crate::infra::idempotency::Reply;
use crate::kernel::ids::CalendarChangeId;
use crate::kernel::paging::{self, Page};
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, General, Result};

pub fn operations(config: &mut ServiceConfig<'_>) {
    config.service(calculate_due).service(list_days_off);
    config
        .service(add_days_off)
        .service(replace_day_off)
        .service(remove_day_off)
        .service(list_calendar_changes);
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DueAsked {
    /// When it was received. Without an offset, Vietnamese time; a date alone means 07:30.
    #[param(example = "2025-04-25T10:00:00+07:00")]
    from: String,
    /// `3wd` (working days), `5d` (days), `8h` (working hours) or `1m` (months).
    #[param(example = "3wd")]
    limit: Option<String>,
    /// `online`, `counter` or `post`. Without a limit: when reception must have answered.
    #[param(example = "online")]
    received: Option<String>,
    /// Due on the day of receipt, or on the next working day when received after 15:00.
    #[param(example = false)]
    same_day: Option<bool>,
    /// The agency also works on Saturday morning.
    #[param(example = false)]
    saturday_mornings: Option<bool>,
}

/// When something received at a given time is due, and why: the calculator that anybody may use.
#[utoipa::path(
    tag = "public",
    params(DueAsked),
    responses((status = 200, body = CalculatedDue, description = "The answer, explained in Vietnamese and English"), Open)
)]
#[get("/calendar/due")]
async fn calculate_due(
    db: Data<Db>,
    calendars: Data<Calendars>,
    asked: Query<DueAsked>,
) -> Result<web::Json<CalculatedDue>> {
    let question = question(&asked.0)?;
    let calendars = calendars.into_inner();
    let calendar = db.read(move |conn| calendars.get(conn)).await?;
    let answered = question.answer(&calendar).map_err(|fault| Error::invalid(vec![said("limit", &fault)]))?;
    Ok(web::Json(answered))
}

fn question(asked: &DueAsked) -> Result<Question> {
    let mut faults = Vec::new();
    // A plus that was not escaped arrives as a space.
    let from = asked.from.trim();
    let at = arrival(from).or_else(|| arrival(&from.replacen(' ', "+", 1)));
    if at.is_none() {
        faults.push(Fault::new(
            "from",
            "calendar.not_a_time",
            "Không phải là thời điểm: viết 2025-04-25T10:00:00+07:00.",
            "This is not a time: write 2025-04-25T10:00:00+07:00.",
        ));
    }
    let received = match asked.received.as_deref().map(str::parse::<Received>) {
        Some(Err(_)) => {
            faults.push(Fault::new(
                "received",
                "enum",
                "Cách nhận là online, counter hoặc post.",
                "A way of receiving is online, counter or post.",
            ));
            None
        }
        Some(Ok(received)) => Some(received),
        None => None,
    };
    let limit = match asked.limit.as_deref().map(str::parse::<Limit>) {
        Some(Err(fault)) => {
            faults.push(said("limit", &fault));
            None
        }
        Some(Ok(limit)) => Some(limit),
        None => None,
    };
    let same_day = asked.same_day.unwrap_or(false);
    let limit = limit_asked(limit, received, same_day);
    if limit.is_none() && faults.is_empty() {
        faults.push(Fault::new(
            "limit",
            "required",
            "Cần thời hạn (limit=3wd), same_day=true, hoặc chỉ received.",
            "Say how long: limit=3wd, or same_day=true, or received alone.",
        ));
    }
    match (at, limit) {
        (Some(arrival), Some(limit)) if faults.is_empty() => {
            let saturdays = asked.saturday_mornings.unwrap_or(false);
            let hours =
                if saturdays { WorkingHours::with_saturday_mornings() } else { WorkingHours::default() };
            Ok(Question { arrival, limit, received, same_day, hours })
        }
        _ => Err(Error::invalid(faults)),
    }
}

fn said(pointer: &str, fault: &super::Fault) -> Fault {
    let pointer = if matches!(fault, super::Fault::OutOfRange { .. }) { "from" } else { pointer };
    Fault::new(pointer, fault.code(), fault.say(super::Language::Vi), fault.say(super::Language::En))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct YearAsked {
    /// 2000 to 2199; this year when left out.
    #[param(minimum = 2000, maximum = 2199, example = 2026)]
    year: Option<i32>,
}

/// The days of a year that are not what their weekday says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "year": 2026, "announced": true,
    "days": [{
        "date": "2026-11-24", "kind": "holiday", "name_vi": "Ngày Văn hóa Việt Nam", "name_en": "Vietnamese Culture Day",
        "legal_notice": "Nghị quyết 28/2026/QH16, Điều 2", "provisional": false
    }]
}))]
struct YearOfDays {
    year: i32,
    /// Whether a notice names every day off that the law fixes; until then the year is worked out from the law.
    announced: bool,
    days: Vec<DayView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct DayView {
    date: NaiveDate,
    kind: DayKind,
    name_vi: String,
    name_en: String,
    legal_notice: String,
    /// Worked out from the law, not announced.
    provisional: bool,
}

impl From<&SpecialDay> for DayView {
    fn from(special: &SpecialDay) -> Self {
        let day = special.day.clone();
        Self {
            date: day.date,
            kind: day.kind,
            name_vi: day.name_vi,
            name_en: day.name_en,
            legal_notice: day.legal_notice,
            provisional: special.computed,
        }
    }
}

/// Days off, make-up days and working Saturdays of a year, each with the notice that says so.
#[utoipa::path(
    tag = "public",
    params(YearAsked),
    responses((status = 200, body = YearOfDays, description = "The days, in order"), Open)
)]
#[get("/calendar/days")]
async fn list_days_off(
    db: Data<Db>,
    clock: Data<Clock>,
    calendars: Data<Calendars>,
    asked: Query<YearAsked>,
) -> Result<web::Json<YearOfDays>> {
    let this_year = chrono::Datelike::year(&in_vietnam(clock.now()).date_naive());
    let year = asked.0.year.unwrap_or(this_year);
    let span = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31));
    let (Some(first), Some(last)) = span else { return Err(bad_year()) };
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return Err(bad_year());
    }
    let calendars = calendars.into_inner();
    let calendar = db.read(move |conn| calendars.get(conn)).await?;
    let days = calendar.special_days(first, last).map(DayView::from).collect();
    Ok(web::Json(YearOfDays { year, announced: calendar.is_announced(year), days }))
}

fn bad_year() -> Error {
    Error::invalid(vec![Fault::new(
        "year",
        "range",
        "Năm từ 2000 đến 2199.",
        "A year lies between 2000 and 2199.",
    )])
}

/// What was changed, and how far the running deadlines have followed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0198f0c2-7e2a-7c11-9d5e-3f1f6a4f7b21", "at": "2026-11-22T09:00:00+07:00", "what": "added", "before": [],
    "after": [{ "date": "2026-11-27", "kind": "day_off", "name_vi": "Nghỉ phòng chống bão", "name_en": "Storm closure",
        "legal_notice": "Công điện 05/CĐ-UBND" }],
    "legal_notice": "Công điện 05/CĐ-UBND", "recomputed_at": null, "deadlines_moved": 0
}))]
struct ChangeView {
    id: CalendarChangeId,
    at: DateTime<FixedOffset>,
    #[schema(example = "added")]
    what: String,
    /// The days as they were.
    #[schema(value_type = Vec<Object>)]
    before: Value,
    /// The days as they are now.
    #[schema(value_type = Vec<Object>)]
    after: Value,
    legal_notice: String,
    /// When every running deadline had been reckoned again.
    recomputed_at: Option<DateTime<FixedOffset>>,
    deadlines_moved: i64,
}

impl From<rows::Change> for ChangeView {
    fn from(change: rows::Change) -> Self {
        Self {
            id: change.id,
            at: in_vietnam(change.at),
            what: change.what,
            before: change.before,
            after: change.after,
            legal_notice: change.legal_notice,
            recomputed_at: change.recomputed_at.map(in_vietnam),
            deadlines_moved: change.deadlines_moved,
        }
    }
}

fn changed(conn: &mut Conn, id: CalendarChangeId) -> Result<ChangeView> {
    Ok(rows::find(conn, id)?.ok_or(General::NotFound)?.into())
}

/// Adds days off, make-up days or working Saturdays. Every fault of every row is named; with one, nothing is applied.
/// Running deadlines are reckoned again afterwards.
#[utoipa::path(
    tag = "administration",
    params(("Idempotency-Key" = String, Header, description = "Names this one request: repeated, it is answered again, not done again", example = "c9e1f4")),
    request_body = AddDays,
    responses((status = 201, body = ChangeView, description = "The change"), Signed)
)]
#[post("/calendar/days")]
async fn add_days_off(
    db: Data<Db>,
    calendars: Data<Calendars>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<AddDays>,
) -> Result<HttpResponse> {
    let once = key.once("add_days_off", body.digest.clone());
    let body = body.into_inner();
    let reply = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            once.run(conn, caller.account_id.uuid(), op.now, |conn| {
                let id = changes::add(conn, &op, &body)?;
                Reply::created(&changed(conn, id)?, None)
            })
        })
        .await?;
    calendars.forget();
    Ok(answer(reply))
}

/// Replaces a day by another; with another date, moves it.
#[utoipa::path(
    tag = "administration",
    params(("date" = String, Path, description = "The day as it is now", format = Date, example = "2026-09-01")),
    request_body = ReplaceDay,
    responses((status = 200, body = ChangeView, description = "The change"), Signed)
)]
#[put("/calendar/days/{date}")]
async fn replace_day_off(
    db: Data<Db>,
    calendars: Data<Calendars>,
    caller: Caller,
    date: Path<NaiveDate>,
    body: Json<ReplaceDay>,
) -> Result<web::Json<ChangeView>> {
    let (date, body) = (date.0, body.into_inner());
    let view = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            let id = changes::replace(conn, &op, date, &body)?;
            changed(conn, id)
        })
        .await?;
    calendars.forget();
    Ok(web::Json(view))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Because {
    /// The notice that takes the day back.
    #[param(value_type = String, example = "Công điện 06/CĐ-UBND ngày 23/11/2026")]
    legal_notice: Words,
}

/// Removes a day: it is again what its weekday says, or what the law gives without a notice.
#[utoipa::path(
    tag = "administration",
    params(("date" = String, Path, description = "The day", format = Date, example = "2026-11-27"), Because),
    responses((status = 200, body = ChangeView, description = "The change"), Signed)
)]
#[delete("/calendar/days/{date}")]
async fn remove_day_off(
    db: Data<Db>,
    calendars: Data<Calendars>,
    caller: Caller,
    date: Path<NaiveDate>,
    because: Query<Because>,
) -> Result<web::Json<ChangeView>> {
    let (date, because) = (date.0, because.0);
    let view = db
        .write(move |conn| {
            let op = caller.op(conn)?;
            let id = changes::remove(conn, &op, date, &because.legal_notice)?;
            changed(conn, id)
        })
        .await?;
    calendars.forget();
    Ok(web::Json(view))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangesAsked {
    #[serde(default)]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 50)]
    limit: paging::Limit,
    /// `next` of the page before.
    cursor: Option<String>,
}

const CHANGES: &str = "calendar.changes";

/// Every change of the days off, newest first, and how far the running deadlines have followed.
#[utoipa::path(
    tag = "administration",
    params(ChangesAsked),
    responses((status = 200, body = Page<ChangeView>, description = "A page"), Signed)
)]
#[get("/calendar/changes")]
async fn list_calendar_changes(
    db: Data<Db>,
    caller: Caller,
    asked: Query<ChangesAsked>,
) -> Result<web::Json<Page<ChangeView>>> {
    let limit = asked.0.limit;
    let before = match &asked.0.cursor {
        Some(cursor) => Some(
            paging::decode_cursor::<(Moment, CalendarChangeId)>(CHANGES, cursor)
                .map_err(|fault| Error::invalid(vec![Fault::value("cursor", fault)]))?,
        ),
        None => None,
    };
    let found = db
        .read(move |conn| {
            let op = caller.op(conn)?;
            op.permit(Action::CalendarSee, &CalendarItself(Uuid::nil()))?;
            rows::list(conn, before, limit.with_one_more())
        })
        .await?;
    let page = Page::from_rows(found, limit, CHANGES, |row| (row.at, row.id)).map_err(Error::internal)?;
    Ok(web::Json(page.map(ChangeView::from)))
}
