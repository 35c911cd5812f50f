//! Statements that go as a whole. What is left of one is a document under its id, without `stored` and `keys`, so that no
//! query for statements finds it: `was`, when the statement was stored, and `removed`, the id of the erasure. The collection
//! `removed` lists them: `_id`, when the statement was stored; `id`; `by`; `file`, where a file of the statement's text may be
//! left. It has a statement before the statement is removed, so that none is missing there after a crash.

use std::collections::BTreeSet;
use std::sync::Arc;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::{Collection, Database};
use uuid::Uuid;

use super::key::Key;
use super::link::Linker;
use super::origins::Origins;
use super::references::References;
use super::row;
use super::rows::Rows;
use crate::call::{all, call, insert_free};
use crate::field;
use store::bounds::LONGEST_CHAIN;
use store::inheritance::{Chain, Disinherited, Link, PassedOn, disinherited};
use store::{RemovedStatement, Result};
use xapi::index::IndexKey;
use xapi::instant::Instant;
use xapi::stored::Stored;

/// Statements that refer to a removed one, directly or through others, and lose what they inherited: at most this number.
const HEIRS: usize = 5_000;
/// Ids that are looked for together.
const TOGETHER: usize = 1_000;
/// The most that can be asked for: not every server takes a larger number.
const MOST: i64 = 1 << 30;

/// What became of a statement that was to be removed.
pub(super) enum Removal {
    /// It is not kept at this instant.
    Unknown,
    /// Its text is another one than was read: it stays.
    Changed,
    /// It is gone.
    Gone(Gone),
}

/// A statement that is gone, and what those had from it that refer to it.
pub(super) struct Gone {
    id: Uuid,
    /// See [`Chain::keys`].
    keys: Vec<IndexKey>,
}

impl Gone {
    pub(super) const fn id(&self) -> Uuid {
        self.id
    }

    /// About how many bytes this takes in memory.
    pub(super) fn weight(&self) -> usize {
        self.keys.iter().map(|key| size_of::<IndexKey>().saturating_add(key.text.len())).sum()
    }
}

/// A statement between a removed one and an heir.
struct Step {
    /// See [`Disinherited::kept`].
    kept: Vec<IndexKey>,
    before: Path,
}

/// What is between a removed statement and an heir, the last one first. Heirs share what is before them.
type Path = Option<Arc<Step>>;

impl Step {
    /// The step that an heir is which says `own`, and what the heir loses of `gone`.
    fn beyond(before: Path, gone: &[IndexKey], own: &[IndexKey]) -> (Self, Vec<IndexKey>) {
        let Disinherited { lost, kept } = disinherited(gone, own, Self::all(before.as_deref()));
        (Self { kept, before }, lost)
    }

    /// What is kept because of each statement of a path.
    fn all(path: Option<&Self>) -> impl Iterator<Item = &[IndexKey]> {
        let steps = std::iter::successors(path, |step| step.before.as_deref());
        steps.map(|step| step.kept.as_slice())
    }
}

/// The way to all that refer to a removed statement, directly or through others: one path after another, so that what is kept is
/// held of one path alone.
struct Walk {
    seen: BTreeSet<Uuid>,
    /// The next one last, each with the path to it.
    next: Vec<(Uuid, Path)>,
}

impl Walk {
    fn from(removed: Uuid) -> Self {
        Self { seen: BTreeSet::from([removed]), next: vec![(removed, None)] }
    }

    /// Whether those that refer to the end of this path are of use.
    fn goes_on_from(&self, path: Option<&Step>) -> bool {
        self.seen.len() <= HEIRS && Step::all(path).count() < LONGEST_CHAIN
    }

    /// Adds those that refer to the end of a path.
    fn add(&mut self, referrers: impl IntoIterator<Item = Uuid>, path: &Path) {
        for id in referrers {
            if self.seen.len() <= HEIRS && self.seen.insert(id) {
                self.next.push((id, path.clone()));
            }
        }
    }
}

/// Removes statements, and lists those that were removed.
#[derive(Clone)]
pub(super) struct Removed {
    rows: Rows,
    references: References,
    origins: Origins,
    linker: Linker,
    list: Collection<Document>,
}

impl Removed {
    pub(super) fn new(
        database: &Database,
        rows: Rows,
        references: References,
        origins: Origins,
        linker: Linker,
    ) -> Self {
        Self { rows, references, origins, linker, list: database.collection("removed") }
    }

