//! Sign-in at an identity provider: `/api/v1/oidc/{id}/start` and `/api/v1/oidc/{id}/callback`.
//!
//! Browsers come here by a link and by a redirect, not by a script. So a sign-in that fails ends on the page of the sign-in,
//! at `/?sign-in=REASON`, and one that succeeds at `/?sign-in=done`: nothing in a request says another address.

use axum::extract::{Path, RawQuery, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::people::revoke_keys;
use super::sessions::{HINT_PATH, begun};
use crate::credentials::Address;
use crate::problem::Problem;
use crate::signed_in::{KeepsCookies, cookie};
use crate::state::Server;
use access::audit::Actor;
use access::bounds::Bounds;
use access::person::{Person, VouchedBy};
use access::role::Role;
use oidc::settings::Said;
use oidc::{OidcError, PENDING_SECONDS, Provider, Vouched};
use service::keys::makes_keys;
use service::people::{About, Came, FromProvider, PeopleError, details};
use service::progress::ProgressError;

/// Leads the browser to the identity provider. Where the provider does not answer, the browser comes to `/?sign-in=down`;
/// where it would not keep the cookie of a session, to `/?sign-in=insecure`.
#[utoipa::path(get, path = "/api/v1/oidc/{id}/start", tag = "people",
    params(("id" = String, Path, description = "the provider, see `GET /api/v1/sign-in`")),
    responses((status = 303, description = "to the provider, with a cookie for its answer"),
        (status = 404, body = Problem)))]
pub async fn start(
    State(server): State<Server>,
    keeps: Result<KeepsCookies, Problem>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let provider = known(&server, &id)?;
    if keeps.is_err() {
        return Ok(refused(&server, "insecure"));
    }
    Ok(match provider.start().await {
        Ok(start) => {
            let mut response = to(&start.url);
            let cookie = cookie::set_pending(&start.cookie, PENDING_SECONDS);
            response.headers_mut().extend(cookie.map(|it| (SET_COOKIE, it)));
            response
        }
        Err(error) => {
            if let Some(left_out) = provider.logs_refusal() {
                tracing::warn!(provider = id, %error, left_out, "nobody can sign in at a provider");
            }
            refused(&server, error.reason())
        }
    })
}

/// Takes the provider's answer and begins a session, as `POST /api/v1/sessions` does with a password. The person is made by
/// their first sign-in; label, role and territory are what the provider says at each. Who is not let in comes to
/// `/?sign-in=REASON`: `state`, `cancelled`, `answer`, `down`, `insecure`, `nameless`, `role`, `territory`, `identifier`,
/// `taken`, `disabled` or `failed`; who is let in, to `/?sign-in=done`. Ten answers that do not hold may come from one address,
/// and then one every six seconds: others come to `/?sign-in=busy`, and the provider is not asked.
#[utoipa::path(get, path = "/api/v1/oidc/{id}/callback", tag = "people",
    params(("id" = String, Path, description = "the provider"),
        ("code" = Option<String>, Query, description = "what the provider is asked for the person by"),
        ("state" = Option<String>, Query, description = "which sign-in it is"),
        ("error" = Option<String>, Query, description = "why there is no code"),
        ("iss" = Option<String>, Query, description = "the provider's issuer")),
    responses((status = 303, description = "to `/?sign-in=done` with the cookie of a session, or to `/?sign-in=REASON`"),
        (status = 404, body = Problem)))]
pub async fn callback(
    State(server): State<Server>,
    keeps: Result<KeepsCookies, Problem>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = known(&server, &id)?;
    let mut response = if keeps.is_err() {
        refused(&server, "insecure")
    } else {
        let query = url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
        let query: Vec<(String, String)> = query.into_owned().collect();
        let pending = cookie::value(&headers, cookie::PENDING);
        match server.credentials.answer(&id, address).await {
            // A person looks at what comes: a page that says to wait, and no problem document.
            Err(_) => refused(&server, "busy"),
            Ok(answer) => match provider.finish(&query, pending.as_deref()).await {
                Ok(vouched) => let_in(&server, &id, vouched, address, &headers).await,
                Err(error) => {
                    if let Some(left_out) = provider.logs_refusal() {
                        tracing::warn!(provider = id, %error, left_out, "a sign-in at a provider was refused");
                    }
                    // The provider was asked for nothing else.
                    if matches!(error, OidcError::Answer(_)) {
                        answer.failed();
                    }
                    refused(&server, error.reason())
                }
            },
        }
    };
    // Good once, whatever came of it.
    if let Some(cleared) = cookie::clear_pending() {
        response.headers_mut().append(SET_COOKIE, cleared);
    }
    Ok(response)
}

fn known<'a>(server: &'a Server, id: &str) -> Result<&'a Provider, Problem> {
    server.oidc.get(id).ok_or_else(|| Problem::not_found("identity provider with this id"))
}

/// Begins the session of somebody for whom a provider vouches, where they may sign in.
async fn let_in(
    server: &Server,
    id: &str,
    vouched: Vouched,
    address: Address,
    headers: &HeaderMap,
) -> Response {
    let said = &vouched.said.name;
    let name = Person::named(said).unwrap_or_else(|| said.clone());
    let why = match signed_in(server, id, vouched, address, headers).await {
        Ok(response) => return response,
        Err(why) => why,
    };
    match &why {
        Why::Refused(reason) => {
            tracing::warn!(provider = id, reason, "a person of a provider was refused");
            let details = json!({"provider": id, "reason": reason, "address": address.text()});
            server.audit.note(Actor::Machine, "session.refused", &name, Some(details)).await;
        }
        Why::Failed(error) => {
            tracing::error!(provider = id, error, "a person of a provider could not be let in");
        }
    }
    refused(server, why.reason())
}

