//! Reports: `/api/v1/courses/{id}/reports/{report}`.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use utoipa::IntoParams;

use crate::language;
use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::Language;
use report::Table;
use report::export;
use report::export::{Format, Reader};
use service::progress::{ReportKind, ReportQuery, UnknownReport, Who};
use xapi::parameters::Parameters;

/// The parameters of reports. Which of them a report takes, it says where one is not taken.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here; they are read as `Parameters`")]
struct ReportParameters {
    /// What rows are told apart by: any of module, activity, region, province, body,
    /// `population_class`, role, office, edition, and the further columns of the list of learners,
    /// separated by commas.
    by: Option<String>,
    /// A day, such as 2026-05-04: as it was at its end, in the course's time zone; at present if
    /// missing.
    at: Option<String>,
    /// json (default), csv, xlsx, html or text.
    format: Option<String>,
    /// it or en; by Accept-Language if missing.
    lang: Option<String>,
    /// Only the learner of this id.
    learner: Option<String>,
    /// Only learners of this region.
    region: Option<String>,
    /// Only learners of this province.
    province: Option<String>,
    /// Only learners of this body, by name or ISTAT code.
    body: Option<String>,
    /// Only learners in this role.
    role: Option<String>,
    /// Only learners of this office.
    office: Option<String>,
    /// Only learners of this edition.
    edition: Option<String>,
    /// Of matrix: activities too.
    expand: Option<bool>,
    /// Of register: one session, as session or event/session.
    session: Option<String>,
    /// true: figures of fewer than five people are shown, for those who may see the people
    /// themselves; not for publication.
    small_groups: Option<bool>,
    /// Of text: how many characters a line may have; 80 if missing, 0 for any number.
    width: Option<usize>,
}

/// A report on a course, on the learners that the key may see.
///
/// Reports: `glance` (R1) six numbers against a week before · `funnel` (R2) where people stop ·
/// `progress` how many are how far, by anything · `matrix` (R3) learner by module; `expand=true`
/// shows activities too · `curve` (R4) planned against real, month by month · `ledger` (R5) the
/// rule and statements behind each hour · `hours` (R5, R6) per head, or by anything · `bodies` which
/// bodies take part, and how far · `at-risk`
/// (R7) whom to call · `register` (R8) who was where; `session=…` is one session's sheet, to be
/// signed · `assessment` (R9) tests · `attendance` events by kind · `comparison` (R13) groups side
/// by side · `learner` (R14) one learner's page · `health` (R15) the data's quality ·
/// `certificates` (R16) who has a right to one.
#[utoipa::path(get, path = "/api/v1/courses/{id}/reports/{report}", tag = "reports",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("report" = String, Path, description = "the report's name"),
        ReportParameters),
    responses((status = 200, body = Object, example = json!({"report": "progress",
            "course": "prog-2796", "at": null, "through": "2026-11-22T10:00:00.000001Z",
            "time_zone": "Europe/Rome", "rows": [{"module": "m1", "region": "Umbria",
                "enrolled": 130, "not_started": 20, "in_progress": 60, "completed": 50,
                "passed": 48, "failed": 2, "score_mean": 0.8125, "progress": 0.61,
                "hours_online": 1200.5, "hours_presence": 40, "hours": 1240.5}]})),
        (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path((id, report)): Path<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    let kind = report.parse().map_err(|error: UnknownReport| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "report-unknown",
            format!("{error}."),
            "Choose one of those named.",
        )
    })?;
    answer(&server, &caller, id, kind, &parameters, &headers).await
}

/// How many learners are how far: the report `progress`, at its older address.
#[utoipa::path(get, path = "/api/v1/courses/{id}/progress", tag = "reports",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ReportParameters),
    responses((status = 200, body = Object), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub async fn progress(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    answer(&server, &caller, id, ReportKind::Progress, &parameters, &headers).await
}

async fn answer(
    server: &Server,
    caller: &Caller,
    id: String,
    kind: ReportKind,
    parameters: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    parameters.only(&kind.parameters())?;
    let (format, reader) = rendering(parameters, headers)?;
    let query = query(kind, parameters)?;
    let table = server.progress.report(&id, query, caller.key.bounds.clone()).await?;
    written(table, format, reader).await
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

fn query(kind: ReportKind, parameters: &Parameters) -> Result<ReportQuery, Problem> {
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
        kind,
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

/// A table in the format asked for; files that are not looked at in a browser get a name.
pub(super) async fn written(
    table: Table,
    format: Format,
    reader: Reader,
) -> Result<Response, Problem> {
    let name = format!("{}-{}.{}", table.course, table.report, format.extension());
    let write = move || export::write(&table, format, reader);
    let bytes = tokio::task::spawn_blocking(write).await.map_err(|_| Problem::stopped())?;
    let bytes = bytes.map_err(|error| {
        tracing::error!(%error, "a report cannot be written");
        Problem::stopped()
    })?;
    let kind = [(CONTENT_TYPE, format.media_type())];
    Ok(match format {
        Format::Csv | Format::Xlsx => {
            let named = [(CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
            (kind, named, bytes).into_response()
        }
        _ => (kind, bytes).into_response(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_described_is_what_some_report_takes() {
        let described = ReportParameters::into_params(|| None);
        let described: BTreeSet<String> = described.into_iter().map(|it| it.name).collect();
        let taken = ReportKind::EVERY.into_iter().flat_map(ReportKind::parameters);
        let taken: BTreeSet<String> = taken.map(str::to_owned).collect();
        assert_eq!(described, taken);
    }
}
