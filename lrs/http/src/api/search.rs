//! Statements by columns, names and texts: `/api/v1/statements?where=…`, beyond the filters of the standard.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use dataset::aggregate::{Ask, Plan, RowCondition, Voided, WhereOf, short, zone};
use dataset::{CsvError, CsvRows, Dataset, Datum, RowOf};
use futures::{StreamExt as _, stream};
use serde_json::json;

use crate::api::aggregate::asker;
use crate::api::data::THROUGH;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::compute::{self, Turn};
use service::datasets::{DataFormat, DataTables, Found, NoWorkbook, Pace, Search};
use service::memory::{Memory, Reserved};
use xapi::instant::Instant;
use xapi::parameters::Parameters;

const PARAMETERS: [&str; 9] =
    ["where", "text", "zone", "voided", "since", "until", "limit", "format", "count"];
/// Statements of a page where no limit is asked for, and the most.
const LIMIT: usize = 100;
const MOST: usize = 1_000;
/// A page ends after this many statements were read, whatever was found.
const READ: usize = 50_000;
/// What is made of a stream at a time.
const PIECE: Pace = Pace { found: 1_000, read: 10_000 };
/// The most rows of a workbook: all of them are made before the first is sent.
const WORKBOOK_ROWS: usize = 200_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
    Ndjson,
    Xlsx,
}

/// Whether a request asks beyond the filters of the standard.
pub(super) fn is_search(parameters: &Parameters) -> bool {
    let is_there = |name: &str| parameters.get(name).is_some();
    let form = parameters.get("format").unwrap_or_default();
    ["where", "text", "count", "voided", "zone"].into_iter().any(is_there)
        || matches!(form, "csv" | "ndjson" | "xlsx" | "json")
}

/// A search under way.
struct Asked {
    search: Arc<Search>,
    after: Instant,
    until: Option<Instant>,
    limit: usize,
    form: Form,
    /// The question for the number of statements, where it is wanted.
    count: Option<Plan>,
}

/// Answers `parameters`, from behind `beyond` on.
pub(super) async fn answer(
    server: &Server,
    caller: &Caller,
    parameters: &Parameters,
    beyond: Option<Instant>,
) -> Result<Response, Problem> {
    let asker = asker(server, caller)?;
    caller.may(Right::ReadStatements).or_else(|_| caller.may(Right::ReadOwnStatements))?;
    let authority = match caller.readable()? {
        access::caller::Readable::All => None,
        access::caller::Readable::OfAuthority(authority) => Some(authority),
    };
    let asked = Asked::of(parameters, authority.clone(), beyond)?;
    let turn = server.data.turn(&caller.key.name).await?;
    let held = server.shares.of_key(&caller.key.name).reserve(DataFormat::Ndjson.weight())?;
    let tables = server.data.tables(None, None).await?;
    let visible = tables.visible_through().await?;
    let through = asked.until.map_or(visible, |until| until.min(visible)).max(asked.after);
    match asked.form {
        Form::Json => {
            // A number of statements says nothing about people.
            let asker = service::datasets::Asker { hides_small: false, authority, ..asker };
            let count = match &asked.count {
                Some(plan) => Some(server.data.ask(plan.clone(), asker).await?),
                None => None,
            };
            let count = count.and_then(|it| match it.answer.rows.first()?.first()? {
                Datum::Whole(count) => Some(*count),
                _ => None,
            });
            page(server, &tables, parameters, &asked, (through, count)).await
        }
        Form::Xlsx => {
            let memory = server.shares.of_key(&caller.key.name);
            workbook(&tables, &asked, through, &memory).await
        }
        Form::Csv | Form::Ndjson => {
            let csv = CsvRows::begin(Dataset::Statements);
            let Asked { search, after, form, .. } = asked;
            let writer = Streaming {
                tables,
                search,
                range: (after, through),
                form,
                csv,
                is_begun: false,
                _held: held,
                _turn: turn,
            };
            streamed(writer, through).await
        }
    }
}

