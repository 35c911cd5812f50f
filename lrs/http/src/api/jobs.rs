//! Work that no request waits for: `/api/v1/jobs`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::jobs::{Job, JobError, JobState};

/// All jobs.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobList {
    /// The latest first.
    items: Vec<ShownJob>,
    /// Always null: there is one page.
    #[schema(required)]
    next: Option<String>,
}

/// A job: work that no request waits for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownJob {
    /// Its name in addresses.
    id: String,
    /// What it does: `rebuild` or `aggregate`.
    kind: &'static str,
    /// The id of the course that it is about; of an `aggregate` the name of the key that asks.
    course: String,
    /// `running`, `done` or `failed`.
    state: &'static str,
    /// The part that is done, from 0 to 1; null while that is not known.
    #[schema(required)]
    progress: Option<f64>,
    /// When it was begun, RFC 3339 in UTC.
    started: String,
    /// When it ended.
    #[schema(required)]
    ended: Option<String>,
    /// Why it failed.
    #[schema(required)]
    error: Option<String>,
    /// What came of it, by name: of a rebuild `statements` and `changed`, of an `aggregate` `groups`.
    #[schema(value_type = Object)]
    result: std::collections::BTreeMap<&'static str, u64>,
}

impl From<Job> for ShownJob {
    fn from(Job { id, kind, course, state, started, ended }: Job) -> Self {
        let (name, progress, error, result) = match state {
            JobState::Running => ("running", None, None, Vec::new()),
            JobState::Done(result) => ("done", Some(1.0), None, result),
            JobState::Failed(error) => ("failed", None, Some(error), Vec::new()),
        };
        Self {
            id: id.to_string(),
            kind: kind.as_str(),
            course,
            state: name,
            progress,
            started: started.to_string(),
            ended: ended.map(|at| at.to_string()),
            error,
            result: result.into_iter().collect(),
        }
    }
}

/// The jobs of this process, those that have ended as well: the latest hundred.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", security(("key" = [])),
    responses((status = 200, body = JobList), (status = 403, body = Problem)))]
pub async fn list(State(server): State<Server>, caller: Caller) -> Result<Json<JobList>, Problem> {
    caller.may(Right::EditCourses)?;
    let items = server.jobs.all().into_iter().map(ShownJob::from).collect();
    Ok(Json(JobList { items, next: None }))
}

/// Forgets a job that has ended. One that is under way is not stopped half-way.
#[utoipa::path(delete, path = "/api/v1/jobs/{job}", tag = "jobs", security(("key" = [])),
    params(("job" = String, Path, description = "the job's id")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn remove(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::EditCourses)?;
    let id = id.parse().map_err(|_| JobError::Unknown)?;
    server.jobs.remove(id)?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<JobError> for Problem {
    fn from(error: JobError) -> Self {
        let detail = format!("{error}.");
        match error {
            JobError::Full => Self::new(
                StatusCode::CONFLICT,
                "jobs-full",
                detail,
                "Begin it when one of them has ended: GET /api/v1/jobs.",
            ),
            JobError::Same(id) => Self::new(
                StatusCode::CONFLICT,
                "job-same",
                detail,
                "Wait for its end: GET /api/v1/jobs.",
            )
            .with("job", id),
            JobError::Unknown => Self::new(
                StatusCode::NOT_FOUND,
                "job-unknown",
                detail,
                "GET /api/v1/jobs lists the jobs of this process.",
            ),
            JobError::Running => Self::new(
                StatusCode::CONFLICT,
                "job-running",
                detail,
                "Wait for its end: GET /api/v1/jobs.",
            ),
        }
    }
}
