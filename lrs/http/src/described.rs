//! The description of the API, and what it is held to: the API takes the query parameters that its description names,
//! and refuses all others: one that was passed over in silence would be thought to have held.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use flate2::read::GzDecoder;
use serde_json::{Map, Value};

use super::problem::Problem;
use super::router;
use xapi::parameters::Parameters;

/// The description as the tests of `describe.rs` make it of the handlers, and hold it to them, packed. The program has this
/// file and not the code that makes it, which is a large part of all code.
const WRITTEN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// The description. A server reads it once and keeps what it needs of it.
pub(super) fn description() -> Value {
    #[expect(clippy::expect_used, reason = "a test writes it as JSON and compares it")]
    serde_json::from_reader(GzDecoder::new(WRITTEN)).expect("the description is JSON")
}

/// What programs ask, of what is described: links to pages, and probes, have parameters of their own.
pub(super) const OF_PROGRAMS: [&str; 4] = ["/api/", "/whoami", "/metrics", "/schemas/"];

/// Where identity providers lead browsers back: with parameters of theirs beside the two that are read.
const OF_PROVIDERS: &str = "/api/v1/oidc/{id}/callback";

/// The names of query parameters by method and path.
pub(super) struct Described(HashMap<(Method, String), Vec<String>>);

impl Described {
    /// The parameters that the description names.
    pub(super) fn of(description: &Value) -> Self {
        let mut named = HashMap::new();
        let paths = description.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            let of_programs = OF_PROGRAMS.iter().any(|begin| path.starts_with(begin))
                && path.as_str() != OF_PROVIDERS;
            let item = item.as_object().filter(|_| of_programs);
            for (method, operation) in item.into_iter().flat_map(operations) {
                named.insert((method, path.clone()), parameters(operation));
            }
        }
        // It does not describe itself.
        named.insert((Method::GET, router::DESCRIPTION.to_owned()), Vec::new());
        Self(named)
    }
}

fn operations(item: &Map<String, Value>) -> impl Iterator<Item = (Method, &Value)> {
    let all = [
        (Method::GET, "get"),
        (Method::PUT, "put"),
        (Method::POST, "post"),
        (Method::DELETE, "delete"),
    ];
    all.into_iter().filter_map(|(method, name)| Some((method, item.get(name)?)))
}

fn parameters(operation: &Value) -> Vec<String> {
    let all = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let in_query = all.filter(|it| it.get("in").is_some_and(|place| place == "query"));
    let names = in_query.filter_map(|it| it.get("name").and_then(Value::as_str));
    names.map(str::to_owned).collect()
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
