//! Who is signed in by a cookie. The cookie is looked at under `/api/v1`, `/metrics` and `/whoami` alone, where no `Authorization`
//! stands beside it, and from pages of this server alone.

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::origin;
use super::problem::Problem;
use super::state::Server;
use access::caller::Caller;
use service::people::SignedIn;

pub(crate) mod cookie;

/// On a request that may show a cookie.
#[derive(Clone, Copy)]
struct ByCookie;

/// What a 401 asks pages for: a browser that knows no such scheme opens no window of its own.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Session realm=\"Traccia\"");

/// Lets a request show a cookie, and keeps browsers from asking for a key when a page is told 401.
pub(super) async fn allow(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(ByCookie);
    let is_of_page = origin::says_same(request.headers());
    let mut response = next.run(request).await;
    if is_of_page && response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}

/// Who is signed in on a request that shows a cookie, and no `Authorization`.
///
/// # Errors
/// 403 where a page of another site sends it, 401 where the session is over.
pub(super) async fn find(parts: &mut Parts, server: &Server) -> Result<Option<SignedIn>, Problem> {
    if parts.headers.contains_key(AUTHORIZATION) || parts.extensions.get::<ByCookie>().is_none() {
        return Ok(None);
    }
    if let Some(known) = parts.extensions.get::<SignedIn>() {
        return Ok(Some(known.clone()));
    }
    let Some(secret) = cookie::secret(&parts.headers) else { return Ok(None) };
    if !origin::is_same(parts, &server.base_url) {
        return Err(Problem::session_origin(&server.base_url));
    }
    let found = server.people.signed_in(&secret).await?.ok_or_else(Problem::session_over)?;
    parts.extensions.insert(found.clone());
    Ok(Some(found))
}

/// Who is signed in, for what keys cannot do.
impl FromRequestParts<Server> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        // A key that is bad is told so first.
        Caller::from_request_parts(parts, server).await?;
        find(parts, server).await?.ok_or_else(Problem::session_needed)
    }
}

/// Who is signed in, where somebody is: for what keys do as well.
pub struct Signed(pub Option<SignedIn>);

impl FromRequestParts<Server> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        Ok(Self(find(parts, server).await?))
    }
}

/// A request whose browser keeps the cookie of a session: any other is refused before its password is read.
pub struct KeepsCookies;

impl FromRequestParts<Server> for KeepsCookies {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        if origin::keeps_secure_cookies(parts, &server.base_url) {
            return Ok(Self);
        }
        Err(Problem::sign_in_insecure())
    }
}