impl Asked {
    fn of(
        parameters: &Parameters,
        authority: Option<String>,
        beyond: Option<Instant>,
    ) -> Result<Self, Problem> {
        parameters.only(&PARAMETERS)?;
        let form = match parameters.get("format").unwrap_or("json") {
            "json" | "exact" => Form::Json,
            "csv" => Form::Csv,
            "ndjson" => Form::Ndjson,
            "xlsx" => Form::Xlsx,
            other => return Err(Problem::parameter("format", other, "json, csv, ndjson or xlsx")),
        };
        let with_voided = match parameters.get("voided").unwrap_or("exclude") {
            "exclude" => false,
            "include" => true,
            other => return Err(Problem::parameter("voided", other, "exclude or include")),
        };
        let condition = short::conditions(parameters.all("where"))?;
        let read = WhereOf { dataset: Dataset::Statements, zone: zone(parameters.get("zone"))? };
        let test = condition.as_ref().map(|condition| read.test(condition)).transpose()?;
        let text = parameters.get("text").map(str::to_owned);
        let since = parameters.instant("since")?;
        let until = parameters.instant("until")?;
        let count =
            parameters.boolean("count")?.then(|| count(parameters, condition, (since, until)));
        if count.is_some() && (text.is_some() || form != Form::Json) {
            return Err(Problem::parameter(
                "count",
                "true",
                "`false` beside `text` and in formats other than json",
            ));
        }
        let limit =
            parameters.number("limit")?.filter(|limit| *limit > 0).unwrap_or(LIMIT).min(MOST);
        let search = Arc::new(Search { test, text, authority, with_voided });
        let after = beyond.or(since).unwrap_or_default();
        Ok(Self { search, after, until, limit, form, count: count.transpose()? })
    }
}

/// The question for the number of statements that are looked for.
fn count(
    parameters: &Parameters,
    condition: Option<RowCondition>,
    (since, until): (Option<Instant>, Option<Instant>),
) -> Result<Plan, Problem> {
    let stored = |after: Option<Instant>, through: Option<Instant>| RowCondition {
        column: Some("stored".to_owned()),
        after: after.map(|at| at.to_string().into()),
        through: through.map(|at| at.to_string().into()),
        ..RowCondition::default()
    };
    let range = (since.is_some() || until.is_some()).then(|| stored(since, until));
    let all: Vec<RowCondition> = condition.into_iter().chain(range).collect();
    let filter =
        (!all.is_empty()).then(|| RowCondition { all: Some(all), ..RowCondition::default() });
    let voided =
        if parameters.get("voided") == Some("include") { Voided::Include } else { Voided::Exclude };
    let zone = parameters.get("zone").map(str::to_owned);
    Ok(Plan::of(&Ask { filter, voided, zone, ..Ask::default() })?)
}

/// A page of statements as the standard writes it, with `more` where the range goes on. A page may have none, and more
/// follow.
async fn page(
    server: &Server,
    tables: &DataTables,
    parameters: &Parameters,
    asked: &Asked,
    (through, count): (Instant, Option<i64>),
) -> Result<Response, Problem> {
    let pace = Pace { found: asked.limit, read: READ };
    let Found { statements, last, more } =
        tables.find(&asked.search, (asked.after, through), pace).await?;
    let more = if more {
        // What there is in all was counted for the first page.
        let mut carried = Parameters::default();
        for (name, value) in parameters.iter().filter(|(name, _)| *name != "count") {
            carried.push(name.to_owned(), value.to_owned())?;
        }
        let link = server.cursors.continue_after(&carried, last)?;
        format!("{}?{link}", server.path_seen_outside("/api/v1/statements"))
    } else {
        String::new()
    };
    let mut body = BytesMut::new();
    body.put_slice(b"{\"statements\":[");
    for (number, (stored, _)) in statements.iter().enumerate() {
        body.put_slice(if number > 0 { b"," } else { b"" });
        body.put_slice(&stored.body);
    }
    let end = count.map_or(String::new(), |count| format!(",\"count\":{count}"));
    body.put_slice(format!("],\"more\":{}{end}}}", json!(more)).as_bytes());
    Ok(of_kind(Body::from(body.freeze()), "application/json", None, last.min(through)))
}

