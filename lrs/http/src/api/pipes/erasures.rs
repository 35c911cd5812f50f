//! Erasures that the other store of a pipe has to be told of: `/api/v1/pipes/{pipe}/erasures`.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::erasures::ErasureWay;
use super::{PipeView, view};
use crate::language::ReaderLanguage;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::pipes::{ErasureNotice, ErasuresOfPipe, ToldErasure};
use xapi::instant::Instant;

/// The erasures of a pipe.
#[derive(Debug, Serialize, ToSchema)]
pub struct PipeErasures {
    /// Those that the other store has not taken, the oldest first. They name the person.
    waiting: Vec<WaitingErasure>,
    /// The latest hundred that it has taken, or that were done by hand; the oldest first.
    told: Vec<ToldErasureView>,
    /// How many were to be done by hand and are not listed any more: of those a pipe keeps the latest thousand.
    forgotten: u64,
}

/// An erasure that the other store has not taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingErasure {
    /// The id of the erasure here.
    erasure: String,
    /// The person's identifiers as the other store has them.
    identifiers: Vec<String>,
    /// What stands in the place of the person here.
    pseudonym: String,
    /// What became of what the person did here, and is to become of it there.
    #[schema(inline)]
    mode: ErasureWay,
    /// When it was noted, RFC 3339.
    at: String,
    /// Why somebody has to do it by hand there; null while the other store is asked.
    #[schema(required)]
    by_hand: Option<String>,
}

/// An erasure that the other store has taken. It names nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToldErasureView {
    /// The id of the erasure here.
    erasure: String,
    /// The id of the erasure there, which has a proof of its own; null where it was done by hand.
    #[schema(required)]
    there: Option<String>,
    /// When, RFC 3339.
    at: String,
}

fn text(micros: i64) -> String {
    Instant::from_micros(micros).to_string()
}

impl WaitingErasure {
    fn of(notice: ErasureNotice, reader: ReaderLanguage) -> Self {
        let ErasureNotice { erasure, identifiers, pseudonym, mode, at, by_hand } = notice;
        let by_hand = by_hand.map(|why| reader.said(&why));
        let (erasure, at) = (erasure.to_string(), text(at));
        Self { erasure, identifiers, pseudonym, mode: mode.into(), at, by_hand }
    }
}

impl From<ToldErasure> for ToldErasureView {
    fn from(told: ToldErasure) -> Self {
        let ToldErasure { erasure, there, at } = told;
        Self { erasure: erasure.to_string(), there, at: text(at) }
    }
}

fn erasure_id(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| Problem::not_found("erasure of this id"))
}

/// The erasures that the other store of a pipe has to be told of, and the latest that it was told of.
#[utoipa::path(get, path = "/api/v1/pipes/{pipe}/erasures", tag = "pipes", security(("key" = [])),
    params(("pipe" = String, Path, description = "the pipe's name")),
    responses((status = 200, body = PipeErasures), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path(name): Path<String>,
) -> Result<Json<PipeErasures>, Problem> {
    caller.may(Right::Manage)?;
    let ErasuresOfPipe { waiting, told, forgotten } = server.pipes.erasures(&name).await?;
    let waiting = waiting.into_iter().map(|it| WaitingErasure::of(it, reader)).collect();
    let told = told.into_iter().map(ToldErasureView::from).collect();
    Ok(Json(PipeErasures { waiting, told, forgotten }))
}

/// Lets the other store be told of an erasure once more that was to be done by hand.
#[utoipa::path(post, path = "/api/v1/pipes/{pipe}/erasures/{erasure}", tag = "pipes",
    security(("key" = [])), params(("pipe" = String, Path, description = "the pipe's name"),
        ("erasure" = String, Path, description = "the erasure's id")),
    responses((status = 200, body = PipeView), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn again(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path((name, erasure)): Path<(String, String)>,
) -> Result<Json<PipeView>, Problem> {
    caller.may(Right::Manage)?;
    let pipe = server.pipes.tell_again(&name, erasure_id(&erasure)?).await?;
    Ok(view(&server, pipe, reader))
}

/// Says that an erasure was done by hand in the other store. The identifiers are forgotten.
#[utoipa::path(delete, path = "/api/v1/pipes/{pipe}/erasures/{erasure}", tag = "pipes",
    security(("key" = [])), params(("pipe" = String, Path, description = "the pipe's name"),
        ("erasure" = String, Path, description = "the erasure's id")),
    responses((status = 200, body = PipeView), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn done(
    State(server): State<Server>,
    caller: Caller,
    reader: ReaderLanguage,
    Path((name, erasure)): Path<(String, String)>,
) -> Result<Json<PipeView>, Problem> {
    caller.may(Right::Manage)?;
    let pipe = server.pipes.erased_by_hand(&name, erasure_id(&erasure)?).await?;
    Ok(view(&server, pipe, reader))
}
