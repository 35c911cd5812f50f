//! Valid statements and their parts, with fresh identifiers so that no case meets another's traces.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::edit::{self, with};

/// A new UUID as text.
pub(crate) fn uuid() -> String {
    Uuid::new_v4().to_string()
}

/// A new IRI that nobody has used.
pub(crate) fn iri() -> String {
    format!("https://example.org/xapi-conformance/{}", Uuid::new_v4())
}

/// A new mailbox IRI.
pub(crate) fn mailbox() -> String {
    format!("mailto:{}@example.org", Uuid::new_v4().simple())
}

/// A new agent, known by mailbox.
pub(crate) fn agent() -> Value {
    json!({"objectType": "Agent", "mbox": mailbox()})
}

/// A new activity without a definition.
pub(crate) fn activity() -> Value {
    json!({"objectType": "Activity", "id": iri()})
}

/// A valid statement: a new agent, verb and activity, its own id, and nothing optional.
pub(crate) fn statement() -> Value {
    json!({
        "id": uuid(),
        "actor": agent(),
        "verb": {"id": iri(), "display": {"en-US": "tried"}},
        "object": activity(),
    })
}

/// A statement whose object is a sub-statement.
pub(crate) fn sub_statement() -> Value {
    let mut inner = edit::without(statement(), "/id");
    edit::set(&mut inner, "/objectType", json!("SubStatement"));
    with(statement(), "/object", inner)
}

/// A statement that refers to another one.
pub(crate) fn reference(id: &str) -> Value {
    with(statement(), "/object", json!({"objectType": "StatementRef", "id": id}))
}

/// A statement that voids another one.
pub(crate) fn voiding(id: &str) -> Value {
    with(reference(id), "/verb/id", json!("http://adlnet.gov/expapi/verbs/voided"))
}

/// A multiple-choice activity with everything that a definition can have.
pub(crate) fn choice() -> Value {
    json!({
        "objectType": "Activity",
        "id": iri(),
        "definition": {
            "name": {"en-US": "A question", "it": "Una domanda"},
            "description": {"en-US": "Which one?"},
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "moreInfo": iri(),
            "interactionType": "choice",
            "correctResponsesPattern": ["a"],
            "choices": [
                {"id": "a", "description": {"en-US": "The first"}},
                {"id": "b", "description": {"en-US": "The second"}},
            ],
            "extensions": {"https://example.org/ext": {"deep": [1, "two", null]}},
        },
    })
}

/// Replaces `$uuid`, `$iri`, `$mail` and `$sha1` inside strings and keys by fresh ones; equal names get equal values.
pub(crate) fn freshen(value: &mut Value, names: &[(&str, String)]) {
    match value {
        Value::String(text) => {
            for (name, fresh) in names {
                if text.contains(name) {
                    *text = text.replace(name, fresh);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| freshen(item, names)),
        Value::Object(members) => {
            for (mut key, mut item) in std::mem::take(members) {
                for (name, fresh) in names {
                    key = key.replace(name, fresh);
                }
                freshen(&mut item, names);
                members.insert(key, item);
            }
        }
        _ => {}
    }
}

/// One fresh value for each name that [`freshen`] replaces.
pub(crate) fn names() -> Vec<(&'static str, String)> {
    let hash = crate::multipart::hex(&sha1(uuid().as_bytes()));
    vec![("$uuid", uuid()), ("$iri", iri()), ("$mail", mailbox()), ("$sha1", hash)]
}

/// The SHA-1 digest of these bytes.
pub(crate) fn sha1(bytes: &[u8]) -> Vec<u8> {
    use sha1::Digest as _;
    sha1::Sha1::digest(bytes).to_vec()
}
