//! People: `/api/v1/people`, and the roles that they can have: `/api/v1/roles`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sessions::read;
use crate::audit::Told;
use crate::problem::Problem;
use crate::problem::people::invalid;
use crate::request::Brief;
use crate::state::Server;
use access::bounds::Bounds;
use access::caller::Caller;
use access::key::KeyMaker;
use access::person::{KeptPerson, Person};
use access::role::Role;
use access::scope::Right;
use service::keys::{KeyError, makes_keys};
use service::people::{About, Invited, details};
use xapi::parameters::Parameters;

/// People on a page, unless another number is asked for; and at most.
const PAGE: usize = 50;
const LARGEST: usize = 500;

/// A person to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// The name to sign in with, such as a mail address.
    name: String,
    /// What others call them.
    #[serde(default)]
    label: String,
    /// See `GET /api/v1/roles`.
    role: String,
    /// The regions and bodies of a regional coordinator.
    #[schema(value_type = Option<Object>)]
    bounds: Option<Bounds>,
    /// The identifiers of a learner, as learner lists write them.
    learner: Option<Vec<String>>,
}

/// What is said of a person from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedPerson {
    /// What others call them.
    #[serde(default)]
    label: String,
    /// See `GET /api/v1/roles`.
    role: String,
    /// The regions and bodies of a regional coordinator.
    #[schema(value_type = Option<Object>)]
    bounds: Option<Bounds>,
    /// The identifiers of a learner, as learner lists write them.
    learner: Option<Vec<String>>,
    /// Whether they may not sign in.
    #[serde(default)]
    disabled: bool,
}

/// A person as they are shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownPerson {
    /// The name to sign in with.
    name: String,
    /// What others call them.
    label: String,
    /// See `GET /api/v1/roles`.
    role: String,
    /// The territory of a regional coordinator; null for all others.
    #[schema(value_type = Option<Object>)]
    bounds: Option<Bounds>,
    /// The identifiers of a learner; null for all others.
    learner: Option<Vec<String>>,
    /// Whether the second factor is on.
    totp: bool,
    /// Whether they may not sign in.
    disabled: bool,
    /// When they were added, RFC 3339.
    created: String,
    /// When they last signed in; null for never.
    last_sign_in: Option<String>,
    /// Whether they are to choose a password, and have not yet.
    invited: bool,
    /// The title of the identity provider at which they sign in, or its issuer where the settings have it no more; null for
    /// people with a password.
    provider: Option<String>,
}

impl ShownPerson {
    fn new(server: &Server, kept: &KeptPerson) -> Self {
        let Person { name, label, role, bounds, learner, is_disabled, created, last_sign_in } =
            kept.person.clone();
        Self {
            name,
            label,
            role: role.to_string(),
            bounds,
            learner: (!learner.is_empty()).then_some(learner),
            totp: kept.totp.as_ref().is_some_and(|totp| totp.is_on),
            disabled: is_disabled,
            created: created.to_string(),
            last_sign_in: last_sign_in.map(|at| at.to_string()),
            invited: kept.password_hash.is_none() && kept.vouched.is_none(),
            provider: kept.vouched.as_ref().map(|it| server.title_of_provider(&it.issuer)),
        }
    }
}

/// A link by which somebody chooses a password.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownInvitation {
    /// The link: only in this answer, and never again.
    url: String,
    /// Until when it is good, RFC 3339.
    expires: String,
}

/// A person with the link that they are to be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedPerson {
    /// The person.
    person: ShownPerson,
    /// The link.
    invitation: ShownInvitation,
}

impl InvitedPerson {
    async fn new(server: &Server, invited: Invited) -> Result<Self, Problem> {
        let kept = server.people.person(&invited.person.name).await?;
        let url = format!("{}/invitation#token={}", server.base_url, invited.secret);
        let invitation = ShownInvitation { url, expires: invited.expires.to_string() };
        Ok(Self { person: ShownPerson::new(server, &kept), invitation })
    }
}

/// A page of people.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOfPeople {
    /// By name.
    items: Vec<ShownPerson>,
    /// What to ask for as `after`; null where there are no more.
    next: Option<String>,
}

/// How many of a page, as asked for: `usual` where nothing is asked, and at most `largest`.
pub(super) fn limit(
    parameters: &Parameters,
    usual: usize,
    largest: usize,
) -> Result<usize, Problem> {
    let Some(text) = parameters.get("limit") else { return Ok(usual) };
    let number = text.parse::<usize>().ok().filter(|number| *number > 0);
    number
        .map(|number| number.min(largest))
        .ok_or_else(|| Problem::parameter("limit", text, "a whole number from 1"))
}

