//! What the store knows of an activity (Data 2.4.4.1, Communication 2.5).

use serde_json::{Map, Value};

/// The definition after a statement came with `incoming`: languages and extensions are added to
/// those known, every other member is replaced.
pub fn merge(known: Option<Value>, incoming: &Value) -> Value {
    let mut merged = match known {
        Some(Value::Object(known)) => known,
        _ => Map::new(),
    };
    for (key, value) in incoming.as_object().into_iter().flatten() {
        match (key.as_str(), merged.get_mut(key), value) {
            (
                "name" | "description" | "extensions",
                Some(Value::Object(known)),
                Value::Object(incoming),
            ) => known.extend(incoming.clone()),
            _ => {
                merged.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(merged)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn languages_add_up_and_the_latest_type_stands() {
        let known = json!({"name": {"en": "One"}, "type": "https://t.example/old"});
        let incoming = json!({"name": {"it": "Uno"}, "type": "https://t.example/new"});
        assert_eq!(
            merge(Some(known), &incoming),
            json!({"name": {"en": "One", "it": "Uno"}, "type": "https://t.example/new"})
        );
    }
}
