//! Traccia over HTTP: the only part that knows axum.

use std::future::Future;

use axum::extract::Request;
use tokio::net::TcpListener;

pub mod api;
pub mod consistency;
pub mod credentials;
pub mod multipart;
pub mod problem;
pub mod request;
pub mod router;
pub mod state;
pub mod version;
pub mod xapi;

mod alternate;
mod cors;
mod home;
mod lingering;
mod paths;

/// Answers those who come to `listener` until `stop` resolves, then finishes what was begun.
pub async fn serve(
    listener: TcpListener,
    server: state::Server,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router::service(server);
    let make = axum::ServiceExt::<Request>::into_make_service(service);
    axum::serve(listener, make).with_graceful_shutdown(stop).await
}
