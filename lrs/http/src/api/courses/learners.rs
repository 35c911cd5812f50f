//! The learners of a course: `/api/v1/courses/{id}/learners`.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::people::{self, LearnerStatements, Learners};
use super::reports::rendering;
use crate::audit::Told;
use crate::language::preferred;
use crate::problem::Problem;
use crate::request::{Brief, Content};
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::{Bilingual, Enrolment, Language, ListWarning, Unlisted};
use report::export::{Format, Reader};
use service::progress::{Imported, ProgressError, Run};
use texts::Texts;
use xapi::parameters::Parameters;

/// A list of learners that was taken, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedLearners {
    /// The course's id.
    course: String,
    /// How many learners it has now; those merged count once.
    learners: usize,
    /// The ids of those who were not enrolled before.
    added: Vec<String>,
    /// The ids of those whose data changed.
    updated: Vec<String>,
    /// How many were as they are in the list.
    unchanged: usize,
    /// The ids of those who are not in the list: with `mode=replace` they left, otherwise they
    /// stay as they were.
    absent: Vec<String>,
    /// The ids of those who were merged into another one, as the list asks.
    merged: Vec<String>,
    /// What the list says that is hardly meant; it is taken all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<LearnersWarning>,
    /// Whether nothing was changed.
    dry_run: bool,
}

/// What many lines of a list of learners have in common that is hardly meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct LearnersWarning {
    /// Its name, such as `region-province-swapped` or `istat-without-zero`.
    warning: &'static str,
    /// How many lines it is about.
    count: usize,
    /// The first of them.
    lines: Vec<u64>,
    /// The first values at fault, with what may have been meant, in the language of `Accept-Language`.
    values: Vec<String>,
    /// What is wrong and what to do, by language: `it` and `en`.
    #[schema(value_type = Object)]
    message: Bilingual,
}

impl LearnersWarning {
    /// The warning with its values in a language.
    fn of(warning: ListWarning, language: Language) -> Self {
        let ListWarning { kind, count, lines, values } = warning;
        let values = values.iter().map(|value| value.said_in(language.texts())).collect();
        // A test holds the catalogue to the kinds.
        let message = message(kind).unwrap_or_else(|| Bilingual::new(kind, kind));
        Self { warning: kind, count, lines, values, message }
    }
}

/// What a kind of warning says in both languages.
fn message(kind: &str) -> Option<Bilingual> {
    let id = format!("list-warning-{kind}");
    Some(Bilingual::new(Texts::italian().say(&id, &[])?, Texts::english().say(&id, &[])?))
}

/// Adds or updates the learners of a course from a CSV file.
///
/// Learners who are not in the file stay as they are, unless `mode=replace`: then they leave, and
/// what they did is theirs again if they come back.
#[utoipa::path(put, path = "/api/v1/courses/{id}/learners", tag = "learners",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("mode" = Option<String>, Query, description = "update (default) or replace"),
        ("dry_run" = Option<bool>, Query, description = "say what would change and change nothing")),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = ImportedLearners), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
    content: Content,
) -> Result<Json<ImportedLearners>, Problem> {
    caller.may(Right::EnrolLearners)?;
    parameters.only(&["mode", "dry_run"])?;
    content.only(&["text/csv"])?;
    let dry_run = parameters.boolean("dry_run")?;
    let unlisted = match parameters.get("mode").unwrap_or("update") {
        "update" => Unlisted::Stay,
        "replace" => Unlisted::Leave,
        other => return Err(Problem::parameter("mode", other, "`update` or `replace`")),
    };
    let language = preferred(&headers);
    let (of, key, course) = (server.clone(), caller.key.name.clone(), id.clone());
    let imported = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        let taken = weight_of_list(&content.body);
        let _held = of.shares.of_key(&key).reserve(taken).map_err(ProgressError::Exhausted)?;
        of.progress.put_learners(&course, &content.body, unlisted, Run::dry_if(dry_run)).await
    });
    let imported = imported.await??;
    let Imported { learners, merged, change, warnings } = imported;
    Ok(Json(ImportedLearners {
        course: id,
        learners,
        added: change.added,
        updated: change.updated,
        unchanged: change.unchanged.len(),
        absent: change.absent,
        merged,
        warnings: warnings.into_iter().map(|it| LearnersWarning::of(it, language)).collect(),
        dry_run,
    }))
}

