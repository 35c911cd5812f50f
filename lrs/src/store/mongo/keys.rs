//! Keys, by name. Fields: `_id`, `label`, `scopes`, `authority` and `bounds` as JSON, `created` in
//! microseconds, `secret_hash`.

use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::call::{all, call, insert};
use super::field;
use crate::access::key::{KeptKey, Key};
use crate::access::scope::Scope;
use crate::store::{Result, StoreError};
use crate::xapi::authority::Authority;

/// Where they are kept.
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

    pub(super) async fn add(&self, KeptKey { key, secret_hash }: &KeptKey) -> Result<bool> {
        let bounds = key.bounds.as_ref().map(serde_json::to_string).transpose();
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let document = doc! {
            "_id": &key.name,
            "label": &key.label,
            "scopes": scopes,
            "authority": key.authority.text(),
            "bounds": bounds.unwrap_or_default().unwrap_or_default(),
            "created": key.created.micros(),
            "secret_hash": secret_hash,
        };
        insert(&self.0, document).await
    }

    pub(super) async fn remove(&self, name: &str) -> Result<bool> {
        Ok(call(self.0.delete_one(doc! {"_id": name})).await?.deleted_count == 1)
    }
}

fn kept(document: &Document) -> Result<KeptKey> {
    let name = field::text(document, "_id")?;
    let corrupt = |what: String| StoreError::Corrupt(format!("key {name}: {what}"));
    let scopes = document.get_array("scopes").map_err(|error| corrupt(error.to_string()))?;
    let scopes = scopes.iter().map(|scope| scope.as_str().unwrap_or_default().parse::<Scope>());
    let scopes: std::result::Result<Vec<Scope>, _> = scopes.collect();
    let authority = serde_json::from_str(&field::text(document, "authority")?)
        .map_err(|error| corrupt(error.to_string()))?;
    let bounds = match field::text(document, "bounds")?.as_str() {
        "" => None,
        text => Some(serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?),
    };
    let key = Key {
        bounds,
        scopes: scopes.map_err(|error| corrupt(error.to_string()))?,
        authority: Authority::from_agent(authority),
        created: field::instant(document, "created")?,
        label: field::text(document, "label")?,
        name,
    };
    Ok(KeptKey { key, secret_hash: field::text(document, "secret_hash")? })
}
