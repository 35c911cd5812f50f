//! `PUT` and `POST statements` (Communication 2.1.1, 2.1.2).

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use bytes::Bytes;
use uuid::Uuid;
use validator::Statement;
use validator::json::Size;

use crate::answered;
use crate::multipart;
use crate::problem::Problem;
use crate::request::Content;
use crate::state::Server;
use crate::version::Spoken;
use access::caller::Caller;
use access::key::Key;
use access::scope::Right;
use service::memory::{Memory, Reserved};
use service::record::statements::{prepare_all_from, prepare_one};
use service::scan::ScannedFrom;
use store::turns::asked_by;
use store::{Batch, KeptBatch};
use xapi::attachment::Attachment;
use xapi::document::is_json;
use xapi::origin::Origin;
use xapi::parameters::Parameters;
use xapi::refusal::Refusal;
use xapi::subject::Subject;

/// Keeps one statement under the id of the URL.
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
    content: Content,
) -> Result<StatusCode, Problem> {
    caller.may(Right::WriteStatements)?;
    parameters.only(&["statementId"])?;
    parameters.required("statementId")?;
    let id = parameters.uuid("statementId")?.unwrap_or_default();
    let prepare = move |content, key: &Key, memory: &Memory| {
        let (text, parts) = split(content)?;
        let held = hold(memory, &Size::of(&text))?;
        let statement = validator::check(&text, version)?;
        drop(text);
        within(key, std::slice::from_ref(&statement))?;
        Ok((prepare_one(id, statement, parts, &key.authority)?, held))
    };
    let (batch, _held) = prepared(&server, &caller, content, prepare).await?;
    scanned(&server, &caller, &batch).await?;
    let readable = caller.readable().ok();
    let keep = server.record.keep(batch, readable.as_ref());
    let kept = asked_by(&caller.key.name, keep).await?;
    answered::kept(&caller.key.name, kept.new);
    Ok(StatusCode::NO_CONTENT)
}

/// Says in the answer to a POST how many of its statements were not kept before.
pub const NEW_STATEMENTS: HeaderName = HeaderName::from_static("x-traccia-new-statements");

/// The name of the system in which the statements of a POST were kept before: their `stored` and `authority` there, which are
/// replaced (Data 2.4.8, 2.4.9), become their origin.
pub const ORIGIN: HeaderName = HeaderName::from_static("x-traccia-origin");

/// Keeps one statement or a list of them, all or none, and answers with their ids in order.
pub async fn post(
    State(server): State<Server>,
    caller: Caller,
    Spoken(version): Spoken,
    parameters: Parameters,
    headers: HeaderMap,
    content: Content,
) -> Result<([(HeaderName, String); 1], Json<Vec<Uuid>>), Problem> {
    caller.may(Right::WriteStatements)?;
    parameters.only(&[])?;
    let source = source(&headers)?;
    let most = server.limits.statements_per_batch;
    let prepare = move |content, key: &Key, memory: &Memory| {
        let (text, parts) = split(content)?;
        let size = Size::of(&text);
        if size.elements > most {
            return Err(too_many(size.elements, most));
        }
        let held = hold(memory, &size)?;
        let checked = validator::check_batch(&text, version).map_err(Problem::from);
        let batch = checked
            .and_then(|batch| within(key, &batch.statements).map(|()| batch))
            .and_then(|batch| {
                let source = source.as_deref();
                Ok(prepare_all_from(source, batch.statements, parts, &key.authority)?)
            })
            .map_err(|problem| naming(problem, &text))?;
        Ok(((batch, text), held))
    };
    let ((batch, text), _held) = prepared(&server, &caller, content, prepare).await?;
    scanned(&server, &caller, &batch).await?;
    let readable = caller.readable().ok();
    let keep = server.record.keep(batch, readable.as_ref());
    let kept = asked_by(&caller.key.name, keep).await;
    let KeptBatch { ids, new } = match kept {
        Ok(kept) => kept,
        Err(error) => {
            let (problem, length) = (Problem::from(error), text.len());
            let name = move || naming(problem, &text);
            return Err(server.compute.run(&caller.key.name, length, name).await?);
        }
    };
    answered::kept(&caller.key.name, new);
    Ok(([(NEW_STATEMENTS, new.to_string())], Json(ids)))
}

