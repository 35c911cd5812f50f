//! The three document resources: `activities/state`, `activities/profile`, `agents/profile`
//! (Communication 2.3, 2.6, 2.7). They differ in what addresses a document, not in what is done
//! with it.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use validator::{Version, ifi};

use crate::problem::Problem;
use crate::request::{Content, DocumentContent};
use crate::state::Server;
use crate::version::Spoken;
use access::caller::Caller;
use access::scope::Right;
use service::packages::is_of_package;
use service::record::documents::SentDocument;
use store::turns::asked_by;
use xapi::document::{Document, DocumentKey, Precondition, Resource, Shelf, Tags, Unguarded};
use xapi::parameters::Parameters;
use xapi::refusal::Refusal;

use super::untrusted;

/// A document resource as a type: a route names it in its handlers.
pub trait Documents: Send + 'static {
    /// The resource.
    const RESOURCE: Resource;
    /// The name of the parameter with a document's id.
    const ID: &'static str;
    /// The parameters that address a shelf.
    const SHELF: &'static [&'static str];
}

/// `activities/state`.
pub struct StateDocuments;
/// `activities/profile`.
pub struct ActivityProfiles;
/// `agents/profile`.
pub struct AgentProfiles;

impl Documents for StateDocuments {
    const RESOURCE: Resource = Resource::State;
    const ID: &'static str = "stateId";
    const SHELF: &'static [&'static str] = &["activityId", "agent", "registration"];
}

impl Documents for ActivityProfiles {
    const RESOURCE: Resource = Resource::ActivityProfile;
    const ID: &'static str = "profileId";
    const SHELF: &'static [&'static str] = &["activityId"];
}

impl Documents for AgentProfiles {
    const RESOURCE: Resource = Resource::AgentProfile;
    const ID: &'static str = "profileId";
    const SHELF: &'static [&'static str] = &["agent"];
}

/// One document, or the ids of a shelf's documents. A document that the client has already, by
/// its `If-None-Match`, is 304.
pub async fn get<D: Documents>(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(reading(D::RESOURCE))?;
    if parameters.get(D::ID).is_some() {
        let key = key::<D>(&parameters, version)?;
        let had = tags(&headers, &IF_NONE_MATCH)?;
        let _turn = server.documents.turn(&caller.key.name).await?;
        let found = server.record.document(&key).await?;
        let found = found.ok_or_else(|| Problem::not_found("document at this address"))?;
        let etag = etag(&server, &caller, &found).await?;
        return Ok(document(found, &etag, had.as_ref()));
    }
    let shelf = shelf::<D>(&parameters, version, "since")?;
    let since = parameters.instant("since")?;
    // Many long listings of one key would take all readers of the engine.
    let _turn = server.pages.turn(&caller.key.name).await?;
    let listed = server.record.document_ids(&shelf, since).await;
    let (ids, latest) = listed.map_err(|error| Problem::of_document(error, version))?;
    let mut response = Json(ids).into_response();
    if let Some(at) = latest {
        set(response.headers_mut(), LAST_MODIFIED, &at.http_date());
    }
    Ok(response)
}

/// Replaces a document, and answers with its `ETag`.
pub async fn put<D: Documents>(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
    headers: HeaderMap,
    DocumentContent(content): DocumentContent,
) -> Result<Response, Problem> {
    caller.may(writing(D::RESOURCE))?;
    let unguarded = match (version, D::RESOURCE) {
        (Version::V2_0_0, _) => Unguarded::OnlyNew,
        (Version::V1_0_3, Resource::State) => Unguarded::Allowed,
        (Version::V1_0_3, _) => Unguarded::Refused,
    };
    let precondition = precondition(&headers, unguarded)?;
    let key = key::<D>(&parameters, version)?;
    changeable(&key.shelf)?;
    let change = server.record.put_document(key, precondition, received(content));
    let changed = asked_by(&caller.key.name, change).await;
    let changed = changed.map_err(|error| Problem::of_document(error, version))?;
    stored(&server, &caller, changed).await
}

/// Merges into a document, or creates it, and answers with its `ETag`.
pub async fn post<D: Documents>(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
    headers: HeaderMap,
    DocumentContent(content): DocumentContent,
) -> Result<Response, Problem> {
    caller.may(writing(D::RESOURCE))?;
    let precondition = precondition(&headers, Unguarded::Allowed)?;
    let key = key::<D>(&parameters, version)?;
    changeable(&key.shelf)?;
    let (sent, most) = (received(content), server.limits.document_bytes);
    let change = server.record.post_document(key, precondition, sent, most);
    let changed = asked_by(&caller.key.name, change).await;
    let changed = changed.map_err(|error| Problem::of_document(error, version))?;
    stored(&server, &caller, changed).await
}

