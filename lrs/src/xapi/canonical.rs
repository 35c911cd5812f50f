//! `format=canonical` (Communication 2.1.3): the store's definition of every activity, and one
//! language of every language map.
//!
//! A definition that many activities of a page have is written out for each of them, but kept once,
//! as text. What it may make of one statement is bounded.

use std::cell::Cell;
use std::collections::HashMap;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::language::Languages;

/// The store's definitions may add so many bytes to a statement; beyond that its activities keep
/// the definitions that it came with.
const MOST_ADDED: usize = 16 << 20;

/// What the store knows of activities, as one reader is told it.
#[derive(Debug, Default)]
pub struct Definitions {
    by_activity: HashMap<String, Box<RawValue>>,
    bytes: usize,
}

impl Definitions {
    /// Adds the definition that the store has as `text`, in the languages of the reader.
    ///
    /// # Errors
    /// Of a text that is no JSON.
    pub fn add(
        &mut self,
        activity: String,
        text: &str,
        languages: &Languages,
    ) -> Result<(), serde_json::Error> {
        let value: Value = serde_json::from_str(text)?;
        let nothing = Self::default();
        let how = How { definitions: &nothing, languages, left: Cell::new(0) };
        let written =
            to_raw_value(&Written { value: &value, place: Place::Definition, how: &how })?;
        self.bytes += written.get().len();
        self.by_activity.insert(activity, written);
        Ok(())
    }

    /// How many bytes there are of them.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// The text of a statement with the store's `definitions`, as far as they are among these, and in
/// the languages of the reader.
///
/// # Errors
/// None that a value can have.
pub fn canonical(
    statement: &Value,
    definitions: &Definitions,
    languages: &Languages,
) -> Result<String, serde_json::Error> {
    let how = How { definitions, languages, left: Cell::new(MOST_ADDED) };
    serde_json::to_string(&Written { value: statement, place: Place::Statement, how: &how })
}

struct How<'a> {
    definitions: &'a Definitions,
    languages: &'a Languages,
    /// How many bytes of definitions may still be added.
    left: Cell<usize>,
}

/// Where in a statement a value stands, as far as it is written otherwise than it came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Statement,
    Verb,
    Context,
    ContextActivities,
    /// An activity, or a list of them.
    Activities,
    Definition,
    /// A language map.
    Words,
    /// Interaction components, or one of them.
    Components,
    /// Written as it came.
    Elsewhere,
}

impl Place {
    /// Where the member `key` of `object` stands.
    fn of(self, key: &str, object: &Map<String, Value>) -> Self {
        match (self, key) {
            (Self::Statement, "verb") => Self::Verb,
            (Self::Statement, "context") => Self::Context,
            (Self::Statement, "object") => {
                let kind = object.get(key).and_then(|it| it.get("objectType"));
                match kind.and_then(Value::as_str) {
                    None | Some("Activity") => Self::Activities,
                    Some("SubStatement") => Self::Statement,
                    Some(_) => Self::Elsewhere,
                }
            }
            (Self::Verb, "display")
            | (Self::Definition, "name" | "description")
            | (Self::Components, "description") => Self::Words,
            (Self::Context, "contextActivities") => Self::ContextActivities,
            (Self::ContextActivities, _) => Self::Activities,
            (Self::Activities, "definition") => Self::Definition,
            (Self::Definition, "choices" | "scale" | "source" | "target" | "steps") => {
                Self::Components
            }
            _ => Self::Elsewhere,
        }
    }
}

#[derive(Clone, Copy)]
struct Written<'a> {
    value: &'a Value,
    place: Place,
    how: &'a How<'a>,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value {
            Value::Object(object) if self.place != Place::Elsewhere => {
                self.object(object, serializer)
            }
            Value::Array(list) if matches!(self.place, Place::Activities | Place::Components) => {
                serializer.collect_seq(list.iter().map(|value| Self { value, ..*self }))
            }
            other => other.serialize(serializer),
        }
    }
}

