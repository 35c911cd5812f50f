//! Why requests were refused: `/api/v1/refusals`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::json::Size;
use validator::{Statement, Version};

use crate::language::preferred;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::Language;
use service::record::RecordError;
use service::record::statements::is_conflict;
use service::refusals::{BodyIs, KeptBody, SeenRefusal, Sight};
use store::{Kept, RefusalFilter};
use xapi::parameters::Parameters;

/// How many refusals a page has where nothing else is asked, and at most.
const USUAL: usize = 20;
const MOST: usize = 100;

/// Some refusals.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusalPage {
    /// The newest first.
    items: Vec<ShownRefusal>,
    /// The `after` of the next page; null on the last one.
    #[schema(required)]
    next: Option<String>,
}

/// A request that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRefusal {
    /// Its name in addresses.
    id: String,
    /// When it was refused, RFC 3339 in UTC.
    at: String,
    /// The name of the key; empty where the request had no good one.
    key: String,
    /// `GET`, `PUT` …
    method: String,
    /// Without parameters.
    path: String,
    /// The parameters; `***` in place of secrets, and of persons where `masked`.
    query: BTreeMap<String, String>,
    /// Some headers that say no secret.
    headers: BTreeMap<String, String>,
    /// The version of xAPI that was spoken.
    #[schema(required)]
    version: Option<String>,
    /// The status of the answer.
    status: u16,
    /// The rule that was broken.
    rule: String,
    /// The clause of the standard; empty where the limit is Traccia's own.
    clause: String,
    /// The statement at fault in its batch, from 0.
    #[schema(required)]
    index: Option<usize>,
    /// The place in that statement, as a JSON pointer.
    #[schema(required)]
    pointer: Option<String>,
    /// What is wrong, in the language of `Accept-Language`.
    message: String,
    /// What the sender can do, in the language of `Accept-Language`.
    remedy: String,
    /// The header `X-Request-Id` of the request.
    #[schema(required)]
    request_id: Option<String>,
    /// The statements that it brought, as text; null where none are kept.
    #[schema(required)]
    body: Option<String>,
    /// What `body` is: `request`, or `statement` for the one at fault alone.
    #[schema(required)]
    body_is: Option<&'static str>,
    /// Whether persons are masked, because the key may not read statements.
    masked: bool,
}

impl ShownRefusal {
    fn new(refusal: SeenRefusal, language: Language, masked: bool) -> Self {
        let SeenRefusal { id, at, key, asked, status, rule, clause, index, pointer, it, en, body } =
            refusal;
        let words = match language {
            Language::It => it,
            Language::En => en,
        };
        let (body, is) = body.map(|KeptBody { text, is }| (text, is)).unzip();
        Self {
            id: id.to_string(),
            at: at.to_string(),
            key,
            method: asked.method,
            path: asked.path,
            query: asked.query,
            request_id: asked.headers.get("x-request-id").cloned(),
            headers: asked.headers,
            version: asked.version,
            status,
            rule,
            clause,
            index,
            pointer,
            message: words.message,
            remedy: words.remedy,
            body,
            body_is: is.map(|is| match is {
                BodyIs::Request => "request",
                BodyIs::Statement => "statement",
            }),
            masked,
        }
    }
}

