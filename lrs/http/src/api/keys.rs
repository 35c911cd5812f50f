//! Keys: `/api/v1/keys`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use crate::credentials::new_name;
use crate::problem::Problem;
use crate::request::Content;
use crate::state::Server;
use access::bounds::Bounds;
use access::caller::Caller;
use access::key::{KeptKey, Key, hash_secret};
use access::scope::{Right, Scope};
use xapi::authority::Authority;
use xapi::parameters::Parameters;

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for.
    #[serde(default)]
    label: String,
    /// What it may do: xAPI scope names.
    scopes: Vec<String>,
    /// The territory that it is bound to: its reports and registers are of learners of these
    /// `regions` and `bodies` alone, and its scopes progress/read or presence/write. Or what it may
    /// say: statements of these `activities` and what is below them, of learners with an account of
    /// these `home_pages`; its scope is statements/write. Leave it out for a key without bounds;
    /// null is refused.
    #[schema(value_type = Option<Object>)]
    #[serde(default, deserialize_with = "named")]
    bounds: Option<Bounds>,
    /// Its name; made up when missing. No colon.
    key: Option<String>,
    /// Its secret; made up when missing, which is better.
    secret: Option<String>,
    /// The Agent that is written as authority of its statements; its own account when missing.
    #[schema(value_type = Option<Object>)]
    authority: Option<serde_json::Value>,
}

/// A key as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownKey {
    /// The user name of HTTP Basic.
    key: String,
    /// The password: only in the answer that makes the key, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// What it is for.
    label: String,
    /// What it may do.
    scopes: Vec<String>,
    /// The territory that it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    bounds: Option<Bounds>,
    /// The authority of its statements.
    #[schema(value_type = Object)]
    authority: serde_json::Value,
    /// When it was made, RFC 3339.
    created: String,
}

impl ShownKey {
    /// `key` without its secret.
    pub fn new(key: &Key) -> Self {
        Self {
            key: key.name.clone(),
            secret: None,
            label: key.label.clone(),
            scopes: key.scopes.iter().map(Scope::to_string).collect(),
            bounds: key.bounds.clone(),
            authority: key.authority.agent().clone(),
            created: key.created.to_string(),
        }
    }
}

/// Makes a key. Its secret is in the answer and is not kept.
#[utoipa::path(post, path = "/api/v1/keys", tag = "keys", security(("key" = [])),
    request_body = NewKey,
    responses((status = 201, body = ShownKey), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem)))]
pub async fn create(
    State(server): State<Server>,
    caller: Caller,
    content: Content,
) -> Result<(StatusCode, Json<ShownKey>), Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let new: NewKey = validator::json::parse_as(&content.body).map_err(|error| {
        bad(format!("The body is not a key: {error}."), r#"Send {"label":"…","scopes":["…"]}."#)
    })?;
    let name = new.key.unwrap_or_else(new_name);
    let secret = new.secret.unwrap_or_else(|| server.credentials.new_secret(&name));
    if let Some(bounds) = &new.bounds {
        server.progress.knows_bounds(bounds).await?;
    }
    let key = Key {
        authority: authority(new.authority.as_ref(), &name, &server.base_url)?,
        scopes: bound(scopes(&new.scopes)?, new.bounds.as_ref())?,
        bounds: new.bounds,
        created: server.record.now(),
        label: new.label,
        name: checked_name(name, &secret)?,
    };
    let mut shown = ShownKey::new(&key);
    let to_hash = secret.clone();
    let salt = rand::random();
    let hash = tokio::task::spawn_blocking(move || hash_secret(&to_hash, &salt));
    let secret_hash = hash.await.map_err(|_| Problem::stopped())?;
    let kept = KeptKey { key, secret_hash };
    if !server.store.add_key(kept.clone()).await? {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "key-exists",
            "There is a key of this name.",
            "Choose another name, or leave it out.",
        ));
    }
    server.credentials.keys_changed();
    server.credentials.remember(kept, &secret);
    shown.secret = Some(secret);
    Ok((StatusCode::CREATED, Json(shown)))
}

