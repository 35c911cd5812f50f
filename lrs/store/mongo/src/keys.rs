//! Keys, by name. Fields: `_id`, `label`, `scopes`, `authority` and `bounds` as JSON, `created` in
//! microseconds, `secret_hash`.

use crate::MongoStore;
use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use store::KeyStore;

use super::call::{all, call, insert};
use super::field;
use access::key::{KeptKey, KeyTexts, KeyTextsError};
use store::{Result, StoreError};

/// The collection of keys.
#[derive(Clone)]
pub(super) struct Keys(pub(super) Collection<Document>);

impl Keys {
    pub(super) async fn key(&self, name: &str) -> Result<Option<KeptKey>> {
        call(self.0.find_one(doc! {"_id": name})).await?.as_ref().map(kept).transpose()
    }

    pub(super) async fn keys(&self) -> Result<Vec<KeptKey>> {
        let keys = all(self.0.find(doc! {}).sort(doc! {"_id": 1})).await?;
        keys.iter().map(kept).collect()
    }

    pub(super) async fn add(&self, kept: &KeptKey) -> Result<bool> {
        let KeyTexts { name, label, scopes, authority, bounds, created, secret_hash } =
            kept.texts();
        let document = doc! {
            "_id": name,
            "label": label,
            "scopes": scopes.split_whitespace().collect::<Vec<_>>(),
            "authority": authority,
            "bounds": bounds,
            "created": created,
            "secret_hash": secret_hash,
        };
        insert(&self.0, document).await
    }

    pub(super) async fn remove(&self, name: &str) -> Result<bool> {
        Ok(call(self.0.delete_one(doc! {"_id": name})).await?.deleted_count == 1)
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
}
