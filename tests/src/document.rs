//! The three document resources, asked for alike.

use serde_json::Value;

use crate::client::{Ask, Client};
use crate::statement::{activity_iri, agent};

/// One document of one of the three resources, or the list it stands in.
#[derive(Clone, Debug)]
pub struct Document {
    path: &'static str,
    name: &'static str,
    id: String,
    context: Vec<(String, String)>,
}

impl Document {
    /// Anna's state of an activity.
    pub fn state(id: &str) -> Self {
        let anna = agent("anna").to_string();
        let context = [("activityId", activity_iri("golf")), ("agent", anna)];
        Self::new("/activities/state", "stateId", id, context.to_vec())
    }

    /// A document about an activity.
    pub fn activity_profile(id: &str) -> Self {
        let context = vec![("activityId", activity_iri("golf"))];
        Self::new("/activities/profile", "profileId", id, context)
    }

    /// A document about Anna.
    pub fn agent_profile(id: &str) -> Self {
        let context = vec![("agent", agent("anna").to_string())];
        Self::new("/agents/profile", "profileId", id, context)
    }

    /// One of each resource under the same id.
    pub fn of_each_kind(id: &str) -> [Self; 3] {
        [Self::state(id), Self::activity_profile(id), Self::agent_profile(id)]
    }

    fn new(path: &'static str, name: &'static str, id: &str, context: Vec<(&str, String)>) -> Self {
        let context = context.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { path, name, id: id.to_owned(), context }
    }

    /// The same document in another registration, or of another agent: any parameter replaced or added.
    #[must_use]
    pub fn where_(mut self, name: &str, value: &str) -> Self {
        self.context.retain(|(known, _)| known != name);
        self.context.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Its path, without parameters.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Asks for the document.
    pub fn get(&self, who: &Client) -> Ask {
        self.asked(who.get(self.path))
    }

    /// Asks for its headers.
    pub fn head(&self, who: &Client) -> Ask {
        self.asked(who.head(self.path))
    }

    /// Replaces it by JSON.
    pub fn put(&self, who: &Client, value: &Value) -> Ask {
        self.asked(who.put(self.path)).json(value)
    }

    /// Replaces it by any bytes.
    pub fn put_bytes(&self, who: &Client, content_type: &str, bytes: &[u8]) -> Ask {
        self.asked(who.put(self.path)).body(content_type, bytes.to_vec())
    }

    /// Merges any bytes into it, or creates it of them.
    pub fn post_bytes(&self, who: &Client, content_type: &str, bytes: &[u8]) -> Ask {
        self.asked(who.post(self.path)).body(content_type, bytes.to_vec())
    }

    /// Merges JSON into it.
    pub fn post(&self, who: &Client, value: &Value) -> Ask {
        self.asked(who.post(self.path)).json(value)
    }

    /// Deletes it.
    pub fn delete(&self, who: &Client) -> Ask {
        self.asked(who.delete(self.path))
    }

    /// Asks for the ids of all documents beside it.
    pub fn list(&self, who: &Client) -> Ask {
        self.contexts().into_iter().fold(who.get(self.path), |ask, pair| ask.query(&[pair]))
    }

    /// Deletes all documents beside it (states only).
    pub fn delete_all(&self, who: &Client) -> Ask {
        self.contexts().into_iter().fold(who.delete(self.path), |ask, pair| ask.query(&[pair]))
    }

    fn contexts(&self) -> Vec<(&str, &str)> {
        self.context.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn asked(&self, ask: Ask) -> Ask {
        ask.query(&[(self.name, self.id.as_str())]).query(&self.contexts())
    }
}
