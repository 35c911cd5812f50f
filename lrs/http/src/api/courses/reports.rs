//! Reports: `/api/v1/courses/{id}/reports/{report}`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use jiff::civil::Date;
use utoipa::IntoParams;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, SchemaType, Type};
use utoipa::openapi::{self, Required};

use super::described::ReportTable;
use crate::language;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::Language;
use report::export;
use report::export::{ExportError, Format, InParts, PartWriter, Reader};
use report::reports::{EVERY, PROGRESS, named, names};
use report::{PageError, Report, Table, TablePage};
use service::compute::{self, Turn};
use service::memory::Reserved;
use service::progress::{ProgressError, ReportInMaking, ReportQuery, TableParts, Who};
use xapi::parameters::Parameters;

/// The parameters of reports, for the description. Which of them a report takes, it says where one
/// is not taken.
struct ReportParameters;

impl IntoParams for ReportParameters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<openapi::path::Parameter> {
        let described = |parameter: report::Parameter| {
            let shape = match parameter {
                report::Parameter::Expand | report::Parameter::SmallGroups => Type::Boolean,
                report::Parameter::Width => Type::Integer,
                _ => Type::String,
            };
            let mut schema = Object::with_type(SchemaType::from_iter([shape.clone(), Type::Null]));
            if shape == Type::Integer {
                schema.minimum = Some(0.into());
            }
            ParameterBuilder::new()
                .name(parameter.as_str())
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(parameter.about()))
                .schema(Some(schema))
                .build()
        };
        report::Parameter::EVERY.map(described).into()
    }
}

/// Which rows of a report are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description: `page` reads them")]
pub(super) struct PageParameters {
    /// Only rows in which this stands in a text, whatever its case.
    search: Option<String>,
    /// Only rows that fulfil these conditions, with commas between them: `KEY=VALUE`, `KEY!=VALUE`,
    /// `KEY>=VALUE` or `KEY<=VALUE`, such as `state=completed` or `last_seen>=2026-05-04`. Where `only` is
    /// given more than once, each is one condition, whose value may have commas; an empty one is none.
    only: Option<String>,
    /// The column to sort by, with `-` before it for the largest first.
    sort: Option<String>,
    /// How many rows are left out at the beginning.
    offset: Option<usize>,
    /// How many rows there are at most; the answer says in `found` how many there are in all.
    limit: Option<usize>,
}

/// The most conditions of a page: each is held to each row.
const MOST_CONDITIONS: usize = 32;

pub(super) const OF_PAGES: [&str; 5] = ["search", "only", "sort", "offset", "limit"];

/// What the description of the API says of the reports.
fn described() -> String {
    let all = EVERY.map(|report| format!("`{}` {}", report.name, report.about));
    format!("Reports: {}.", all.join(" · "))
}

/// A report on a course, on the learners that the key may see.
#[utoipa::path(get, path = "/api/v1/courses/{id}/reports/{report}", tag = "reports",
    description = described(), security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("report" = String, Path, description = "the report's name"),
        ReportParameters, PageParameters),
    responses((status = 200, body = ReportTable, example = json!({"report": "progress",
            "course": "prog-2796", "at": null, "through": "2026-11-22T10:00:00.000001Z",
            "time_zone": "Europe/Rome", "title": "Progress", "course_title": "Digital transition",
            "notes": [], "columns": [{"key": "module", "heading": "Module", "kind": "text"}], "rows": [{"module": "m1", "region": "Umbria",
                "enrolled": 130, "not_started": 20, "in_progress": 60, "completed": 50,
                "passed": 48, "failed": 2, "score_mean": 0.8125, "progress": 0.61,
                "hours_online": 1200.5, "hours_presence": 40, "hours": 1240.5}]})),
        (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 503, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path((id, report)): Path<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    let report = named(&report).map_err(|error| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "report-unknown",
            format!("{error}."),
            "Choose one of those named.",
        )
        .with("report", &error.0)
        .with("known", names())
    })?;
    answer(&server, &caller, id, report, &parameters, &headers).await
}

