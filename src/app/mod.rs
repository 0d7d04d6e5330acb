//! Floor 10: the house put together. Read `routes` for the doors, `reactions` for who reacts to what, `startup` for
//! how it comes up.

pub mod commands;
pub mod demo;
mod examples;
pub mod health;
pub mod letters;
pub mod migrations;
pub mod openapi;
pub mod printing;
mod question_letters;
pub mod reactions;
pub mod routes;
pub mod seed;
pub mod startup;
pub mod state;
pub mod work;

pub use state::State;
