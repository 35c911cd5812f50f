//! What handlers take from a request: parameters read strictly, bodies up to the limit.
//!
//! [`Content`] is a body that is read for a good key alone: a handler that takes it has authenticated
//! the request, whatever else it does and in whatever order. [`Small`] is read without a key.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt as _;

use super::deadline::Late;
use super::problem::Problem;
use super::refused::Sent;
use super::share::Share;
use super::state::Server;
use service::memory::Memory;
use xapi::parameters::Parameters;

/// The largest JSON body that names one thing, such as a key or a launch.
const BRIEF: usize = 64 * 1024;
/// The largest body without a key: a form of two fields, of which people need no more.
const SMALL: usize = 4 * 1024;
/// How much of a body is read before others get their turn.
const AT_A_TIME: usize = 64 * 1024;
/// How long it may take.
const SMALL_TIME: Duration = Duration::from_secs(10);

impl FromRequestParts<Server> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Problem> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default())?)
    }
}

/// A whole body, decompressed, no larger than `limits.body_bytes`. A body is read for a good key alone.
/// Its bytes are reserved in the share of that key until the last [`Bytes`] of them is dropped.
#[derive(Clone, Debug)]
pub struct Content {
    /// The `Content-Type` header as it came; empty when missing.
    pub content_type: String,
    /// The bytes.
    pub body: Bytes,
}

impl FromRequest<Server> for Content {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Share(memory) = Share::from_request_parts(&mut parts, server).await?;
        let limit = server.limits.body_bytes;
        refuse_early(&parts.headers, limit)?;
        let content_type = content_type(&parts.headers);
        let body = read(body, limit, &memory).await?;
        Sent::note_body(&parts.extensions, &content_type, &body);
        Ok(Self { content_type, body })
    }
}

impl Content {
    /// Refuses with 415 what does not say that it is of one of these media types.
    pub fn only(&self, types: &[&str]) -> Result<(), Problem> {
        let essence = self.content_type.split(';').next().unwrap_or_default().trim();
        if types.iter().any(|taken| essence.eq_ignore_ascii_case(taken)) {
            return Ok(());
        }
        Err(Problem::media_type(&self.content_type, &types.join(" or ")))
    }
}

/// [`Content`] that becomes a document of a state or profile: at most `limits.document_bytes`. Each change writes the whole
/// document anew, on the one thread that writes.
#[derive(Clone, Debug)]
pub struct DocumentContent(pub Content);

impl FromRequest<Server> for DocumentContent {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let limit = server.limits.document_bytes.min(server.limits.body_bytes);
        let told = |problem: Problem| match problem.rule() {
            "body-too-large" => Problem::document_too_large(limit),
            _ => problem,
        };
        let (mut parts, body) = request.into_parts();
        let Share(memory) = Share::from_request_parts(&mut parts, server).await?;
        refuse_early(&parts.headers, limit).map_err(told)?;
        let content_type = content_type(&parts.headers);
        let body = read(body, limit, &memory).await.map_err(told)?;
        Sent::note_body(&parts.extensions, &content_type, &body);
        Ok(Self(Content { content_type, body }))
    }
}

/// [`Content`] of at most 64 KiB, for JSON that is read as values on the calling thread: values take many times the bytes of
/// their text.
#[derive(Clone, Debug)]
pub struct Brief(pub Content);

impl FromRequest<Server> for Brief {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Share(memory) = Share::from_request_parts(&mut parts, server).await?;
        let limit = BRIEF.min(server.limits.body_bytes);
        refuse_early(&parts.headers, limit)?;
        let content_type = content_type(&parts.headers);
        Ok(Self(Content { content_type, body: read(body, limit, &memory).await? }))
    }
}

/// A whole body of at most four kilobytes, which is there within ten seconds: that of a request
/// that needs no key.
#[derive(Clone, Debug)]
pub struct Small(pub Content);

impl FromRequest<Server> for Small {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Problem> {
        refuse_early(request.headers(), SMALL)?;
        let content_type = content_type(request.headers());
        let reading = read(request.into_body(), SMALL, server.shares.of_nobody());
        let body = tokio::time::timeout(SMALL_TIME, reading).await;
        Ok(Self(Content { content_type, body: body.map_err(|_| Problem::late())?? }))
    }
}

/// Refuses, before any of it is read, a body that says itself that it is too large, and one in an
/// encoding that was not undone.
pub fn refuse_early(headers: &HeaderMap, limit: usize) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let encoding = text(CONTENT_ENCODING).unwrap_or("identity");
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-encoding",
            format!("The body's encoding `{encoding}` is not known here."),
            "Send it plain, or with Content-Encoding: gzip.",
        )
        .with("encoding", encoding));
    }
    match text(CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > limit => Err(Problem::too_large(limit)),
        _ => Ok(()),
    }
}

