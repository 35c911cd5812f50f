//! The three document resources, asked for alike.

use serde_json::{Value, json};

use crate::ask::{Ask, Reply};
use crate::failure::Checked;
use crate::fixture::{agent, iri, uuid};
use crate::lrs::Lrs;

/// One of the document resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    State,
    ActivityProfile,
    AgentProfile,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::State, Self::ActivityProfile, Self::AgentProfile];

    /// Its name in case ids.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::ActivityProfile => "activity-profile",
            Self::AgentProfile => "agent-profile",
        }
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::State => "activities/state",
            Self::ActivityProfile => "activities/profile",
            Self::AgentProfile => "agents/profile",
        }
    }

    /// The parameter that names one document.
    pub(crate) fn id_name(self) -> &'static str {
        if self == Self::State { "stateId" } else { "profileId" }
    }

    /// The parameters that every request needs.
    pub(crate) fn needed(self) -> &'static [&'static str] {
        match self {
            Self::State => &["activityId", "agent"],
            Self::ActivityProfile => &["activityId"],
            Self::AgentProfile => &["agent"],
        }
    }
}

/// One document, or the list it stands in.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Document {
    /// A document that nobody has stored, in a context that nobody has used.
    pub(crate) fn new(kind: Kind) -> Self {
        let mut document = Self { kind, parameters: Vec::new() };
        for name in kind.needed() {
            let value = if *name == "agent" { agent().to_string() } else { iri() };
            document = document.with(name, &value);
        }
        document.with(kind.id_name(), &uuid())
    }

    /// The same one with a parameter replaced or added.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same one without a parameter.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self
    }

    /// All documents of the context: the same one without its id.
    pub(crate) fn list(&self) -> Self {
        self.clone().without(self.kind.id_name())
    }

    /// The value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Its id.
    pub(crate) fn id(&self) -> &str {
        self.parameter(self.kind.id_name())
    }

    /// A request about it.
    pub(crate) fn ask(&self, lrs: &Lrs, method: &str) -> Ask {
        let ask = lrs.ask(method, self.kind.path());
        self.parameters.iter().fold(ask, |ask, (name, value)| ask.query(name, value))
    }

    /// GET.
    pub(crate) async fn get(&self, lrs: &Lrs) -> Checked<Reply> {
        self.ask(lrs, "GET").await
    }

    /// PUT of a document that is not there yet.
    pub(crate) fn create(&self, lrs: &Lrs) -> Ask {
        self.ask(lrs, "PUT").header("If-None-Match", "*")
    }

    /// Stores a new JSON document.
    pub(crate) async fn keep(&self, lrs: &Lrs, value: &Value) -> Checked {
        self.create(lrs).json(value).await?.is(204).map(drop)
    }

    /// PUT over the document that is there, with its `ETag`.
    pub(crate) async fn replace(&self, lrs: &Lrs) -> Checked<Ask> {
        let etag = self.etag(lrs).await?;
        Ok(self.ask(lrs, "PUT").header("If-Match", &etag))
    }

    /// Its `ETag` now.
    pub(crate) async fn etag(&self, lrs: &Lrs) -> Checked<String> {
        Ok(self.get(lrs).await?.is(200)?.needs("etag")?.to_owned())
    }

    /// Asserts that the document is this JSON.
    pub(crate) async fn holds(&self, lrs: &Lrs, value: &Value) -> Checked {
        let reply = self.get(lrs).await?.is(200)?;
        let got = reply.json()?;
        reply.check(got == *value, format!("the document {value}"), || got.to_string())
    }

    /// Asserts that there is no such document.
    pub(crate) async fn is_absent(&self, lrs: &Lrs) -> Checked {
        self.get(lrs).await?.is(404).map(drop)
    }

    /// Asserts the ids that the list gives, in any order.
    pub(crate) async fn lists(&self, lrs: &Lrs, ids: &[&str]) -> Checked {
        let reply = self.list().get(lrs).await?.is(200)?;
        let mut got: Vec<String> = serde_json::from_value(reply.json()?).unwrap_or_default();
        let mut want = ids.to_vec();
        got.sort();
        want.sort_unstable();
        reply.check(got == want, format!("the ids {want:?}"), || json!(got).to_string())
    }
}
