//! Floor 8: dossiers, from a citizen's hand to a finished result. Read `workflow` for the moves, `submit` and
//! `intake` for the two walks, `store` for what stands in a transaction.
//!
//! What must stay true: a number is given once; a move is legal or refused with what is open; every move has its
//! row, its audit record and its event; nobody sees a dossier that has not reached them.

pub mod acting;
pub mod apology;
pub mod confirmation;
pub mod deadlines;
pub mod decision;
pub mod delivery;
pub mod draft;
pub mod events;
pub mod explanation;
pub mod http;
pub mod intake;
pub mod jobs;
pub mod library;
pub mod lists;
pub mod model;
pub mod numbering;
pub mod payment;
pub mod processing;
pub mod receipt;
pub mod recompute;
pub mod refusal;
pub mod registers;
pub mod routing;
pub mod slips;
pub mod store;
pub mod submit;
pub mod supplement;
pub mod tasks;
pub mod timeline;
pub mod tracking;
pub mod uploads;
pub mod views;
pub mod watching;
pub mod workflow;

pub use library::Library;
pub use refusal::Refusal;
