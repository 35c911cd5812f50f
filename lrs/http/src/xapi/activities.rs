//! `GET activities` (Communication 2.5).

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use xapi::parameters::Parameters;

/// The activity with its merged definition. One that was never seen has its id alone.
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Json<Value>, Problem> {
    caller.may(Right::ReadStatements)?;
    parameters.only(&["activityId"])?;
    parameters.required("activityId")?;
    let id = parameters.iri("activityId")?.unwrap_or_default();
    Ok(Json(server.record.activity(&id).await?))
}
