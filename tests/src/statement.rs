//! Small builders for statements, in words of the domain.

use conformance::edit;
use serde_json::{Value, json};

/// Where ADL's verbs live.
pub const ADL: &str = "http://adlnet.gov/expapi/verbs/";

/// A statement being written. `Statement::new()` is valid as it stands and differs from all others by its activity.
#[derive(Clone)]
pub struct Statement(Value);

/// A new statement id.
pub fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// An agent known by mail address.
pub fn agent(name: &str) -> Value {
    json!({"objectType": "Agent", "mbox": format!("mailto:{name}@example.org")})
}

/// An agent known by an account.
pub fn account(home_page: &str, name: &str) -> Value {
    json!({"objectType": "Agent", "account": {"homePage": home_page, "name": name}})
}

/// A group with an identity of its own.
pub fn group(name: &str, members: &[Value]) -> Value {
    json!({"objectType": "Group", "mbox": format!("mailto:{name}@example.org"), "member": members})
}

/// A group that is only its members.
pub fn anonymous_group(members: &[Value]) -> Value {
    json!({"objectType": "Group", "member": members})
}

/// The IRI of the activity with this short name.
pub fn activity_iri(name: &str) -> String {
    format!("https://example.org/activities/{name}")
}

/// The activity with this short name, without a definition.
pub fn activity(name: &str) -> Value {
    json!({"objectType": "Activity", "id": activity_iri(name)})
}

/// A reference to a statement.
pub fn reference(id: &str) -> Value {
    json!({"objectType": "StatementRef", "id": id})
}

/// One of ADL's verbs by its last word, or a verb by its IRI.
pub fn verb(word: &str) -> Value {
    let id = if word.contains(':') { word.to_owned() } else { format!("{ADL}{word}") };
    json!({"id": id, "display": {"en": word.rsplit('/').next().unwrap_or(word)}})
}

impl Default for Statement {
    fn default() -> Self {
        Self::new()
    }
}

impl Statement {
    /// Anna experienced something that nobody else did.
    pub fn new() -> Self {
        Self(json!({
            "actor": agent("anna"),
            "verb": verb("experienced"),
            "object": activity(&new_id()),
        }))
    }

    /// With this actor.
    #[must_use]
    pub fn by(self, actor: Value) -> Self {
        self.with("/actor", actor)
    }

    /// With this verb, by its last word or its IRI.
    #[must_use]
    pub fn did(self, word: &str) -> Self {
        self.with("/verb", verb(word))
    }

    /// About this object.
    #[must_use]
    pub fn to(self, object: Value) -> Self {
        self.with("/object", object)
    }

    /// With this id.
    #[must_use]
    pub fn id(self, id: &str) -> Self {
        self.with("/id", json!(id))
    }

    /// At this moment.
    #[must_use]
    pub fn when(self, timestamp: &str) -> Self {
        self.with("/timestamp", json!(timestamp))
    }

    /// A statement that voids another one.
    pub fn voiding(id: &str) -> Self {
        Self::new().did("voided").to(reference(id))
    }

    /// With `value` at a JSON pointer; the objects on the way are made.
    #[must_use]
    pub fn with(self, pointer: &str, value: Value) -> Self {
        Self(edit::with(self.0, pointer, value))
    }

    /// Without what is at this top-level name.
    #[must_use]
    pub fn without(self, name: &str) -> Self {
        Self(edit::without(self.0, &format!("/{name}")))
    }

    /// The statement.
    pub fn json(&self) -> Value {
        self.0.clone()
    }
}
