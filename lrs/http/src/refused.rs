//! Tells the administrator what is refused: refusals of the xAPI resources are counted by key and rule, and kept to be
//! looked at.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, IF_MATCH,
    IF_NONE_MATCH, ORIGIN, USER_AGENT,
};
use axum::http::{Extensions, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;

use super::problem::{Broken, Problem};
use super::state::Server;
use super::{multipart, version};
use service::refusals::{AskedRequest, Found, LOOKED_THROUGH, RefusedRequest};

/// The resource whose bodies are kept, below `/xapi`.
const STATEMENTS: &str = "/statements";
/// A request's name in the logs of proxies.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The headers that are kept of a refused request: none says a secret.
static KEPT_HEADERS: [HeaderName; 9] = [
    ACCEPT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    ORIGIN,
    USER_AGENT,
    version::HEADER,
    REQUEST_ID,
];

/// Counts a refused request under the name of the key that sent it, and keeps it to be looked at. Anybody can make names
/// up: a key that was itself refused, or not looked at, is named only where its secret was made up here, as that of a key
/// that was revoked.
///
/// Not kept are failures of the server, which are where they happen, and requests for what is not there, which players make
/// as a matter of course.
pub(super) async fn count(
    State(server): State<Server>,
    mut request: Request,
    next: Next,
) -> Response {
    let header = request.headers().get(AUTHORIZATION).cloned();
    let sent = Sent::of(request.uri().path() == STATEMENTS);
    request.extensions_mut().insert(sent.clone());
    let asked = Head::of(&request);
    let response = next.run(request).await;
    if let Some(Broken { rule, .. }) = response.extensions().get() {
        let header = header.as_ref().and_then(|value| value.to_str().ok());
        let issued = header.and_then(|header| server.credentials.issued_to(header));
        let Seen { key, body, .. } = sent.take();
        // Made-up names would push out what is known of keys that are there.
        let key = key.or(issued).unwrap_or_default();
        server.record.count_refusal(&key, rule);
        let (status, problem) = (response.status(), response.extensions().get::<Problem>());
        if let Some(problem) = problem.cloned()
            && status.is_client_error()
            && status != StatusCode::NOT_FOUND
        {
            let spoken = response.headers().get(version::HEADER).cloned();
            server.refusals.log().note(refused(key, asked, (problem, spoken), body));
        }
    }
    response
}

/// The head of a request, as little of it as must be copied before it is known to be refused.
struct Head {
    method: Method,
    uri: Uri,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Head {
    fn of(request: &Request) -> Self {
        let headers = KEPT_HEADERS.iter().filter_map(|name| {
            request.headers().get(name).map(|value| (name.clone(), value.clone()))
        });
        let headers = headers.collect();
        Self { method: request.method().clone(), uri: request.uri().clone(), headers }
    }

    fn asked(self, spoken: Option<&HeaderValue>) -> AskedRequest {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let parameters =
            url::form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        let headers = self.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        AskedRequest {
            method: self.method.to_string(),
            path: format!("/xapi{}", self.uri.path()),
            query: parameters.into_owned().collect(),
            headers: headers.collect(),
            version: spoken.map(text),
        }
    }
}

fn refused(
    key: String,
    head: Head,
    (problem, spoken): (Problem, Option<HeaderValue>),
    body: Option<(String, Bytes)>,
) -> RefusedRequest {
    let (status, rule) = (problem.status().as_u16(), problem.rule().to_owned());
    let weight = body.as_ref().map_or(0, |(_, body)| body.len());
    let found = move || {
        let statements = body.and_then(|(kind, body)| statements(&kind, body));
        Found { statements, ..problem.found() }
    };
    RefusedRequest {
        key,
        asked: head.asked(spoken.as_ref()),
        status,
        rule,
        found: Box::new(found),
        weight,
    }
}

/// The statements of a body.
fn statements(content_type: &str, body: Bytes) -> Option<Bytes> {
    if multipart::is_multipart(content_type) {
        return Some(multipart::read(content_type, body).ok()?.statements);
    }
    Some(body)
}

/// What becomes known of a request while it is served: it is kept where the request is refused.
#[derive(Clone)]
pub(crate) struct Sent(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    /// The name of the key, once it was found good.
    key: Option<String>,
    /// Whether a body is wanted.
    wants_body: bool,
    /// The media type and the bytes of the body, once it was read.
    body: Option<(String, Bytes)>,
}

impl Sent {
    fn of(wants_body: bool) -> Self {
        Self(Arc::new(Mutex::new(Seen { wants_body, ..Seen::default() })))
    }

    /// Notes who sent a request, once the key was found good.
    pub(crate) fn note_key(extensions: &Extensions, key: &str) {
        if let Some(Self(seen)) = extensions.get() {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.key = Some(key.to_owned());
        }
    }

    /// Notes the body of a request, where somebody may ask for it later and it is not too large.
    pub(crate) fn note_body(extensions: &Extensions, content_type: &str, body: &Bytes) {
        if let Some(Self(seen)) = extensions.get()
            && body.len() <= LOOKED_THROUGH
        {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.wants_body {
                seen.body = Some((content_type.to_owned(), body.clone()));
            }
        }
    }

    fn take(&self) -> Seen {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
