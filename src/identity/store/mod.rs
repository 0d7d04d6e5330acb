//! SQL of the people. Tables: `accounts`, `sessions`, `refresh_tokens`, `grants`.
//!
//! `standing`, `grants` and `places` read `units` and `agencies` of the floor below as well: what an account
//! holds is asked at every request and must stay one statement.

pub mod accounts;
pub mod grants;
pub mod places;
pub mod sessions;
mod standing;

pub use standing::standing;
