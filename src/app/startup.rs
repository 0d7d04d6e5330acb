//! From settings to a listening portal, and back down without losing a request.

use std::net::TcpListener;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use utoipa_actix_web::AppExt;

use super::openapi;
use super::routes;
use super::state::State;
use crate::infra::http::{AddressLimit, edge};
use crate::kernel::{Error, Result};

/// Serves on a listener that is bound already: port 0 makes a portal for a test.
pub fn serve(state: &State, listener: TcpListener) -> Result<Server> {
    let document = openapi::document()?;
    let addresses = routes::Addresses::of(&document);
    let document = serde_json::to_vec(&document).map_err(Error::internal)?;
    let document = routes::Document(web::Bytes::from(document));
    let settings = state.settings.http.clone();
    let state = state.clone();
    let mut server = HttpServer::new(move || {
        App::new()
            .into_utoipa_app()
            .app_data(Data::new(state.settings.clone()))
            .app_data(Data::new(state.db.clone()))
            .app_data(Data::new(state.clock.clone()))
            .app_data(Data::new(state.metrics.clone()))
            .app_data(Data::new(state.tokens.clone()))
            .app_data(Data::new(state.passwords.clone()))
            .app_data(Data::new(state.objects.clone()))
            .app_data(Data::new(state.library.clone()))
            .app_data(Data::new(state.library.definitions.clone()))
            .app_data(Data::new(state.library.calendars.clone()))
            .app_data(Data::new(state.questions.clone()))
            .app_data(Data::new(state.receiver.clone()))
            .app_data(Data::new(state.name_limit.clone()))
            .app_data(Data::new(state.address_limit.clone()))
            .app_data(Data::new(document.clone()))
            .app_data(Data::new(addresses.clone()))
            .configure(routes::health)
            .service(routes::api())
            .into_app()
            .service(routes::front)
            .service(routes::metrics)
            .service(routes::openapi_document)
            .service(routes::documentation())
            .default_service(web::route().to(routes::nowhere))
            .wrap(from_fn(routes::addressed))
            .wrap(from_fn(AddressLimit::guard))
            .wrap(from_fn(edge))
            .wrap(Compress::default())
    })
    .shutdown_timeout(settings.shutdown_seconds)
    .keep_alive(std::time::Duration::from_secs(75))
    .client_request_timeout(std::time::Duration::from_secs(15));
    if settings.workers > 0 {
        server = server.workers(settings.workers);
    }
    Ok(server.listen(listener).map_err(Error::internal)?.run())
}

/// Waits for the worker beside a portal. A worker that ends without having been told to takes the portal down with it:
/// half a program looks alive and sends no letters. True where that happened.
pub async fn ends_with_its_worker(
    worker: JoinHandle<()>,
    stop: watch::Receiver<bool>,
    server: ServerHandle,
) -> bool {
    let ended = worker.await;
    let by_itself = ended.is_err() || !*stop.borrow();
    if by_itself {
        tracing::error!(event = "worker_ended", panicked = ended.is_err());
        server.stop(true).await;
    }
    by_itself
}
