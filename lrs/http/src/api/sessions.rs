//! Who is asking, and the sessions of people: `/api/v1/session` and `/api/v1/sessions`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::Told;
use crate::credentials::Address;
use crate::problem::Problem;
use crate::problem::people::invalid;
use crate::request::{Content, Small};
use crate::signed_in::{KeepsCookies, Signed, cookie};
use crate::state::Server;
use access::audit::Actor;
use access::bounds::Bounds;
use access::caller::Caller;
use access::person::{KeptPerson, Person};
use access::scope::{Right, Scope};
use access::session::KeptSession;
use service::people::{Begun, Factor, PeopleError, SignedIn};
use xapi::parameters::Parameters;

/// Where browsers show the token by which an identity provider knows whom to sign out.
pub(super) const HINT_PATH: &str = "/api/v1/session";

/// What somebody signs in with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The name; capital letters make no difference.
    name: String,
    /// The password.
    password: String,
    /// The code of the second factor, where it is on.
    code: Option<String>,
}

/// Who is asking, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownSession {
    /// The name of the person or key.
    name: String,
    /// What others call them, or what the key is for.
    label: String,
    /// `person` or `key`.
    kind: &'static str,
    /// The person's role; null for a key.
    role: Option<String>,
    /// The scopes that a key has, or those whose rights the role gives.
    scopes: Vec<String>,
    /// The operations that are allowed, see `GET /api/v1/roles`.
    may: Vec<&'static str>,
    /// The territory that they are bound to; null for all learners.
    #[schema(value_type = Option<Object>)]
    bounds: Option<Bounds>,
    /// The identifiers of a learner; null for all others.
    learner: Option<Vec<String>>,
    /// When the session ends in any case, RFC 3339; null for a key.
    expires: Option<String>,
    /// After how many seconds without a request the session is over; null for a key.
    idle_seconds: Option<u64>,
    /// Whether the second factor is on.
    totp: bool,
    /// The title of the identity provider at which the person signs in; null for a key, and for a person with a password.
    provider: Option<String>,
}

impl ShownSession {
    fn new(server: &Server, caller: &Caller, signed_in: Option<&SignedIn>) -> Self {
        let limits = server.people.limits();
        let issuer = signed_in.and_then(|it| it.issuer.as_deref());
        let (key, person) = (&caller.key, caller.person.as_deref());
        let learner = person.map(|person| person.learner.clone()).filter(|it| !it.is_empty());
        Self {
            name: person.map_or(&key.name, |person| &person.name).clone(),
            label: key.label.clone(),
            kind: if person.is_some() { "person" } else { "key" },
            role: person.map(|person| person.role.to_string()),
            scopes: key.scopes.iter().map(Scope::to_string).collect(),
            may: caller.rights().into_iter().map(Right::as_str).collect(),
            bounds: key.bounds.clone(),
            learner,
            expires: signed_in.map(|it| it.session.expires.to_string()),
            idle_seconds: signed_in.map(|_| u64::from(limits.idle_minutes) * 60),
            totp: signed_in.is_some_and(|it| it.has_factor),
            provider: issuer.map(|issuer| server.title_of_provider(issuer)),
        }
    }
}

/// Signs somebody in: the answer sets the cookie that later requests show.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "people", request_body = SignIn,
    responses((status = 201, body = ShownSession), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 415, body = Problem), (status = 429, body = Problem)))]
pub async fn create(
    State(server): State<Server>,
    _: KeepsCookies,
    address: Address,
    headers: HeaderMap,
    Small(content): Small,
) -> Result<Response, Problem> {
    content.only(&["application/json"])?;
    let SignIn { name, password, code } = read(&content)?;
    // Counted by the same name, be it somebody's or not: all take the same way.
    let named = Person::named(&name).unwrap_or(name);
    let known = cookie::known(&headers);
    let known = known.filter(|it| server.credentials.is_known_browser(&named, it));
    let hash = async {
        let kept = server.people.who_signs_in(&named).await?;
        Ok(kept.and_then(|kept| kept.password_hash))
    };
    let checked = server.credentials.password(&named, address, (&password, hash), known.as_deref());
    let (right, hash) = checked.await?;
    let signed_in = server.people.sign_in(&named, &hash, code.as_deref()).await;
    let kept = match signed_in {
        Ok((Factor::Good, kept)) => kept,
        Ok((Factor::Needed, _)) => return Err(Problem::code_needed()),
        Ok((Factor::Wrong, _)) => {
            right.failed();
            return Err(Problem::code_wrong());
        }
        // Gone, disabled or with another password since the password was compared.
        Err(PeopleError::Unknown { .. }) => return Err(Problem::sign_in()),
        Err(error) => return Err(error.into()),
    };
    let response = begun(&server, kept, address, &headers, StatusCode::CREATED).await?;
    let details = Some(json!({"address": address.text()}));
    server.audit.note(Actor::Person(named.clone()), "session.begun", &named, details).await;
    Ok(response)
}

