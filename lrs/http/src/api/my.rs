//! What is known of the learner who is signed in: `/api/v1/my`.

use std::future::ready;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::people::limit;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::Title;
use service::memory::Memory;
use service::progress::{
    CoursesOfMine, MyCourse, MyStatements, ProgressError, hours_in, state_name,
};
use xapi::instant::Instant;
use xapi::parameters::Parameters;

/// Statements on a page, unless another number is asked for; and at most.
const PAGE: usize = 50;
const LARGEST: usize = 200;

/// How far one is in a module.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyModule {
    /// Its id.
    id: String,
    /// Its name, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// `not_started`, `in_progress` or `completed`.
    state: &'static str,
    /// The hours that count.
    hours: f64,
    /// The day since which it has been completed.
    done_at: Option<String>,
}

/// A frozen certificate list that one is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyCertificate {
    /// The list's name in addresses.
    list: String,
    /// The name of the course, by language, when the list was frozen.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// When it was frozen, RFC 3339.
    frozen_at: String,
}

/// A course that one is enrolled in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyShownCourse {
    /// Its id.
    course: String,
    /// Its name, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// The share of it that is done, from 0 to 1.
    progress: f64,
    /// The hours that count.
    hours: f64,
    /// `not_started`, `in_progress` or `completed`.
    standing: &'static str,
    /// The modules that are for this learner, in the order of the course.
    modules: Vec<MyModule>,
    /// The frozen certificate lists that they are in, the newest first.
    certificates: Vec<MyCertificate>,
}

impl From<MyCourse> for MyShownCourse {
    fn from(mine: MyCourse) -> Self {
        let MyCourse { course, title, whole, modules, certificates } = mine;
        let module = |(id, title, standing): (String, Title, course::Standing)| MyModule {
            id,
            title,
            state: state_name(standing.state),
            hours: hours_in(&standing),
            done_at: standing.since.map(|day| day.to_string()),
        };
        let certificate = |(list, title, frozen): (String, Title, Instant)| MyCertificate {
            list,
            title,
            frozen_at: frozen.to_string(),
        };
        Self {
            course,
            title,
            progress: whole.progress,
            hours: hours_in(&whole),
            standing: state_name(whole.state),
            modules: modules.into_iter().map(module).collect(),
            certificates: certificates.into_iter().map(certificate).collect(),
        }
    }
}

/// The courses that one is enrolled in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyCourses {
    /// By id.
    items: Vec<MyShownCourse>,
    /// How many courses of the server cannot be read, which are no items: one's own may be among them.
    unreadable: usize,
    /// Always null: there are no more.
    next: Option<String>,
}

/// The identifiers of the learner who asks.
fn identifiers(caller: &Caller) -> Result<Vec<String>, Problem> {
    caller.may(Right::ReadMine)?;
    let person = caller.person.as_deref().ok_or_else(Problem::session_needed)?;
    Ok(person.learner.clone())
}

async fn of(server: &Server, identifiers: &[String]) -> Result<MyCourses, Problem> {
    let CoursesOfMine { courses, unreadable } = server.progress.courses_of(identifiers).await?;
    Ok(MyCourses { items: courses.into_iter().map(Into::into).collect(), unreadable, next: None })
}

/// A page of one's statements for a file: as many as fit.
async fn page_of(
    server: &Server,
    identifiers: &[String],
    beyond: Option<Instant>,
    memory: &Memory,
) -> Result<MyStatements, ProgressError> {
    let mut limit = LARGEST;
    loop {
        let page = server.progress.statements_of(identifiers, beyond, limit, memory).await;
        match page {
            Err(ProgressError::Exhausted(_)) if limit > 1 => limit = (limit / 10).max(1),
            other => return other,
        }
    }
}

/// One's own courses, modules, hours and certificates.
#[utoipa::path(get, path = "/api/v1/my/courses", tag = "people", security(("key" = [])),
    responses((status = 200, body = MyCourses), (status = 403, body = Problem)))]
