//! The alternate request syntax of xAPI 1.0.x (Communication 1.3): a POST whose form fields are
//! the headers, parameters and content of another request. Browsers need it where they cannot
//! send headers, as at page unload; xAPI 2.0 has dropped it.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, IF_MATCH, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::form_urlencoded;
use validator::Version;

use super::problem::Problem;
use super::request::{content_type, read};
use super::state::Server;
use super::version;
use crate::xapi::refusal::Refusal;

static HEADERS: [HeaderName; 5] =
    [AUTHORIZATION, version::HEADER, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH];

/// Turns a request in alternate syntax into the request it stands for; lets others pass.
pub(super) async fn unfold(State(server): State<Server>, request: Request, next: Next) -> Response {
    let is_xapi = request.uri().path().starts_with("/xapi/");
    let asks = request.uri().query().is_some_and(|query| {
        form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "method")
    });
    if !is_xapi || !asks || request.method() != Method::POST {
        return next.run(request).await;
    }
    match unfolded(request, server.limits.body_bytes).await {
        Ok(request) => next.run(request).await,
        Err(problem) => {
            let mut response = problem.into_response();
            let version = HeaderValue::from_static(server.default_version.as_str());
            response.headers_mut().insert(version::HEADER, version);
            response
        }
    }
}

async fn unfolded(request: Request, limit: usize) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    refuse_2_0(&parts.headers)?;
    if !content_type(&parts.headers).starts_with("application/x-www-form-urlencoded") {
        return Err(refusal("The body is not application/x-www-form-urlencoded."));
    }
    parts.method = method(parts.uri.query().unwrap_or_default())?;
    let form = read(body, limit).await?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut content = None;
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_LENGTH);
    for (name, value) in form_urlencoded::parse(&form) {
        let header = HEADERS.iter().find(|header| name.eq_ignore_ascii_case(header.as_str()));
        if let Some(header) = header {
            let value = HeaderValue::from_str(&value)
                .map_err(|_| refusal("A form field that stands for a header is not one."))?;
            parts.headers.insert(header, value);
        } else if name == "content" {
            content = Some(value.into_owned());
        } else if !name.eq_ignore_ascii_case("content-length") {
            query.append_pair(&name, &value);
        }
    }
    refuse_2_0(&parts.headers)?;
    if content.is_some() && !parts.headers.contains_key(CONTENT_TYPE) {
        // Form fields are text, and what xAPI sends as text is JSON.
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let query = query.finish();
    let uri = if query.is_empty() {
        parts.uri.path().to_owned()
    } else {
        format!("{}?{query}", parts.uri.path())
    };
    parts.uri = uri.parse::<Uri>().map_err(|_| refusal("The form fields make no URL."))?;
    Ok(Request::from_parts(parts, Body::from(content.unwrap_or_default())))
}

fn refuse_2_0(headers: &HeaderMap) -> Result<(), Problem> {
    let spoken = headers.get(version::HEADER).and_then(|value| value.to_str().ok());
    if spoken.and_then(Version::from_header) == Some(Version::V2_0_0) {
        return Err(refusal("xAPI 2.0 has no alternate request syntax."));
    }
    Ok(())
}

fn method(query: &str) -> Result<Method, Problem> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (Some((_, method)), None) = (parameters.next(), parameters.next()) else {
        return Err(refusal("The URL has other parameters than `method`."));
    };
    match &*method {
        "GET" => Ok(Method::GET),
        "PUT" => Ok(Method::PUT),
        "POST" => Ok(Method::POST),
        "DELETE" => Ok(Method::DELETE),
        "HEAD" => Ok(Method::HEAD),
        _ => Err(refusal("`method` is not GET, PUT, POST, DELETE or HEAD.")),
    }
}

fn refusal(detail: &'static str) -> Problem {
    Refusal::new(
        "alternate-request",
        "xAPI 1.0.3 Communication 1.3",
        detail,
        "POST a form to `?method=…` alone, with headers, parameters and `content` as its fields, \
         or send the request as it is.",
    )
    .into()
}
