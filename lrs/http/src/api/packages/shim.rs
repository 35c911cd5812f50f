//! A package that reports here from another platform: `POST /api/v1/packages/shim`.

use std::io::Cursor;

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use bytes::Bytes;
use package::{Limits, Mirror};
use serde_json::json;
use url::Url;
use utoipa::IntoParams;

use super::{HELD, TICKET};
use crate::audit::Told;
use crate::problem::Problem;
use crate::request::Content;
use crate::share::Share;
use crate::state::Server;
use access::bounds::Bounds;
use access::caller::Caller;
use access::key::KeyMaker;
use access::scope::{Right, Scope};
use service::compute;
use service::keys::{Founded, NewKey};
use service::packages::PackageError;
use xapi::parameters::Parameters;

/// The media types of packages.
const TYPES: [&str; 3] =
    ["application/zip", "application/x-zip-compressed", "application/octet-stream"];

/// The parameters of a package that is written again.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here; they are read as `Parameters`")]
struct ShimParameters {
    /// The IRI of the course, such as the address of its page in Moodle: with a path or query of its own; a SCO is below it.
    /// Where a course has activities of this IRI, the right to change courses is needed too.
    activity: String,
    /// The home page of the learners' accounts, such as that of Moodle: the key sends statements of these accounts alone.
    home_page: String,
    /// What the package is called in the label of its key; package if missing.
    name: Option<String>,
    /// Whether the platform is asked nothing that the content does not ask itself.
    passive: Option<bool>,
}

/// What is asked for.
struct Wanted {
    activity: String,
    home_page: String,
    label: String,
    is_passive: bool,
    maker: KeyMaker,
}

/// Writes a SCORM package that runs where it ran before, and reports here as well.
///
/// The body is the zip as the authoring tool exported it, up to `limits.body_bytes`; the answer is
/// the zip to put in its place. A key is made for it, bound to `activity`, the parts of the package and `home_page`, which
/// every learner can read. The list of keys says who made it, and it is revoked with them. Nothing of the package is kept. A package with errors is refused, and
/// no key is made. Where the answer cannot be given, because the client has gone, the key is revoked.
#[utoipa::path(post, path = "/api/v1/packages/shim", tag = "packages", security(("key" = [])),
    params(ShimParameters),
    request_body(content = Vec<u8>, content_type = "application/zip"),
    responses((status = 200, description = "the package that reports here", body = Vec<u8>,
            content_type = "application/zip"), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 503, body = Problem)))]
pub async fn shim(
    State(server): State<Server>,
    caller: Caller,
    Share(memory): Share,
    parameters: Parameters,
    content: Result<Content, Problem>,
) -> Result<Response, Problem> {
    caller.may(Right::ManagePackages)?;
    let wanted = Wanted::read(&parameters, &caller)?;
    // What counts in a course, or for a reaction, is for those to say who may change courses.
    if caller.may(Right::EditCourses).is_err() {
        if server.progress.counts_package(&wanted.activity).await? {
            return Err(counted(&wanted.activity));
        }
        if server.reactions.could_react_to(&wanted.activity).await? {
            return Err(reacted_to(&wanted.activity));
        }
    }
    let limit = server.limits.body_bytes;
    let content = content.map_err(|problem| match problem.rule() {
        "body-too-large" => Problem::package_too_large(limit),
        _ => problem,
    })?;
    content.only(&TYPES).map_err(|_| Problem::package_media_type(&content.content_type))?;
    // It may take a processor for minutes: of each key one at a time, also where its client goes away.
    let turn = server.packages.turn_to_import(&caller.key.name).await?;
    // What is written is not much larger than what came.
    let held = memory.reserve(HELD.saturating_add(content.body.len()))?;
    refuse(content.body.clone()).await?;
    let details =
        json!({"activity": wanted.activity, "home_page": wanted.home_page, "label": wanted.label});
    // To its end, also where the client goes away meanwhile: what was made is revoked then.
    let of = server.clone();
    let making = tokio::spawn(async move { with_key(of, wanted).await });
    let (key, mirror) = making.await.map_err(|_| Problem::stopped())??;
    // Both are held as long as the work goes on, also where the client goes away.
    let written = written(content.body, mirror, (held, turn)).await;
    let zip = match written {
        Ok(zip) => zip,
        Err(problem) => {
            // The package does not go out, so nobody has the key.
            server.keys.revoke(&key.name, false).await?;
            server.credentials.keys_changed();
            key.stays();
            return Err(problem);
        }
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        // There is a key in it.
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let told = Told { target: Some(key.name.clone()), details: Some(details) };
    key.stays();
    Ok((Extension(told), headers, zip).into_response())
}

/// A package's key, which is revoked when this is dropped: as long as the package has not gone out, nobody has the key.
struct PackageKey {
    name: String,
    revoke: Option<Box<dyn FnOnce(String) + Send>>,
}

impl PackageKey {
    fn of(server: Server, name: String) -> Self {
        let revoke = move |name: String| {
            let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
            runtime.spawn(async move {
                if let Err(error) = server.keys.revoke(&name, false).await {
                    tracing::error!(%error, key = name, "the key of a package that did not go out stays");
                }
                server.credentials.keys_changed();
            });
        };
        Self { name, revoke: Some(Box::new(revoke)) }
    }

    /// The package goes out, or the key is revoked already.
    fn stays(mut self) {
        self.revoke = None;
    }
}

impl Drop for PackageKey {
    fn drop(&mut self) {
        if let Some(revoke) = self.revoke.take() {
            revoke(std::mem::take(&mut self.name));
        }
    }
}

impl Wanted {
    fn read(parameters: &Parameters, caller: &Caller) -> Result<Self, Problem> {
        parameters.only(&["activity", "home_page", "name", "passive"])?;
        let activity = parameters.required("activity")?.to_owned();
        let home_page = parameters.required("home_page")?.to_owned();
        let url = address("activity", &activity)?;
        // A SCO's IRI is made of the course's, `/` and the item's identifier. A platform as a whole is no activity.
        let is_page =
            !matches!(url.path(), "" | "/") || url.query().is_some_and(|it| !it.is_empty());
        if activity.ends_with('/') || activity.contains('#') || !is_page {
            return Err(unusable("activity", &activity));
        }
        address("home_page", &home_page)?;
        let name = parameters.get("name").unwrap_or("package");
        Ok(Self {
            activity,
            home_page,
            label: format!("package {name}"),
            is_passive: parameters.boolean("passive")?,
            maker: match &caller.person {
                Some(person) => KeyMaker::Person(person.name.clone()),
                None => KeyMaker::Key(caller.key.name.clone()),
            },
        })
    }
}

/// An address on the web: what browsers show of the platform.
fn address(parameter: &'static str, text: &str) -> Result<Url, Problem> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| unusable(parameter, text))
}

/// An activity that counts in a course, of somebody who may not say what counts there.
fn counted(activity: &str) -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "shim-counts",
        format!("A course has activities of this address, so that the package would count there: {activity}."),
        "Ask somebody who may change courses to write this package again, or give the address of another page.",
    )
    .with("value", activity)
}

