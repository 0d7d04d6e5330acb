//! SQL of the public copies. Table: `published_answers`.

use diesel::prelude::*;

use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::Result;
use crate::kernel::ids::{AccountId, AgencyId, AnswerId, QuestionId};
use crate::kernel::text::{fold, search_patterns};
use crate::questions::faq::FaqFilter;
use crate::schema::published_answers;

pub struct NewEntry<'a> {
    pub question_id: QuestionId,
    pub agency_id: AgencyId,
    pub field_code: Option<&'a str>,
    pub procedure_code: Option<&'a str>,
    pub title: &'a str,
    pub question_text: &'a str,
    pub answer_text: &'a str,
    pub legal_basis: Vec<Option<String>>,
    pub by: AccountId,
    pub at: Moment,
}

pub fn insert(conn: &mut Conn, new: &NewEntry<'_>) -> Result<()> {
    let search_text = fold(&format!("{} {} {}", new.title, new.question_text, new.answer_text));
    diesel::insert_into(published_answers::table)
        .values((
            published_answers::id.eq(AnswerId::new()),
            published_answers::question_id.eq(new.question_id),
            published_answers::agency_id.eq(new.agency_id),
            published_answers::field_code.eq(new.field_code),
            published_answers::procedure_code.eq(new.procedure_code),
            published_answers::title.eq(new.title),
            published_answers::question_text.eq(new.question_text),
            published_answers::answer_text.eq(new.answer_text),
            published_answers::legal_basis.eq(&new.legal_basis),
            published_answers::search_text.eq(search_text),
            published_answers::published_by.eq(new.by),
            published_answers::published_at.eq(new.at),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn withdraw(conn: &mut Conn, id: QuestionId, by: AccountId, at: Moment) -> Result<()> {
    let standing = published_answers::table
        .filter(published_answers::question_id.eq(id).and(published_answers::withdrawn_at.is_null()));
    diesel::update(standing)
        .set((published_answers::withdrawn_at.eq(at), published_answers::withdrawn_by.eq(by)))
        .execute(conn)?;
    Ok(())
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = published_answers)]
pub struct Entry {
    pub id: AnswerId,
    pub agency_id: AgencyId,
    pub field_code: Option<String>,
    pub procedure_code: Option<String>,
    pub title: String,
    pub question_text: String,
    pub answer_text: String,
    pub legal_basis: Vec<Option<String>>,
    pub published_at: Moment,
}

pub fn list(conn: &mut Conn, filter: &FaqFilter, before: Option<AnswerId>, limit: i64) -> Result<Vec<Entry>> {
    let mut query = published_answers::table
        .filter(published_answers::withdrawn_at.is_null())
        .order(published_answers::id.desc())
        .limit(limit)
        .select(Entry::as_select())
        .into_boxed();
    for pattern in search_patterns(filter.q.as_deref().unwrap_or_default()) {
        query = query.filter(published_answers::search_text.like(pattern));
    }
    if let Some(field) = &filter.field {
        query = query.filter(published_answers::field_code.eq(field));
    }
    if let Some(agency_id) = filter.agency_id {
        query = query.filter(published_answers::agency_id.eq(agency_id));
    }
    if let Some(id) = before {
        query = query.filter(published_answers::id.lt(id));
    }
    Ok(query.load(conn)?)
}

pub fn find(conn: &mut Conn, id: AnswerId) -> Result<Option<Entry>> {
    let found = published_answers::table
        .find(id)
        .filter(published_answers::withdrawn_at.is_null())
        .select(Entry::as_select())
        .first(conn)
        .optional()?;
    Ok(found)
}

/// The standing copy of a question.
pub fn of_question(conn: &mut Conn, id: QuestionId) -> Result<Option<AnswerId>> {
    let standing = published_answers::table
        .filter(published_answers::question_id.eq(id).and(published_answers::withdrawn_at.is_null()));
    Ok(standing.select(published_answers::id).first(conn).optional()?)
}
