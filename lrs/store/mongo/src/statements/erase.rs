//! Other texts for statements that are kept.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::bson::{Bson, Document, doc};

use super::key::Key;
use super::row;
use super::rows::Rows;
use crate::blob::Holder;
use crate::call::call;
use crate::field;
use store::{Result, StoreError, checksum};
use xapi::index::{IndexKey, keys_of_kept};
use xapi::stored::Stored;

/// Keys that become others, in every statement that has them: its own, or inherited.
#[derive(Default)]
pub(in crate::statements) struct Renamed(BTreeMap<Key, BTreeSet<Key>>);

impl Renamed {
    /// Notes that what `before` has and `after` lacks is what `after` has and `before` lacks, of each kind and closeness.
    fn note(&mut self, before: &BTreeSet<IndexKey>, after: &BTreeSet<IndexKey>) {
        for gone in before.difference(after) {
            let is_alike =
                |new: &&IndexKey| new.kind == gone.kind && new.closeness == gone.closeness;
            let new = after.difference(before).filter(is_alike).map(Key::from_index);
            self.0.entry(Key::from_index(gone)).or_default().extend(new);
        }
    }
}

impl Rows {
    /// Replaces the texts of statements, where they are kept at these instants.
    pub(crate) async fn rewrite(&self, statements: &[Stored]) -> Result<()> {
        let mut renamed = Renamed::default();
        for new in statements {
            self.rewrite_one(new, &mut renamed).await?;
        }
        for (old, new) in renamed.0 {
            self.rename(old, &new).await?;
        }
        Ok(())
    }

    async fn rewrite_one(&self, new: &Stored, renamed: &mut Renamed) -> Result<()> {
        let own = doc! {"_id": field::of_uuid(new.id), "stored": new.stored.micros()};
        let find = self.collection.find_one(own.clone()).projection(row::without_keys());
        let Some(found) = call(find).await? else { return Ok(()) };
        let kept = self.statement(&found).await?;
        let (before, after) = (keys(&kept)?, keys(new)?);
        renamed.note(&before, &after);
        let text = std::str::from_utf8(&new.body)
            .map_err(|_| StoreError::Corrupt("a statement that is not UTF-8".into()))?;
        let holder = Holder::new(&self.collection, doc! {"_id": field::of_uuid(new.id)});
        let body = self.blobs.text_field(text, holder).await?;
        let crc = checksum::of_statement(new.id, new.stored, row::is_voiding(&found), &new.body);
        // The keys first: a statement with the new text is found by it.
        let keys: Vec<Bson> = after.iter().map(|key| Key::from_index(key).to_bson()).collect();
        self.add_keys(&[new.id], &keys).await?;
        let set = doc! {"$set": {"body": body, "crc": i64::from(crc)}};
        call(self.collection.update_one(own, set)).await?;
        self.blobs.remove(found.get_object_id("body").ok()).await
    }

    /// Lets everything that is found by a key be found by others instead.
    async fn rename(&self, old: Key, new: &BTreeSet<Key>) -> Result<()> {
        let having = || doc! {"keys": old.to_bson()};
        let new: Vec<Bson> = new.iter().copied().map(Key::to_bson).collect();
        if !new.is_empty() {
            let add = doc! {"$addToSet": {"keys": {"$each": new}}};
            call(self.collection.update_many(having(), add)).await?;
        }
        let pull: Document = doc! {"$pullAll": {"keys": [old.to_bson()]}};
        call(self.collection.update_many(having(), pull)).await.map(drop)
    }
}

fn keys(kept: &Stored) -> Result<BTreeSet<IndexKey>> {
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", kept.id));
    Ok(keys_of_kept(&kept.value().map_err(corrupt)?).into_iter().collect())
}
