//! Cells: values that change by compare-and-set, which is made of unique inserts.
//!
//! Not every server that speaks the protocol updates a document atomically (`FerretDB` 1 reads,
//! filters, and writes), but all of them refuse a second document of one `_id`. So a cell is a chain
//! of versions. A value that was read as version `n` is changed by inserting version `n + 1`, which
//! one writer alone can do. Older versions are removed afterwards.
//!
//! A writer that is halted while its version number is used and removed can insert the number a
//! second time. Therefore each version names the last [`REMEMBERED`] writes that led to it: a write
//! that the newest version does not name did not happen.
//!
//! Example: writer A reads version 3 and is halted. Writer B inserts 4 and 5 and removes 3 and 4. A
//! goes on and inserts 4. The newest version, 5, does not name A's write, so A tries again from 5.

use std::collections::BTreeMap;

use mongodb::Collection;
use mongodb::bson::{Bson, Document, doc};
use sha2::{Digest as _, Sha256};

use super::blob::Holder;
use super::call::{BATCH, all, all_until, call, insert, insert_free};
use super::field;
use store::{LOG_BYTES, Result, StoreError};
use xapi::instant::Instant;

/// How many writes a version names, its own included.
const REMEMBERED: usize = 16;

/// Traces removed by one call at most.
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
    /// The value; `None` before the first, and after it was removed.
    pub(super) const fn value(&self) -> Option<&Document> {
        self.value.as_ref()
    }

    /// `version` may be a projection without `writes`: then the cell cannot be changed from it.
    fn from_version(version: Document) -> Result<Self> {
        let n = field::integer(&version, "n")?;
        let is_whole = version.contains_key("writes");
        let writes = if is_whole { field::integers(&version, "writes")? } else { Vec::new() };
        let value = (!version.contains_key("gone_at")).then_some(version);
        Ok(Self { n, writes, value })
    }
}

/// The name of the cell of these parts: 32 characters, however long the parts are.
pub(super) fn name(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let (half, _) = hash.split_at(16);
    hex::encode(half)
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
    pub(super) async fn newest(&self, name: &str) -> Result<Held> {
        let newest = self.0.find_one(doc! {"cell": name}).sort(doc! {"n": -1});
        call(newest).await?.map_or_else(|| Ok(Held::default()), Held::from_version)
    }

    /// All cells whose values match `filter`, by name; of each value the fields in `fields`.
    pub(super) async fn find(
        &self,
        filter: Document,
        fields: &[&str],
    ) -> Result<BTreeMap<String, Held>> {
        self.find_until(filter, fields, |_| false).await
    }

    /// [`Self::find`] that reads versions up to the first that is `enough`. What was not read by then
    /// is left out: whole cells, and of cells that are found perhaps their newest version.
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
            let held = Held::from_version(version)?;
            let newest = found.entry(name).or_default();
            if held.n > newest.n {
                *newest = held;
            }
        }
        found.retain(|_, held| held.value.is_some());
        Ok(found)
    }

    /// At most `limit` cells with a value whose names are greater than `after`, by name; none when
    /// there are no more. Fewer, but at least one, where they weigh more than [`LOG_BYTES`]; `weight`
    /// gives the weight of a value in bytes.
    pub(super) async fn beyond(
        &self,
        after: &str,
        limit: usize,
        weight: impl Fn(&Document) -> usize,
    ) -> Result<Vec<Held>> {
        let mut after = after.to_owned();
        loop {
            let filter = doc! {"cell": {"$gt": &after}};
            // A cell may have several versions. Those of the last cell may not all be read.
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
                newest.insert(field::text(&version, "cell")?, Held::from_version(version)?);
            }
            let Some(last) = newest.keys().take(limit).next_back().cloned() else {
                return Ok(Vec::new());
            };
            if let Some(held) = newest.get_mut(&last) {
                *held = self.newest(&last).await?;
            }
            let held: Vec<Held> =
                newest.into_values().take(limit).filter(|held| held.value.is_some()).collect();
            if !held.is_empty() {
                return Ok(held);
            }
            after = last;
        }
    }

    /// Gives the cell `name` another value, where the cell is still as it was `read`. False, and
    /// nothing changed, otherwise.
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
        let newest = self.newest(name).await?;
        if !newest.writes.contains(&write) {
            return Ok(false);
        }
        call(self.0.delete_many(doc! {"cell": name, "n": {"$lt": newest.n}})).await?;
        Ok(true)
    }

    /// Creates those of these cells that never had a value, in one call; gives the names of the
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
