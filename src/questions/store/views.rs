//! One question as it is read, with its rounds and its moves.

use diesel::prelude::*;
use serde_json::Value;

use super::{involved, published};
use crate::authority::{Action, Op, Permit};
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::kernel::ids::{AccountId, AgencyId, AnswerId, QuestionId};
use crate::kernel::{General, Result};
use crate::questions::model::{Identity, Progress, State, Subject};
use crate::questions::workflow::Way;
use crate::schema::{question_moves, question_rounds, questions};

pub struct QuestionRow {
    pub identity: Identity,
    pub progress: Progress,
    pub state: State,
    pub involved: Vec<AgencyId>,
    pub rounds: Vec<Round>,
    pub published_id: Option<AnswerId>,
}

impl QuestionRow {
    pub fn subject(&self) -> Subject {
        Subject {
            id: self.identity.id,
            owner: self.identity.asker_id,
            handling: self.progress.agency_id,
            involved: self.involved.clone(),
        }
    }

    pub fn way(&self) -> Way {
        Way { followed_up: self.progress.round > 1, published: self.published_id.is_some() }
    }
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = question_rounds)]
pub struct Round {
    pub round: i16,
    pub asked_text: String,
    pub asked_at: Moment,
    pub due_at: Option<Moment>,
    pub deadline: Option<Value>,
    pub answer_text: Option<String>,
    pub legal_basis: Vec<Option<String>>,
    pub answered_at: Option<Moment>,
    pub answering_agency_id: Option<AgencyId>,
}

pub fn question(conn: &mut Conn, id: QuestionId) -> Result<Option<QuestionRow>> {
    let row = questions::table
        .find(id)
        .select((Identity::as_select(), Progress::as_select()))
        .first::<(Identity, Progress)>(conn)
        .optional()?;
    let Some((identity, progress)) = row else { return Ok(None) };
    let rounds = question_rounds::table
        .filter(question_rounds::question_id.eq(id))
        .order(question_rounds::round)
        .select(Round::as_select())
        .load(conn)?;
    Ok(Some(QuestionRow {
        state: State::parse(&progress.state)?,
        involved: involved(conn, id)?,
        published_id: published::of_question(conn, id)?,
        identity,
        progress,
        rounds,
    }))
}

/// The question, if this account may see it, and the proof.
pub fn visible(conn: &mut Conn, op: &Op, id: QuestionId) -> Result<(QuestionRow, Permit)> {
    let row = question(conn, id)?.ok_or(General::NotFound)?;
    let permit = op.permit(Action::QuestionSee, &row.subject())?;
    Ok((row, permit))
}

/// The legal texts of the latest answer.
pub fn legal_basis(conn: &mut Conn, id: QuestionId) -> Result<Vec<Option<String>>> {
    let latest = question_rounds::table
        .filter(question_rounds::question_id.eq(id).and(question_rounds::answered_at.is_not_null()))
        .order(question_rounds::round.desc())
        .select(question_rounds::legal_basis)
        .first(conn)
        .optional()?;
    Ok(latest.unwrap_or_default())
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = question_moves)]
pub struct MoveRow {
    pub version: i32,
    pub at: Moment,
    pub action: String,
    pub from_state: String,
    pub to_state: String,
    pub actor_id: Option<AccountId>,
    pub from_agency_id: AgencyId,
    pub to_agency_id: AgencyId,
    pub outcome: Option<String>,
    pub reason: Option<String>,
}

pub fn moves(conn: &mut Conn, id: QuestionId) -> Result<Vec<MoveRow>> {
    let moves =
        question_moves::table.filter(question_moves::question_id.eq(id)).order(question_moves::version);
    Ok(moves.select(MoveRow::as_select()).load(conn)?)
}

/// How a letter about it is addressed: the language and, while the mail check is open, its code.
pub fn correspondence(conn: &mut Conn, id: QuestionId) -> Result<(String, Option<String>)> {
    Ok(questions::table.find(id).select((questions::language, questions::confirm_secret)).first(conn)?)
}