/// People, by name.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", security(("key" = [])),
    params(("search" = Option<String>, Query, description = "a part of name or label"),
        ("role" = Option<String>, Query, description = "of this role alone"),
        ("limit" = Option<usize>, Query, description = "at most so many; 50 if missing, 500 at most"),
        ("after" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = PageOfPeople), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Json<PageOfPeople>, Problem> {
    caller.may(Right::Manage)?;
    parameters.only(&["search", "role", "limit", "after"])?;
    let limit = limit(&parameters, PAGE, LARGEST)?;
    let role = parameters.get("role").map(role).transpose()?;
    let search = parameters.get("search").unwrap_or_default().to_lowercase();
    let after = parameters.get("after").unwrap_or_default();
    let is_asked = |kept: &KeptPerson| {
        let Person { name, label, role: of, .. } = &kept.person;
        name.as_str() > after
            && role.is_none_or(|role| role == *of)
            && (name.contains(&search) || label.to_lowercase().contains(&search))
    };
    let _turn = server.reports.turn(&caller.key.name).await?;
    let mut people = server.people.all().await?;
    people.retain(is_asked);
    let has_more = people.len() > limit;
    people.truncate(limit);
    let next = people.last().filter(|_| has_more).map(|kept| kept.person.name.clone());
    let items = people.iter().map(|kept| ShownPerson::new(&server, kept)).collect();
    Ok(Json(PageOfPeople { items, next }))
}

fn role(name: &str) -> Result<Role, Problem> {
    name.parse::<Role>().map_err(|error| {
        invalid("person-role", format!("{error}."), "GET /api/v1/roles lists them.")
            .with("name", name)
    })
}

fn about(
    label: String,
    name: &str,
    bounds: Option<Bounds>,
    learner: Option<Vec<String>>,
) -> Result<About, Problem> {
    Ok(About { label, role: role(name)?, bounds, learner: learner.unwrap_or_default() })
}

fn told(person: &Person) -> Extension<Told> {
    Extension(Told { target: Some(person.name.clone()), details: Some(details(person)) })
}

/// Adds a person. They choose a password by the link in the answer, which is to be sent to them and to nobody else.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", security(("key" = [])),
    request_body = NewPerson,
    responses((status = 201, body = InvitedPerson), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem)))]
pub async fn create(
    State(server): State<Server>,
    caller: Caller,
    Brief(content): Brief,
) -> Result<(StatusCode, Extension<Told>, Json<InvitedPerson>), Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let NewPerson { name, label, role, bounds, learner } = read(&content)?;
    let invited = server.people.invite(&name, about(label, &role, bounds, learner)?).await?;
    let told = told(&invited.person);
    Ok((StatusCode::CREATED, told, Json(InvitedPerson::new(&server, invited).await?)))
}

/// A person.
#[utoipa::path(get, path = "/api/v1/people/{name}", tag = "people", security(("key" = [])),
    params(("name" = String, Path, description = "the name to sign in with")),
    responses((status = 200, body = ShownPerson), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<ShownPerson>, Problem> {
    caller.may(Right::Manage)?;
    Ok(Json(ShownPerson::new(&server, &server.people.person(&name).await?)))
}

/// Says something else of a person. What is left out is taken away. A disabled person is signed out at once, and the keys
/// that they have made for packages are revoked; so are those of somebody whose role no longer lets them make any.
#[utoipa::path(put, path = "/api/v1/people/{name}", tag = "people", security(("key" = [])),
    params(("name" = String, Path, description = "the name to sign in with")),
    request_body = ChangedPerson,
    responses((status = 200, body = ShownPerson), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
pub async fn change(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
    Brief(content): Brief,
) -> Result<(Extension<Told>, Json<ShownPerson>), Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let ChangedPerson { label, role, bounds, learner, disabled } = read(&content)?;
    let about = about(label, &role, bounds, learner)?;
    let person = server.people.describe(&name, about, disabled).await?;
    if !makes_keys(&person) {
        revoke_keys(&server, &name).await?;
    }
    let kept = server.people.person(&name).await?;
    Ok((told(&person), Json(ShownPerson::new(&server, &kept))))
}

/// Removes a person, who is signed out at once, with the keys that they have made for packages. What they did stays, and the
/// audit log names them.
#[utoipa::path(delete, path = "/api/v1/people/{name}", tag = "people", security(("key" = [])),
    params(("name" = String, Path, description = "the name to sign in with")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn remove(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Manage)?;
    server.people.remove(&name).await?;
    revoke_keys(&server, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes the keys that a person has made for packages.
pub(super) async fn revoke_keys(server: &Server, name: &str) -> Result<(), KeyError> {
    if server.keys.revoke_made_by(&KeyMaker::Person(name.to_owned())).await? > 0 {
        server.credentials.keys_changed();
    }
    Ok(())
}

/// Makes a new link for a person, who chooses another password by it. An older link ends; the password of now stays good
/// until then. Somebody who signs in at an identity provider has no password here.
#[utoipa::path(post, path = "/api/v1/people/{name}/invitation", tag = "people",
    security(("key" = [])),
    params(("name" = String, Path, description = "the name to sign in with")),
    responses((status = 201, body = InvitedPerson), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn invite(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<(StatusCode, Json<InvitedPerson>), Problem> {
    caller.may(Right::Manage)?;
    let invited = server.people.invite_again(&name).await?;
    Ok((StatusCode::CREATED, Json(InvitedPerson::new(&server, invited).await?)))
}

/// A role as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRole {
    /// Its name.
    role: &'static str,
    /// The operations that it allows.
    may: Vec<&'static str>,
    /// Whether people of this role are bound to regions or bodies.
    bounded: bool,
}

/// The roles that people can have, and what each allows.
#[utoipa::path(get, path = "/api/v1/roles", tag = "people", security(("key" = [])),
    responses((status = 200, body = Vec<ShownRole>), (status = 401, body = Problem)))]
pub async fn roles(_: Caller) -> Json<Vec<ShownRole>> {
    let may = |role: Role| {
        let rights = Right::EVERY.into_iter().filter(move |right| role.gives(*right));
        rights.map(Right::as_str).collect()
    };
    let shown =
        |role: Role| ShownRole { role: role.as_str(), may: may(role), bounded: role.is_bounded() };
    Json(Role::EVERY.into_iter().map(shown).collect())
}
