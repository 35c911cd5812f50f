//! State and profile documents: a cell each. Fields: `shelf`, the name of the three that follow,
//! `resource`, `activity`, `agent`; `registration` ("" for none), `id`, `content_type`, `updated` in
//! microseconds, `body`, `crc`, which a release before did not write.

use crate::MongoStore;
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::DocumentStore;

use mongodb::bson::{Bson, Document as Fields, doc};
use uuid::Uuid;

use super::blob::Blobs;
use super::cell::{self, Cells, Held, busy};
use super::field;
use store::bounds::{LISTED_IDS, ListedIds};
use store::turns::Turns;
use store::{LOG_BYTES, Result, StoreError, checksum};
use xapi::document::{self, Change, Document, DocumentKey, Precondition, Resource, Shelf};
use xapi::instant::Instant;

/// How often a change is tried again where other writers were quicker.
const TRIES: u32 = 200;

/// How many times [`LISTED_IDS`] is read of the database for a listing.
const READ_FOR_LISTED: usize = 4;

/// The cells of documents, and the files of large ones.
#[derive(Clone)]
pub(super) struct Documents {
    pub(super) cells: Cells,
    pub(super) blobs: Blobs,
    pub(super) turns: Arc<Turns>,
}

impl Documents {
    /// See [`store::DocumentStore::document`].
    pub(super) async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        let name = name(key);
        let held = self.cells.newest(&name).await?;
        self.current(&name, held).await.map(|(_, document)| document)
    }

    /// The cell of this name, as it was `held` or as it is now, and its document. Where the body
    /// cannot be read, the document may have been replaced and its file removed: then the cell has a
    /// newer version, which is read instead.
    async fn current(&self, name: &str, mut held: Held) -> Result<(Held, Option<Document>)> {
        loop {
            let failed = match self.document_in(&held).await {
                Ok(document) => return Ok((held, document)),
                Err(error) => error,
            };
            let now = self.cells.newest(name).await?;
            if now.n == held.n {
                return Err(failed);
            }
            held = now;
        }
    }

    async fn document_in(&self, held: &Held) -> Result<Option<Document>> {
        let Some(value) = held.value() else { return Ok(None) };
        let document = Document {
            content_type: field::text(value, "content_type")?,
            updated: field::instant(value, "updated")?,
            body: self.blobs.bytes(value, "body").await?,
        };
        let crc = value.contains_key("crc").then(|| field::integer(value, "crc")).transpose()?;
        checksum::checked_document(&key(value)?, document, crc).map(Some)
    }

    /// See [`store::DocumentStore::document_ids`].
    pub(super) async fn ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)> {
        // Of the documents that changed before, and of older versions, some are read and not listed.
        let (mut read, most) = (0, READ_FOR_LISTED * LISTED_IDS);
        let is_enough = |version: &Fields| {
            read += version.get_str("id").map_or(0, ListedIds::weight);
            read > most
        };
        let held = self.cells.find_until(on(shelf), &["id", "updated"], is_enough).await?;
        if read > most {
            return Err(document::too_many_ids().into());
        }
        let (mut found, mut latest) = (BTreeSet::new(), None);
        for value in held.values().filter_map(Held::value) {
            let updated = field::instant(value, "updated")?;
            if since.is_none_or(|since| updated > since) {
                found.insert(field::text(value, "id")?);
                latest = latest.max(Some(updated));
            }
        }
        let mut ids = ListedIds::default();
        found.into_iter().try_for_each(|id| ids.push(id))?;
        Ok((ids.into_ids(), latest))
    }

    /// See [`store::TransferStore::documents_beyond`]: by the names of their cells.
    pub(super) async fn beyond(
        &self,
        after: Option<&DocumentKey>,
        limit: usize,
    ) -> Result<Vec<(DocumentKey, Document)>> {
        // No name is smaller than "".
        let after = after.map_or_else(String::new, name);
        // A body in a file is taken for as long as a page may be.
        let weight = |value: &Fields| match value.get("body") {
            Some(Bson::Binary(body)) => body.bytes.len(),
            Some(_) => LOG_BYTES,
            None => 0,
        };
        let mut documents = Vec::new();
        for held in self.cells.beyond(&after, limit, weight).await? {
            if let (Some(value), Some(document)) = (held.value(), self.document_in(&held).await?) {
                documents.push((key(value)?, document));
            }
        }
        Ok(documents)
    }

    /// See [`store::DocumentStore::change_document`].
    pub(super) async fn change(
        &self,
        key: &DocumentKey,
        precondition: &Precondition,
        change: Change,
        now: Instant,
    ) -> Result<Option<Document>> {
        let name = name(key);
        for _ in 0..TRIES {
            let held = self.cells.newest(&name).await?;
            let _turn = self.turns.take(weight(&held).max(change.bytes_sent())).await;
            let (held, existing) = self.current(&name, held).await?;
            let changed = changed(existing.clone(), precondition.clone(), change.clone()).await?;
            let is_done = match &changed {
                Some(document) => self.put(&name, &held, key, document).await?,
                None if existing.is_none() => true,
                None => self.cells.remove(&name, &held, place(key), now).await?,
            };
            if is_done {
                self.drop_file(&held).await?;
                return Ok(changed);
            }
        }
        Err(busy())
    }

    async fn put(
        &self,
        name: &str,
        held: &Held,
        key: &DocumentKey,
        document: &Document,
    ) -> Result<bool> {
        let mut value = place(key);
        let body = self.blobs.field(&document.body, self.cells.holder(name)).await?;
        let file = body.as_object_id();
        value.insert("content_type", &document.content_type);
        value.insert("updated", document.updated.micros());
        value.insert("body", body);
        value.insert("crc", i64::from(checksum::of_document(key, document)));
        let is_done = self.cells.change(name, held, value).await?;
        if !is_done {
            self.blobs.remove(file).await?;
        }
        Ok(is_done)
    }

    /// Removes the file of the value that was replaced, where it has one.
    async fn drop_file(&self, held: &Held) -> Result<()> {
        let file = held.value().and_then(|value| value.get_object_id("body").ok());
        self.blobs.remove(file).await
    }

    /// See [`store::DocumentStore::delete_documents`]. The documents are removed one after the other:
    /// a reader may see some of them gone, and some stay where the process dies.
    pub(super) async fn delete(&self, shelf: &Shelf, now: Instant) -> Result<()> {
        for name in self.cells.find(on(shelf), &[]).await?.into_keys() {
            for tried in 0.. {
                let held = self.cells.newest(&name).await?;
                let Some(value) = held.value() else { break };
                let kept = ["shelf", "registration", "id"];
                let keep: Fields = kept
                    .iter()
                    .filter_map(|it| Some(((*it).to_owned(), value.get(it)?.clone())))
                    .collect();
                if self.cells.remove(&name, &held, keep, now).await? {
                    self.drop_file(&held).await?;
                    break;
                }
                if tried == TRIES {
                    return Err(busy());
                }
            }
        }
        Ok(())
    }
}

