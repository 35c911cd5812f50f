//! The authority of a statement: the agent that vouches for it (Data 2.4.9).

use serde_json::{Value, json};
use validator::ifi;

/// The agent that Traccia writes as the authority of the statements a key sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    agent: Value,
    text: String,
    ifi: String,
}

impl Authority {
    /// The authority of a key without one of its own: an account at this server, named like the
    /// key.
    pub fn of_key(key: &str, home_page: &str) -> Self {
        Self::from_agent(json!({
            "objectType": "Agent",
            "account": {"homePage": home_page, "name": key},
        }))
    }

    /// The authority `agent`, which must be one that [`validator::check_agent`] accepts.
    pub fn from_agent(agent: Value) -> Self {
        let ifi = ifi::of(&agent).map(|ifi| ifi.to_string()).unwrap_or_default();
        let text = agent.to_string();
        Self { agent, text, ifi }
    }

    /// The agent as JSON.
    pub const fn agent(&self) -> &Value {
        &self.agent
    }

    /// The agent's JSON text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of the agent's identifier, as the index keeps it.
    pub fn ifi(&self) -> &str {
        &self.ifi
    }
}
