//! Floor 10: the house put together.

pub mod demo;
pub mod seed;
