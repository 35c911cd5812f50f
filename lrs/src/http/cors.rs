//! Which pages of other origins may use the API: all of them, with their own key. A browser's
//! preflight request carries no credentials and is answered without any.

use std::time::Duration;

use axum::http::Method;
use axum::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use tower_http::cors::{Any, CorsLayer};

use super::{consistency, version};

const HASH: HeaderName = HeaderName::from_static("x-experience-api-hash");
/// How long a browser may remember the answer to a preflight request.
const REMEMBERED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The layer that answers preflight requests and lets pages read what they need.
pub fn layer() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::PUT,
            Method::POST,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            CONTENT_LENGTH,
            ACCEPT_LANGUAGE,
            IF_MATCH,
            IF_NONE_MATCH,
            version::HEADER,
            consistency::HEADER,
            HASH,
        ])
        .expose_headers([
            ETAG,
            LAST_MODIFIED,
            LOCATION,
            RETRY_AFTER,
            WWW_AUTHENTICATE,
            version::HEADER,
            consistency::HEADER,
            HASH,
        ])
        .max_age(REMEMBERED_FOR)
}
