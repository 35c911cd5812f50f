//! Refused requests. Fields: `_id` the text of a UUID of version 7, so that its order is that of time, `key`, `rule`,
//! `status`, `at` in microseconds, `weight`, `body`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use uuid::Uuid;

use super::call::{all, call, insert_free};
use super::field;
use crate::MongoStore;
use store::{
    KeptRefusal, MOST_BYTES, MOST_OF_KEY, RefusalFilter, RefusalStore, Result, StoreError,
};

/// The collection of refused requests.
#[derive(Clone)]
pub(super) struct Refusals(pub(super) Collection<Document>);

impl Refusals {
    async fn keep(&self, refusals: &[KeptRefusal]) -> Result<()> {
        let document = |refusal: &KeptRefusal| {
            let KeptRefusal { id, key, rule, status, at, body } = refusal;
            doc! {
                "_id": id.to_string(),
                "key": key,
                "rule": rule,
                "status": i64::from(*status),
                "at": at.micros(),
                "weight": i64::try_from(refusal.weight()).unwrap_or(i64::MAX),
                "body": body,
            }
        };
        let documents: Vec<Document> = refusals.iter().map(document).collect();
        if documents.is_empty() {
            return Ok(());
        }
        insert_free(&self.0, &documents).await?;
        let keys: BTreeSet<&str> = refusals.iter().map(|it| it.key.as_str()).collect();
        for key in keys {
            self.bound_key(key).await?;
        }
        self.bound_all().await
    }

    /// Removes what is older than the newest [`MOST_OF_KEY`] of a key.
    async fn bound_key(&self, key: &str) -> Result<()> {
        let of_key = self.0.find(doc! {"key": key}).sort(doc! {"_id": -1});
        let beyond = of_key.skip(MOST_OF_KEY as u64).limit(1).projection(doc! {"_id": 1});
        let Some(first) = all(beyond).await?.first().map(|it| field::text(it, "_id")) else {
            return Ok(());
        };
        call(self.0.delete_many(doc! {"key": key, "_id": {"$lte": first?}})).await.map(drop)
    }

    /// Removes the oldest of all, until they weigh [`MOST_BYTES`].
    async fn bound_all(&self) -> Result<()> {
        let weights = self.0.find(doc! {}).sort(doc! {"_id": -1}).projection(doc! {"weight": 1});
        let mut sum = 0_usize;
        for refusal in all(weights).await? {
            let weight = usize::try_from(field::integer(&refusal, "weight")?).unwrap_or(usize::MAX);
            sum = sum.saturating_add(weight);
            if sum > MOST_BYTES {
                let oldest = doc! {"_id": {"$lte": field::text(&refusal, "_id")?}};
                return call(self.0.delete_many(oldest)).await.map(drop);
            }
        }
        Ok(())
    }

    async fn refusals(&self, filter: &RefusalFilter, limit: usize) -> Result<Vec<KeptRefusal>> {
        let RefusalFilter { key, rule, status, before } = filter;
        let mut wanted = Document::new();
        wanted.extend(key.as_ref().map(|key| ("key".to_owned(), key.into())));
        wanted.extend(rule.as_ref().map(|rule| ("rule".to_owned(), rule.into())));
        wanted.extend(status.map(|status| ("status".to_owned(), i64::from(status).into())));
        if let Some(before) = before {
            wanted.insert("_id", doc! {"$lt": before.to_string()});
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(1 << 30);
        let found = all(self.0.find(wanted).sort(doc! {"_id": -1}).limit(limit)).await?;
        found.iter().map(kept).collect()
    }

    async fn refusal(&self, id: Uuid) -> Result<Option<KeptRefusal>> {
        let found = call(self.0.find_one(doc! {"_id": id.to_string()})).await?;
        found.as_ref().map(kept).transpose()
    }
}

fn kept(document: &Document) -> Result<KeptRefusal> {
    let id = field::text(document, "_id")?;
    let corrupt = |what: String| StoreError::Corrupt(format!("refusal {id}: {what}"));
    let status = u16::try_from(field::integer(document, "status")?);
    Ok(KeptRefusal {
        id: id.parse().map_err(|error: uuid::Error| corrupt(error.to_string()))?,
        key: field::text(document, "key")?,
        rule: field::text(document, "rule")?,
        status: status.map_err(|error| corrupt(error.to_string()))?,
        at: field::instant(document, "at")?,
        body: field::text(document, "body")?,
    })
}

#[async_trait]
impl RefusalStore for MongoStore {
    async fn keep_refusals(&self, refusals: Vec<KeptRefusal>) -> Result<()> {
        self.0.refusals.keep(&refusals).await
    }

    async fn refusals(&self, filter: &RefusalFilter, limit: usize) -> Result<Vec<KeptRefusal>> {
        self.0.refusals.refusals(filter, limit).await
    }

    async fn refusal(&self, id: Uuid) -> Result<Option<KeptRefusal>> {
        self.0.refusals.refusal(id).await
    }
}
