//! How the server fares: `GET /api/v1/health`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use texts::Texts;
use utoipa::ToSchema;

use crate::language::preferred;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::progress::ProgressError;
use service::vitals::{Lag, Report, Source, Warning};

/// How the server fares.
#[derive(Debug, Serialize, ToSchema)]
pub struct SystemHealth {
    /// Each key that there is, by name.
    sources: Vec<SourceHealth>,
    /// Each course, by id.
    follower: Vec<CourseLag>,
    /// The room that the store takes.
    disk: DiskHealth,
    /// What an administrator should look at.
    warnings: Vec<HealthWarning>,
}

/// What a key sends.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceHealth {
    /// The key's name.
    key: String,
    /// What it is for.
    label: String,
    /// When its latest statement was stored, RFC 3339 in UTC.
    #[schema(required)]
    last_statement: Option<String>,
    /// How many of its statements came since midnight in Rome; at least, where more than 5000 of all keys came.
    statements_today: u64,
    /// How far apart it usually sends; null where it has sent too seldom to tell.
    #[schema(required)]
    usual_gap_seconds: Option<u64>,
    /// Whether it has not sent for three times as long as usual, and an hour at least.
    silent: bool,
}

/// How far a course's progress is behind the statements.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseLag {
    /// The course's id.
    course: String,
    /// For how long the oldest statement that does not count yet has been there.
    lag_seconds: u64,
}

/// The room that the store takes; null where its engine cannot tell.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiskHealth {
    /// In bytes.
    #[schema(required)]
    used_bytes: Option<u64>,
    /// In bytes.
    #[schema(required)]
    free_bytes: Option<u64>,
    /// As far as this process has seen; null in its first hour.
    #[schema(required)]
    growth_bytes_per_day: Option<i64>,
}

/// What an administrator should look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthWarning {
    /// `stored_ahead`, `disk_low`, `source_silent` or `course_behind`.
    warning: &'static str,
    /// The key or course that it is about; empty for the server.
    subject: String,
    /// In the language of `Accept-Language`.
    message: String,
}

impl HealthWarning {
    fn of(warning: &Warning, texts: &Texts) -> Self {
        let say = |id: &'static str, value: &dyn ToString| {
            texts.say(id, &[("value", value.to_string())]).unwrap_or_else(|| id.to_owned())
        };
        match warning {
            Warning::StoredAhead(seconds) => Self {
                warning: "stored_ahead",
                subject: String::new(),
                message: say("health-stored-ahead", seconds),
            },
            Warning::DiskLow(bytes) => Self {
                warning: "disk_low",
                subject: String::new(),
                message: say("health-disk-low", &(bytes >> 20)),
            },
            Warning::SourceSilent(key) => Self {
                warning: "source_silent",
                subject: key.clone(),
                message: say("health-source-silent", key),
            },
            Warning::CourseBehind(course, seconds) => Self {
                warning: "course_behind",
                subject: course.clone(),
                message: say("health-course-behind", &format!("{course} ({seconds} s)")),
            },
        }
    }
}

/// How the server fares: which keys send, how far courses are behind, how much room is left. As was found within the last
/// half minute.
#[utoipa::path(get, path = "/api/v1/health", tag = "health", security(("key" = [])),
    responses((status = 200, body = SystemHealth), (status = 403, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<SystemHealth>, Problem> {
    caller.may(Right::ReadStatements)?;
    caller.may(Right::ReadCourses)?;
    if caller.key.bounds.is_some() {
        return Err(ProgressError::Bounded.into());
    }
    let report = server.vitals.report().await?;
    let Report { sources, followers, space, growth, warnings } = &*report;
    let source = |it: &Source| SourceHealth {
        key: it.key.clone(),
        label: it.label.clone(),
        last_statement: it.last.map(|at| at.to_string()),
        statements_today: it.today,
        usual_gap_seconds: it.usual_gap,
        silent: it.is_silent,
    };
    let lag = |it: &Lag| CourseLag { course: it.course.clone(), lag_seconds: it.seconds };
    let texts = preferred(&headers).texts();
    Ok(Json(SystemHealth {
        sources: sources.iter().map(source).collect(),
        follower: followers.iter().map(lag).collect(),
        disk: DiskHealth {
            used_bytes: space.used,
            free_bytes: space.free,
            growth_bytes_per_day: *growth,
        },
        warnings: warnings.iter().map(|it| HealthWarning::of(it, texts)).collect(),
    }))
}
