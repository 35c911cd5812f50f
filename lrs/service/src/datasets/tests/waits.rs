//! A place that does not answer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

use futures::FutureExt as _;

use super::*;
use crate::datasets::DataLane;
use xapi::clock::Clock;

/// A folder that gives its manifest once it is let go on, and counts who waits for that.
struct Hanging {
    folder: Folder,
    goes_on: Mutex<bool>,
    told: Condvar,
    waiting: AtomicUsize,
}

impl Hanging {
    fn let_go_on(&self) {
        *self.goes_on.lock().unwrap() = true;
        self.told.notify_all();
    }
}

impl DatasetPlace for Hanging {
    fn manifest(&self) -> io::Result<Option<Vec<u8>>> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        drop(self.told.wait_while(self.goes_on.lock().unwrap(), |goes_on| !*goes_on).unwrap());
        self.folder.manifest()
    }
    fn insert(&self, version: u64, text: &[u8]) -> io::Result<bool> {
        self.folder.insert(version, text)
    }
    fn show(&self, text: &[u8]) -> io::Result<()> {
        self.folder.show(text)
    }
    fn draft(&self) -> io::Result<Box<dyn Draft>> {
        self.folder.draft()
    }
    fn files(&self) -> io::Result<Vec<PlacedFile>> {
        self.folder.files()
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.folder.remove(path)
    }
    fn open(&self, path: &str) -> io::Result<Box<dyn OpenFile>> {
        self.folder.open(path)
    }
}

#[tokio::test]
async fn a_key_whose_clients_go_away_has_few_threads_waiting_for_the_place() {
    let home = tempfile::tempdir().unwrap();
    let place = Arc::new(Hanging {
        folder: Folder::make(home.path()).unwrap(),
        goes_on: Mutex::default(),
        told: Condvar::new(),
        waiting: AtomicUsize::new(0),
    });
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(1)));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let of: Arc<dyn DatasetPlace> = Arc::clone(&place) as Arc<dyn DatasetPlace>;
    let lane = DataLane::of(&store, &clock, Some(of), Period::Day).await.unwrap();
    let until = async |number: usize| {
        while place.waiting.load(Ordering::SeqCst) < number {
            tokio::task::yield_now().await;
        }
    };
    for _ in 0..40 {
        // Asked, and given up at once.
        assert!(Box::pin(lane.manifest("one")).now_or_never().is_none());
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    until(4).await;
    let other = tokio::spawn({
        let lane = lane.clone();
        async move { lane.manifest("two").await }
    });
    until(5).await;
    assert_eq!(place.waiting.load(Ordering::SeqCst), 5, "four of one key, and one of the other");
    place.let_go_on();
    other.await.unwrap().unwrap();
    lane.manifest("one").await.unwrap();
}
