//! The doors of the dossiers: for the person, for the desk, for whoever holds a receipt.

mod bulk;
mod confirmations;
mod deadlines;
mod desk;
mod draft;
mod files;
mod moves;
mod person;
mod public;
mod reading;

use std::sync::Arc;

use actix_web::web::Data;
use utoipa_actix_web::service_config::ServiceConfig;

use super::library::Library;
use super::uploads;
use super::views::{self, DossierView};
use crate::authority::Op;
use crate::identity::Caller;
use crate::infra::db::{Conn, Db};
use crate::infra::http::Versioned;
use crate::kernel::Result;
use crate::kernel::ids::DossierId;

pub fn operations(config: &mut ServiceConfig<'_>) {
    draft::operations(config);
    person::operations(config);
    files::operations(config);
    reading::operations(config);
    desk::operations(config);
    moves::operations(config);
    bulk::operations(config);
    confirmations::operations(config);
    deadlines::operations(config);
    public::operations(config);
}

/// A change of one dossier in one transaction, answered with the dossier as it is now.
async fn change(
    db: &Db,
    library: Data<Library>,
    caller: Caller,
    id: DossierId,
    work: impl Fn(&mut Conn, &Library, &Op) -> Result<i32> + Send + 'static,
) -> Result<Versioned<DossierView>> {
    let library = Arc::clone(&library.into_inner());
    db.write(move |conn| {
        let op = caller.op(conn)?;
        work(conn, &library, &op)?;
        show(conn, &op, id)
    })
    .await
}

/// The dossier as this account sees it. The change itself is on record; this look is part of it.
fn show(conn: &mut Conn, op: &Op, id: DossierId) -> Result<Versioned<DossierView>> {
    let row = super::store::views::dossier(conn, id)?.ok_or(crate::kernel::General::NotFound)?;
    let version = row.version;
    Ok(Versioned { body: views::dossier(row, op), version })
}

/// The dossier as this account sees it, on record where an officer looks.
fn look(conn: &mut Conn, op: &Op, id: DossierId) -> Result<Versioned<DossierView>> {
    let row = uploads::look(conn, op, id)?;
    let version = row.version;
    Ok(Versioned { body: views::dossier(row, op), version })
}
