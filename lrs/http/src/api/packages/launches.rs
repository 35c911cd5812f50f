//! Launches of packages: `/api/v1/packages/{name}/launches`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::problem::packages::invalid_launch;
use crate::request::Brief;
use crate::state::Server;
use access::bounds::Bounds;
use access::caller::Caller;
use access::scope::Right;
use service::packages::{Launched, Launcher, NewLaunch, PackageError};

/// A launch to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedLaunch {
    /// The learner as an Agent of xAPI, with a name.
    #[schema(value_type = Option<Object>)]
    actor: Option<Value>,
    /// Instead of `actor`: the id of a learner of `course`.
    learner: Option<String>,
    /// The id of the learner's course.
    course: Option<String>,
    /// How many hours the launch is good for, at most 8,784; 72 if missing.
    hours: Option<u32>,
    /// last (default): the last attempt, or a new one where that is finished; same: the last one; new: a new one; best: the
    /// one with the best score.
    attempt: Option<String>,
    /// Instead of a learner: somebody has a look, and nothing is kept.
    #[serde(default)]
    preview: bool,
    /// The language of the player, it (default) or en.
    language: Option<String>,
}

/// A launch that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeLaunch {
    /// Where the learner's browser plays the package.
    url: String,
    /// Where the files of the version are.
    files: String,
    /// What is secret of `url`; kept nowhere.
    token: String,
    /// What names the launch, to take it back.
    id: String,
    /// Until when it is good, RFC 3339.
    expires: String,
    /// The version that is played.
    version: u32,
    /// The number of the attempt.
    attempt: u32,
    /// The registration of the attempt's statements.
    registration: String,
}

/// A launch as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedLaunch {
    /// What names it.
    id: String,
    /// The learner; null for a preview.
    #[schema(value_type = Object)]
    actor: Value,
    /// The version that is played.
    version: u32,
    /// The number of the attempt.
    attempt: u32,
    /// Whether it is a preview.
    preview: bool,
    /// When it was made, RFC 3339.
    created: String,
    /// Until when it is good, RFC 3339.
    expires: String,
    /// Whether it was taken back.
    revoked: bool,
}

/// Makes a launch: the address at which a learner plays the package, on the host of `content_url`. Who has the address plays
/// as the learner; it is secret, and good for some hours.
#[utoipa::path(post, path = "/api/v1/packages/{name}/launches", tag = "packages",
    security(("key" = [])),
    params(("name" = String, Path, description = "the package's name")),
    request_body = WantedLaunch,
    responses((status = 201, body = MadeLaunch), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
pub async fn create(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
    Brief(content): Brief,
) -> Result<(StatusCode, Json<MadeLaunch>), Problem> {
    caller.may(Right::LaunchPackages)?;
    content.only(&["application/json"])?;
    let wanted: WantedLaunch = validator::json::parse_as(&content.body)
        .map_err(|error| invalid_launch(&format!("The body is not a launch: {error}.")))?;
    let content_url = server.content.url()?.to_owned();
    let new = new(wanted, caller.key.bounds.clone())?;
    let Launched { token, id, expires, version, launch } =
        server.packages.launch(&name, new).await?;
    let made = MadeLaunch {
        url: format!("{content_url}/launch/{token}/"),
        files: format!("{content_url}/p/{}/", version.key),
        token,
        id,
        expires: expires.to_string(),
        version: version.number,
        attempt: launch.attempt,
        registration: launch.registration.to_string(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

fn new(wanted: WantedLaunch, bounds: Option<Bounds>) -> Result<NewLaunch, Problem> {
    let who = match (wanted.actor, wanted.learner, wanted.course, wanted.preview) {
        (Some(actor), None, None, false) => Launcher::Actor(actor),
        (None, Some(learner), Some(course), false) => {
            Launcher::OfCourse { course, learner, bounds }
        }
        (None, None, None, true) => Launcher::Preview,
        _ => return Err(PackageError::WhoPlays.into()),
    };
    let policy = wanted.attempt.map(|policy| policy.parse()).transpose();
    let policy = policy.map_err(|error| Problem::from(PackageError::Policy(error)))?;
    let language = match wanted.language.as_deref() {
        None | Some("it") => "it",
        Some("en") => "en",
        Some(other) => return Err(invalid_launch(&format!("There is no player in `{other}`."))),
    };
    let policy = policy.unwrap_or_default();
    Ok(NewLaunch { who, hours: wanted.hours, policy, language: language.to_owned() })
}

/// The launches of a package that are good, the newest first, up to a thousand; without their tokens.
#[utoipa::path(get, path = "/api/v1/packages/{name}/launches", tag = "packages",
    security(("key" = [])),
    params(("name" = String, Path, description = "the package's name")),
    responses((status = 200, body = Vec<ListedLaunch>), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Vec<ListedLaunch>>, Problem> {
    caller.may(Right::LaunchPackages)?;
    let launches = server.packages.launches(&name).await?.into_iter();
    let listed = launches.map(|it| ListedLaunch {
        id: it.id,
        actor: it.launch.actor,
        version: it.version,
        attempt: it.launch.attempt,
        preview: it.launch.preview,
        created: it.created.to_string(),
        expires: it.expires.to_string(),
        revoked: it.revoked,
    });
    Ok(Json(listed.collect()))
}

/// Takes a launch back: its address is refused from now on, also to a page that is open.
#[utoipa::path(delete, path = "/api/v1/packages/{name}/launches/{id}", tag = "packages",
    security(("key" = [])),
    params(("name" = String, Path, description = "the package's name"),
        ("id" = String, Path, description = "the launch's id")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke(
    State(server): State<Server>,
    caller: Caller,
    Path((name, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::LaunchPackages)?;
    server.packages.revoke(&name, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
