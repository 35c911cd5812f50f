//! The versions of the [`Head`] in the database. A change of the head is the insertion of its next
//! version under the next number, which one process alone can do. The newest version is the head.
//!
//! Older versions are removed. So a process that was halted between reading version `n` and
//! inserting version `n + 1` may insert a number that was used and removed meanwhile: it is not the
//! newest, and the change did not happen. What depends on a change reads the newest version once
//! more: [`VersionLog::change_confirmed`] does, and so does every state of a claim
//! ([`super::statements`]) that waits for something.
//!
//! Example: process A reads version 7 and is halted. Others insert 8 to 24, and 8 to 15 are
//! removed. A goes on and inserts 8: the insertion succeeds, and the newest version is still 24.

use std::time::Duration;

use mongodb::Collection;
use mongodb::bson::{Document, doc};
use tokio::time::Instant as Moment;

use super::BEAT;
use super::call::{call, insert};
use super::cell::busy;
use super::field;
use super::head::Head;
use store::Result;

/// Older versions are removed whenever this many more were inserted, and this many are left.
pub(super) const KEPT: i64 = 8;
/// How often a change is tried where other processes insert the next version first.
const TRIES: u32 = 400;
/// The longest pause between two tries, in milliseconds; each is random.
const LONGEST_PAUSE: u64 = 20;

/// The collection of versions.
#[derive(Clone)]
pub(super) struct VersionLog(Collection<Document>);

/// A version of the head, as it was read.
#[derive(Clone, Debug)]
pub(super) struct Version {
    number: i64,
    /// When this process began to read the version.
    read: Moment,
    pub(super) head: Head,
}

impl VersionLog {
    pub(super) const fn new(collection: Collection<Document>) -> Self {
        Self(collection)
    }

    /// The head as it is now.
    pub(super) async fn head(&self) -> Result<Head> {
        self.newest().await.map(|version| version.head)
    }

    /// The newest version, from which the head can be changed.
    pub(super) async fn newest(&self) -> Result<Version> {
        let read = Moment::now();
        let newest = call(self.0.find_one(doc! {}).sort(doc! {"_id": -1})).await?;
        let Some(newest) = newest else {
            return Ok(Version { number: 0, read, head: Head::default() });
        };
        let (number, head) = (field::integer(&newest, "_id")?, Head::from_document(&newest)?);
        Ok(Version { number, read, head })
    }

    /// Changes the head by `step`, which is run on the newest version until its result is the next
    /// one. Gives what `step` gave; `None`, and nothing changed, where `step` gives `None`.
    ///
    /// The change is not confirmed: see [`Self::change_confirmed`].
    pub(super) async fn change<T>(
        &self,
        step: impl FnMut(&mut Head) -> Option<T>,
    ) -> Result<Option<T>> {
        let newest = self.newest().await?;
        self.change_from(newest, step).await
    }

    /// [`Self::change`] that tries `known` as the newest version first, which spares reading it. A
    /// version that was read more than a [`BEAT`] ago is read again: its number may have been used
    /// and removed.
    pub(super) async fn change_from<T>(
        &self,
        mut known: Version,
        mut step: impl FnMut(&mut Head) -> Option<T>,
    ) -> Result<Option<T>> {
        if known.read.elapsed() > BEAT {
            known = self.newest().await?;
        }
        for _ in 0..TRIES {
            let Version { number, mut head, .. } = known;
            let Some(given) = step(&mut head) else { return Ok(None) };
            if insert(&self.0, head.to_document(number + 1)).await? {
                self.remove_old(number + 1).await?;
                return Ok(Some(given));
            }
            let pause = rand::random_range(0..LONGEST_PAUSE);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            known = self.newest().await?;
        }
        Err(busy())
    }

    /// [`Self::change`], repeated until the newest version shows that the change happened: `shows`
    /// is given that version's head and what `step` gave. Gives that version too.
    pub(super) async fn change_confirmed<T>(
        &self,
        mut step: impl FnMut(&mut Head) -> Option<T>,
        shows: impl Fn(&Head, &T) -> bool,
    ) -> Result<Option<(Version, T)>> {
        for _ in 0..TRIES {
            let Some(given) = self.change(&mut step).await? else { return Ok(None) };
            let newest = self.newest().await?;
            if shows(&newest.head, &given) {
                return Ok(Some((newest, given)));
            }
        }
        Err(busy())
    }

    async fn remove_old(&self, number: i64) -> Result<()> {
        if number % KEPT == 0 {
            call(self.0.delete_many(doc! {"_id": {"$lt": number - KEPT}})).await?;
        }
        Ok(())
    }
}
