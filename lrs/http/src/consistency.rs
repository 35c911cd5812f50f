//! `X-Experience-API-Consistent-Through` on every answer of the statements resource
//! (Communication 2.1.3), errors included.

use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use super::state::Server;
use xapi::instant::Instant;

/// The header.
pub const HEADER: HeaderName = HeaderName::from_static("x-experience-api-consistent-through");

/// The latest instant that this process has promised. What was promised once holds for good, also
/// while the store is away.
#[derive(Debug, Default)]
pub struct Promised(AtomicI64);

impl Promised {
    fn add(&self, through: Instant) -> Instant {
        self.0.fetch_max(through.micros(), Ordering::Relaxed);
        through
    }

    fn latest(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Adds the header. The instant is taken before the request is served, so that what it promises
/// holds for what the answer was read from.
pub async fn promise(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (through, mut response) = match server.record.consistent_through().await {
        Ok(through) => (server.promised.add(through), next.run(request).await),
        Err(error) => (server.promised.latest(), Problem::from(error).into_response()),
    };
    if let Ok(value) = HeaderValue::from_str(&through.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
