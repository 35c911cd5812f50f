//! What monitoring reads: `GET /metrics`.

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;

use crate::answered;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;

/// Prometheus' text format.
const TEXT: [(HeaderName, &str); 1] = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];

/// Writes all metrics of this process in Prometheus' text format.
pub type Exposition = fn() -> String;

/// The metrics of this process in Prometheus' text format: requests, refusals, statements by key, the store, memory.
#[utoipa::path(get, path = "/metrics", tag = "health", security(("key" = [])),
    responses((status = 200, content_type = "text/plain", body = String), (status = 403, body = Problem)))]
pub async fn metrics(
    State(server): State<Server>,
    caller: Caller,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    caller.may(Right::ReadMetrics)?;
    answered::gauges(&server).await;
    Ok((TEXT, (server.exposition)()))
}
