//! `GET agents` (Communication 2.4).

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::access::caller::Caller;
use crate::access::scope::Right;
use crate::http::problem::Problem;
use crate::http::state::Server;
use crate::http::version::Spoken;
use crate::xapi::parameters::Parameters;

/// The Person object of an agent.
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
) -> Result<Json<Value>, Problem> {
    caller.may(Right::ReadStatements)?;
    parameters.only(&["agent"])?;
    parameters.required("agent")?;
    let agent = parameters.agent("agent", version)?.unwrap_or_default();
    Ok(Json(server.record.person(&agent).await?))
}