    /// Removes a statement. Those who refer to it lose what they inherited; a group that is being linked may give it to them
    /// once more: see [`Self::disinherit_again`].
    pub(super) async fn remove(&self, read: &Stored, by: Uuid) -> Result<Removal> {
        let mut own = doc! {"_id": field::of_uuid(read.id), "stored": read.stored.micros()};
        let find = self.rows.collection.find_one(own.clone()).projection(row::without_keys());
        let Some(found) = call(find).await? else { return Ok(Removal::Unknown) };
        if self.rows.statement(&found).await?.body != read.body {
            return Ok(Removal::Changed);
        }
        let removed = RemovedStatement { id: read.id, stored: read.stored, by };
        insert_free(&self.list, &[listed(&removed)]).await?;
        let file = found.get_object_id("body").ok();
        if let Some(file) = file {
            self.note_file(read.stored, Some(file)).await?;
        }
        let gone = Gone { id: read.id, keys: self.passed_on(read.id).await? };
        self.disinherit(&gone).await?;
        self.references.remove_of(read.stored).await?;
        self.origins.remove_of(read.stored).await?;
        // Compare and swap, as for another text.
        own.insert("body", found.get("body").cloned());
        let is_swapped = {
            let replaced = self.rows.collection.replace_one(own, left_of(&removed));
            call(replaced).await?.matched_count == 1
        };
        if is_swapped && file.is_some() {
            self.rows.blobs.remove(file).await?;
            self.note_file(read.stored, None).await?;
        }
        Ok(if is_swapped { Removal::Gone(gone) } else { Removal::Changed })
    }

    /// Takes from those who refer to statements that are gone what a group has given them that read the keys before the
    /// statements went. Such a group must be finished: one that is linked later finds them gone.
    pub(super) async fn disinherit_again(&self, gone: &[Gone]) -> Result<()> {
        let ids: Vec<Uuid> = gone.iter().map(|it| it.id).collect();
        if self.references.to(&ids, 1).await?.is_empty() {
            return Ok(());
        }
        for gone in gone {
            self.disinherit(gone).await?;
        }
        Ok(())
    }

    /// Notes which file of its text the statement stored at this instant leaves.
    async fn note_file(&self, stored: Instant, file: Option<ObjectId>) -> Result<()> {
        let change = file
            .map_or_else(|| doc! {"$unset": {"file": ""}}, |file| doc! {"$set": {"file": file}});
        call(self.list.update_one(doc! {"_id": stored.micros()}, change)).await.map(drop)
    }

    /// Removes the files of removed statements that processes left which ended in between.
    pub(super) async fn clear(&self) -> Result<()> {
        for document in all(self.list.find(doc! {"file": {"$type": "objectId"}})).await? {
            let listed = removed(&document)?;
            if self.rows.links(&[listed.id]).await?.is_empty() {
                self.rows.blobs.remove(document.get_object_id("file").ok()).await?;
                self.note_file(listed.stored, None).await?;
            }
        }
        Ok(())
    }

    /// Lets those who refer to the statement be found no more by what they have from it, and from what it refers to.
    async fn disinherit(&self, Gone { id, keys }: &Gone) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut walk = Walk::from(*id);
        while let Some((at, path)) = walk.next.pop() {
            let path = if at == *id { None } else { Some(self.lose(at, path, keys).await?) };
            if !walk.goes_on_from(path.as_deref()) {
                continue;
            }
            let referrers = self.references.to(&[at], HEIRS).await?;
            let referrers: Vec<Uuid> = referrers.into_iter().map(|(_, id)| id).collect();
            let referrers = self.rows.links(&referrers).await?;
            let heirs = referrers.into_iter().filter(Link::takes_part);
            walk.add(heirs.map(|heir| heir.id), &path);
        }
        Ok(())
    }

    /// Lets an heir lose what it has of `keys`. Gives the path to those that refer to it.
    async fn lose(&self, id: Uuid, path: Path, keys: &[IndexKey]) -> Result<Arc<Step>> {
        let own = self.linker.own_keys(id).await?;
        let (step, lost) = Step::beyond(path, keys, &own);
        self.unindex(id, &lost).await?;
        Ok(Arc::new(step))
    }

    /// What those that refer to the statement have inherited through it.
    async fn passed_on(&self, id: Uuid) -> Result<Vec<IndexKey>> {
        let Some(said) = self.said(id).await? else { return Ok(Vec::new()) };
        let mut chain = Chain::of(id, &said);
        while let Some(id) = chain.wanted() {
            let Some(said) = self.said(id).await? else { break };
            chain.add(&said);
        }
        Ok(chain.keys().to_vec())
    }

    /// What the statement says, where it [takes part](Link::takes_part).
    async fn said(&self, id: Uuid) -> Result<Option<PassedOn>> {
        let link = self.rows.links(&[id]).await?.pop();
        let Some(link) = link.filter(Link::takes_part) else { return Ok(None) };
        Ok(Some(PassedOn::of(&self.linker.own_keys(id).await?, link.target)))
    }

    async fn unindex(&self, id: Uuid, lost: &[IndexKey]) -> Result<()> {
        if lost.is_empty() {
            return Ok(());
        }
        let lost: Vec<Bson> = lost.iter().map(|key| Key::from_index(key).to_bson()).collect();
        let by_id = doc! {"_id": field::of_uuid(id)};
        let pull = doc! {"$pullAll": {"keys": lost}};
        call(self.rows.collection.update_one(by_id, pull)).await.map(drop)
    }

    /// See [`store::ErasureStore::removed_statements`].
    pub(super) async fn list(&self, after: Instant, limit: usize) -> Result<Vec<RemovedStatement>> {
        let later = self.list.find(doc! {"_id": {"$gt": after.micros()}}).sort(doc! {"_id": 1});
        let limit = i64::try_from(limit).unwrap_or(i64::MAX).min(MOST);
        all(later.limit(limit)).await?.iter().map(removed).collect()
    }

    /// See [`store::ErasureStore::removed_among`].
    pub(super) async fn among(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let mut found = Vec::new();
        for ids in ids.chunks(TOGETHER) {
            let ids: Vec<Bson> = ids.iter().copied().map(field::of_uuid).collect();
            let there = self.rows.collection.find(doc! {"_id": {"$in": ids}});
            for document in all(there.projection(doc! {"removed": 1})).await? {
                if row::is_removed(&document) {
                    found.push(field::uuid(&document, "_id")?);
                }
            }
        }
        Ok(found)
    }

    /// Keeps id and instant of removed statements taken, unless they are taken already.
    pub(super) async fn restore(&self, restored: &[RemovedStatement]) -> Result<()> {
        for removed in restored {
            let document = left_of(removed);
            // What a process has left that ended in between is there already.
            let is_taken = !insert_free(&self.rows.collection, &[document]).await?.is_empty();
            if !is_taken || self.rows.links(&[removed.id]).await?.is_empty() {
                insert_free(&self.list, &[listed(removed)]).await?;
            }
        }
        Ok(())
    }
}

