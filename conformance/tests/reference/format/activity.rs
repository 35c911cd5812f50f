//! The form of activities and of their definitions.

use serde_json::Value;

use super::super::values;
use super::{Checked, Format, IDENTIFIERS};

const DEFINITION: [&str; 12] = [
    "name",
    "description",
    "type",
    "moreInfo",
    "extensions",
    "interactionType",
    "correctResponsesPattern",
    "choices",
    "scale",
    "source",
    "target",
    "steps",
];
const INTERACTIONS: [&str; 10] = [
    "true-false",
    "choice",
    "fill-in",
    "long-fill-in",
    "matching",
    "performance",
    "sequencing",
    "likert",
    "numeric",
    "other",
];
const COMPONENTS: [&str; 5] = ["choices", "scale", "source", "target", "steps"];

impl Format<'_> {
    pub(super) fn activity(&self, value: &Value, place: &str) -> Checked {
        if self.blind(place) {
            return Ok(());
        }
        let members = self.object(value)?;
        if IDENTIFIERS.iter().any(|name| members.contains_key(*name)) && !members.contains_key("id")
        {
            return self.rule("agent-object-type", false);
        }
        let kind = members.get("objectType");
        self.rule("activity-type", kind.is_none_or(|kind| kind == "Activity"))?;
        self.known(members, &["objectType", "id", "definition"])?;
        self.rule("activity-id-required", members.contains_key("id"))?;
        self.formatted("activity-id", members.get("id"), values::iri)?;
        match members.get("definition") {
            Some(value) if value.is_object() => self.definition(value),
            Some(_) => self.rule("definition-type", false),
            None => Ok(()),
        }
    }

    fn definition(&self, value: &Value) -> Checked {
        let members = self.object(value)?;
        self.known(members, &DEFINITION)?;
        self.map(members.get("name"))?;
        self.map(members.get("description"))?;
        self.formatted("activity-type-iri", members.get("type"), values::iri)?;
        self.formatted("more-info", members.get("moreInfo"), values::iri)?;
        self.extensions(members.get("extensions"))?;
        let kind = members.get("interactionType");
        let known =
            kind.is_none_or(|kind| kind.as_str().is_some_and(|k| INTERACTIONS.contains(&k)));
        self.rule("interaction-type", known)?;
        if self.is("refuses sequencing") && kind.is_some_and(|kind| kind == "sequencing") {
            return Err("sequencing".to_owned());
        }
        let interactive = COMPONENTS.iter().any(|name| members.contains_key(*name))
            || members.contains_key("correctResponsesPattern");
        self.rule("interaction-type-required", !interactive || kind.is_some())?;
        let pattern = members.get("correctResponsesPattern").is_none_or(|list| {
            list.as_array().is_some_and(|list| list.iter().all(Value::is_string))
        });
        self.rule("pattern", pattern)?;
        COMPONENTS.iter().try_for_each(|name| match members.get(*name) {
            Some(list) if self.mutant.strip_prefix("skips ") != Some(*name) => {
                self.components(list)
            }
            _ => Ok(()),
        })
    }

    fn components(&self, list: &Value) -> Checked {
        let Some(list) = list.as_array() else { return self.rule("component-list", false) };
        let mut ids = Vec::new();
        for component in list {
            let Some(members) = component.as_object() else {
                return self.rule("component-list", false);
            };
            self.known(members, &["id", "description"])?;
            self.rule("component-id", members.get("id").is_some_and(Value::is_string))?;
            self.map(members.get("description"))?;
            let new = members.get("id").is_none_or(|id| !ids.contains(id));
            self.rule("component-ids", new)?;
            ids.extend(members.get("id").cloned());
        }
        Ok(())
    }
}