pub async fn courses(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Json<MyCourses>, Problem> {
    let identifiers = identifiers(&caller)?;
    let _turn = server.reports.turn(&caller.key.name).await?;
    Ok(Json(of(&server, &identifiers).await?))
}

/// A page of one's own statements.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOfMyStatements {
    /// As they are kept, the newest first. A page may be shorter than asked for, or empty, and go on.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Box<RawValue>>,
    /// What to ask for as `after`; null where there are no more.
    next: Option<String>,
}

/// The statements that one said, under all identifiers.
#[utoipa::path(get, path = "/api/v1/my/statements", tag = "people", security(("key" = [])),
    params(("limit" = Option<usize>, Query, description = "at most so many; 50 if missing, 200 at most"),
        ("after" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = PageOfMyStatements), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
pub async fn statements(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Json<PageOfMyStatements>, Problem> {
    let identifiers = identifiers(&caller)?;
    parameters.only(&["limit", "after"])?;
    let limit = limit(&parameters, PAGE, LARGEST)?;
    let beyond = parameters.instant("after")?;
    let _turn = server.reports.turn(&caller.key.name).await?;
    let memory = server.shares.of_key(&caller.key.name);
    let MyStatements { texts, beyond, held: _held } =
        server.progress.statements_of(&identifiers, beyond, limit, &memory).await?;
    let raw = |text: Bytes| {
        String::from_utf8(text.into()).ok().and_then(|it| RawValue::from_string(it).ok())
    };
    let items = texts.into_iter().filter_map(raw).collect();
    Ok(Json(PageOfMyStatements { items, next: beyond.map(|it| it.to_string()) }))
}

/// All that is known of oneself, as one file: the person, the courses with their modules and certificates, and every
/// statement as it is kept.
#[utoipa::path(get, path = "/api/v1/my/export", tag = "people", security(("key" = [])),
    responses((status = 200, description = "a file with the members `person`, `courses`, `unreadable` (as of `/api/v1/my/courses`) and `statements`",
        body = serde_json::Value), (status = 403, body = Problem)))]
pub async fn export(State(server): State<Server>, caller: Caller) -> Result<Response, Problem> {
    let identifiers = identifiers(&caller)?;
    let turn = server.reports.turn(&caller.key.name).await?;
    let MyCourses { items: courses, unreadable, .. } = of(&server, &identifiers).await?;
    let person = json!({"name": caller.key.name.trim_start_matches("person:"), "label": caller.key.label,
        "identifiers": identifiers});
    let head = format!(
        "{{\"person\":{person},\n\"courses\":{},\n\"unreadable\":{unreadable},\n\"statements\":[",
        json!(courses)
    );
    let memory = server.shares.of_key(&caller.key.name);
    let pages = stream::try_unfold(Some((None, turn)), move |at| {
        let (server, identifiers) = (server.clone(), identifiers.clone());
        let memory = memory.clone();
        async move {
            let Some((beyond, turn)) = at else { return Ok(None) };
            let page = page_of(&server, &identifiers, beyond, &memory).await;
            let MyStatements { texts, beyond, held } = page.map_err(std::io::Error::other)?;
            let next = beyond.map(|beyond| (Some(beyond), turn));
            // Held until the last of them was taken.
            let texts = texts.into_iter().map(move |text| {
                let _held = &held;
                Ok(text)
            });
            Ok::<_, std::io::Error>(Some((stream::iter(texts), next)))
        }
    });
    let text = |text: String| stream::once(ready(Ok::<_, std::io::Error>(Bytes::from(text))));
    let texts = pages.try_flatten().enumerate().flat_map(move |(number, statement)| {
        let between = if number == 0 { "\n" } else { ",\n" };
        text(between.to_owned()).chain(stream::once(ready(statement)))
    });
    let body = Body::from_stream(text(head).chain(texts).chain(text("]}\n".to_owned())));
    let mut response = ([(CONTENT_TYPE, "application/json")], body).into_response();
    let saved = HeaderValue::from_static("attachment; filename=\"traccia-my-data.json\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, saved);
    Ok(response)
}
