//! Reactions: `/api/v1/reactions`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::request::Brief;
use crate::state::Server;
use access::caller::Caller;
use access::scope::Right;
use service::reactions::{DryRun, NewReaction, Reaction, ReactionError, Template, Trigger};

pub mod pattern;

use pattern::StatementPattern;

/// What a body is answered that is no rule.
const EXAMPLE: &str = r#"Send {"course": "…", "when": {"event": "module-completed", "module": "…"}, "statement": {"verb": {"id": "…"}}}."#;

/// What learners come to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `Trigger` is read and written")]
pub struct ReactionEvent {
    /// What it is.
    event: ReactionEventKind,
    /// Of `module-completed`, and of no other: the module's id.
    #[schema(nullable = false)]
    module: Option<String>,
    /// Of `statements`, and of no other: what the learner's statements must be.
    #[schema(nullable = false)]
    pattern: Option<StatementPattern>,
}

/// What learners can come to.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum ReactionEventKind {
    /// A module that is for the learner is completed, by its rule.
    ModuleCompleted,
    /// Every module that is for the learner is completed.
    CourseCompleted,
    /// The learner has a right to the certificate.
    Certified,
    /// The learner is at risk of dropping out for the first time, as the report `at-risk` says.
    AtRisk,
    /// The learner's statements fulfil a pattern.
    Statements,
}

/// What a rule writes of a learner. Actor, id, time and context are put in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `Template` is read and written")]
pub struct ReactionStatement {
    /// The verb.
    #[schema(value_type = Object)]
    verb: serde_json::Value,
    /// The object; the course, or the module of the event, where missing; of `statements` the object of the statement that
    /// fulfils the pattern.
    #[schema(value_type = Object, required = false)]
    object: serde_json::Value,
    /// The result; none where missing.
    #[schema(value_type = Object, required = false)]
    result: serde_json::Value,
}

/// A rule as it is asked for.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; `NewReaction` is read")]
pub struct WantedReaction {
    /// The id of the course. `statements` need none, and look at every actor then.
    #[schema(nullable = false)]
    course: Option<String>,
    /// What learners come to.
    when: ReactionEvent,
    /// What was come to before this day, such as 2026-05-04, does not count. As before where missing; of a new rule, today.
    #[schema(nullable = false)]
    from: Option<String>,
    /// What is written.
    statement: ReactionStatement,
    /// Whether nothing is written for now.
    #[schema(required = false)]
    paused: bool,
}

/// A rule, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownReaction {
    /// Its name in addresses.
    name: String,
    /// From 1. Grows where the rule is changed in what it reacts to or writes: then each learner is reacted to anew.
    revision: u32,
    /// When it was made, RFC 3339.
    created: String,
    /// The id of the course; null where the reaction looks at every actor.
    #[schema(required)]
    course: Option<String>,
    /// What learners come to.
    #[schema(value_type = ReactionEvent)]
    when: Trigger,
    /// The first day that counts.
    from: String,
    /// What is written.
    #[schema(value_type = ReactionStatement)]
    statement: Template,
    /// Whether nothing is written for now.
    paused: bool,
    /// How many statements of this revision were written. One that was written just before the server was killed may not be
    /// counted.
    written: u64,
    /// When the last of them was written, RFC 3339; null for never.
    #[schema(required)]
    last: Option<String>,
    /// Why it cannot write now; null where it can.
    #[schema(required)]
    fault: Option<String>,
}

/// What a rule would write now.
#[derive(Debug, Serialize, ToSchema)]
pub struct WouldReact {
    /// How many learners would get a statement.
    learners: usize,
    /// The ids of the first hundred of them; of a reaction without a course, their identifiers.
    named: Vec<String>,
    /// Where the log was too long to be read whole: up to when it was read, by `stored`; null otherwise.
    #[schema(required)]
    through: Option<String>,
    /// The statement of the first; null where there is none.
    #[schema(required, value_type = Option<Object>)]
    example: Option<serde_json::Value>,
}

impl From<Reaction> for ShownReaction {
    fn from(reaction: Reaction) -> Self {
        let Reaction { name, revision, created, rule, from, written, last, fault } = reaction;
        let NewReaction { course, when, statement, paused, .. } = rule;
        let (created, from) = (created.to_string(), from.to_string());
        let last = last.map(|it| it.to_string());
        Self {
            name,
            revision,
            created,
            course,
            when,
            from,
            statement,
            paused,
            written,
            last,
            fault,
        }
    }
}

/// All reactions, by name.
#[utoipa::path(get, path = "/api/v1/reactions", tag = "reactions", security(("key" = [])),
    responses((status = 200, body = Vec<ShownReaction>), (status = 403, body = Problem)))]
pub async fn list(
    State(server): State<Server>,
    caller: Caller,
) -> Result<Json<Vec<ShownReaction>>, Problem> {
    caller.may(Right::Manage)?;
    Ok(Json(server.reactions.list().await?.into_iter().map(ShownReaction::from).collect()))
}

