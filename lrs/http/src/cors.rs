//! Which pages of other origins may use the API: all of them, with any header and with a key of
//! their own. A preflight is never answered with `Access-Control-Allow-Credentials`: so a browser
//! adds no credentials that it remembers to a request that needs a preflight.

use std::time::Duration;

use axum::http::Method;
use axum::http::header::{
    ETAG, HeaderName, LAST_MODIFIED, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

use super::answered::id;
use super::{consistency, version};

const HASH: HeaderName = HeaderName::from_static("x-experience-api-hash");
/// How long a browser may remember the answer to a preflight request.
const REMEMBERED_FOR: Duration = Duration::from_hours(24);

/// The layer that answers preflight requests and lets pages read what they need.
pub(super) fn layer() -> CorsLayer {
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
        // Players send headers of their libraries', such as `X-Requested-With` and `Cache-Control`.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([
            ETAG,
            LAST_MODIFIED,
            LOCATION,
            RETRY_AFTER,
            WWW_AUTHENTICATE,
            version::HEADER,
            consistency::HEADER,
            HASH,
            id::HEADER,
        ])
        .max_age(REMEMBERED_FOR)
}
