//! What decisions are looked up in: compiled versions, the working calendar, the office's settings.

use chrono::Duration;

use super::model::Locked;
use crate::calendar::store::Calendars;
use crate::catalogue::definition::{ChannelKind, Definition};
use crate::catalogue::store::Definitions;
use crate::infra::db::Conn;
use crate::kernel::{Error, Result};

#[derive(Clone)]
pub struct Library {
    pub definitions: Definitions,
    pub calendars: Calendars,
    pub claim_lease: Duration,
    /// The share of a dossier's time after which its desk is warned.
    pub warn_percent: u32,
    pub files: crate::infra::config::Files,
}

impl Library {
    /// The definition that the dossier is handled under, whatever has been published since.
    pub fn pinned(&self, conn: &mut Conn, locked: &Locked) -> Result<Definition> {
        Ok(self.definitions.get(conn, locked.identity.version_id)?.definition().clone())
    }
}

pub fn channel_of(code: &str) -> Result<ChannelKind> {
    ChannelKind::ALL
        .into_iter()
        .find(|kind| kind.code() == code)
        .ok_or_else(|| Error::internal(format!("unknown channel {code}")))
}
