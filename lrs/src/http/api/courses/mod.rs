//! Courses: `/api/v1/courses`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::caller::Caller;
use crate::access::scope::Right;
use crate::course::{CheckedCourse, CourseError};
use crate::http::problem::Problem;
use crate::http::request::Content;
use crate::http::state::Server;
use crate::progress::ProgressError;
use crate::xapi::parameters::Parameters;

pub mod certificates;
pub mod learners;
pub mod presence;
pub mod reports;

/// A course that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoadedCourse {
    /// Its id.
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
    let courses = server.store.courses().await?;
    Ok(Json(courses.into_iter().map(|course| course.id).collect()))
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
    let course = server.store.course(&id).await?;
    let course = course.ok_or_else(|| Problem::from(ProgressError::NoCourse(id)))?;
    Ok(([(CONTENT_TYPE, "application/toml")], course.file).into_response())
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
    })?;
    let CheckedCourse { course, warnings } = server.progress.put_course(&id, file, dry_run).await?;
    let shown = |CourseError { line, column, message }| CourseWarning { line, column, message };
    Ok(Json(LoadedCourse {
        course: id,
        modules: course.modules().len(),
        activities: course.activities().count(),
        warnings: warnings.into_iter().map(shown).collect(),
        dry_run,
    }))
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