impl<'a> Written<'a> {
    fn object<S: Serializer>(
        &self,
        object: &'a Map<String, Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let Self { place, how, .. } = *self;
        let mut map = serializer.serialize_map(None)?;
        if place == Place::Words {
            if let Some(tag) = how.languages.best(object) {
                map.serialize_entry(tag, &object.get(tag))?;
            }
            return map.end();
        }
        let mut known = self.known(object);
        for (key, value) in object {
            if let Some(definition) = known.take_if(|_| key == "definition") {
                map.serialize_entry(key, definition)?;
            } else {
                map.serialize_entry(key, &Self { value, place: place.of(key, object), how })?;
            }
        }
        if let Some(definition) = known {
            map.serialize_entry("definition", definition)?;
        }
        map.end()
    }

    /// The store's definition of an activity, where there is one and room for it.
    fn known(&self, object: &Map<String, Value>) -> Option<&'a RawValue> {
        if self.place != Place::Activities {
            return None;
        }
        let id = object.get("id").and_then(Value::as_str)?;
        let definition = self.how.definitions.by_activity.get(id)?;
        let left = self.how.left.get().checked_sub(definition.get().len())?;
        self.how.left.set(left);
        Some(definition)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn statement() -> Value {
        json!({
            "actor": {"name": "Ada", "mbox": "mailto:a@x.it"},
            "verb": {"id": "https://v.example/v", "display": {"en": "did", "it": "ha fatto"}},
            "object": {"id": "https://a.example/a", "definition": {
                "name": {"en": "One", "it": "Uno"},
                "choices": [{"id": "c", "description": {"en": "C", "it": "Ci"}}]}},
            "context": {"contextActivities": {"parent": [{"id": "https://a.example/p"}]},
                "extensions": {"https://e.example/e": {"name": {"en": "1", "it": "2"}}}},
        })
    }

    fn written(statement: &Value, definitions: &Definitions, languages: &str) -> Value {
        let text = canonical(statement, definitions, &Languages::parse(languages)).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    fn known(activity: &str, definition: &Value, languages: &str) -> Definitions {
        let mut definitions = Definitions::default();
        let languages = Languages::parse(languages);
        definitions.add(activity.into(), &definition.to_string(), &languages).unwrap();
        definitions
    }

    #[test]
    fn the_stores_definition_stands_and_one_language_of_each_map() {
        let definition =
            json!({"name": {"en": "Known", "it": "Noto"}, "type": "https://t.example"});
        let definitions = known("https://a.example/a", &definition, "it");
        let mut expected = statement();
        expected["verb"]["display"] = json!({"it": "ha fatto"});
        expected["object"]["definition"] =
            json!({"name": {"it": "Noto"}, "type": "https://t.example"});
        assert_eq!(written(&statement(), &definitions, "it"), expected);
    }

    #[test]
    fn what_the_store_does_not_know_keeps_its_own_in_one_language() {
        let mut expected = statement();
        expected["verb"]["display"] = json!({"en": "did"});
        expected["object"]["definition"] = json!({"name": {"en": "One"},
            "choices": [{"id": "c", "description": {"en": "C"}}]});
        assert_eq!(written(&statement(), &Definitions::default(), "en"), expected);
    }

    #[test]
    fn activities_in_contexts_and_in_a_substatement_are_defined_as_well() {
        let definitions = known("https://a.example/p", &json!({"name": {"en": "P"}}), "");
        let inner = json!({"objectType": "SubStatement", "verb": statement()["verb"],
            "object": {"id": "https://a.example/p"}});
        let statement = json!({"context": statement()["context"], "object": inner});
        let written = written(&statement, &definitions, "en");
        let name = |pointer: &str| written.pointer(&format!("{pointer}/definition/name/en"));
        assert_eq!(name("/context/contextActivities/parent/0"), Some(&json!("P")));
        assert_eq!(name("/object/object"), Some(&json!("P")));
        assert_eq!(written["object"]["verb"]["display"], json!({"en": "did"}));
    }

    #[test]
    fn definitions_make_no_more_of_a_statement_than_a_bound() {
        let name = "x".repeat(1 << 20);
        let definitions = known("https://a.example/p", &json!({"name": {"en": name}}), "en");
        let parents = vec![json!({"id": "https://a.example/p"}); 100];
        let statement = json!({"context": {"contextActivities": {"parent": parents}}});
        let text = canonical(&statement, &definitions, &Languages::default()).unwrap();
        assert!(text.len() > MOST_ADDED / 2, "{} bytes", text.len());
        assert!(text.len() < MOST_ADDED + (1 << 20), "{} bytes", text.len());
    }
}