/// The requests to the xAPI resources that were refused lately, the newest first: at most the last hundred of each key,
/// over restarts. A key that may read all statements sees those of all keys, another one its own.
///
/// Not kept are requests for what is not there, failures of the server, and what comes faster than it can be written.
#[utoipa::path(get, path = "/api/v1/refusals", tag = "refusals", security(("key" = [])),
    params(("key" = Option<String>, Query, description = "of this key alone"),
        ("rule" = Option<String>, Query, description = "by this rule alone"),
        ("status" = Option<usize>, Query, description = "with this status alone"),
        ("limit" = Option<usize>, Query, description = "how many at most: 20 if missing, 100 at most; \
            a page that would be heavy has fewer"),
        ("after" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = RefusalPage), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Json<RefusalPage>, Problem> {
    let sight = sight(&caller)?;
    parameters.only(&["key", "rule", "status", "limit", "after"])?;
    let text = |name| parameters.get(name).map(str::to_owned);
    let status = parameters.number("status")?.map(|it| u16::try_from(it).unwrap_or(u16::MAX));
    let (key, rule, before) = (text("key"), text("rule"), parameters.uuid("after")?);
    let limit = parameters.number("limit")?.unwrap_or(USUAL).clamp(1, MOST);
    let filter = RefusalFilter { key, rule, status, before };
    let (page, more) = server.refusals.page(filter, limit, &sight).await?;
    let last = page.last().map(|last| last.id.to_string());
    let language = preferred(&headers);
    let shown = |it| ShownRefusal::new(it, language, sight.is_masked);
    let items = page.into_iter().map(shown).collect();
    Ok(Json(RefusalPage { items, next: last.filter(|_| more) }))
}

/// One refused request.
#[utoipa::path(get, path = "/api/v1/refusals/{refusal}", tag = "refusals", security(("key" = [])),
    params(("refusal" = String, Path, description = "the refusal's id")),
    responses((status = 200, body = ShownRefusal), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ShownRefusal>, Problem> {
    let sight = sight(&caller)?;
    let refusal = one(&server, &id, &sight).await?;
    Ok(Json(ShownRefusal::new(refusal, preferred(&headers), sight.is_masked)))
}

/// What the kept statements of a refused request would be answered now.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestedRefusal {
    /// 200 where they would be taken; else the status of `problem`.
    status: u16,
    /// What is still wrong; null where nothing is.
    #[schema(required)]
    problem: Option<Problem>,
}

/// Checks the kept statements of a refused request again, by the rules as they are now. Nothing is kept.
///
/// Attachments are not looked at: they are not kept.
#[utoipa::path(post, path = "/api/v1/refusals/{refusal}/test", tag = "refusals",
    security(("key" = [])), params(("refusal" = String, Path, description = "the refusal's id")),
    responses((status = 200, body = TestedRefusal), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn test(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<TestedRefusal>, Problem> {
    // What is kept is checked, whatever of it the reader sees.
    let sight = Sight { is_masked: false, ..sight(&caller)? };
    let refusal = one(&server, &id, &sight).await?;
    let spoken = refusal.asked.version.as_deref().and_then(Version::from_header);
    let version = spoken.unwrap_or(server.default_version);
    let body = refusal.body.ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "refusal-no-body",
            "No statements are kept of this request, so that they cannot be checked again.",
            "Send the request again; POST /api/v1/statements/check checks statements without keeping them.",
        )
    })?;
    let language = preferred(&headers);
    let length = body.text.len();
    let check = move || {
        let checked = validator::check_batch(body.text.as_bytes(), version);
        checked
            .map(|batch| batch.statements)
            .map_err(|report| Problem::from(report).said_in(language))
    };
    let tested = match server.compute.run(&caller.key.name, length, check).await? {
        Err(problem) => Err(problem),
        Ok(statements) => {
            let conflict = conflict(&server, &caller.key.name, statements).await?;
            conflict.map_or(Ok(()), |error| Err(Problem::from(error).said_in(language)))
        }
    };
    let status = tested.as_ref().map_or_else(|problem| problem.status().as_u16(), |()| 200);
    Ok(Json(TestedRefusal { status, problem: tested.err() }))
}

/// Why the first of `statements` would be refused that differs from the one that is kept under its id. Where they differ is
/// not told.
///
/// A kept statement may be as large as a request: its text and its values are in the share of the key before it is gone
/// through, in a turn of the key.
async fn conflict(
    server: &Server,
    key: &str,
    statements: Vec<Statement>,
) -> Result<Option<RecordError>, Problem> {
    let _turn = server.pages.turn(key).await?;
    let memory = server.shares.of_key(key);
    for (index, statement) in statements.into_iter().enumerate() {
        let Some(id) = statement.id() else { continue };
        let Some(Kept { statement: kept, .. }) = server.record.kept(id).await? else { continue };
        let bytes = kept.body.len();
        let mut held = memory.reserve(bytes)?;
        let compare = move || {
            held.grow(Size::of(&kept.body).weight())?;
            let is_conflict = is_conflict(&kept, &statement)?;
            drop((kept, held));
            Ok::<_, Problem>(is_conflict)
        };
        if server.compute.run(key, bytes, compare).await?? {
            let (statement, differences) = (Some(index), Vec::new());
            return Ok(Some(RecordError::Conflict { id, statement, differences }));
        }
    }
    Ok(None)
}

async fn one(server: &Server, id: &str, sight: &Sight) -> Result<SeenRefusal, Problem> {
    let unknown = || Problem::not_found("refusal of this id");
    let id: Uuid = id.parse().map_err(|_| unknown())?;
    server.refusals.one(id, sight).await?.ok_or_else(unknown)
}

/// What a caller sees of refusals. Who sends statements sees why theirs were refused, without the persons in them
/// unless the caller may read them.
fn sight(caller: &Caller) -> Result<Sight, Problem> {
    if caller.key.bounds.is_some() {
        return Err(service::progress::ProgressError::Bounded.into());
    }
    if caller.may(Right::ReadStatements).is_ok() {
        return Ok(Sight { key: None, is_masked: false });
    }
    let key = Some(caller.key.name.clone());
    if caller.may(Right::ReadOwnStatements).is_ok() {
        return Ok(Sight { key, is_masked: false });
    }
    caller.may(Right::WriteStatements)?;
    Ok(Sight { key, is_masked: true })
}
