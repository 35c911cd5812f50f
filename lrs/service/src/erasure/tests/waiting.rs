//! Erasures that wait for one another, and share a scrub of the files.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;

use super::*;

/// Counts scrubs of everything, and of records alone.
#[derive(Default)]
pub(super) struct Counted {
    everything: AtomicUsize,
    records: AtomicUsize,
}

impl Counted {
    /// How many scrubs there were, of everything and of records.
    pub(super) fn scrubs(&self) -> (usize, usize) {
        (self.everything.load(Ordering::Relaxed), self.records.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl Hook for Counted {
    async fn before(&self, method: &'static str) -> Result<(), StoreError> {
        match method {
            "scrub" => self.everything.fetch_add(1, Ordering::Relaxed),
            "scrub_records" => self.records.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
        Ok(())
    }
}

struct Scene {
    counted: Arc<Around<Counted>>,
    slow: Arc<Slow>,
    erasures: Erasures,
}

impl Scene {
    /// With further people, and scrubs that are counted and held.
    async fn new() -> Self {
        let world = World::new().await;
        sample::put(&world.store, &(5..15).map(sample::statement).collect::<Vec<_>>()).await;
        let counted = Around::new(Arc::clone(&world.store), Counted::default());
        let slow = Slow::at(Arc::<Around<Counted>>::clone(&counted), "scrub");
        let journals: Arc<dyn Journals> = Arc::<NotedJournals>::clone(&world.journals);
        let clock = Arc::clone(&world.clock);
        let erasures = Erasures::new(Arc::<Slow>::clone(&slow), clock, journals, [7; 32]);
        Self { counted, slow, erasures }
    }

    /// Begins the erasures of these people.
    async fn begin(&self, people: std::ops::Range<u32>) -> Vec<Uuid> {
        let mut begun = Vec::new();
        for n in people {
            let identifier = format!("mailto:p{n}@x.example");
            let asked = ErasureAsked { identifier, reason: "12/2026".into(), ..asked() };
            begun.push(self.erasures.begin(&asked, Actor::Machine).await.unwrap().id);
        }
        begun
    }

    fn run(
        &self,
        ids: Vec<Uuid>,
    ) -> tokio::task::JoinHandle<Vec<Result<ErasureRecord, ErasureError>>> {
        let erasures = self.erasures.clone();
        tokio::spawn(async move { join_all(ids.into_iter().map(|id| erasures.run(id))).await })
    }

    /// How many scrubs there were, of everything and of records.
    fn scrubs(&self) -> (usize, usize) {
        self.counted.hook.scrubs()
    }
}

#[tokio::test]
async fn one_scrub_is_for_all_that_wait_and_those_that_end_meanwhile_share_the_next() {
    let scene = Scene::new().await;
    let first = scene.run(scene.begin(5..9).await);
    scene.slow.arrived().await;
    // None is done before the files are cleared.
    for (kept, record) in scene.erasures.list(None, 10, None).await.unwrap().found {
        assert!(!kept.is_done && record.done.is_some() && record.scrubbed.is_none());
    }
    let second = scene.run(scene.begin(9..12).await);
    scene.slow.let_go();
    let first = first.await.unwrap();
    scene.slow.arrived().await;
    scene.slow.let_go();
    let second = second.await.unwrap();
    assert_eq!(scene.scrubs(), (2, 0));
    for record in first.into_iter().chain(second).map(Result::unwrap) {
        assert_eq!((record.counts["statements"], record.unchanged), (1, false));
        assert!(record.scrubbed.is_some());
    }
    for (kept, _) in scene.erasures.list(None, 10, None).await.unwrap().found {
        assert!(scene.erasures.verify(kept.id).await.unwrap().holds);
    }
}

#[tokio::test]
async fn nothing_is_written_anew_where_nobody_is_found() {
    let scene = Scene::new().await;
    let begun = scene.begin(70..73).await;
    for record in scene.run(begun).await.unwrap() {
        let record = record.unwrap();
        assert!(record.unchanged && record.scrubbed.is_some(), "{record:?}");
    }
    let (everything, records) = scene.scrubs();
    assert_eq!(everything, 0);
    assert!((1..=3).contains(&records), "{records}");
}

/// A process that ends before it has counted what it changed leaves a person in the files.
#[tokio::test]
async fn what_was_changed_before_a_crash_is_scrubbed_after_it() {
    let mut failed = 0;
    for works in 0.. {
        let world = World::new().await;
        let shelf = Shelf {
            resource: Resource::AgentProfile,
            activity: String::new(),
            agent: "mbox::mailto:p77@x.example".into(),
            registration: None,
        };
        let document = Document {
            content_type: "text/plain".into(),
            body: Bytes::from_static(b"her"),
            updated: world.clock.now(),
        };
        let free =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        let key = DocumentKey { shelf, id: "prefs".into() };
        world.store.change_document(key.clone(), free, Change::Put(document)).await.unwrap();
        let asked = ErasureAsked { identifier: "mailto:p77@x.example".into(), ..asked() };
        let begun = world.erasures().begin(&asked, Actor::Machine).await.unwrap();
        world.failing.fail_after("change_erasure", works);
        let is_whole = world.erasures().run(begun.id).await.is_ok();
        failed += u32::from(!is_whole);
        world.failing.fail(&[]);
        world.failing.fail_after("scrub", 0);
        let ended = world.erasures().run(begun.id).await;
        if !is_whole {
            assert!(ended.is_err(), "a scrub is tried after {works} records were written");
        }
        world.failing.fail(&[]);
        let record = world.erasures().run(begun.id).await.unwrap();
        assert!(!record.unchanged && record.scrubbed.is_some(), "{works}: {record:?}");
        assert_eq!(world.store.document(&key).await.unwrap(), None);
        if is_whole {
            break;
        }
    }
    assert!(failed > 3, "{failed}");
}

#[tokio::test]
async fn too_many_identifiers_are_refused_and_those_of_lists_are_not_counted() {
    let world = World::new().await;
    let erasures = world.erasures();
    let of = |count: usize| {
        let others = (1..count).map(|n| format!("mailto:q{n}@x.example")).collect();
        ErasureAsked { others, ..asked() }
    };
    let refused = erasures.begin(&of(MOST_IDENTIFIERS + 1), Actor::Machine).await;
    assert!(matches!(refused, Err(ErasureError::Identifiers(101))), "{refused:?}");
    let refused = erasures.preview(&of(MOST_IDENTIFIERS + 1)).await;
    assert!(matches!(refused, Err(ErasureError::Identifiers(101))), "{refused:?}");
    assert!(world.store.erasures(None, 10).await.unwrap().is_empty());
    let found = erasures.preview(&of(MOST_IDENTIFIERS)).await.unwrap();
    assert_eq!(found.identifiers.len(), MOST_IDENTIFIERS + 1, "a learner list has one more");
    erasures.begin(&of(MOST_IDENTIFIERS), Actor::Machine).await.unwrap();
}

/// As records of earlier releases do.
#[tokio::test]
async fn long_records_are_listed_some_mib_at_a_time() {
    let world = World::new().await;
    let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
    let (kept, record) = world.erasures().one(begun.id).await.unwrap();
    for n in 1..6_u128 {
        let record = ErasureRecord { reason: "x".repeat(LISTED_BYTES / 2), ..record.clone() };
        let kept = record.kept(Uuid::from_u128(n), kept.created);
        assert!(world.store.add_erasure(kept).await.unwrap());
    }
    let (mut after, mut pages) = (None, Vec::new());
    loop {
        let page = world.erasures().list(after, 3, None).await.unwrap();
        pages.push(page.found.len());
        after = page.next;
        if after.is_none() {
            break;
        }
        assert_eq!(after, page.found.last().map(|(kept, _)| kept.id));
    }
    assert_eq!(pages, [2, 2, 2]);
}
