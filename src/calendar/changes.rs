//! Changing the days off: added, replaced (moved) or removed by a system administrator, each with the legal notice
//! that says so.
//!
//! What must stay true: the whole list that would result is checked first; every fault is named with its row, and
//! one is enough for nothing to be applied; what was there before stays on record; running deadlines are told.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::days::Calendar;
use super::events::CalendarChanged;
use super::model::CalendarDay;
use super::notices::{english_name, kind_named};
use super::refusal::Refusal;
use super::rows::{RowFault, RowProblem};
use super::store;
use super::store::changes::{self as rows, NewChange};
use crate::audit;
use crate::authority::{Action, Op, Resource};
use crate::infra::db::Conn;
use crate::jobs::outbox;
use crate::kernel::ids::CalendarChangeId;
use crate::kernel::values::Words;
use crate::kernel::{Error, Fault, General, Result};

/// Days as a notice lists them.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "legal_notice": "Công điện 05/CĐ-UBND ngày 20/11/2026 của UBND tỉnh về ứng phó bão",
    "days": [{ "date": "2026-11-27", "kind": "day_off", "name_vi": "Nghỉ phòng chống bão", "name_en": "Storm closure" }]
}))]
pub struct AddDays {
    pub legal_notice: Words,
    #[schema(min_items = 1, max_items = 100)]
    pub days: Vec<NamedDay>,
}

/// Read as text first, so that every fault of every row is found at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedDay {
    #[schema(format = Date, example = "2026-11-27")]
    pub date: String,
    /// `holiday`, `day_off`, `substitute`, `swap_off` or `swap_work`.
    #[schema(example = "day_off")]
    pub kind: String,
    #[schema(example = "Nghỉ phòng chống bão")]
    pub name_vi: String,
    /// Left out: the standing English name where there is one.
    #[serde(default)]
    pub name_en: Option<String>,
}

/// What stands in place of a day; another date moves it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "legal_notice": "Thông báo 6150/TB-BNV ngày 22/08/2026",
    "day": { "date": "2026-09-01", "kind": "holiday", "name_vi": "Quốc khánh (ngày liền kề)" }
}))]
pub struct ReplaceDay {
    pub legal_notice: Words,
    pub day: NamedDay,
}

/// The calendar as a whole, or one change of it: it belongs to the portal and to no agency.
pub struct CalendarItself(pub Uuid);

impl Resource for CalendarItself {
    fn kind(&self) -> &'static str {
        "calendar"
    }

    fn id(&self) -> Uuid {
        self.0
    }
}

pub fn add(conn: &mut Conn, op: &Op, body: &AddDays) -> Result<CalendarChangeId> {
    let permitted = CalendarChangeId::new();
    let permit = op.permit(Action::CalendarChange, &CalendarItself(permitted.uuid()))?;
    if body.days.is_empty() || body.days.len() > 100 {
        let fault = Fault::new("/days", "count", "Cần từ 1 đến 100 ngày.", "1 to 100 days are needed.");
        return Err(Error::invalid(vec![fault]));
    }
    let added = read_rows(&body.days, &body.legal_notice)?;
    let change = Wanted { what: "added", before: Vec::new(), after: added, legal_notice: &body.legal_notice };
    change.make(conn, &permit, permitted, |index| format!("/days/{index}"))?;
    Ok(permitted)
}

pub fn replace(conn: &mut Conn, op: &Op, date: NaiveDate, body: &ReplaceDay) -> Result<CalendarChangeId> {
    let id = CalendarChangeId::new();
    let permit = op.permit(Action::CalendarChange, &CalendarItself(id.uuid()))?;
    rows::lock_days(conn)?;
    let before = known_day(conn, date)?;
    let day = read_row(&body.day, &body.legal_notice).map_err(|problems| {
        refused(problems.into_iter().map(|problem| fault("/day".to_owned(), 1, None, &problem)).collect())
    })?;
    let change =
        Wanted { what: "replaced", before: vec![before], after: vec![day], legal_notice: &body.legal_notice };
    change.make(conn, &permit, id, |_| "/day".to_owned())?;
    Ok(id)
}

pub fn remove(conn: &mut Conn, op: &Op, date: NaiveDate, legal_notice: &Words) -> Result<CalendarChangeId> {
    let id = CalendarChangeId::new();
    let permit = op.permit(Action::CalendarChange, &CalendarItself(id.uuid()))?;
    rows::lock_days(conn)?;
    let before = known_day(conn, date)?;
    let change = Wanted { what: "removed", before: vec![before], after: Vec::new(), legal_notice };
    change.make(conn, &permit, id, |_| String::new())?;
    Ok(id)
}

