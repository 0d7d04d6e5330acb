//! What anybody reads: published questions and answers, searched without accents.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::published::{self, Entry};
use crate::infra::clock::in_vietnam;
use crate::infra::db::Conn;
use crate::kernel::ids::{AgencyId, AnswerId};
use crate::kernel::paging::{self, Limit, Page};
use crate::kernel::{Error, General, Result};
use crate::units::store as units;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FaqFilter {
    /// Words of the title, the question or the answer, with or without accents; all of them must occur.
    #[param(example = "chung thuc")]
    pub q: Option<String>,
    #[param(example = "certification")]
    pub field: Option<String>,
    #[param(inline)]
    pub agency_id: Option<AgencyId>,
    /// Rows a page, 1 to 100.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, example = 50)]
    pub limit: Option<Limit>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FaqEntry {
    pub id: AnswerId,
    #[schema(example = "Chứng thực bản sao ngoài giờ")]
    pub title: String,
    #[schema(example = "Phường có chứng thực bản sao vào sáng thứ Bảy không?")]
    pub question_text: String,
    #[schema(example = "Có, từ 07:30 đến 11:30.")]
    pub answer_text: String,
    #[schema(example = json!(["Nghị định 23/2015/NĐ-CP, Điều 7"]))]
    pub legal_basis: Vec<String>,
    pub agency_id: AgencyId,
    #[schema(example = "Ủy ban nhân dân Phường 1")]
    pub agency_name: String,
    pub field_code: Option<String>,
    pub procedure_code: Option<String>,
    pub published_at: DateTime<FixedOffset>,
}

const NEWEST_FIRST: &str = "faq.newest_first";

pub fn list(conn: &mut Conn, filter: &FaqFilter) -> Result<Page<FaqEntry>> {
    let limit = filter.limit.unwrap_or_default();
    let before = paging::begin_after::<AnswerId>(NEWEST_FIRST, filter.cursor.as_deref())?;
    let rows = published::list(conn, filter, before, limit.with_one_more())?;
    let page = Page::from_rows(rows, limit, NEWEST_FIRST, |row| row.id).map_err(Error::internal)?;
    let agencies: Vec<AgencyId> = page.items.iter().map(|row| row.agency_id).collect();
    let names = units::agency_names(conn, &agencies)?;
    Ok(page.map(|row| {
        let name = names.get(&row.agency_id).cloned();
        entry(row, name)
    }))
}

pub fn one(conn: &mut Conn, id: AnswerId) -> Result<FaqEntry> {
    let row = published::find(conn, id)?.ok_or(General::NotFound)?;
    let name = units::agency_names(conn, &[row.agency_id])?.remove(&row.agency_id);
    Ok(entry(row, name))
}

fn entry(row: Entry, agency_name: Option<String>) -> FaqEntry {
    FaqEntry {
        id: row.id,
        title: row.title,
        question_text: row.question_text,
        answer_text: row.answer_text,
        legal_basis: row.legal_basis.into_iter().flatten().collect(),
        agency_id: row.agency_id,
        agency_name: agency_name.unwrap_or_default(),
        field_code: row.field_code,
        procedure_code: row.procedure_code,
        published_at: in_vietnam(row.published_at),
    }
}
