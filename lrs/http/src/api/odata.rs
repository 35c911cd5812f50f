//! The tables as OData 4.0, minimal conformance: `/api/v1/odata/`. Excel and Power BI read it.

use std::ops::Bound;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use dataset::aggregate::{RowCondition, Test, WhereOf};
use dataset::{Dataset, RowOf, odata};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::compute;
use service::datasets::{DataFormat, Pace, RowPlace};
use xapi::instant::Instant;
use xapi::parameters::Parameters;

const VERSION: (HeaderName, &str) = (HeaderName::from_static("odata-version"), "4.0");
/// A page has at most this many rows, and ends after this many statements were read.
const PACE: Pace = Pace { found: 5_000, read: 100_000 };
/// What a next link carries beside what was asked: table, row, end, rows that are left, rows that were given.
const AT: &str = "at";
/// The most rows that next links lead through.
const MOST_ROWS: usize = 2_000_000;
const PARAMETERS: [&str; 7] =
    ["$select", "$filter", "$top", "$orderby", "$count", "$skiptoken", "$format"];

/// Which rows are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "a description: `Wanted` reads them")]
struct RowParameters {
    /// Columns, with commas between them.
    #[param(rename = "$select")]
    select: Option<String>,
    /// A condition: columns compared with literals by eq, ne, gt, ge, lt, le; `startswith`; and, or, not, parentheses.
    #[param(rename = "$filter")]
    filter: Option<String>,
    /// At most this number of rows.
    #[param(rename = "$top")]
    top: Option<usize>,
    /// `stored`: rows come in no other order.
    #[param(rename = "$orderby")]
    orderby: Option<String>,
    /// Not taken for tables of statements: ask `/api/v1/statements/aggregate`.
    #[param(rename = "$count")]
    count: Option<bool>,
    /// Where a page goes on: of an `@odata.nextLink`.
    #[param(rename = "$skiptoken")]
    skiptoken: Option<String>,
    /// `json`.
    #[param(rename = "$format")]
    format: Option<String>,
    /// Not implemented: 501.
    #[param(rename = "$expand")]
    expand: Option<String>,
    /// Not implemented: 501. Pages are led through by `@odata.nextLink`.
    #[param(rename = "$skip")]
    skip: Option<String>,
    /// Not implemented: 501.
    #[param(rename = "$search")]
    search: Option<String>,
    /// Not implemented: 501. Ask `/api/v1/statements/aggregate`.
    #[param(rename = "$apply")]
    apply: Option<String>,
}

/// The tables that a caller may read.
fn tables(caller: &Caller) -> Result<Vec<Dataset>, Problem> {
    let open = caller.may(Right::ReadData);
    if open.is_err() {
        caller.may(Right::ReadIdentities)?;
    }
    let names = caller.may(Right::ReadIdentities);
    let may = |dataset: &Dataset| if dataset.names_people() { names.is_ok() } else { open.is_ok() };
    Ok(Dataset::EVERY.into_iter().filter(may).collect())
}

fn root(server: &Server) -> String {
    format!("{}/api/v1/odata/", server.base_url)
}

fn answer(media_type: &'static str, body: impl Into<Body>) -> Response {
    let kind = [(CONTENT_TYPE, HeaderValue::from_static(media_type))];
    let body: Body = body.into();
    ([VERSION], kind, body).into_response()
}

fn json_answer(body: &Value) -> Response {
    answer("application/json;odata.metadata=minimal;charset=utf-8", body.to_string())
}

/// The tables that the caller may read, as an OData service document.
#[utoipa::path(get, path = "/api/v1/odata", tag = "data", security(("key" = [])),
    params(("$format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, body = Object, content_type = "application/json"),
        (status = 403, body = Problem)))]
pub async fn service(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let tables = tables(&caller)?;
    parameters.only(&["$format"])?;
    Ok(json_answer(&odata::service_document(&root(&server), &tables)))
}

/// The columns of the tables, as OData describes them (CSDL, XML).
#[utoipa::path(get, path = "/api/v1/odata/$metadata", tag = "data", security(("key" = [])),
    params(("$format" = Option<String>, Query, description = "`xml`")),
    responses((status = 200, body = String, content_type = "application/xml"),
        (status = 403, body = Object, content_type = "application/json")))]
pub async fn metadata(caller: Caller, parameters: Parameters) -> Result<Response, Problem> {
    let tables = tables(&caller)?;
    parameters.only(&["$format"])?;
    Ok(answer("application/xml;charset=utf-8", odata::metadata(&tables)))
}

