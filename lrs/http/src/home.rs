//! What a person sees who opens the server's address, and what is served beside the APIs.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse as _, Response};

use super::problem::Problem;
use super::state::Server;
use super::web;

/// How the page looks.
pub(super) const STYLE: &str = include_str!("home.css");

/// The browser UI. Where the program was built without, a page that says so and where to go on.
#[utoipa::path(get, path = "/", tag = "pages",
    responses((status = 200, body = String, content_type = "text/html")))]
pub(super) async fn page(State(server): State<Server>, headers: HeaderMap) -> Response {
    match web::page(server.web, &server.seen_outside(), &headers) {
        Some(page) => page,
        None => shown(include_str!("unbuilt.html")).into_response(),
    }
}

/// A page that says what this server is and where its addresses are.
#[utoipa::path(get, path = "/server", tag = "pages",
    responses((status = 200, body = String, content_type = "text/html")))]
pub(super) async fn about() -> Html<String> {
    shown("")
}

fn shown(first: &str) -> Html<String> {
    Html(include_str!("home.html").replace("{style}", STYLE).replace("{first}", first))
}

/// The rules that refusals of statements name, which the `type` of a problem document points to.
#[utoipa::path(get, path = "/problems", tag = "pages",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn problems() -> String {
    let rules = validator::rules().iter().map(|rule| {
        format!("{}\n  {} ({})\n  {}\n\n", rule.id, rule.summary, rule.clause, rule.remedy)
    });
    rules.collect()
}

/// A JSON Schema of statements, for editors.
#[utoipa::path(get, path = "/schemas/{version}/{name}", tag = "pages", params(
        ("version" = String, Path, description = "1.0.3 or 2.0.0"),
        ("name" = String, Path, description = "statement.json, or a file it refers to")),
    responses((status = 200, body = Object, content_type = "application/schema+json"),
        (status = 404, body = Problem)))]
pub(super) async fn schema(
    Path((version, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let wanted = format!("{version}/{name}");
    let found = validator::schemas().iter().find(|(path, _)| *path == wanted);
    let (_, text) = found.ok_or_else(|| Problem::not_found("schema of this name"))?;
    Ok(([(CONTENT_TYPE, "application/schema+json")], *text).into_response())
}
