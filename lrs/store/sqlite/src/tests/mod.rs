//! What only this engine promises: files, locks, one writer, a disk that can be full.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

use super::SqliteStore;
use store::Store;
use xapi::clock::Clock;
use xapi::instant::Instant;

mod damage;
mod disk;
mod documents;
mod erasing;
mod erasure;
mod folder;
pub(crate) mod group;
mod index;
mod journal;
mod learn;
mod link;
mod migration;
mod packages;
mod power;
mod reading;
mod reopen;
mod settle;
mod wide;

const HOUR: i64 = 3_600_000_000;

/// A clock that stands until it is set.
#[derive(Clone)]
pub(crate) struct Hand(Arc<AtomicI64>);

impl Hand {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_795_000_000_000_000)))
    }

    fn turn(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) fn open(home: &TempDir, clock: &Hand) -> SqliteStore {
    SqliteStore::open(home.path(), Arc::new(clock.clone())).unwrap()
}

/// The same store as the contract's helpers take it.
pub(crate) fn shared(store: &SqliteStore) -> Arc<dyn Store> {
    Arc::new(store.clone())
}
