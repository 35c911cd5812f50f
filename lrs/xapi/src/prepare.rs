//! From a checked statement to what the store keeps.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use validator::json::{Node, at};
use validator::{Statement, Version};

use super::authority::Authority;
use super::index::{self, IndexKey, MOST_OF_STATEMENT};
use super::instant::Instant;
use super::origin::Origin;
use super::sayings::Sayings;
use super::splice::Splice;
use super::stored::Stored;

/// The reserved verb of voiding statements (Data 2.3.2).
pub const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

/// A statement that lacks nothing but the instant at which it is stored.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Its id: its own, or the one that was assigned.
    pub id: Uuid,
    /// Everything it is found by, its authority included.
    pub keys: Vec<IndexKey>,
    /// The statement that its object refers to, if its object is a `StatementRef`.
    pub target: Option<Uuid>,
    /// Whether it voids its target.
    pub voiding: bool,
    /// What it says of activities and agents.
    pub sayings: Sayings,
    /// Where it was before; `None` for what its sender made.
    pub origin: Option<Origin>,
    text: String,
    stored_at: Vec<usize>,
    /// The members that the text has and the statement, as it came, has not.
    assigned: Vec<&'static str>,
}

/// Assigns `id`, `authority`, `version` where they are missing and makes room for `stored` and a
/// missing `timestamp` (Data 2.3.1, 2.4). All other bytes stay as they came.
///
/// An authority that came with the statement is replaced: Traccia vouches only for the key that
/// sent it (Data 2.4.9). A `stored` that came is replaced too (Data 2.4.8). A context activity
/// that stands alone becomes a list of one (Data 2.4.6.2). Of keys there are more than
/// [`MOST_OF_STATEMENT`] where not all were looked for.
pub fn prepare(statement: Statement, authority: &Authority, new_id: Uuid) -> Prepared {
    let id = statement.id().unwrap_or(new_id);
    let version = statement.version();
    let (text, value) = statement.into_parts();
    let keys = index::keys_up_to(MOST_OF_STATEMENT, &value, authority.agent());
    let target = target(&value);
    let voiding = is_voiding(target, &value);
    let sayings = Sayings::by(&value);
    let Spliced { text, stored_at, assigned } = splice(&text, &value, id, version, authority);
    Prepared { id, keys, target, voiding, sayings, origin: None, text, stored_at, assigned }
}

impl Prepared {
    /// A statement that was kept elsewhere, as it was kept there: it is stamped already.
    pub fn again(kept: &Stored) -> Result<Self, serde_json::Error> {
        let value = kept.value()?;
        let authority = value.get("authority").cloned().unwrap_or_default();
        let keys = index::keys(&value, &authority);
        let target = target(&value);
        let voiding = is_voiding(target, &value);
        let text = String::from_utf8_lossy(&kept.body).into_owned();
        let (id, sayings) = (kept.id, Sayings::by(&value));
        let (origin, stored_at, assigned) = (None, Vec::new(), Vec::new());
        Ok(Self { id, keys, target, voiding, sayings, origin, text, stored_at, assigned })
    }

    /// The statement as it came, read from the text: but for `stored` and `authority`, which are as they are kept, and
    /// context activities, which are lists.
    ///
    /// # Errors
    /// The text is not JSON: a text that was checked is.
    pub fn value(&self) -> serde_json::Result<Value> {
        let mut value: Value = serde_json::from_str(&self.text)?;
        if let Some(members) = value.as_object_mut() {
            members.retain(|name, _| !self.assigned.contains(&name.as_str()));
        }
        Ok(value)
    }

    /// The text before it is known when the statement is stored, and the offsets of the zeros that stand there for that
    /// instant, each time [`Instant::TEXT_LENGTH`] of them.
    pub fn unstamped(&self) -> (&str, &[usize]) {
        (&self.text, &self.stored_at)
    }

    /// The same statement with this origin.
    #[must_use]
    pub fn with_origin(self, origin: Option<Origin>) -> Self {
        Self { origin, ..self }
    }

    /// The statement as it is kept, stored at `stored`.
    pub fn stamp(self, stored: Instant) -> Stored {
        Stored { id: self.id, stored, body: stamp(self.text, &self.stored_at, stored).into() }
    }

    /// How many bytes its text has.
    pub const fn weight(&self) -> usize {
        self.text.len()
    }

    /// The text of the statement as it is kept, stored at `stored`.
    pub fn stamped(&self, stored: Instant) -> String {
        stamp(self.text.clone(), &self.stored_at, stored)
    }
}

