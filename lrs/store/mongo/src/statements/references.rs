//! Which statements refer to which: a small collection beside the large one, because few statements
//! refer to another. Fields: `_id`, the `stored` of the referring statement; `id`, its id; `target`, the
//! id that it refers to; `voids`, whether it voids that one.

use std::collections::{BTreeMap, HashSet};

use mongodb::Collection;
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::filter::visible;
use super::row;
use crate::call::{all, call, insert_free};
use crate::field;
use crate::head::{Head, Stretch};
use store::Result;
use xapi::instant::Instant;

/// Targets asked for at once.
const ASKED: usize = 1_000;

/// The collection of references.
#[derive(Clone)]
pub(super) struct References(Collection<Document>);

impl References {
    pub(super) const fn new(collection: Collection<Document>) -> Self {
        Self(collection)
    }

    /// Keeps the references of these statements. Doing it again changes nothing.
    pub(super) async fn keep(&self, statements: impl Iterator<Item = &Document>) -> Result<()> {
        let refers = statements.filter(|statement| statement.contains_key("refers"));
        let reference = |statement: &Document| {
            Ok(doc! {
                "_id": field::any(statement, "stored")?.clone(),
                "id": field::any(statement, "_id")?.clone(),
                "target": field::any(statement, "refers")?.clone(),
                "voids": row::is_voiding(statement),
            })
        };
        let references = refers.map(reference).collect::<Result<Vec<_>>>()?;
        if references.is_empty() {
            return Ok(());
        }
        insert_free(&self.0, &references).await.map(drop)
    }

    /// The ids of the statements that refer to one of `targets`, with their `stored`: those with the earliest, at most
    /// `most`, which must not be 0.
    pub(super) async fn to(&self, targets: &[Uuid], most: usize) -> Result<Vec<(Instant, Uuid)>> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let mut found = BTreeMap::new();
        for targets in targets.chunks(ASKED) {
            let earliest = self.0.find(to_any_of(targets)).sort(doc! {"_id": 1}).limit(limit);
            for reference in all(earliest).await? {
                found.insert(field::instant(&reference, "_id")?, field::uuid(&reference, "id")?);
            }
        }
        Ok(found.into_iter().take(most).collect())
    }

    /// Those of `targets` that a statement refers to.
    pub(super) async fn referred(&self, targets: &[Uuid]) -> Result<HashSet<Uuid>> {
        let mut referred = HashSet::new();
        for targets in targets.chunks(ASKED) {
            let found = call(self.0.distinct("target", to_any_of(targets))).await?;
            referred.extend(field::uuids(&doc! {"target": found}, "target")?);
        }
        Ok(referred)
    }

    /// Those of `targets` that a statement which can be read voids. Each is answered once, however many void it.
    pub(super) async fn voided(&self, head: &Head, targets: &[Uuid]) -> Result<HashSet<Uuid>> {
        let mut voided = HashSet::new();
        for targets in targets.chunks(ASKED) {
            let (from, to) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
            let mut conditions = visible("_id", head, from, to);
            conditions.extend([doc! {"voids": true}, to_any_of(targets)]);
            let found = call(self.0.distinct("target", doc! {"$and": conditions})).await?;
            voided.extend(field::uuids(&doc! {"target": found}, "target")?);
        }
        Ok(voided)
    }

    /// Forgets what the statement stored at this instant refers to.
    pub(super) async fn remove_of(&self, stored: Instant) -> Result<()> {
        call(self.0.delete_one(doc! {"_id": stored.micros()})).await.map(drop)
    }

    /// Removes what was kept for a stretch.
    pub(super) async fn remove(&self, stretch: Stretch) -> Result<()> {
        call(self.0.delete_many(stretch.filter("_id"))).await.map(drop)
    }
}

/// What finds the references to `targets`.
fn to_any_of(targets: &[Uuid]) -> Document {
    let targets: Vec<Bson> = targets.iter().copied().map(field::of_uuid).collect();
    doc! {"target": {"$in": targets}}
}