fn listed(RemovedStatement { id, stored, by }: &RemovedStatement) -> Document {
    doc! {"_id": stored.micros(), "id": field::of_uuid(*id), "by": by.to_string()}
}

/// The document of a removed statement.
fn left_of(RemovedStatement { id, stored, by }: &RemovedStatement) -> Document {
    doc! {"_id": field::of_uuid(*id), "was": stored.micros(), "removed": by.to_string()}
}

fn removed(listed: &Document) -> Result<RemovedStatement> {
    let (id, stored) = (field::uuid(listed, "id")?, field::instant(listed, "_id")?);
    let corrupt = |error| store::StoreError::Corrupt(format!("removed statement {id}: {error}"));
    Ok(RemovedStatement { id, stored, by: field::text(listed, "by")?.parse().map_err(corrupt)? })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use store_testkit::sample::id;
    use xapi::index::{Closeness, Kind};

    fn keys(of: &str, count: usize) -> Vec<IndexKey> {
        let key = |at| IndexKey {
            kind: Kind::Agent,
            text: format!("{of}/{at}"),
            closeness: Closeness::Related,
        };
        (0..count).map(key).collect()
    }

    /// How many keys are held of paths, those of each step once.
    fn held<'p>(paths: impl Iterator<Item = &'p Path>) -> usize {
        let mut steps = HashMap::new();
        for path in paths {
            let mut step = path.as_ref();
            while let Some(at) = step {
                steps.insert(Arc::as_ptr(at), at.kept.len());
                step = at.before.as_ref();
            }
        }
        steps.values().sum()
    }

    /// 300 statements refer to one, and three to each of those. All of them say what the removed one says.
    #[test]
    fn what_is_held_of_paths_is_no_more_than_the_removed_statement_passed_on() {
        const HEIRS_OF_ONE: u32 = 300;
        let gone = keys("gone", 1_000);
        let said = |n: u32| {
            let part = usize::try_from(n % 7).unwrap() * 100;
            [&gone[..part + 300], &keys("own", 50)].concat()
        };
        let referrers = |n: u32| match n {
            0 => vec![1],
            1 => (2..2 + HEIRS_OF_ONE).collect(),
            2..1_000 => (0..3).map(|at| n * 1_000 + at).collect(),
            _ => Vec::new(),
        };
        let mut numbers = HashMap::from([(id(0), 0)]);
        let (mut walk, mut most) = (Walk::from(id(0)), 0);
        while let Some((at, path)) = walk.next.pop() {
            let n = numbers[&at];
            let path = (n > 0).then(|| Arc::new(Step::beyond(path, &gone, &said(n)).0));
            assert!(walk.goes_on_from(path.as_deref()));
            numbers.extend(referrers(n).into_iter().map(|n| (id(n), n)));
            walk.add(referrers(n).into_iter().map(id), &path);
            most = most.max(held(walk.next.iter().map(|(_, path)| path).chain([&path])));
        }
        assert_eq!(numbers.len(), 2 + HEIRS_OF_ONE as usize * 4);
        assert!(most >= 300, "the statement that all refer to says some of it too");
        assert!(most <= gone.len(), "{most} keys are held");
    }

    #[test]
    fn no_more_statements_lose_something_than_are_looked_at() {
        let mut walk = Walk::from(id(0));
        let heirs = u32::try_from(HEIRS).unwrap();
        walk.add((1..heirs + 100).map(id), &None);
        walk.add((1..3).map(id), &None);
        assert_eq!((walk.next.len(), walk.goes_on_from(None)), (1 + HEIRS, false));
    }
}
