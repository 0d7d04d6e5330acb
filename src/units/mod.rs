//! Floor 4: units in their dated tree and the agencies in them. A code names a unit only as of a day.
//! Tables: `units`, `unit_successions`, `agencies`.

pub mod agencies;
pub mod http;
pub mod model;
pub mod reorganisation;
pub mod store;
pub mod tree;
pub mod views;

pub use model::{Agency, AgencyKind, Level, Sector, Unit, UnitKey};

use crate::refusals;

refusals! {
    pub enum Refusal in "units" {
        CodeUnknown = (404, "code_unknown", "Không có đơn vị hành chính nào mang mã này vào ngày đã cho.", "No administrative unit has this code on that day."),
    }
}
