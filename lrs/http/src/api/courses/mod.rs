//! Courses: `/api/v1/courses`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::jobs::ShownJob;
use crate::language::preferred;
use crate::problem::Problem;
use crate::request::Content;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::{
    Activity, CheckedCourse, CourseError, Edition, Module, Names, Outline, Session, Title,
};
use preview::CourseEffect;
use service::jobs::JobKind;
use service::progress::{
    CourseSummary, DeletedCourse, Effect, FrozenLists, Loaded, ProgressError, Run,
};
use store::Revision;
use xapi::parameters::Parameters;

pub mod certificates;
pub mod described;
pub mod learners;
pub mod listed;
pub mod mapping;
pub mod people;
pub mod presence;
pub mod preview;
pub mod reports;

/// How many times its text a course file takes while it is read.
const READ: usize = 90;

/// A course that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoadedCourse {
    /// The course's id, as the file has it.
    course: String,
    /// How many modules it has.
    modules: usize,
    /// How many activities and events, over all modules.
    activities: usize,
    /// What the file says that is hardly meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<CourseWarning>,
    /// Whether it was only checked.
    dry_run: bool,
    /// The number of the course's last change, for `based_on`; null where it is not there.
    #[schema(required)]
    revision: Option<i64>,
    /// What the file would change; of a dry run alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    effect: Option<CourseEffect>,
}

impl LoadedCourse {
    /// A course that was taken, with its warnings in the language of a reader.
    fn new(
        id: String,
        loaded: Loaded,
        (dry_run, effect): (bool, Option<Effect>),
        headers: &HeaderMap,
    ) -> Self {
        let Loaded { checked: CheckedCourse { course, warnings, .. }, revision } = loaded;
        let texts = preferred(headers).texts();
        let shown = |warning: CourseError| CourseWarning {
            line: warning.line,
            column: warning.column,
            message: warning.text(texts),
        };
        Self {
            course: id,
            modules: course.modules().len(),
            activities: course.activities().count(),
            warnings: warnings.into_iter().map(shown).collect(),
            dry_run,
            revision: revision.map(Revision::number),
            effect: effect.map(CourseEffect::from),
        }
    }
}

/// What a course file says at a place that is hardly meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseWarning {
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
    /// What it means, and what to write instead.
    message: String,
}

/// What a rebuild did.
#[derive(Debug, Serialize, ToSchema)]
pub struct RebuiltProgress {
    /// The course's id.
    course: String,
    /// How many statements were read.
    statements: u64,
    /// How many actors' progress documents are not what they were.
    changed: u64,
}

/// The course file as it was sent.
#[utoipa::path(get, path = "/api/v1/courses/{id}", tag = "courses", security(("key" = [])),
    params(("id" = String, Path, description = "the course's id")),
    responses((status = 200, body = String, content_type = "application/toml"),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.may(Right::ReadCourses)?;
    let file = server.progress.course_file(&id).await?;
    Ok(([(CONTENT_TYPE, "application/toml")], file).into_response())
}

/// Adds or replaces a course. Everybody's progress is evaluated anew.
///
/// With `dry_run` nothing is changed, and the answer tells what the file would change.
#[utoipa::path(put, path = "/api/v1/courses/{id}", tag = "courses", security(("key" = [])),
    params(("id" = String, Path, description = "the id in the file"),
        ("based_on" = Option<i64>, Query, description = "the revision that the file was made of: the \
            course must be at it still"),
        ("dry_run" = Option<bool>, Query, description = "check the file and change nothing")),
    request_body(content = String, content_type = "application/toml"),
    responses((status = 200, body = LoadedCourse), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 415, body = Problem)))]
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
    content: Content,
) -> Result<Json<LoadedCourse>, Problem> {
    caller.may(Right::EditCourses)?;
    parameters.only(&["based_on", "dry_run"])?;
    content.only(&["application/toml"])?;
    let dry_run = parameters.boolean("dry_run")?;
    let wanted = parameters.number("based_on")?.map(preview::revision);
    let body = content.body;
    std::str::from_utf8(&body).map_err(|_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "course-file",
            "The course file is not UTF-8.",
            "Save it as UTF-8.",
        )
        .in_words("course-file-not-utf8")
    })?;
    let (of, key, named) = (server.clone(), caller.key.name.clone(), id.clone());
    let loaded = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        let file = String::from_utf8_lossy(&body);
        let read = file.len().min(course::LARGEST_FILE).saturating_mul(READ);
        let _held = of.shares.of_key(&key).reserve(read).map_err(ProgressError::Exhausted)?;
        of.progress.load_course(&named, &file, wanted, Run::dry_if(dry_run)).await
    });
    let loaded = loaded.await??;
    let effect = preview::effect(&server, &caller, &loaded, dry_run).await?;
    Ok(Json(LoadedCourse::new(id, loaded, (dry_run, effect), &headers)))
}

