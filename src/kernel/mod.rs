//! Floor 0: what every room speaks in. No database, no HTTP, no clock.

pub mod error;
pub mod ids;
pub mod money;
pub mod paging;
pub mod text;
pub mod values;

pub use error::{Code, Error, Fault, General, Result};
pub use money::Dong;
pub use values::{CitizenNumber, Phone, TaxCode, ValueFault};
