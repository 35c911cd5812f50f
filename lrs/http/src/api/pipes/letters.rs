//! Statements that a pipe has given up: `/api/v1/pipes/{pipe}/dead-letters`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::invalid;
use crate::language::ReaderLanguage;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use store::DeadLetter;
use xapi::instant::Instant;
use xapi::parameters::Parameters;

/// How many letters a page has where nothing else is asked, and at most.
const USUAL: usize = 50;
const MOST: usize = 500;

/// Some dead letters.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterPage {
    /// In the order in which their statements were stored.
    items: Vec<LetterView>,
    /// The `after` of the next page; null on the last one.
    #[schema(required)]
    next: Option<String>,
}

/// A statement that a pipe has given up.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterView {
    /// The statement's id where it comes from.
    statement: String,
    /// When it was stored there, RFC 3339 in UTC.
    stored: String,
    /// The status with which it was refused; 0 where there was no answer to give one.
    status: u16,
    /// Why: the answer, or the rule of this server.
    body: String,
    /// When it was given up.
    at: String,
}

/// What came of another attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetriedLetter {
    /// Whether the statement was delivered, and its letter is gone.
    is_delivered: bool,
    /// The letter as it is now; null where it is gone.
    #[schema(required)]
    letter: Option<LetterView>,
}

impl LetterView {
    fn of(letter: &DeadLetter, reader: ReaderLanguage) -> Self {
        Self {
            statement: letter.statement.to_string(),
            stored: letter.stored.to_string(),
            status: letter.status,
            body: reader.said(&letter.body),
            at: letter.at.to_string(),
        }
    }
}

/// `STORED/ID`: where a page ended.
fn place(text: &str) -> Option<(Instant, Uuid)> {
    let (stored, id) = text.split_once('/')?;
    Some((Instant::from_micros(stored.parse().ok()?), id.parse().ok()?))
}

fn statement_of(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| {
        invalid(
            format!("`{text}` is no id of a statement."),
            "GET …/dead-letters lists the ids of the pipe's dead letters.",
        )
    })
}

/// The dead letters of a pipe.
#[utoipa::path(get, path = "/api/v1/pipes/{pipe}/dead-letters", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name"),
        ("limit" = Option<usize>, Query, description = "how many at most: 50 when missing, 500 at most"),
        ("after" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = LetterPage), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<Json<LetterPage>, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["limit", "after"])?;
    let limit = parameters.number("limit")?.unwrap_or(USUAL).clamp(1, MOST);
    let after = match parameters.get("after") {
        None => None,
        Some(text) => Some(place(text).ok_or_else(|| {
            invalid("`after` is of no page.", "Use `next` of the page before, as it is.")
        })?),
    };
    let letters = server.pipes.letters(&name, after, limit).await?;
    let last = letters.last().filter(|_| letters.len() == limit).map(DeadLetter::place);
    let next = last.map(|(stored, id)| format!("{}/{id}", stored.micros()));
    Ok(Json(LetterPage {
        items: letters.iter().map(|letter| LetterView::of(letter, reader)).collect(),
        next,
    }))
}

/// Tries to deliver a statement again that was given up.
#[utoipa::path(post, path = "/api/v1/pipes/{pipe}/dead-letters/{statement}", tag = "pipes",
    security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name"),
        ("statement" = String, Path, description = "the statement's id")),
    responses((status = 200, body = RetriedLetter), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 502, body = Problem)))]
pub async fn retry(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path((name, statement)): Path<(String, String)>,
) -> Result<Json<RetriedLetter>, Problem> {
    caller.may(Right::Manage)?;
    let letter = server.pipes.retry(&name, statement_of(&statement)?).await?;
    let letter = letter.as_ref().map(|letter| LetterView::of(letter, reader));
    Ok(Json(RetriedLetter { is_delivered: letter.is_none(), letter }))
}

/// Drops a dead letter: its statement will not be delivered.
#[utoipa::path(delete, path = "/api/v1/pipes/{pipe}/dead-letters/{statement}", tag = "pipes",
    security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name"),
        ("statement" = String, Path, description = "the statement's id")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn remove(
    State(server): State<Server>,
    caller: Caller,
    Path((name, statement)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Manage)?;
    server.pipes.drop_letter(&name, statement_of(&statement)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
