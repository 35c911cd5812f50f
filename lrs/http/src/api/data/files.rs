//! The sealed files of tables: `/api/v1/data/{table}/{part}/{file}`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use dataset::DatasetFile;
use futures::stream;

use crate::byte_range::Wanted;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::datasets::{DataFormat, DataLane, DatasetError};
use service::memory::Reserved;
use xapi::document::Tags;

/// How much of a file is read at a time.
const PIECE: usize = 1 << 20;
/// A file never changes, and only its reader may keep it.
const CACHED: HeaderValue = HeaderValue::from_static("private, max-age=604800, immutable");

/// A file that the manifest names, or a part of it by `Range`.
#[utoipa::path(get, path = "/api/v1/data/{table}/{part}/{file}", tag = "data",
    security(("key" = [])), params(("table" = String, Path, description = "the table's name"),
        ("part" = String, Path, description = "the folder, as in the manifest"),
        ("file" = String, Path, description = "the file, as in the manifest")),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.apache.parquet"),
        (status = 206, body = Vec<u8>, content_type = "application/vnd.apache.parquet"),
        (status = 304, description = "the file is as `If-None-Match` says"),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 416, body = Problem), (status = 503, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path((table, part, name)): Path<(String, String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Right::ReadData)?;
    let file = server.data.file(&caller.key.name, &format!("{table}/{part}/{name}")).await?;
    let file = file.ok_or_else(|| Problem::not_found("file of a table in the manifest"))?;
    let etag = format!("\"{}\"", file.sha256);
    let header = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if header(IF_NONE_MATCH).is_some_and(|tags| Tags::parse(tags).name(&file.sha256)) {
        return Ok(answer(StatusCode::NOT_MODIFIED, &etag, None, Body::empty()));
    }
    let is_same = header(IF_RANGE).is_none_or(|tag| tag == etag);
    let (status, from, length, range) =
        match Wanted::of(header(RANGE).filter(|_| is_same), file.bytes) {
            Wanted::All => (StatusCode::OK, 0, file.bytes, None),
            Wanted::Part(first, last) => {
                let range = format!("bytes {first}-{last}/{}", file.bytes);
                (StatusCode::PARTIAL_CONTENT, first, last - first + 1, Some(range))
            }
            Wanted::None => {
                let range = format!("bytes */{}", file.bytes);
                let status = StatusCode::RANGE_NOT_SATISFIABLE;
                return Ok(answer(status, &etag, Some(&range), Body::empty()));
            }
        };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        let held = server.shares.of_key(&caller.key.name).reserve(2 * PIECE)?;
        let lane = server.data.clone();
        let key = caller.key.name.clone();
        in_pieces(Reading { lane, key, file, at: from, left: length, _held: held }).await?
    };
    let mut response = answer(status, &etag, range.as_deref(), body);
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    Ok(response)
}

fn answer(status: StatusCode, etag: &str, range: Option<&str>, body: Body) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(DataFormat::Parquet.media_type()));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, CACHED);
    for (name, text) in [(ETAG, Some(etag)), (CONTENT_RANGE, range)] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// A file that is on its way.
struct Reading {
    lane: DataLane,
    key: String,
    file: DatasetFile,
    at: u64,
    left: u64,
    _held: Reserved,
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, DatasetError> {
        if self.left == 0 {
            return Ok(None);
        }
        let length = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let bytes = self.lane.piece(&self.key, &self.file, (self.at, length)).await?;
        (self.at, self.left) = (self.at + bytes.len() as u64, self.left - bytes.len() as u64);
        Ok((!bytes.is_empty()).then_some(bytes))
    }
}

async fn in_pieces(mut reading: Reading) -> Result<Body, Problem> {
    let first = reading.next().await?;
    let begun = stream::iter(first.map(Ok::<_, std::io::Error>));
    let others = stream::try_unfold(reading, async |mut reading| {
        let next = reading.next().await.map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(next.map(|bytes| (bytes, reading)))
    });
    Ok(Body::from_stream(futures::StreamExt::chain(begun, others)))
}
