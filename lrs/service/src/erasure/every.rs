//! Going through the erasures of a store, some at a time: each has the hashes of its identifiers, and there may be many.

use futures::future::join_all;
use store::{KeptErasure, Store, StoreError};
use uuid::Uuid;

use super::held::Asked;
use super::queue::Rank;
use super::{ErasureError, ErasureRecord, Erasures, LISTED_BYTES, marks};
use crate::audit::Actor;
use crate::compute::aside;

/// Erasures that are read at once.
const AT_ONCE: usize = 500;

/// Some erasures, with their records.
pub struct ListedErasures {
    /// By id.
    pub found: Vec<(KeptErasure, ErasureRecord)>,
    /// After which id the list goes on; `None` at its end.
    pub next: Option<Uuid>,
}

/// Shows every erasure of a store, by id.
///
/// # Errors
/// Those of the store and of `see`.
pub(crate) async fn each_erasure(
    store: &dyn Store,
    mut see: impl FnMut(&KeptErasure) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = store.erasures(after, AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        page.iter().try_for_each(&mut see)?;
    }
}

impl Erasures {
    /// The erasures after an id, at most `limit` and some MiB; with `identifier` those that erased it.
    ///
    /// # Errors
    /// [`ErasureError`].
    pub async fn list(
        &self,
        after: Option<Uuid>,
        limit: usize,
        identifier: Option<&str>,
    ) -> Result<ListedErasures, ErasureError> {
        let wanted = match identifier {
            Some(text) => Some(match Asked::read(text)? {
                Asked::Identifier(identifier) => marks::any(&self.secret, &identifier),
                Asked::Learner(learner) => vec![marks::of_learner(&self.secret, &learner)],
            }),
            None => None,
        };
        let (mut found, mut after, mut bytes) = (Vec::new(), after, 0_usize);
        loop {
            let page = self.store.erasures(after, AT_ONCE.min(limit.saturating_add(1))).await?;
            if page.is_empty() {
                return Ok(ListedErasures { found, next: None });
            }
            let wanted = wanted.clone();
            let read = aside(move || read(page, wanted.as_deref()));
            for (kept, record) in read.await.map_err(|_| stopped())?? {
                let is_full = found.len() >= limit || bytes >= LISTED_BYTES;
                if is_full && record.is_some() {
                    return Ok(ListedErasures { found, next: after });
                }
                after = Some(kept.id);
                let Some(record) = record else { continue };
                bytes = bytes.saturating_add(kept.body.len());
                found.push((kept, record));
            }
        }
    }

    /// Does everything that is left of erasures that were begun, by an earlier release too. An erasure that fails is tried
    /// again later.
    pub async fn resume(&self) {
        if let Err(error) = self.salt_lists().await {
            tracing::error!(%error, "certificate lists from which people were erased have no salts yet");
        }
        let mut left = Vec::new();
        let look = |kept: &KeptErasure| {
            if !kept.is_done {
                let ErasureRecord { by: (kind, name), within, .. } = ErasureRecord::of(kept)?;
                let by = Actor::of(&kind, name).unwrap_or(Actor::Machine);
                left.push((kept.id, by, Rank::of(within.as_ref())));
            }
            Ok(())
        };
        if let Err(error) = each_erasure(&*self.store, look).await {
            tracing::error!(%error, "erasures that are under way cannot be read");
        }
        let runs = left.into_iter().map(|(id, by, rank)| {
            let place = self.queue.place(&by, rank);
            self.run_to_its_end(id, place)
        });
        join_all(runs).await;
    }
}

type Read = Vec<(KeptErasure, Option<ErasureRecord>)>;

/// The records of erasures that have one of these marks, or of all.
fn read(page: Vec<KeptErasure>, wanted: Option<&[String]>) -> Result<Read, StoreError> {
    let of = |kept: KeptErasure| {
        let record = ErasureRecord::of(&kept)?;
        let has = |mark: &String| record.marks.contains(mark);
        let is_wanted = wanted.is_none_or(|wanted| wanted.iter().any(has));
        Ok((kept, is_wanted.then_some(record)))
    };
    page.into_iter().map(of).collect()
}

pub(super) fn stopped() -> StoreError {
    StoreError::Unavailable("the work was stopped".into())
}
