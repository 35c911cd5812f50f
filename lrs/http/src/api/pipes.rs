//! Pipes to other stores and from there: `/api/v1/pipes`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::audit::Told;
use crate::language::ReaderLanguage;
use crate::problem::Problem;
use crate::request::Brief;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::pipes::{PipeTest, ShownPipe};
use xapi::instant::Instant;

pub mod body;
pub mod erasures;
pub mod letters;

use body::{ChangedPipe, PipeView, ReplayFrom, WantedPipe, read};

/// All pipes.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipeList {
    /// By name.
    items: Vec<PipeView>,
    /// Always null: there is one page.
    #[schema(required)]
    next: Option<String>,
}

/// What was found of the other store.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipeTestView {
    /// Whether the pipe could work.
    is_good: bool,
    /// What was asked, one after the other.
    checks: Vec<PipeCheckView>,
}

/// One thing that was asked of the other store.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipeCheckView {
    /// `about`, `read`, `write` or `deliver`.
    asked: &'static str,
    /// The status of the answer; 0 where there was none.
    status: u16,
    /// Whether the pipe can work as far as this goes.
    is_good: bool,
    /// What was found, for people.
    detail: String,
}

impl PipeTestView {
    fn of(test: PipeTest, reader: ReaderLanguage) -> Self {
        let check = |it: service::pipes::PipeCheck| PipeCheckView {
            asked: it.asked,
            status: it.status,
            is_good: it.is_good,
            detail: reader.said(&it.detail),
        };
        Self { is_good: test.is_good, checks: test.checks.into_iter().map(check).collect() }
    }
}

/// What the audit log says of a pipe. Who reads it need not see the whole address, and it says so for good.
fn told(name: Option<String>, pipe: &ShownPipe) -> Result<Extension<Told>, Problem> {
    let details = json!({"direction": pipe.settings.direction, "url": pipe.settings.place()?});
    Ok(Extension(Told { target: name, details: Some(details) }))
}

fn view(server: &Server, pipe: ShownPipe, reader: ReaderLanguage) -> Json<PipeView> {
    Json(PipeView::new(pipe, server.record.now(), reader))
}

/// All pipes, without their secrets.
#[utoipa::path(get, path = "/api/v1/pipes", tag = "pipes", security(("key" = [])),
    responses((status = 200, body = PipeList), (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
) -> Result<Json<PipeList>, Problem> {
    caller.may(Right::Manage)?;
    let now = server.record.now();
    let pipes = server.pipes.all().await?;
    let items = pipes.into_iter().map(|pipe| PipeView::new(pipe, now, reader)).collect();
    Ok(Json(PipeList { items, next: None }))
}

/// Makes a pipe, which begins at once. Its password and its secrets are never shown again: the answer has that with which
/// a webhook signs.
#[utoipa::path(post, path = "/api/v1/pipes", tag = "pipes", security(("key" = [])),
    request_body = WantedPipe,
    responses((status = 201, body = PipeView), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn create(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Brief(content): Brief,
) -> Result<(StatusCode, Extension<Told>, Json<PipeView>), Problem> {
    caller.may(Right::Manage)?;
    let wanted: WantedPipe = read(&content)?;
    let (name, new) = wanted.meant();
    let pipe = server.pipes.create(&name, new).await?;
    Ok((StatusCode::CREATED, told(Some(name), &pipe)?, view(&server, pipe, reader)))
}

/// A pipe: settings, how far it is and how far behind.
#[utoipa::path(get, path = "/api/v1/pipes/{pipe}", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name")),
    responses((status = 200, body = PipeView), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
) -> Result<Json<PipeView>, Problem> {
    caller.may(Right::Manage)?;
    let pipe = server.pipes.get(&name).await?;
    Ok(view(&server, pipe, reader))
}

/// Replaces the settings of a pipe, which goes on where it is. A password or secret that is left out stays what it was; a
/// new address needs the password again.
#[utoipa::path(put, path = "/api/v1/pipes/{pipe}", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name")), request_body = ChangedPipe,
    responses((status = 200, body = PipeView), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
    Brief(content): Brief,
) -> Result<(Extension<Told>, Json<PipeView>), Problem> {
    caller.may(Right::Manage)?;
    let changed: ChangedPipe = read(&content)?;
    let pipe = server.pipes.change(&name, changed.meant()).await?;
    Ok((told(None, &pipe)?, view(&server, pipe, reader)))
}

/// Removes a pipe and its dead letters. What it has delivered stays where it is.
#[utoipa::path(delete, path = "/api/v1/pipes/{pipe}", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn delete(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Manage)?;
    server.pipes.remove(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the other store whether the pipe could work. No statement is sent, and nothing is kept. A webhook is sent an event
/// of the type `test`.
#[utoipa::path(post, path = "/api/v1/pipes/{pipe}/test", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name")),
    responses((status = 200, body = PipeTestView), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn test(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
) -> Result<Json<PipeTestView>, Problem> {
    caller.may(Right::Manage)?;
    Ok(Json(PipeTestView::of(server.pipes.test(&name).await?, reader)))
}

/// Gives a webhook a new secret to sign with, which this answer alone shows. For a day the secret before signs as well: each
/// event has two signatures then.
#[utoipa::path(post, path = "/api/v1/pipes/{pipe}/signing-secret", tag = "pipes",
    security(("key" = [])), params(("pipe" = String, Path, description = "the pipe's name")),
    responses((status = 200, body = PipeView), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn rotate(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
) -> Result<Json<PipeView>, Problem> {
    caller.may(Right::Manage)?;
    let pipe = server.pipes.rotate(&name).await?;
    Ok(view(&server, pipe, reader))
}

/// Makes a pipe rest until it is resumed.
#[utoipa::path(post, path = "/api/v1/pipes/{pipe}/pause", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name")),
    responses((status = 200, body = PipeView), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn pause(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
) -> Result<Json<PipeView>, Problem> {
    caller.may(Right::Manage)?;
    let pipe = server.pipes.pause(&name).await?;
    Ok(view(&server, pipe, reader))
}

/// Makes a pipe go on at once, whether it rests, was stopped, or waits for the other store.
#[utoipa::path(post, path = "/api/v1/pipes/{pipe}/resume", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name")),
    responses((status = 200, body = PipeView), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn resume(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
) -> Result<Json<PipeView>, Problem> {
    caller.may(Right::Manage)?;
    let pipe = server.pipes.resume(&name).await?;
    Ok(view(&server, pipe, reader))
}

/// Makes a pipe go on from an instant, back or forward. Statements that are there already change nothing.
#[utoipa::path(post, path = "/api/v1/pipes/{pipe}/replay", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name")), request_body = ReplayFrom,
    responses((status = 200, body = PipeView), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn replay(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
    Brief(content): Brief,
) -> Result<(Extension<Told>, Json<PipeView>), Problem> {
    caller.may(Right::Manage)?;
    let ReplayFrom { from } = read(&content)?;
    let instant = Instant::parse(&from).ok_or_else(|| {
        body::invalid(
            format!("`from` is no timestamp: {from}."),
            "Send {\"from\":\"2026-01-01T00:00:00Z\"}.",
        )
    })?;
    let pipe = server.pipes.replay(&name, instant).await?;
    let told = Told { target: None, details: Some(json!({"from": from})) };
    Ok((Extension(told), view(&server, pipe, reader)))
}
