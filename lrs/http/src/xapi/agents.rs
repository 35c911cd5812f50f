//! `GET agents` (Communication 2.4).

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::problem::Problem;
use crate::state::Server;
use crate::version::Spoken;
use access::caller::Caller;
use access::scope::Right;
use xapi::parameters::Parameters;

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
