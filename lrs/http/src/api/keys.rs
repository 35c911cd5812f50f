//! Keys: `/api/v1/keys`.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::Told;
use crate::problem::Problem;
use crate::problem::keys::invalid;
use crate::request::Brief;
use crate::state::Server;
use access::bounds::Bounds;
use access::caller::Caller;
use access::key::{KeptKey, Key};
use access::scope::{Right, Scope};
use service::keys::{self, Founded};
use xapi::instant::Instant;
use xapi::parameters::Parameters;

pub mod bundles;

/// What a key is bound to: whom it may see, or what it may say. A list that names nothing is left out.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `Bounds` is read and written")]
pub struct KeyBounds {
    /// Names of regions, as in the lists of learners.
    #[schema(required = false)]
    regions: Vec<String>,
    /// Names of bodies, or their ISTAT codes.
    #[schema(required = false)]
    bodies: Vec<String>,
    /// IRIs of activities: statements are of these, and of those below them.
    #[schema(required = false)]
    activities: Vec<String>,
    /// Home pages of accounts: statements are of learners with an account there.
    #[schema(required = false)]
    home_pages: Vec<String>,
    /// Whether below an activity are the parts of one package alone: items, their attempts, questions and objectives.
    #[schema(required = false)]
    package: bool,
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for.
    #[serde(default)]
    label: String,
    /// What it may do: xAPI scope names. Left out where `bundle` is given.
    #[serde(default)]
    scopes: Vec<String>,
    /// What it is for, instead of `scopes`: one of GET /api/v1/keys/bundles.
    bundle: Option<String>,
    /// The territory that it is bound to: its reports and registers are of learners of these
    /// `regions` and `bodies` alone, and its scopes progress/read or presence/write. Or what it may
    /// say: statements of these `activities` and what is below them, of learners with an account of
    /// these `home_pages`; its scope is statements/write. Leave it out for a key without bounds;
    /// null is refused.
    #[schema(value_type = Option<KeyBounds>, nullable = false)]
    #[serde(default, deserialize_with = "named")]
    bounds: Option<Bounds>,
    /// Its name; made up when missing. No colon.
    key: Option<String>,
    /// Its secret; made up when missing, which is better.
    secret: Option<String>,
    /// The Agent that is written as authority of its statements; its own account when missing.
    #[schema(value_type = Option<Object>)]
    authority: Option<serde_json::Value>,
    /// From when on it is refused: RFC 3339, or a day in UTC, through which it is good. Without it the key is good until
    /// it is revoked.
    expires: Option<String>,
}

/// How a key gets another secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSecret {
    /// For how many hours the secret before is good still, from 0 to 2160; 24 when missing.
    #[serde(default = "a_day")]
    hours: u32,
}

const fn a_day() -> u32 {
    24
}

/// The instant from which on a key is refused.
fn expiry(text: &str) -> Result<Instant, Problem> {
    let is_day = text.len() == "2027-01-31".len();
    let through_the_day = format!("{text}T23:59:59.999999Z");
    let read = Instant::parse(if is_day { &through_the_day } else { text });
    read.ok_or_else(|| {
        invalid(
            format!("`expires` is `{text}`, which is no instant and no day."),
            "Send RFC 3339, such as 2027-01-31T12:00:00Z, or a day, such as 2027-01-31.",
        )
    })
}

