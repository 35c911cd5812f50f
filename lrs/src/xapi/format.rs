//! How a statement is written in an answer (Communication 2.1.3, "format").

use serde_json::{Map, Value};

use super::language::Languages;

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

/// Writes the store's definition of every activity, and one language of every language map.
/// `definition` gives what the store knows of an activity.
pub fn canonical(
    statement: &mut Value,
    definition: impl Fn(&str) -> Option<Value>,
    languages: &Languages,
) {
    each_activity(statement, &mut |activity| {
        let known = activity.get("id").and_then(Value::as_str).and_then(&definition);
        if let Some(known) = known {
            activity.insert("definition".to_owned(), known);
        }
        if let Some(definition) = activity.get_mut("definition") {
            one_language(definition, languages);
        }
    });
    each_verb(statement, &mut |verb| choose(verb.get_mut("display"), languages));
}

/// The ids of all activities that `statement` holds, which [`canonical`] will ask for.
pub fn activity_ids(statement: &mut Value) -> Vec<String> {
    let mut ids = Vec::new();
    each_activity(statement, &mut |activity| {
        ids.extend(activity.get("id").and_then(Value::as_str).map(str::to_owned));
    });
    ids
}

/// Every activity in `statement` that has a definition: its id and the definition.
pub fn definitions(statement: &Value) -> Vec<(&str, &Value)> {
    let mut found = Vec::new();
    collect_definitions(statement, &mut found);
    found
}

fn collect_definitions<'a>(statement: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    let slots = statement.pointer("/context/contextActivities").and_then(Value::as_object);
    let context = slots.into_iter().flat_map(Map::values).flat_map(|slot| match slot {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    });
    let object = statement.get("object");
    let is_activity =
        |object: &&Value| matches!(text(object.get("objectType")), None | Some("Activity"));
    for activity in object.into_iter().filter(is_activity).chain(context) {
        if let (Some(id), Some(definition)) = (text(activity.get("id")), activity.get("definition"))
        {
            found.push((id, definition));
        }
    }
    if let Some(inner) = object.filter(|o| text(o.get("objectType")) == Some("SubStatement")) {
        collect_definitions(inner, found);
    }
}

fn one_language(definition: &mut Value, languages: &Languages) {
    choose(definition.get_mut("name"), languages);
    choose(definition.get_mut("description"), languages);
    for components in ["choices", "scale", "source", "target", "steps"] {
        let list = definition.get_mut(components).and_then(Value::as_array_mut);
        for component in list.into_iter().flatten() {
            choose(component.get_mut("description"), languages);
        }
    }
}

fn choose(map: Option<&mut Value>, languages: &Languages) {
    if let Some(map) = map.and_then(Value::as_object_mut) {
        languages.choose(map);
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
    text(statement.pointer("/object/objectType"))
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

    #[test]
    fn canonical_takes_the_stores_definition_and_one_language_of_each_map() {
        let mut value = statement();
        let known = |id: &str| {
            (id == "https://a.example/p").then(|| json!({"name": {"en": "Known", "it": "Noto"}}))
        };
        canonical(&mut value, known, &Languages::parse("it"));
        assert_eq!(value["verb"]["display"], json!({"it": "ha fatto"}));
        assert_eq!(value["object"]["definition"]["name"], json!({"it": "Uno"}));
        assert_eq!(value["object"]["definition"]["choices"][0]["description"], json!({"it": "Ci"}));
        let parent = &value["context"]["contextActivities"]["parent"]["definition"]["name"];
        assert_eq!(*parent, json!({"it": "Noto"}));
        assert_eq!(value["actor"], statement()["actor"]);
    }
}
