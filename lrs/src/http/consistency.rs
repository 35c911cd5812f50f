//! `X-Experience-API-Consistent-Through` on every answer of the statements resource
//! (Communication 2.1.3), errors included.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use super::state::Server;

/// The header.
pub const HEADER: HeaderName = HeaderName::from_static("x-experience-api-consistent-through");

/// Adds the header. The instant is taken before the request is served, so that what it promises
/// holds for what the answer was read from.
pub async fn promise(State(server): State<Server>, request: Request, next: Next) -> Response {
    let through = match server.record.consistent_through().await {
        Ok(through) => through.to_string(),
        Err(error) => return Problem::from(error).into_response(),
    };
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&through) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