/// How many learners are how far: the report `progress`, at its older address.
#[utoipa::path(get, path = "/api/v1/courses/{id}/progress", tag = "reports",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ReportParameters, PageParameters),
    responses((status = 200, body = ReportTable), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem), (status = 503, body = Problem)))]
pub async fn progress(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    answer(&server, &caller, id, PROGRESS, &parameters, &headers).await
}

async fn answer(
    server: &Server,
    caller: &Caller,
    id: String,
    report: &'static Report,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let taken = report.parameters().into_iter().map(report::Parameter::as_str);
    parameters.only(&taken.chain(OF_PAGES).collect::<Vec<_>>())?;
    let (format, reader) = rendering(parameters, headers)?;
    let page = page(parameters)?;
    let query = query(report, parameters)?;
    let (key, bounds) = (caller.key.name.clone(), caller.key.bounds.clone());
    let of = server.clone();
    // The turn is held until the table is written, or the last part of it is sent.
    let made = server.reports.run(&caller.key.name, move |turn| async move {
        let memory = of.shares.of_key(&key);
        let report_in_making = of.progress.prepare(&id, query, bounds, &memory).await?;
        answer_of(report_in_making, page, (format, reader), turn).await
    });
    made.await?
}

/// The answer of a report.
async fn answer_of(
    report_in_making: ReportInMaking,
    page: TablePage,
    (format, reader): (Format, Reader),
    turn: Turn,
) -> Result<Response, Problem> {
    let report_in_making = match InParts::of(format) {
        // Which rows a page has is known from the whole table.
        Some(in_parts) if page == TablePage::default() => {
            match report_in_making.in_parts().await? {
                Ok(tables) => {
                    let parts = PartWriter::new(in_parts, reader.language);
                    return in_pieces(Pieces { tables, parts, last: None, _turn: turn }, format)
                        .await;
                }
                Err(short) => short,
            }
        }
        _ => report_in_making,
    };
    let (table, held) = report_in_making.table().await?;
    let (table, held) = paged(table, page, reader.language, held).await?;
    written(table, format, reader, held).await
}

/// The page of a table. `held` is the memory of the table.
pub(super) async fn paged(
    mut table: Table,
    page: TablePage,
    language: Language,
    held: Reserved,
) -> Result<(Table, Reserved), Problem> {
    if page == TablePage::default() {
        return Ok((table, held));
    }
    let take = move || {
        let taken = table.page(&page, language);
        taken.map(|()| (table, held)).map_err(|error| unpaged(&error, &page))
    };
    compute::aside(take).await.map_err(|_| Problem::stopped())?
}

fn unpaged(error: &PageError, page: &TablePage) -> Problem {
    match error {
        PageError::UnknownColumn { key, known } => {
            let one_of = format!("a column of this report: {known}");
            let is_sort = page.sort.as_ref().is_some_and(|sort| sort.key == *key);
            Problem::parameter(if is_sort { "sort" } else { "only" }, key, &one_of)
        }
        PageError::NoSingleValues { key } => {
            let other =
                "a column of single texts, figures, days or states, or use `search` for texts";
            Problem::parameter("only", key, other)
        }
    }
}

