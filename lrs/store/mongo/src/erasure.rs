//! Erasing a person from the collections, and the erasures that were made. Fields of an erasure: `_id`, `created` in
//! microseconds, `done`, `body`.
//!
//! What a server keeps in its own files of documents that were removed is its own affair: journals, snapshots, backups.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt as _;
use mongodb::bson::{Bson, Document, doc};
use mongodb::{Collection, Cursor};
use uuid::Uuid;

use super::blob::Holder;
use super::call::{all_until, call, insert};
use super::cell::{self, Held};
use super::field;
use crate::MongoStore;
use access::audit::{AuditEntry, AuditFilter};
use access::chain::SealedEntry;
use store::{
    AuditStore as _, ERASURES_BYTES, ErasedPart, ErasureStore, KeptCertificates, KeptErasure,
    RemovedStatement, Result, Rewrite, Scrub, StoreError, erase_documents, erased_entry,
};
use xapi::erase::Eraser;
use xapi::index::Kind;
use xapi::instant::Instant;
use xapi::stored::Stored;

/// Entries of the audit log, definitions or other documents looked at together.
const PAGE: usize = 500;
/// Bytes of texts of documents after which no more are looked at together.
const PAGE_BYTES: usize = 4 << 20;
/// The most that can be asked for: not every server takes a larger number.
const MOST: i64 = 1 << 30;

fn document(erasure: &KeptErasure) -> Document {
    let KeptErasure { id, created, is_done, body } = erasure;
    doc! {"_id": id.to_string(), "created": created.micros(), "done": *is_done, "body": body}
}

fn erasure(document: &Document) -> Result<KeptErasure> {
    let id = field::text(document, "_id")?;
    let corrupt = |error| StoreError::Corrupt(format!("erasure {id}: {error}"));
    Ok(KeptErasure {
        id: id.parse().map_err(corrupt)?,
        created: field::instant(document, "created")?,
        is_done: field::boolean(document, "done")?,
        body: field::text(document, "body")?,
    })
}

impl MongoStore {
    fn collection(&self, name: &str) -> Collection<Document> {
        self.0.database.collection(name)
    }

    /// Removes the documents of a collection for which `goes` is true; gives how many.
    async fn remove_named(
        &self,
        name: &str,
        goes: impl Fn(&Document) -> bool + Send + Sync + 'static,
    ) -> Result<u64> {
        let (collection, goes) = (self.collection(name), Arc::new(goes));
        let mut cursor: Cursor<Document> = call(collection.find(doc! {}).batch_size(100)).await?;
        let mut count = 0_u64;
        loop {
            let some = next_of(&mut cursor).await?;
            if some.is_empty() {
                return Ok(count);
            }
            let goes = Arc::clone(&goes);
            let gone = aside(move || {
                let gone = some.into_iter().filter(|it| goes(it));
                gone.filter_map(|it| it.get("_id").cloned()).collect::<Vec<Bson>>()
            });
            for id in gone.await? {
                call(collection.delete_one(doc! {"_id": id})).await?;
                count = count.saturating_add(1);
            }
        }
    }

    /// Replaces the texts of a field in which the person is named.
    async fn erase_texts(
        &self,
        name: &str,
        field: &'static str,
        eraser: &Arc<Eraser>,
    ) -> Result<u64> {
        let collection = self.collection(name);
        let found = collection.find(doc! {field: {"$type": "string"}});
        let found = found.projection(doc! {field: 1}).batch_size(100);
        let mut cursor: Cursor<Document> = call(found).await?;
        let mut count = 0_u64;
        loop {
            let some = next_of(&mut cursor).await?;
            if some.is_empty() {
                return Ok(count);
            }
            let eraser = Arc::clone(eraser);
            let erased = move |document: Document| {
                let said = document.get_str(field).ok()?;
                let erased = eraser.json(said)?;
                // One that was changed meanwhile is looked at when the part is erased again.
                let as_read = doc! {"_id": document.get("_id")?.clone(), field: said};
                Some((as_read, doc! {"$set": {field: erased}}))
            };
            let changes = aside(move || some.into_iter().filter_map(erased).collect::<Vec<_>>());
            for (as_read, change) in changes.await? {
                call(collection.update_one(as_read, change)).await?;
                count = count.saturating_add(1);
            }
        }
    }

