//! What a statement says of activities and agents: their definitions and names, which a store learns.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use serde_json::Value;
use validator::json::Size;

use super::format;

/// The definitions and names that a statement gives, as one text and the places of its parts. It is made on one thread and
/// given back on another, where a value of many small parts would take long.
#[derive(Clone, Debug, Default)]
pub struct Sayings {
    text: String,
    definitions: Vec<Part>,
    names: Vec<Part>,
}

/// What a statement says of one thing.
#[derive(Clone, Debug)]
struct Part {
    of: Range<usize>,
    what: Range<usize>,
    hash: u64,
    weight: usize,
}

/// What a statement says of one activity or agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saying<'t> {
    /// The id of the activity, or the identifier of the agent as [`validator::ifi`] writes it.
    pub of: &'t str,
    /// The definition as JSON, or the name.
    pub what: &'t str,
    /// A hash of `what`, the same within this process.
    pub hash: u64,
    /// What a definition takes as a value: [`Size::weight`]. 0 of a name.
    pub weight: usize,
}

impl Sayings {
    /// The definitions that a statement has, and the names of its actor and object.
    pub fn by(statement: &Value) -> Self {
        let mut sayings = Self::default();
        for (id, definition) in format::definitions(statement) {
            let text = definition.to_string();
            let weight = Size::of(text.as_bytes()).weight();
            let part = sayings.part(id, &text);
            sayings.definitions.push(Part { weight, ..part });
        }
        for actor in ["actor", "object"].into_iter().filter_map(|name| statement.get(name)) {
            let name = actor.get("name").and_then(Value::as_str);
            let (Some(name), Some(ifi)) = (name, validator::ifi::of(actor)) else { continue };
            let part = sayings.part(&ifi.to_string(), name);
            sayings.names.push(part);
        }
        sayings
    }

    /// What is said of activities, in the order of the statement.
    pub fn definitions(&self) -> impl Iterator<Item = Saying<'_>> {
        self.definitions.iter().map(|part| self.saying(part))
    }

    /// What is said of agents, in the order of the statement.
    pub fn names(&self) -> impl Iterator<Item = Saying<'_>> {
        self.names.iter().map(|part| self.saying(part))
    }

    fn part(&mut self, of: &str, what: &str) -> Part {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Part { of: self.push(of), what: self.push(what), hash: hasher.finish(), weight: 0 }
    }

    fn push(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    fn saying(&self, part: &Part) -> Saying<'_> {
        let (of, what) = (self.at(&part.of), self.at(&part.what));
        Saying { of, what, hash: part.hash, weight: part.weight }
    }

    #[expect(clippy::expect_used, reason = "places are made of what was written")]
    fn at(&self, place: &Range<usize>) -> &str {
        self.text.get(place.clone()).expect("a place of this text")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn definitions_and_names_are_told_in_the_order_of_the_statement() {
        let sayings = Sayings::by(&json!({
            "actor": {"name": "Anna", "mbox": "mailto:a@x.example"},
            "verb": {"id": "https://v.example/v"},
            "object": {"id": "https://a.example/a", "definition": {"name": {"it": "Uno"}}},
            "context": {"contextActivities": {"parent": [
                {"id": "https://a.example/p", "definition": {"type": "https://t.example/t"}},
                {"id": "https://a.example/q"},
            ]}},
        }));
        let said = |saying: Saying<'_>| (saying.of.to_owned(), saying.what.to_owned());
        let definitions: Vec<_> = sayings.definitions().map(said).collect();
        let expected = [
            ("https://a.example/a", r#"{"name":{"it":"Uno"}}"#),
            ("https://a.example/p", r#"{"type":"https://t.example/t"}"#),
        ];
        assert_eq!(definitions, expected.map(|(of, what)| (of.to_owned(), what.to_owned())));
        let names: Vec<_> = sayings.names().map(said).collect();
        assert_eq!(names, [("mbox::mailto:a@x.example".to_owned(), "Anna".to_owned())]);
    }

    #[test]
    fn the_hash_is_of_what_is_said_alone() {
        let one = |id: &str, name: &str| {
            Sayings::by(&json!({"object": {"id": id, "definition": {"name": {"en": name}}}}))
        };
        let hash = |sayings: &Sayings| sayings.definitions().next().unwrap().hash;
        assert_eq!(hash(&one("https://a.example/a", "n")), hash(&one("https://a.example/b", "n")));
        assert_ne!(hash(&one("https://a.example/a", "n")), hash(&one("https://a.example/a", "m")));
    }
}
