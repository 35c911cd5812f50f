//! Questions about all statements: `/api/v1/statements/aggregate`.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::time::timeout;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::api::data::THROUGH;
use crate::api::jobs::ShownJob;
use crate::problem::Problem;
use crate::request::Brief;
use crate::state::Server;
use access::caller::{Caller, Readable};
use access::scope::Right;
use dataset::aggregate::{Ask, AskError, Bound, Duplicates, FoldBounds, Plan, Voided, short};
use service::compute;
use service::datasets::{AnswerSlot, Answered, Asker};
use service::jobs::JobState;
use service::memory::Memory;
use xapi::parameters::Parameters;

/// Says that the client does not wait for the answer (RFC 7240).
const PREFER: HeaderName = HeaderName::from_static("prefer");
/// How long a job may take, in seconds.
const JOB_SECONDS: u64 = 600;

/// A question in an address.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description: `in_address` reads them")]
struct Question {
    /// What rows are grouped by: columns of `statements`, and periods of times, such as `course,week(timestamp)`. Periods are
    /// hour, day, week, month, quarter, year, weekday, `hour_of_day`.
    by: Option<String>,
    /// What is said of each group: `count` (the default), `count(column)`, `distinct(actor)`, `sum(duration_ms)`,
    /// `mean(score_scaled)`, `median(duration_ms)`, `quantile(duration_ms,0.9)`, `share(success=true)`, `first(verb)`,
    /// `last(verb)`, each with ` as name` behind it where wanted.
    measure: Option<String>,
    /// A condition, such as `verb=completed|passed`, `verb!=completed`, `object^=https://x.example/`, `timestamp>=2026-01-01`,
    /// `actor=` (no value). May be given several times: all hold.
    r#where: Option<String>,
    /// What groups are sorted by, such as `-people,course`: a minus puts the greatest first.
    order: Option<String>,
    /// At most this number of groups.
    limit: Option<usize>,
    /// The time zone of periods, and of days in conditions, such as `Europe/Rome`; UTC where missing.
    zone: Option<String>,
    /// Whether voided and voiding statements count: `exclude` (the default) or `include`.
    voided: Option<String>,
    /// Whether statements of one actor that say the same count each, `all` (the default), or `once`.
    duplicates: Option<String>,
    /// `json` (the default), `csv` or `xlsx`.
    format: Option<String>,
}

/// How an answer is written.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Csv,
    Xlsx,
}

impl Form {
    fn of(parameters: &Parameters) -> Result<Self, Problem> {
        match parameters.get("format").unwrap_or("json") {
            "json" => Ok(Self::Json),
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            other => Err(Problem::parameter("format", other, "json, csv or xlsx")),
        }
    }
}

/// Answers a question about the statements that the caller may read, by their columns in the table `statements`: groups and
/// figures of them. The body has `filter`, `dimensions`, `measures`, `order`, `limit`, `voided`, `duplicates`, `zone`. The
/// answer is true for everything stored up to `through`. Who may not read identities sees no group and no figure of fewer than
/// five people (`hidden` and `hidden_figures` count them), and no value of one person. A question that takes too much is
/// refused with the bound that it goes beyond. With `Prefer: respond-async` a job answers it, and `Location` says where.
#[utoipa::path(post, path = "/api/v1/statements/aggregate", tag = "data", security(("key" = [])),
    params(("format" = Option<String>, Query, description = "`json` (the default), `csv` or `xlsx`")),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = Object, content_type = "application/json"),
        (status = 202, body = ShownJob), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn post(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
    headers: HeaderMap,
    Brief(content): Brief,
) -> Result<Response, Problem> {
    let asker = asker(&server, &caller)?;
    parameters.only(&["format"])?;
    content.only(&["application/json"])?;
    let plan = Plan::of(&Ask::read(&content.body)?)?;
    answer(&server, &caller, plan, asker, (&parameters, &headers)).await
}

/// Answers a question that is written in the address, so that a spreadsheet can ask it: see `POST`.
#[utoipa::path(get, path = "/api/v1/statements/aggregate", tag = "data", security(("key" = [])),
    params(Question),
    responses((status = 200, body = Object, content_type = "application/json"),
        (status = 202, body = ShownJob), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asker = asker(&server, &caller)?;
    parameters.only(&[
        "by",
        "measure",
        "where",
        "order",
        "limit",
        "zone",
        "voided",
        "duplicates",
        "format",
    ])?;
    let plan = Plan::of(&in_address(&parameters)?)?;
    answer(&server, &caller, plan, asker, (&parameters, &headers)).await
}

