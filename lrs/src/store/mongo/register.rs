//! The [`Head`] in the database: every change of it is a new document under the next number, which
//! one process alone can insert. The newest is the truth; a change that it does not show did not
//! happen, so every step of a group looks at the newest again before the next one.

use std::time::Duration;

use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::call::{call, insert};
use super::cell::busy;
use super::field;
use super::head::Head;
use crate::store::Result;

/// Old heads are removed when so many have come, and so many are left.
const KEPT: i64 = 32;
/// How often a change is tried when others are quicker, and the longest pause before the next.
const TRIES: u32 = 400;
const PAUSE_MS: u64 = 20;

/// Where the head is kept.
#[derive(Clone)]
pub(super) struct Register(Collection<Document>);

impl Register {
    pub(super) const fn new(collection: Collection<Document>) -> Self {
        Self(collection)
    }

    /// The head as it is now.
    pub(super) async fn head(&self) -> Result<Head> {
        self.newest().await.map(|(_, head)| head)
    }

    async fn newest(&self) -> Result<(i64, Head)> {
        let newest = call(self.0.find_one(doc! {}).sort(doc! {"_id": -1})).await?;
        let Some(newest) = newest else { return Ok((0, Head::default())) };
        Ok((field::integer(&newest, "_id")?, Head::read(&newest)?))
    }

    /// Changes the head by `step`, which is run on the newest until nobody else is quicker. What
    /// it gives is given; where it gives `None` it must not have changed anything.
    pub(super) async fn change<T>(
        &self,
        mut step: impl FnMut(&mut Head) -> Option<T>,
    ) -> Result<Option<T>> {
        for _ in 0..TRIES {
            let (version, mut head) = self.newest().await?;
            let Some(given) = step(&mut head) else { return Ok(None) };
            if insert(&self.0, head.document(version + 1)).await? {
                self.prune(version + 1).await?;
                return Ok(Some(given));
            }
            let pause = rand::random_range(0..PAUSE_MS);
            tokio::time::sleep(Duration::from_millis(pause)).await;
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
