//! Registers of presence: `/api/v1/courses/{id}/events/{event}/sessions/{session}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reports::rendering;
use crate::check_in;
use crate::problem::Problem;
use crate::request::{Content, Small};
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::{Overlong, hours_of};
use report::export::Format;
use service::progress::{ProgressError, Registered, Run, SentSheet};
use validator::json::Size;
use xapi::parameters::Parameters;

/// What keeping a register did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptRegister {
    /// The ids of the `attended` statements written.
    written: Vec<String>,
    /// The ids of the statements voided, because the register says otherwise.
    voided: Vec<String>,
    /// How many people's presence was as the register says already.
    unchanged: usize,
    /// Presences longer than the session, which are written all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<LongPresence>,
    /// Whether nothing was written.
    dry_run: bool,
}

/// A presence that is longer than its session.
#[derive(Debug, Serialize, ToSchema)]
pub struct LongPresence {
    /// The line of the register, or the position of the entry, from 1.
    line: u64,
    /// The learner's id.
    learner: String,
    /// How long the register says.
    hours: f64,
    /// How long the session lasted.
    session_hours: f64,
}

impl From<Overlong> for LongPresence {
    fn from(overlong: Overlong) -> Self {
        let Overlong { line, learner, micros, length } = overlong;
        Self { line, learner, hours: hours_of(micros), session_hours: hours_of(length) }
    }
}

/// A register as JSON.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; the sheet is read line by line")]
pub struct SentRegister {
    /// Each learner once.
    entries: Vec<RegisterEntry>,
}

/// What is said of somebody at a session. Further keys are those of the columns of a CSV register.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; the sheet is read line by line")]
pub struct RegisterEntry {
    /// The learner's id.
    learner: String,
    /// How long they were there; missing for as long as the session lasted, 0 for not at all.
    #[schema(nullable = false)]
    hours: Option<f64>,
    /// What else is to be noted.
    #[schema(nullable = false)]
    note: Option<String>,
}

/// Keeps the whole register of a session: whoever is not in it was not there.
///
/// CSV (`learner` or `identifiers` or `name`, and `hours`, or `from` and `to`, or nothing for the
/// session's length; `note`), or JSON `{"entries": [{"learner": "u1", "hours": 2.5}]}`. Each
/// presence becomes an `attended` statement; what was registered otherwise before is voided.
#[utoipa::path(put, path = "/api/v1/courses/{id}/events/{event}/sessions/{session}/register",
    tag = "presence", security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("event" = String, Path, description = "the event's key"),
        ("session" = String, Path, description = "the session's id"),
        ("dry_run" = Option<bool>, Query, description = "say what would be done and do nothing")),
    request_body(content((String = "text/csv"), (SentRegister = "application/json"))),
    responses((status = 200, body = KeptRegister), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem)))]
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Path(place): Path<(String, String, String)>,
    parameters: Parameters,
    content: Content,
) -> Result<Json<KeptRegister>, Problem> {
    keep(&server, &caller, place, &parameters, content, true).await
}

/// Adds to or corrects the register of a session: only those named, the others stay as they are.
#[utoipa::path(post, path = "/api/v1/courses/{id}/events/{event}/sessions/{session}/register",
    tag = "presence", security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("event" = String, Path, description = "the event's key"),
        ("session" = String, Path, description = "the session's id"),
        ("dry_run" = Option<bool>, Query, description = "say what would be done and do nothing")),
    request_body(content((String = "text/csv"), (SentRegister = "application/json"))),
    responses((status = 200, body = KeptRegister), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem)))]
pub async fn post(
    State(server): State<Server>,
    caller: Caller,
    Path(place): Path<(String, String, String)>,
    parameters: Parameters,
    content: Content,
) -> Result<Json<KeptRegister>, Problem> {
    keep(&server, &caller, place, &parameters, content, false).await
}

