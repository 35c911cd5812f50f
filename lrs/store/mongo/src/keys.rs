//! Keys, by name. Fields: `_id`, `label`, `scopes`, `authority` and `bounds` as JSON, `created` in
//! microseconds, `secret_hash`, `life` as JSON (missing in keys of releases before 0.2). When a key was last used is a
//! document of its own in `key_use`, with the same `_id`, and `at`.

use std::collections::BTreeMap;

use crate::MongoStore;
use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use store::KeyStore;

use super::call::{all, call, insert};
use super::field;
use access::key::{KeptKey, KeyTexts, KeyTextsError};
use store::{Result, StoreError};
use xapi::instant::Instant;

/// The collections of keys and of their last uses.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) kept: Collection<Document>,
    pub(super) used: Collection<Document>,
}

impl Keys {
    pub(super) async fn key(&self, name: &str) -> Result<Option<KeptKey>> {
        call(self.kept.find_one(doc! {"_id": name})).await?.as_ref().map(kept).transpose()
    }

    pub(super) async fn keys(&self) -> Result<Vec<KeptKey>> {
        let keys = all(self.kept.find(doc! {}).sort(doc! {"_id": 1})).await?;
        keys.iter().map(kept).collect()
    }

    pub(super) async fn add(&self, kept: &KeptKey) -> Result<bool> {
        let mut document = doc! {"_id": &kept.key.name};
        document.extend(fields(kept));
        insert(&self.kept, document).await
    }

    pub(super) async fn change(&self, old_hash: &str, kept: &KeptKey) -> Result<bool> {
        let is_old = doc! {"_id": &kept.key.name, "secret_hash": old_hash};
        let changed = call(self.kept.update_one(is_old, doc! {"$set": fields(kept)})).await?;
        Ok(changed.matched_count == 1)
    }

    pub(super) async fn note_use(&self, name: &str, at: Instant) -> Result<()> {
        if self.key(name).await?.is_none() {
            return Ok(());
        }
        if !insert(&self.used, doc! {"_id": name, "at": at.micros()}).await? {
            let later = doc! {"$max": {"at": at.micros()}};
            call(self.used.update_one(doc! {"_id": name}, later)).await?;
        }
        Ok(())
    }

    pub(super) async fn uses(&self) -> Result<BTreeMap<String, Instant>> {
        let used = all(self.used.find(doc! {})).await?;
        used.iter().map(|it| Ok((field::text(it, "_id")?, field::instant(it, "at")?))).collect()
    }

    pub(super) async fn remove(&self, name: &str) -> Result<bool> {
        let removed = call(self.kept.delete_one(doc! {"_id": name})).await?.deleted_count == 1;
        call(self.used.delete_one(doc! {"_id": name})).await?;
        Ok(removed)
    }
}

/// All fields of a key but its name.
fn fields(kept: &KeptKey) -> Document {
    let KeyTexts { name: _, label, scopes, authority, bounds, created, secret_hash, life } =
        kept.texts();
    doc! {
        "label": label,
        "scopes": scopes.split_whitespace().collect::<Vec<_>>(),
        "authority": authority,
        "bounds": bounds,
        "created": created,
        "secret_hash": secret_hash,
        "life": life,
    }
}

fn kept(document: &Document) -> Result<KeptKey> {
    let scopes = field::texts(document, "scopes")?;
    let texts = KeyTexts {
        name: field::text(document, "_id")?,
        label: field::text(document, "label")?,
        scopes: scopes.join(" "),
        authority: field::text(document, "authority")?,
        bounds: field::text(document, "bounds")?,
        created: field::integer(document, "created")?,
        secret_hash: field::text(document, "secret_hash")?,
        life: if document.contains_key("life") {
            field::text(document, "life")?
        } else {
            String::new()
        },
    };
    texts.try_into().map_err(|error: KeyTextsError| StoreError::Corrupt(error.to_string()))
}

#[async_trait]
impl KeyStore for MongoStore {
    async fn key(&self, name: &str) -> Result<Option<KeptKey>> {
        self.0.keys.key(name).await
    }

    async fn keys(&self) -> Result<Vec<KeptKey>> {
        self.0.keys.keys().await
    }

    async fn add_key(&self, key: KeptKey) -> Result<bool> {
        self.0.keys.add(&key).await
    }

    async fn remove_key(&self, name: &str) -> Result<bool> {
        self.0.keys.remove(name).await
    }

    async fn change_key(&self, secret_hash: &str, key: KeptKey) -> Result<bool> {
        self.0.keys.change(secret_hash, &key).await
    }

    async fn note_key_use(&self, name: &str, at: Instant) -> Result<()> {
        self.0.keys.note_use(name, at).await
    }

    async fn key_uses(&self) -> Result<BTreeMap<String, Instant>> {
        self.0.keys.uses().await
    }
}
