//! The audit log. Fields of `audit`: `_id`, `at` in microseconds, `kind` and `actor`, `action`, `target`, `details` as JSON.
//!
//! Its chain is the collection `audit_chain`: `_id` is the number, and beside the seal a document has the whole entry as
//! `entry`. A link is inserted before its entry, so that a number is given once, whatever else happens: an entry that a
//! process did not live to insert is inserted by the process that adds the next one.

use std::collections::HashMap;

use async_trait::async_trait;
use mongodb::bson::{Document, doc};

use super::call::{all, call, insert};
use super::cell::busy;
use super::field;
use crate::MongoStore;
use access::audit::{Actor, AuditEntry, AuditFilter};
use access::chain::{Head, Seal, SealedEntry};
use store::{AuditStore, Result, StoreError};

/// The most that can be asked for: not every server takes a larger number.
const MOST: i64 = 1 << 30;

fn entry(document: &Document) -> Result<AuditEntry> {
    let (id, kind) = (field::text(document, "_id")?, field::text(document, "kind")?);
    let actor = Actor::of(&kind, field::text(document, "actor")?)
        .ok_or_else(|| StoreError::Corrupt(format!("audit entry {id} is by a {kind}")))?;
    Ok(AuditEntry {
        id,
        at: field::instant(document, "at")?,
        actor,
        action: field::text(document, "action")?,
        target: field::text(document, "target")?,
        details: field::text(document, "details")?,
    })
}

fn matching(filter: &AuditFilter) -> Document {
    let mut wanted = Document::new();
    if let Some(actor) = &filter.actor {
        wanted.insert("actor", actor);
    }
    if let Some(action) = &filter.action {
        wanted.insert("action", action);
    }
    let mut at = Document::new();
    at.extend(filter.since.map(|since| ("$gte".to_owned(), since.micros().into())));
    at.extend(filter.until.map(|until| ("$lte".to_owned(), until.micros().into())));
    if !at.is_empty() {
        wanted.insert("at", at);
    }
    if let Some(before) = &filter.before {
        wanted.insert("_id", doc! {"$lt": before});
    }
    wanted
}

/// Attempts to be the next link of the chain: each attempt that fails is a link of another writer.
const ATTEMPTS: usize = 1_000;

pub(super) fn document(entry: &AuditEntry) -> Document {
    doc! {
        "_id": &entry.id,
        "at": entry.at.micros(),
        "kind": entry.actor.kind(),
        "actor": entry.actor.name(),
        "action": &entry.action,
        "target": &entry.target,
        "details": &entry.details,
    }
}

fn link(seal: &Seal, entry: &AuditEntry) -> Document {
    doc! {
        "_id": i64::try_from(seal.number).unwrap_or(i64::MAX),
        "salt": &seal.salt,
        "digest": &seal.digest,
        "hash": &seal.hash,
        "erased_by": &seal.erased_by,
        "entry": document(entry),
    }
}

fn seal(link: &Document) -> Result<Seal> {
    Ok(Seal {
        number: field::integer(link, "_id")?.unsigned_abs(),
        salt: field::text(link, "salt")?,
        digest: field::text(link, "digest")?,
        hash: field::text(link, "hash")?,
        erased_by: field::text(link, "erased_by")?,
    })
}

fn linked(link: &Document) -> Result<&Document> {
    link.get_document("entry").map_err(|error| {
        StoreError::Corrupt(format!("a link of the audit log has no entry: {error}"))
    })
}

impl MongoStore {
    /// The end of the chain, whose entry is in the log after this call.
    async fn audit_head(&self) -> Result<Head> {
        let last = call(self.0.audit_chain.find_one(doc! {}).sort(doc! {"_id": -1})).await?;
        let Some(last) = last else { return Ok(Head::default()) };
        insert(&self.0.audit, linked(&last)?.clone()).await?;
        let Seal { number, hash, .. } = seal(&last)?;
        Ok(Head { number, hash })
    }

    async fn has_audit(&self, id: &str) -> Result<bool> {
        Ok(call(self.0.audit.find_one(doc! {"_id": id})).await?.is_some())
    }
}

#[async_trait]
impl AuditStore for MongoStore {
    async fn add_audit(&self, entry: AuditEntry) -> Result<bool> {
        // Within a process writers come one after the other.
        let _turn = self.0.auditing.lock().await;
        for _ in 0..ATTEMPTS {
            let head = self.audit_head().await?;
            if self.has_audit(&entry.id).await? {
                return Ok(false);
            }
            let seal = head.seal(&entry, rand::random());
            if insert(&self.0.audit_chain, link(&seal, &entry)).await? {
                insert(&self.0.audit, document(&entry)).await?;
                return Ok(true);
            }
        }
        Err(busy())
    }

    async fn audit(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(MOST);
        let found = self.0.audit.find(matching(filter)).sort(doc! {"_id": -1}).limit(limit);
        all(found).await?.iter().map(entry).collect()
    }

    async fn audit_chain(&self, after: u64, limit: usize) -> Result<Vec<SealedEntry>> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(MOST);
        let found = self.0.audit_chain.find(doc! {"_id": {"$gt": after}});
        let links = all(found.sort(doc! {"_id": 1}).limit(limit)).await?;
        let ids: Result<Vec<String>> =
            links.iter().map(|link| field::text(linked(link)?, "_id")).collect();
        let ids = ids?;
        let mut entries = self.audit_entries(&ids).await?;
        if let Some(last) = ids.last().filter(|id| !entries.contains_key(*id)) {
            // Perhaps it was only not inserted yet.
            self.audit_head().await?;
            entries.extend(self.audit_entries(std::slice::from_ref(last)).await?);
        }
        let sealed = links
            .iter()
            .zip(ids)
            .map(|(link, id)| Ok(SealedEntry { seal: seal(link)?, entry: entries.remove(&id) }));
        sealed.collect()
    }

    async fn restore_audit(&self, sealed: SealedEntry) -> Result<bool> {
        let SealedEntry { seal, entry: Some(entry) } = sealed else { return Ok(false) };
        if self.has_audit(&entry.id).await? {
            return Ok(false);
        }
        let is_new = insert(&self.0.audit_chain, link(&seal, &entry)).await?;
        let number = i64::try_from(seal.number).unwrap_or(i64::MAX);
        let there = call(self.0.audit_chain.find_one(doc! {"_id": number})).await?;
        // The link of an earlier attempt lacks its entry still.
        let is_ours =
            there.as_ref().map(linked).transpose()?.is_some_and(|it| *it == document(&entry));
        if !is_new && !is_ours {
            return Ok(false);
        }
        insert(&self.0.audit, document(&entry)).await
    }

    async fn restore_unchained_audit(&self, entry: AuditEntry) -> Result<bool> {
        insert(&self.0.audit, document(&entry)).await
    }
}

impl MongoStore {
    async fn audit_entries(&self, ids: &[String]) -> Result<HashMap<String, AuditEntry>> {
        let found = all(self.0.audit.find(doc! {"_id": {"$in": ids}})).await?;
        let named = |document: &Document| entry(document).map(|entry| (entry.id.clone(), entry));
        found.iter().map(named).collect()
    }
}
