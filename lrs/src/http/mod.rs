//! Traccia over HTTP: the only part that knows axum.

use std::future::Future;
use std::time::Duration;

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
mod check_in;
mod cors;
mod home;
mod launch;
mod lingering;
mod origin;
mod paths;
mod refused;

/// How long requests that were begun may take after the server was told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// Answers those who come to `listener` until `stop` resolves, then finishes what was begun, but
/// waits no longer than ten seconds for clients that stall.
pub async fn serve(
    listener: TcpListener,
    server: state::Server,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router::service(server);
    let make = axum::ServiceExt::<Request>::into_make_service(service);
    let (told, mut farewell) = tokio::sync::watch::channel(false);
    let stop = async move {
        stop.await;
        told.send_replace(true);
    };
    let serving = axum::serve(listener, make).with_graceful_shutdown(stop);
    tokio::select! {
        done = serving => done,
        () = async {
            // An error means that `stop` is gone with the serving: then the other arm is done.
            let _ = farewell.wait_for(|told| *told).await;
            tokio::time::sleep(FAREWELL).await;
        } => Ok(()),
    }
}