    /// Names of the person go. What statements are found by, and definitions, get
    /// other texts.
    async fn erase_things(&self, eraser: &Arc<Eraser>) -> Result<u64> {
        let agents: HashSet<String> = eraser.identifiers().map(|ifi| cell::name(&[ifi])).collect();
        let of_person =
            move |it: &Document| it.get_str("agent").is_ok_and(|agent| agents.contains(agent));
        let count = self.remove_named("agent_name", of_person).await?;
        self.0.things.recent.clear();
        let count = count.saturating_add(self.0.statements.erase_keys(eraser).await?);
        Ok(count.saturating_add(self.erase_definitions(eraser).await?))
    }

    async fn erase_definitions(&self, eraser: &Arc<Eraser>) -> Result<u64> {
        let cells = &self.0.things.definitions;
        let (mut after, mut count) = (String::new(), 0_u64);
        let weight = |value: &Document| value.get_str("definition").map_or(0, str::len);
        loop {
            let page = cells.beyond(&after, PAGE, weight).await?;
            let Some(last) = page.last().and_then(Held::value) else { return Ok(count) };
            after = field::text(last, "cell")?;
            let eraser = Arc::clone(eraser);
            let look = move || {
                let found = page.into_iter().map(|held| Defined::of(&eraser, held));
                found.filter_map(Result::transpose).collect::<Result<Vec<Defined>>>()
            };
            for Defined { held, cell, id, new_id, text } in aside(look).await?? {
                count = count.saturating_add(1);
                if let Some(new) = new_id {
                    let value = doc! {"activity": &new, "definition": text};
                    cells.create(vec![(cell::name(&[&new]), value)]).await?;
                    // Older versions too: without them the activity was never there.
                    call(self.collection("definition").delete_many(doc! {"cell": &cell})).await?;
                } else {
                    // Who changed it meanwhile is found when the part is erased again.
                    cells.change(&cell, &held, doc! {"activity": id, "definition": text}).await?;
                }
            }
        }
    }

    async fn erase_journals(&self, eraser: &Eraser) -> Result<u64> {
        let collection = self.collection("progress");
        // Those of an address in other letters too.
        let found = collection.find(doc! {}).projection(doc! {"actor": 1, "body": 1});
        let mut cursor: Cursor<Document> = call(found.batch_size(1_000)).await?;
        let mut count = 0_u64;
        while let Some(document) = call(cursor.try_next()).await? {
            let is_theirs = document.get_str("actor").is_ok_and(|it| eraser.is_named(it));
            let Some(id) = document.get("_id").filter(|_| is_theirs).cloned() else { continue };
            call(collection.delete_one(doc! {"_id": id})).await?;
            self.0.progress.blobs.remove(document.get_object_id("body").ok()).await?;
            count = count.saturating_add(1);
        }
        Ok(count)
    }

