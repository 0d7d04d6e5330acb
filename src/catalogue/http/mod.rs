//! The catalogue's doors: what everybody may read, and what procedure administrators change.

mod administration;
mod public;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn operations(config: &mut ServiceConfig<'_>) {
    public::operations(config);
    administration::operations(config);
}
