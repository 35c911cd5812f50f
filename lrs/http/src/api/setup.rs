//! Links by which people choose a password: `/api/v1/setup` for the first of them, `/api/v1/invitations` for all others.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sessions::{begun, read};
use crate::credentials::Address;
use crate::problem::Problem;
use crate::request::Small;
use crate::signed_in::KeepsCookies;
use crate::state::Server;
use access::audit::Actor;

/// Whether the server waits for its first person.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupState {
    /// Whether nobody is there, and the link that the start printed is good.
    needed: bool,
}

/// Whether the server waits for its first person.
#[utoipa::path(get, path = "/api/v1/setup", tag = "people",
    responses((status = 200, body = SetupState)))]
pub async fn state(State(server): State<Server>) -> Result<Json<SetupState>, Problem> {
    Ok(Json(SetupState { needed: server.people.waits_for_setup().await? }))
}

/// An identity provider that people may sign in by.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInProvider {
    /// What names it in addresses.
    id: String,
    /// What people read on its button.
    title: String,
    /// Where the sign-in begins.
    url: String,
}

/// How people sign in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInWays {
    /// Whether a name and a password will do.
    password: bool,
    /// Identity providers, in the order of the settings.
    oidc: Vec<SignInProvider>,
}

/// How people sign in at this server.
#[utoipa::path(get, path = "/api/v1/sign-in", tag = "people",
    responses((status = 200, body = SignInWays)))]
pub async fn ways(State(server): State<Server>) -> Json<SignInWays> {
    let offered = |provider: &oidc::settings::Provider| SignInProvider {
        id: provider.id.clone(),
        title: provider.shown().to_owned(),
        url: server.path_seen_outside(&format!("/api/v1/oidc/{}/start", provider.id)),
    };
    Json(SignInWays { password: true, oidc: server.oidc.all().map(offered).collect() })
}

/// The first administrator.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstPerson {
    /// What stands behind `#token=` in the link that the start printed.
    token: String,
    /// The name to sign in with, such as a mail address.
    name: String,
    /// 12 to 256 characters.
    password: String,
}

/// Makes the first administrator, and signs them in. The link is good once.
#[utoipa::path(post, path = "/api/v1/setup", tag = "people", request_body = FirstPerson,
    responses((status = 201, body = super::sessions::ShownSession), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 410, body = Problem), (status = 415, body = Problem)))]
pub async fn set_up(
    State(server): State<Server>,
    _: KeepsCookies,
    address: Address,
    headers: HeaderMap,
    Small(content): Small,
) -> Result<Response, Problem> {
    content.only(&["application/json"])?;
    let FirstPerson { token, name, password } = read(&content)?;
    let kept = server.people.set_up(&token, &name, &password).await?;
    let name = kept.person.name.clone();
    server.audit.note(Actor::Machine, "person.set_up", &name, None).await;
    Ok(begun(&server, kept, address, &headers, StatusCode::CREATED).await?)
}

/// Somebody who was invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// What stands behind `#token=` in the link.
    token: String,
    /// 12 to 256 characters.
    password: String,
}

/// Gives the person of an invitation the password that they chose, and signs them in: not where their second factor is on,
/// which is still asked for. The link is good once.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "people", request_body = Accepted,
    responses((status = 201, body = super::sessions::ShownSession), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 410, body = Problem), (status = 415, body = Problem)))]
pub async fn accept(
    State(server): State<Server>,
    _: KeepsCookies,
    address: Address,
    headers: HeaderMap,
    Small(content): Small,
) -> Result<Response, Problem> {
    content.only(&["application/json"])?;
    let Accepted { token, password } = read(&content)?;
    let kept = server.people.accept(&token, &password).await?;
    let name = kept.person.name.clone();
    server.audit.note(Actor::Person(name.clone()), "person.accepted", &name, None).await;
    if kept.totp.as_ref().is_some_and(|totp| totp.is_on) {
        return Err(Problem::code_needed());
    }
    Ok(begun(&server, kept, address, &headers, StatusCode::CREATED).await?)
}
