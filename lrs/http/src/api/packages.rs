//! Packages: `/api/v1/packages`.

pub mod hosted;
pub mod launches;

use std::io::Cursor;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use package::Limits;
use utoipa::IntoParams;

use crate::language;
use crate::packages::PackageWords;
use crate::problem::Problem;
use crate::request::Content;
use crate::share::Share;
use access::caller::Caller;
use access::scope::Right;
use course::Language;
use xapi::parameters::Parameters;

/// What a check holds beside the package, in bytes; a test of the crate `package` holds this.
const HELD: usize = 64 << 20;
/// The media types of packages.
const TYPES: [&str; 5] = [
    "application/zip",
    "application/x-zip-compressed",
    "application/octet-stream",
    "application/xml",
    "text/xml",
];

/// The parameters of a check.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here; they are read as `Parameters`")]
struct CheckParameters {
    /// json (default), sarif or text.
    format: Option<String>,
    /// it or en; by Accept-Language if missing.
    lang: Option<String>,
    /// What the package is called in the answer; package if missing.
    name: Option<String>,
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Sarif,
    Text,
}

/// Says what a SCORM, cmi5 or xAPI package is, what it will report and what is wrong with it.
///
/// The body is the zip, or a cmi5.xml. Nothing is kept. The answer is 200 also where the package
/// has errors: `counts` says how many.
#[utoipa::path(post, path = "/api/v1/packages/check", tag = "packages", security(("key" = [])),
    params(CheckParameters),
    request_body(content = Vec<u8>, content_type = "application/zip"),
    responses((status = 200, description = "what the package is, and what is wrong with it",
            body = serde_json::Value), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 503, body = Problem)))]
pub async fn check(
    caller: Caller,
    Share(memory): Share,
    parameters: Parameters,
    headers: HeaderMap,
    content: Content,
) -> Result<Response, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["format", "lang", "name"])?;
    content.only(&TYPES)?;
    let format = match parameters.get("format") {
        None | Some("json") => Format::Json,
        Some("sarif") => Format::Sarif,
        Some("text") => Format::Text,
        Some(other) => return Err(Problem::parameter("format", other, "json, sarif or text")),
    };
    let language = match parameters.get("lang") {
        None => language::preferred(&headers),
        Some("it") => Language::It,
        Some("en") => Language::En,
        Some(other) => return Err(Problem::parameter("lang", other, "it or en")),
    };
    let name = parameters.get("name").unwrap_or("package").to_owned();
    let held = memory.reserve(HELD)?;
    let checking = tokio::task::spawn_blocking(move || {
        let report = package::check(Cursor::new(content.body), &Limits::default());
        drop(held);
        report.map(|report| said(&report, &name, format, language))
    });
    checking.await.map_err(|_| Problem::stopped())?.map_err(|_| Problem::stopped())
}

fn said(report: &package::Report, name: &str, format: Format, language: Language) -> Response {
    let words = PackageWords::of(language == Language::It);
    match format {
        Format::Json => axum::Json(package::json(report, &words)).into_response(),
        Format::Sarif => {
            let sarif = package::sarif(report, name, &words);
            ([(CONTENT_TYPE, "application/sarif+json")], sarif.to_string()).into_response()
        }
        Format::Text => package::text(report, name, &words).into_response(),
    }
}