impl NewKey {
    /// The key with the scopes of its bundle.
    fn meant(self) -> Result<keys::NewKey, Problem> {
        let Self { label, scopes, bundle, bounds, key: name, secret, authority, expires } = self;
        let expires = expires.as_deref().map(expiry).transpose()?;
        let scopes = match bundle {
            None => scopes,
            Some(bundle) => bundles::scopes(&bundle, &scopes, bounds.is_some())?,
        };
        if name.as_deref() == Some(bundles::RESERVED) {
            return Err(invalid(
                format!(
                    "`{}` is an address of its own, and can be no key's name.",
                    bundles::RESERVED
                ),
                "Use another name, or leave it out.",
            ));
        }
        Ok(keys::NewKey { label, scopes, bounds, name, secret, authority, expires, maker: None })
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
    #[schema(value_type = Option<KeyBounds>, nullable = false)]
    bounds: Option<Bounds>,
    /// The authority of its statements.
    #[schema(value_type = Object)]
    authority: serde_json::Value,
    /// When it was made, RFC 3339.
    created: String,
    /// From when on it is refused, RFC 3339; missing where it is good until it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    /// When it was used last, to ten minutes, RFC 3339; in the list of keys alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<String>,
    /// Until when the secret before the last rotation is good, RFC 3339; in the list of keys, and where it is rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_until: Option<String>,
    /// Of the key of a package that reports from another platform: the key that made it, or `person:` and the person. It is
    /// revoked with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<String>,
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
            expires: None,
            last_used: None,
            previous_until: None,
            made_by: None,
        }
    }

    /// A key with how long it is good, and when it was used.
    fn of(kept: &KeptKey, last_used: Option<Instant>, now: Instant) -> Self {
        let previous = kept.life.previous.as_ref().map(|previous| previous.until);
        Self {
            expires: kept.life.expires.map(|it| it.to_string()),
            last_used: last_used.map(|it| it.to_string()),
            previous_until: previous.filter(|until| *until > now).map(|it| it.to_string()),
            made_by: kept.life.maker.as_ref().map(ToString::to_string),
            ..Self::new(&kept.key)
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
    Brief(content): Brief,
) -> Result<(StatusCode, Extension<Told>, Json<ShownKey>), Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let new: NewKey = validator::json::parse_as(&content.body).map_err(|error| {
        invalid(format!("The body is not a key: {error}."), r#"Send {"label":"…","scopes":["…"]}."#)
    })?;
    let Founded { kept, secret } = server.keys.create(new.meant()?).await?;
    let shown = ShownKey::of(&kept, None, server.record.now());
    let shown = ShownKey { secret: Some(secret.clone()), ..shown };
    let Key { name, scopes, bounds, .. } = &kept.key;
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let details = Some(json!({"scopes": scopes, "bounds": bounds, "expires": shown.expires}));
    let told = Told { target: Some(name.clone()), details };
    server.credentials.keys_changed();
    server.credentials.remember(kept, &secret);
    Ok((StatusCode::CREATED, Extension(told), Json(shown)))
}

/// All keys, without secrets.
#[utoipa::path(get, path = "/api/v1/keys", tag = "keys", security(("key" = [])),
    responses((status = 200, body = Vec<ShownKey>), (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Json<Vec<ShownKey>>, Problem> {
    caller.may(Right::Manage)?;
    let now = server.record.now();
    let all = server.keys.all().await?;
    Ok(Json(all.iter().map(|it| ShownKey::of(&it.kept, it.last_used, now)).collect()))
}

/// Gives a key another secret, which is in the answer and is not kept. The secret before is good for some hours still, so
/// that those who use the key can be told.
#[utoipa::path(post, path = "/api/v1/keys/{key}/secret", tag = "keys", security(("key" = [])),
    params(("key" = String, Path, description = "the key's name")),
    request_body = NewSecret,
    responses((status = 200, body = ShownKey), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
pub async fn rotate(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
    Brief(content): Brief,
) -> Result<(Extension<Told>, Json<ShownKey>), Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let said = |error: String| {
        invalid(format!("The body is not as it should be: {error}."), r#"Send {"hours": 24}."#)
    };
    // An array would be read as the members in their order.
    if !content.body.trim_ascii_start().starts_with(b"{") {
        return Err(said("it is no object".to_owned()));
    }
    let read = validator::json::parse_as(&content.body);
    let NewSecret { hours } = read.map_err(|error| said(error.to_string()))?;
    let grace = Duration::from_secs(u64::from(hours) * 3_600);
    let Founded { kept, secret } = server.keys.rotate(&name, grace).await?;
    let shown = ShownKey::of(&kept, None, server.record.now());
    let shown = ShownKey { secret: Some(secret.clone()), ..shown };
    let told = Told { target: None, details: Some(json!({"hours": hours})) };
    server.credentials.keys_changed();
    server.credentials.remember(kept, &secret);
    Ok((Extension(told), Json(shown)))
}

/// Revokes a key, and those that it has made for packages: they are refused from now on. Their statements stay. The last key with the scope `all`
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
