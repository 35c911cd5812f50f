//! Values that change by compare-and-set, made of unique inserts.
//!
//! Not every server that speaks the protocol updates a document atomically (`FerretDB` 1 reads,
//! filters, and writes), but all keep two documents of one `_id` apart. So a cell is a chain of
//! versions: to change what was read as version `n` is to insert version `n + 1`, which one writer
//! alone can do. Older versions are removed afterwards.
//!
//! A writer that slept while its version number was used and removed again would insert it a
//! second time. Each version therefore names the writes that led to it: a write that the newest
//! version does not name did not happen.

use std::collections::BTreeMap;

use mongodb::Collection;
use mongodb::bson::{Bson, Document, doc};
use sha2::{Digest as _, Sha256};

use super::blob::Holder;
use super::call::{BATCH, all, all_until, call, insert, insert_free};
use super::field;
use store::{LOG_BYTES, Result, StoreError};
use xapi::instant::Instant;

/// How many earlier writes a version names.
const REMEMBERED: usize = 16;

/// Traces removed at once.
const FORGOTTEN: usize = 100;

/// The cells of one collection. Fields of a version: `_id`, `cell`, `n`, `writes`, those of its
/// value, and in one without a value `gone_at`, in microseconds.
#[derive(Clone)]
pub(super) struct Cells(Collection<Document>);

/// A cell as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    /// The number of its version; 0 before the first.
    pub(super) n: i64,
    writes: Vec<i64>,
    value: Option<Document>,
}

impl Held {
    /// The value, unless there is none or it was removed.
    pub(super) const fn value(&self) -> Option<&Document> {
        self.value.as_ref()
    }

    fn read(version: Document) -> Result<Self> {
        let n = field::integer(&version, "n")?;
        let writes = version.get_array("writes").map(|list| list.iter().filter_map(Bson::as_i64));
        let writes = writes.map(Iterator::collect).unwrap_or_default();
        let value = (!version.contains_key("gone_at")).then_some(version);
        Ok(Self { n, writes, value })
    }
}

/// The name of the cell of these parts: short, whatever their length.
pub(super) fn name(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize().get(..16).unwrap_or_default())
}

impl Cells {
    pub(super) const fn new(collection: Collection<Document>) -> Self {
        Self(collection)
    }

    /// The holder of the files of the cell `name`.
    pub(super) fn holder(&self, name: &str) -> Holder {
        Holder::new(&self.0, doc! {"cell": name})
    }

    /// The cell `name` as it is now.
    pub(super) async fn read(&self, name: &str) -> Result<Held> {
        let newest = self.0.find_one(doc! {"cell": name}).sort(doc! {"n": -1});
        call(newest).await?.map_or_else(|| Ok(Held::default()), Held::read)
    }

    /// All cells whose values match `filter`, by name; of each the fields in `fields`.
    pub(super) async fn find(
        &self,
        filter: Document,
        fields: &[&str],
    ) -> Result<BTreeMap<String, Held>> {
        self.find_until(filter, fields, |_| false).await
    }

    /// The same of the versions up to the first that is `enough`: of the cells found last, it may be
    /// an older one.
    pub(super) async fn find_until(
        &self,
        filter: Document,
        fields: &[&str],
        enough: impl FnMut(&Document) -> bool,
    ) -> Result<BTreeMap<String, Held>> {
        let mut projection = doc! {"cell": 1, "n": 1, "gone_at": 1};
        projection.extend(fields.iter().map(|name| ((*name).to_owned(), Bson::Int32(1))));
        let mut found: BTreeMap<String, Held> = BTreeMap::new();
        let versions = self.0.find(filter).projection(projection).batch_size(BATCH);
        for version in all_until(versions, enough).await? {
            let name = field::text(&version, "cell")?;
            let held = Held::read(version)?;
            let newest = found.entry(name).or_default();
            if held.n > newest.n {
                *newest = held;
            }
        }
        found.retain(|_, held| held.value.is_some());
        Ok(found)
    }

