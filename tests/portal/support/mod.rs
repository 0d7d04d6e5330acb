//! The people and the portal that tests speak of.

pub mod answer;
pub mod mail;
pub mod officers;
pub mod people;
pub mod portal;

pub use answer::Answer;
pub use people::{Dossier, Person};
pub use portal::Portal;