/// The text with `stored` over the zeros at these offsets.
fn stamp(mut text: String, stored_at: &[usize], stored: Instant) -> String {
    let instant = stored.to_string();
    for at in stored_at {
        text.replace_range(*at..*at + Instant::TEXT_LENGTH, &instant);
    }
    text
}

fn is_voiding(target: Option<Uuid>, statement: &Value) -> bool {
    target.is_some() && at(statement, "verb/id").and_then(Value::as_str) == Some(VOIDED)
}

/// The id of the statement that the object of `statement` refers to.
pub fn target<N: Node>(statement: &N) -> Option<Uuid> {
    let object = statement.get("object")?;
    if object.get("objectType")?.as_str()? != "StatementRef" {
        return None;
    }
    Uuid::parse_str(object.get("id")?.as_str()?).ok()
}

/// [`target`] of a statement's text, most of which is passed over: that is quick where the text is long.
///
/// # Errors
/// The text is not that of a statement.
pub fn target_of_text(text: &[u8]) -> serde_json::Result<Option<Uuid>> {
    #[derive(Deserialize)]
    struct Whole<'t> {
        #[serde(borrow)]
        object: Object<'t>,
    }
    #[derive(Deserialize)]
    struct Object<'t> {
        #[serde(rename = "objectType", borrow)]
        kind: Option<Cow<'t, str>>,
        #[serde(borrow)]
        id: Option<Cow<'t, str>>,
    }
    let object = serde_json::from_slice::<Whole<'_>>(text)?.object;
    let is_reference = object.kind.as_deref() == Some("StatementRef");
    Ok(object.id.filter(|_| is_reference).and_then(|id| Uuid::parse_str(&id).ok()))
}

/// What [`splice`] makes of a statement.
struct Spliced {
    /// All assigned members are in place, and zeros where instants will stand.
    text: String,
    /// The offsets of those zeros.
    stored_at: Vec<usize>,
    /// The members that were missing.
    assigned: Vec<&'static str>,
}

