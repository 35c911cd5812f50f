//! The learners of a course by the page and one by one, and the statements of one by the page.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use bytes::{BufMut as _, BytesMut};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::{Identifier, Learner};
use service::progress::{
    Enrolled, LearnerPage, LearnerQuery, LearnerSort, Timeline, TimelinePage, TimelineQuery,
};
use xapi::parameters::Parameters;

/// The parameters that ask for a page.
pub(super) const PARAMETERS: [&str; 4] = ["search", "sort", "limit", "after"];
/// How many learners a page has where nothing else is asked, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;
/// How many statements a page has where nothing else is asked, and at most.
const USUAL_STATEMENTS: usize = 50;
const MOST_STATEMENTS: usize = 100;

/// The learners of a course: a page of them, or all.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Learners {
    /// Where `search`, `sort`, `limit` or `after` is given.
    Page(PageOfLearners),
    /// Else.
    All(AllLearners),
}

/// All learners as they were enrolled, with the merges.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllLearners {
    /// Each, those merged as well.
    learners: Vec<ShownLearner>,
    /// Who was merged into whom, by their ids.
    merged: BTreeMap<String, String>,
}

/// Some of the persons who are enrolled.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOfLearners {
    /// In the order asked for.
    items: Vec<EnrolledPerson>,
    /// The `after` of the next page; null on the last one.
    #[schema(required)]
    next: Option<String>,
    /// How many there are on all pages.
    found: usize,
}

/// A learner as enrolled.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownLearner {
    /// The learner's id.
    id: String,
    /// The name; may be empty, as may all texts below.
    name: String,
    /// The ways in which statements name the learner, each as the member of an Agent.
    #[schema(value_type = Vec<Object>)]
    identifiers: Vec<Identifier>,
    /// The region of the body.
    region: String,
    /// The province of the body.
    province: String,
    /// The public body.
    body: String,
    /// The body's ISTAT code.
    istat: String,
    /// The class of the body's population.
    population_class: String,
    /// The role in the body.
    role: String,
    /// The office area.
    office: String,
    /// The id of the edition of the course.
    edition: String,
    /// Further columns of the list.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

/// A person who is enrolled, with those who were merged into this person.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolledPerson {
    /// As enrolled.
    #[serde(flatten)]
    learner: ShownLearner,
    /// Those who were merged into this person.
    merged: Vec<MergedLearner>,
    /// Of one who was asked for by another id: the person's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    merged_into: Option<String>,
}

/// A learner who is the same person as another one.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergedLearner {
    /// The learner's id.
    id: String,
    /// The name.
    name: String,
    /// The ways in which statements name the learner.
    #[schema(value_type = Vec<Object>)]
    identifiers: Vec<Identifier>,
}

impl From<Learner> for ShownLearner {
    fn from(learner: Learner) -> Self {
        let Learner { id, name, identifiers, region, province, body, istat, .. } = learner;
        let Learner { population_class, role, office, edition, attributes, .. } = learner;
        Self {
            id,
            name,
            identifiers,
            region,
            province,
            body,
            istat,
            population_class,
            role,
            office,
            edition,
            attributes,
        }
    }
}

impl From<Enrolled> for EnrolledPerson {
    fn from(Enrolled { learner, merged }: Enrolled) -> Self {
        let shown = |Learner { id, name, identifiers, .. }| MergedLearner { id, name, identifiers };
        let merged = merged.into_iter().map(shown).collect();
        Self { learner: learner.into(), merged, merged_into: None }
    }
}

/// A page of the learners, for who may read courses.
pub(super) async fn page(
    server: &Server,
    caller: &Caller,
    course: &str,
    parameters: &Parameters,
) -> Result<Response, Problem> {
    parameters.only(&PARAMETERS)?;
    let (sort, descending) = sort(parameters.get("sort").unwrap_or("name"))?;
    let query = LearnerQuery {
        search: parameters.get("search").unwrap_or_default().to_owned(),
        sort,
        descending,
        after: parameters.get("after").map(str::to_owned),
        limit: parameters.number("limit")?.unwrap_or(USUAL).clamp(1, MOST),
    };
    let (of, key, course) = (server.clone(), Arc::clone(&caller.key), course.to_owned());
    let page = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        let memory = of.shares.of_key(&key.name);
        of.progress.learners(&course, query, key.bounds.clone(), &memory).await
    });
    let LearnerPage { items, next, found } = page.await??;
    let items = items.into_iter().map(EnrolledPerson::from).collect();
    Ok(Json(PageOfLearners { items, next, found }).into_response())
}

/// What learners are sorted by, and whether the last come first.
fn sort(asked: &str) -> Result<(LearnerSort, bool), Problem> {
    let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
    let known = LearnerSort::EVERY.into_iter().find(|(known, _)| *known == name);
    let names: Vec<&str> = LearnerSort::EVERY.iter().map(|(name, _)| *name).collect();
    known.map(|(_, sort)| (sort, descending)).ok_or_else(|| {
        Problem::parameter(
            "sort",
            asked,
            &format!("one of {}, or - and one of them", names.join(", ")),
        )
    })
}

/// One person of a course, by the id of the learner or of one who was merged into the learner.
#[utoipa::path(get, path = "/api/v1/courses/{id}/learners/{learner}", tag = "learners",
    security(("key" = [])), params(
        ("id" = String, Path, description = "the course's id"),
        ("learner" = String, Path, description = "the learner's id")),
    responses((status = 200, body = EnrolledPerson), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path((id, learner)): Path<(String, String)>,
) -> Result<Json<EnrolledPerson>, Problem> {
    caller.may(Right::ReadCourses)?;
    let (of, wanted, bounds) = (server.clone(), learner.clone(), caller.key.bounds.clone());
    let found = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.progress.learner(&id, &wanted, bounds).await
    });
    let found = found.await??;
    let person = EnrolledPerson::from(found);
    let merged_into = (person.learner.id != learner).then(|| person.learner.id.clone());
    Ok(Json(EnrolledPerson { merged_into, ..person }))
}

/// The statements of a learner: a page of them, or all.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LearnerStatements {
    /// Where `limit`, `after` or `descending` is given.
    Page(PageOfStatements),
    /// Else: each as it is kept.
    #[schema(value_type = Vec<Object>)]
    All(Vec<serde_json::Value>),
}

/// Some statements of a learner.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOfStatements {
    /// Each as it is kept.
    #[schema(value_type = Vec<Object>)]
    items: Vec<serde_json::Value>,
    /// The `after` of the next page; null on the last one.
    #[schema(required)]
    next: Option<String>,
}

/// A page of a learner's statements, written as they are kept.
pub(super) async fn statements(
    timeline: Timeline,
    parameters: &Parameters,
) -> Result<Response, Problem> {
    let query = TimelineQuery {
        after: parameters.get("after").map(str::to_owned),
        descending: parameters.boolean("descending")?,
        limit: parameters.number("limit")?.unwrap_or(USUAL_STATEMENTS).clamp(1, MOST_STATEMENTS),
    };
    let TimelinePage { texts, next } = timeline.page(&query).await?;
    let mut json = BytesMut::with_capacity(texts.iter().map(|it| it.len() + 1).sum::<usize>() + 64);
    json.put_slice(b"{\"items\":[");
    for (number, text) in texts.iter().enumerate() {
        if number > 0 {
            json.put_u8(b',');
        }
        json.put_slice(text);
    }
    json.put_slice(b"],\"next\":");
    json.put_slice(serde_json::Value::from(next).to_string().as_bytes());
    json.put_u8(b'}');
    Ok(([(CONTENT_TYPE, "application/json")], json.freeze()).into_response())
}
