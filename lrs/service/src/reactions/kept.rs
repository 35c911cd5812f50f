//! Where rules and how far they are is kept: as documents on a shelf that no request to the xAPI resources can name, for
//! its agent is none. Every engine changes a document by compare-and-set.

use bytes::Bytes;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Reactions;
use super::rule::NewReaction;
use crate::progress::LookedAt;
use store::{Result, StoreError};
use xapi::document::{
    Change, Document, DocumentKey, Precondition, Resource, Shelf, Tags, Unguarded,
};
use xapi::instant::Instant;

/// Stands where other documents have the identifier of an agent.
const SHELF: &str = "urn:traccia:reactions";
/// What the ids of rules begin with.
const RULE: &str = "rule:";
/// What the ids of their states begin with.
const STATE: &str = "state:";

/// A rule as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptRule {
    /// From 1.
    pub(super) revision: u32,
    /// Under which the ids of statements are made; never shown.
    pub(super) namespace: Uuid,
    /// In microseconds since 1970.
    pub(super) created: i64,
    pub(super) from: Date,
    pub(super) rule: NewReaction,
}

/// How far a revision of a rule is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RuleState {
    pub(super) namespace: Uuid,
    pub(super) revision: u32,
    pub(super) looked_at: Option<LookedAt>,
    /// Of a rule on statements: the `stored` up to which the log was read, in microseconds.
    #[serde(default)]
    pub(super) read: Option<i64>,
    pub(super) written: u64,
    /// In microseconds since 1970.
    pub(super) last: Option<i64>,
    pub(super) fault: Option<String>,
}

/// A document as it was read.
pub(super) struct Seen<T> {
    pub(super) value: Option<T>,
    tag: Option<String>,
}

impl KeptRule {
    /// The rule that follows from what is asked for.
    pub(super) fn after(
        before: Option<Self>,
        rule: NewReaction,
        today: Date,
        now: Instant,
    ) -> Self {
        let from = rule.from.or(before.as_ref().map(|it| it.from)).unwrap_or(today);
        let Some(before) = before else {
            let (namespace, created) = (Uuid::new_v4(), now.micros());
            return Self { revision: 1, namespace, created, from, rule };
        };
        let is_same = before.from == from
            && before.rule.course == rule.course
            && before.rule.when == rule.when
            && before.rule.statement == rule.statement;
        let revision = if is_same { before.revision } else { before.revision.saturating_add(1) };
        Self { revision, from, rule, ..before }
    }

    /// The id of the statement that this revision writes of a learner, `turn` times after an erasure removed the one before.
    fn id_of(&self, learner: &str, turn: u32) -> Uuid {
        let turn = if turn == 0 { String::new() } else { format!("\n{turn}") };
        Uuid::new_v5(&self.namespace, format!("{}\n{learner}{turn}", self.revision).as_bytes())
    }
}

impl Reactions {
    /// Under which id the statement that a rule writes of a learner is to be kept; `None` where it is: also where it is voided. The
    /// id of one that an erasure removed stays taken, and the learner who comes back gets another one.
    pub(super) async fn free_id(&self, kept: &KeptRule, learner: &str) -> Result<Option<Uuid>> {
        let mut turn = 0_u32;
        loop {
            let id = kept.id_of(learner, turn);
            if self.store.statement(id).await?.is_some() {
                return Ok(None);
            }
            if self.store.removed_among(&[id]).await?.is_empty() {
                return Ok(Some(id));
            }
            turn = turn.saturating_add(1);
        }
    }

    /// The names of all rules, sorted.
    pub(super) async fn names(&self) -> Result<Vec<String>> {
        let (ids, _) = self.store.document_ids(&shelf(), None).await?;
        Ok(ids.iter().filter_map(|id| id.strip_prefix(RULE)).map(str::to_owned).collect())
    }

    pub(super) async fn rule(&self, name: &str) -> Result<Seen<KeptRule>> {
        self.seen(key(RULE, name)).await
    }

    /// How far a rule is; nothing where what is kept is of another revision of it, or of another rule of its name.
    pub(super) async fn state_of(&self, name: &str, rule: &KeptRule) -> Result<Seen<RuleState>> {
        let mut seen: Seen<RuleState> = self.seen(key(STATE, name)).await?;
        let is_of = |it: &RuleState| (it.namespace, it.revision) == (rule.namespace, rule.revision);
        seen.value = seen.value.filter(is_of);
        Ok(seen)
    }

    /// Replaces a rule where it is as it was seen. False, and nothing changed, otherwise.
    pub(super) async fn put_rule(
        &self,
        name: &str,
        seen: &Seen<KeptRule>,
        rule: &KeptRule,
    ) -> Result<bool> {
        self.put_seen(key(RULE, name), seen, rule).await
    }

    /// [`Self::put_rule`] for how far a rule is.
    pub(super) async fn put_state(
        &self,
        name: &str,
        seen: &Seen<RuleState>,
        state: &RuleState,
    ) -> Result<bool> {
        self.put_seen(key(STATE, name), seen, state).await
    }

    /// Removes a rule where it is as it was seen, and how far it was.
    pub(super) async fn remove_rule(&self, name: &str, seen: &Seen<KeptRule>) -> Result<bool> {
        if !self.changed(key(RULE, name), seen.tag.as_ref(), Change::Delete).await? {
            return Ok(false);
        }
        let any =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        self.store.change_document(key(STATE, name), any, Change::Delete).await?;
        Ok(true)
    }

    async fn seen<T: DeserializeOwned>(&self, key: DocumentKey) -> Result<Seen<T>> {
        let Some(document) = self.store.document(&key).await? else {
            return Ok(Seen { value: None, tag: None });
        };
        let value = serde_json::from_slice(&document.body);
        let value = value.map_err(|error| {
            StoreError::Corrupt(format!("the reaction `{}` cannot be read: {error}", key.id))
        })?;
        Ok(Seen { value: Some(value), tag: Some(document.etag()) })
    }

    async fn put_seen<T: Serialize>(
        &self,
        key: DocumentKey,
        seen: &Seen<T>,
        value: &T,
    ) -> Result<bool> {
        let body = serde_json::to_vec(value);
        let body = body.map_err(|error| StoreError::Rejected(error.to_string()))?;
        let document = Document {
            content_type: "application/json".to_owned(),
            body: Bytes::from(body),
            updated: self.clock.now(),
        };
        self.changed(key, seen.tag.as_ref(), Change::Put(document)).await
    }

    /// Changes a document that has this tag, or is not there. False, and nothing changed, where it has another one.
    async fn changed(
        &self,
        key: DocumentKey,
        tag: Option<&String>,
        change: Change,
    ) -> Result<bool> {
        let (if_match, if_none_match) = match tag {
            Some(tag) => (Some(Tags::OneOf(vec![tag.clone()])), None),
            None => (None, Some(Tags::Any)),
        };
        let precondition = Precondition { if_match, if_none_match, unguarded: Unguarded::Allowed };
        match self.store.change_document(key, precondition, change).await {
            Ok(_) => Ok(true),
            Err(StoreError::Precondition(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }
}

fn key(kind: &str, name: &str) -> DocumentKey {
    DocumentKey { shelf: shelf(), id: format!("{kind}{name}") }
}

fn shelf() -> Shelf {
    Shelf {
        resource: Resource::AgentProfile,
        activity: String::new(),
        agent: SHELF.to_owned(),
        registration: None,
    }
}
