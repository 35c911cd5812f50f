//! Where rules are kept: as a document on a shelf that no request to the xAPI resources can name, for its agent is none.
//! Every engine changes a document by compare-and-set, and every backup has it.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use store::{Result, StoreError};
use xapi::document::{
    Change, Document, DocumentKey, Precondition, Resource, Shelf, Tags, Unguarded,
};

use super::{Retention, RetentionPlan, RetentionRun};

/// Stands where other documents have the identifier of an agent.
const SHELF: &str = "urn:traccia:retention";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptRetention {
    pub(super) plan: RetentionPlan,
    /// The last day on which a server has begun to apply the rules, such as `2026-11-30`.
    pub(super) day: String,
    pub(super) last: Option<RetentionRun>,
    /// Who was due, was looked at and not erased, by the mark of an identifier: they have their turn again after all others.
    /// Nobody is named here: who they are is found by looking who is due.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) looked_at: BTreeMap<String, LastLook>,
}

/// A look at somebody who is due, and was not erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LastLook {
    /// In microseconds since 1970.
    pub(super) at: i64,
    /// Whether the person is left to an administrator.
    pub(super) is_left_out: bool,
}

/// Rules as they were read.
pub(super) struct SeenRetention {
    pub(super) value: KeptRetention,
    tag: Option<String>,
}

impl Retention {
    pub(super) async fn seen(&self) -> Result<SeenRetention> {
        let Some(document) = self.store.document(&key()).await? else {
            return Ok(SeenRetention { value: KeptRetention::default(), tag: None });
        };
        let corrupt = |error| StoreError::Corrupt(format!("the rules of retention: {error}"));
        let value = serde_json::from_slice(&document.body).map_err(corrupt)?;
        Ok(SeenRetention { value, tag: Some(document.etag()) })
    }

    /// Replaces what was seen. False, and nothing changed, where it is another one by now.
    pub(super) async fn put_seen(
        &self,
        seen: &SeenRetention,
        value: &KeptRetention,
    ) -> Result<bool> {
        let rejected = |error: serde_json::Error| StoreError::Rejected(error.to_string());
        let body = Bytes::from(serde_json::to_vec(value).map_err(rejected)?);
        let (content_type, updated) = ("application/json".to_owned(), self.clock.now());
        let change = Change::Put(Document { content_type, body, updated });
        let (if_match, if_none_match) = match &seen.tag {
            Some(tag) => (Some(Tags::OneOf(vec![tag.clone()])), None),
            None => (None, Some(Tags::Any)),
        };
        let condition = Precondition { if_match, if_none_match, unguarded: Unguarded::Allowed };
        match self.store.change_document(key(), condition, change).await {
            Ok(_) => Ok(true),
            Err(StoreError::Precondition(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }
}

fn key() -> DocumentKey {
    let shelf = Shelf {
        resource: Resource::AgentProfile,
        activity: String::new(),
        agent: SHELF.to_owned(),
        registration: None,
    };
    DocumentKey { shelf, id: "plan".to_owned() }
}
