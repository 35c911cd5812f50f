//! The audit log: who changed what, and when.

use xapi::instant::Instant;

/// Who made a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The key of this name.
    Key(String),
    /// The person of this name.
    Person(String),
    /// Who works on the server's machine, without a key.
    Machine,
}

impl Actor {
    /// The kind of the actor: `key`, `person` or `machine`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::Person(_) => "person",
            Self::Machine => "machine",
        }
    }

    /// The name, as keys and people are told apart by it; empty for the machine.
    pub fn name(&self) -> &str {
        match self {
            Self::Key(name) | Self::Person(name) => name,
            Self::Machine => "",
        }
    }

    /// The actor of this kind and name.
    pub fn of(kind: &str, name: String) -> Option<Self> {
        match kind {
            "key" => Some(Self::Key(name)),
            "person" => Some(Self::Person(name)),
            "machine" => Some(Self::Machine),
            _ => None,
        }
    }
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the log: later entries have greater ids, by the clock of their process.
    pub id: String,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: Actor,
    /// What was done, such as `key.revoked`.
    pub action: String,
    /// What it was done to, such as the key's name.
    pub target: String,
    /// What else there is to know, as JSON; empty for nothing.
    pub details: String,
}

impl AuditEntry {
    /// The id of an entry at `at`, which `random` tells from others of the same instant.
    pub fn id(at: Instant, random: u64) -> String {
        format!("{:020}-{random:016x}", at.micros().max(0))
    }
}

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By the key or person of this name.
    pub actor: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// Not before.
    pub since: Option<Instant>,
    /// Not after.
    pub until: Option<Instant>,
    /// With ids less than this one.
    pub before: Option<String>,
}

impl AuditFilter {
    /// Whether an entry is among them.
    pub fn includes(&self, entry: &AuditEntry) -> bool {
        self.actor.as_deref().is_none_or(|name| entry.actor.name() == name)
            && self.action.as_deref().is_none_or(|action| entry.action == action)
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at <= until)
            && self.before.as_deref().is_none_or(|before| entry.id.as_str() < before)
    }
}