fn known_day(conn: &mut Conn, date: NaiveDate) -> Result<CalendarDay> {
    let found = store::days(conn)?.into_iter().find(|day| day.date == date);
    found.ok_or_else(|| General::NotFound.into())
}

struct Wanted<'a> {
    what: &'static str,
    before: Vec<CalendarDay>,
    after: Vec<CalendarDay>,
    legal_notice: &'a Words,
}

impl Wanted<'_> {
    fn make(
        &self,
        conn: &mut Conn,
        permit: &crate::authority::Permit,
        id: CalendarChangeId,
        pointer: impl Fn(usize) -> String,
    ) -> Result<()> {
        rows::lock_days(conn)?;
        let mut list = store::days(conn)?;
        list.retain(|day| !self.before.iter().any(|gone| gone.date == day.date));
        let kept = list.len();
        list.extend(self.after.iter().cloned());
        if let Err(faulty) = Calendar::build(&list) {
            return Err(refused(
                faulty.faults.iter().map(|found| of_the_list(found, &list, kept, &pointer)).collect(),
            ));
        }
        let by = permit.account_id().ok_or(General::NotSignedIn)?;
        let Self { what, before, after, legal_notice } = self;
        rows::apply(
            conn,
            permit,
            &NewChange { id, by, what, before, after, legal_notice: legal_notice.as_str() },
        )?;
        let dates = |days: &[CalendarDay]| days.iter().map(|day| day.date).collect::<Vec<_>>();
        audit::record(conn, permit, json!({ "what": what, "before": dates(before), "after": dates(after) }))?;
        outbox::publish(
            conn,
            &CalendarChanged { change_id: id, rule: legal_notice.to_string() },
            permit.request_id(),
            permit.at(),
        )
    }
}

fn read_rows(days: &[NamedDay], legal_notice: &Words) -> Result<Vec<CalendarDay>> {
    let mut read = Vec::with_capacity(days.len());
    let mut faults = Vec::new();
    for (index, day) in days.iter().enumerate() {
        match read_row(day, legal_notice) {
            Ok(day) => read.push(day),
            Err(problems) => {
                let pointer = format!("/days/{index}");
                faults
                    .extend(problems.iter().map(|problem| fault(pointer.clone(), index + 1, None, problem)));
            }
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(refused(faults)) }
}

fn read_row(day: &NamedDay, legal_notice: &Words) -> Result<CalendarDay, Vec<RowProblem>> {
    let date = NaiveDate::parse_from_str(&day.date, "%Y-%m-%d").ok();
    let kind = kind_named(&day.kind);
    let mut problems = Vec::new();
    if date.is_none() {
        problems.push(RowProblem::NotADate { text: day.date.clone() });
    }
    if kind.is_none() {
        problems.push(RowProblem::UnknownKind { text: day.kind.clone() });
    }
    let (Some(date), Some(kind)) = (date, kind) else { return Err(problems) };
    let name_vi = day.name_vi.trim().to_owned();
    let given = day.name_en.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name_en = given.map_or_else(|| english_name(&name_vi), str::to_owned);
    Ok(CalendarDay { date, kind, name_vi, name_en, legal_notice: legal_notice.to_string() })
}

/// A fault of the list as a whole, by the row that was sent. A known day is named by what it is.
fn of_the_list(
    found: &RowFault,
    list: &[CalendarDay],
    kept: usize,
    pointer: &impl Fn(usize) -> String,
) -> Fault {
    let row = found.row.saturating_sub(kept);
    let pointer = pointer(row.saturating_sub(1));
    if let RowProblem::TwoNotices { other_row } = found.problem {
        if other_row > kept {
            return fault(pointer, row, found.date, &RowProblem::TwoNotices { other_row: other_row - kept });
        }
        if let Some(other) = list.get(other_row.saturating_sub(1)) {
            return Fault::new(
                pointer,
                found.problem.code(),
                format!(
                    "Dòng {row} ({}): ngày này đã có trong lịch: {} ({}).",
                    other.date, other.name_vi, other.legal_notice
                ),
                format!(
                    "row {row} ({}): the calendar has this day already: {} ({})",
                    other.date, other.name_en, other.legal_notice
                ),
            );
        }
    }
    fault(pointer, row, found.date, &found.problem)
}

fn fault(pointer: String, row: usize, date: Option<NaiveDate>, problem: &RowProblem) -> Fault {
    let said = RowFault { row, date, problem: problem.clone() };
    Fault::new(pointer, problem.code(), said.say(super::Language::Vi), said.say(super::Language::En))
}

fn refused(faults: Vec<Fault>) -> Error {
    Refusal::RowsRefused.error().with_faults(faults)
}
