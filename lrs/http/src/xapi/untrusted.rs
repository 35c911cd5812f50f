//! What browsers are told about answers with bytes that anybody may have sent.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

/// Marks an answer of an xAPI resource. A copy of it must not be shown before the server was asked
/// whether it is still the newest: else a player would resume from yesterday's state (RFC 9111
/// 4.2.2). It is what its `Content-Type` says, and no page with scripts in Traccia's origin.
pub(crate) fn mark(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = HeaderValue::from_static("sandbox; default-src 'none'");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// Has a body of this type saved by a browser that is led to it, unless it is of a kind that a
/// browser shows without running anything that is in it.
pub(super) fn save_unless_passive(content_type: &str, headers: &mut HeaderMap) {
    if !is_passive(content_type) {
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
}

/// Whether a browser only shows this type. What is not known is not passive.
fn is_passive(content_type: &str) -> bool {
    let Ok(mime) = content_type.parse::<mime::Mime>() else { return false };
    if mime.suffix().is_some_and(|suffix| suffix != "json") {
        return false;
    }
    match (mime.type_().as_str(), mime.subtype().as_str()) {
        ("application", "json" | "octet-stream")
        | ("text", "plain" | "csv")
        | ("image" | "audio" | "video", _) => true,
        _ => mime.suffix().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_passive_is_shown() {
        for passive in [
            "application/json",
            "application/json; charset=utf-8",
            "application/ld+json",
            "application/octet-stream",
            "text/plain;charset=UTF-8",
            "TEXT/CSV",
            "image/png",
            "audio/mpeg",
            "video/mp4",
        ] {
            assert!(is_passive(passive), "{passive}");
        }
        for active in [
            "text/html",
            "Text/HTML; charset=utf-8",
            "application/xhtml+xml",
            "image/svg+xml",
            "text/xml",
            "application/xml",
            "application/rss+xml",
            "application/pdf",
            "application/javascript",
            "multipart/mixed; boundary=x",
            "message/rfc822",
            "text/vnd.something",
            "",
            "no type",
        ] {
            assert!(!is_passive(active), "{active}");
        }
    }
}
