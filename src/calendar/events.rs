//! What others learn of the calendar.

use serde::Serialize;
use uuid::Uuid;

use crate::jobs::outbox::Event;
use crate::kernel::ids::CalendarChangeId;

/// Days off were added, replaced or removed: whoever keeps due times reckons them again.
#[derive(Clone, Debug, Serialize)]
pub struct CalendarChanged {
    pub change_id: CalendarChangeId,
    /// The legal notice, in its own words.
    pub rule: String,
}

impl CalendarChanged {
    pub const CODE: &str = "calendar.changed";
}

impl Event for CalendarChanged {
    fn kind(&self) -> &'static str {
        Self::CODE
    }

    fn subject(&self) -> Uuid {
        self.change_id.uuid()
    }
}