/// Why somebody for whom a provider vouches is not let in.
#[derive(Debug, PartialEq, Eq)]
enum Why {
    /// By what the provider says of them, or what they are here.
    Refused(&'static str),
    /// By a fault of this server.
    Failed(String),
}

impl Why {
    /// What the page of the sign-in is told.
    const fn reason(&self) -> &'static str {
        match self {
            Self::Refused(reason) => reason,
            Self::Failed(_) => "failed",
        }
    }
}

impl From<PeopleError> for Why {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Taken(_) => Self::Refused("taken"),
            PeopleError::Disabled(_) => Self::Refused("disabled"),
            PeopleError::Name(_) => Self::Refused(OidcError::Nameless.reason()),
            PeopleError::Bounds => Self::Refused("territory"),
            PeopleError::Territory(error) if matches!(*error, ProgressError::NobodyHas { .. }) => {
                Self::Refused("territory")
            }
            PeopleError::Identifiers
            | PeopleError::ManyIdentifiers { .. }
            | PeopleError::Identifier(_) => Self::Refused("identifier"),
            PeopleError::Territory(_)
            | PeopleError::Label
            | PeopleError::Unknown { .. }
            | PeopleError::Vouched(_)
            | PeopleError::Last(_)
            | PeopleError::Weak(_)
            | PeopleError::Link
            | PeopleError::SetUp
            | PeopleError::Code
            | PeopleError::Factor
            | PeopleError::Busy
            | PeopleError::Stopped
            | PeopleError::Store(_) => Self::Failed(error.to_string()),
        }
    }
}

async fn signed_in(
    server: &Server,
    id: &str,
    Vouched { issuer, subject, said, token }: Vouched,
    address: Address,
    headers: &HeaderMap,
) -> Result<Response, Why> {
    let role = said.role.ok_or(Why::Refused("role"))?;
    let (name, about) = (said.name.clone(), about(said, role));
    let from = FromProvider { vouched: VouchedBy { issuer, subject }, name, about };
    let (came, kept) = server.people.sign_in_from(from).await?;
    let (name, person) = (kept.person.name.clone(), details(&kept.person));
    let actor = Actor::Person(name.clone());
    let action = match came {
        Came::New => Some("person.created"),
        Came::Changed => Some("person.changed"),
        Came::AsBefore => None,
    };
    // Also where the role was another one already: the sign-in that changed it may have ended before.
    if !matches!(came, Came::New) && !makes_keys(&kept.person) {
        revoke_keys(server, &name).await.map_err(|error| Why::Failed(error.to_string()))?;
    }
    if let Some(action) = action {
        let mut details = person;
        if let Some(members) = details.as_object_mut() {
            members.insert("provider".to_owned(), json!(id));
        }
        server.audit.note(actor.clone(), action, &name, Some(details)).await;
    }
    let begun = begun(server, kept, address, headers, StatusCode::NO_CONTENT).await?;
    let noted = json!({"address": address.text(), "provider": id});
    server.audit.note(actor, "session.begun", &name, Some(noted)).await;
    let mut response = to(&server.path_seen_outside("/?sign-in=done"));
    let path = server.path_seen_outside(HINT_PATH);
    let hint = cookie::set_hint(&token, &path, server.people.limits().hours);
    for cookie in begun.headers().get_all(SET_COOKIE).iter().cloned().chain(hint) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What a provider says of a person of this role; what is of other roles is left out.
fn about(said: Said, role: Role) -> About {
    let bounds = Bounds { regions: said.regions, bodies: said.bodies, ..Bounds::default() };
    About {
        label: said.label,
        role,
        bounds: role.is_bounded().then_some(bounds),
        learner: if role.is_learner() { said.learner } else { Vec::new() },
    }
}

/// Leads the browser to the page of the sign-in, which says why nobody is signed in.
fn refused(server: &Server, reason: &str) -> Response {
    to(&server.path_seen_outside(&format!("/?sign-in={reason}")))
}

#[expect(clippy::expect_used, reason = "an address that was parsed, or a path of this server")]
fn to(url: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::try_from(url).expect("an address is ASCII without controls");
    response.headers_mut().insert(LOCATION, location);
    response
}

#[cfg(test)]
mod tests {
    use store::StoreError;

    use super::*;

    #[test]
    fn a_fault_of_the_server_is_no_refusal_of_the_person() {
        let store = || StoreError::Unavailable("the disk is full".into());
        let failed = Why::Failed("the disk is full".into());
        for error in [
            PeopleError::Store(store()),
            PeopleError::Territory(Box::new(ProgressError::Store(store()))),
        ] {
            let why = Why::from(error);
            assert!(
                matches!(&why, Why::Failed(text) if text.contains("the disk is full")),
                "{why:?}"
            );
            assert_eq!(why.reason(), failed.reason());
        }
        let nobody =
            ProgressError::NobodyHas { what: "region", value: "Umbrai".into(), near: Vec::new() };
        let territory = Why::from(PeopleError::Territory(Box::new(nobody)));
        assert_eq!(territory, Why::Refused("territory"));
        assert_eq!(Why::from(PeopleError::Taken("anna".into())), Why::Refused("taken"));
    }
}
