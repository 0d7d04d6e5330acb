//! Floor 9: letters to the people concerned. What happened to a dossier becomes a notice, in the transaction of
//! the reaction, and is sent afterwards.
//!
//! What must stay true: one notice for one event and recipient; a mail server that is down delays a letter and
//! never loses it; no address and no name is ever logged. Table: `notices`.

mod compose;
pub mod jobs;
pub mod model;
pub mod store;

pub use compose::{Composed, QuestionFacts, QuestionKind, compose};
pub use jobs::{DeskFactsOf, FactsOf, SEND, SWEEP, WRITE, WRITE_QUESTION, WRITE_TO_DESK};
pub use model::{DefectFact, Kind, LetterFacts};
