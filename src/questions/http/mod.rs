//! The doors of the questions: for the asker, for the desk, for everybody.

mod asker;
mod desk;
mod public;
mod reading;

use actix_web::web::Data;
use utoipa_actix_web::service_config::ServiceConfig;

use super::rules::Rules;
use super::views::{self, QuestionView};
use crate::authority::Op;
use crate::identity::Caller;
use crate::infra::db::{Conn, Db};
use crate::infra::http::Versioned;
use crate::kernel::Result;
use crate::kernel::ids::QuestionId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    // Fixed addresses before those with an id.
    public::operations(config);
    reading::operations(config);
    asker::operations(config);
    desk::operations(config);
}

/// A change of one question in one transaction, answered with the question as it is now.
async fn change(
    db: &Db,
    rules: Data<Rules>,
    caller: Caller,
    id: QuestionId,
    work: impl Fn(&mut Conn, &Rules, &Op) -> Result<i32> + Send + 'static,
) -> Result<Versioned<QuestionView>> {
    let rules = rules.into_inner();
    db.write(move |conn| {
        let op = caller.op(conn)?;
        work(conn, &rules, &op)?;
        views::changed(conn, &op, id)
    })
    .await
}
