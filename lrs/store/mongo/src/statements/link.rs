//! What statements inherit from those that they refer to, read from the collections and written to the statements' keys.
//! What that is, [`store::inheritance`] decides.
//!
//! Groups are linked one after another in the order of their stretches, each when its claim is the
//! first of the head: all statements before it have their keys complete then. Linking twice does no
//! harm: a process that finishes the claim of a dead one links the group again.

use std::collections::HashSet;

use mongodb::bson::Document;
use uuid::Uuid;

use super::heirs::{Heirs, Owed};
use super::references::References;
use super::row;
use super::rows::Rows;
use crate::head::{Head, Stretch};
use store::bounds::LONGEST_TARGET;
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

impl Linker {
    pub(super) const fn new(rows: Rows, references: References, heirs: Heirs) -> Self {
        Self { rows, references, heirs }
    }

    /// Gives statements what they inherit because of the statements `new`, which are those of a stretch: that of the
    /// first claim of `head`. Gives what is owed then: see [`Heirs::give`].
    pub(super) async fn link(&self, head: &Head, stretch: Stretch, new: Vec<Link>) -> Result<Owed> {
        let mut inheritance = Inheritance::of_batch(new);
        let mut referred = HashSet::new();
        while let Some(wanted) = inheritance.wanted() {
            match wanted {
                ToFetch::Referrers { targets, most } => {
                    let referrers = self.references.to(&targets, most).await?;
                    // Those of the stretch are known.
                    let before =
                        referrers.into_iter().filter(|(stored, _)| !stretch.contains(*stored));
                    let referrers: Vec<Uuid> = before.map(|(_, id)| id).collect();
                    let referrers = self.links(head, stretch, &referrers).await?;
                    referred.extend(referrers.iter().filter_map(|link| link.target));
                    inheritance.referrers(referrers);
                }
                ToFetch::Links(ids) => inheritance.links(self.links(head, stretch, &ids).await?),
                ToFetch::Keys(ids) => {
                    for ids in ids.chunks(READ) {
                        self.give_own_keys(ids, &mut inheritance).await?;
                    }
                }
            }
        }
        let mut owed = self.heirs.give(stretch, &inheritance.inherited()).await?;
        owed.note(referred);
        Ok(owed)
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
