//! `PUT` and `POST statements` (Communication 2.1.1, 2.1.2).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use uuid::Uuid;
use validator::{Statement, Version};

use crate::access::caller::Caller;
use crate::access::scope::Right;
use crate::http::multipart;
use crate::http::problem::Problem;
use crate::http::request::Content;
use crate::http::state::Server;
use crate::http::version::Spoken;
use crate::xapi::attachment::Attachment;
use crate::xapi::document::is_json;
use crate::xapi::parameters::Parameters;
use crate::xapi::refusal::Refusal;
use crate::xapi::subject::Subject;

/// Bodies from this size on are checked off the asynchronous threads.
const LARGE: usize = 64 * 1024;

/// Keeps one statement under the id of the URL.
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
    content: Content,
) -> Result<StatusCode, Problem> {
    caller.may(Right::WriteStatements)?;
    parameters.only(&["statementId"])?;
    parameters.required("statementId")?;
    let id = parameters.uuid("statementId")?.unwrap_or_default();
    let (statements, parts) = split(content).await?;
    let statement = validator::check(&statements, version)?;
    server.record.keep_as(id, statement, parts, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps one statement or a list of them, all or none, and answers with their ids in order.
pub async fn post(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
    content: Content,
) -> Result<Json<Vec<Uuid>>, Problem> {
    caller.may(Right::WriteStatements)?;
    parameters.only(&[])?;
    let (statements, parts) = split(content).await?;
    let body = statements.clone();
    let kept = keep(&server, &caller, version, statements, parts).await;
    match kept {
        Ok(ids) => Ok(Json(ids)),
        Err(problem) => Err(naming(problem, body).await),
    }
}

async fn keep(
    server: &Server,
    caller: &Caller,
    version: Version,
    statements: Bytes,
    parts: Vec<Attachment>,
) -> Result<Vec<Uuid>, Problem> {
    let batch = checked(statements, version).await?;
    if batch.len() > server.limits.statements_per_batch {
        return Err(too_many(batch.len(), server.limits.statements_per_batch));
    }
    Ok(server.record.keep(batch, parts, caller).await?)
}

/// The problem with what its statements are about, for people who know them by no index.
async fn naming(problem: Problem, body: Bytes) -> Problem {
    let places = problem.places();
    if places.is_empty() {
        return problem;
    }
    let find = move || Subject::in_batch(&body, &places);
    let found = tokio::task::spawn_blocking(find).await.unwrap_or_default();
    problem.naming(found)
}

/// Checks a body; a large one where it does not hold up other requests.
async fn checked(body: Bytes, version: Version) -> Result<Vec<Statement>, Problem> {
    if body.len() < LARGE {
        return Ok(validator::check_batch(&body, version)?.statements);
    }
    let check = move || validator::check_batch(&body, version);
    let checked = tokio::task::spawn_blocking(check).await.map_err(|error| {
        tracing::error!(%error, "checking a batch was stopped");
        Problem::stopped()
    })?;
    Ok(checked?.statements)
}

async fn split(content: Content) -> Result<(Bytes, Vec<Attachment>), Problem> {
    let Content { content_type, body } = content;
    if multipart::is_multipart(&content_type) {
        let parts = multipart::receive(&content_type, body).await?;
        return Ok((parts.statements, parts.attachments));
    }
    if is_json(&content_type) {
        return Ok((body, Vec::new()));
    }
    Err(Refusal::new(
        "content-type",
        "xAPI 1.0.3 Communication 1.5",
        format!("Statements do not come as `{content_type}`."),
        "Send application/json, or multipart/mixed when there are attachments.",
    )
    .with("type", content_type)
    .into())
}

fn too_many(count: usize, limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "batch-too-large",
        format!("The batch has {count} statements; the limit is {limit}."),
        "Send fewer statements at a time, or raise `limits.statements_per_batch` on the server.",
    )
    .with("count", count)
    .with("limit", limit)
}
