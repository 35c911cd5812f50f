//! What statements inherit from those that they refer to, read from the collections and written to the statements' keys.
//! What that is, [`store::inheritance`] decides.
//!
//! Groups are linked one after another in the order of their stretches, each when its claim is the
//! first of the head: all statements before it have their keys complete then. Linking twice does no
//! harm: a process that finishes the claim of a dead one links the group again.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use mongodb::bson::Document;
use uuid::Uuid;

use super::key::{Key, MOST_KEYS};
use super::references::References;
use super::row;
use super::rows::{Rows, pieces};
use crate::head::{Head, Stretch};
use store::bounds::LONGEST_TARGET;
use store::inheritance::{Inheritance, Inherited, Link, ToFetch};
use store::{Result, StoreError};
use xapi::index::{IndexKey, keys_of_kept};

/// Statements changed by one call at most.
const IDS: usize = 1_000;
/// Statements whose texts, or whose keys, are in memory at once.
const READ: usize = 100;
/// Keys given to a statement in one call: some servers compare each with all that are there.
const ADDED: usize = 1_000;
/// Calls that change statements at once.
const CHANGED: usize = 16;

/// Links the statements of groups.
#[derive(Clone)]
pub(super) struct Linker {
    rows: Rows,
    references: References,
}

impl Linker {
    pub(super) const fn new(rows: Rows, references: References) -> Self {
        Self { rows, references }
    }

    /// Gives statements what they inherit because of the statements `new`, which are those of a stretch: that of the
    /// first claim of `head`.
    pub(super) async fn link(&self, head: &Head, stretch: Stretch, new: Vec<Link>) -> Result<()> {
        let mut inheritance = Inheritance::of_batch(new);
        while let Some(wanted) = inheritance.wanted() {
            match wanted {
                ToFetch::Referrers { targets, most } => {
                    let referrers = self.references.to(&targets, most).await?;
                    // Those of the stretch are known.
                    let before =
                        referrers.into_iter().filter(|(stored, _)| !stretch.contains(*stored));
                    let referrers: Vec<Uuid> = before.map(|(_, id)| id).collect();
                    inheritance.referrers(self.links(head, stretch, &referrers).await?);
                }
                ToFetch::Links(ids) => inheritance.links(self.links(head, stretch, &ids).await?),
                ToFetch::Keys(ids) => {
                    for ids in ids.chunks(READ) {
                        self.give_own_keys(ids, &mut inheritance).await?;
                    }
                }
            }
        }
        for inherited in inheritance.inherited().chunks(CHANGED) {
            try_join_all(inherited.iter().map(|inherited| self.give(stretch, inherited))).await?;
        }
        Ok(())
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
            if let Some((keys, length)) = self.keys_of_text(*id, document, LONGEST_TARGET).await? {
                inheritance.keys(*id, &keys, length);
            }
        }
        Ok(())
    }

    /// The keys that a statement has of its own. None where it is not there, or was removed.
    pub(super) async fn own_keys(&self, id: Uuid) -> Result<Vec<IndexKey>> {
        let Some(document) = self.rows.with_id(id).await? else { return Ok(Vec::new()) };
        let read = self.keys_of_text(id, &document, usize::MAX).await?;
        Ok(read.map(|(keys, _)| keys).unwrap_or_default())
    }

    /// The keys that a document's text gives, and how many bytes the text has: the keys in the document are inherited ones as
    /// well. A text longer than `longest` gives none. Linking must not fail because of what a statement says, or because it is
    /// not as it was written: all later groups wait for it. So such a statement, and one that was removed, has `None` to pass on.
    async fn keys_of_text(
        &self,
        id: Uuid,
        document: &Document,
        longest: usize,
    ) -> Result<Option<(Vec<IndexKey>, usize)>> {
        if row::is_removed(document) {
            return Ok(None);
        }
        let read = self.rows.statement(document).await.and_then(|kept| {
            if kept.body.len() > longest {
                return Ok((Vec::new(), kept.body.len()));
            }
            let value = kept.value().map_err(|error| StoreError::Corrupt(error.to_string()))?;
            Ok((keys_of_kept(&value), kept.body.len()))
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

    /// Gives heirs what they inherit. A statement kept before the stretch may have inherited from others: it gets what it
    /// lacks, as far as it has room.
    async fn give(&self, stretch: Stretch, inherited: &Inherited) -> Result<()> {
        let keys: BTreeSet<Key> = inherited.keys.iter().map(|key| Key::from_index(key)).collect();
        let heirs = inherited.heirs.iter();
        let (new, before): (Vec<&Link>, Vec<&Link>) =
            heirs.partition(|heir| stretch.contains(heir.stored));
        let ids = |links: Vec<&Link>| links.into_iter().map(|link| link.id).collect::<Vec<Uuid>>();
        self.add_keys(&ids(new), &keys).await?;
        for ids in ids(before).chunks(READ) {
            let mut lacking: BTreeMap<BTreeSet<Key>, Vec<Uuid>> = BTreeMap::new();
            for (id, known) in self.rows.keys(ids).await? {
                let room = MOST_KEYS.saturating_sub(known.len());
                let lacks = keys.difference(&known).take(room).copied().collect();
                lacking.entry(lacks).or_default().push(id);
            }
            for (keys, ids) in lacking {
                self.add_keys(&ids, &keys).await?;
            }
        }
        Ok(())
    }

    /// Gives these statements the same keys.
    async fn add_keys(&self, ids: &[Uuid], keys: &BTreeSet<Key>) -> Result<()> {
        for keys in pieces(keys, ADDED) {
            for ids in ids.chunks(IDS) {
                match self.rows.add_keys(ids, &keys).await {
                    // Some of the statements have the keys now, some not: one is too long, perhaps.
                    Err(StoreError::Rejected(_)) if ids.len() > 1 => {
                        for id in ids {
                            let added = self.rows.add_keys(std::slice::from_ref(id), &keys).await;
                            added.or_else(log_rejection)?;
                        }
                    }
                    added => added.or_else(log_rejection)?,
                }
            }
        }
        Ok(())
    }
}

/// Linking must not fail because of what a statement says: all later groups wait for it. So a
/// statement that the database does not change is left as it is.
fn log_rejection(error: StoreError) -> Result<()> {
    match error {
        StoreError::Rejected(reason) => {
            tracing::error!(reason, "a statement is not found by what it refers to");
            Ok(())
        }
        other => Err(other),
    }
}
