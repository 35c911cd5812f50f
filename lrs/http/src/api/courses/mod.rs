//! Courses: `/api/v1/courses`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::language::preferred;
use crate::problem::Problem;
use crate::request::Content;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::{Activity, CheckedCourse, CourseError, Edition, Module, Outline, Title};
use service::progress::{CourseSummary, DeletedCourse, FrozenLists};
use xapi::parameters::Parameters;

pub mod certificates;
pub mod described;
pub mod learners;
pub mod presence;
pub mod reports;

/// A course that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoadedCourse {
    /// The course's id, as the file has it.
    course: String,
    /// How many modules it has.
    modules: usize,
    /// How many activities and events, over all modules.
    activities: usize,
    /// What the file says that is hardly meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<CourseWarning>,
    /// Whether it was only checked.
    dry_run: bool,
}

/// What a course file says at a place that is hardly meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseWarning {
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    /// What it means, and what to write instead.
    message: String,
}

/// What a rebuild did.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebuiltProgress {
    /// The course's id.
    course: String,
    /// How many statements were read.
    statements: u64,
    /// How many actors' progress documents are not what they were.
    changed: u64,
}

/// The ids of all courses.
#[utoipa::path(get, path = "/api/v1/courses", tag = "courses", security(("key" = [])),
    responses((status = 200, body = Vec<String>), (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Json<Vec<String>>, Problem> {
    caller.may(Right::ReadCourses)?;
    Ok(Json(server.progress.courses().await?))
}

/// The course file as it was sent.
#[utoipa::path(get, path = "/api/v1/courses/{id}", tag = "courses", security(("key" = [])),
    params(("id" = String, Path, description = "the course's id")),
    responses((status = 200, body = String, content_type = "application/toml"),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    let file = server.progress.course_file(&id).await?;
    Ok(([(CONTENT_TYPE, "application/toml")], file).into_response())
}

/// Adds or replaces a course. Everybody's progress is evaluated anew.
#[utoipa::path(put, path = "/api/v1/courses/{id}", tag = "courses", security(("key" = [])),
    params(("id" = String, Path, description = "the id in the file"),
        ("dry_run" = Option<bool>, Query, description = "check the file and change nothing")),
    request_body(content = String, content_type = "application/toml"),
    responses((status = 200, body = LoadedCourse), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem)))]
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
    content: Content,
) -> Result<Json<LoadedCourse>, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["dry_run"])?;
    content.only(&["application/toml"])?;
    let dry_run = parameters.boolean("dry_run")?;
    let file = std::str::from_utf8(&content.body).map_err(|_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "course-file",
            "The course file is not UTF-8.",
            "Save it as UTF-8.",
        )
        .in_words("course-file-not-utf8")
    })?;
    let CheckedCourse { course, warnings } = server.progress.put_course(&id, file, dry_run).await?;
    let texts = preferred(&headers).texts();
    let shown = |warning: CourseError| CourseWarning {
        line: warning.line,
        column: warning.column,
        message: warning.text(texts),
    };
    Ok(Json(LoadedCourse {
        course: id,
        modules: course.modules().len(),
        activities: course.activities().count(),
        warnings: warnings.into_iter().map(shown).collect(),
        dry_run,
    }))
}

/// An edition in a summary.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedEdition {
    /// Its id, which learners have in the column `edition`.
    id: String,
    /// Its name, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
}

/// An activity in a summary.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedActivity {
    /// Its key in the course.
    key: String,
    /// Its name, by language; its key where the file gives none.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// What it is, such as `video` or `seminar`.
    kind: String,
    /// The hours that it is worth.
    hours: Option<f64>,
}

/// A module in a summary.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedModule {
    /// Its id.
    id: String,
    /// Its name, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// The hours that it is worth.
    hours: Option<f64>,
    /// Its activities and events.
    activities: Vec<SummarisedActivity>,
}

impl From<&Module> for SummarisedModule {
    fn from(module: &Module) -> Self {
        let activity = |it: &Activity| SummarisedActivity {
            key: it.key.clone(),
            title: it
                .title
                .clone()
                .unwrap_or_else(|| Title(BTreeMap::from([("und".to_owned(), it.key.clone())]))),
            kind: it.kind.clone(),
            hours: it.hours,
        };
        Self {
            id: module.id.clone(),
            title: module.title.clone(),
            hours: module.hours,
            activities: module.activities.iter().map(activity).collect(),
        }
    }
}