    async fn erase_audit(&self, eraser: &Arc<Eraser>, by: Uuid) -> Result<u64> {
        let (mut after, mut count) = (0, 0_u64);
        loop {
            let page = self.audit_chain(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seal.number;
            let of_page = Arc::clone(eraser);
            let look = move || {
                let erased = page.into_iter().filter_map(|SealedEntry { seal, entry }| {
                    Some((seal, erased_entry(&of_page, &entry?)?))
                });
                erased.collect::<Vec<_>>()
            };
            for (seal, erased) in aside(look).await? {
                let number = i64::try_from(seal.number).unwrap_or(i64::MAX);
                let set = doc! {"$set": {"salt": "", "erased_by": by.to_string(),
                "entry": super::audit::document(&erased)}};
                // The link first: as long as the entry names the person, both are written again.
                call(self.0.audit_chain.update_one(doc! {"_id": number}, set)).await?;
                self.replace_audit(&erased).await?;
                count = count.saturating_add(1);
            }
        }
        // Those that are left are from before the chain.
        let mut filter = AuditFilter::default();
        loop {
            let page = self.audit(&filter, PAGE).await?;
            let Some(last) = page.last() else { return Ok(count) };
            filter.before = Some(last.id.clone());
            let of_page = Arc::clone(eraser);
            let look = move || {
                page.iter().filter_map(|it| erased_entry(&of_page, it)).collect::<Vec<AuditEntry>>()
            };
            for erased in aside(look).await? {
                self.replace_audit(&erased).await?;
                count = count.saturating_add(1);
            }
        }
    }

    async fn replace_audit(&self, entry: &AuditEntry) -> Result<()> {
        let set = doc! {"$set": {"actor": entry.actor.name(), "target": &entry.target,
        "details": &entry.details}};
        call(self.0.audit.update_one(doc! {"_id": &entry.id}, set)).await.map(drop)
    }
}

/// A definition in which the person is named.
struct Defined {
    held: Held,
    cell: String,
    id: String,
    /// The id of the activity without the person, where it has them.
    new_id: Option<String>,
    /// The definition without the person.
    text: String,
}

impl Defined {
    fn of(eraser: &Eraser, held: Held) -> Result<Option<Self>> {
        let Some(value) = held.value() else { return Ok(None) };
        let cell = field::text(value, "cell")?;
        let (id, text) = (field::text(value, "activity")?, field::text(value, "definition")?);
        let (new_id, new_text) = (eraser.key(Kind::Activity, &id), eraser.json(&text));
        if new_id.is_none() && new_text.is_none() {
            return Ok(None);
        }
        let text = new_text.unwrap_or(text);
        Ok(Some(Self { held, cell, id, new_id, text }))
    }
}

/// The next documents of a cursor, as many as are looked at together; none at its end.
async fn next_of(cursor: &mut Cursor<Document>) -> Result<Vec<Document>> {
    let (mut some, mut bytes) = (Vec::new(), 0_usize);
    while some.len() < PAGE && bytes < PAGE_BYTES {
        let Some(document) = call(cursor.try_next()).await? else { break };
        let texts = document.values().filter_map(Bson::as_str);
        bytes = bytes.saturating_add(texts.map(str::len).sum());
        some.push(document);
    }
    Ok(some)
}

/// Looks for the person off the asynchronous threads: texts may be long, and identifiers many.
async fn aside<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let stopped = |_| StoreError::Unavailable("the search for a person was stopped".into());
    tokio::task::spawn_blocking(look).await.map_err(stopped)
}

fn has_body(is_theirs: impl Fn(&str) -> bool) -> impl Fn(&Document) -> bool {
    move |it| it.get_str("body").is_ok_and(&is_theirs)
}

#[async_trait]
impl ErasureStore for MongoStore {
    async fn add_erasure(&self, erasure: KeptErasure) -> Result<bool> {
        insert(&self.collection("erasure"), document(&erasure)).await
    }

    async fn change_erasure(&self, erasure: KeptErasure) -> Result<bool> {
        let filter = doc! {"_id": erasure.id.to_string(), "done": false};
        let collection = self.collection("erasure");
        let changed = call(collection.replace_one(filter, document(&erasure))).await?;
        Ok(changed.matched_count == 1)
    }

