//! The versions of the [`Head`] in the database. A change of the head is the insertion of its next
//! version under the next number, which one process alone can do. The newest version is the head.
//!
//! Older versions are removed, but not before the process that removes them has known a later one for
//! [`RETAINED`]. So a process that inserts version `n + 1` within [`RETAINED`] after it began to read version `n`
//! knows that the change happened: had the number been used meanwhile, that version would still be there. A
//! process that was halted in between does not know that: the number may have been used and removed, the
//! insertion succeeds, and the change did not happen. Then the newest version is read once more. Each process
//! measures by its own clock how long it took.
//!
//! Example: process A reads version 7 and is halted for a minute. Others insert 8 to 90, and 8 to 60 are
//! removed. A goes on and inserts 8: the insertion succeeds, and the newest version is still 90.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mongodb::Collection;
use mongodb::bson::{Document, doc};
use tokio::time::Instant as Moment;

use super::call::{call, insert};
use super::cell::busy;
use super::field;
use super::head::Head;
use store::Result;

/// How long a version is left at least after a process has seen a later one.
pub(super) const RETAINED: Duration = Duration::from_secs(1);
/// Older versions are removed whenever a process has inserted this many more.
pub(super) const KEPT: usize = 32;
/// How often a change is tried where other processes insert the next version first.
const TRIES: u32 = 400;
/// The longest pause between two tries, in milliseconds; each is random. The second try follows at once.
const LONGEST_PAUSE: u64 = 20;

/// The collection of versions, and what this process knows of it.
#[derive(Clone)]
pub(super) struct VersionLog {
    collection: Collection<Document>,
    known: Arc<Mutex<Known>>,
}

/// What one process knows of the versions.
#[derive(Default)]
struct Known {
    /// The newest version that was read or inserted.
    newest: Option<Version>,
    /// Versions that this process inserted since versions were removed last.
    inserted: usize,
    /// Some of the versions that this process inserted, and when; the oldest first.
    marks: VecDeque<(i64, Moment)>,
}

/// A version of the head, as it was read or inserted.
#[derive(Clone, Debug)]
pub(super) struct Version {
    number: i64,
    /// When this process began to read or to insert the version.
    since: Moment,
    pub(super) head: Head,
}

/// A version that this process has inserted.
pub(super) struct Changed<T> {
    /// What the step gave that made the version.
    pub(super) given: T,
    /// `None` where the insertion took so long that the change may not have happened.
    pub(super) version: Option<Version>,
}

impl Version {
    /// When this process began to read or to insert the version: what it says was so then, or later.
    pub(super) const fn since(&self) -> Moment {
        self.since
    }

    /// Whether no version that was inserted after this one can have been removed.
    fn is_recent(&self) -> bool {
        self.since.elapsed() < RETAINED
    }
}

impl VersionLog {
    pub(super) fn new(collection: Collection<Document>) -> Self {
        Self { collection, known: Arc::default() }
    }

    /// The head as it is now.
    pub(super) async fn head(&self) -> Result<Head> {
        self.newest().await.map(|version| version.head)
    }

    /// The newest version, from which the head can be changed.
    pub(super) async fn newest(&self) -> Result<Version> {
        let since = Moment::now();
        let newest = call(self.collection.find_one(doc! {}).sort(doc! {"_id": -1})).await?;
        let version = match newest {
            None => Version { number: 0, since, head: Head::default() },
            Some(newest) => {
                let number = field::integer(&newest, "_id")?;
                Version { number, since, head: Head::from_document(&newest)? }
            }
        };
        self.note(&version);
        Ok(version)
    }

    /// Changes the head by `step`, which is run on the newest version until its result is the next
    /// one. `None`, and nothing changed, where `step` gives `None`.
    ///
    /// The change may not have happened: see [`Changed::version`] and [`Self::change_confirmed`].
    pub(super) async fn change<T>(
        &self,
        step: impl FnMut(&mut Head) -> Option<T>,
    ) -> Result<Option<Changed<T>>> {
        let newest = self.newest().await?;
        self.change_from(newest, step).await
    }

    /// [`Self::change`] that tries `known` as the newest version first, which spares reading it where no
    /// other process has changed the head since.
    pub(super) async fn change_from<T>(
        &self,
        mut known: Version,
        mut step: impl FnMut(&mut Head) -> Option<T>,
    ) -> Result<Option<Changed<T>>> {
        if let Some(newer) = self.known().filter(|newer| newer.number > known.number) {
            known = newer;
        }
        let mut is_newest = false;
        for tried in 0..TRIES {
            if !known.is_recent() || (tried > 0 && !is_newest) {
                known = self.newest().await?;
                is_newest = true;
            }
            let mut head = known.head.clone();
            let Some(given) = step(&mut head) else {
                if is_newest {
                    return Ok(None);
                }
                continue;
            };
            let (number, since) = (known.number + 1, Moment::now());
            if insert(&self.collection, head.to_document(number)).await? {
                let version = known.is_recent().then_some(Version { number, since, head });
                if let Some(version) = &version {
                    self.note(version);
                }
                self.remove_old(number).await?;
                return Ok(Some(Changed { given, version }));
            }
            is_newest = false;
            if tried > 0 {
                let pause = rand::random_range(0..LONGEST_PAUSE);
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
        }
        Err(busy())
    }

    /// [`Self::change`] from the version that this process knows, repeated until it is certain that the change
    /// happened. Where only the newest version tells, `shows` is given that version's head and what `step` gave.
    /// Gives the version too, in which the change was made or is seen.
    pub(super) async fn change_confirmed<T>(
        &self,
        mut step: impl FnMut(&mut Head) -> Option<T>,
        shows: impl Fn(&Head, &T) -> bool,
    ) -> Result<Option<(Version, T)>> {
        for _ in 0..TRIES {
            let known = match self.known() {
                Some(known) => known,
                None => self.newest().await?,
            };
            let Some(changed) = self.change_from(known, &mut step).await? else { return Ok(None) };
            let version = match changed.version {
                Some(version) => return Ok(Some((version, changed.given))),
                None => self.newest().await?,
            };
            if shows(&version.head, &changed.given) {
                return Ok(Some((version, changed.given)));
            }
        }
        Err(busy())
    }

    /// The newest version that this process knows, unless it is so old that it is of no use.
    fn known(&self) -> Option<Version> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.newest.clone().filter(Version::is_recent)
    }

    fn note(&self, version: &Version) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.newest.as_ref().is_none_or(|newest| newest.number <= version.number) {
            known.newest = Some(version.clone());
        }
    }

    /// Removes the versions before the last one of which this process has known for [`RETAINED`] that it was
    /// inserted, once in [`KEPT`] insertions.
    async fn remove_old(&self, inserted: i64) -> Result<()> {
        match self.no_longer_needed(inserted) {
            Some(before) => {
                let old = doc! {"_id": {"$lt": before}};
                call(self.collection.delete_many(old)).await.map(drop)
            }
            None => Ok(()),
        }
    }

    fn no_longer_needed(&self, inserted: i64) -> Option<i64> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.inserted += 1;
        if known.inserted < KEPT {
            return None;
        }
        known.inserted = 0;
        known.marks.push_back((inserted, Moment::now()));
        let mut before = None;
        while let Some((number, _)) = known.marks.pop_front_if(|(_, at)| at.elapsed() >= RETAINED) {
            before = Some(number);
        }
        before
    }
}
