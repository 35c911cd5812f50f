//! What a rule says, and the statement that it writes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;
use validator::Version;

use super::kept::KeptRule;
use super::pattern::{Pattern, Said};
use super::{ReactionError, Reactions};
use crate::progress::Milestone;
use course::{Course, Identifier, Learner};
use jiff::civil::Date;
use xapi::prepare::VOIDED;

/// The extension of the context by which a reaction is known: an object of `rule` and `revision`.
const EXTENSION: &str = "https://traccia.example/extensions/reaction";

/// A rule as it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReaction {
    /// The id of the course. Rules on statements need none: then they look at the statements of every actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// What learners come to.
    pub when: Trigger,
    /// What was come to before this day does not count. That of the rule before where missing; of a new rule, today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// What is written.
    pub statement: Template,
    /// Whether nothing is written for now.
    #[serde(default)]
    pub paused: bool,
}

/// What a rule reacts to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Trigger {
    /// [`Milestone::ModuleCompleted`].
    ModuleCompleted {
        /// The module's id.
        module: String,
    },
    /// [`Milestone::CourseCompleted`].
    CourseCompleted {},
    /// [`Milestone::Certified`].
    Certified {},
    /// [`Milestone::AtRisk`].
    AtRisk {},
    /// A learner's statements fulfil a pattern.
    Statements {
        /// The pattern.
        pattern: Pattern,
    },
}

impl Trigger {
    /// What learners come to in a course; `None` for a pattern of statements.
    pub(super) fn milestone(&self) -> Option<Milestone> {
        Some(match self {
            Self::ModuleCompleted { module } => {
                Milestone::ModuleCompleted { module: module.clone() }
            }
            Self::CourseCompleted {} => Milestone::CourseCompleted {},
            Self::Certified {} => Milestone::Certified {},
            Self::AtRisk {} => Milestone::AtRisk {},
            Self::Statements { .. } => return None,
        })
    }

    /// The pattern of statements, where it is one.
    pub(super) const fn pattern(&self) -> Option<&Pattern> {
        match self {
            Self::Statements { pattern } => Some(pattern),
            _ => None,
        }
    }

    fn module(&self) -> Option<&str> {
        match self {
            Self::ModuleCompleted { module } => Some(module),
            _ => None,
        }
    }
}

/// Of whom a statement is written, and why.
pub(super) struct Reacted<'a> {
    /// What makes the id of the statement: the learner's id, or the text of the actor's identifier.
    pub(super) key: &'a str,
    pub(super) actor: Value,
    pub(super) course: Option<&'a Course>,
    /// The statement that fulfilled a pattern.
    pub(super) cause: Option<&'a Said>,
}

impl<'a> Reacted<'a> {
    /// A learner of a course; `None` for one without an identifier.
    pub(super) fn learner(
        course: &'a Course,
        learner: &'a Learner,
        cause: Option<&'a Said>,
    ) -> Option<Self> {
        let mut actor = learner.identifiers.first().map(Identifier::to_agent)?;
        let named = Some(&learner.name).filter(|name| !name.is_empty());
        put_in(&mut actor, "name", named.map(|name| json!(name)));
        Some(Self { key: &learner.id, actor, course: Some(course), cause })
    }

    /// The actor of a statement, whoever that is.
    pub(super) fn actor(cause: &'a Said) -> Self {
        let mut actor = cause.value.get("actor").cloned().unwrap_or_default();
        if let Some(members) = actor.as_object_mut() {
            // A team is known by its identifier; who is in it was said by the statement.
            members.shift_remove("member");
        }
        Self { key: &cause.actor, actor, course: None, cause: Some(cause) }
    }
}

/// What a rule writes of a learner. Actor, id, time and context are put in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The verb.
    pub verb: Value,
    /// The object; the course, or the module of the milestone, where missing; of a rule on statements the object of the
    /// statement that fulfils it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Value>,
    /// The result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}

impl Template {
    /// Refuses what would be no statement of the standard, or would void another one.
    pub(super) fn check(&self) -> Result<(), ReactionError> {
        if self.verb.pointer("/id").and_then(Value::as_str) == Some(VOIDED) {
            return Err(ReactionError::Voids);
        }
        let object = json!({"id": "https://traccia.example/example"});
        let mut statement = json!({
            "actor": {"mbox": "mailto:example@traccia.example"},
            "verb": self.verb,
            "object": self.object.as_ref().unwrap_or(&object),
        });
        put_in(&mut statement, "result", self.result.clone());
        let checked = validator::check(statement.to_string().as_bytes(), Version::V1_0_3);
        checked.map(drop).map_err(ReactionError::Statement)
    }
}

impl Reactions {
    /// The statement that a rule writes of somebody under this id ([`Self::free_id`]).
    pub(super) fn statement(
        &self,
        name: &str,
        (kept, id): (&KeptRule, Uuid),
        of: &Reacted<'_>,
    ) -> Value {
        let Template { verb, object, result } = &kept.rule.statement;
        let module = kept.rule.when.module();
        let mut grouping = Vec::new();
        if let Some(course) = of.course {
            let course_iri = &course.outline().iri;
            grouping.push(json!({"id": course_iri}));
            let module = module.map(|it| json!({"id": format!("{course_iri}/modules/{it}")}));
            grouping.extend(module);
        }
        let said = of.cause.and_then(|cause| cause.value.get("object").cloned());
        let own = || said.or_else(|| of.course.map(|course| place(course, module)));
        let object = object.clone().or_else(own).unwrap_or_default();
        let mut activities = json!({
            "category": [{"id": format!("{}/reactions/{name}", self.base_url)}],
        });
        put_in(&mut activities, "grouping", (!grouping.is_empty()).then(|| json!(grouping)));
        let mut context = json!({
            "contextActivities": activities,
            "extensions": {EXTENSION: {"rule": name, "revision": kept.revision}},
        });
        // Only statements about activities may say what platform they come from (Data 2.4.6).
        let platform = is_activity(&object).then(|| json!("Traccia"));
        put_in(&mut context, "platform", platform);
        let cause = of.cause.map(|it| json!({"objectType": "StatementRef", "id": it.id}));
        put_in(&mut context, "statement", cause);
        let mut statement = json!({
            "id": id.to_string(),
            "actor": of.actor,
            "verb": verb,
            "object": object,
            "context": context,
            "timestamp": self.clock.now().to_string(),
        });
        put_in(&mut statement, "result", result.clone());
        statement
    }
}

fn is_activity(object: &Value) -> bool {
    object.get("objectType").is_none_or(|it| it == "Activity")
}

/// The course, or the module of the milestone, as an activity.
fn place(course: &Course, module: Option<&str>) -> Value {
    let outline = course.outline();
    let found = course.modules().iter().find(|it| Some(it.id.as_str()) == module);
    let (id, title, kind) = match found {
        Some(module) => (format!("{}/modules/{}", outline.iri, module.id), &module.title, "module"),
        None => (outline.iri.clone(), &outline.title, "course"),
    };
    let kind = format!("http://adlnet.gov/expapi/activities/{kind}");
    json!({"id": id, "definition": {"type": kind, "name": title.0}})
}

/// Puts a member into an object, where there is a value.
fn put_in(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(members), Some(value)) = (object.as_object_mut(), value) {
        members.insert(key.to_owned(), value);
    }
}