    async fn erasures(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<KeptErasure>> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(MOST);
        let collection = self.collection("erasure");
        let found = collection.find(doc! {"_id": {"$gt": after}}).sort(doc! {"_id": 1});
        let mut bytes = 0_usize;
        let enough = |it: &Document| {
            bytes = bytes.saturating_add(it.get_str("body").map_or(0, str::len));
            bytes >= ERASURES_BYTES
        };
        // A few at a time: a record of an earlier release may have a MiB of hashes.
        let found = all_until(found.limit(limit).batch_size(20), enough).await?;
        found.iter().map(erasure).collect()
    }

    async fn rewrite_statements(&self, statements: Vec<Rewrite>) -> Result<u64> {
        self.0.statements.rewrite(&statements).await
    }

    async fn remove_statements(&self, statements: Vec<Stored>, by: Uuid) -> Result<u64> {
        self.0.statements.remove(&statements, by).await
    }

    async fn removed_statements(
        &self,
        after: Instant,
        limit: usize,
    ) -> Result<Vec<RemovedStatement>> {
        self.0.statements.removed(after, limit).await
    }

    async fn removed_among(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        self.0.statements.removed_among(ids).await
    }

    async fn restore_removed(&self, removed: Vec<RemovedStatement>) -> Result<()> {
        self.0.statements.restore_removed(&removed).await
    }

    async fn remove_attachments(&self, hashes: &[String]) -> Result<()> {
        self.0.statements.attachments.remove(hashes).await
    }

    async fn replace_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        let name = cell::name(&[course, &list.id]);
        let lists = &self.0.courses.certificates;
        let Some(kept) = call(lists.find_one(doc! {"_id": &name})).await? else { return Ok(false) };
        let body = std::str::from_utf8(&list.body)
            .map_err(|_| StoreError::Corrupt("a certificate list that is not UTF-8".into()))?;
        let holder = Holder::new(lists, doc! {"_id": &name});
        let body = self.0.courses.blobs.text_field(body, holder).await?;
        let set = doc! {"$set": {"created": list.created.micros(), "body": body}};
        call(lists.update_one(doc! {"_id": name}, set)).await?;
        self.0.courses.blobs.remove(kept.get_object_id("body").ok()).await?;
        Ok(true)
    }

    async fn remove_certificates(&self, course: &str, id: &str) -> Result<bool> {
        let list = doc! {"_id": cell::name(&[course, id])};
        let is_there = call(self.0.courses.certificates.find_one(list.clone())).await?.is_some();
        self.0.courses.remove_certificates(list).await?;
        Ok(is_there)
    }

    async fn erase(&self, part: ErasedPart, eraser: &Arc<Eraser>, by: Uuid) -> Result<u64> {
        match part {
            ErasedPart::Index => self.erase_things(eraser).await,
            ErasedPart::Documents => erase_documents(self, eraser).await,
            ErasedPart::Journals => self.erase_journals(eraser).await,
            ErasedPart::Launches => {
                let eraser = Arc::clone(eraser);
                let is_theirs = move |it: &str| eraser.is_actor_of(it);
                self.remove_named("launch", has_body(is_theirs)).await
            }
            ErasedPart::Refusals => {
                let eraser = Arc::clone(eraser);
                let is_theirs = move |it: &str| eraser.is_mentioned(it);
                self.remove_named("refusal", has_body(is_theirs)).await
            }
            ErasedPart::Origins => self.erase_texts("origin", "authority", eraser).await,
            ErasedPart::DeadLetters => self.erase_texts("dead_letter", "body", eraser).await,
            ErasedPart::Audit => self.erase_audit(eraser, by).await,
        }
    }

    /// Removes the addresses of documents that were removed, which stay for a day otherwise, and files that a process has
    /// left which ended while it removed a statement. What was written over is the database's own affair.
    async fn scrub(&self, scrub: Scrub) -> Result<()> {
        if scrub == Scrub::Records {
            return Ok(());
        }
        self.0.statements.clear_removed().await?;
        self.0.documents.cells.forget(Instant::from_micros(i64::MAX)).await?;
        self.0.people.cells.forget(Instant::from_micros(i64::MAX)).await
    }
}
