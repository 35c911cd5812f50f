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
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, Version};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tower::{Service, ServiceExt as _};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::answered;
use super::deadline::Deadline;
use super::state::Server;

mod commit;
mod files;
mod host;
mod page;

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
        .layer(from_fn(answered::note_route))
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

/// Whether a request names its host as RFC 9112, 3.2, asks: once, and in HTTP/1.1 at least once, by a name and a port alone.
/// A proxy may have gone by the other one of two; what a server makes of none, or of a user before the name, is its own guess.
fn has_its_host(request: &Request) -> bool {
    let mut names = request.headers().get_all(HOST).iter();
    match (names.next(), names.next()) {
        (None, _) => request.version() != Version::HTTP_11,
        (Some(name), None) => is_host(name),
        (Some(_), Some(_)) => false,
    }
}

fn is_host(name: &HeaderValue) -> bool {
    name.to_str().is_ok_and(|name| {
        name.is_empty() || !name.contains(['@', ',']) && name.parse::<Authority>().is_ok()
    })
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
        if !has_its_host(&request) {
            let refused = said(StatusCode::BAD_REQUEST, "a request has one header `Host`");
            return Box::pin(std::future::ready(Ok(refused)));
        }
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

    /// A proxy that goes by the one, and a server by the other, would disagree on who is asked.
    #[tokio::test]
    async fn a_request_that_names_two_hosts_or_none_is_refused() {
        let says = |what: &'static str| {
            tower::service_fn(move |_: Request| std::future::ready(Ok(what.into_response())))
        };
        let (app, content) = (says("application"), says("content"));
        let hosts = Hosts { app, content, name: "content.localhost".into() };
        let names: [(&[&str], StatusCode); 11] = [
            (&["content.localhost"], StatusCode::OK),
            (&["a.example"], StatusCode::OK),
            (&[], StatusCode::BAD_REQUEST),
            (&["a.example", "content.localhost"], StatusCode::BAD_REQUEST),
            (&["content.localhost", "content.localhost"], StatusCode::BAD_REQUEST),
            (&["a_b.example:8080"], StatusCode::OK),
            (&["[::1]:8080"], StatusCode::OK),
            (&[""], StatusCode::OK),
            (&["a.example@content.localhost"], StatusCode::BAD_REQUEST),
            (&["a.example, content.localhost"], StatusCode::BAD_REQUEST),
            (&["a.example,content.localhost"], StatusCode::BAD_REQUEST),
        ];
        let mut wrong = Vec::new();
        for (names, expected) in names {
            let mut request = Request::new(Body::empty());
            for name in names {
                request.headers_mut().append(HOST, HeaderValue::from_static(name));
            }
            let response = hosts.clone().oneshot(request).await.unwrap();
            wrong.extend((response.status() != expected).then_some((names, response.status())));
        }
        assert_eq!(wrong, []);
        // These name it elsewhere, or need not.
        for version in [Version::HTTP_10, Version::HTTP_2] {
            let mut request = Request::new(Body::empty());
            *request.version_mut() = version;
            let response = hosts.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{version:?}");
        }
    }
}
