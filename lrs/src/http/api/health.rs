//! Whether the server lives and can work.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::state::Server;

/// A server that answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
    /// What an administrator should look at, though the server works.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// Answers as long as the process does.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = Health)))]
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok", warnings: Vec::new() })
}

/// Answers 200 when the store reads and writes, with warnings where something is wrong beside that; 503 when it does
/// not, or was found to be damaged.
#[utoipa::path(get, path = "/readyz", tag = "health",
    responses((status = 200, body = Health), (status = 503, body = Problem)))]
pub async fn ready(State(server): State<Server>) -> Result<Json<Health>, Problem> {
    server.store.ping().await.map_err(Problem::not_ready)?;
    let ahead = server.record.stored_ahead().await?;
    let warnings = ahead.iter().map(ToString::to_string).collect();
    Ok(Json(Health { status: "ok", warnings }))
}