/// All keys, without secrets.
#[utoipa::path(get, path = "/api/v1/keys", tag = "keys", security(("key" = [])),
    responses((status = 200, body = Vec<ShownKey>), (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Json<Vec<ShownKey>>, Problem> {
    caller.may(Right::Manage)?;
    let keys = server.store.keys().await?;
    Ok(Json(keys.iter().map(|kept| ShownKey::new(&kept.key)).collect()))
}

/// Revokes a key: it is refused from now on. Its statements stay. The last key with the scope `all`
/// is refused, unless `last=true`.
#[utoipa::path(delete, path = "/api/v1/keys/{key}", tag = "keys", security(("key" = [])),
    params(("key" = String, Path, description = "the key's name"),
        ("last" = Option<bool>, Query, description = "also where nobody can manage keys and \
            courses afterwards")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn revoke(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["last"])?;
    let may_be_last = parameters.boolean("last")?;
    // Two who revoke the last two keys at once must not both find the other's still there.
    let _one_by_one = server.revoking.lock().await;
    let keys = server.store.keys().await?;
    if !may_be_last && is_last(&keys, &name) {
        return Err(last_key(&name));
    }
    if !server.store.remove_key(&name).await? {
        return Err(unknown(&name, &keys));
    }
    server.credentials.keys_changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Whether nobody could manage the server without the key of this name.
fn is_last(keys: &[KeptKey], name: &str) -> bool {
    let mut managing = keys.iter().filter(|kept| kept.key.scopes.contains(&Scope::All));
    managing.next().is_some_and(|kept| kept.key.name == name) && managing.next().is_none()
}

fn last_key(name: &str) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "key-last",
        format!(
            "`{name}` is the last key with the scope `all`: without it nobody can manage keys and \
             courses."
        ),
        "Make another one first, or add `last=true`; `traccia key init` makes one on the server's \
         machine.",
    )
}

fn unknown(name: &str, keys: &[KeptKey]) -> Problem {
    let names = keys.iter().map(|kept| kept.key.name.as_str());
    let likeness = |known: &str| strsim::jaro_winkler(known, name);
    let near = names.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let near = near.filter(|near| likeness(near) > 0.8);
    let meant = near.map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
    Problem::new(
        StatusCode::NOT_FOUND,
        "key-unknown",
        format!("There is no key of the name `{name}`.{meant}"),
        "Give the name of a key, which is what stands before the colon of KEY:SECRET, and not its \
         label: GET /api/v1/keys, or `traccia key list`, lists them.",
    )
}

fn scopes(names: &[String]) -> Result<Vec<Scope>, Problem> {
    let scopes: Result<Vec<Scope>, _> = names.iter().map(|name| name.parse()).collect();
    let mut scopes =
        scopes.map_err(|error| bad(format!("{error}."), "Use the scopes of xAPI 1.0.3."))?;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(bad("The key has no scopes.", "Give at least one, such as statements/write."));
    }
    Ok(scopes)
}

/// Bounds that are there. A null is what a program sends whose territory was lost on the way: it
/// must not make a key that sees everybody.
fn named<'de, D: serde::Deserializer<'de>>(bounds: D) -> Result<Option<Bounds>, D::Error> {
    let bounds = Option::<Bounds>::deserialize(bounds)?;
    bounds.map(Some).ok_or_else(|| {
        serde::de::Error::custom(
            "`bounds` is null: name regions or bodies, or leave `bounds` out for a key that sees \
             everybody",
        )
    })
}

/// Refuses bounds that would not hold: scopes that reach beyond them, and a territory of nothing.
fn bound(scopes: Vec<Scope>, bounds: Option<&Bounds>) -> Result<Vec<Scope>, Problem> {
    let Some(bounds) = bounds else { return Ok(scopes) };
    if bounds.is_of_statements() {
        return bound_to_activities(scopes, bounds);
    }
    let mut names = bounds.regions.iter().chain(&bounds.bodies);
    if bounds.is_empty() || names.any(|name| name.trim().is_empty()) {
        return Err(bad(
            "The key's bounds name no region and no body, or an empty one.",
            r#"Name some, such as {"regions": ["Umbria"]}, or leave bounds out."#,
        ));
    }
    match scopes.iter().find(|scope| !scope.can_be_bound()) {
        None => Ok(scopes),
        Some(scope) => Err(bad(
            format!("A key with bounds cannot have the scope {scope}: it reaches beyond them."),
            "Give it progress/read, presence/write, or both.",
        )),
    }
}

/// Refuses bounds of statements that would not hold.
fn bound_to_activities(scopes: Vec<Scope>, bounds: &Bounds) -> Result<Vec<Scope>, Problem> {
    let mut all = bounds.activities.iter().chain(&bounds.home_pages);
    let is_mixed = !bounds.regions.is_empty() || !bounds.bodies.is_empty();
    if is_mixed || bounds.activities.is_empty() || !all.all(|iri| Url::parse(iri).is_ok()) {
        return Err(bad(
            "The key's bounds name no activity, an address that is none, or a territory as well.",
            r#"Name whole addresses, such as {"activities": ["https://lms.example.it/mod/scorm/view.php?id=7"]}."#,
        ));
    }
    if scopes != [Scope::StatementsWrite] {
        return Err(bad(
            "A key that is bound to activities can have the scope statements/write alone.",
            "Give it statements/write.",
        ));
    }
    Ok(scopes)
}

fn checked_name(name: String, secret: &str) -> Result<String, Problem> {
    if !Key::can_be_named(&name) || secret.is_empty() {
        return Err(bad(
            "The key's name is empty, too long or has a colon, or its secret is empty.",
            "Use a name of 1 to 128 bytes without colons, or leave name and secret out.",
        ));
    }
    Ok(name)
}

fn authority(
    given: Option<&serde_json::Value>,
    name: &str,
    base_url: &str,
) -> Result<Authority, Problem> {
    let Some(agent) = given else { return Ok(Authority::of_key(name, base_url)) };
    let text = agent.to_string();
    let agent = validator::check_agent(text.as_bytes(), validator::Version::V1_0_3)?;
    Ok(Authority::from_agent(agent))
}

fn bad(detail: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "key-invalid", detail, remedy)
}
