//! Activities that belong to no module, and putting one into a module.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::preview;
use super::{LoadedCourse, READ};
use crate::problem::Problem;
use crate::request::Brief;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::progress::{Mapping, ProgressError, Run, Unmapped, UnmappedActivities};
use xapi::parameters::Parameters;

/// How many activities are listed where nothing else is asked, and at most.
const USUAL: usize = 50;
const MOST: usize = 500;

/// Activities that learners of a course use and that belong to none of its modules.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnmappedList {
    /// The course's id.
    course: String,
    /// The revision of the course that this is true for, for `based_on`.
    revision: i64,
    /// How many of the newest statements were looked at.
    looked_at: usize,
    /// Those with most learners first.
    items: Vec<UnmappedActivity>,
}

/// An activity that belongs to no module.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnmappedActivity {
    /// Its IRI.
    activity: String,
    /// Its name by language, as statements tell; empty where they tell none.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: serde_json::Map<String, serde_json::Value>,
    /// How many of the statements that were looked at are about it.
    statements: u64,
    /// Of how many learners.
    learners: usize,
    /// When the last one came, RFC 3339 in UTC.
    last_seen: String,
    /// The id of the module that it looks most like being of.
    #[schema(required)]
    suggestion: Option<String>,
}

impl From<Unmapped> for UnmappedActivity {
    fn from(unmapped: Unmapped) -> Self {
        let Unmapped { activity, name, statements, learners, last_seen, suggestion } = unmapped;
        let last_seen = last_seen.to_string();
        Self { activity, name, statements, learners, last_seen, suggestion }
    }
}

/// The activities that learners of a course use on the course's sites and that belong to no module, by the newest
/// statements: of a key with bounds, what its own learners use.
#[utoipa::path(get, path = "/api/v1/courses/{id}/unmapped", tag = "courses", security(("key" = [])),
    params(("id" = String, Path, description = "the course's id"),
        ("limit" = Option<usize>, Query, description = "how many at most: 50 if missing, 500 at most")),
    responses((status = 200, body = UnmappedList), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn unmapped(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<UnmappedList>, Problem> {
    caller.may(Right::ReadCourses)?;
    parameters.only(&["limit"])?;
    let limit = parameters.number("limit")?.unwrap_or(USUAL).clamp(1, MOST);
    let _turn = server.reports.turn(&caller.key.name).await?;
    let found = server.progress.unmapped(&id, limit, caller.key.bounds.clone()).await?;
    let UnmappedActivities { revision, looked_at, activities } = found;
    let items = activities.into_iter().map(UnmappedActivity::from).collect();
    Ok(Json(UnmappedList { course: id, revision: revision.number(), looked_at, items }))
}

/// An activity to be put into a module.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMapping {
    /// The activity's IRI.
    activity: String,
    /// The module's id.
    module: String,
    /// The revision of the course that the wish is based on; any where missing.
    based_on: Option<i64>,
}

/// Puts an activity into a module: the course file gets an activity with this IRI, and all else of its text stays.
///
/// With `dry_run` nothing is changed, and the answer tells what it would change.
#[utoipa::path(post, path = "/api/v1/courses/{id}/mappings", tag = "courses", security(("key" = [])),
    params(("id" = String, Path, description = "the course's id"),
        ("dry_run" = Option<bool>, Query, description = "say what would change and change nothing")),
    request_body = NewMapping,
    responses((status = 200, body = LoadedCourse), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem)))]
pub async fn map(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
    Brief(content): Brief,
) -> Result<Json<LoadedCourse>, Problem> {
    caller.may(Right::EditCourses)?;
    parameters.only(&["dry_run"])?;
    content.only(&["application/json"])?;
    let dry_run = parameters.boolean("dry_run")?;
    let NewMapping { activity, module, based_on } = validator::json::parse_as(&content.body)
        .map_err(|error| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "mapping-invalid",
                format!("The body does not say which activity goes where: {error}."),
                r#"Send {"activity": "its IRI", "module": "the module's id"}."#,
            )
            .with("error", error)
        })?;
    let based_on = based_on.map(store::Revision::from_number);
    let mapping = Mapping { activity, module, based_on };
    // As of PUT of a course file: it is read as the text that is edited, and then as the course.
    let (of, key, course) = (server.clone(), caller.key.name.clone(), id.clone());
    let mapped = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        let file = of.progress.course_file(&course).await?;
        let read = file.len().saturating_mul(READ);
        drop(file);
        let _held = of.shares.of_key(&key).reserve(read).map_err(ProgressError::Exhausted)?;
        of.progress.map(&course, mapping, Run::dry_if(dry_run)).await
    });
    let (loaded, _) = mapped.await??;
    let effect = preview::effect(&server, &caller, &loaded, dry_run).await?;
    Ok(Json(LoadedCourse::new(id, loaded, (dry_run, effect), &headers)))
}
