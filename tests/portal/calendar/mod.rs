//! The law's clock against vectors, against an oracle of another make, and against itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop there"
)]

mod command_line;
mod notices;
mod oracle;
mod properties;
mod vectors;

use chrono::{DateTime, FixedOffset};

/// "2025-04-25 10:00" in Việt Nam.
fn at(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_str(&format!("{text}:00 +07:00"), "%Y-%m-%d %H:%M:%S %z").expect(text)
}
