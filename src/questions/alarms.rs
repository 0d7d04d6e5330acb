//! A reminder to the desk before the end, an escalation to the leader when it is past: each once a round. After
//! downtime the next run raises what is due by then; a reminder that the end has overtaken gives way to the escalation.

use super::events::{QuestionEvent, QuestionEventKind};
use super::store::clocks;
use crate::infra::clock::Moment;
use crate::infra::db::Conn;
use crate::jobs::outbox;
use crate::kernel::Result;
use crate::kernel::ids::RequestId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    Reminder,
    Escalation,
}

impl Alarm {
    pub const ALL: [Self; 2] = [Self::Reminder, Self::Escalation];

    pub fn code(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Escalation => "escalation",
        }
    }

    fn event(self) -> QuestionEventKind {
        match self {
            Self::Reminder => QuestionEventKind::DueSoon,
            Self::Escalation => QuestionEventKind::Late,
        }
    }
}

/// Raises what is due, so many at a time; how many there were.
pub fn raise(conn: &mut Conn, alarm: Alarm, now: Moment, limit: i64) -> Result<usize> {
    let ringing = clocks::ringing(conn, alarm.code(), alarm == Alarm::Escalation, now, limit)?;
    for question in &ringing {
        if clocks::raise(conn, alarm.code(), question, now)? {
            let event = QuestionEvent {
                kind: alarm.event(),
                question_id: question.id,
                version: question.version,
                round: question.round,
            };
            outbox::publish(conn, &event, RequestId::new(), now)?;
        }
    }
    Ok(ringing.len())
}
