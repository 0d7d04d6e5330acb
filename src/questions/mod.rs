//! Floor 8: questions to an agency about a regulation or a procedure, answered in seven working days (the rule of
//! Tây Ninh; `questions.working_days`). Read `workflow` for the moves, `deadlines` for the clock, `publish` for what
//! the public gets to read.
//!
//! What must stay true: forwarding never restarts the clock; a reminder and an escalation are raised once a round;
//! what is published holds no personal data and stands only by the asker's consent.
//! Tables: `questions`, `question_*`, `published_answers`.

pub mod acting;
pub mod alarms;
pub mod answer;
pub mod ask;
pub mod deadlines;
pub mod desk;
pub mod events;
pub mod faq;
pub mod follow_up;
pub mod forward;
pub mod http;
pub mod jobs;
pub mod lists;
pub mod model;
pub mod numbering;
pub mod publish;
pub mod redaction;
pub mod refusal;
pub mod rules;
pub mod store;
pub mod unnamed;
pub mod views;
pub mod wording;
pub mod workflow;

pub use refusal::Refusal;
pub use rules::Rules;
