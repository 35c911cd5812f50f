//! The verb and the activities that a statement speaks with.

use serde_json::{Map, Value};
use validator::ifi::{self, Ifi};
use validator::json;

use super::{Flattener, context, kind_of};
use crate::vocabulary::Used;
use xapi::mentioned;

/// The verb of a statement.
pub(crate) fn verb_used(statement: &Value) -> Option<Used<'_>> {
    let verb = statement.get("verb")?;
    let iri = verb.get("id")?.as_str()?.into();
    Some(Used { iri, names: object(verb, "display"), kind: None, interaction: None })
}

impl Flattener {
    /// The activity that is the object of a statement, and those in its context.
    pub(crate) fn activities_used<'a>(&self, statement: &'a Value) -> Vec<Used<'a>> {
        let person = statement.get("actor").and_then(ifi::of);
        let about = statement.get("object").filter(|it| kind_of(it, "Activity") == "Activity");
        let around = ["parent", "grouping", "category", "other"];
        let around = around.into_iter().flat_map(|it| context::activities(statement, it));
        let all = about.into_iter().chain(around);
        all.filter_map(|activity| self.activity_used(activity, person.as_ref())).collect()
    }

    /// An activity; one whose IRI names the actor has a pseudonym, and no name.
    fn activity_used<'a>(&self, activity: &'a Value, person: Option<&Ifi>) -> Option<Used<'a>> {
        let iri = activity.get("id")?.as_str()?;
        let text = |path| json::at(activity, path).and_then(Value::as_str);
        let (kind, interaction) = (text("definition/type"), text("definition/interactionType"));
        let names = object(activity, "definition/name");
        Some(match person.filter(|person| mentioned::names(iri, person)) {
            Some(_) => Used { iri: self.pseudonymous(iri).into(), names: None, kind, interaction },
            None => Used { iri: iri.into(), names, kind, interaction },
        })
    }
}

fn object<'a>(value: &'a Value, path: &str) -> Option<&'a Map<String, Value>> {
    json::at(value, path)?.as_object()
}
