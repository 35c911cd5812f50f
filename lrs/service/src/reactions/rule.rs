//! What a rule says, and the statement that it writes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use validator::Version;

use super::kept::KeptRule;
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
    /// The id of the course.
    pub course: String,
    /// What learners come to.
    pub when: Milestone,
    /// What was come to before this day does not count. That of the rule before where missing; of a new rule, today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// What is written.
    pub statement: Template,
    /// Whether nothing is written for now.
    #[serde(default)]
    pub paused: bool,
}

/// What a rule writes of a learner. Actor, id, time and context are put in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The verb.
    pub verb: Value,
    /// The object; the course, or the module of the milestone, where missing.
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
    /// The statement that a rule writes of a learner; `None` for one without an identifier.
    pub(super) fn statement(
        &self,
        name: &str,
        kept: &KeptRule,
        course: &Course,
        learner: &Learner,
    ) -> Option<Value> {
        let Template { verb, object, result } = &kept.rule.statement;
        let mut actor = learner.identifiers.first().map(Identifier::to_agent)?;
        let named = Some(&learner.name).filter(|name| !name.is_empty());
        put_in(&mut actor, "name", named.map(|name| json!(name)));
        let course_iri = &course.outline().iri;
        let mut grouping = vec![json!({"id": course_iri})];
        if let Milestone::ModuleCompleted { module } = &kept.rule.when {
            grouping.push(json!({"id": format!("{course_iri}/modules/{module}")}));
        }
        let own = || place(course, &kept.rule.when);
        let mut statement = json!({
            "id": kept.id_of(&learner.id).to_string(),
            "actor": actor,
            "verb": verb,
            "object": object.clone().unwrap_or_else(own),
            "context": {
                "platform": "Traccia",
                "contextActivities": {
                    "grouping": grouping,
                    "category": [{"id": format!("{}/reactions/{name}", self.base_url)}],
                },
                "extensions": {EXTENSION: {"rule": name, "revision": kept.revision}},
            },
            "timestamp": self.clock.now().to_string(),
        });
        if object.as_ref().is_some_and(|it| !is_activity(it)) {
            // Only statements about activities may say what platform they come from (Data 2.4.6).
            if let Some(context) = statement.pointer_mut("/context").and_then(Value::as_object_mut)
            {
                context.remove("platform");
            }
        }
        put_in(&mut statement, "result", result.clone());
        Some(statement)
    }
}

fn is_activity(object: &Value) -> bool {
    object.get("objectType").is_none_or(|it| it == "Activity")
}

/// The course, or the module of the milestone, as an activity.
fn place(course: &Course, when: &Milestone) -> Value {
    let outline = course.outline();
    let wanted = match when {
        Milestone::ModuleCompleted { module } => Some(module),
        _ => None,
    };
    let found = course.modules().iter().find(|it| Some(&it.id) == wanted);
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
