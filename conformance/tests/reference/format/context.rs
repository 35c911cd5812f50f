//! The form of a context, and of what 2.0 added to it.

use serde_json::{Map, Value};

use super::super::values;
use super::{Checked, Format};

impl Format<'_> {
    pub(super) fn context(&self, value: &Value, object: Option<&Value>, sub: bool) -> Checked {
        let members = self.object(value)?;
        let mut known = vec![
            "registration",
            "instructor",
            "team",
            "contextActivities",
            "revision",
            "platform",
            "language",
            "statement",
            "extensions",
        ];
        if self.two || self.is("skips context agents before two") {
            known.extend(["contextAgents", "contextGroups"]);
        }
        self.known(members, &known)?;
        self.formatted("registration", members.get("registration"), values::uuid)?;
        self.text("revision-platform", members.get("revision"))?;
        self.text("revision-platform", members.get("platform"))?;
        self.formatted("context-language", members.get("language"), values::language)?;
        self.extensions(members.get("extensions"))?;
        let place = |name: &str| if sub { format!("sub-{name}") } else { name.to_owned() };
        if let Some(instructor) =
            members.get("instructor").filter(|_| !self.blind(&place("instructor")))
        {
            if !instructor.is_object() {
                return self.rule("instructor-type", false);
            }
            self.actor(instructor, &place("instructor"))?;
        }
        if let Some(team) = members.get("team").filter(|_| !self.blind(&place("team"))) {
            let group = team.get("objectType").is_some_and(|kind| kind == "Group");
            self.rule("team-group", group)?;
            if group {
                self.group(team, &place("team"))?;
            }
        }
        if let Some(statement) =
            members.get("statement").filter(|_| !self.blind(&place("statement")))
        {
            self.reference(statement)?;
        }
        let kind = object.and_then(|object| object.get("objectType")).and_then(Value::as_str);
        let activity = kind.is_none_or(|kind| kind == "Activity");
        for name in ["revision", "platform"] {
            let rule = if sub { "sub-activity-only" } else { "activity-only" };
            self.rule(rule, activity || !members.contains_key(name))?;
        }
        if let Some(value) = members.get("contextActivities") {
            self.context_activities(value, sub)?;
        }
        self.relevant(members, "contextAgents", "contextAgent", "agent", sub)?;
        self.relevant(members, "contextGroups", "contextGroup", "group", sub)
    }

    fn context_activities(&self, value: &Value, sub: bool) -> Checked {
        let Some(members) = value.as_object() else {
            return self.rule("context-activities", false);
        };
        if self.is("refuses a single context activity") && members.values().any(Value::is_object) {
            return Err("single".to_owned());
        }
        self.known(members, &["parent", "grouping", "category", "other"])?;
        for (name, value) in members {
            let place = if sub { format!("sub-{name}") } else { name.clone() };
            if self.blind(&place) {
                continue;
            }
            match value {
                Value::Array(list) => {
                    for one in list {
                        self.activity(one, &place)?;
                    }
                }
                Value::Object(_) => self.activity(value, &place)?,
                _ => self.rule("context-activities", false)?,
            }
        }
        Ok(())
    }

    fn relevant(
        &self,
        members: &Map<String, Value>,
        list: &str,
        kind: &str,
        key: &str,
        sub: bool,
    ) -> Checked {
        let Some(value) = members.get(list) else { return Ok(()) };
        if self.blind(if sub { "sub-relevant" } else { "relevant" }) {
            return Ok(());
        }
        let Some(items) = value.as_array() else { return self.rule("relevant-list", false) };
        if self.is("refuses relevant types") && value.to_string().contains("relevantTypes") {
            return Err("relevantTypes".to_owned());
        }
        for item in items {
            let Some(item) = item.as_object() else { return self.rule("relevant-list", false) };
            self.rule("relevant-type", item.get("objectType").is_some_and(|found| found == kind))?;
            self.rule("relevant-actor", item.contains_key(key))?;
            if let Some(actor) = item.get(key) {
                if key == "agent" {
                    self.agent(actor, "context-agent")?;
                } else {
                    self.rule(
                        "relevant-group",
                        actor.get("objectType").is_some_and(|k| k == "Group"),
                    )?;
                    self.group(actor, "context-group")?;
                }
            }
            let types = item.get("relevantTypes").is_none_or(|types| {
                let fits = |one: &Value| one.as_str().is_some_and(values::iri);
                types.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(fits))
            });
            self.rule("relevant-types", types)?;
        }
        Ok(())
    }
}