/// Removes a document; of state, also all documents of a shelf.
pub async fn delete<D: Documents>(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    caller.may(writing(D::RESOURCE))?;
    if D::RESOURCE == Resource::State && parameters.get(D::ID).is_none() {
        let shelf = shelf::<D>(&parameters, version, D::ID)?;
        changeable(&shelf)?;
        asked_by(&caller.key.name, server.record.delete_documents(&shelf)).await?;
    } else {
        let key = key::<D>(&parameters, version)?;
        changeable(&key.shelf)?;
        let precondition = precondition(&headers, Unguarded::Allowed)?;
        let delete = server.record.delete_document(key, precondition);
        let deleted = asked_by(&caller.key.name, delete).await;
        deleted.map_err(|error| Problem::of_document(error, version))?;
    }
    Ok(StatusCode::NO_CONTENT)
}

const fn reading(resource: Resource) -> Right {
    match resource {
        Resource::State => Right::ReadState,
        Resource::ActivityProfile | Resource::AgentProfile => Right::ReadProfiles,
    }
}

const fn writing(resource: Resource) -> Right {
    match resource {
        Resource::State => Right::WriteState,
        Resource::ActivityProfile | Resource::AgentProfile => Right::WriteProfiles,
    }
}

/// Refuses a change of where learners stand with a package that is played here: the server makes statements of it under its
/// own authority, and a key that may write state may not therefore say that somebody has passed.
fn changeable(shelf: &Shelf) -> Result<(), Problem> {
    if shelf.resource != Resource::State || !is_of_package(&shelf.activity) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "state-of-package",
        "Where learners stand with a package that is played here changes by playing it alone.",
        "Launch the package for the learner; `\"attempt\": \"new\"` begins from nothing.",
    ))
}

fn key<D: Documents>(parameters: &Parameters, version: Version) -> Result<DocumentKey, Problem> {
    let shelf = shelf::<D>(parameters, version, D::ID)?;
    Ok(DocumentKey { shelf, id: parameters.required(D::ID)?.to_owned() })
}

/// The shelf that `parameters` address; beside its own they may have `also`.
fn shelf<D: Documents>(
    parameters: &Parameters,
    version: Version,
    also: &str,
) -> Result<Shelf, Problem> {
    let mut known = D::SHELF.to_vec();
    known.push(also);
    parameters.only(&known)?;
    for name in D::SHELF.iter().filter(|name| **name != "registration") {
        parameters.required(name)?;
    }
    let agent = parameters.agent("agent", version)?;
    Ok(Shelf {
        resource: D::RESOURCE,
        activity: parameters.iri("activityId")?.unwrap_or_default(),
        agent: agent.as_ref().and_then(ifi::of).map(|ifi| ifi.to_string()).unwrap_or_default(),
        registration: parameters.uuid("registration")?,
    })
}

fn precondition(headers: &HeaderMap, unguarded: Unguarded) -> Result<Precondition, Problem> {
    Ok(Precondition {
        if_match: tags(headers, &IF_MATCH)?,
        if_none_match: tags(headers, &IF_NONE_MATCH)?,
        unguarded,
    })
}

/// The entity tags of all headers of this name. One that cannot be read must not pass for none.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, Problem> {
    let values: Result<Vec<&str>, _> =
        headers.get_all(name).iter().map(|value| value.to_str()).collect();
    let values = values.map_err(|_| {
        Refusal::new(
            "precondition-unreadable",
            "xAPI 1.0.3 Communication 3.1",
            format!("The header {name} is not made of entity tags."),
            "Send the ETag of the document as it came, in quotes.",
        )
        .with("name", name)
    })?;
    Ok((!values.is_empty()).then(|| Tags::parse(&values.join(","))))
}

fn received(content: Content) -> SentDocument {
    let content_type = if content.content_type.is_empty() {
        "application/octet-stream".to_owned()
    } else {
        content.content_type
    };
    SentDocument { content_type, body: content.body }
}

/// The entity tag of a document, which all of it is hashed for.
async fn etag(server: &Server, caller: &Caller, document: &Document) -> Result<String, Problem> {
    let (length, hashed) = (document.body.len(), document.clone());
    Ok(server.compute.run(&caller.key.name, length, move || hashed.etag()).await?)
}

/// A document, or that it is still the one that the client `had`.
fn document(document: Document, etag: &str, had: Option<&Tags>) -> Response {
    let modified = document.updated.http_date();
    let is_had = had.is_some_and(|tags| tags.name(etag));
    let mut response = if is_had {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        document.body.into_response()
    };
    let headers = response.headers_mut();
    if !is_had {
        set(headers, CONTENT_TYPE, &document.content_type);
        untrusted::save_unless_passive(&document.content_type, headers);
    }
    set(headers, ETAG, &quoted(etag));
    set(headers, LAST_MODIFIED, &modified);
    response
}

/// That a document was stored, and the tag that the next change of it needs.
async fn stored(
    server: &Server,
    caller: &Caller,
    document: Option<Document>,
) -> Result<Response, Problem> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(document) = document {
        let etag = etag(server, caller, &document).await?;
        set(response.headers_mut(), ETAG, &quoted(&etag));
    }
    Ok(response)
}

fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
