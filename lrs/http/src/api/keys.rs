//! Keys: `/api/v1/keys`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::problem::keys::invalid;
use crate::request::Content;
use crate::state::Server;
use access::bounds::Bounds;
use access::caller::Caller;
use access::key::Key;
use access::scope::{Right, Scope};
use service::keys::{self, Founded};
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

impl From<NewKey> for keys::NewKey {
    fn from(NewKey { label, scopes, bounds, key: name, secret, authority }: NewKey) -> Self {
        Self { label, scopes, bounds, name, secret, authority }
    }
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
        invalid(format!("The body is not a key: {error}."), r#"Send {"label":"…","scopes":["…"]}."#)
    })?;
    let Founded { kept, secret } = server.keys.create(new.into()).await?;
    let shown = ShownKey { secret: Some(secret.clone()), ..ShownKey::new(&kept.key) };
    server.credentials.keys_changed();
    server.credentials.remember(kept, &secret);
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
    Ok(Json(server.keys.all().await?.iter().map(ShownKey::new).collect()))
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
    server.keys.revoke(&name, may_be_last).await?;
    server.credentials.keys_changed();
    Ok(StatusCode::NO_CONTENT)
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
