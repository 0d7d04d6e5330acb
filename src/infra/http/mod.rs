//! What every door of the portal does the same way: parse or refuse, name the field, answer in problem+json.

mod edge;
mod extract;
mod limits;
pub mod problem;
mod reply;

pub use edge::{Language, RequestContext, edge};
pub use extract::{IdempotencyKey, IfMatch, Json, Path, Query};
pub use limits::{AddressLimit, NameLimit};
pub use problem::{Problem, ProblemFault};
pub use reply::{Always, Changing, Open, Signed, Versioned, answer};

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of a room, as `app/routes` mounts them.
pub type Operations = fn(&mut ServiceConfig<'_>);
