//! Counts what the xAPI resources refuse, by key and rule.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;

use super::credentials::basic;
use super::problem::BrokenRule;
use super::state::Server;

/// Counts a refused request under the name of the key that sent it; under no name where the key
/// itself was refused, or not looked at: anybody can make names up.
pub(super) async fn count(State(server): State<Server>, request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let name = header.and_then(basic).map(|(name, _)| name).unwrap_or_default();
    let response = next.run(request).await;
    if let Some(BrokenRule(rule)) = response.extensions().get() {
        let (bad, not_checked) = (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS);
        let is_known = ![bad, not_checked].contains(&response.status());
        let name = if is_known { name.as_str() } else { "" };
        server.record.refusals().count(name, rule, server.record.now());
    }
    response
}