/// The system that a request names with [`ORIGIN`].
fn source(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(name) = headers.get(ORIGIN) else { return Ok(None) };
    let name = name.to_str().ok().map(str::trim);
    match name.filter(|name| !name.is_empty() && name.len() <= Origin::LONGEST_NAME) {
        Some(name) => Ok(Some(name.to_owned())),
        None => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "origin-name",
            format!("`X-Traccia-Origin` has no name of 1 to {} characters.", Origin::LONGEST_NAME),
            "Send the name of the system that the statements come from, in ASCII.",
        )),
    }
}

/// Has the attachments of a batch looked at for malware.
async fn scanned(server: &Server, caller: &Caller, batch: &Batch) -> Result<(), Problem> {
    if batch.attachments.is_empty() || !server.scanner.is_on() {
        return Ok(());
    }
    let from = ScannedFrom {
        sender: caller.key.name.clone(),
        what: "attachment".to_owned(),
        at: server.record.now().to_string(),
    };
    let files: Vec<_> = batch.attachments.iter().map(|it| it.body.clone()).collect();
    Ok(server.scanner.all(&files, &from).await?)
}

/// The problem, with what the statements at fault are about, for people who do not count statements.
fn naming(problem: Problem, body: &Bytes) -> Problem {
    let places = problem.places();
    if places.is_empty() {
        return problem;
    }
    problem.naming(Subject::in_batch(body, &places))
}

/// What a body is kept as, and the memory that this takes, once `prepare` has checked it, where a
/// large one does not hold up other requests.
async fn prepared<P, T>(
    server: &Server,
    caller: &Caller,
    content: Content,
    prepare: P,
) -> Result<(T, Reserved), Problem>
where
    P: FnOnce(Content, &Key, &Memory) -> Result<(T, Reserved), Problem> + Send + 'static,
    T: Send + 'static,
{
    if let Some(bounds) = &caller.key.bounds {
        let (name, now) = (&caller.key.name, Instant::now());
        // First that of one learner: what is refused there costs the others nothing.
        if let Some(learner) = &bounds.learner {
            server.rates.pass_ticket(name, learner, now).map_err(Problem::key_rate)?;
        }
        server.rates.pass(name, now).map_err(Problem::key_rate)?;
    }
    let (key, memory) = (Arc::clone(&caller.key), server.shares.of_key(&caller.key.name));
    let length = content.body.len();
    server.compute.run(&caller.key.name, length, move || prepare(content, &key, &memory)).await?
}

/// Takes the memory for the values of a text of this size, and for the text once more.
fn hold(memory: &Memory, size: &Size) -> Result<Reserved, Problem> {
    Ok(memory.reserve(size.weight().min(size.limit()).saturating_add(size.bytes))?)
}

/// Refuses statements outside of the bounds of their key.
fn within(key: &Key, statements: &[Statement]) -> Result<(), Problem> {
    let Some(bounds) = &key.bounds else { return Ok(()) };
    for (index, statement) in statements.iter().enumerate() {
        if let Err(outside) = bounds.admit(statement.value()) {
            return Err(Problem::key_bounds(&outside, index));
        }
    }
    Ok(())
}

fn split(content: Content) -> Result<(Bytes, Vec<Attachment>), Problem> {
    let Content { content_type, body } = content;
    if multipart::is_multipart(&content_type) {
        let parts = multipart::receive(&content_type, &body)?;
        return Ok((parts.statements, parts.attachments));
    }
    if is_json(&content_type) {
        return Ok((body, Vec::new()));
    }
    Err(Refusal::new(
        "content-type",
        "xAPI 1.0.3 Communication 1.5",
        format!("Statements do not come as `{content_type}`."),
        "Send application/json, or multipart/mixed when there are attachments.",
    )
    .with("type", content_type)
    .into())
}

fn too_many(count: usize, limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "batch-too-large",
        format!("The batch has {count} statements; the limit is {limit}."),
        "Send fewer statements at a time, or raise `limits.statements_per_batch` on the server.",
    )
    .with("count", count)
    .with("limit", limit)
}
