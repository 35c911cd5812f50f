//! Agents and activities: what statements said of them.

use async_trait::async_trait;

use crate::Result;

/// An agent has at most this many names; later names are not learned.
pub const MOST_NAMES: usize = 100;

/// What is known of the first of some activities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// How many of the activities were looked at, from the first on.
    pub looked_at: usize,
    /// Of those that have a definition: the id, and the JSON text of the definition, in no order.
    pub found: Vec<(String, String)>,
}

/// What statements said of agents and activities.
#[async_trait]
pub trait ThingStore: Send + Sync {
    /// The names under which the agent with this identifier was seen, in order of appearance, at most [`MOST_NAMES`].
    ///
    /// `ifi` is the text of the identifier, for example `mbox::mailto:a@x.example`. An agent never seen has no names.
    async fn agent_names(&self, ifi: &str) -> Result<Vec<String>>;

    /// The merged definitions of those activities that have one.
    ///
    /// Where the definitions would weigh more than [`PAGE_BYTES`](crate::PAGE_BYTES), fewer activities are looked at,
    /// but at least one: ask again for the rest.
    async fn definitions(&self, activities: &[String]) -> Result<Definitions>;
}
