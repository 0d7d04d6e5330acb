//! Floor 1: the machinery that every room stands on. It knows no dossier and no officer.

pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod embedded;
pub mod http;
pub mod idempotency;
pub mod mail;
pub mod objects;
pub mod telemetry;

/// An environment variable with something in it.
pub fn text_of(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|text| !text.is_empty())
}