/// How many bytes the document of a cell counts for in [`Turns`]: one in a file counts as large, whatever its size.
fn weight(held: &Held) -> usize {
    let is_in_file = held.value().is_some_and(|value| value.get_object_id("body").is_ok());
    if is_in_file { usize::MAX } else { 0 }
}

/// What a change makes of a document; off the asynchronous threads, because both may be large.
async fn changed(
    existing: Option<Document>,
    precondition: Precondition,
    change: Change,
) -> Result<Option<Document>> {
    let work = move || {
        precondition.check(existing.as_ref()).map_err(StoreError::Precondition)?;
        Ok(change.apply(existing)?)
    };
    let stopped = |error| StoreError::Unavailable(format!("a change was stopped: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}

/// The text of a registration in a document: "" for none.
fn registration(shelf: &Shelf) -> String {
    shelf.registration.map_or_else(String::new, |id| id.to_string())
}

const fn resource(shelf: &Shelf) -> &'static str {
    match shelf.resource {
        Resource::State => "state",
        Resource::ActivityProfile => "activity",
        Resource::AgentProfile => "agent",
    }
}

fn shelf_name(shelf: &Shelf) -> String {
    cell::name(&[resource(shelf), &shelf.activity, &shelf.agent])
}

fn name(DocumentKey { shelf, id }: &DocumentKey) -> String {
    cell::name(&[&shelf_name(shelf), &registration(shelf), id])
}

fn place(DocumentKey { shelf, id }: &DocumentKey) -> Fields {
    doc! {
        "shelf": shelf_name(shelf),
        "resource": resource(shelf),
        "activity": &shelf.activity,
        "agent": &shelf.agent,
        "registration": registration(shelf),
        "id": id,
    }
}

fn key(value: &Fields) -> Result<DocumentKey> {
    let resource = match field::text(value, "resource")?.as_str() {
        "state" => Resource::State,
        "activity" => Resource::ActivityProfile,
        "agent" => Resource::AgentProfile,
        other => return Err(StoreError::Corrupt(format!("a document of the resource `{other}`"))),
    };
    let registration =
        match field::text(value, "registration")?.as_str() {
            "" => None,
            id => Some(Uuid::parse_str(id).map_err(|_| {
                StoreError::Corrupt(format!("a document of the registration `{id}`"))
            })?),
        };
    let shelf = Shelf {
        resource,
        activity: field::text(value, "activity")?,
        agent: field::text(value, "agent")?,
        registration,
    };
    Ok(DocumentKey { shelf, id: field::text(value, "id")? })
}

/// The documents on a shelf: those of its registration, or of any.
fn on(shelf: &Shelf) -> Fields {
    let mut on = doc! {"shelf": shelf_name(shelf)};
    if shelf.registration.is_some() {
        on.insert("registration", registration(shelf));
    }
    on
}

#[async_trait]
impl DocumentStore for MongoStore {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        self.noted(self.0.documents.document(key).await)
    }

    async fn document_ids(
        &self,
        shelf: &Shelf,
        since: Option<Instant>,
    ) -> Result<(Vec<String>, Option<Instant>)> {
        self.0.documents.ids(shelf, since).await
    }

    async fn change_document(
        &self,
        key: DocumentKey,
        precondition: Precondition,
        change: Change,
    ) -> Result<Option<Document>> {
        self.0.documents.change(&key, &precondition, change, self.0.clock.now()).await
    }

    async fn delete_documents(&self, shelf: &Shelf) -> Result<()> {
        self.0.documents.delete(shelf, self.0.clock.now()).await
    }
}
