//! Which things get names or definitions while somebody reads through the tables page by page. What is written on a page
//! that was read already would be missed otherwise.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Things whose names or definitions may have been written since the watch began, by transactions that are committed.
#[derive(Default)]
pub(super) struct Watch(Mutex<BTreeSet<i64>>);

impl Watch {
    /// How many things it holds.
    pub(super) fn len(&self) -> usize {
        self.things().len()
    }

    /// The things so far, which it holds no more.
    pub(super) fn take(&self) -> BTreeSet<i64> {
        std::mem::take(&mut self.things())
    }

    fn things(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The watches that somebody still holds.
#[derive(Default)]
pub(super) struct Watches(Vec<Weak<Watch>>);

impl Watches {
    pub(super) fn begin(&mut self) -> Arc<Watch> {
        let watch = Arc::default();
        self.0.push(Arc::downgrade(&watch));
        watch
    }

    /// Says which things a committed transaction may have given names or definitions.
    pub(super) fn tell(&mut self, things: &[i64]) {
        self.0.retain(|watch| {
            let Some(watch) = watch.upgrade() else { return false };
            watch.things().extend(things);
            true
        });
    }
}
