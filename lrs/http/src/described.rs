//! The API takes the query parameters that its description names, and refuses all others: one that
//! was passed over in silence would be thought to have held.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    Content, OpenApi, PathItem, Ref, RefOr, Response as DescribedResponse, ResponseBuilder,
};

use super::problem::Problem;
use xapi::parameters::Parameters;

/// What is described, but for pages and probes: links and probes have parameters of their own.
const OF_PROGRAMS: [&str; 2] = ["/api/", "/whoami"];

/// Where identity providers lead browsers back: with parameters of theirs beside the two that are read.
const OF_PROVIDERS: &str = "/api/v1/oidc/{id}/callback";

/// The names of query parameters by method and path.
pub(super) struct Described(HashMap<(Method, String), Vec<String>>);

impl Described {
    /// The parameters that `description` names.
    pub(super) fn of(description: &OpenApi) -> Self {
        let mut named = HashMap::new();
        for (path, item) in &description.paths.paths {
            let of_programs = OF_PROGRAMS.iter().any(|begin| path.starts_with(begin))
                && path.as_str() != OF_PROVIDERS;
            for (method, operation) in operations(item).into_iter().filter(|_| of_programs) {
                named.insert((method, path.clone()), parameters(operation));
            }
        }
        Self(named)
    }
}

fn operations(item: &PathItem) -> Vec<(Method, &Operation)> {
    let PathItem { get, put, post, delete, .. } = item;
    let all =
        [(Method::GET, get), (Method::PUT, put), (Method::POST, post), (Method::DELETE, delete)];
    all.into_iter().filter_map(|(method, it)| Some((method, it.as_ref()?))).collect()
}

/// Gives each operation an id that no other has, made of method and path: `get_courses_id_summary`
/// is `GET /api/v1/courses/{id}/summary`. Handlers are called `get` and `list` in many files.
pub(super) fn name_operations(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let segments = path.split('/').filter(|it| !matches!(*it, "" | "api" | "v1"));
        let named: Vec<String> =
            segments.map(|segment| segment.trim_matches(['{', '}']).replace('-', "_")).collect();
        let named = if named.is_empty() { "home".to_owned() } else { named.join("_") };
        let PathItem { get, put, post, delete, .. } = item;
        let all = [("get", get), ("put", put), ("post", post), ("delete", delete)];
        for (method, operation) in all {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{named}"));
            }
        }
    }
}

/// Says of each operation that takes a key that a session will do as well.
pub(super) fn offer_sessions(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let of_programs = OF_PROGRAMS.iter().any(|begin| path.starts_with(begin));
        let PathItem { get, put, post, delete, .. } = item;
        let all = [get, put, post, delete].into_iter().flatten();
        let taking = all.filter_map(|operation| operation.security.as_mut());
        for security in taking.filter(|_| of_programs) {
            security.push(SecurityRequirement::new::<_, [String; 0], String>("session", []));
        }
    }
}

/// The media type of problem documents (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// Says of every refusal that it is a problem document, and describes those that any operation may answer: 400 and 401, and
/// where a body is taken 413 and 415.
pub(super) fn describe_problems(description: &mut OpenApi) {
    for item in description.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, .. } = item;
        for operation in [get, put, post, delete].into_iter().flatten() {
            let with_body: &[&str] =
                if operation.request_body.is_some() { &["413", "415"] } else { &[] };
            let responses = &mut operation.responses.responses;
            for response in responses.values_mut() {
                if let RefOr::T(response) = response {
                    let content = std::mem::take(&mut response.content);
                    response.content = content.into_iter().map(as_problem).collect();
                }
            }
            for status in ["400", "401"].iter().chain(with_body) {
                responses.entry((*status).to_owned()).or_insert_with(|| RefOr::T(problem()));
            }
        }
    }
}

/// The media type and the content of an answer, where a problem document has the media type of one.
fn as_problem((media_type, content): (String, RefOr<Content>)) -> (String, RefOr<Content>) {
    let is_problem = matches!(&content, RefOr::T(Content { schema: Some(RefOr::Ref(of)), .. })
        if of.ref_location.ends_with("/Problem"));
    (if is_problem { PROBLEM.to_owned() } else { media_type }, content)
}

fn problem() -> DescribedResponse {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    let said = "The request is refused: the problem document says why, and what to do.";
    ResponseBuilder::new().description(said).content(PROBLEM, content).build()
}

fn parameters(operation: &Operation) -> Vec<String> {
    let all = operation.parameters.iter().flatten();
    let in_query = all.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter),
        _ => None,
    });
    in_query.map(|parameter| parameter.name.clone()).collect()
}

/// Refuses a request with a query parameter that its operation does not name.
pub(super) async fn only_described(
    State(described): State<Arc<Described>>,
    request: Request,
    next: Next,
) -> Response {
    match refused(&described, &request) {
        Err(problem) => problem.into_response(),
        Ok(()) => next.run(request).await,
    }
}

fn refused(Described(described): &Described, request: &Request) -> Result<(), Problem> {
    let Some(query) = request.uri().query() else { return Ok(()) };
    let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(()) };
    // What is asked by HEAD is what GET would give.
    let method =
        if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let Some(named) = described.get(&(method, path.as_str().to_owned())) else { return Ok(()) };
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    Ok(Parameters::parse(query)?.only(&named)?)
}
