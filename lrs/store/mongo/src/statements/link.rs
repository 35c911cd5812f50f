//! What statements inherit from those that they refer to, read from the collections and written to the statements' keys.
//! What that is, [`store::inheritance`] decides.
//!
//! Groups are linked one after another in the order of their stretches, each when its claim is the
//! first of the head: all statements before it have their keys complete then. Linking twice does no
//! harm: a process that finishes the claim of a dead one links the group again.

use std::collections::{HashMap, HashSet};

use mongodb::bson::Document;
use uuid::Uuid;

use super::heirs::{Heirs, Owed};
use super::references::References;
use super::row;
use super::rows::Rows;
use crate::head::{Head, Stretch};
use store::bounds::{LONGEST_CHAIN, LONGEST_TARGET};
use store::inheritance::{Inheritance, Link, ToFetch};
use store::{Result, StoreError};
use xapi::index::{self, IndexKey};

/// Statements whose texts are in memory at once.
const READ: usize = 100;

/// Links the statements of groups.
#[derive(Clone)]
pub(super) struct Linker {
    rows: Rows,
    references: References,
    heirs: Heirs,
}

/// What statements refer to, as far as it was read for one batch.
pub(super) struct Chains {
    targets: HashMap<Uuid, Uuid>,
    new: HashSet<Uuid>,
}

impl Chains {
    fn of_batch(new: &[Link]) -> Self {
        let mut chains =
            Self { targets: HashMap::new(), new: new.iter().map(|link| link.id).collect() };
        chains.add(new);
        chains
    }

    fn add(&mut self, links: &[Link]) {
        self.targets.extend(links.iter().filter_map(|link| Some((link.id, link.target?))));
    }

    /// The statements that this one may inherit from because of the batch: its target, the target's target, and so on. Where
    /// references go in a circle, some are named again.
    pub(super) fn beyond(&self, id: Uuid) -> impl Iterator<Item = Uuid> {
        let next = |id: &Uuid| self.targets.get(id).copied();
        std::iter::successors(next(&id), next).take(LONGEST_CHAIN)
    }

    /// The statement of the batch because of which this one inherits: itself, where it is of the batch.
    pub(super) fn because(&self, id: Uuid) -> Uuid {
        std::iter::once(id).chain(self.beyond(id)).find(|id| self.new.contains(id)).unwrap_or(id)
    }
}

impl Linker {
    pub(super) const fn new(rows: Rows, references: References, heirs: Heirs) -> Self {
        Self { rows, references, heirs }
    }

    /// Gives statements what they inherit because of the statements `new`, which are those of a stretch: that of the
    /// first claim of `head`. Gives what is owed then: see [`Heirs::give`].
    pub(super) async fn link(&self, head: &Head, stretch: Stretch, new: Vec<Link>) -> Result<Owed> {
        let mut chains = Chains::of_batch(&new);
        let mut inheritance = Inheritance::of_batch(new);
        while let Some(wanted) = inheritance.wanted() {
            match wanted {
                ToFetch::Referrers { targets, most } => {
                    let referrers = self.references.to(&targets, most).await?;
                    // Those of the stretch are known.
                    let before =
                        referrers.into_iter().filter(|(stored, _)| !stretch.contains(*stored));
                    let referrers: Vec<Uuid> = before.map(|(_, id)| id).collect();
                    let referrers = self.links(head, stretch, &referrers).await?;
                    chains.add(&referrers);
                    inheritance.referrers(referrers);
                }
                ToFetch::Links(ids) => {
                    let targets = self.links(head, stretch, &ids).await?;
                    chains.add(&targets);
                    inheritance.links(targets);
                }
                ToFetch::Keys(ids) => {
                    for ids in ids.chunks(READ) {
                        self.give_own_keys(ids, &mut inheritance).await?;
                    }
                }
            }
        }
        self.heirs.give(stretch, &inheritance.inherited(), &chains).await
    }