fn of_kind(body: Body, kind: &'static str, extension: Option<&str>, through: Instant) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let name = extension.map(|it| format!("attachment; filename=\"statements.{it}\""));
    let texts = [(CONTENT_DISPOSITION, name), (THROUGH, Some(through.to_string()))];
    for (header, text) in texts {
        headers
            .extend(text.and_then(|text| HeaderValue::from_str(&text).ok()).map(|it| (header, it)));
    }
    response
}

/// What was found, on its way as CSV or NDJSON.
struct Streaming {
    tables: DataTables,
    search: Arc<Search>,
    range: (Instant, Instant),
    form: Form,
    csv: CsvRows,
    is_begun: bool,
    _held: Reserved,
    _turn: Turn,
}

impl Streaming {
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        while self.range.0 < self.range.1 || !self.is_begun {
            let found = self.tables.find(&self.search, self.range, PIECE).await?;
            self.range.0 = if found.more { found.last } else { self.range.1 };
            self.is_begun = true;
            let (form, mut csv) = (self.form, self.csv);
            let write = move || {
                let bytes: Vec<u8> = if form == Form::Csv {
                    let rows = found.statements.into_iter().map(|(_, row)| row);
                    csv.lines(&rows.collect::<Vec<RowOf>>())?
                } else {
                    found.statements.iter().flat_map(|(stored, _)| line(&stored.body)).collect()
                };
                Ok::<_, CsvError>((Bytes::from(bytes), csv))
            };
            let (bytes, csv) = compute::aside(write).await?.map_err(|_| Problem::stopped())?;
            self.csv = csv;
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }
}

/// A statement on one line: between the texts of JSON, the ends of lines are space.
fn line(body: &Bytes) -> impl Iterator<Item = u8> + '_ {
    let spaced = body.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte });
    spaced.chain(std::iter::once(b'\n'))
}

/// An error after the first piece ends the body early, so that the reader sees that it is not whole.
async fn streamed(mut streaming: Streaming, through: Instant) -> Result<Response, Problem> {
    let (kind, extension) = match streaming.form {
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
        _ => ("application/x-ndjson", "ndjson"),
    };
    let first = stream::iter(streaming.next().await?).map(Ok);
    let others = stream::try_unfold(streaming, async |mut streaming| {
        let next = streaming.next().await.map_err(|_| {
            tracing::error!("found statements end early");
            std::io::Error::other("found statements end early")
        })?;
        Ok::<_, std::io::Error>(next.map(|bytes| (bytes, streaming)))
    });
    Ok(of_kind(Body::from_stream(first.chain(others)), kind, Some(extension), through))
}

async fn workbook(
    tables: &DataTables,
    asked: &Asked,
    through: Instant,
    memory: &Memory,
) -> Result<Response, Problem> {
    let (range, size) = ((asked.after, through), (PIECE, WORKBOOK_ROWS));
    let made = tables.workbook(&asked.search, range, size, memory).await;
    let bytes = made.map_err(|error| match error {
        NoWorkbook::Rows(_) => too_long(),
        NoWorkbook::Dataset(error) => error.into(),
        NoWorkbook::Workbook(error) => Problem::unanswered(&error.to_string()),
    })?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(of_kind(Body::from(bytes), kind, Some("xlsx"), through))
}

fn too_long() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "search-workbook",
        format!("A workbook of statements has at most {WORKBOOK_ROWS} rows."),
        "Narrow the search, or take CSV, which has no such bound.",
    )
    .with("limit", WORKBOOK_ROWS)
}
