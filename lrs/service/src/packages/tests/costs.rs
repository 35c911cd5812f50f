//! What many, or much, costs.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::*;

#[tokio::test]
async fn a_commit_that_says_much_is_kept_some_statements_at_a_time() {
    let (sizes, watched) = Sizes::over(&TurnedClock::at(NOW));
    let packages = of(watched, &TurnedClock::at(NOW));
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let answer = |n: u32| {
        (n.to_string(), json!({"id": n.to_string(), "type": "choice", "student_response": "a"}))
    };
    let interactions: serde_json::Map<_, _> = (0..450).map(answer).collect();
    let commit = json!({"session": page.session, "sequence": 1, "sco": "A", "at": NOW.to_string(),
        "cmi": {"core": {"lesson_status": "incomplete"}, "interactions": interactions}});
    page.send(&commit).await.unwrap();
    let sizes = sizes.0.lock().unwrap().clone();
    assert_eq!(sizes.iter().sum::<usize>(), 451);
    assert!(sizes.iter().all(|size| *size <= 100), "{sizes:?}");
}

/// The sizes of the batches that a store was given.
#[derive(Clone, Default)]
struct Sizes(Arc<Mutex<Vec<usize>>>);

impl Sizes {
    fn over(clock: &TurnedClock) -> (Self, Arc<dyn Store>) {
        let sizes = Self::default();
        let memory = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        (sizes.clone(), Around::new(memory, sizes))
    }
}

#[async_trait]
impl Hook for Sizes {
    fn after(&self, call: Call) {
        if let Call::PutStatements(size) = call {
            self.0.lock().unwrap().push(size);
        }
    }
}

#[tokio::test]
async fn attempts_are_listed_up_to_a_number_and_counted_on() {
    let (_, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    for number in 1..=510 {
        let launched = packages.launch("corso", learner(Policy::New)).await.unwrap();
        assert_eq!(launched.launch.attempt, number);
    }
    let launched = packages.launch("corso", learner(Policy::Same)).await.unwrap();
    assert_eq!(launched.launch.attempt, 510);
    let place = launched.launch.place("corso");
    let seen = packages.seen::<attempts::Attempts>(&place.attempts()).await.unwrap();
    assert_eq!((seen.value.attempts.len(), seen.value.attempts[0].number), (500, 11));
}

#[tokio::test]
async fn a_version_that_many_ask_for_is_read_once() {
    let reads = Reads::default();
    let clock = TurnedClock::at(NOW);
    let memory = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let store: Arc<dyn Store> = Around::new(memory, reads.clone());
    let packages = of(store, &clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let key = packages.package("corso").await.unwrap().versions[0].key.clone();
    let asked = (0..20).map(|_| packages.hosted(&key));
    for hosted in futures::future::join_all(asked).await {
        assert!(hosted.unwrap().is_some());
    }
    assert_eq!(*reads.0.lock().unwrap(), 1);
}

/// How often a version was read.
#[derive(Clone, Default)]
struct Reads(Arc<Mutex<usize>>);

#[async_trait]
impl Hook for Reads {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        if method == "package_version" {
            *self.0.lock().unwrap() += 1;
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

/// Counts how often documents are read, and holds the first reading.
#[derive(Default)]
struct FirstReading {
    count: AtomicUsize,
    go: Notify,
}

#[async_trait]
impl Hook for FirstReading {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        if method == "document" && self.count.fetch_add(1, Ordering::Relaxed) == 0 {
            self.go.notified().await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn one_commit_of_a_launch_at_a_time_has_its_state_in_memory() {
    let clock = TurnedClock::at(NOW);
    let around =
        Around::new(Arc::new(MemoryStore::new(Arc::new(clock.clone()))), FirstReading::default());
    let packages = of(Arc::<Around<FirstReading>>::clone(&around), &clock);
    around.hook.go.notify_one();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let mut other = Page::of(&packages, Policy::New).await;
    other.begin("A").await;
    let mut commits = [1, 2].map(|sequence| page.passed("A", sequence));
    commits[0]["terminate"] = false.into();
    let reads = || around.hook.count.load(Ordering::Relaxed);
    around.hook.count.store(0, Ordering::Relaxed);
    let [mut first, mut second] = commits.each_ref().map(|commit| Box::pin(page.send(commit)));
    assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
    assert_eq!(reads(), 1);
    let opened = packages.open(&page.token).await.unwrap();
    let memory = Memory::new(64 << 20);
    let mut standing = Box::pin(packages.standing(&opened, &memory));
    assert!((&mut standing).now_or_never().is_none());
    assert_eq!(reads(), 1, "nor is the page opened meanwhile");
    other.send(&other.passed("A", 1)).await.unwrap();
    around.hook.go.notify_one();
    first.await.unwrap();
    second.await.unwrap();
    standing.await.unwrap();
}