async fn keep(
    server: &Server,
    caller: &Caller,
    (id, event, session): (String, String, String),
    parameters: &Parameters,
    content: Content,
    whole: bool,
) -> Result<Json<KeptRegister>, Problem> {
    caller.may(Right::KeepRegisters)?;
    parameters.only(&["dry_run"])?;
    let dry_run = parameters.boolean("dry_run")?;
    content.only(&["text/csv", "application/json"])?;
    let is_json = content.only(&["application/json"]).is_ok();
    let (of, key) = (server.clone(), Arc::clone(&caller.key));
    let kept = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        let body = content.body;
        // As values, and then as lines; of a CSV there is one line at a time.
        let read = if is_json { Size::of(&body).weight().saturating_mul(2) } else { body.len() };
        let memory = of.shares.of_key(&key.name);
        let _held = memory.reserve(read).map_err(ProgressError::Exhausted)?;
        let sent = SentSheet { body: &body, is_json, whole, run: Run::dry_if(dry_run) };
        let (authority, bounds) = (&key.authority, key.bounds.as_ref());
        of.progress.keep_register(&id, &event, &session, sent, authority, bounds).await
    });
    let Registered { written, voided, unchanged, overlong } = kept.await??;
    let ids = |ids: Vec<uuid::Uuid>| ids.iter().map(ToString::to_string).collect();
    Ok(Json(KeptRegister {
        written: ids(written),
        voided: ids(voided),
        unchanged,
        warnings: overlong.into_iter().map(LongPresence::from).collect(),
        dry_run,
    }))
}

/// The code of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionCode {
    /// Eight letters and digits, for those who are in the room.
    code: String,
    /// Where to enter it.
    address: String,
}

/// The code with which people check themselves in to a session, on its day alone. As a page it is
/// to be shown in the room, with a QR code that opens the form.
#[utoipa::path(get, path = "/api/v1/courses/{id}/events/{event}/sessions/{session}/code",
    tag = "presence", security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("event" = String, Path, description = "the event's key"),
        ("session" = String, Path, description = "the session's id"),
        ("format" = Option<String>, Query, description = "json (default) or html"),
        ("lang" = Option<String>, Query, description = "it or en; by Accept-Language if missing")),
    responses((status = 200, body = SessionCode), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn code(
    State(server): State<Server>,
    caller: Caller,
    Path((id, event, session)): Path<(String, String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Right::KeepRegisters)?;
    parameters.only(&["format", "lang"])?;
    let (format, reader) = rendering(&parameters, &headers)?;
    let bounds = caller.key.bounds.as_ref();
    let code = server.progress.check_in_code(&id, &event, &session, bounds).await?;
    let address = format!("{}/check-in/{id}", server.base_url);
    match format {
        Format::Json => Ok(Json(SessionCode { code: code.code, address }).into_response()),
        Format::Html => {
            let page = check_in::sheet(&code, &address, reader.language);
            Ok(check_in::html(StatusCode::OK, reader.language, page))
        }
        _ => {
            let asked = parameters.get("format").unwrap_or_default();
            Err(Problem::parameter("format", asked, "json or html"))
        }
    }
}

/// Somebody who is in the room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhoIsThere {
    /// The session's code.
    pub code: String,
    /// Their mail address, learner id or identifier, as in the list of learners.
    pub learner: String,
}

/// A presence that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenCheckIn {
    /// The event's key.
    event: String,
    /// The session's id.
    session: String,
    /// Whether the presence was known already.
    known: bool,
}

/// Checks somebody in with the code of a session of today. No key is needed: who has the code is
/// in the room.
#[utoipa::path(post, path = "/api/v1/courses/{id}/check-in", tag = "presence",
    params(("id" = String, Path, description = "the course's id")),
    request_body = WhoIsThere,
    responses((status = 200, body = TakenCheckIn), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem)))]
pub async fn check_in(
    State(server): State<Server>,
    Path(id): Path<String>,
    Small(content): Small,
) -> Result<Json<TakenCheckIn>, Problem> {
    content.only(&["application/json"])?;
    let who: WhoIsThere = validator::json::parse_as(&content.body).map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "check-in",
            format!("The body is not a check-in: {error}."),
            r#"Send {"code": "…", "learner": "mail address or learner id"}."#,
        )
        .with("why", error)
    })?;
    let taken = server.progress.check_in(&id, &who.code, &who.learner).await?;
    Ok(Json(TakenCheckIn { event: taken.event, session: taken.session, known: !taken.is_new }))
}