/// One reaction.
#[utoipa::path(get, path = "/api/v1/reactions/{name}", tag = "reactions", security(("key" = [])),
    params(("name" = String, Path, description = "the reaction's name")),
    responses((status = 200, body = ShownReaction), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn get(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<ShownReaction>, Problem> {
    caller.may(Right::Manage)?;
    Ok(Json(server.reactions.get(&name).await?.into()))
}

/// Makes or changes a reaction: a rule that writes a statement when a learner comes to something in a course, or when a learner's
/// statements fulfil a pattern, at most one for each learner. A change of what it reacts to or writes is another revision, which reacts to each learner anew.
#[utoipa::path(put, path = "/api/v1/reactions/{name}", tag = "reactions", security(("key" = [])),
    params(("name" = String, Path, description = "letters, digits, hyphens and underscores, at most 64")),
    request_body = WantedReaction,
    responses((status = 200, body = ShownReaction), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem)))]
pub async fn put(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
    Brief(content): Brief,
) -> Result<Json<ShownReaction>, Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let new = read(&content.body)?;
    Ok(Json(server.reactions.put(&name, new).await?.into()))
}

/// Says whom a reaction would write a statement of now, were it put; nothing is kept. Those are left out to whom it has
/// reacted.
#[utoipa::path(post, path = "/api/v1/reactions/{name}/dry-run", tag = "reactions",
    security(("key" = [])), params(("name" = String, Path, description = "the reaction's name")),
    request_body = WantedReaction,
    responses((status = 200, body = WouldReact), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 415, body = Problem), (status = 503, body = Problem)))]
pub async fn dry_run(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
    Brief(content): Brief,
) -> Result<Json<WouldReact>, Problem> {
    caller.may(Right::Manage)?;
    content.only(&["application/json"])?;
    let (of, new) = (server.clone(), read(&content.body)?);
    let would = server.reports.run(&caller.key.name, move |turn| async move {
        let _turn = turn;
        of.reactions.dry_run(&name, new).await
    });
    let DryRun { learners, through, named, example } = would.await??;
    let through = through.map(|it| it.to_string());
    Ok(Json(WouldReact { learners, named, through, example }))
}

/// Removes a reaction. What it wrote stays.
#[utoipa::path(delete, path = "/api/v1/reactions/{name}", tag = "reactions", security(("key" = [])),
    params(("name" = String, Path, description = "the reaction's name")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn remove(
    State(server): State<Server>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Manage)?;
    server.reactions.remove(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(body: &[u8]) -> Result<NewReaction, Problem> {
    validator::json::parse_as(body).map_err(|error| {
        let detail = format!("The body is not a reaction: {error}.");
        Problem::new(StatusCode::BAD_REQUEST, "reaction-invalid", detail, EXAMPLE)
            .with("why", error)
    })
}

impl From<ReactionError> for Problem {
    fn from(error: ReactionError) -> Self {
        let detail = format!("{error}.");
        let values = values_of(&error);
        let (status, rule, remedy) = match error {
            ReactionError::Course(error) => return error.into(),
            ReactionError::Store(error) => return error.into(),
            ReactionError::Statement(report) => return report.into(),
            ReactionError::Name(_) => (
                StatusCode::BAD_REQUEST,
                "reaction-name",
                "Use 1 to 64 letters, digits, hyphens and underscores.".to_owned(),
            ),
            ReactionError::Unknown(_) => (
                StatusCode::NOT_FOUND,
                "reaction-unknown",
                "GET /api/v1/reactions, or `traccia reaction list`, lists them.".to_owned(),
            ),
            ReactionError::Many => (
                StatusCode::CONFLICT,
                "reaction-many",
                "Remove one that is of no use any more.".to_owned(),
            ),
            ReactionError::NoModule { known, .. } => (
                StatusCode::BAD_REQUEST,
                "reaction-module",
                format!("Name one of its modules: {}.", known.join(", ")),
            ),
            ReactionError::NoCourse => (
                StatusCode::BAD_REQUEST,
                "reaction-course",
                "Name the course as `course`.".to_owned(),
            ),
            ReactionError::Pattern(_) => (
                StatusCode::BAD_REQUEST,
                "reaction-pattern",
                "Send the reaction again with that mended; docs/reactions.md has examples."
                    .to_owned(),
            ),
            ReactionError::Voids => (
                StatusCode::BAD_REQUEST,
                "reaction-voids",
                "Use another verb; what is to be voided, somebody must look at.".to_owned(),
            ),
            ReactionError::Busy => (
                StatusCode::CONFLICT,
                "reaction-busy",
                "Read the reaction again, and send the change again.".to_owned(),
            ),
        };
        let problem = Self::new(status, rule, detail, remedy);
        values.into_iter().fold(problem, |it, (name, value)| it.with(name, value))
    }
}

/// What the texts of other languages have in them.
fn values_of(error: &ReactionError) -> Vec<(&'static str, String)> {
    match error {
        ReactionError::Name(name) | ReactionError::Unknown(name) => vec![("name", name.clone())],
        ReactionError::Pattern(why) => vec![("why", why.clone())],
        ReactionError::NoModule { course, module, known } => vec![
            ("course", course.clone()),
            ("module", module.clone()),
            ("known", known.join(", ")),
        ],
        ReactionError::Many
        | ReactionError::NoCourse
        | ReactionError::Voids
        | ReactionError::Statement(_)
        | ReactionError::Busy
        | ReactionError::Course(_)
        | ReactionError::Store(_) => Vec::new(),
    }
}