fn splice(text: &str, value: &Value, id: Uuid, version: Version, authority: &Authority) -> Spliced {
    let mut out = Splice::new(text, authority.text().len());
    let mut missing = vec!["id", "timestamp", "authority", "stored", "version"];
    for member in validator::json::members(text) {
        missing.retain(|name| *name != member.key);
        match member.key.as_ref() {
            "authority" => out.replace(member.value, |out| out.text.push_str(authority.text())),
            "stored" => out.replace(member.value, Splice::instant),
            "context" => out.list_activities(member.value, value.get("context")),
            "object" => out.list_activities_within(member.value, value.get("object")),
            _ => {}
        }
    }
    out.up_to_the_closing_brace();
    for name in &missing {
        out.text.extend([",\"", name, "\":"]);
        match *name {
            "id" => out.text.extend(["\"", &id.to_string(), "\""]),
            "authority" => out.text.push_str(authority.text()),
            "version" => out.text.push_str(match version {
                Version::V1_0_3 => "\"1.0.0\"",
                Version::V2_0_0 => "\"2.0.0\"",
            }),
            _ => out.instant(),
        }
    }
    out.text.push('}');
    Spliced { text: out.text, stored_at: out.instants_at, assigned: missing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(text: &str) -> Value {
        let statement = validator::check(text.as_bytes(), Version::V1_0_3).unwrap();
        let authority = Authority::of_key("key", "https://lrs.example");
        let stored = prepare(statement, &authority, Uuid::nil()).stamp(Instant::from_micros(1));
        serde_json::from_slice(&stored.body).unwrap()
    }

    const BARE: &str = r#"{"actor":{"mbox":"mailto:a@x.it"},
        "verb":{"id":"https://v.example/v"}, "object":{"id":"https://a.example/a"} }"#;

    #[test]
    fn what_is_missing_is_assigned() {
        let value = stamped(BARE);
        assert_eq!(value["id"], Uuid::nil().to_string());
        assert_eq!(value["stored"], "1970-01-01T00:00:00.000001Z");
        assert_eq!(value["timestamp"], value["stored"]);
        assert_eq!(value["version"], "1.0.0");
        assert_eq!(value["authority"]["account"]["name"], "key");
    }

    #[test]
    fn what_came_stays_byte_for_byte_but_for_stored_and_authority() {
        let came = r#"{"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee","stored":"2001-01-01T00:00:00Z",
            "authority":{"mbox":"mailto:liar@x.it"},"timestamp":"2020-01-01T00:00:00+01:00",
            "actor":{"mbox":"mailto:a@x.it"},"verb":{"id":"https://v.example/v"},
            "version":"1.0.2","object":{"id":"https:\/\/a.example\/a"},
            "result":{"score":{"raw":1.00}}}"#;
        let statement = validator::check(came.as_bytes(), Version::V1_0_3).unwrap();
        let authority = Authority::of_key("key", "https://lrs.example");
        let stored = prepare(statement, &authority, Uuid::nil()).stamp(Instant::from_micros(1));
        let expected = came
            .replace("2001-01-01T00:00:00Z", "1970-01-01T00:00:00.000001Z")
            .replace(r#"{"mbox":"mailto:liar@x.it"}"#, authority.text());
        assert_eq!(stored.body, expected);
    }

    /// What is held against a kept statement of the same id is the statement as it came.
    #[test]
    fn the_value_is_read_from_the_text_without_what_was_assigned() {
        let whole = r#"{"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee","timestamp":"2020-01-01T00:00:00Z",
            "version":"1.0.2","actor":{"mbox":"mailto:a@x.it"},"verb":{"id":"https://v.example/v"},
            "object":{"id":"https://a.example/a"}}"#;
        for (came, assigned) in [(BARE, 3), (whole, 0)] {
            let statement = validator::check(came.as_bytes(), Version::V1_0_3).unwrap();
            let authority = Authority::of_key("key", "https://lrs.example");
            let value = statement.value().clone();
            let prepared = prepare(statement, &authority, Uuid::nil());
            let mut again = prepared.value().unwrap();
            for member in ["stored", "authority"] {
                again.as_object_mut().unwrap().remove(member);
            }
            assert_eq!(again, value);
            let text: Value = serde_json::from_str(prepared.unstamped().0).unwrap();
            let lengths = (text.as_object().unwrap().len(), value.as_object().unwrap().len());
            assert_eq!(lengths.0, lengths.1 + assigned + 2);
        }
    }

    #[test]
    fn a_lone_context_activity_becomes_a_list_of_one() {
        let context = r#""context":{"contextActivities":{"parent":{"id":"https://a.example/p"},
            "category":[{"id":"https://a.example/c"}]}}"#;
        let value = stamped(&format!(
            r#"{{{context},"actor":{{"mbox":"mailto:a@x.it"}},"verb":{{"id":"https://v.example/v"}},
            "object":{{"objectType":"SubStatement",{context},"actor":{{"mbox":"mailto:a@x.it"}},
            "verb":{{"id":"https://v.example/v"}},"object":{{"id":"https://a.example/a"}}}}}}"#
        ));
        for statement in [&value, &value["object"]] {
            let activities = &statement["context"]["contextActivities"];
            assert_eq!(activities["parent"][0]["id"], "https://a.example/p");
            assert_eq!(activities["category"][0]["id"], "https://a.example/c");
        }
    }

    #[test]
    fn the_target_of_a_text_is_that_of_its_value() {
        let reference = r#"{"object":{"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730b\u0065e","objectType":"StatementRef"},
            "x":[0,{"object":{"objectType":"Agent"}}]}"#;
        let inner = r#"{"object":{"objectType":"SubStatement","object":{"objectType":"StatementRef",
            "id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}}}"#;
        let agent = r#"{"object":{"objectType":"Agent","mbox":"mailto:a@x.it"}}"#;
        for (text, is_there) in [(reference, true), (inner, false), (agent, false), (BARE, false)] {
            let found = target_of_text(text.as_bytes()).unwrap();
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(found, target(&value), "{text}");
            assert_eq!(found.is_some(), is_there, "{text}");
        }
        target_of_text(b"[]").unwrap_err();
    }

    #[test]
    fn only_a_statement_reference_under_the_reserved_verb_voids() {
        let voiding = r#"{"actor":{"mbox":"mailto:a@x.it"},
            "verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},
            "object":{"objectType":"StatementRef","id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}}"#;
        let authority = Authority::of_key("key", "https://lrs.example");
        let of = |text: &str| {
            let statement = validator::check(text.as_bytes(), Version::V1_0_3).unwrap();
            prepare(statement, &authority, Uuid::nil())
        };
        assert!(of(voiding).voiding);
        assert!(of(voiding).target.is_some());
        assert!(!of(BARE).voiding);
        assert!(!of(&voiding.replace("verbs/voided", "verbs/noted")).voiding);
    }
}