/// Rows of a table, in pages of at most five thousand, in the order of `stored`. All pages of one crawl end at the same
/// instant, so that each row comes once; `learners` and `course_activities` are read anew for each page. Next links lead
/// through two million rows at the most: narrow by `stored` for more. Errors are written as OData writes them (JSON Format 4.0, 19).
#[utoipa::path(get, path = "/api/v1/odata/{table}", tag = "data", security(("key" = [])),
    params(("table" = String, Path, description = "the table's name"), RowParameters),
    responses((status = 200, body = Object, content_type = "application/json"),
        (status = 400, body = Object, content_type = "application/json"),
        (status = 403, body = Object, content_type = "application/json"),
        (status = 404, body = Object, content_type = "application/json"),
        (status = 422, body = Object, content_type = "application/json"),
        (status = 501, body = Object, content_type = "application/json"),
        (status = 503, body = Object, content_type = "application/json")))]
pub async fn rows(
    State(server): State<Server>,
    caller: Caller,
    Path(table): Path<String>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    found(&server, &caller, &table, parameters).await
}

async fn found(
    server: &Server,
    caller: &Caller,
    table: &str,
    parameters: Parameters,
) -> Result<Response, Problem> {
    caller.may(Right::ReadData).or_else(|_| caller.may(Right::ReadIdentities))?;
    let dataset: Dataset = table.parse().map_err(|_| Problem::not_found("table of this name"))?;
    caller.may(if dataset.names_people() { Right::ReadIdentities } else { Right::ReadData })?;
    let (parameters, place) = Place::resume(server, dataset, parameters)?;
    let wanted = Wanted::of(dataset, &parameters)?;
    let _turn = server.data.turn(&caller.key.name).await?;
    let memory = server.shares.of_key(&caller.key.name);
    let held = memory.reserve(DataFormat::Ndjson.weight())?;
    let tables = server.data.tables(None, None).await?;
    let visible = tables.visible_through().await?;
    let place = match place {
        Some(place) => Place { through: place.through.min(visible), ..place },
        None => Place { from: RowPlace::default(), through: visible, left: wanted.top, given: 0 },
    };
    let (from, through) = wanted.within(&place);
    let test = wanted.test(dataset)?;
    let pace = Pace { found: PACE.found.min(place.left.unwrap_or(usize::MAX)), ..PACE };
    let page = tables.page(dataset, test, (from, through), pace, &memory).await?;
    let given = place.given.saturating_add(page.rows.len());
    let left = place.left.map(|left| left.saturating_sub(page.rows.len()));
    let next = page.next.filter(|_| left != Some(0));
    let next = next.map(|from| Place { from, through, left, given });
    if next.is_some() && given >= MOST_ROWS {
        return Err(too_many());
    }
    let mut body = json!({"@odata.context": format!("{}$metadata#{dataset}", root(server))});
    let mut add =
        |name: &str, value: Value| body.as_object_mut().map(|it| it.insert(name.to_owned(), value));
    if let Some(count) = page.count.filter(|_| wanted.count) {
        add("@odata.count", count.into());
    }
    if let Some(next) = next {
        add("@odata.nextLink", next.link(server, dataset, &parameters)?.into());
    }
    let written = compute::aside(move || {
        let row = |row: &RowOf| odata::row_json(dataset, row, &wanted.columns);
        let rows: Vec<Value> = page.rows.iter().map(row).collect();
        if let Some(members) = body.as_object_mut() {
            members.insert("value".to_owned(), rows.into());
        }
        held.hold(body.to_string().into())
    });
    Ok(answer("application/json;odata.metadata=minimal;charset=utf-8", written.await?))
}

/// What a request asks of a table.
struct Wanted {
    columns: Vec<usize>,
    condition: Option<RowCondition>,
    top: Option<usize>,
    count: bool,
}

/// Where a crawl is.
#[derive(Clone, Copy)]
struct Place {
    from: RowPlace,
    through: Instant,
    /// How many rows are wanted beyond, where that is bounded.
    left: Option<usize>,
    /// How many rows the pages before had.
    given: usize,
}

impl Wanted {
    fn of(dataset: Dataset, parameters: &Parameters) -> Result<Self, Problem> {
        if let Some((option, _)) =
            parameters.iter().find(|(name, _)| name.starts_with('$') && !PARAMETERS.contains(name))
        {
            return Err(not_taken(&format!("the option {option}")));
        }
        parameters.only(&PARAMETERS)?;
        if let Some(format) = parameters.get("$format").filter(|it| !it.contains("json")) {
            return Err(not_taken(&format!("the format {format}")));
        }
        let count = parameters.boolean("$count")?;
        if count && !dataset.is_snapshot() {
            return Err(not_taken("$count of a table of statements"));
        }
        let order = parameters.get("$orderby").map(|order| order.trim().trim_end_matches(" asc"));
        if order.is_some_and(|order| order != "stored") {
            return Err(not_taken("an order other than that of stored"));
        }
        let names = parameters.get("$select").filter(|names| !names.is_empty() && *names != "*");
        let columns = selected(dataset, names)?;
        let condition = parameters.get("$filter").map(odata::condition).transpose()?;
        Ok(Self { columns, condition, top: parameters.number("$top")?, count })
    }

