//! Tells the administrator what is refused: each refusal in the log, and those of the xAPI
//! resources counted by key and rule.

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::credentials::basic;
use super::problem::Broken;
use super::state::Server;

/// On a response whose refusal is logged.
#[derive(Clone, Copy)]
struct Logged;

/// Logs a refused request with the key that sent it, the rule and the place: request, statement in
/// the batch, JSON pointer. What the request says is not logged: it is about people.
///
/// Not logged are failures of the server, which are where they happen, and requests for what is
/// not there, which players make as a matter of course. A response that comes by twice is logged
/// once, by the layer that is nearer to the handler.
pub(super) async fn log(request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION).cloned();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let mut response = next.run(request).await;
    let status = response.status();
    let is_refusal = status.is_client_error() && status != StatusCode::NOT_FOUND;
    if !is_refusal || response.extensions().get::<Logged>().is_some() {
        return response;
    }
    if let Some(Broken { rule, statement, pointer }) = response.extensions().get() {
        tracing::info!(
            key = name(header.as_ref()),
            rule,
            status = status.as_u16(),
            statement,
            pointer,
            "refused {method} {:?}",
            service::packages::masked(uri.path()),
        );
        response.extensions_mut().insert(Logged);
    }
    response
}

/// Counts a refused request under the name of the key that sent it. Anybody can make names up: a key that was itself
/// refused, or not looked at, is named only where its secret was made up here, as that of a key that was revoked.
pub(super) async fn count(State(server): State<Server>, request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION).cloned();
    let response = next.run(request).await;
    if let Some(Broken { rule, .. }) = response.extensions().get() {
        let (bad, not_checked) = (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS);
        let is_known = ![bad, not_checked].contains(&response.status());
        let shown = header.as_ref().and_then(|value| value.to_str().ok());
        let issued = shown.and_then(|header| server.credentials.issued_to(header));
        let name = if is_known { name(header.as_ref()) } else { issued.unwrap_or_default() };
        server.record.count_refusal(&name, rule);
    }
    response
}

/// The name of the key that a request shows, be it good or not; empty where it shows none.
fn name(header: Option<&HeaderValue>) -> String {
    let header = header.and_then(|value| value.to_str().ok());
    header.and_then(basic).map(|(name, _)| name).unwrap_or_default()
}