    /// At most `limit` cells with a name beyond `after`, by name, those without a value left out,
    /// and fewer where they weigh more than [`LOG_BYTES`]; none when there are no more. `weight`
    /// says what a value weighs.
    pub(super) async fn beyond(
        &self,
        after: &str,
        limit: usize,
        weight: impl Fn(&Document) -> usize,
    ) -> Result<Vec<Held>> {
        let mut after = after.to_owned();
        loop {
            let filter = doc! {"cell": {"$gt": &after}};
            // Some versions of a cell may be there at once. The last cell may be cut in two.
            let wanted = i64::try_from(limit.saturating_mul(3).max(3)).unwrap_or(i64::MAX);
            let found = self.0.find(filter).sort(doc! {"cell": 1, "n": 1}).limit(wanted);
            let found = found.batch_size(BATCH);
            let mut newest: BTreeMap<String, Held> = BTreeMap::new();
            let mut bytes = 0;
            let found = all_until(found, |version| {
                bytes += weight(version);
                bytes >= LOG_BYTES
            });
            for version in found.await? {
                newest.insert(field::text(&version, "cell")?, Held::read(version)?);
            }
            let Some(last) = newest.keys().take(limit).next_back().cloned() else {
                return Ok(Vec::new());
            };
            if let Some(held) = newest.get_mut(&last) {
                *held = self.read(&last).await?;
            }
            let held: Vec<Held> =
                newest.into_values().take(limit).filter(|held| held.value.is_some()).collect();
            if !held.is_empty() {
                return Ok(held);
            }
            after = last;
        }
    }

    /// Gives the cell `name` another value, if it is still as it was `read`. False, and nothing
    /// changed, otherwise.
    pub(super) async fn change(&self, name: &str, read: &Held, value: Document) -> Result<bool> {
        let write = rand::random::<i64>();
        let n = read.n + 1;
        let mut writes = read.writes.clone();
        writes.insert(0, write);
        writes.truncate(REMEMBERED);
        let mut version =
            doc! {"_id": format!("{name}/{n}"), "cell": name, "n": n, "writes": writes};
        version.extend(value);
        if !insert(&self.0, version).await? {
            return Ok(false);
        }
        let newest = self.read(name).await?;
        if !newest.writes.contains(&write) {
            return Ok(false);
        }
        call(self.0.delete_many(doc! {"cell": name, "n": {"$lt": newest.n}})).await?;
        Ok(true)
    }

    /// Makes those of these cells that were never there, in one call; gives the names of the
    /// others.
    pub(super) async fn create(&self, values: Vec<(String, Document)>) -> Result<Vec<String>> {
        let version = |(name, value): &(String, Document)| {
            let writes = vec![rand::random::<i64>()];
            let mut version =
                doc! {"_id": format!("{name}/1"), "cell": name, "n": 1_i64, "writes": writes};
            version.extend(value.clone());
            version
        };
        let versions: Vec<Document> = values.iter().map(version).collect();
        if versions.is_empty() {
            return Ok(Vec::new());
        }
        let taken = insert_free(&self.0, &versions).await?;
        Ok(taken.into_iter().filter_map(|at| Some(values.get(at)?.0.clone())).collect())
    }

    /// Removes the value, as [`Cells::change`] changes it. A version without a value, the *trace*,
    /// is left until it is [forgotten](Cells::forget); it keeps the fields `keep`.
    pub(super) async fn remove(
        &self,
        name: &str,
        read: &Held,
        mut keep: Document,
        now: Instant,
    ) -> Result<bool> {
        keep.insert("gone_at", now.micros());
        self.change(name, read, keep).await
    }

    /// Removes the traces of values that were removed before `instant`. Older versions of their
    /// cells are removed first: they are still there where the process died that removed the value,
    /// and without the trace the newest of them would be the value again.
    pub(super) async fn forget(&self, instant: Instant) -> Result<()> {
        let gone = doc! {"gone_at": {"$lt": instant.micros()}};
        let fields = doc! {"cell": 1, "n": 1};
        for traces in all(self.0.find(gone).projection(fields)).await?.chunks(FORGOTTEN) {
            let (mut older, mut ids) = (Vec::new(), Vec::new());
            for trace in traces {
                let (cell, n) = (field::text(trace, "cell")?, field::integer(trace, "n")?);
                older.push(doc! {"cell": cell, "n": {"$lt": n}});
                ids.extend(trace.get("_id").cloned());
            }
            call(self.0.delete_many(doc! {"$or": older})).await?;
            call(self.0.delete_many(doc! {"_id": {"$in": ids}})).await?;
        }
        Ok(())
    }
}

/// What to answer when a cell was changed by others again and again.
pub(super) fn busy() -> StoreError {
    StoreError::Unavailable("others changed the same thing again and again".into())
}
