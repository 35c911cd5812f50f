//! Frozen certificate lists: `/api/v1/courses/{id}/certificates`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::reports::{day, rendering, written};
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use report::export::Format;
use service::progress::{Frozen, ProgressError};
use store::StoreError;
use xapi::parameters::Parameters;

/// A frozen list, without its people.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrozenList {
    /// Its name in addresses.
    id: String,
    /// The day at whose end it was true.
    date: String,
    /// When it was frozen, RFC 3339.
    frozen: String,
    /// How many people have a right to the certificate.
    people: usize,
    /// SHA-256 over all that is in it.
    hash: String,
}

impl FrozenList {
    fn new(frozen: &Frozen) -> Self {
        let Frozen { id, list } = frozen;
        Self {
            id: id.clone(),
            date: list.date.to_string(),
            frozen: xapi::instant::Instant::from_micros(list.frozen).to_string(),
            people: list.people.len(),
            hash: list.hash.clone(),
        }
    }
}

/// Freezes the list of all who have a right to the certificate, at the end of a day.
#[utoipa::path(post, path = "/api/v1/courses/{id}/certificates", tag = "certificates",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("at" = Option<String>, Query, description = "a day, such as 2026-10-31; today if missing")),
    responses((status = 201, body = FrozenList), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn freeze(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<FrozenList>), Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["at"])?;
    let at = parameters
        .get("at")
        .map(|at| day(at).ok_or_else(|| Problem::parameter("at", at, "a day, such as 2026-10-31")));
    let frozen = server.progress.freeze(&id, at.transpose()?).await?;
    Ok((StatusCode::CREATED, Json(FrozenList::new(&frozen))))
}

/// The frozen lists of a course, the newest first.
#[utoipa::path(get, path = "/api/v1/courses/{id}/certificates", tag = "certificates",
    security(("key" = [])), params(("id" = String, Path, description = "the course's id")),
    responses((status = 200, body = Vec<FrozenList>), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Vec<FrozenList>>, Problem> {
    let lists = all(&server, &caller, &id).await?;
    Ok(Json(lists.iter().map(FrozenList::new).collect()))
}

/// A frozen list with every member as it was frozen (json), or as a table.
#[utoipa::path(get, path = "/api/v1/courses/{id}/certificates/{list}", tag = "certificates",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("list" = String, Path, description = "the list's id"),
        ("format" = Option<String>, Query, description = "json (default), csv, xlsx, html or text"),
        ("lang" = Option<String>, Query, description = "it or en; by Accept-Language if missing")),
    responses((status = 200, body = Object), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    parameters.only(&["format", "lang", "width"])?;
    let (format, reader) = rendering(&parameters, &headers)?;
    let lists = all(&server, &caller, &id).await?;
    let found = lists.into_iter().find(|frozen| frozen.id == name);
    let Frozen { list, .. } = found.ok_or_else(|| ProgressError::NoCertificates(name.clone()))?;
    if format == Format::Json {
        let text = serde_json::to_string_pretty(&list)
            .map_err(|error| StoreError::Corrupt(format!("certificates {name}: {error}")))?;
        return Ok(([(CONTENT_TYPE, "application/json")], text).into_response());
    }
    let held = server.shares.of_key(&caller.key.name).reserve(0)?;
    written(list.table(), format, reader, held).await
}

/// A frozen list is whole: a key that may not see all of its people may not have it.
async fn all(server: &Server, caller: &Caller, id: &str) -> Result<Vec<Frozen>, Problem> {
    caller.may(Right::ReadCourses)?;
    if caller.key.bounds.is_some() {
        return Err(ProgressError::Bounded.into());
    }
    let _turn = server.reports.turn(&caller.key.name).await?;
    Ok(server.progress.frozen(id).await?)
}