/// What there is of a course.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedCourse {
    /// Its id.
    course: String,
    /// Its name, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// The first and the last day whose statements count.
    begins: Option<String>,
    /// See `begins`.
    ends: Option<String>,
    /// Its editions.
    editions: Vec<SummarisedEdition>,
    /// How many modules it has.
    modules: usize,
    /// How many activities and events, over all modules.
    activities: usize,
    /// How many learners this key may see; those merged count once.
    learners: usize,
    /// How many merges there are among them.
    merged: usize,
    /// How many certificate lists are frozen.
    certificates: usize,
    /// The IANA name of the time zone whose days it means.
    time_zone: String,
    /// The hours that a learner is to do.
    hours: Option<f64>,
    /// After how many days of silence a learner who has begun is at risk.
    at_risk_days: u16,
    /// Its modules, in the order of the course file.
    module_list: Vec<SummarisedModule>,
}

/// What there is of a course, in numbers and names.
#[utoipa::path(get, path = "/api/v1/courses/{id}/summary", tag = "courses",
    security(("key" = [])), params(("id" = String, Path, description = "the course's id")),
    responses((status = 200, body = SummarisedCourse), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn summary(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<SummarisedCourse>, Problem> {
    caller.may(Right::ReadCourses)?;
    parameters.only(&[])?;
    let summary = server.progress.summary(&id, caller.key.bounds.as_ref()).await?;
    let CourseSummary { course, learners, merged, certificates } = summary;
    let Outline { title, window, editions, time_zone, hours, at_risk_days, .. } = course.outline();
    let edition = |it: &Edition| SummarisedEdition { id: it.id.clone(), title: it.title.clone() };
    Ok(Json(SummarisedCourse {
        title: title.clone(),
        begins: window.begins.map(|day| day.to_string()),
        ends: window.ends.map(|day| day.to_string()),
        editions: editions.iter().map(edition).collect(),
        modules: course.modules().len(),
        activities: course.activities().count(),
        course: id,
        learners,
        merged,
        certificates,
        time_zone: time_zone.clone(),
        hours: *hours,
        at_risk_days: *at_risk_days,
        module_list: course.modules().iter().map(SummarisedModule::from).collect(),
    }))
}

/// What went with a course, or would.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemovedCourse {
    /// Its id.
    course: String,
    /// How many entries its list of learners had.
    learners: usize,
    /// How many merges were noted.
    merged: usize,
    /// How many certificate lists were frozen.
    certificates: usize,
    /// Whether nothing was changed.
    dry_run: bool,
}

/// Deletes a course with its file, its list of learners and their merges.
///
/// No statement goes, those of registers included: the same file and list bring the same progress
/// back. A course with frozen certificate lists is refused, unless `certificates=true`: nothing
/// brings these back.
#[utoipa::path(delete, path = "/api/v1/courses/{id}", tag = "courses", security(("key" = [])),
    params(("id" = String, Path, description = "the course's id"),
        ("certificates" = Option<bool>, Query, description = "its frozen lists too"),
        ("dry_run" = Option<bool>, Query, description = "say what would go and change nothing")),
    responses((status = 200, body = RemovedCourse), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn delete(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<RemovedCourse>, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["certificates", "dry_run"])?;
    let dry_run = parameters.boolean("dry_run")?;
    let frozen =
        if parameters.boolean("certificates")? { FrozenLists::Go } else { FrozenLists::Stay };
    let deleted = server.progress.delete_course(&id, frozen, dry_run).await?;
    let DeletedCourse { learners, merged, certificates } = deleted;
    Ok(Json(RemovedCourse { course: id, learners, merged, certificates, dry_run }))
}

/// Computes the progress of a course from the log again.
#[utoipa::path(post, path = "/api/v1/courses/{id}/rebuild", tag = "courses",
    security(("key" = [])), params(("id" = String, Path, description = "the course's id")),
    responses((status = 200, body = RebuiltProgress), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn rebuild(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RebuiltProgress>, Problem> {
    caller.may(Right::Manage)?;
    let rebuilt = server.progress.rebuild(&id).await?;
    Ok(Json(RebuiltProgress {
        course: id,
        statements: rebuilt.statements,
        changed: rebuilt.changed,
    }))
}