/// An activity that a reaction looks at, of somebody who may not say what statements do.
fn reacted_to(activity: &str) -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "shim-reacted-to",
        format!("A reaction on statements looks at activities of this address, or at all: {activity}."),
        "Ask somebody who may change courses to write this package again, or to name the activities of the reaction.",
    )
    .with("value", activity)
}

fn unusable(parameter: &'static str, value: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "shim-address",
        format!("`{parameter}` is no address that a package can report under: {value}."),
        "Give the whole address of a page, such as https://moodle.example.it/mod/scorm/view.php?id=77, without `/` at its \
         end and without `#`; of the activity it must be a page of its own, and not the platform's first one.",
    )
    .with("parameter", parameter)
    .with("value", value)
}

/// Refuses a package that cannot be written again, before a key is made for it.
async fn refuse(body: Bytes) -> Result<(), Problem> {
    let looking =
        compute::aside(move || package::shim_refusal(Cursor::new(body), &Limits::default()));
    let refusal = looking.await.map_err(|_| Problem::stopped())?.map_err(|_| Problem::stopped())?;
    refusal.map_or(Ok(()), |report| Err(PackageError::Refused(Box::new(report)).into()))
}

/// A key that can do nothing but report the package, and where the package reports to.
async fn with_key(server: Server, wanted: Wanted) -> Result<(PackageKey, Mirror), Problem> {
    let Wanted { activity, home_page, label, is_passive, maker } = wanted;
    let bounds = Bounds {
        activities: vec![activity.clone()],
        home_pages: vec![home_page.clone()],
        package: true,
        ..Bounds::default()
    };
    let new = NewKey {
        label,
        scopes: vec![Scope::StatementsWrite.to_string()],
        bounds: Some(bounds),
        name: None,
        secret: None,
        authority: None,
        expires: None,
        maker: Some(maker),
    };
    let Founded { kept, secret } = server.keys.create(new).await?;
    let key = PackageKey::of(server.clone(), kept.key.name.clone());
    server.credentials.keys_changed();
    server.credentials.remember(kept, &secret);
    let mirror = Mirror {
        endpoint: format!("{}/xapi", server.base_url),
        exchange: format!("{}{TICKET}", server.base_url),
        authorization: format!("Basic {}", STANDARD.encode(format!("{}:{secret}", key.name))),
        activity,
        home_page: Some(home_page),
        is_passive,
    };
    Ok((key, mirror))
}

async fn written(
    body: Bytes,
    mirror: Mirror,
    held: impl Send + 'static,
) -> Result<Vec<u8>, Problem> {
    let writing = compute::aside(move || {
        let _held = held;
        let mut zip = Cursor::new(Vec::with_capacity(body.len()));
        let made = package::shim(Cursor::new(body), &mut zip, &Limits::default(), &mirror);
        made.map(|made| made.map(|_| zip.into_inner()))
    });
    let made = writing.await.map_err(|_| Problem::stopped())?.map_err(|_| Problem::stopped())?;
    made.map_err(|report| PackageError::Refused(Box::new(report)).into())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn a_key_whose_package_does_not_go_out_is_revoked() {
        let revoked = Arc::new(Mutex::new(Vec::new()));
        let key = |name: &str| {
            let revoked = Arc::clone(&revoked);
            let revoke = move |name: String| revoked.lock().unwrap().push(name);
            PackageKey { name: name.to_owned(), revoke: Some(Box::new(revoke)) }
        };
        drop(key("while it is written"));
        key("given").stays();
        assert_eq!(*revoked.lock().unwrap(), ["while it is written"]);
    }
}
