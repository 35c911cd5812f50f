//! What every answer says to browsers, so that nothing that anybody sent becomes a page, and no
//! page does more than show itself.

use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{check_in, home};
use report::export;

/// Pages have no script, load nothing but their typeface, stand in no frame, and send forms to this server alone.
/// Their styles are named by their hashes.
static OF_PAGES: LazyLock<String> = LazyLock::new(|| {
    let styles: Vec<String> = [home::STYLE, check_in::STYLE, check_in::FONTS, export::STYLE]
        .iter()
        .map(|style| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style))))
        .collect();
    format!(
        "default-src 'none'; style-src {}; font-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
        styles.join(" ")
    )
});

/// Adds what an answer does not say itself: no guessing of media types; of what only its reader
/// may see, no copies in caches; and for pages the strictest policy under which they work.
pub(super) async fn answer(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_private = ["/api/v1", "/whoami", "/check-in"].iter().any(|it| path.starts_with(it));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_page =
        headers.get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    let mut add = |name: HeaderName, value: &str| {
        if let (axum::http::header::Entry::Vacant(place), Ok(value)) =
            (headers.entry(name), HeaderValue::from_str(value))
        {
            place.insert(value);
        }
    };
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if is_private {
        add(CACHE_CONTROL, "no-store");
    }
    if is_page {
        add(CONTENT_SECURITY_POLICY, &OF_PAGES);
        add(X_FRAME_OPTIONS, "DENY");
        // Not `no-referrer`: then a page's own form would come without its origin.
        add(REFERRER_POLICY, "same-origin");
    }
    response
}
