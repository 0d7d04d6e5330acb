//! SQL of the notices. Table: `notices`. A notice waits until it is sent or the mail server refused it for good.

use diesel::prelude::*;

use super::model::{Kind, LetterFacts};
use super::{Composed, QuestionFacts, QuestionKind};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::infra::mail::Letter;
use crate::kernel::Result;
use crate::kernel::ids::NoticeId;
use crate::schema::notices;

pub struct NewNotice<'a> {
    pub event_id: i64,
    pub kind: Kind,
    pub facts: &'a LetterFacts,
    pub recipient: &'a str,
    pub composed: &'a Composed,
}

/// None where this event has already been told to this recipient.
pub fn insert_once(conn: &mut Conn, new: &NewNotice<'_>, now: Moment) -> Result<Option<NoticeId>> {
    let id = NoticeId::new();
    let inserted = diesel::insert_into(notices::table)
        .values((
            notices::id.eq(id),
            notices::account_id.eq(new.facts.account_id),
            notices::dossier_id.eq(new.facts.dossier_id),
            notices::kind.eq(new.kind.code()),
            notices::language.eq(new.facts.language.tag()),
            notices::recipient.eq(new.recipient),
            notices::subject.eq(&new.composed.subject),
            notices::body_text.eq(&new.composed.text),
            notices::body_html.eq(&new.composed.html),
            notices::event_id.eq(new.event_id),
            notices::created_at.eq(now),
        ))
        .on_conflict((notices::event_id, notices::recipient))
        .do_nothing()
        .execute(conn)?;
    Ok((inserted == 1).then_some(id))
}

/// The same for a letter about a question.
pub fn insert_about_question(
    conn: &mut Conn,
    event_id: i64,
    kind: QuestionKind,
    facts: &QuestionFacts,
    recipient: &str,
    composed: &Composed,
    now: Moment,
) -> Result<Option<NoticeId>> {
    let id = NoticeId::new();
    let inserted = diesel::insert_into(notices::table)
        .values((
            notices::id.eq(id),
            notices::account_id.eq(facts.account_id),
            notices::question_id.eq(facts.question_id),
            notices::kind.eq(kind.code()),
            notices::language.eq(facts.language.tag()),
            notices::recipient.eq(recipient),
            notices::subject.eq(&composed.subject),
            notices::body_text.eq(&composed.text),
            notices::body_html.eq(&composed.html),
            notices::event_id.eq(event_id),
            notices::created_at.eq(now),
        ))
        .on_conflict((notices::event_id, notices::recipient))
        .do_nothing()
        .execute(conn)?;
    Ok((inserted == 1).then_some(id))
}

/// The letter, unless it was sent. One that was given up is tried again when a person asks for it.
pub fn unsent_letter(conn: &mut Conn, id: NoticeId) -> Result<Option<Letter>> {
    let row = notices::table
        .find(id)
        .filter(notices::sent_at.is_null())
        .select((notices::recipient, notices::subject, notices::body_text, notices::body_html))
        .first::<(String, String, String, String)>(conn)
        .optional()?;
    Ok(row.map(|(to, subject, text, html)| Letter { id: id.uuid(), to, subject, text, html }))
}

pub fn mark_sent(conn: &mut Conn, id: NoticeId, now: Moment) -> Result<()> {
    diesel::update(notices::table.find(id))
        .set((notices::sent_at.eq(now), notices::given_up_at.eq(None::<Moment>)))
        .execute(conn)?;
    Ok(())
}

pub fn give_up(conn: &mut Conn, id: NoticeId, now: Moment) -> Result<()> {
    diesel::update(notices::table.find(id)).set(notices::given_up_at.eq(now)).execute(conn)?;
    Ok(())
}

/// What waits, oldest first.
pub fn waiting(
    conn: &mut Conn,
    written_after: Moment,
    after: Option<NoticeId>,
    limit: i64,
) -> Result<Vec<(NoticeId, Moment)>> {
    let mut query = notices::table
        .filter(notices::sent_at.is_null().and(notices::given_up_at.is_null()))
        .filter(notices::created_at.gt(written_after))
        .order(notices::id)
        .limit(limit)
        .select((notices::id, notices::created_at))
        .into_boxed();
    if let Some(id) = after {
        query = query.filter(notices::id.gt(id));
    }
    Ok(query.load(conn)?)
}
