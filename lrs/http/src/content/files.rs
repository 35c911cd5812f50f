//! The files of packages: `/p/KEY/PATH`. A key is of one version, whose files never change.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures::stream;

use super::said;
use crate::byte_range::Wanted;
use crate::state::Server;
use service::memory::Reserved;
use service::packages::{PackageError, Packages, Served};
use store::{KeptContent, PIECE};
use xapi::document::Tags;

/// Until the browser's cache is full: a version never changes. Nothing between may keep it, for whoever knows the key reads it.
const CACHED: HeaderValue = HeaderValue::from_static("private, max-age=604800, immutable");

/// A file, or the part of it that is asked for.
pub(super) async fn get(
    State(server): State<Server>,
    Path((key, path)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let found = server.packages.file(&key, &path).await;
    let Served { content_type, content } = match found {
        Ok(Some(served)) => served,
        Ok(None) => return said(StatusCode::NOT_FOUND, "there is no such file in the package"),
        Err(error) => return failed(&error),
    };
    let hosted = match server.packages.hosted(&key).await {
        Ok(Some(hosted)) => hosted,
        Ok(None) => return said(StatusCode::NOT_FOUND, "there is no such package"),
        Err(error) => return failed(&error),
    };
    let etag = format!("\"{}\"", content.sha256);
    let policy = policy(server.content.ancestors(), &hosted.contents.hosts);
    let mut answer = Head::new(&content_type, &etag, &policy);
    let header = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if header(IF_NONE_MATCH).is_some_and(|tags| Tags::parse(tags).name(&content.sha256)) {
        return answer.with(StatusCode::NOT_MODIFIED, Body::empty());
    }
    // A part of what has changed since would be joined to what it is no part of.
    let is_same = header(IF_RANGE).is_none_or(|tag| tag == etag);
    let wanted = Wanted::of(header(RANGE).filter(|_| is_same), content.bytes);
    let (status, from, length) = match wanted {
        Wanted::All => (StatusCode::OK, 0, content.bytes),
        Wanted::Part(first, last) => {
            answer.add(CONTENT_RANGE, &format!("bytes {first}-{last}/{}", content.bytes));
            (StatusCode::PARTIAL_CONTENT, first, last - first + 1)
        }
        Wanted::None => {
            answer.add(CONTENT_RANGE, &format!("bytes */{}", content.bytes));
            return answer.with(StatusCode::RANGE_NOT_SATISFIABLE, Body::empty());
        }
    };
    answer.add(CONTENT_LENGTH, &length.to_string());
    if method == Method::HEAD || length == 0 {
        return answer.with(status, Body::empty());
    }
    match body(&server, content, from, length).await {
        Ok(body) => answer.with(status, body),
        Err(response) => response,
    }
}

/// The head of an answer with a file.
struct Head(HeaderMap);

impl Head {
    fn new(content_type: &str, etag: &str, policy: &str) -> Self {
        let mut head = Self(HeaderMap::with_capacity(12));
        head.add(CONTENT_TYPE, content_type);
        head.add(ETAG, etag);
        head.add(CONTENT_SECURITY_POLICY, policy);
        head.0.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        head.0.insert(CACHE_CONTROL, CACHED);
        head
    }

    fn add(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.insert(name, value);
        }
    }

    fn with(self, status: StatusCode, body: Body) -> Response {
        (status, self.0, body).into_response()
    }
}

/// What a page of a package may do: what old courses need within their own package, to load from the hosts that the check
/// of the package found, and nothing else outside of this host. What a page does is sent to none of them by a request of a
/// script (`connect-src`). Every page around it is named in `frame-ancestors`, or it stays blank.
fn policy(ancestors: &str, hosts: &[String]) -> String {
    let hosts: Vec<String> =
        hosts.iter().map(|host| format!(" http://{host} https://{host}")).collect();
    let hosts = hosts.concat();
    format!(
        "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'{hosts}; connect-src 'self' data: blob:; \
         object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self' {ancestors}; \
         sandbox allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads"
    )
}

/// So many bytes of a content. The first piece is read before the answer begins, so that a content that is not there has a
/// status of its own; an error after that ends the body early.
async fn body(
    server: &Server,
    content: KeptContent,
    from: u64,
    length: u64,
) -> Result<Body, Response> {
    let piece = usize::try_from(length).unwrap_or(PIECE).min(PIECE);
    // One piece is on its way to the client while the next is read.
    let pieces = if length > PIECE as u64 { 2 } else { 1 };
    let held = server.content.memory.reserve(pieces * piece);
    let held = held.map_err(|_| said(StatusCode::SERVICE_UNAVAILABLE, "try again soon"))?;
    let first = server.packages.data(&content, from).await.map_err(|error| failed(&error))?;
    let first = first.slice(..first.len().min(piece));
    let left = length - first.len() as u64;
    if left == 0 {
        return Ok(Body::from(held.hold(first)));
    }
    let at = from + first.len() as u64;
    let reading = Reading {
        packages: server.packages.clone(),
        content,
        at,
        left,
        first: Some(first),
        _held: held,
    };
    Ok(Body::from_stream(stream::try_unfold(reading, async |mut reading| {
        let next = reading.next().await.inspect_err(|error| {
            tracing::error!(%error, "a file of a package ends early");
        })?;
        Ok::<_, PackageError>(next.map(|bytes| (bytes, reading)))
    })))
}

/// A file that is on its way.
struct Reading {
    packages: Packages,
    content: KeptContent,
    at: u64,
    left: u64,
    first: Option<bytes::Bytes>,
    _held: Reserved,
}

impl Reading {
    async fn next(&mut self) -> Result<Option<bytes::Bytes>, PackageError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        if self.left == 0 {
            return Ok(None);
        }
        let piece = self.packages.data(&self.content, self.at).await?;
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(piece.len());
        let piece = piece.slice(..length);
        self.at += length as u64;
        self.left -= length as u64;
        Ok((length > 0).then_some(piece))
    }
}

fn failed(error: &PackageError) -> Response {
    tracing::error!(%error, "a file of a package cannot be read");
    said(StatusCode::SERVICE_UNAVAILABLE, "the file cannot be read now")
}
