//! Frozen certificate lists: `/api/v1/courses/{id}/certificates`.

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::described::ReportTable;
use super::reports::{OF_PAGES, PageParameters, day, page, paged, rendering, written};
use crate::audit::Told;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use report::FrozenCertificates;
use report::export::Format;
use service::compute;
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
) -> Result<(StatusCode, Extension<Told>, Json<FrozenList>), Problem> {
    caller.may(Right::FreezeCertificates)?;
    parameters.only(&["at"])?;
    let at = parameters
        .get("at")
        .map(|at| day(at).ok_or_else(|| Problem::parameter("at", at, "a day, such as 2026-10-31")));
    let (of, course, at) = (server.clone(), id.clone(), at.transpose()?);
    let frozen = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.progress.freeze(&course, at).await
    });
    let frozen = frozen.await??;
    let list = FrozenList::new(&frozen);
    let told = Told { target: Some(format!("{id}/{}", list.id)), details: None };
    Ok((StatusCode::CREATED, Extension(told), Json(list)))
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
    unbounded(&caller)?;
    let of = server.clone();
    let lists = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.progress.frozen(&id, FrozenList::new).await
    });
    Ok(Json(lists.await??))
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
    let list = named(&server, &caller, &id, &name).await?;
    if format == Format::Json {
        let write = compute::aside(move || serde_json::to_string_pretty(&list));
        let text = write
            .await?
            .map_err(|error| StoreError::Corrupt(format!("certificates {name}: {error}")))?;
        return Ok(([(CONTENT_TYPE, "application/json")], text).into_response());
    }
    let held = server.shares.of_key(&caller.key.name).reserve(0)?;
    let table = compute::aside(move || list.table()).await?;
    written(table, format, reader, held).await
}

/// The people of a frozen list as a table, in pages.
#[utoipa::path(get, path = "/api/v1/courses/{id}/certificates/{list}/people", tag = "certificates",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("list" = String, Path, description = "the list's id"),
        PageParameters,
        ("lang" = Option<String>, Query, description = "it or en; by Accept-Language if missing")),
    responses((status = 200, body = ReportTable), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn people(
    State(server): State<Server>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    parameters.only(&OF_PAGES.into_iter().chain(["lang"]).collect::<Vec<_>>())?;
    let (_, reader) = rendering(&parameters, &headers)?;
    let page = page(&parameters)?;
    let list = named(&server, &caller, &id, &name).await?;
    let table = compute::aside(move || list.table()).await?;
    let held = server.shares.of_key(&caller.key.name).reserve(0)?;
    let (table, held) = paged(table, page, reader.language, held).await?;
    written(table, Format::Json, reader, held).await
}

/// The frozen list of this id, where the caller may see all of its people.
async fn named(
    server: &Server,
    caller: &Caller,
    id: &str,
    name: &str,
) -> Result<FrozenCertificates, Problem> {
    unbounded(caller)?;
    let (of, id, wanted) = (server.clone(), id.to_owned(), name.to_owned());
    let found = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.progress.frozen_list(&id, &wanted).await
    });
    let Frozen { list, .. } = found.await??;
    Ok(list)
}

/// A frozen list is whole: a key that may not see all of its people may not have it.
fn unbounded(caller: &Caller) -> Result<(), Problem> {
    caller.may(Right::ReadCourses)?;
    if caller.key.bounds.is_some() {
        return Err(ProgressError::Bounded.into());
    }
    Ok(())
}
