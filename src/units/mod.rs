//! Floor 4: units in their dated tree and the agencies in them. A code names a unit only as of a day.
//! Tables: `units`, `unit_successions`, `agencies`.

pub mod agencies;
pub mod model;
pub mod reorganisation;
pub mod tree;

pub use model::{Agency, AgencyKind, Level, Sector, Unit, UnitKey};
