//! The one integration binary. Tests know people, not clients: each has a portal of its own, on a database of its
//! own, and tells what people do with it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says so by failing"
)]

mod support;

mod calendar;
mod administration;
mod canaries;
mod catalogue_definitions;
mod catalogue_http;
mod confirmations;
mod coverage;
mod deadlines;
mod documents;
mod edge;
mod guards;
mod house;
mod identity;
mod journey;
mod kernel_pure;
mod moves;
mod places;
mod questions;
mod schema;
mod private_database;
mod slips;
mod submission;
mod units_pure;
mod weather;