/// The answer that a job found for the caller. 202 while the job is under way. The latest four answers of a key are kept for an
/// hour, in the memory of the process, as long as the key may read what it might read when it asked.
#[utoipa::path(get, path = "/api/v1/statements/aggregate/{job}", tag = "data", security(("key" = [])),
    params(("job" = String, Path, description = "the job's id"),
        ("format" = Option<String>, Query, description = "`json` (the default), `csv` or `xlsx`")),
    responses((status = 200, body = Object, content_type = "application/json"),
        (status = 202, body = ShownJob), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub async fn result(
    State(server): State<Server>,
    caller: Caller,
    Path(job): Path<String>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let asker = asker(&server, &caller)?;
    parameters.only(&["format"])?;
    let form = Form::of(&parameters)?;
    let none = || Problem::not_found("answer of a job");
    let id: Uuid = job.parse().map_err(|_| none())?;
    let slot = server.data.kept_answer(id, &caller.key.name, &asker).ok_or_else(none)?;
    if slot.get().is_some() {
        return written(slot, &asker.memory, form).await;
    }
    let job = server.jobs.all().into_iter().find(|job| job.id == id).ok_or_else(none)?;
    match job.state.clone() {
        JobState::Failed(reason) => Err(Problem::unanswered(&reason)),
        JobState::Running | JobState::Done(_) => {
            let shown = axum::Json(ShownJob::from(job));
            Ok((StatusCode::ACCEPTED, [(RETRY_AFTER, "2")], shown).into_response())
        }
    }
}

/// What the caller may ask about: all statements, or those of their own authority.
pub(super) fn asker(server: &Server, caller: &Caller) -> Result<Asker, Problem> {
    let authority = match caller.may(Right::ReadData) {
        Ok(()) => None,
        Err(_) => match caller.readable()? {
            Readable::All => None,
            Readable::OfAuthority(authority) => Some(authority),
        },
    };
    let hides_small = caller.may(Right::ReadIdentities).is_err();
    let memory = server.shares.of_key(&caller.key.name);
    Ok(Asker { hides_small, authority, memory, bounds: FoldBounds::default() })
}

fn in_address(parameters: &Parameters) -> Result<Ask, Problem> {
    let text = |name: &str| parameters.get(name).unwrap_or_default();
    let voided = match parameters.get("voided").unwrap_or("exclude") {
        "exclude" => Voided::Exclude,
        "include" => Voided::Include,
        other => return Err(Problem::parameter("voided", other, "exclude or include")),
    };
    let duplicates = match parameters.get("duplicates").unwrap_or("all") {
        "all" => Duplicates::All,
        "once" => Duplicates::Once,
        other => return Err(Problem::parameter("duplicates", other, "all or once")),
    };
    Ok(Ask {
        filter: short::conditions(parameters.all("where"))?,
        dimensions: short::dimensions(text("by"))?,
        measures: short::measures(text("measure"))?,
        order: short::order(text("order")),
        limit: parameters.number("limit")?,
        voided,
        duplicates,
        zone: parameters.get("zone").map(str::to_owned),
    })
}

async fn answer(
    server: &Server,
    caller: &Caller,
    plan: Plan,
    asker: Asker,
    (parameters, headers): (&Parameters, &HeaderMap),
) -> Result<Response, Problem> {
    let form = Form::of(parameters)?;
    let is_async = headers.get_all(PREFER).iter().any(|value| {
        let text = value.to_str().unwrap_or_default();
        text.split(',').any(|part| part.trim().eq_ignore_ascii_case("respond-async"))
    });
    let plan = asker.plan(plan)?;
    if is_async {
        return begin(server, caller, plan, asker).await;
    }
    let _turn = server.data.turn(&caller.key.name).await?;
    let (memory, seconds) = (asker.memory.clone(), asker.bounds.seconds);
    let answered = async {
        let answered = server.data.ask(plan, asker).await?;
        written(Arc::new(OnceLock::from(answered)), &memory, form).await
    };
    // With the time that it takes to write the answer.
    let answered = timeout(Duration::from_secs(seconds), answered).await;
    answered.unwrap_or_else(|_| Err(Bound::Seconds(seconds).into()))
}

async fn begin(
    server: &Server,
    caller: &Caller,
    plan: Plan,
    mut asker: Asker,
) -> Result<Response, Problem> {
    asker.bounds.seconds = JOB_SECONDS;
    let job = server.data.begin(&server.jobs, &caller.key.name, plan, asker).await??;
    let place = format!("/api/v1/statements/aggregate/{}", job.id);
    let place = [(LOCATION, server.path_seen_outside(&place))];
    Ok((StatusCode::ACCEPTED, place, axum::Json(ShownJob::from(job))).into_response())
}

/// An answer as it is asked for, made off the asynchronous threads; what it takes is reserved until it is sent.
async fn written(slot: AnswerSlot, memory: &Memory, form: Form) -> Result<Response, Problem> {
    let answered = slot.get().ok_or_else(Problem::stopped)?;
    let (through, held) = (answered.through, memory.reserve(answered.answer.weight_written())?);
    let (kind, extension) = match form {
        Form::Json => ("application/json", "json"),
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
        Form::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    let write = move || {
        let Some(Answered { answer, .. }) = slot.get() else { return Err(Problem::stopped()) };
        let bytes = match form {
            Form::Json => answer.json(through).to_string().into_bytes(),
            Form::Csv => answer.csv()?,
            Form::Xlsx => answer.xlsx()?,
        };
        Ok(held.hold(bytes.into()))
    };
    let body = compute::aside(write).await??;
    let mut response = Body::from(body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if extension != "json" {
        let name = format!("attachment; filename=\"answer.{extension}\"");
        headers.extend(HeaderValue::from_str(&name).ok().map(|it| (CONTENT_DISPOSITION, it)));
    }
    let through = HeaderValue::from_str(&through.to_string()).ok();
    headers.extend(through.map(|through| (THROUGH, through)));
    Ok(response)
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "aggregate-question",
            format!("The question cannot be asked: {error}."),
            "docs/data.md says how questions are written.",
        )
        .with("detail", error)
    }
}
