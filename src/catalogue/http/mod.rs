//! The catalogue's doors: what everybody may read, and what procedure administrators change.

mod administration;
mod public;

use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

pub fn operations(config: &mut ServiceConfig<'_>) {
    public::operations(config);
    administration::operations(config);
}

/// A small definition that could be published, for the OpenAPI document.
pub fn example_definition() -> Value {
    serde_json::from_str(include_str!("example.json")).unwrap_or_default()
}
