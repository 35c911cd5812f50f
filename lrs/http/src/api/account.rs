//! One's own password and second factor: `/api/v1/session/password` and `/api/v1/session/totp`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sessions::{begun, read};
use crate::audit::Told;
use crate::credentials::Address;
use crate::problem::Problem;
use crate::request::Brief;
use crate::state::Server;
use service::people::{PeopleError, SignedIn};

/// A password, and another one instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedPassword {
    /// The password of now.
    old: String,
    /// The one from now on, 12 to 256 characters.
    new: String,
}

/// Fails unless `password` is the person's of now.
async fn is_own(
    server: &Server,
    signed_in: &SignedIn,
    address: Address,
    password: &str,
) -> Result<(), Problem> {
    let name = &signed_in.person.name;
    if signed_in.issuer.is_some() {
        return Err(PeopleError::Vouched(name.clone()).into());
    }
    let hash = async { Ok(server.people.person(name).await?.password_hash) };
    // Who has a session is not in the way of those who have none, nor they of them.
    let session = Some(signed_in.session.id.as_str());
    server.credentials.password(name, address, (password, hash), session).await.map(drop)
}

fn told(signed_in: &SignedIn) -> Extension<Told> {
    Extension(Told { target: Some(signed_in.person.name.clone()), details: None })
}

/// Changes one's own password. All other sessions end, and this one goes on under another cookie.
#[utoipa::path(put, path = "/api/v1/session/password", tag = "people", security(("key" = [])),
    request_body = ChangedPassword,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem), (status = 429, body = Problem)))]
pub async fn password(
    State(server): State<Server>,
    signed_in: SignedIn,
    address: Address,
    headers: HeaderMap,
    Brief(content): Brief,
) -> Result<(Extension<Told>, Response), Problem> {
    content.only(&["application/json"])?;
    let ChangedPassword { old, new } = read(&content)?;
    is_own(&server, &signed_in, address, &old).await?;
    let kept = server.people.set_password(&signed_in.person.name, &new).await?;
    let response = begun(&server, kept, address, &headers, StatusCode::NO_CONTENT).await?;
    Ok((told(&signed_in), response))
}

/// A second factor that is not on yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewFactor {
    /// The secret in base 32, to be typed where no QR code is read.
    secret: String,
    /// What a telephone reads as a QR code.
    otpauth_uri: String,
}

/// Makes a second factor, which is on as soon as a code of it was shown.
#[utoipa::path(post, path = "/api/v1/session/totp", tag = "people", security(("key" = [])),
    responses((status = 201, body = NewFactor), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub async fn new_factor(
    State(server): State<Server>,
    signed_in: SignedIn,
) -> Result<(StatusCode, Json<NewFactor>), Problem> {
    let name = &signed_in.person.name;
    let factor = server.people.new_factor(name).await?;
    let otpauth_uri = factor.address(name);
    Ok((StatusCode::CREATED, Json(NewFactor { secret: factor.secret, otpauth_uri })))
}

/// A code of the second factor, and the password once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorCode {
    /// Six digits.
    code: String,
    /// The password of now.
    password: String,
}

/// Switches the second factor on, by a code of it and the password: a session that somebody else has in their hands locks
/// nobody out.
#[utoipa::path(put, path = "/api/v1/session/totp", tag = "people", security(("key" = [])),
    request_body = FactorCode,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem), (status = 429, body = Problem)))]
pub async fn factor_on(
    State(server): State<Server>,
    signed_in: SignedIn,
    address: Address,
    Brief(content): Brief,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    content.only(&["application/json"])?;
    let FactorCode { code, password } = read(&content)?;
    is_own(&server, &signed_in, address, &password).await?;
    server.people.switch_factor_on(&signed_in.person.name, &code).await?;
    Ok((StatusCode::NO_CONTENT, told(&signed_in)))
}

/// The password, once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    /// The password of now.
    password: String,
}

/// Switches the second factor off.
#[utoipa::path(delete, path = "/api/v1/session/totp", tag = "people", security(("key" = [])),
    request_body = OwnPassword,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 415, body = Problem),
        (status = 429, body = Problem)))]
pub async fn factor_off(
    State(server): State<Server>,
    signed_in: SignedIn,
    address: Address,
    Brief(content): Brief,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    content.only(&["application/json"])?;
    let OwnPassword { password } = read(&content)?;
    is_own(&server, &signed_in, address, &password).await?;
    server.people.switch_factor_off(&signed_in.person.name).await?;
    Ok((StatusCode::NO_CONTENT, told(&signed_in)))
}
