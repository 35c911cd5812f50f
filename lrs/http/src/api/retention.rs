//! Rules by which people are erased whose statements are old: `/api/v1/retention`.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::sessions::read;
use crate::audit::Told;
use crate::problem::Problem;
use crate::request::Brief;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::retention::{RetentionPlan, RetentionPreview, RetentionRule, RetentionRun};
use xapi::instant::Instant;

/// Statements that are kept for some days. Of several conditions all hold; without one, the rule is of all statements.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRetentionRule {
    /// The id of a course: statements of it, and people on its learner list.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    course: Option<String>,
    /// The id of a verb: statements with it.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    verb: Option<String>,
    /// The name of a key: statements that it sent.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// For how many days from its timestamp on a statement keeps the people whom it names; 30 to 36,500.
    days: u32,
}

/// All rules.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `RetentionPlan` is read")]
pub struct WantedRetention {
    /// None: nobody is erased.
    rules: Vec<ShownRetentionRule>,
    /// How many people are erased a day at most; 50 if missing.
    #[schema(required = false)]
    most_a_day: u32,
}

/// What the rules did at a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRetentionRun {
    /// When, RFC 3339.
    at: String,
    /// How many people were due.
    due: u64,
    /// How many of them were erased.
    erased: u64,
    /// How many of those who were looked at are left to an administrator: statements or documents of others would change.
    left_out: u64,
}

/// The rules, and what they did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownRetention {
    /// None: nobody is erased.
    rules: Vec<ShownRetentionRule>,
    /// How many people are erased a day at most.
    most_a_day: u32,
    /// What was done last; null before.
    #[schema(required)]
    last: Option<ShownRetentionRun>,
}

/// What rules would do now.
#[derive(Debug, Serialize, ToSchema)]
pub struct WouldErase {
    /// How many people are due.
    people: u64,
    /// How many statements are by or about them.
    statements: u64,
    /// Of these people, those whom the last nights have left to an administrator, each by an identifier.
    left_out: Vec<String>,
}

impl From<(RetentionPlan, Option<RetentionRun>)> for ShownRetention {
    fn from((plan, last): (RetentionPlan, Option<RetentionRun>)) -> Self {
        let shown = |RetentionRule { course, verb, source, days }| ShownRetentionRule {
            course,
            verb,
            source,
            days,
        };
        let run = |RetentionRun { at, due, erased, left_out }| ShownRetentionRun {
            at: Instant::from_micros(at).to_string(),
            due,
            erased,
            left_out,
        };
        Self {
            rules: plan.rules.into_iter().map(shown).collect(),
            most_a_day: plan.most_a_day,
            last: last.map(run),
        }
    }
}

/// The rules by which people are erased whose statements are old, and what they did last.
#[utoipa::path(get, path = "/api/v1/retention", tag = "people", security(("key" = [])),
    responses((status = 200, body = ShownRetention), (status = 403, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Json<ShownRetention>, Problem> {
    caller.may(Right::Manage)?;
    Ok(Json(server.retention.get().await?.into()))
}

/// Replaces all rules; none switch retention off. They are applied once a day, after 01:00 UTC: a person is erased once every
/// statement that names them is covered by a rule and older than the longest age of the rules that cover it.
#[utoipa::path(put, path = "/api/v1/retention", tag = "people", security(("key" = [])),
    request_body = WantedRetention,
    responses((status = 200, body = ShownRetention), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Brief(content): Brief,
) -> Result<(Extension<Told>, Json<ShownRetention>), Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let plan: RetentionPlan = read(&content)?;
    server.retention.put(plan.clone()).await?;
    let told = Told { target: Some(String::new()), details: Some(json!(plan)) };
    Ok((Extension(told), Json(server.retention.get().await?.into())))
}

/// Says how many people rules would erase now, were nothing bounded a day, and whom of them the last nights have left to an
/// administrator. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/retention/dry-run", tag = "people", security(("key" = [])),
    request_body = WantedRetention,
    responses((status = 200, body = WouldErase), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 503, body = Problem)))]
pub async fn dry_run(
    State(server): State<Server>,
    caller: Caller,
    Brief(content): Brief,
) -> Result<Json<WouldErase>, Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let (of, plan) = (server.clone(), read::<RetentionPlan>(&content)?);
    let would = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.retention.dry_run(&plan).await
    });
    let RetentionPreview { people, statements, left_out } = would.await??;
    Ok(Json(WouldErase { people, statements, left_out }))
}
