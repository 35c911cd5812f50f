//! `GET about` (Communication 2.8). Needs no credentials.

use axum::Json;
use serde_json::Value;

use crate::problem::Problem;
use service::record;
use xapi::parameters::Parameters;

/// Tells which versions are spoken.
pub async fn get(parameters: Parameters) -> Result<Json<Value>, Problem> {
    parameters.only(&[])?;
    Ok(Json(record::about::about()))
}
