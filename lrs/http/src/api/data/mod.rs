//! The log as tables: `/api/v1/data`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use dataset::Dataset;
use futures::{StreamExt as _, stream};
use serde_json::Value;
use utoipa::IntoParams;

use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::compute::Turn;
use service::datasets::{DataFormat, RowStream};
use service::memory::Reserved;
use xapi::instant::Instant;
use xapi::parameters::Parameters;

pub mod files;

/// Up to where an answer has all rows: what the next request gives as `after`.
pub const THROUGH: HeaderName = HeaderName::from_static("traccia-through");

/// Which rows of a table are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description: `table` reads them")]
struct RowParameters {
    /// Only rows of statements stored after this instant: the `Traccia-Through` of the answer before.
    after: Option<String>,
    /// Only rows of statements stored at or before this instant.
    until: Option<String>,
    /// `ndjson` (the default), `csv` or `parquet`.
    format: Option<String>,
    /// Only statements of the course of this id, and those that void.
    course: Option<String>,
    /// For whom the pseudonyms are made; only for keys that manage this server. Left out, they are those of the sealed
    /// files.
    recipient: Option<String>,
}

/// The files of the tables, by range, with the columns of each. Where the server keeps no files
/// (`--datasets`), the tables have columns and no files. `visible` is the instant up to which rows can be read now, `first`
/// when the first statement was stored.
#[utoipa::path(get, path = "/api/v1/data/manifest", tag = "data", security(("key" = [])),
    responses((status = 200, body = Object, content_type = "application/json"),
        (status = 403, body = Problem), (status = 503, body = Problem)))]
pub async fn manifest(State(server): State<Server>, caller: Caller) -> Result<Response, Problem> {
    caller.may(Right::ReadData)?;
    shown(&server, &caller.key.name).await
}

/// The manifest under the name that it has beside the files in a folder: the address of a server, with `/api/v1/data/`, can
/// be given where a folder is.
#[utoipa::path(get, path = "/api/v1/data/manifest.json", tag = "data", security(("key" = [])),
    responses((status = 200, body = Object, content_type = "application/json"),
        (status = 403, body = Problem), (status = 503, body = Problem)))]
pub async fn manifest_file(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Response, Problem> {
    caller.may(Right::ReadData)?;
    shown(&server, &caller.key.name).await
}

async fn shown(server: &Server, key: &str) -> Result<Response, Problem> {
    let manifest = server.data.manifest(key).await?;
    let tables = server.data.tables(None, None).await?;
    let (visible, first) =
        (tables.visible_through().await?, tables.first_after(Instant::default()).await?);
    let mut text: Value = serde_json::from_slice(&manifest.text()).map_err(|error| {
        tracing::error!(%error, "a manifest cannot be shown");
        Problem::stopped()
    })?;
    if let Some(members) = text.as_object_mut() {
        members.insert("visible".to_owned(), visible.to_string().into());
        members.insert("first".to_owned(), first.map(|first| first.to_string()).into());
    }
    Ok(axum::Json(text).into_response())
}

/// The rows of a table: `statements`, `context_activities`, `agents`, `extensions`; `learners`, `course_activities`,
/// `activities`, `verbs`, `refusals` and `erasures` as they are now; `identities` and `raw`, which name people. `Traccia-Through`
/// says up to where the answer has all rows: given as `after` of the next request, each row comes once.
#[utoipa::path(get, path = "/api/v1/data/{table}", tag = "data", security(("key" = [])),
    params(("table" = String, Path, description = "the table's name"), RowParameters),
    responses((status = 200, body = String, content_type = "application/x-ndjson"),
        (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn table(
    State(server): State<Server>,
    caller: Caller,
    Path(table): Path<String>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    caller.may(Right::ReadData).or_else(|_| caller.may(Right::ReadIdentities))?;
    let dataset: Dataset = table.parse().map_err(|_| Problem::not_found("table of this name"))?;
    caller.may(if dataset.names_people() { Right::ReadIdentities } else { Right::ReadData })?;
    let recipient = parameters.get("recipient");
    if recipient.is_some() {
        // Who can choose can join what two recipients have.
        caller.may(Right::Manage)?;
    }
    let ranges: &[&str] = if dataset.is_snapshot() { &[] } else { &["after", "until"] };
    parameters.only(&[ranges, &["format", "course", "recipient"][..]].concat())?;
    let format = format(&parameters)?;
    let turn = server.data.turn(&caller.key.name).await?;
    let memory = server.shares.of_key(&caller.key.name);
    let held = memory.reserve(format.weight())?;
    let tables = server.data.tables(recipient, parameters.get("course")).await?;
    let after = parameters.instant("after")?.unwrap_or_default();
    let visible = tables.visible_through().await?;
    let until = parameters.instant("until")?;
    let through = until.map_or(visible, |until| until.min(visible)).max(after);
    let rows = tables.stream(dataset, (after, through), format, &memory).await?;
    let rows = Streaming { rows, _held: held, _turn: turn };
    let mut response = in_pieces(rows).await?.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    let name = format!("attachment; filename=\"{dataset}.{}\"", format.extension());
    let next = (!dataset.is_snapshot() && until.is_none_or(|until| through < until))
        .then(|| next(&server, dataset, &parameters, through));
    let through = through.to_string();
    let texts = [(CONTENT_DISPOSITION, Some(name)), (THROUGH, Some(through)), (LINK, next)];
    for (header, text) in texts {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(header, value);
        }
    }
    Ok(response)
}

fn format(parameters: &Parameters) -> Result<DataFormat, Problem> {
    let name = parameters.get("format").unwrap_or("ndjson");
    name.parse().map_err(|_| Problem::parameter("format", name, "ndjson, csv or parquet"))
}

/// Where the rows are that come later.
fn next(server: &Server, dataset: Dataset, parameters: &Parameters, through: Instant) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("after", &through.to_string());
    query.extend_pairs(parameters.iter().filter(|(name, _)| *name != "after"));
    let path = server.path_seen_outside(&format!("/api/v1/data/{dataset}"));
    format!("<{path}?{}>; rel=\"next\"", query.finish())
}

/// Rows that are made while they are sent.
struct Streaming {
    rows: RowStream,
    _held: Reserved,
    _turn: Turn,
}

/// An error after the first piece ends the body early, so that the reader sees that it is not whole, and is logged.
async fn in_pieces(mut streaming: Streaming) -> Result<Body, Problem> {
    let first = streaming.rows.next().await?;
    let first = stream::iter(first).map(Ok);
    let others = stream::try_unfold(streaming, async |mut streaming| {
        let next = streaming.rows.next().await.map_err(|error| {
            tracing::error!(%error, "rows end early");
            std::io::Error::other(error)
        })?;
        Ok::<_, std::io::Error>(next.map(|bytes| (bytes, streaming)))
    });
    Ok(Body::from_stream(first.chain(others)))
}