/// The `Content-Type` header as text; empty when missing or not text.
pub fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// Reads a body to its end. Its bytes are taken from `memory` as they come, and given back with
/// the last clone of what is returned. Refused with 413 as soon as it is larger than `limit`
/// bytes, with 503 when there is no memory left, with 408 when it is late.
pub async fn read(body: Body, limit: usize, memory: &Memory) -> Result<Bytes, Problem> {
    read_while(body, limit, memory, |_| Ok(())).await
}

/// [`read`], as long as `goes_on` does not refuse a part. A small body may become a large one:
/// what can be seen from its beginning need not wait for its end.
pub(super) async fn read_while(
    mut body: Body,
    limit: usize,
    memory: &Memory,
    mut goes_on: impl FnMut(&[u8]) -> Result<(), Problem>,
) -> Result<Bytes, Problem> {
    let mut held = memory.reserve(0)?;
    let (mut first, mut rest) = (Bytes::new(), Vec::new());
    let mut at_a_time = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| unreadable(&error))?.into_data() else { continue };
        let length = first.len() + rest.len() + data.len();
        if length > limit {
            return Err(Problem::too_large(limit));
        }
        goes_on(&data)?;
        // A body that is there already, as what a few bytes unpack to, never waits by itself.
        at_a_time += data.len();
        if at_a_time >= AT_A_TIME {
            at_a_time = 0;
            tokio::task::yield_now().await;
        }
        if first.is_empty() && rest.is_empty() {
            held.grow(length)?;
            first = data;
            continue;
        }
        if length > rest.capacity() {
            let capacity = length.max(rest.capacity().saturating_mul(2)).min(limit);
            held.grow(capacity.saturating_sub(held.bytes()))?;
            rest.reserve_exact(capacity - rest.len());
            rest.extend_from_slice(&std::mem::take(&mut first));
        }
        rest.extend_from_slice(&data);
    }
    let bytes = if rest.is_empty() { first } else { Bytes::from(rest) };
    Ok(held.hold(bytes))
}

fn unreadable(error: &axum::Error) -> Problem {
    if Late::is_in(error) {
        return Problem::late();
    }
    Problem::broken_body(error)
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn body(frames: &[&'static str]) -> Body {
        let frames: Vec<_> = frames.iter().map(|frame| Ok::<_, std::io::Error>(*frame)).collect();
        Body::from_stream(stream::iter(frames))
    }

    #[tokio::test]
    async fn a_body_is_the_same_however_it_is_cut_and_holds_its_memory() {
        let memory = Memory::new(1000);
        for frames in [&["abcdef"][..], &["a", "bcd", "", "ef"], &["abc", "def"]] {
            let bytes = read(body(frames), 6, &memory).await.unwrap();
            assert_eq!(bytes, "abcdef");
            assert!((6..=12).contains(&memory.held()), "{}", memory.held());
        }
        assert_eq!(memory.held(), 0);
        assert_eq!(read(body(&[]), 6, &memory).await.unwrap(), "");
    }

    #[tokio::test]
    async fn others_have_their_turn_while_a_body_that_is_there_is_read() {
        let part = Bytes::from(vec![b'x'; 16 * 1024]);
        let parts = std::iter::repeat_n(part, 64).map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(stream::iter(parts));
        let turns = std::rc::Rc::new(std::cell::Cell::new(0));
        let counted = std::rc::Rc::clone(&turns);
        let other = async move {
            loop {
                counted.set(counted.get() + 1);
                tokio::task::yield_now().await;
            }
        };
        let memory = Memory::new(4 << 20);
        let bytes = tokio::select! {
            biased;
            () = other => unreachable!(),
            bytes = read(body, 1 << 20, &memory) => bytes.unwrap(),
        };
        assert_eq!((bytes.len(), turns.get()), (1 << 20, 17), "one for each 64 KiB");
    }

    #[tokio::test]
    async fn a_body_is_read_no_further_than_it_is_wanted() {
        let memory = Memory::new(1000);
        let mut seen = Vec::new();
        let refused = read_while(body(&["ab", "cd", "ef"]), 100, &memory, |part| {
            seen.extend_from_slice(part);
            if part == b"cd" { Err(Problem::late()) } else { Ok(()) }
        });
        assert_eq!(refused.await.unwrap_err().status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(seen, b"abcd");
    }

    #[tokio::test]
    async fn a_body_over_the_limit_or_over_the_memory_is_refused() {
        let refused = |limit, memory| async move {
            let memory = Memory::new(memory);
            let problem = read(body(&["abc", "def", "g"]), limit, &memory).await.unwrap_err();
            assert_eq!(memory.held(), 0, "what was refused holds nothing");
            problem.status()
        };
        assert_eq!(refused(6, 1000).await, StatusCode::PAYLOAD_TOO_LARGE);
        let taken = Memory::new(10);
        let others = taken.reserve(5).unwrap();
        let problem = read(body(&["abc", "def"]), 100, &taken).await.unwrap_err();
        assert_eq!(problem.status(), StatusCode::SERVICE_UNAVAILABLE, "others hold it");
        assert_eq!(taken.held(), others.bytes());
        assert_eq!(refused(100, 4).await, StatusCode::PAYLOAD_TOO_LARGE, "it never fits");
    }
}