/// What a list takes while it is read and compared with the learners that are known, in bytes: 444 MiB were measured with a
/// hundred thousand learners and as many that were known.
fn weight_of_list(body: &[u8]) -> usize {
    let lines = memchr::memchr2_iter(b'\n', b'\r', body).count();
    lines.saturating_mul(OF_LINE).saturating_add(body.len().saturating_mul(OF_BYTE))
}

/// What a line of a list takes beside its text, and how many times its text is there.
const OF_LINE: usize = 4_500;
const OF_BYTE: usize = 8;

/// The learners as they were enrolled, with the merges: as JSON, or as the CSV list with which PUT
/// changes nothing. With `search`, `sort`, `limit` or `after` a page of them, each person once.
#[utoipa::path(get, path = "/api/v1/courses/{id}/learners", tag = "learners",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("format" = Option<String>, Query, description = "json (default) or csv"),
        ("lang" = Option<String>, Query, description = "of csv: it, with `;` and Italian headings, \
            or en; by Accept-Language if missing"),
        ("search" = Option<String>, Query, description = "words that each stand in the name, id, an \
            identifier, region, province or body"),
        ("sort" = Option<String>, Query, description = "name (default), id, region, province, body or \
            role; with - before it the last first"),
        ("limit" = Option<usize>, Query, description = "how many at most: 50 if missing, 200 at most"),
        ("after" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Learners), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    if people::PARAMETERS.iter().any(|name| parameters.get(name).is_some()) {
        return people::page(&server, &caller, &id, &parameters).await;
    }
    parameters.only(&["format", "lang"])?;
    let (format, Reader { language, .. }) = rendering(&parameters, &headers)?;
    let is_csv = match format {
        Format::Json => false,
        Format::Csv => true,
        other => return Err(Problem::parameter("format", other.as_str(), "json or csv")),
    };
    let (of, key, course) = (server.clone(), Arc::clone(&caller.key), id.clone());
    let text = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        let memory = of.shares.of_key(&key.name);
        let write = move |enrolment: &Enrolment| {
            if is_csv { Ok(enrolment.to_csv(language)) } else { as_json(enrolment) }
        };
        of.progress.enrolment(&course, key.bounds.clone(), &memory, write).await
    });
    let text = text.await??.map_err(|error| {
        tracing::error!(%error, course = id, "learners cannot be written");
        Problem::stopped()
    })?;
    if is_csv {
        return Ok(as_csv(&id, text));
    }
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

/// The members of an enrolment, merges in any case.
fn as_json(enrolment: &Enrolment) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Members<'e> {
        learners: &'e [course::Learner],
        merged: &'e BTreeMap<String, String>,
    }
    let Enrolment { learners, merged } = enrolment;
    serde_json::to_vec(&Members { learners, merged })
}

fn as_csv(id: &str, text: Vec<u8>) -> Response {
    let file = format!("attachment; filename=\"{id}-learners.csv\"");
    let kind = [(CONTENT_TYPE, Format::Csv.media_type())];
    let named = HeaderValue::from_str(&file).map(|file| [(CONTENT_DISPOSITION, file)]).ok();
    (kind, named, text).into_response()
}

/// The statements of a learner, under all their identifiers, that bear on the course, in the order
/// in which things happened: the learner's timeline, and their data to take along. With `limit`, `after` or
/// `descending` a page of them.
#[utoipa::path(get, path = "/api/v1/courses/{id}/learners/{learner}/statements", tag = "learners",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("learner" = String, Path, description = "the learner's id"),
        ("limit" = Option<usize>, Query, description = "how many at most, 100 at most"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("descending" = Option<bool>, Query, description = "the latest first")),
    responses((status = 200, body = LearnerStatements), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn statements(
    State(server): State<Server>,
    caller: Caller,
    Path((id, learner)): Path<(String, String)>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    parameters.only(&["limit", "after", "descending"])?;
    let bounds = caller.key.bounds.as_ref();
    let turn = server.reports.turn(&caller.key.name).await?;
    let timeline = server.progress.timeline(&id, &learner, bounds).await?;
    if parameters.iter().next().is_some() {
        return people::statements(timeline, &parameters).await;
    }
    let text = |text: &'static str| {
        stream::once(ready(Ok::<_, ProgressError>(Bytes::from_static(text.as_bytes()))))
    };
    let memory = server.shares.of_key(&caller.key.name);
    let texts = timeline.texts(memory, turn).enumerate().flat_map(move |(number, statement)| {
        let between = if number == 0 { "" } else { ",\n" };
        text(between).chain(stream::once(ready(statement)))
    });
    let body = Body::from_stream(text("[").chain(texts).chain(text("]\n")));
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// Whom a learner is the same person as.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeInto {
    /// The id of the learner whose data hold from now on.
    into: String,
}

