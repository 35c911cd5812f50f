//! Packages: `/api/v1/packages`.

pub mod checked;
pub mod hosted;
pub mod launches;
pub mod shim;

use std::io::Cursor;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use package::Limits;
use serde::Serialize;
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use crate::credentials::Address;
use crate::language;
use crate::packages::PackageWords;
use crate::problem::Problem;
use crate::request::{Content, Small};
use crate::share::Share;
use crate::state::Server;
use access::bounds::Outside;
use access::caller::Caller;
use access::key::KeptKey;
use access::scope::Right;
use access::ticket::Ticket;
use course::Language;
use service::compute;
use xapi::instant::Instant;
use xapi::parameters::Parameters;
use xapi::refusal::Refusal;

/// Where packages are checked.
pub(crate) const CHECK: &str = "/api/v1/packages/check";
/// Where a package's key is exchanged.
pub const TICKET: &str = "/api/v1/packages/ticket";
/// How long a ticket is good, in seconds: a day of learning.
const TICKET_SECONDS: u32 = 12 * 60 * 60;
/// The longest home page and name of a learner, in bytes.
const LONGEST: usize = 1024;

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
            body = checked::CheckedPackage), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 503, body = Problem)))]
pub async fn check(
    State(server): State<Server>,
    caller: Caller,
    Share(memory): Share,
    parameters: Parameters,
    headers: HeaderMap,
    content: Result<Content, Problem>,
) -> Result<Response, Problem> {
    caller.may(Right::ManagePackages)?;
    let limit = server.limits.body_bytes;
    let content = content.map_err(|problem| match problem.rule() {
        "body-too-large" => Problem::package_too_large(limit),
        _ => problem,
    })?;
    parameters.only(&["format", "lang", "name"])?;
    content.only(&TYPES).map_err(|_| Problem::package_media_type(&content.content_type))?;
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
    // A check may take a processor for minutes: of each key one at a time, also where its client goes away.
    let turn = server.packages.turn_to_import(&caller.key.name).await?;
    let held = memory.reserve(HELD)?;
    let checking = compute::aside(move || {
        let report = package::check(Cursor::new(content.body), &Limits::default());
        let answer = report.map(|report| said(&report, &name, format, language));
        drop((held, turn));
        answer
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

/// A ticket: what a package's key was exchanged for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Exchanged {
    /// The `Authorization` of the learner's statements.
    authorization: String,
    /// How many seconds it is good for.
    seconds: u32,
}

/// A request to exchange a key.
struct Asked {
    authorization: String,
    home_page: String,
    name: String,
}

/// Exchanges the key of a package, which everybody can read, for a ticket that is good for one learner and twelve
/// hours.
///
/// The body is a form of the fields `Authorization` (that of the key, which must be bound to activities), `home_page` and
/// `name` (the learner's account), as browsers send it to another origin without a preflight. The request's own
/// `Authorization` is not looked at. What is given sends statements of the key's activities about that account, 2 a second
/// (60 at once), until its time is over or the key is revoked. 2 exchanges a second of each key (200 at once).
#[utoipa::path(post, path = "/api/v1/packages/ticket", tag = "packages",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Exchanged), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 415, body = Problem),
        (status = 429, body = Problem)))]
pub async fn ticket(
    State(server): State<Server>,
    address: Result<Address, std::convert::Infallible>,
    Small(content): Small,
) -> Result<Json<Exchanged>, Problem> {
    content.only(&["application/x-www-form-urlencoded"])?;
    let asked = Asked::read(&content)?;
    let Ok(address) = address;
    exchanged(&server, &asked, address).await.map(Json).inspect_err(|problem| {
        // A browser that was refused here sends nothing, of which the administrator would hear.
        let name = server.credentials.issued_to(&asked.authorization).unwrap_or_default();
        server.record.count_refusal(&name, problem.rule());
    })
}

async fn exchanged(server: &Server, asked: &Asked, address: Address) -> Result<Exchanged, Problem> {
    let kept = server.credentials.kept(&asked.authorization, address, server.record.now()).await?;
    let name = kept.key.name.clone();
    let passed = server.rates.pass_exchange(&name, std::time::Instant::now());
    passed.map_err(Problem::key_rate)?;
    admits(&kept, &asked.home_page)?;
    let micros = i64::from(TICKET_SECONDS) * 1_000_000;
    let until = Instant::from_micros(server.record.now().micros().saturating_add(micros));
    let ticket = Ticket::new(&kept, &asked.home_page, &asked.name, until);
    let authorization = server.credentials.authorization(&name, &ticket);
    Ok(Exchanged { authorization, seconds: TICKET_SECONDS })
}

/// Refuses a key that is not bound to activities, and an account that the key is not for.
fn admits(kept: &KeptKey, home_page: &str) -> Result<(), Problem> {
    let bounds = kept.key.bounds.as_ref().filter(|bounds| bounds.is_of_statements());
    let Some(bounds) = bounds else { return Err(Problem::no_package_key()) };
    let is_theirs =
        bounds.home_pages.is_empty() || bounds.home_pages.iter().any(|it| it == home_page);
    if is_theirs { Ok(()) } else { Err(Problem::key_bounds(&Outside::Actor, 0)) }
}

impl Asked {
    fn read(content: &Content) -> Result<Self, Problem> {
        let field = |name: &str| {
            let mut fields =
                form_urlencoded::parse(&content.body).filter(|(other, _)| other == name);
            let value = fields.next().map(|(_, value)| value.into_owned());
            value.filter(|value| !value.is_empty() && value.len() <= LONGEST).ok_or_else(|| {
                let text = format!("The form has no field `{name}` of 1 to {LONGEST} bytes.");
                let remedy =
                    "Send Authorization, home_page and name as application/x-www-form-urlencoded.";
                Refusal::new("ticket-field", "", text, remedy).with("field", name)
            })
        };
        Ok(Self {
            authorization: field("Authorization")?,
            home_page: field("home_page")?,
            name: field("name")?,
        })
    }
}