    /// The links of those of these statements that are not later than the stretch nor aborted.
    async fn links(&self, head: &Head, stretch: Stretch, ids: &[Uuid]) -> Result<Vec<Link>> {
        let is_there = |link: &Link| link.stored <= stretch.to && !head.is_aborted(link.stored);
        Ok(self.rows.links(ids).await?.into_iter().filter(is_there).collect())
    }

    /// Gives the keys that these statements have of their own, as long as they are of use.
    async fn give_own_keys(&self, ids: &[Uuid], inheritance: &mut Inheritance) -> Result<()> {
        if !inheritance.takes_keys() {
            return Ok(());
        }
        let found = self.rows.with_ids(ids).await?;
        for id in ids {
            let Some(document) = found.get(id).filter(|_| inheritance.takes_keys()) else {
                continue;
            };
            if let Some((keys, length)) = self.keys_of_text(*id, document).await? {
                inheritance.keys(*id, &keys, length);
            }
        }
        Ok(())
    }

    /// The keys that a statement that takes part has of its own. None where it is not there, or was removed.
    pub(super) async fn own_keys(&self, id: Uuid) -> Result<Vec<IndexKey>> {
        let Some(document) = self.rows.with_id(id).await? else { return Ok(Vec::new()) };
        let read = self.keys_of_text(id, &document).await?;
        Ok(read.map(|(keys, _)| keys).unwrap_or_default())
    }

    /// The keys that a document's text gives, and how many bytes the text has: the keys in the document are inherited ones as
    /// well. A text in the document may be longer than [`LONGEST_TARGET`] where an earlier release wrote it, and gives none. Linking must not fail because of what a statement says, or because it is
    /// not as it was written: all later groups wait for it. So such a statement, and one that was removed, has `None` to pass on.
    async fn keys_of_text(
        &self,
        id: Uuid,
        document: &Document,
    ) -> Result<Option<(Vec<IndexKey>, usize)>> {
        if row::is_removed(document) {
            return Ok(None);
        }
        let read = self.rows.statement(document).await.and_then(|kept| {
            if kept.body.len() > LONGEST_TARGET {
                return Ok((Vec::new(), kept.body.len()));
            }
            let keys = index::keys_of_text(&kept.body);
            let keys = keys.map_err(|error| StoreError::Corrupt(error.to_string()))?;
            Ok((keys, kept.body.len()))
        });
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error @ (StoreError::Unreadable { .. } | StoreError::Corrupt(_))) => {
                tracing::error!(%id, %error, "a statement passes on nothing to those that refer to it");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store_testkit::sample::id;
    use xapi::instant::Instant;

    fn link(n: u32, target: Option<u32>) -> Link {
        let stored = Instant::from_micros(n.into());
        Link { id: id(n), stored, target: target.map(id), length: 0 }
    }

    #[test]
    fn who_inherits_does_so_because_of_the_first_new_statement_of_its_chain() {
        // 1 and 2 were there before 10 and 11 came; 5 refers to one that was there.
        let mut chains = Chains::of_batch(&[link(10, Some(11)), link(11, Some(3))]);
        chains.add(&[link(1, Some(2)), link(2, Some(10)), link(3, None), link(5, Some(3))]);
        let because = |n| chains.because(id(n));
        assert_eq!([1, 2, 10, 11].map(because), [10, 10, 10, 11].map(id));
        assert_eq!(because(5), id(5));
        let beyond: Vec<Uuid> = chains.beyond(id(1)).collect();
        assert_eq!(beyond, [2, 10, 11, 3].map(id));
        assert_eq!(chains.beyond(id(3)).count(), 0);
    }

    #[test]
    fn a_circle_of_references_comes_to_an_end() {
        let chains = Chains::of_batch(&[link(1, Some(2)), link(2, Some(1))]);
        assert_eq!(chains.beyond(id(1)).count(), LONGEST_CHAIN);
    }
}