/// How an answer is to be written.
pub(super) fn rendering(
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<(Format, Reader), Problem> {
    let format = parameters.get("format").unwrap_or("json");
    let format: Format = format
        .parse()
        .map_err(|_| Problem::parameter("format", format, "json, csv, xlsx, html or text"))?;
    let language = match parameters.get("lang") {
        Some("it") => Language::It,
        Some("en") => Language::En,
        Some(other) => return Err(Problem::parameter("lang", other, "it or en")),
        None => language::preferred(headers),
    };
    Ok((format, Reader { language, width: width(parameters)? }))
}

/// The width of a terminal that nobody made wider.
const WIDTH: usize = 80;

/// How many characters a line of text may have; none where any number.
fn width(parameters: &Parameters) -> Result<Option<usize>, Problem> {
    let Some(text) = parameters.get("width") else { return Ok(Some(WIDTH)) };
    match text.parse() {
        Ok(0) => Ok(None),
        Ok(width) => Ok(Some(width)),
        Err(_) => Err(Problem::parameter("width", text, "a whole number; 0 for any width")),
    }
}

pub(super) fn page(parameters: &Parameters) -> Result<TablePage, Problem> {
    let number = |name: &str| {
        let number = parameters.get(name).map(|text| {
            text.parse().map_err(|_| Problem::parameter(name, text, "a whole number, 0 or more"))
        });
        number.transpose()
    };
    // Values with commas: see `PageParameters`.
    let only: Vec<&str> = match parameters.all("only").collect::<Vec<_>>()[..] {
        [only] => only.split(',').collect(),
        ref several => several.to_vec(),
    };
    let only: Vec<&str> = only.into_iter().filter(|it| !it.is_empty()).collect();
    if only.len() > MOST_CONDITIONS {
        let (count, most) =
            (only.len().to_string(), format!("at most {MOST_CONDITIONS} conditions"));
        return Err(Problem::parameter("only", &count, &most));
    }
    let only = only.into_iter().map(|it| {
        it.parse().map_err(|error: report::NoCondition| {
            Problem::parameter(
                "only",
                &error.0,
                "KEY=VALUE, KEY!=VALUE, KEY>=VALUE or KEY<=VALUE; a second `only=` where the value has a comma",
            )
        })
    });
    Ok(TablePage {
        only: only.collect::<Result<_, _>>()?,
        search: parameters.get("search").filter(|text| !text.is_empty()).map(str::to_owned),
        sort: parameters.get("sort").and_then(|text| text.parse().ok()),
        offset: number("offset")?.unwrap_or_default(),
        limit: number("limit")?,
    })
}

fn query(report: &'static Report, parameters: &Parameters) -> Result<ReportQuery, Problem> {
    let text = |name: &str| parameters.get(name).map(str::to_owned);
    let by = parameters.get("by").map(|by| {
        by.parse().map_err(|error: report::UnknownGroupKey| {
            Problem::parameter("by", &error.word, "module, region, body and the like")
        })
    });
    let at = parameters
        .get("at")
        .map(|at| day(at).ok_or_else(|| Problem::parameter("at", at, "a day, such as 2026-05-04")));
    Ok(ReportQuery {
        report,
        by: by.transpose()?,
        at: at.transpose()?,
        who: Who {
            learner: text("learner"),
            region: text("region"),
            province: text("province"),
            body: text("body"),
            role: text("role"),
            office: text("office"),
            edition: text("edition"),
        },
        expand: parameters.boolean("expand")?,
        session: text("session"),
        small_groups: parameters.boolean("small_groups")?,
    })
}

/// A day alone: one with a time of day would be taken for the whole of it.
pub(super) fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == "2026-05-04".len())
}

/// A table in the format asked for. `held` is the memory of the table, and grows by what it takes to write it.
pub(super) async fn written(
    table: Table,
    format: Format,
    reader: Reader,
    mut held: Reserved,
) -> Result<Response, Problem> {
    let name = name(&table, format);
    let writing = export::bytes_to_write(&table, held.bytes(), format);
    held.grow(writing).map_err(ProgressError::Exhausted)?;
    let write = move || {
        let bytes = export::write(&table, format, reader);
        // Both are given back before the answer is reserved.
        drop((table, held));
        bytes
    };
    let bytes = compute::aside(write).await.map_err(|_| Problem::stopped())?;
    Ok(answered(bytes.map_err(|error| unwritten(&error))?, &name, format))
}

/// A table that is made and written while it is sent.
struct Pieces {
    tables: TableParts,
    parts: PartWriter,
    /// The part that was written last.
    last: Option<Table>,
    _turn: Turn,
}

