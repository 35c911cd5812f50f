//! The host of what others have made: the player, and the files of packages. It has a host name of its own, no cookies, and
//! nothing of the application: a script of a package reaches neither the application's storage nor its answers.
//!
//! `/launch/TOKEN/` is the page of the player, `/launch/TOKEN/commit` takes what the player commits, `/launch-assets/…` are
//! the player's own files, `/p/KEY/…` those of packages. The application's host serves none of these.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONTENT_TYPE, HOST, HeaderName, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tower::{Service, ServiceExt as _};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::deadline::Deadline;
use super::state::Server;

mod commit;
mod files;
mod host;
mod page;
mod range;

pub use host::{ContentHost, Off};

/// How long a body may pause, and how long it may take.
const STALLED: Duration = Duration::from_secs(30);
const WHOLE: Duration = Duration::from_mins(1);
const SERVICE_WORKER: HeaderName = HeaderName::from_static("service-worker");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Everything on the host of contents.
fn service(
    server: &Server,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
+ Clone
+ Send
+ Sync
+ use<> {
    let router = Router::new()
        .route("/launch/{token}", get(page::with_slash))
        .route("/launch/{token}/", get(page::get))
        .route("/launch/{token}/commit", post(commit::post))
        .route("/launch-assets/{*path}", get(page::asset))
        .route("/p/{key}/{*path}", get(files::get))
        .fallback(nowhere)
        .with_state(server.clone())
        .layer(from_fn(front))
        .layer(CatchPanicLayer::custom(|_| said(StatusCode::INTERNAL_SERVER_ERROR, "stopped")));
    tower::ServiceBuilder::new()
        .layer(RequestBodyTimeoutLayer::new(STALLED))
        .map_request(|request: axum::http::Request<_>| {
            request.map(|body| Body::new(Deadline::new(Body::new(body), WHOLE)))
        })
        .map_response(|response: Response<_>| response.map(Body::new))
        .service(router)
}

/// What every request and every answer on this host has in common.
async fn front(request: Request, next: Next) -> Response {
    let mut response = if request.headers().contains_key(SERVICE_WORKER) {
        // A worker would see the requests of all packages and launches of this browser.
        said(StatusCode::FORBIDDEN, "no service workers here")
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.remove(SET_COOKIE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    response
}

async fn nowhere() -> Response {
    said(StatusCode::NOT_FOUND, "there is nothing here")
}

/// A short answer for programs.
fn said(status: StatusCode, what: &'static str) -> Response {
    (status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], what).into_response()
}

/// The application and the contents, each on its host name.
#[derive(Clone)]
pub(super) struct Hosts<A, C> {
    app: A,
    content: C,
    /// Lower case; empty where contents are off.
    name: std::sync::Arc<str>,
}

/// `app` on every host name but that of contents.
pub(super) fn beside<A>(
    app: A,
    server: &Server,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
+ Clone
+ Send
+ Sync
+ use<A>
where
    A: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
{
    let name = server.content.name().unwrap_or_default().into();
    Hosts { app, content: service(server), name }
}

/// The host name that a request is for, in lower case, without a port.
fn asked(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority = uri.authority().cloned();
    let authority = authority.or_else(|| host?.parse::<Authority>().ok());
    authority.map(|authority| authority.host().trim_end_matches('.').to_ascii_lowercase())
}

impl<A, C> Service<Request> for Hosts<A, C>
where
    A: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + 'static,
    C: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>
        + Clone
        + Send
        + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The service that answers is made ready when it is known.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let is_content = !self.name.is_empty()
            && asked(request.uri(), request.headers()).as_deref() == Some(&*self.name);
        if is_content {
            Box::pin(self.content.clone().oneshot(request))
        } else {
            Box::pin(self.app.clone().oneshot(request))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_by_its_name_whatever_its_port_and_case() {
        for (host, name) in [
            ("content.localhost:8080", "content.localhost"),
            ("Content.LOCALHOST", "content.localhost"),
            ("content.localhost.:80", "content.localhost"),
            ("127.0.0.1:8080", "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            assert_eq!(asked(&Uri::from_static("/"), &headers).as_deref(), Some(name));
        }
        assert_eq!(asked(&Uri::from_static("/"), &HeaderMap::new()), None);
        let whole = Uri::from_static("http://content.localhost:1/");
        assert_eq!(asked(&whole, &HeaderMap::new()).as_deref(), Some("content.localhost"));
    }
}
