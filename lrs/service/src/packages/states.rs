//! Where learners stand, as State documents: the activity is the package's, the agent the learner's.
//!
//! - `urn:traccia:attempts`, without a registration: the attempts of the learner;
//! - `urn:traccia:attempt`, in the registration of an attempt: what the player keeps for the attempt;
//! - `urn:traccia:sco:ITEM`, in the registration of an attempt: the state of a SCO.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{PackageError, Packages};
use crate::compute;
use crate::memory::{Memory, Reserved};
use store::StoreError;
use validator::json::Size;
use xapi::document::{
    Change, Document, DocumentKey, Precondition, Resource, Shelf, Tags, Unguarded,
};

/// The `stateId` of what the player keeps for an attempt.
const ATTEMPT: &str = "urn:traccia:attempt";
/// What the `stateId` of a SCO's state begins with.
const SCO: &str = "urn:traccia:sco:";
/// The `stateId` of a learner's attempts.
const ATTEMPTS: &str = "urn:traccia:attempts";

/// The documents of a learner and a package.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) activity: String,
    /// The text of the learner's identifier.
    pub(super) learner: String,
}

/// A document as it was read.
pub(super) struct Seen<T> {
    pub(super) value: T,
    tag: Option<String>,
    /// How many bytes the document has.
    pub(super) bytes: usize,
    _held: Option<Reserved>,
}

impl Place {
    /// The attempts of the learner.
    pub(super) fn attempts(&self) -> DocumentKey {
        DocumentKey { shelf: self.shelf(None), id: ATTEMPTS.to_owned() }
    }

    /// The state of a SCO in an attempt; that of the attempt for an empty identifier.
    pub(super) fn state(&self, registration: Uuid, sco: &str) -> DocumentKey {
        let id = if sco.is_empty() { ATTEMPT.to_owned() } else { format!("{SCO}{sco}") };
        DocumentKey { shelf: self.shelf(Some(registration)), id }
    }

    fn shelf(&self, registration: Option<Uuid>) -> Shelf {
        Shelf {
            resource: Resource::State,
            activity: self.activity.clone(),
            agent: self.learner.clone(),
            registration,
        }
    }
}

impl Packages {
    /// The document at `key` as a value; the value's default where there is none. For small documents.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the document is not as it was written by this program.
    pub(super) async fn seen<T: DeserializeOwned + Default + Send + 'static>(
        &self,
        key: &DocumentKey,
    ) -> Result<Seen<T>, PackageError> {
        self.seen_in(key, None).await
    }

    /// The document at `key` as a value, reserved in `memory` as long as what was seen is held.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the document is not as it was written by this program.
    pub(super) async fn seen_in<T: DeserializeOwned + Default + Send + 'static>(
        &self,
        key: &DocumentKey,
        memory: Option<&Memory>,
    ) -> Result<Seen<T>, PackageError> {
        let Some(document) = self.store.document(key).await? else {
            return Ok(Seen { value: T::default(), tag: None, bytes: 0, _held: None });
        };
        let (bytes, id, memory) = (document.body.len(), key.id.clone(), memory.cloned());
        let read = move || {
            // What is read, and what it is changed to.
            let reserve = |memory: Memory| {
                memory.reserve(Size::of(&document.body).weight().saturating_mul(2))
            };
            let held = memory.map(reserve).transpose()?;
            let value = serde_json::from_slice(&document.body).map_err(|error| {
                StoreError::Corrupt(format!("the state `{id}` cannot be read: {error}"))
            })?;
            Ok(Seen { value, tag: Some(document.etag()), bytes, _held: held })
        };
        compute::by_length(bytes, read).await?
    }

    /// Replaces the document at `key` by a `value` as [`written`], where it is as it was `seen`. False, and nothing
    /// changed, otherwise.
    pub(super) async fn put_seen<T>(
        &self,
        key: DocumentKey,
        seen: &Seen<T>,
        value: Bytes,
    ) -> Result<bool, PackageError> {
        let (precondition, change) = self.replacing(seen, value);
        match self.store.change_document(key, precondition, change).await {
            Ok(_) => Ok(true),
            Err(StoreError::Precondition(_)) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }

    /// The change that replaces a document by a `value` as [`written`], and the condition that it is as it was `seen`.
    pub(super) fn replacing<T>(&self, seen: &Seen<T>, value: Bytes) -> (Precondition, Change) {
        let (if_match, if_none_match) = match &seen.tag {
            Some(tag) => (Some(Tags::OneOf(vec![tag.clone()])), None),
            None => (None, Some(Tags::Any)),
        };
        let precondition = Precondition { if_match, if_none_match, unguarded: Unguarded::Allowed };
        let document = Document {
            content_type: "application/json".to_owned(),
            body: value,
            updated: self.clock.now(),
        };
        (precondition, Change::Put(document))
    }
}

/// A value as it is kept. Large ones are written off the asynchronous threads.
pub(super) fn written(value: &impl Serialize) -> Result<Bytes, StoreError> {
    let body = serde_json::to_vec(value);
    Ok(body.map_err(|error| StoreError::Rejected(error.to_string()))?.into())
}
