//! Writes by pages of other origins. A browser adds what it remembers of a server, such as the key
//! that was given to it, to whatever any page sends there; only what such a page cannot choose
//! says where a request comes from: `Sec-Fetch-Site`, `Origin`, and a media type that a form
//! cannot have.

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::api::packages;
use super::origin;
use super::problem::Problem;
use super::request::content_type;
use super::state::Server;

/// The media types that a page of another origin may send without being allowed to.
const OF_FORMS: [&str; 3] =
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];

/// Refuses writes by pages of other origins, and writes to the JSON API that a form could make.
/// Under `/xapi` pages of any origin write with keys of their own, and other rules hold.
pub(super) async fn writes(State(server): State<Server>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if request.method().is_safe() || is_below(path, "/xapi") {
        return next.run(request).await;
    }
    // The key stands in the form itself, and what a browser adds is not looked at.
    if path == packages::TICKET {
        return next.run(request).await;
    }
    let is_api = is_below(path, "/api");
    let (parts, body) = request.into_parts();
    if origin::is_foreign(&parts, &server.base_url) {
        return Problem::foreign(&server.base_url).into_response();
    }
    match formlike(parts.uri.path(), &parts.headers).filter(|_| is_api) {
        Some(problem) => problem.into_response(),
        None => next.run(Request::from_parts(parts, body)).await,
    }
}

fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A write that a form can make: with one of its media types, or a body of none.
fn formlike(path: &str, headers: &HeaderMap) -> Option<Problem> {
    let sent = content_type(headers);
    let essence = sent.split(';').next().unwrap_or_default().trim();
    let of_form = OF_FORMS.iter().any(|of_form| essence.eq_ignore_ascii_case(of_form));
    let untyped = !headers.contains_key(CONTENT_TYPE) && has_body(headers);
    (of_form || untyped).then(|| {
        if path == packages::CHECK {
            return Problem::package_media_type(&sent);
        }
        let takes = "application/json, or the media type that /api/openapi.json names for it";
        Problem::media_type(&sent, takes)
    })
}

/// Whether a head announces a body that is not empty (RFC 9112, 6.3).
fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
    headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length != b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_below_another_only_by_whole_segments() {
        assert!(is_below("/xapi", "/xapi") && is_below("/xapi/statements", "/xapi"));
        assert!(!is_below("/xapis", "/xapi") && !is_below("/", "/xapi"));
    }
}