/// Notes that two learners are one person: their statements count together.
#[utoipa::path(put, path = "/api/v1/courses/{id}/learners/{learner}/merge", tag = "learners",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("learner" = String, Path, description = "the learner who is somebody else")),
    request_body = MergeInto,
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem)))]
pub async fn merge(
    State(server): State<Server>,
    caller: Caller,
    Path((id, learner)): Path<(String, String)>,
    Brief(content): Brief,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    caller.may(Right::EnrolLearners)?;
    content.only(&["application/json"])?;
    let MergeInto { into } = validator::json::parse_as(&content.body).map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "merge",
            format!("The body does not say into whom: {error}."),
            r#"Send {"into": "the id of the other learner"}."#,
        )
        .in_words("merge-body")
    })?;
    let details = Some(serde_json::json!({"into": into}));
    let of = server.clone();
    let merge = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.progress.merge(&id, &learner, &into).await
    });
    merge.await??;
    Ok((StatusCode::NO_CONTENT, Extension(Told { target: None, details })))
}

/// Takes a merge back: the two are two again, each with their own statements.
#[utoipa::path(delete, path = "/api/v1/courses/{id}/learners/{learner}/merge", tag = "learners",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("learner" = String, Path, description = "the learner who was merged")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn unmerge(
    State(server): State<Server>,
    caller: Caller,
    Path((id, learner)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::EnrolLearners)?;
    let of = server.clone();
    let unmerge = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.progress.unmerge(&id, &learner).await
    });
    unmerge.await??;
    Ok(StatusCode::NO_CONTENT)
}

/// An actor whom no learner of the course is.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnassignedActor {
    /// The actor's identifier.
    actor: String,
    /// How many of their statements bear on the course.
    statements: u64,
    /// The last day on which they did anything.
    last_seen: Option<String>,
    /// The names that they were seen under.
    names: Vec<String>,
}

/// Actors whose statements are of this course, and who are nobody enrolled.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnassignedActors {
    /// The course's id.
    course: String,
    /// How many actors.
    actors: usize,
    /// How many statements, of all of them.
    statements: u64,
    /// Each, those with most statements first.
    unassigned: Vec<UnassignedActor>,
}

/// What was said by actors who are not enrolled: it counts as soon as they are.
#[utoipa::path(get, path = "/api/v1/courses/{id}/unassigned", tag = "learners",
    security(("key" = [])), params(("id" = String, Path, description = "the course's id")),
    responses((status = 200, body = UnassignedActors), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn unassigned(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<UnassignedActors>, Problem> {
    caller.may(Right::ReadCourses)?;
    if caller.key.bounds.is_some() {
        return Err(ProgressError::Bounded.into());
    }
    let (of, key, course) = (server.clone(), caller.key.name.clone(), id.clone());
    let all = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        let mut held = of.shares.of_key(&key).reserve(0).map_err(ProgressError::Exhausted)?;
        let all = of.progress.unassigned(&course, &mut held).await?;
        Ok::<_, ProgressError>((all, held))
    });
    let (all, _held) = all.await??;
    let shown = all.into_iter().map(|it| UnassignedActor {
        actor: it.actor,
        statements: it.statements,
        last_seen: it.last_seen.map(|day| day.to_string()),
        names: it.names,
    });
    let unassigned: Vec<UnassignedActor> = shown.collect();
    Ok(Json(UnassignedActors {
        course: id,
        actors: unassigned.len(),
        statements: unassigned.iter().map(|it| it.statements).sum(),
        unassigned,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warning_has_its_words() {
        for kind in ListWarning::KINDS {
            let words = message(kind).unwrap_or_else(|| panic!("the catalogue lacks {kind}"));
            assert!(!words.it.is_empty() && words.it != words.en, "{kind}");
        }
        let unknown = message("istat-unknown").unwrap();
        assert!(
            unknown.it.contains("al 22 gennaio 2024 (Sardegna: 1° gennaio 2026):"),
            "{unknown:?}"
        );
    }
}
