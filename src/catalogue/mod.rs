//! The catalogue: what the offices offer, under which rules, from which day.
//!
//! A version is a [`definition::Definition`]: drafted, checked as a whole by [`publish`], published and from then
//! on immutable. [`forms`] holds answers against it, [`steps`] lays its walk over the levels that a province has,
//! [`import`] reads the published national records, which inform but cannot be submitted to.
//! [`drafting`] and [`publishing`] are what administrators do. Tables: `fields`, `procedures`, `procedure_versions`.

pub mod definition;
pub mod drafting;
pub mod forms;
pub mod http;
pub mod import;
pub mod publish;
pub mod publishing;
mod refusal;
pub mod steps;
pub mod store;
pub mod views;
mod words;

pub use refusal::Refusal;