/// The answer of a table that is made while it is sent. An error after the first piece ends the body early and is
/// logged: the status was sent long before.
#[expect(clippy::expect_used, reason = "there is a first part in any case, and it is of a table")]
async fn in_pieces(mut pieces: Pieces, format: Format) -> Result<Response, Problem> {
    let first = pieces.next().await?.expect("the first part");
    let name = name(pieces.last.as_ref().expect("its table"), format);
    let first = stream::once(async { Ok(first) });
    let others = stream::try_unfold(pieces, async |mut pieces| {
        let next = pieces.next().await.inspect_err(|problem| {
            tracing::error!(rule = problem.rule(), "a report ends early");
        });
        let next = next.map_err(|problem| std::io::Error::other(problem.rule().to_owned()))?;
        Ok::<_, std::io::Error>(next.map(|bytes| (bytes, pieces)))
    });
    Ok(answered(Body::from_stream(first.chain(others)), &name, format))
}

impl Pieces {
    /// The next piece of text; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let Some(table) = self.tables.next().await? else {
            let Some(last) = self.last.take() else { return Ok(None) };
            return Ok(Some(self.parts.end(&last).map_err(|error| unwritten(&error))?.into()));
        };
        let mut parts = self.parts.clone();
        let write = move || parts.write(&table).map(|text| (text, parts, table));
        let written = compute::aside(write).await.map_err(|_| Problem::stopped())?;
        let (text, parts, table) = written.map_err(|error| unwritten(&error))?;
        (self.parts, self.last) = (parts, Some(table));
        Ok(Some(text.into()))
    }
}

fn name(table: &Table, format: Format) -> String {
    format!("{}-{}.{}", table.course, table.report, format.extension())
}

fn unwritten(error: &ExportError) -> Problem {
    if matches!(error, ExportError::TooLong | ExportError::Workbook(_)) {
        tracing::warn!(%error, "a report is no workbook");
        return Problem::too_long_for_format(error);
    }
    tracing::error!(%error, "a report cannot be written");
    Problem::stopped()
}

/// An answer in a format; files that are not looked at in a browser get a name.
fn answered(body: impl Into<Body>, name: &str, format: Format) -> Response {
    let kind = [(CONTENT_TYPE, format.media_type())];
    match format {
        Format::Csv | Format::Xlsx => {
            let named = [(CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
            (kind, named, body.into()).into_response()
        }
        _ => (kind, body.into()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_that_is_described_is_taken_by_some_report() {
        for described in ReportParameters::into_params(|| None) {
            let is_taken = |report: &Report| {
                report.parameters().iter().any(|taken| taken.as_str() == described.name)
            };
            assert!(EVERY.into_iter().any(is_taken), "{}", described.name);
        }
    }

    #[test]
    fn commas_separate_conditions_unless_only_is_repeated() {
        let keys = |query: &str| {
            let page = page(&Parameters::parse(query).unwrap());
            page.map(|page| page.only.into_iter().map(|it| it.key).collect::<Vec<_>>())
        };
        assert_eq!(keys("only=a%3D1,b%3D2").unwrap(), ["a", "b"]);
        assert!(keys("only=a%3DRossi,%20Anna").is_err());
        assert_eq!(keys("only=a%3DRossi,%20Anna&only=").unwrap(), ["a"]);
        assert_eq!(keys("only=a%3DRossi,%20Anna&only=b%3D2").unwrap(), ["a", "b"]);
        assert!(keys("").unwrap().is_empty());
        let of = |count: usize| format!("only={}", vec!["a%3D1"; count].join(","));
        assert_eq!(keys(&of(MOST_CONDITIONS)).unwrap().len(), MOST_CONDITIONS);
        assert!(keys(&of(MOST_CONDITIONS + 1)).is_err());
    }

    #[test]
    fn the_description_names_every_report() {
        let described = described();
        for report in EVERY {
            assert!(described.contains(&format!("`{report}` {}", report.about)), "{report}");
        }
    }
}
