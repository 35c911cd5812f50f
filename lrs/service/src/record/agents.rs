//! What is known of an agent (Communication 2.4).

use serde_json::Value;
use validator::ifi;

use super::{Record, RecordError};
use xapi::person::person;

impl Record {
    /// The Person object of a checked `agent`.
    pub async fn person(&self, agent: &Value) -> Result<Value, RecordError> {
        let names = match ifi::of(agent) {
            Some(ifi) => self.store.agent_names(&ifi.to_string()).await?,
            None => Vec::new(),
        };
        Ok(person(agent, &names))
    }
}
