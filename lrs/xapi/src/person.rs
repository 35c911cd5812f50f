//! What is known of one agent (Communication 2.4).

use serde_json::{Map, Value, json};

/// The Person object of `agent`: its identifier, and every name it was seen under, each in the
/// list that Person has for it. An agent that was never seen has what it was asked by.
pub fn person(agent: &Value, names: &[String]) -> Value {
    let mut person = Map::new();
    person.insert("objectType".into(), json!("Person"));
    let asked = agent.get("name").and_then(Value::as_str).map(str::to_owned);
    let mut all: Vec<String> = names.to_vec();
    all.extend(asked.filter(|name| !names.contains(name)));
    if !all.is_empty() {
        person.insert("name".into(), json!(all));
    }
    for identifier in ["mbox", "mbox_sha1sum", "openid", "account"] {
        if let Some(value) = agent.get(identifier) {
            person.insert(identifier.into(), json!([value]));
        }
    }
    Value::Object(person)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_a_list_and_no_name_stands_twice() {
        let agent = json!({"name": "Ada", "mbox": "mailto:a@x.it"});
        let known = ["Ada".to_owned(), "A. Byron".to_owned()];
        assert_eq!(
            person(&agent, &known),
            json!({"objectType": "Person", "name": ["Ada", "A. Byron"], "mbox": ["mailto:a@x.it"]})
        );
    }
}