/// An edition in a summary.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedEdition {
    /// Its id, which learners have in the column `edition`.
    id: String,
    /// Its name, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
}

/// An activity in a summary.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedActivity {
    /// Its key in the course.
    key: String,
    /// Its name, by language; its key where the file gives none.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// What it is, such as `video` or `seminar`.
    kind: String,
    /// The hours that it is worth.
    hours: Option<f64>,
    /// Of an event, the dates on which it takes place; missing where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sessions: Vec<SummarisedSession>,
}

/// A session of an event in a summary.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedSession {
    /// Its id, unique in the event.
    id: String,
    /// The day, such as 2026-05-04.
    date: String,
    /// When it begins, such as 09:30, in the course's time zone.
    from: Option<String>,
    /// When it ends.
    to: Option<String>,
    /// Where; empty when unknown.
    place: String,
    /// The region that it is held in; empty when unknown.
    region: String,
}

impl From<&Session> for SummarisedSession {
    fn from(session: &Session) -> Self {
        let Session { id, date, times, place, region, .. } = session;
        let time = |time: &jiff::civil::Time| time.strftime("%H:%M").to_string();
        Self {
            id: id.clone(),
            date: date.to_string(),
            from: times.as_ref().map(|(from, _)| time(from)),
            to: times.as_ref().map(|(_, to)| time(to)),
            place: place.clone(),
            region: region.clone(),
        }
    }
}

/// A module in a summary.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedModule {
    /// Its id.
    id: String,
    /// Its name, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// The hours that it is worth.
    hours: Option<f64>,
    /// Its activities and events.
    activities: Vec<SummarisedActivity>,
}

impl From<&Module> for SummarisedModule {
    fn from(module: &Module) -> Self {
        let activity = |it: &Activity| SummarisedActivity {
            key: it.key.clone(),
            title: it
                .title
                .clone()
                .unwrap_or_else(|| Title(BTreeMap::from([("und".to_owned(), it.key.clone())]))),
            kind: it.kind.clone(),
            hours: it.hours,
            sessions: it.sessions().iter().map(SummarisedSession::from).collect(),
        };
        Self {
            id: module.id.clone(),
            title: module.title.clone(),
            hours: module.hours,
            activities: module.activities.iter().map(activity).collect(),
        }
    }
}

/// What there is of a course.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedCourse {
    /// Its id.
    course: String,
    /// Its name, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Title,
    /// The first and the last day whose statements count.
    begins: Option<String>,
    /// See `begins`.
    ends: Option<String>,
    /// Its editions.
    editions: Vec<SummarisedEdition>,
    /// How many modules it has.
    modules: usize,
    /// How many activities and events, over all modules.
    activities: usize,
    /// How many learners this key may see; those merged count once.
    learners: usize,
    /// How many merges there are among them.
    merged: usize,
    /// How many certificate lists are frozen.
    certificates: usize,
    /// The number of the course's last change: of its file, its learners or their merges.
    revision: i64,
    /// The IANA name of the time zone whose days it means.
    time_zone: String,
    /// The hours that a learner is to do.
    hours: Option<f64>,
    /// After how many days of silence a learner who has begun is at risk.
    at_risk_days: u16,
    /// What values of the learner list are called.
    names: SummarisedNames,
    /// Its modules, in the order of the course file.
    module_list: Vec<SummarisedModule>,
}

/// What the course file calls values of the learner list. Reports as JSON have the values; these names are for people.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummarisedNames {
    /// Names of roles, each by language.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>)]
    role: BTreeMap<String, Title>,
    /// Names of offices, each by language.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>)]
    office: BTreeMap<String, Title>,
}

impl From<&Names> for SummarisedNames {
    fn from(Names { role, office }: &Names) -> Self {
        Self { role: role.clone(), office: office.clone() }
    }
}

