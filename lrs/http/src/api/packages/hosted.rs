//! The packages that are hosted: `/api/v1/packages`.

use std::io;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncWriteExt as _, BufWriter};
use utoipa::ToSchema;

use super::HELD;
use crate::audit::actor_of;
use crate::deadline::Late;
use crate::problem::Problem;
use crate::problem::packages::{disk, too_large};
use crate::request::{Brief, Content, content_type};
use crate::share::Share;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::packages::activity_of;
use service::scan::ScannedFrom;
use store::{Package, PackageVersion};
use xapi::parameters::Parameters;

/// The media types of packages.
const TYPES: [&str; 3] =
    ["application/zip", "application/x-zip-compressed", "application/octet-stream"];

/// A package.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownPackage {
    /// What it is called in addresses and course files.
    name: String,
    /// The IRI of its activity.
    activity: String,
    /// The version that new launches play.
    current: u32,
    /// The versions that are there, by number.
    versions: Vec<ShownVersion>,
}

/// A version of a package.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownVersion {
    /// From 1.
    version: u32,
    /// The title in its manifest.
    title: String,
    /// Such as scorm-1.2.
    standard: String,
    /// When it was imported, RFC 3339.
    imported: String,
    /// How many files it has.
    files: u64,
    /// How many bytes these have.
    bytes: u64,
}

impl ShownVersion {
    fn new(version: &PackageVersion) -> Self {
        Self {
            version: version.number,
            title: version.title.clone(),
            standard: version.standard.clone(),
            imported: version.created.to_string(),
            files: version.files,
            bytes: version.bytes,
        }
    }
}

impl ShownPackage {
    fn new(package: &Package) -> Self {
        Self {
            name: package.name.clone(),
            activity: activity_of(&package.name),
            current: package.current,
            versions: package.versions.iter().map(ShownVersion::new).collect(),
        }
    }
}

/// Which version new launches play.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Its number.
    current: u32,
}

/// Imports a SCORM package as the newest version of the package `name`, which is made where there is none. New launches play
/// this version.
///
/// The body is the zip; it may be larger than other bodies (`limits.package_bytes`). A package with errors is refused with
/// the findings of its check; warnings do not stand in the way.
#[utoipa::path(post, path = "/api/v1/packages", tag = "packages", security(("key" = [])),
    params(("name" = String, Query, description = "small letters, digits and `-`")),
    request_body(content = Vec<u8>, content_type = "application/zip"),
    responses((status = 201, body = ShownPackage), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn import(
    State(server): State<Server>,
    caller: Caller,
    Share(memory): Share,
    parameters: Parameters,
    request: Request,
) -> Result<(StatusCode, Json<ShownPackage>), Problem> {
    caller.may(Right::ManagePackages)?;
    parameters.only(&["name"])?;
    parameters.required("name")?;
    let name = parameters.get("name").unwrap_or_default().to_owned();
    let sent = content_type(request.headers());
    Content { content_type: sent, body: bytes::Bytes::new() }.only(&TYPES)?;
    let limit = server.limits.package_bytes;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    if length.and_then(|it| it.parse::<u64>().ok()).is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let turn = server.packages.turn_to_import(&caller.key.name).await?;
    let held = memory.reserve(HELD)?;
    let file = on_disk(request.into_body(), limit).await?;
    let from = ScannedFrom {
        sender: actor_of(&caller).name().to_owned(),
        what: format!("package {name}"),
        at: server.record.now().to_string(),
    };
    let file = server.scanner.file(file, &from).await?;
    server.packages.import(&name, file, (turn, held)).await?;
    let package = server.packages.package(&name).await?;
    Ok((StatusCode::CREATED, Json(ShownPackage::new(&package))))
}

/// The body in a file without a name, which goes when it is closed.
async fn on_disk(mut body: Body, limit: u64) -> Result<std::fs::File, Problem> {
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await;
    let file = file.map_err(|_| Problem::stopped())?.map_err(|error| disk(&error))?;
    let mut file = BufWriter::with_capacity(256 << 10, tokio::fs::File::from_std(file));
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            if Late::is_in(&error) { Problem::late() } else { Problem::broken_body(&error) }
        })?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len() as u64;
        if length > limit {
            return Err(too_large(limit));
        }
        file.write_all(&data).await.map_err(|error| disk(&error))?;
    }
    let written = async {
        file.flush().await?;
        Ok::<_, io::Error>(file.into_inner().into_std().await)
    };
    written.await.map_err(|error| disk(&error))
}

/// All packages, by name.
#[utoipa::path(get, path = "/api/v1/packages", tag = "packages", security(("key" = [])),
    responses((status = 200, body = Vec<ShownPackage>), (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Json<Vec<ShownPackage>>, Problem> {
    caller.may(Right::ReadPackages)?;
    Ok(Json(server.packages.all().await?.iter().map(ShownPackage::new).collect()))
}

/// A package with its versions.
#[utoipa::path(get, path = "/api/v1/packages/{name}", tag = "packages", security(("key" = [])),
    params(("name" = String, Path, description = "the package's name")),
    responses((status = 200, body = ShownPackage), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<ShownPackage>, Problem> {
    caller.may(Right::ReadPackages)?;
    Ok(Json(ShownPackage::new(&server.packages.package(&name).await?)))
}

/// Makes a version the one that new launches play: back to an earlier one, or forth again. Attempts that were begun go on
/// with the version that they began with.
#[utoipa::path(put, path = "/api/v1/packages/{name}", tag = "packages", security(("key" = [])),
    params(("name" = String, Path, description = "the package's name")),
    request_body = Chosen,
    responses((status = 200, body = ShownPackage), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem)))]
pub async fn choose(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
    Brief(content): Brief,
) -> Result<Json<ShownPackage>, Problem> {
    caller.may(Right::ManagePackages)?;
    content.only(&["application/json"])?;
    let chosen: Chosen = validator::json::parse_as(&content.body).map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "package-version-invalid",
            format!("The body names no version: {error}."),
            r#"Send {"current": 1}."#,
        )
        .with("error", error)
    })?;
    let package = server.packages.choose(&name, chosen.current).await?;
    Ok(Json(ShownPackage::new(&package)))
}

/// Removes a package with all its versions and launches, or one version of it that is not the current one. Statements, and
/// where learners stand, stay. Refused while learners have launches of it, unless `force=true`.
#[utoipa::path(delete, path = "/api/v1/packages/{name}", tag = "packages", security(("key" = [])),
    params(("name" = String, Path, description = "the package's name"),
        ("version" = Option<u32>, Query, description = "this version alone"),
        ("force" = Option<bool>, Query, description = "also while launches are good")),
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    caller.may(Right::ManagePackages)?;
    parameters.only(&["version", "force"])?;
    let number = parameters.get("version").map(|text| {
        text.parse().map_err(|_| Problem::parameter("version", text, "the number of a version"))
    });
    let force = parameters.boolean("force")?;
    server.packages.remove(&name, number.transpose()?, force).await?;
    Ok(StatusCode::NO_CONTENT)
}
