//! Courses, their learners and their progress: `/api/v1/courses`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::caller::Caller;
use crate::access::scope::Right;
use crate::course::Grouping;
use crate::http::problem::Problem;
use crate::http::request::Content;
use crate::http::state::Server;
use crate::progress::ProgressError;
use crate::xapi::parameters::Parameters;

/// A course that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoadedCourse {
    /// Its id.
    course: String,
    /// How many modules it has.
    modules: usize,
    /// How many activities, over all modules.
    activities: usize,
}

/// A list of learners that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedLearners {
    /// The course's id.
    course: String,
    /// How many learners it has now.
    learners: usize,
}

/// What a rebuild did.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebuiltProgress {
    /// The course's id.
    course: String,
    /// How many statements were read.
    statements: u64,
    /// How many learners' progress documents are not what they were.
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
    params(("id" = String, Path, description = "the id in the file")),
    request_body(content = String, content_type = "application/toml"),
    responses((status = 200, body = LoadedCourse), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    content: Content,
) -> Result<Json<LoadedCourse>, Problem> {
    caller.may(Right::Manage)?;
    let file = std::str::from_utf8(&content.body).map_err(|_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "course-file",
            "The course file is not UTF-8.",
            "Save it as UTF-8.",
        )
    })?;
    let course = server.progress.put_course(&id, file).await?;
    Ok(Json(LoadedCourse {
        course: id,
        modules: course.modules().len(),
        activities: course.modules().iter().map(|module| module.activities.len()).sum(),
    }))
}

/// Replaces the learners of a course by those of a CSV file.
#[utoipa::path(put, path = "/api/v1/courses/{id}/learners", tag = "courses",
    security(("key" = [])), params(("id" = String, Path, description = "the course's id")),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportedLearners), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn put_learners(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    content: Content,
) -> Result<Json<ImportedLearners>, Problem> {
    caller.may(Right::Manage)?;
    let learners = server.progress.put_learners(&id, &content.body).await?;
    Ok(Json(ImportedLearners { course: id, learners }))
}

/// How many learners are how far, by module, region, province, body, role or office.
#[utoipa::path(get, path = "/api/v1/courses/{id}/progress", tag = "courses",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("by" = Option<String>, Query, description = "what rows are told apart by: any of module, \
            region, province, body, role, office, separated by commas; module if missing"),
        ("format" = Option<String>, Query, description = "json (default), csv or table")),
    responses((status = 200, body = Object, example = json!({"course": "prog-2796",
            "through": "2026-11-22T10:00:00.000001Z", "time_zone": "Europe/Rome",
            "rows": [{"module": "m1", "region": "Umbria", "enrolled": 130, "not_started": 20,
                "in_progress": 60, "completed": 50, "passed": 48, "failed": 2,
                "score_mean": 0.8125, "hours": 1240.5}]})),
        (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn progress(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    parameters.only(&["by", "format"])?;
    let by: Grouping =
        parameters.get("by").unwrap_or("module").parse().map_err(
            |error: crate::course::UnknownGroupKey| parameter(format!("In `by`: {error}.")),
        )?;
    let format = parameters.get("format").unwrap_or("json");
    if !["json", "csv", "table"].contains(&format) {
        return Err(parameter(format!("`{format}` is not a format.")));
    }
    let report = server.progress.report(&id, by).await?;
    Ok(match format {
        "csv" => ([(CONTENT_TYPE, "text/csv; charset=utf-8")], report.to_csv()).into_response(),
        "table" => {
            ([(CONTENT_TYPE, "text/plain; charset=utf-8")], report.to_table()).into_response()
        }
        _ => Json(report).into_response(),
    })
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

fn parameter(detail: String) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "parameter-value",
        detail,
        "Use by=module,region,province,body,role,office (any of them) and format=json, csv or table.",
    )
}
