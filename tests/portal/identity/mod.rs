//! Accounts, sessions, officers: as people meet them over HTTP.

mod officers;
mod own_account;
mod registration;
mod sessions;

/// A password that a citizen may choose.
const CHOSEN: &str = "mot-cua-lien-thong";
