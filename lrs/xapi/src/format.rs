//! How a statement is written in an answer (Communication 2.1.3, "format").

use serde_json::{Map, Value};
use validator::json::at;

const IDENTIFIERS: [&str; 5] = ["objectType", "mbox", "mbox_sha1sum", "openid", "account"];

/// Leaves only what identifies the agents, groups, verbs and activities in `statement`.
pub fn ids(statement: &mut Value) {
    each_agent(statement, &mut |agent| {
        let identified = agent.keys().any(|key| key != "objectType" && is_identifier(key));
        agent.retain(|key, _| is_identifier(key) || (key == "member" && !identified));
        for member in agent.get_mut("member").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(member) = member.as_object_mut() {
                member.retain(|key, _| is_identifier(key));
            }
        }
    });
    each_activity(statement, &mut |activity| {
        activity.retain(|key, _| key == "id");
    });
    each_verb(statement, &mut |verb| verb.retain(|key, _| key == "id"));
}

/// The ids of all activities that `statement` holds.
pub fn activity_ids(statement: &Value) -> impl Iterator<Item = &str> {
    activities(statement).into_iter().filter_map(|activity| text(activity.get("id")))
}

/// Every activity in `statement` that has a definition: its id and the definition.
pub fn definitions(statement: &Value) -> Vec<(&str, &Value)> {
    let mut found = Vec::new();
    for activity in activities(statement) {
        if let (Some(id), Some(definition)) = (text(activity.get("id")), activity.get("definition"))
        {
            found.push((id, definition));
        }
    }
    found
}

fn activities(statement: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    collect_activities(statement, &mut found);
    found
}

fn collect_activities<'a>(statement: &'a Value, found: &mut Vec<&'a Value>) {
    let object = statement.get("object");
    let is = |kind: Option<&str>| object.filter(|object| text(object.get("objectType")) == kind);
    found.extend(is(None).or(is(Some("Activity"))));
    let slots = at(statement, "context/contextActivities").and_then(Value::as_object);
    found.extend(slots.into_iter().flat_map(Map::values).flat_map(|slot| match slot {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    }));
    if let Some(inner) = is(Some("SubStatement")) {
        collect_activities(inner, found);
    }
}

fn is_identifier(key: &str) -> bool {
    IDENTIFIERS.contains(&key)
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

type Visit<'a> = dyn FnMut(&mut Map<String, Value>) + 'a;

/// Shows an object to `change`, or each object of a list.
fn visit(value: Option<&mut Value>, change: &mut Visit<'_>) {
    let Some(value) = value else { return };
    match value {
        Value::Object(object) => change(object),
        Value::Array(list) => list.iter_mut().filter_map(Value::as_object_mut).for_each(change),
        _ => {}
    }
}

fn each_verb(statement: &mut Value, change: &mut Visit<'_>) {
    visit(statement.get_mut("verb"), change);
    if let Some(inner) = inner_statement(statement) {
        each_verb(inner, change);
    }
}

fn each_agent(statement: &mut Value, change: &mut Visit<'_>) {
    visit(statement.get_mut("actor"), change);
    visit(statement.get_mut("authority"), change);
    if matches!(object_type(statement), Some("Agent" | "Group")) {
        visit(statement.get_mut("object"), change);
    }
    if let Some(context) = statement.get_mut("context") {
        visit(context.get_mut("instructor"), change);
        visit(context.get_mut("team"), change);
        for (list, who) in [("contextAgents", "agent"), ("contextGroups", "group")] {
            visit(context.get_mut(list), &mut |entry| visit(entry.get_mut(who), change));
        }
    }
    if let Some(inner) = inner_statement(statement) {
        each_agent(inner, change);
    }
}

fn each_activity(statement: &mut Value, change: &mut Visit<'_>) {
    if matches!(object_type(statement), None | Some("Activity")) {
        visit(statement.get_mut("object"), change);
    }
    let slots = statement.pointer_mut("/context/contextActivities").and_then(Value::as_object_mut);
    for (_, slot) in slots.into_iter().flatten() {
        visit(Some(slot), change);
    }
    if let Some(inner) = inner_statement(statement) {
        each_activity(inner, change);
    }
}

fn object_type(statement: &Value) -> Option<&str> {
    text(at(statement, "object/objectType"))
}

fn inner_statement(statement: &mut Value) -> Option<&mut Value> {
    if object_type(statement) == Some("SubStatement") { statement.get_mut("object") } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn statement() -> Value {
        json!({
            "actor": {"objectType": "Group", "name": "Ufficio", "member": [
                {"name": "Ada", "mbox": "mailto:a@x.it"}]},
            "verb": {"id": "https://v.example/v", "display": {"en": "did", "it": "ha fatto"}},
            "object": {"id": "https://a.example/a", "definition": {
                "name": {"en": "One", "it": "Uno"},
                "choices": [{"id": "c", "description": {"en": "C", "it": "Ci"}}]}},
            "context": {"contextActivities": {"parent": {"id": "https://a.example/p",
                "definition": {"name": {"en": "Parent"}}}}},
        })
    }

    #[test]
    fn ids_keeps_only_what_identifies() {
        let mut value = statement();
        ids(&mut value);
        assert_eq!(
            value,
            json!({
                "actor": {"objectType": "Group", "member": [{"mbox": "mailto:a@x.it"}]},
                "verb": {"id": "https://v.example/v"},
                "object": {"id": "https://a.example/a"},
                "context": {"contextActivities": {"parent": {"id": "https://a.example/p"}}},
            })
        );
    }
}