/// What there is of a course, in numbers and names.
#[utoipa::path(get, path = "/api/v1/courses/{id}/summary", tag = "courses",
    security(("key" = [])), params(("id" = String, Path, description = "the course's id")),
    responses((status = 200, body = SummarisedCourse), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn summary(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<SummarisedCourse>, Problem> {
    caller.may(Right::ReadCourses)?;
    parameters.only(&[])?;
    let (of, course, bounds) = (server.clone(), id.clone(), caller.key.bounds.clone());
    let summary = async move { of.progress.summary(&course, bounds.as_ref()).await };
    let summary = if caller.key.bounds.is_some() {
        // Learners are gone through, which are counted once without bounds.
        let in_turn = server.reports.run(&caller.key.name, move |turn| async move {
            let _turn = turn;
            summary.await
        });
        in_turn.await?
    } else {
        summary.await
    };
    let CourseSummary { course, learners, merged, certificates, revision } = summary?;
    let Outline { title, window, editions, time_zone, hours, at_risk_days, names, .. } =
        course.outline();
    let edition = |it: &Edition| SummarisedEdition { id: it.id.clone(), title: it.title.clone() };
    Ok(Json(SummarisedCourse {
        title: title.clone(),
        begins: window.begins.map(|day| day.to_string()),
        ends: window.ends.map(|day| day.to_string()),
        editions: editions.iter().map(edition).collect(),
        modules: course.modules().len(),
        activities: course.activities().count(),
        course: id,
        learners,
        merged,
        certificates,
        revision: revision.number(),
        time_zone: time_zone.clone(),
        hours: *hours,
        at_risk_days: *at_risk_days,
        names: SummarisedNames::from(names),
        module_list: course.modules().iter().map(SummarisedModule::from).collect(),
    }))
}

/// What went with a course, or would.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemovedCourse {
    /// Its id.
    course: String,
    /// How many entries its list of learners had.
    learners: usize,
    /// How many merges were noted.
    merged: usize,
    /// How many certificate lists were frozen.
    certificates: usize,
    /// Whether nothing was changed.
    dry_run: bool,
}

/// Deletes a course with its file, its list of learners and their merges.
///
/// No statement goes, those of registers included: the same file and list bring the same progress
/// back. A course with frozen certificate lists is refused, unless `certificates=true`: nothing
/// brings these back.
#[utoipa::path(delete, path = "/api/v1/courses/{id}", tag = "courses", security(("key" = [])),
    params(("id" = String, Path, description = "the course's id"),
        ("certificates" = Option<bool>, Query, description = "its frozen lists too"),
        ("dry_run" = Option<bool>, Query, description = "say what would go and change nothing")),
    responses((status = 200, body = RemovedCourse), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn delete(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<RemovedCourse>, Problem> {
    caller.may(Right::EditCourses)?;
    parameters.only(&["certificates", "dry_run"])?;
    let dry_run = parameters.boolean("dry_run")?;
    let frozen =
        if parameters.boolean("certificates")? { FrozenLists::Go } else { FrozenLists::Stay };
    let deleted = server.progress.delete_course(&id, frozen, Run::dry_if(dry_run)).await?;
    let DeletedCourse { learners, merged, certificates } = deleted;
    Ok(Json(RemovedCourse { course: id, learners, merged, certificates, dry_run }))
}

/// What became of a wish for a rebuild: its outcome, or the job that does it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Rebuild {
    /// It is done.
    Done(RebuiltProgress),
    /// With `job=true`: it is begun.
    Begun(ShownJob),
}

/// Computes the progress of a course from the log again. With `job` the answer does not wait for it.
#[utoipa::path(post, path = "/api/v1/courses/{id}/rebuild", tag = "courses",
    security(("key" = [])), params(("id" = String, Path, description = "the course's id"),
        ("job" = Option<bool>, Query, description = "begin a job and answer with it")),
    responses((status = 200, body = Rebuild), (status = 202, body = Rebuild),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn rebuild(
    State(server): State<Server>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Rebuild>), Problem> {
    caller.may(Right::EditCourses)?;
    parameters.only(&["job"])?;
    let progress = server.progress.clone();
    if parameters.boolean("job")? {
        progress.revision(&id).await?;
        let course = id.clone();
        let job = server.jobs.begin(JobKind::Rebuild, &course, async move {
            let rebuilt = progress.rebuild(&id).await.map_err(|error| error.to_string())?;
            Ok(vec![("statements", rebuilt.statements), ("changed", rebuilt.changed)])
        })?;
        return Ok((StatusCode::ACCEPTED, Json(Rebuild::Begun(job.into()))));
    }
    let rebuilt = progress.rebuild(&id).await?;
    let (statements, changed) = (rebuilt.statements, rebuilt.changed);
    let done = RebuiltProgress { course: id, statements, changed };
    Ok((StatusCode::OK, Json(Rebuild::Done(done))))
}
