//! The [`Head`] in the database: every change of it is a new document under the next number, which
//! one process alone can insert. The newest is the truth.
//!
//! A process that slept between reading and inserting may insert a number that was used and
//! removed again meanwhile. Such a change did not happen, so whoever builds on one looks at the
//! newest head once more: [`Register::settle`] does, and so do the steps of a group.

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

/// Old heads are removed when so many have come, and so many are left.
pub(super) const KEPT: i64 = 8;
/// How often a change is tried when others are quicker, and the longest pause before the next.
const TRIES: u32 = 400;
const PAUSE_MS: u64 = 20;

/// Where the head is kept.
#[derive(Clone)]
pub(super) struct Register(Collection<Document>);

/// A head as it was read or written, with its number.
#[derive(Clone, Debug)]
pub(super) struct Known {
    version: i64,
    read: Moment,
    pub(super) head: Head,
}

impl Register {
    pub(super) const fn new(collection: Collection<Document>) -> Self {
        Self(collection)
    }

    /// The head as it is now.
    pub(super) async fn head(&self) -> Result<Head> {
        self.newest().await.map(|known| known.head)
    }

    /// The same, to be changed.
    pub(super) async fn newest(&self) -> Result<Known> {
        let read = Moment::now();
        let newest = call(self.0.find_one(doc! {}).sort(doc! {"_id": -1})).await?;
        let Some(newest) = newest else {
            return Ok(Known { version: 0, read, head: Head::default() });
        };
        Ok(Known { version: field::integer(&newest, "_id")?, read, head: Head::read(&newest)? })
    }

    /// Changes the head by `step`, which is run on the newest until nobody else is quicker. What
    /// it gives is given; where it gives `None` it must not have changed anything.
    pub(super) async fn change<T>(
        &self,
        step: impl FnMut(&mut Head) -> Option<T>,
    ) -> Result<Option<T>> {
        let newest = self.newest().await?;
        self.change_from(newest, step).await
    }

    /// The same where the newest head is probably the one that is known: spares reading it, unless
    /// it is old. Who has slept must not build on what was before.
    pub(super) async fn change_from<T>(
        &self,
        mut known: Known,
        mut step: impl FnMut(&mut Head) -> Option<T>,
    ) -> Result<Option<T>> {
        if known.read.elapsed() > BEAT {
            known = self.newest().await?;
        }
        for _ in 0..TRIES {
            let Known { version, mut head, .. } = known;
            let Some(given) = step(&mut head) else { return Ok(None) };
            if insert(&self.0, head.document(version + 1)).await? {
                self.prune(version + 1).await?;
                return Ok(Some(given));
            }
            let pause = rand::random_range(0..PAUSE_MS);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            known = self.newest().await?;
        }
        Err(busy())
    }

    /// Changes the head until it is seen that the change happened: `shows` looks at the newest
    /// head for what `step` gave. Gives that head too.
    pub(super) async fn settle<T>(
        &self,
        mut step: impl FnMut(&mut Head) -> Option<T>,
        shows: impl Fn(&Head, &T) -> bool,
    ) -> Result<Option<(Known, T)>> {
        for _ in 0..TRIES {
            let Some(given) = self.change(&mut step).await? else { return Ok(None) };
            let known = self.newest().await?;
            if shows(&known.head, &given) {
                return Ok(Some((known, given)));
            }
        }
        Err(busy())
    }

    async fn prune(&self, version: i64) -> Result<()> {
        if version % KEPT == 0 {
            call(self.0.delete_many(doc! {"_id": {"$lt": version - KEPT}})).await?;
        }
        Ok(())
    }
}
