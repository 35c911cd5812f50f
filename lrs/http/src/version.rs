//! Which version of xAPI a request speaks (Communication 3.3).

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use validator::Version;

use super::problem::Problem;
use super::state::Server;

/// The header that says which version is spoken.
pub const HEADER: HeaderName = HeaderName::from_static("x-experience-api-version");

/// The version of this request, negotiated.
#[derive(Clone, Copy, Debug)]
pub struct Spoken(pub Version);

/// Refuses requests that do not say which version they speak, or one that Traccia does not, and
/// marks every answer with the version it is given in. `about` answers in any case: it is there
/// to find out which versions are spoken.
pub(crate) async fn negotiate(
    State(server): State<Server>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_about = request.uri().path().ends_with("/about");
    let asked = asked(request.headers());
    let version = *asked.as_ref().unwrap_or(&server.default_version);
    request.extensions_mut().insert(Spoken(version));
    let mut response = match asked {
        Err(problem) if !is_about => problem.into_response(),
        _ => next.run(request).await,
    };
    response.headers_mut().insert(HEADER, HeaderValue::from_static(version.as_str()));
    response
}

fn asked(headers: &HeaderMap) -> Result<Version, Problem> {
    let problem = |detail: &str| problem(detail.to_owned());
    let header = headers
        .get(HEADER)
        .ok_or_else(|| problem("The X-Experience-API-Version header is missing."))?;
    read(header)
}

/// The version that a request asks for by its header; `default` where there is no header.
///
/// # Errors
/// 400 for a version that is not spoken here.
pub(crate) fn or(headers: &HeaderMap, default: Version) -> Result<Version, Problem> {
    headers.get(HEADER).map_or(Ok(default), read)
}

fn read(header: &HeaderValue) -> Result<Version, Problem> {
    let text = header.to_str().unwrap_or_default().trim();
    Version::from_header(text).ok_or_else(|| {
        problem(format!("xAPI version `{text}` is not spoken here; 1.0, 1.0.x, 2.0 and 2.0.x are."))
    })
}

fn problem(detail: String) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "version-header",
        detail,
        "Send `X-Experience-API-Version: 1.0.3` or `2.0.0`.",
    )
}

impl<S: Sync> FromRequestParts<S> for Spoken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| {
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "version-header",
                "The version of this request was not negotiated.",
                "Report this as an error of Traccia.",
            )
        })
    }
}
