//! The API takes the query parameters that its description names, and refuses all others: one that
//! was passed over in silence would be thought to have held.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{OpenApi, PathItem, RefOr};

use super::problem::Problem;
use xapi::parameters::Parameters;

/// What is described, but for pages and probes: links and probes have parameters of their own.
const OF_PROGRAMS: [&str; 2] = ["/api/", "/whoami"];

/// The names of query parameters by method and path.
pub(super) struct Described(HashMap<(Method, String), Vec<String>>);

impl Described {
    /// The parameters that `description` names.
    pub(super) fn of(description: &OpenApi) -> Self {
        let mut named = HashMap::new();
        for (path, item) in &description.paths.paths {
            let of_programs = OF_PROGRAMS.iter().any(|begin| path.starts_with(begin));
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
