//! Statements for pages: `/api/v1/statements`, where a session is looked at. `/xapi` takes keys alone.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};

use super::search;
use crate::problem::Problem;
use crate::share::Answers;
use crate::state::Server;
use crate::version;
use crate::xapi::get_statements::Asked;
use crate::xapi::untrusted;
use access::caller::Caller;
use service::memory::Memory;
use xapi::parameters::Parameters;

/// One statement, or a page of those that match: as `GET /xapi/statements` (xAPI Communication 2.1.3), with its parameters,
/// its answers, and a `more` that leads on here. The header `X-Experience-API-Version` may be left out. With `where`, `text`,
/// `count` or a format of tables the search goes through the columns of the table `statements`: it takes `since`, `until`,
/// `limit` beside these, gives the oldest first, and a page of it may be empty while there is a `more`.
#[utoipa::path(get, path = "/api/v1/statements", tag = "statements", security(("key" = [])),
    params(("statementId" = Option<String>, Query, description = "the statement of this id"),
        ("voidedStatementId" = Option<String>, Query, description = "the voided statement of this id"),
        ("agent" = Option<String>, Query, description = "an Agent in JSON"),
        ("verb" = Option<String>, Query, description = "the IRI of a verb"),
        ("activity" = Option<String>, Query, description = "the IRI of an activity"),
        ("registration" = Option<String>, Query, description = "a registration"),
        ("related_activities" = Option<bool>, Query, description = "`activity` wherever it stands"),
        ("related_agents" = Option<bool>, Query, description = "`agent` wherever it stands"),
        ("since" = Option<String>, Query, description = "stored after this instant"),
        ("until" = Option<String>, Query, description = "stored at this instant or before"),
        ("limit" = Option<usize>, Query, description = "at most so many"),
        ("format" = Option<String>, Query, description = "ids, exact or canonical; csv, ndjson or xlsx"),
        ("attachments" = Option<bool>, Query, description = "with attachments, as multipart/mixed"),
        ("ascending" = Option<bool>, Query, description = "the oldest first"),
        ("where" = Option<String>, Query, description = "a condition on a column of the table `statements`, such as \
            `verb=completed|passed` or `timestamp>=2026-01-01`; may be given several times"),
        ("text" = Option<String>, Query, description = "what stands in a name of actor, verb or object"),
        ("zone" = Option<String>, Query, description = "the time zone of days in conditions"),
        ("voided" = Option<String>, Query, description = "beside `where` or `text`: `exclude` or `include`"),
        ("count" = Option<bool>, Query, description = "how many there are in all"),
        ("cursor" = Option<String>, Query, description = "of a `more` link")),
    responses((status = 200, description = "a statement, or a StatementResult", body = serde_json::Value),
        (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    Answers(memory): Answers,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (parameters, beyond) = match server.cursors.resume(parameters.clone())? {
        (carried, beyond) if search::is_search(&carried) => (carried, beyond),
        _ => return of_the_standard(&server, caller, memory, parameters, headers).await,
    };
    let response = search::answer(&server, &caller, &parameters, beyond).await?;
    Ok(untrusted::mark(response))
}

async fn of_the_standard(
    server: &Server,
    caller: Caller,
    memory: Memory,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let version = version::or(&headers, server.default_version)?;
    let asked = Asked { caller, memory, version, parameters, headers };
    let response = asked.at("/api/v1/statements", server).await?.into_response();
    Ok(untrusted::mark(response))
}
