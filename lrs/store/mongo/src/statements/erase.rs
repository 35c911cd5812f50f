//! Other texts for statements that are kept.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::bson::{Bson, Document, doc};
use serde_json::Value;

use super::key::Key;
use super::row;
use super::rows::Rows;
use crate::blob::Holder;
use crate::call::call;
use crate::field;
use store::{Result, Rewrite, StoreError, checksum};
use xapi::index::{Closeness, IndexKey, Kind, keys_of_kept, renamed};
use xapi::stored::Stored;

/// Keys that become others, in every statement that has them: its own, or inherited.
#[derive(Default)]
pub(in crate::statements) struct Renamed(BTreeMap<Key, BTreeSet<Key>>);

impl Renamed {
    /// Notes that each first key becomes the second one.
    fn note(&mut self, pairs: &[(IndexKey, IndexKey)]) {
        for (old, new) in pairs {
            self.0.entry(Key::from_index(old)).or_default().insert(Key::from_index(new));
        }
    }
}

impl Rows {
    /// Replaces the texts of statements, where they are kept at these instants; gives how many have other texts than were
    /// read.
    pub(crate) async fn rewrite(&self, statements: &[Rewrite]) -> Result<u64> {
        let (mut noted, mut changed) = (Renamed::default(), 0_u64);
        for rewrite in statements {
            let is_current = self.rewrite_one(rewrite, &mut noted).await?;
            changed = changed.saturating_add(u64::from(!is_current));
        }
        for (old, new) in noted.0 {
            self.rename(old, &new).await?;
        }
        Ok(changed)
    }

    /// False where the text of the statement is another one than was read.
    async fn rewrite_one(&self, rewrite: &Rewrite, noted: &mut Renamed) -> Result<bool> {
        let Rewrite { read, body, everywhere } = rewrite;
        let mut own = doc! {"_id": field::of_uuid(read.id), "stored": read.stored.micros()};
        let find = self.collection.find_one(own.clone()).projection(row::without_keys());
        let Some(found) = call(find).await? else { return Ok(true) };
        let kept = self.statement(&found).await?;
        if kept.body != read.body {
            return Ok(false);
        }
        let new = Stored { body: body.clone(), ..kept.clone() };
        let (before, after) = (value(&kept)?, value(&new)?);
        let pairs = renamed(&before, &after).filter(|_| *everywhere);
        let (before, after) = (keys(&before), keys(&after));
        let text = std::str::from_utf8(&new.body)
            .map_err(|_| StoreError::Corrupt("a statement that is not UTF-8".into()))?;
        let holder = Holder::new(&self.collection, doc! {"_id": field::of_uuid(new.id)});
        let field = self.blobs.text_field(text, holder).await?;
        let blob = field.as_object_id();
        let crc = checksum::of_statement(new.id, new.stored, row::is_voiding(&found), &new.body);
        // The keys first: a statement with the new text is found by it.
        let keys: Vec<Bson> = after.iter().map(|key| Key::from_index(key).to_bson()).collect();
        self.add_keys(&[new.id], &keys).await?;
        let set = doc! {"$set": {"body": field, "crc": i64::from(crc)}};
        // Compare and swap: a text that another process has put there meanwhile stays. A file is compared by its id.
        own.insert("body", found.get("body").cloned());
        let is_swapped = call(self.collection.update_one(own, set)).await?.matched_count == 1;
        if let Some(pairs) = pairs.filter(|_| is_swapped) {
            noted.note(&pairs);
        } else if is_swapped {
            // Others say the same still, and are found by it.
            let gone = before.difference(&after).map(|key| Key::from_index(key).to_bson());
            let pull = doc! {"$pullAll": {"keys": gone.collect::<Vec<Bson>>()}};
            let this = doc! {"_id": field::of_uuid(new.id)};
            call(self.collection.update_one(this, pull)).await?;
        }
        let unused = if is_swapped { found.get_object_id("body").ok() } else { blob };
        self.blobs.remove(unused).await?;
        Ok(is_swapped)
    }

    /// Lets statements that are found by an agent still be found by another one instead; gives how many keys these were.
    /// There are some where a process ended after it had replaced a text, and before it had replaced the keys.
    pub(crate) async fn rename_agent(&self, old: &str, new: &str) -> Result<u64> {
        let mut count = 0_u64;
        for (old, new) in keys_of_agent(old).into_iter().zip(keys_of_agent(new)) {
            let found = self.collection.count_documents(doc! {"keys": old.to_bson()}).limit(1);
            if call(found).await? > 0 {
                self.rename(old, &BTreeSet::from([new])).await?;
                count = count.saturating_add(1);
            }
        }
        Ok(count)
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

/// What statements are found by that have to do with an agent, each by how closely.
pub(super) fn keys_of_agent(agent: &str) -> [Key; 3] {
    [Closeness::Direct, Closeness::Related, Closeness::Authority]
        .map(|closeness| Key::hashed(Kind::Agent, agent, closeness))
}

fn keys(statement: &Value) -> BTreeSet<IndexKey> {
    keys_of_kept(statement).into_iter().collect()
}

fn value(kept: &Stored) -> Result<Value> {
    kept.value().map_err(|error| StoreError::Corrupt(format!("statement {}: {error}", kept.id)))
}
