//! All courses: `GET /api/v1/courses`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use course::Title;
use service::progress::{CourseAtAGlance, ListedCourse};
use xapi::parameters::Parameters;

/// All courses, as their ids or in a list that tells of each.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Courses {
    /// The ids, sorted.
    Ids(Vec<String>),
    /// With `details=true`.
    List(CourseList),
}

/// All courses.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseList {
    /// By id.
    items: Vec<CourseInList>,
    /// Always null: there is one page.
    #[schema(required)]
    next: Option<String>,
}

/// A course in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseInList {
    /// Its id.
    id: String,
    /// Its name, by language; null where this program cannot read the course file, as are the others then.
    #[schema(required, value_type = Option<std::collections::BTreeMap<String, String>>)]
    title: Option<Title>,
    /// The first day whose statements count.
    #[schema(required)]
    begins: Option<String>,
    /// The last day whose statements count.
    #[schema(required)]
    ends: Option<String>,
    /// How many learners this key may see; those merged count once.
    #[schema(required)]
    learners: Option<usize>,
    /// How many modules it has.
    #[schema(required)]
    modules: Option<usize>,
}

impl From<ListedCourse> for CourseInList {
    fn from(ListedCourse { id, told }: ListedCourse) -> Self {
        let Some(CourseAtAGlance { title, begins, ends, learners, modules }) = told else {
            let (title, begins, ends, learners, modules) = (None, None, None, None, None);
            return Self { id, title, begins, ends, learners, modules };
        };
        Self {
            id,
            title: Some(title),
            begins: begins.map(|day| day.to_string()),
            ends: ends.map(|day| day.to_string()),
            learners: Some(learners),
            modules: Some(modules),
        }
    }
}

/// All courses: their ids, or with `details=true` what there is of each.
#[utoipa::path(get, path = "/api/v1/courses", tag = "courses", security(("key" = [])),
    params(("details" = Option<bool>, Query, description = "tell of each course")),
    responses((status = 200, body = Courses), (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
    parameters: Parameters,
) -> Result<Json<Courses>, Problem> {
    caller.may(Right::ReadCourses)?;
    parameters.only(&["details"])?;
    if !parameters.boolean("details")? {
        return Ok(Json(Courses::Ids(server.progress.courses().await?)));
    }
    // All learners of all courses are gone through: of each key once at a time, also where its client goes away.
    let (of, bounds) = (server.clone(), caller.key.bounds.clone());
    let listed = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.progress.listed(bounds).await
    });
    let listed = listed.await??;
    let items = listed.into_iter().map(CourseInList::from).collect();
    Ok(Json(Courses::List(CourseList { items, next: None })))
}
