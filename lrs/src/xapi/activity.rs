//! What the store knows of an activity (Data 2.4.4.1, Communication 2.5).

use std::io;

use serde_json::{Map, Value};

/// What statements have said of an activity: languages and extensions add up, every other member is
/// as the latest statement has it.
///
/// To merge a statement into it takes time in proportion to what the statement says, however much is
/// known already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    members: Map<String, Value>,
    /// The length of its JSON text.
    length: usize,
}

/// What became of a definition when a statement was merged into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merged {
    /// The statement said nothing new.
    Same,
    /// It is another one now.
    Changed,
    /// It would have been longer than it may be, and is as it was.
    TooLong,
}

/// The members whose own members add up.
const ADDED_UP: [&str; 3] = ["name", "description", "extensions"];

impl From<Map<String, Value>> for Definition {
    fn from(members: Map<String, Value>) -> Self {
        let length = length(&members);
        Self { members, length }
    }
}

impl Definition {
    /// One that is kept and is longer than it may be: nothing is added to it, and its text is not
    /// looked at.
    pub fn closed(length: usize) -> Self {
        Self { members: Map::new(), length }
    }

    /// The length of its JSON text, in bytes.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Its JSON text.
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "JSON can be written")]
    pub fn text(&self) -> String {
        serde_json::to_string(&self.members).expect("the names of members are strings")
    }

    /// Adds what a statement says of the activity in `incoming`, unless it would grow beyond `most`
    /// bytes.
    pub fn merge(&mut self, incoming: &Value, most: usize) -> Merged {
        let Some(incoming) = incoming.as_object() else { return Merged::Same };
        let Some(length) = self.length_with(incoming) else { return Merged::Same };
        if length > most && (length > self.length || self.is_closed()) {
            return Merged::TooLong;
        }
        for (key, value) in incoming {
            match (self.members.get_mut(key), value) {
                (Some(Value::Object(known)), Value::Object(new)) if adds_up(key) => {
                    known.extend(new.clone());
                }
                _ => drop(self.members.insert(key.clone(), value.clone())),
            }
        }
        self.length = length;
        Merged::Changed
    }

    fn is_closed(&self) -> bool {
        self.length > 2 && self.members.is_empty()
    }

    /// The length of its text with `incoming`; `None` where that changes nothing.
    fn length_with(&self, incoming: &Map<String, Value>) -> Option<usize> {
        let mut growth = Growth { added: 0, removed: 0, changed: false };
        let mut members = self.members.len();
        for (key, value) in incoming {
            match (self.members.get(key), value) {
                (Some(Value::Object(known)), Value::Object(new)) if adds_up(key) => {
                    let mut inner = known.len();
                    for (key, value) in new {
                        growth.member(key, known.get(key), value, &mut inner);
                    }
                }
                (known, _) => growth.member(key, known, value, &mut members),
            }
        }
        let of_empty = if self.members.is_empty() && self.length == 0 { 2 } else { 0 };
        let length = (self.length + of_empty + growth.added).saturating_sub(growth.removed);
        growth.changed.then_some(length)
    }
}

/// How the length of a text changes.
struct Growth {
    added: usize,
    removed: usize,
    changed: bool,
}

impl Growth {
    /// A member of an object of so many `members` becomes `new`.
    fn member(&mut self, key: &str, known: Option<&Value>, new: &Value, members: &mut usize) {
        match known {
            Some(known) if known == new => return,
            Some(known) => self.removed += length(known),
            None => {
                let comma = usize::from(*members > 0);
                self.added += length(key) + 1 + comma;
                *members += 1;
            }
        }
        self.added += length(new);
        self.changed = true;
    }
}

fn adds_up(key: &str) -> bool {
    ADDED_UP.contains(&key)
}

/// The length of a value's JSON text, which is not made for it.
fn length(value: impl serde::Serialize) -> usize {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // A counter takes everything, and a value can always be written.
    let _ = serde_json::to_writer(&mut counter, &value);
    counter.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn known(value: Value) -> Definition {
        let Value::Object(members) = value else { panic!("an object") };
        members.into()
    }

    #[test]
    fn languages_add_up_and_the_latest_type_stands() {
        let mut definition = known(json!({"name": {"en": "One"}, "type": "https://t.example/old"}));
        let incoming = json!({"name": {"it": "Uno"}, "type": "https://t.example/new"});
        assert_eq!(definition.merge(&incoming, 1_000), Merged::Changed);
        let merged = json!({"name": {"en": "One", "it": "Uno"}, "type": "https://t.example/new"});
        assert_eq!(definition, known(merged));
        assert_eq!(definition.merge(&incoming, 1_000), Merged::Same);
        assert_eq!(definition.merge(&json!("no object"), 1_000), Merged::Same);
    }

    #[test]
    fn one_that_would_be_too_long_stays_and_one_that_is_may_shrink() {
        let mut definition = known(json!({"name": {"en": "One"}, "moreInfo": "x".repeat(100)}));
        let before = definition.clone();
        let length = definition.length();
        assert_eq!(definition.merge(&json!({"name": {"it": "Uno"}}), length), Merged::TooLong);
        assert_eq!(definition, before);
        assert_eq!(definition.merge(&json!({"name": {"it": "Uno"}}), length + 11), Merged::Changed);
        assert_eq!(definition.merge(&json!({"moreInfo": "x"}), 10), Merged::Changed);
    }

    #[test]
    fn the_first_that_is_said_is_known_with_its_length() {
        let mut definition = Definition::default();
        let first = json!({"name": {"en": "One"}, "extensions": {}});
        assert_eq!(definition.merge(&first, 1_000), Merged::Changed);
        assert_eq!(definition.text(), first.to_string());
        assert_eq!(definition.length(), first.to_string().len());
    }

    fn said() -> impl Strategy<Value = Value> {
        let text = || "[a\"\\\\è\u{1}]{0,3}".prop_map(Value::from);
        let map = || {
            prop::collection::vec(("[ab\"]{0,2}", text()), 0..4)
                .prop_map(|all| Value::Object(all.into_iter().collect()))
        };
        let name = prop::sample::select(vec!["name", "description", "extensions", "type", "è\""]);
        let member = (name, prop_oneof![text(), map(), Just(Value::Null), Just(json!([1, 2.5]))]);
        prop::collection::vec(member, 0..5).prop_map(|all| {
            Value::Object(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        })
    }

    proptest! {
        #[test]
        fn its_length_is_always_that_of_its_text(all in prop::collection::vec(said(), 1..6), most in 0..200_usize) {
            let mut definition = Definition::default();
            for said in &all {
                let before = definition.clone();
                let merged = definition.merge(said, most);
                prop_assert_eq!(merged == Merged::Changed, definition != before);
                if merged == Merged::Changed {
                    prop_assert_eq!(definition.length(), definition.text().len());
                    prop_assert!(definition.length() <= most.max(before.length()));
                }
            }
        }
    }
}
