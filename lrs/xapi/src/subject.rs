//! What a statement is about, in short: for people who look for it where it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserializer as _;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Longer statements are not looked into, in bytes: what is told of them is not worth the memory.
const LONGEST_STATEMENT: usize = 256 * 1024;
/// How many characters of each of its parts are told.
const TOLD: usize = 200;

/// Verb, object and actor of a statement that may break any rule, as far as they can be read. The
/// texts have no control characters and 200 characters at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The verb's id.
    pub verb: Option<String>,
    /// The id of the activity or statement, or the identifier of the agent.
    pub object: Option<String>,
    /// The actor's identifier, written as in lists of learners: `mailto:…`,
    /// `account:HOMEPAGE|NAME`; the name of one that has none.
    pub actor: Option<String>,
}

impl Subject {
    /// The subject of one statement.
    pub fn of(statement: &Value) -> Self {
        let part = |name: &str| statement.get(name);
        let id = |value: &Value| value.get("id").and_then(scalar);
        Self {
            verb: part("verb").and_then(id).map(|text| shown(&text)),
            object: part("object").and_then(|it| id(it).or_else(|| agent(it))).map(|it| shown(&it)),
            actor: part("actor").and_then(agent).map(|text| shown(&text)),
        }
    }

    /// The subjects of those statements of a body, an array, that stand at `places`. Statements
    /// that are longer than 256 KiB, and what follows a fault in the array, are left out.
    pub fn in_batch(body: &[u8], places: &BTreeSet<usize>) -> BTreeMap<usize, Self> {
        let mut found = BTreeMap::new();
        let visitor = Places { places, found: &mut found };
        // A fault ends the reading; what was found before it counts.
        let _ = serde_json::Deserializer::from_slice(body).deserialize_seq(visitor);
        found
    }
}

struct Places<'a> {
    places: &'a BTreeSet<usize>,
    found: &'a mut BTreeMap<usize, Subject>,
}

impl<'de> Visitor<'de> for Places<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of statements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut at = 0;
        for place in self.places {
            while at < *place {
                if seq.next_element::<IgnoredAny>()?.is_none() {
                    return Ok(());
                }
                at += 1;
            }
            let Some(text) = seq.next_element::<&'de RawValue>()? else { return Ok(()) };
            at += 1;
            let is_short = text.get().len() <= LONGEST_STATEMENT;
            if let Some(statement) =
                is_short.then(|| serde_json::from_str(text.get()).ok()).flatten()
            {
                self.found.insert(*place, Subject::of(&statement));
            }
        }
        // The rest is not read: that the array goes on is an error which ends the reading.
        Ok(())
    }
}

fn agent(agent: &Value) -> Option<String> {
    let member = |name: &str| agent.get(name).and_then(scalar);
    if let Some(account) = agent.get("account") {
        let part = |name: &str| account.get(name).and_then(scalar).unwrap_or_default();
        return Some(format!("account:{}|{}", part("homePage"), part("name")));
    }
    let sum = member("mbox_sha1sum").map(|sum| format!("mbox_sha1sum:{sum}"));
    let openid = || member("openid").map(|openid| format!("openid:{openid}"));
    let kind = || member("objectType");
    member("mbox").or(sum).or_else(openid).or_else(|| member("name")).or_else(kind)
}

/// A text, or a number that should have been one.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn shown(text: &str) -> String {
    let clean = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut shown: String = text.chars().take(TOLD).map(clean).collect();
    if text.chars().nth(TOLD).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(statement: &Value) -> [Option<String>; 3] {
        let Subject { verb, object, actor } = Subject::of(statement);
        [verb, object, actor]
    }

    #[test]
    fn what_can_be_read_is_told_whatever_rule_it_breaks() {
        let told = |statement| of(&statement).map(Option::unwrap_or_default);
        let moodle = json!({
            "actor": {"account": {"homePage": "https://m.example", "name": 1042}},
            "verb": {"id": "viewed"},
            "object": {"id": "https://m.example/mod/quiz/view.php?id=5"},
        });
        assert_eq!(
            told(moodle),
            [
                "viewed",
                "https://m.example/mod/quiz/view.php?id=5",
                "account:https://m.example|1042"
            ]
        );
        let people = json!({
            "actor": {"mbox": "anna@x.it"},
            "object": {"objectType": "Agent", "openid": "https://x.it/bruno"},
        });
        assert_eq!(told(people), ["", "openid:https://x.it/bruno", "anna@x.it"]);
        let group =
            json!({"actor": {"objectType": "Group", "member": []}, "verb": 1, "object": []});
        assert_eq!(told(group), ["", "", "Group"]);
        assert_eq!(told(json!([])), ["", "", ""]);
    }

    #[test]
    fn texts_are_cut_and_cannot_move_a_terminals_cursor() {
        let long = json!({"verb": {"id": format!("\u{1b}[2J{}", "è".repeat(500))}});
        let verb = Subject::of(&long).verb.unwrap();
        assert_eq!(verb.chars().count(), 201);
        assert!(verb.starts_with("\u{fffd}[2Jè") && verb.ends_with('…'));
    }

    #[test]
    fn statements_are_found_by_their_places_up_to_the_first_fault() {
        let verb = |n: usize| format!("{{\"verb\":{{\"id\":\"v{n}\"}}}}");
        let long =
            format!("{{\"verb\":{{\"id\":\"v\"}},\"x\":\"{}\"}}", "x".repeat(LONGEST_STATEMENT));
        let good = format!(" [{},{long},{},7]", verb(0), verb(2));
        let places = |places: &[usize]| places.iter().copied().collect::<BTreeSet<_>>();
        let found = |body: &str, asked: &[usize]| {
            let found = Subject::in_batch(body.as_bytes(), &places(asked));
            found.into_iter().map(|(at, it)| (at, it.verb)).collect::<Vec<_>>()
        };
        let v = |n: usize| Some(format!("v{n}"));
        assert_eq!(found(&good, &[0, 1, 2, 3, 9]), [(0, v(0)), (2, v(2)), (3, None)]);
        assert_eq!(found(&good, &[2]), [(2, v(2))]);
        assert_eq!(found(&format!("[{},{{,{}]", verb(0), verb(2)), &[0, 2]), [(0, v(0))]);
        assert_eq!(found(&verb(0), &[0]), []);
    }
}
