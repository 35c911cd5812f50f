//! Erasures that keys ask for: their files are cleared with those of others, or in the quiet hour.

use super::waiting::Counted;
use super::*;

const HOUR: i64 = 3_600;

struct Scene {
    world: World,
    counted: Arc<Around<Counted>>,
}

impl Scene {
    /// At 12:00 of a day, with people of whom a key has sent statements.
    async fn new() -> Self {
        let world = World::new().await;
        world.turned.set(Instant::parse("2026-11-30T12:00:00Z").unwrap());
        let sent = (5..15).map(|n| sample::prepared_by("north", &sample::statement(n)));
        let statements = sent.collect();
        let batch = store::Batch { statements, attachments: Vec::new() };
        world.store.put_statements(batch).await.unwrap();
        let counted = Around::new(Arc::clone(&world.store), Counted::default());
        Self { world, counted }
    }

    /// As a process that has just begun has them.
    fn erasures(&self) -> Erasures {
        let journals: Arc<dyn Journals> = Arc::<NotedJournals>::clone(&self.world.journals);
        let clock = Arc::clone(&self.world.clock);
        Erasures::new(Arc::<Around<Counted>>::clone(&self.counted), clock, journals, [7; 32])
    }

    /// Runs the erasure of a person, as a key asks for it or the machine does.
    async fn erase(&self, erasures: &Erasures, n: u32, by_key: bool) -> (Uuid, ErasureRecord) {
        let identifier = format!("mailto:p{n}@x.example");
        let within = by_key.then(|| sample::authority("north").ifi().to_owned());
        let asked = ErasureAsked { identifier, reason: "12/2026".into(), within, ..asked() };
        let by = if by_key { Actor::Key("north".into()) } else { Actor::Machine };
        let place = erasures.admit(&asked, &by).unwrap();
        let id = erasures.begin(&asked, by).await.unwrap().id;
        erasures.run_to_its_end(id, place).await;
        (id, erasures.one(id).await.unwrap().1)
    }

    /// Whether the erasure is done, with files that are cleared and a proof.
    async fn is_done(&self, erasures: &Erasures, id: Uuid) -> bool {
        let verified = erasures.verify(id).await.unwrap();
        let VerifiedErasure { kept, record, holds } = verified;
        let said = [kept.is_done, record.scrubbed.is_some(), !record.proof.is_empty(), holds];
        assert!(said == [true; 4] || said == [false; 4], "{said:?} {record:?}");
        kept.is_done
    }

    /// How many scrubs of everything there were.
    fn scrubs(&self) -> usize {
        self.counted.hook.scrubs().0
    }
}

#[tokio::test]
async fn what_keys_ask_for_is_cleared_once_in_the_quiet_hour_and_not_said_to_be_clear_before() {
    let scene = Scene::new().await;
    let erasures = scene.erasures().scrubbing_at(4);
    let mut waiting = Vec::new();
    for n in 5..8 {
        let (id, record) = scene.erase(&erasures, n, true).await;
        assert_eq!((record.counts["statements"], record.is_erased()), (1, true));
        let due = erasures.scrub_due(&record).map(|it| it.to_string());
        assert_eq!(due.as_deref(), Some("2026-12-01T04:00:00.000000Z"));
        waiting.push(id);
    }
    scene.world.turned.pass(16 * HOUR - 1);
    erasures.scrub_due_files().await.unwrap();
    assert_eq!(scene.scrubs(), 0);
    for id in &waiting {
        assert!(!scene.is_done(&erasures, *id).await);
    }
    scene.world.turned.pass(1);
    erasures.scrub_due_files().await.unwrap();
    assert_eq!(scene.scrubs(), 1);
    for id in waiting {
        assert!(scene.is_done(&erasures, id).await);
        let (_, record) = erasures.one(id).await.unwrap();
        assert_eq!(record.scrubbed, Some(scene.world.clock.now().micros()));
        assert_eq!(erasures.scrub_due(&record), None);
    }
    // What comes after it has its turn in the next night.
    let (id, _) = scene.erase(&erasures, 8, true).await;
    scene.world.turned.pass(24 * HOUR - 1);
    erasures.scrub_due_files().await.unwrap();
    assert_eq!((scene.scrubs(), scene.is_done(&erasures, id).await), (1, false));
    scene.world.turned.pass(1);
    erasures.scrub_due_files().await.unwrap();
    assert_eq!((scene.scrubs(), scene.is_done(&erasures, id).await), (2, true));
}

#[tokio::test]
async fn the_scrub_of_an_administrator_is_for_keys_too_and_one_of_nobody_is_none() {
    let scene = Scene::new().await;
    let erasures = scene.erasures();
    let (first, _) = scene.erase(&erasures, 5, true).await;
    // Where nobody is found, nothing is written anew on behalf of a key either.
    let (nobody, record) = scene.erase(&erasures, 70, false).await;
    assert!(record.unchanged && scene.is_done(&erasures, nobody).await);
    let (nobody, record) = scene.erase(&erasures, 71, true).await;
    assert!(record.unchanged && scene.is_done(&erasures, nobody).await);
    assert!(!scene.is_done(&erasures, first).await);
    assert_eq!(scene.scrubs(), 0);
    let (managed, _) = scene.erase(&erasures, 6, false).await;
    assert_eq!(scene.scrubs(), 1);
    assert!(scene.is_done(&erasures, managed).await && scene.is_done(&erasures, first).await);
    scene.world.turned.pass(48 * HOUR);
    erasures.scrub_due_files().await.unwrap();
    assert_eq!(scene.scrubs(), 1, "nothing is owed any more");
}

#[tokio::test]
async fn what_is_owed_is_known_after_a_restart_and_is_not_done_at_once() {
    let scene = Scene::new().await;
    let (id, _) = scene.erase(&scene.erasures(), 5, true).await;
    scene.world.turned.pass(HOUR);
    let next = scene.erasures();
    next.resume().await;
    next.scrub_due_files().await.unwrap();
    assert_eq!((scene.scrubs(), scene.is_done(&next, id).await), (0, false));
    // The one after it is down in the quiet hour.
    scene.world.turned.pass(20 * HOUR);
    let last = scene.erasures();
    last.resume().await;
    last.scrub_due_files().await.unwrap();
    assert_eq!((scene.scrubs(), scene.is_done(&last, id).await), (0, false));
    scene.world.turned.pass(3 * HOUR);
    last.scrub_due_files().await.unwrap();
    assert_eq!((scene.scrubs(), scene.is_done(&last, id).await), (1, true));
}

#[tokio::test]
async fn a_scrub_for_keys_that_fails_is_owed_still_and_one_that_nobody_heard_the_end_of_too() {
    for method in ["scrub", "erasures", "add_audit", "change_erasure"] {
        let scene = Scene::new().await;
        let erasures = scene.erasures();
        let (id, _) = scene.erase(&erasures, 5, true).await;
        scene.world.turned.pass(24 * HOUR);
        scene.world.failing.fail_after(method, 0);
        assert!(erasures.scrub_due_files().await.is_err(), "{method}");
        scene.world.failing.fail(&[]);
        assert!(!scene.is_done(&erasures, id).await, "{method}");
        erasures.scrub_due_files().await.unwrap();
        assert!(scene.is_done(&erasures, id).await, "{method}");
        let tries = if method == "scrub" { 2 } else { 1 };
        assert_eq!(scene.scrubs(), tries, "{method}");
    }
}