    fn test(&self, dataset: Dataset) -> Result<Option<Arc<Test>>, Problem> {
        let read = WhereOf { dataset, zone: TimeZone::UTC };
        let test = self.condition.as_ref().map(|condition| read.test(condition)).transpose()?;
        Ok(test.map(Arc::new))
    }

    /// From where on rows are to be read, and up to which instant.
    fn within(&self, place: &Place) -> (RowPlace, Instant) {
        let (mut from, mut through) = (place.from, place.through);
        if let Some(condition) = &self.condition {
            let (low, high) = odata::stored_range(condition);
            if let Bound::Excluded(low) = low
                && low > from.after
            {
                from.after = low;
            }
            if let Bound::Included(high) = high {
                through = through.min(high);
            }
        }
        (from, through.max(from.after))
    }
}

impl Place {
    /// What a request asks, and where it goes on: a next link carries all that was asked, signed.
    fn resume(
        server: &Server,
        dataset: Dataset,
        parameters: Parameters,
    ) -> Result<(Parameters, Option<Self>), Problem> {
        let Some(token) = parameters.get("$skiptoken") else { return Ok((parameters, None)) };
        let other = || Problem::parameter("$skiptoken", token, "that of an @odata.nextLink, alone");
        if parameters.iter().any(|(name, _)| name != "$skiptoken") {
            return Err(other());
        }
        let mut carried = Parameters::default();
        carried.push("cursor".to_owned(), token.to_owned())?;
        let (carried, after) = server.cursors.resume(carried).map_err(|_| other())?;
        let place =
            carried.get(AT).zip(after).and_then(|(at, after)| Self::read(at, after, dataset));
        let place = place.ok_or_else(other)?;
        let mut asked = Parameters::default();
        for (name, value) in carried.iter().filter(|(name, _)| *name != AT) {
            asked.push(name.to_owned(), value.to_owned())?;
        }
        Ok((asked, Some(place)))
    }

    fn read(text: &str, after: Instant, dataset: Dataset) -> Option<Self> {
        let mut parts = text.split('~');
        parts.next().filter(|name| *name == dataset.name())?;
        let row = parts.next()?.parse().ok()?;
        let through = Instant::from_micros(parts.next()?.parse().ok()?);
        let left = match parts.next()? {
            "" => None,
            left => Some(left.parse().ok()?),
        };
        let given = parts.next()?.parse().ok()?;
        let from = RowPlace { after, row };
        parts.next().is_none().then_some(Self { from, through, left, given })
    }

    fn link(
        &self,
        server: &Server,
        dataset: Dataset,
        parameters: &Parameters,
    ) -> Result<String, Problem> {
        let mut carried = Parameters::default();
        let taken = |name: &str| !matches!(name, "$top" | "$count");
        for (name, value) in parameters.iter().filter(|(name, _)| taken(name)) {
            carried.push(name.to_owned(), value.to_owned())?;
        }
        let left = self.left.map(|left| left.to_string()).unwrap_or_default();
        let (row, through) = (self.from.row, self.through.micros());
        carried.push(AT.to_owned(), format!("{dataset}~{row}~{through}~{left}~{}", self.given))?;
        let link = server.cursors.continue_after(&carried, self.from.after)?;
        let token = link.split_once('=').map_or("", |(_, token)| token);
        Ok(format!("{}{dataset}?$skiptoken={token}", root(server)))
    }
}

/// The places of the columns of these names; of all where none are named. Each is written for each row, so each is once there.
fn selected(dataset: Dataset, names: Option<&str>) -> Result<Vec<usize>, Problem> {
    let columns = dataset.columns();
    let Some(names) = names else { return Ok((0..columns.len()).collect()) };
    let mut places = Vec::new();
    for name in names.split(',') {
        let place = columns.iter().position(|column| column.name == name.trim());
        match place.filter(|place| !places.contains(place)) {
            Some(place) => places.push(place),
            None => {
                return Err(Problem::parameter("$select", name, "columns of the table, each once"));
            }
        }
    }
    Ok(places)
}

fn not_taken(what: &str) -> Problem {
    Problem::new(
        StatusCode::NOT_IMPLEMENTED,
        "odata-option",
        format!("The OData service does not take {what}."),
        "It takes $select, $filter, $top, $orderby=stored and next links.",
    )
    .with("what", what)
}

fn too_many() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "odata-rows",
        format!("Next links lead through {MOST_ROWS} rows at the most."),
        "Narrow by $filter, such as stored ge 2026-01-01T00:00:00Z, or read the files of /api/v1/data/manifest.",
    )
    .with("limit", MOST_ROWS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_selected_once() {
        let places = |names| selected(Dataset::Raw, names).ok();
        assert_eq!(places(None), Some(vec![0, 1, 2]));
        assert_eq!(places(Some("statement, id")), Some(vec![2, 1]));
        assert_eq!(places(Some("statement,colour")), None);
        let many = vec!["statement"; 5_000].join(",");
        assert_eq!(places(Some(&many)), None, "each would be written for each row");
    }
}
