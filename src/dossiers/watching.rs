//! The watch over deadlines: the desk is warned before the end, lateness is said once per due date and goes to the
//! leader too; a supplement that never came, and a confirmation that nobody gave, are closed as the procedure says.
//!
//! What must stay true: what was warned of is a row under a key, written with its event, so nothing is said twice and
//! what downtime held up is said afterwards (what has passed by then is said to be late, not near); late never means
//! refused: only the procedure's own rule about supplements ends a dossier here.

use super::confirmation;
use super::events::{DossierEvent, DossierEventKind};
use super::library::Library;
use super::store::confirmations;
use super::store::watch::{self as store, Watched};
use super::supplement;
use crate::authority::Op;
use crate::infra::db::Conn;
use crate::jobs::outbox;
use crate::kernel::Result;
use crate::kernel::ids::DossierId;

pub const AT_ONCE: i64 = 200;

/// The next warnings of a kind; how many there were.
pub fn warn(conn: &mut Conn, op: &Op, watched: Watched) -> Result<usize> {
    let found = store::write_warnings(conn, watched, op.now, AT_ONCE)?;
    let kind = match watched {
        Watched::Near => DossierEventKind::DeadlineNear,
        Watched::Missed => DossierEventKind::DeadlineMissed,
        Watched::ReceptionMissed => DossierEventKind::ReceptionMissed,
    };
    let mut events = Vec::new();
    for row in found.iter().filter(|row| row.is_new) {
        events.push(DossierEvent {
            kind,
            dossier_id: row.dossier_id,
            version: row.version,
            from_state: row.state,
            to_state: row.state,
            change_id: None,
        });
    }
    outbox::publish_all(conn, &events, op.request_id, op.now)?;
    Ok(found.len())
}

pub fn unanswered(conn: &mut Conn, op: &Op, after: Option<DossierId>) -> Result<Vec<DossierId>> {
    store::unanswered(conn, op.now, after, AT_ONCE)
}

pub fn close_unanswered(conn: &mut Conn, library: &Library, op: &Op, id: DossierId) -> Result<bool> {
    supplement::expire(conn, library, op, id)
}

/// Where the applicant was asked to confirm and said nothing in time.
pub fn unconfirmed(conn: &mut Conn, op: &Op, after: Option<DossierId>) -> Result<Vec<DossierId>> {
    confirmations::unanswered(conn, op.now, after, AT_ONCE)
}

pub fn close_unconfirmed(conn: &mut Conn, library: &Library, op: &Op, id: DossierId) -> Result<bool> {
    confirmation::expire(conn, library, op, id)
}
