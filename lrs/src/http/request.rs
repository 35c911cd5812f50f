//! What handlers take from a request: parameters read strictly, bodies up to the limit.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::problem::Problem;
use super::state::Server;
use crate::xapi::parameters::Parameters;

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default())?)
    }
}

/// A whole body, decompressed, no larger than the server's limit.
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
        let content_type = content_type(request.headers());
        refuse_early(request.headers(), server.limits.body_bytes)?;
        let body = read(request.into_body(), server.limits.body_bytes).await?;
        Ok(Self { content_type, body })
    }
}

/// Refuses, before any of it is read, a body that says itself that it is too large, and one in an
/// encoding that was not undone.
fn refuse_early(headers: &HeaderMap, limit: usize) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let encoding = text(CONTENT_ENCODING).unwrap_or("identity");
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content-encoding",
            format!("The body's encoding `{encoding}` is not known here."),
            "Send it plain, or with Content-Encoding: gzip.",
        ));
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

/// Reads a body to its end; refused with 413 as soon as it is larger than `limit` bytes.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(Problem::too_large(limit))
        }
        Err(error) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "body-broken",
            format!("The body could not be read: {error}."),
            "Check Content-Encoding and Content-Length, and that the body is sent to its end.",
        )),
    }
}