/// Begins a session of a person, and sets its cookie.
pub(super) async fn begun(
    server: &Server,
    kept: KeptPerson,
    address: Address,
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Response, PeopleError> {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let caller_name = kept.person.name.clone();
    let Begun { secret, signed_in } = server.people.begin(kept, &address.text(), agent).await?;
    let limits = server.people.limits();
    let caller = server.people.caller(&signed_in);
    let shown = ShownSession::new(server, &caller, Some(&signed_in));
    let mut response = if status == StatusCode::NO_CONTENT {
        status.into_response()
    } else {
        (status, Json(shown)).into_response()
    };
    let known = server.credentials.known_browser(&caller_name);
    let cookies = [cookie::set(&secret, limits.hours), cookie::set_known(&known)];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A small body as JSON.
pub(super) fn read<T: serde::de::DeserializeOwned>(content: &Content) -> Result<T, Problem> {
    validator::json::parse_as(&content.body).map_err(|error| {
        let detail = format!("The body is not what is asked for here: {error}.");
        invalid("person-body", detail, "See /api/openapi.json for its members.")
    })
}

/// Who is asking: the person who is signed in, or the key that is shown; and what they may do.
#[utoipa::path(get, path = "/api/v1/session", tag = "people", security(("key" = [])),
    responses((status = 200, body = ShownSession), (status = 401, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Signed(signed_in): Signed,
) -> Json<ShownSession> {
    Json(ShownSession::new(&server, &caller, signed_in.as_ref()))
}

/// Where a browser goes on to sign out.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedOut {
    /// The page of the identity provider that ends the person's session there, and leads the browser back.
    provider: String,
}

/// Signs out: the session of this request is over, and its cookie is taken from the browser. Somebody who signed in at an
/// identity provider is signed in there still: where the provider has a page that ends that, the answer names the page.
#[utoipa::path(delete, path = "/api/v1/session", tag = "people", security(("key" = [])),
    responses((status = 200, body = SignedOut), (status = 204), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
pub async fn end(
    State(server): State<Server>,
    signed_in: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    server.people.end(&signed_in.session.id).await?;
    let provider = signed_in.issuer.as_ref().and_then(|issuer| server.oidc.of_issuer(issuer));
    let page = match provider {
        Some(provider) => provider.sign_out(cookie::value(&headers, cookie::HINT).as_deref()).await,
        None => None,
    };
    let mut response = match page {
        Some(provider) => Json(SignedOut { provider }).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    let hint = cookie::clear_hint(&server.path_seen_outside(HINT_PATH));
    for cookie in cookie::clear().into_iter().chain(hint) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A session as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedSession {
    /// What names it.
    id: String,
    /// Whose it is.
    person: String,
    /// When it began, RFC 3339.
    since: String,
    /// When it was last used, to the minute.
    last_used: String,
    /// When it ends in any case.
    expires: String,
    /// The address that it began from: of a proxy, where one is in between.
    address: String,
    /// What the browser says it is.
    agent: String,
    /// Whether this request shows it.
    current: bool,
}

/// Sessions of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedSessions {
    /// The newest first; at most twenty.
    items: Vec<ListedSession>,
    /// Always null: there are no more.
    next: Option<String>,
}

/// One's own sessions; those of others for an administrator.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "people", security(("key" = [])),
    params(("person" = Option<String>, Query, description = "whose; one's own if missing")),
    responses((status = 200, body = ListedSessions), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    Signed(signed_in): Signed,
    parameters: Parameters,
) -> Result<Json<ListedSessions>, Problem> {
    parameters.only(&["person"])?;
    let own = signed_in.as_ref().map(|it| it.person.name.as_str());
    let person = match parameters.get("person") {
        Some(person) if Some(person) != own => {
            caller.may(Right::Manage)?;
            person
        }
        _ => own.ok_or_else(Problem::session_needed)?,
    };
    let current = signed_in.as_ref().map(|it| it.session.id.as_str());
    let listed = |it: KeptSession| ListedSession {
        current: current == Some(it.id.as_str()),
        id: it.id,
        person: it.person,
        since: it.since.to_string(),
        last_used: it.last_used.to_string(),
        expires: it.expires.to_string(),
        address: it.address,
        agent: it.agent,
    };
    let items = server.people.sessions(person).await?.into_iter().map(listed).collect();
    Ok(Json(ListedSessions { items, next: None }))
}

/// Ends a session of one's own, or for an administrator of anybody: its requests are refused from now on.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "people", security(("key" = [])),
    params(("id" = String, Path, description = "the session's id")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke(
    State(server): State<Server>,
    caller: Caller,
    Signed(signed_in): Signed,
    Path(id): Path<String>,
) -> Result<(StatusCode, axum::Extension<Told>), Problem> {
    let manages = caller.may(Right::Manage);
    let own = signed_in.map(|it| it.person.name.clone());
    if own.is_none() {
        manages?;
    }
    let found = server.people.session(&id).await?;
    let found = found.filter(|it| manages.is_ok() || Some(&it.person) == own.as_ref());
    let found = found.ok_or_else(|| Problem::not_found("session with this id"))?;
    server.people.end(&id).await?;
    let told = Told { target: Some(found.person), details: None };
    Ok((StatusCode::NO_CONTENT, axum::Extension(told)))
}
