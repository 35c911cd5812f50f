//! What becomes of statements that are fetched.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use super::super::NewPipe;
use super::super::multipart;
use super::super::run::{Next, Run};
use super::scripted::{AT, Turn, Waiting, World, cut_off};
use crate::memory::Memory;
use crate::scan::tests::{BAD, scanner, stand_in};
use store::Store;
use store_testkit::around::{Around, Hook};
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::sample::{id, ids_of, log, put, reference, statement, voiding, with};
use xapi::attachment::Attachment;
use xapi::instant::Instant;

fn pull() -> Value {
    json!({"direction": "pull", "every_seconds": 60})
}

const IDLE: Next = Next::Idle(Duration::from_mins(1));

/// A statement as the source has it.
fn there(statement: Value, second: i64) -> Value {
    let stored = Instant::from_micros(AT - 1_000_000_000 + second * 1_000_000).to_string();
    let authority = json!({"mbox": "mailto:first@x.example"});
    let statement = with(statement, "stored", json!(stored));
    with(with(statement, "timestamp", json!(stored)), "authority", authority)
}

async fn with_source(count: u32) -> World {
    let world = World::new(pull()).await;
    let statements = (0..count).map(|n| there(statement(n), i64::from(n)));
    world.other.kept.lock().unwrap().extend(statements);
    world
}

async fn kept(world: &World) -> Vec<Uuid> {
    log(&world.store).await.into_iter().map(|it| it.statement.id).collect()
}

#[tokio::test(start_paused = true)]
async fn statements_come_once_page_by_page_under_the_authority_of_the_pipe() {
    let world = with_source(1_203).await;
    let mut run = world.run().await;
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert_eq!(kept(&world).await, ids_of(0..1_203));
    let value = log(&world.store).await[0].statement.value().unwrap();
    assert_eq!(
        value["authority"]["account"],
        json!({"homePage": "https://lrs.example", "name": "pipe:p"})
    );
    let ever = Instant::from_micros(i64::MAX);
    let origins = world.store.origins(Instant::default(), ever, 2_000).await.unwrap();
    assert_eq!(origins.len(), 1_203, "what stood there of a statement is kept beside it");
    let first = &origins[0].origin;
    assert_eq!((first.name.as_str(), first.stored.unwrap().micros()), ("p", AT - 1_000_000_000));
    assert!(first.authority.as_ref().unwrap().contains("first@x.example"), "{first:?}");
    assert_eq!(world.other.requests(), 3);
    world.other.kept.lock().unwrap().push(there(statement(2_000), 1_203));
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert_eq!(kept(&world).await.len(), 1_204);
    let shown = world.shown().await;
    assert_eq!((shown.state.delivered, shown.dead_letters), (1_204, 0));
    let asked = world.other.asked.lock().unwrap()[0].clone();
    for part in ["ascending=true", "format=exact", "attachments=true"] {
        assert!(asked.url.as_str().contains(part), "{}", asked.url);
    }
}

#[tokio::test(start_paused = true)]
async fn the_cursor_does_not_pass_what_the_source_promises_and_never_goes_back() {
    let world = with_source(10).await;
    let promise = "2026-11-18T10:50:04Z";
    let promised = Instant::parse(promise).unwrap();
    assert!(
        promised.micros() > AT - 1_000_000_000 && promised.micros() < AT - 991_000_000,
        "in the middle"
    );
    *world.other.promise.lock().unwrap() = Some(promise);
    let mut run = world.run().await;
    world.to_the_end(&mut run).await;
    assert_eq!(kept(&world).await.len(), 10, "what is there is taken");
    let state = world.shown().await.state;
    assert_eq!((state.cursor, state.through), (promised.micros(), Some(promised.micros())));
    // A statement that was on its way while the first run read.
    world.other.kept.lock().unwrap().insert(6, there(statement(77), 5));
    *world.other.promise.lock().unwrap() = Some("2020-01-01T00:00:00Z");
    world.to_the_end(&mut run).await;
    assert!(kept(&world).await.contains(&id(77)));
    assert_eq!(world.shown().await.state.cursor, promised.micros());
}

#[tokio::test(start_paused = true)]
async fn without_a_promise_a_minute_is_read_again() {
    let world = with_source(3).await;
    let mut run = world.run().await;
    world.to_the_end(&mut run).await;
    let late = there(statement(50), -50);
    world.other.kept.lock().unwrap().insert(0, late);
    world.to_the_end(&mut run).await;
    assert!(kept(&world).await.contains(&id(50)), "it appeared late");
    assert_eq!(kept(&world).await.len(), 4);
    world.other.kept.lock().unwrap().insert(0, there(statement(51), -70));
    world.to_the_end(&mut run).await;
    assert!(
        !kept(&world).await.contains(&id(51)),
        "beyond the overlap, which is why it can be set"
    );
}

#[tokio::test(start_paused = true)]
async fn voided_originals_are_fetched_before_what_voids_them() {
    let world = World::new(pull()).await;
    let all = [
        there(statement(0), 0),
        there(statement(1), 1),
        there(voiding(2, 0), 2),
        there(voiding(3, 99), 3),
    ];
    world.other.kept.lock().unwrap().extend(all);
    world.to_the_end(&mut world.run().await).await;
    let log = log(&world.store).await;
    let ids: Vec<Uuid> = log.iter().map(|it| it.statement.id).collect();
    assert_eq!(ids, ids_of([1, 0, 2, 3]), "one that the source does not have either is left out");
    assert!(log[1].voided);
}

/// Counts the batches that are kept.
#[derive(Default)]
struct Batches(AtomicUsize);

#[async_trait]
impl Hook for Batches {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        self.0.fetch_add(usize::from(method == "put_statements"), Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn voided_originals_that_are_large_are_kept_before_more_of_them_are_fetched() {
    let clock = TurnedClock::at(Instant::from_micros(AT));
    let memory = MemoryStore::new(Arc::new(clock.clone()));
    let store = Around::new(Arc::new(memory), Batches::default());
    let world = World::over(Arc::<Around<Batches>>::clone(&store), clock, pull()).await;
    let text = json!({"response": "x".repeat(3 << 10)});
    let originals = (0..4).map(|n| there(with(statement(n), "result", text.clone()), i64::from(n)));
    let all = originals.chain((4..8).map(|n| there(voiding(n, n - 4), i64::from(n))));
    world.other.kept.lock().unwrap().extend(all);
    assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
    assert_eq!(kept(&world).await, ids_of([0, 4, 1, 5, 2, 6, 3, 7]));
    assert_eq!(
        store.hook.0.load(Ordering::SeqCst),
        2,
        "two originals at a time are more than is held"
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_that_holds_more_than_is_read_is_asked_for_in_parts_and_stops_the_pipe() {
    // Few bytes, which would take hundreds of megabytes once they are read; and more statements than were asked for.
    for list in [format!("[{}0]", "0,".repeat(4_500_000)), vec!["0"; 10_001].join(",")] {
        let world = World::new(pull()).await;
        let page = format!(r#"{{"statements":[{list}],"more":""}}"#);
        *world.other.pages.lock().unwrap() = Some(("application/json".into(), page.into()));
        assert_eq!(world.to_the_end(&mut world.run().await).await, Next::Rest);
        assert_eq!(world.other.requests(), 9, "half as many each time, down to one");
        let why = world.shown().await.state.paused.unwrap().reason;
        assert!(why.contains("a single statement is too much"), "{why}");
        assert_eq!(world.dead().await, []);
    }
}

#[tokio::test(start_paused = true)]
async fn what_breaks_a_rule_or_conflicts_is_a_dead_letter_and_the_rest_is_kept() {
    let world = with_source(6).await;
    put(&world.store, &[with(statement(1), "verb", json!({"id": "https://v.example/mine"}))]).await;
    {
        let mut kept = world.other.kept.lock().unwrap();
        kept[3]["verb"]["id"] = json!("no iri");
        kept[4]["attachments"] = json!([{"usageType": "https://u.example/u", "display": {"en": "x"},
            "contentType": "text/plain", "length": 1, "sha2": "ab".repeat(32)}]);
    }
    let mut run = world.run().await;
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert_eq!(kept(&world).await, ids_of([1, 0, 2, 5]));
    let dead = [(id(1), 409), (id(3), 400), (id(4), 400)];
    assert_eq!(world.dead().await, dead);
    world.to_the_end(&mut run).await;
    assert_eq!(world.dead().await, dead, "once, however often they are read");
    world.other.kept.lock().unwrap()[3]["verb"]["id"] = json!("https://v.example/mended");
    assert_eq!(world.pipes.retry("p", id(3)).await.unwrap(), None);
    assert_eq!(world.pipes.retry("p", id(1)).await.unwrap().unwrap().status, 409);
    assert!(kept(&world).await.contains(&id(3)));
    assert_eq!(world.dead().await, [(id(1), 409), (id(4), 400)]);
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_is_cut_off_anywhere_leaves_the_letter_or_the_statement() {
    let mut whole = 0;
    for waits in 0..60 {
        let clock = TurnedClock::at(Instant::from_micros(AT));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let waiting: Arc<dyn Store> = Around::new(Arc::clone(&store), Waiting);
        let world = World::over(waiting, clock, pull()).await;
        let bad = with(there(statement(0), 0), "verb", json!({"id": "no iri"}));
        world.other.kept.lock().unwrap().push(bad);
        world.to_the_end(&mut world.run().await).await;
        assert_eq!(world.dead().await, [(id(0), 400)]);
        world.other.kept.lock().unwrap()[0] = there(statement(0), 0);
        cut_off(world.pipes.retry("p", id(0)), waits).await;
        let is_kept = kept(&world).await == ids_of(0..1);
        let has_letter = world.dead().await == [(id(0), 400)];
        assert!(is_kept || has_letter, "after {waits} waits the statement is lost");
        whole += usize::from(is_kept && !has_letter);
    }
    assert!((1..60).contains(&whole), "{whole}");
}

/// Not on a clock that tokio turns: the scanner is asked over a connection.
#[tokio::test(start_paused = true)]
async fn a_page_is_taken_from_the_memory_budget_before_it_is_asked_for() {
    let mut world = with_source(3).await;
    world.works.memory = Memory::new(1 << 20);
    let others = world.works.memory.reserve(600 << 10).unwrap();
    let mut run = world.run().await;
    assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)));
    assert_eq!((world.other.requests(), world.shown().await.state.paused), (0, None));
    drop(others);
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert_eq!(kept(&world).await, ids_of(0..3));
    let longest = world.other.asked.lock().unwrap()[0].longest;
    assert_eq!((longest, world.works.memory.held()), (512 << 10, 0));
}

/// A statement of few bytes that takes some MiB of memory once it is read.
fn heavy(n: u32) -> Value {
    let context = json!({"extensions": {"https://e.example/e": vec![0; 40_000]}});
    there(with(statement(n), "context", context), i64::from(n))
}

/// What [`heavy`] takes is between two and three of these.
const HEAVY: usize = 40_000 * size_of::<Value>();

/// Notes what pulled statements hold at each batch that is kept.
struct Holding(Memory, Mutex<Vec<usize>>);

#[async_trait]
impl Hook for Holding {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        if method == "put_statements" {
            self.1.lock().unwrap().push(self.0.held());
        }
        Ok(())
    }
}

/// A pull of these statements, which may hold `room` bytes of memory for what they say.
async fn within(room: usize, statements: &[Value]) -> (World, Arc<Around<Holding>>) {
    let clock = TurnedClock::at(Instant::from_micros(AT));
    let memory = MemoryStore::new(Arc::new(clock.clone()));
    let values = Memory::new(room);
    let store = Around::new(Arc::new(memory), Holding(values.clone(), Mutex::default()));
    let mut world = World::over(Arc::<Around<Holding>>::clone(&store), clock, pull()).await;
    world.works.values = values;
    world.other.kept.lock().unwrap().extend_from_slice(statements);
    (world, store)
}

#[tokio::test(start_paused = true)]
async fn what_pulled_statements_say_is_reserved_and_what_does_not_fit_together_is_kept_in_turn() {
    let statements = [heavy(0), heavy(1), there(statement(2), 2), heavy(3)];
    for (room, batches) in [(3 * HEAVY, 3), (64 * HEAVY, 1)] {
        let (world, store) = within(room, &statements).await;
        assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
        assert_eq!(kept(&world).await, ids_of(0..4));
        assert_eq!(world.dead().await, []);
        let held = store.hook.1.lock().unwrap().clone();
        assert_eq!(held.len(), batches, "{held:?}");
        assert!(held.iter().all(|it| *it > HEAVY), "{held:?}");
        assert_eq!(world.works.values.held(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pull_waits_where_others_hold_the_memory_for_what_statements_say() {
    let (world, _) = within(3 * HEAVY, &[there(statement(0), 0), heavy(1)]).await;
    let others = world.works.values.reserve(2 * HEAVY).unwrap();
    let mut run = world.run().await;
    assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)));
    let shown = world.shown().await;
    assert_eq!((shown.state.cursor, shown.state.paused), (0, None));
    drop(others);
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert_eq!(kept(&world).await, ids_of(0..2));
}

#[tokio::test(start_paused = true)]
async fn pipes_that_pull_what_fits_but_once_get_on_one_after_the_other() {
    let (world, _) = within(3 * HEAVY, &[heavy(0), heavy(1)]).await;
    for name in ["q", "r"] {
        let settings = world.record().await.settings;
        let new = NewPipe { settings, password: None, secret: None };
        world.pipes.create(name, new).await.unwrap();
    }
    let pull = async |name| {
        let held = world.store.pipe(name).await.unwrap().unwrap();
        let mut run = Run::of(&world.works, &held).await.unwrap();
        loop {
            match run.step().await {
                Next::More => {}
                Next::Later(wait) => tokio::time::sleep(wait).await,
                next => return next,
            }
        }
    };
    let ended = futures::future::join_all(["p", "q", "r"].map(|it| Box::pin(pull(it)))).await;
    assert_eq!(ended, [IDLE; 3]);
    assert_eq!(kept(&world).await, ids_of(0..2));
    assert_eq!(world.works.values.held(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_never_fits_stops_the_pipe_which_does_not_pass_it() {
    let all = [there(statement(0), 0), heavy(1), there(statement(2), 2)];
    let (world, _) = within(HEAVY, &all).await;
    assert_eq!(world.to_the_end(&mut world.run().await).await, Next::Rest);
    let state = world.shown().await.state;
    let reason = state.paused.unwrap().reason;
    for part in ["a single statement is too much", "limits.memory_bytes"] {
        assert!(reason.contains(part), "{reason}");
    }
    assert_eq!((state.cursor, kept(&world).await), (0, ids_of(0..1)), "what is before it is kept");
    assert_eq!(world.dead().await, []);
    let mut world = world;
    world.works.values = Memory::new(3 * HEAVY);
    world.pipes.resume("p").await.unwrap();
    assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
    assert_eq!(kept(&world).await, ids_of(0..3));
}

#[tokio::test(start_paused = true)]
async fn a_page_with_attachments_is_taken_from_the_budget_as_often_as_it_is_held() {
    let mut world = World::new(pull()).await;
    world.works.memory = Memory::new(1 << 20);
    let data = vec![b'x'; 300 << 10];
    let sha2 = hex::encode(Sha256::digest(&data));
    let described = json!([{"usageType": "https://u.example/u", "display": {"en": "x"},
        "contentType": "text/plain", "length": data.len(), "sha2": sha2}]);
    let statement = with(there(statement(0), 0), "attachments", described);
    let part = Attachment { sha2, content_type: "text/plain".into(), body: data.into() };
    let page = json!({"statements": [statement]}).to_string();
    *world.other.pages.lock().unwrap() = Some(multipart::write(page.as_bytes(), &[part]));
    let others = world.works.memory.reserve(450 << 10).unwrap();
    let mut run = world.run().await;
    assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)), "a copy has no room");
    assert_eq!((world.other.requests(), kept(&world).await), (1, Vec::new()));
    drop(others);
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert_eq!(kept(&world).await, ids_of(0..1));
}

#[tokio::test]
async fn attachments_that_are_pulled_are_looked_at_for_malware() {
    let attached = |n: u32, data: &[u8]| {
        let sha2 = hex::encode(Sha256::digest(data));
        let described = json!([{"usageType": "https://u.example/u", "display": {"en": "x"},
            "contentType": "text/plain", "length": data.len(), "sha2": sha2}]);
        let attachment = Attachment {
            sha2,
            content_type: "text/plain".into(),
            body: bytes::Bytes::copy_from_slice(data),
        };
        (with(there(statement(n), i64::from(n)), "attachments", described), attachment)
    };
    let (good, first) = attached(0, b"a text");
    let (bad, second) = attached(1, BAD);
    let page = json!({"statements": [good, bad, there(statement(2), 2)]}).to_string();
    let parts = [first, second];
    let folder = TempDir::new().unwrap();
    let mut world = World::new(pull()).await;
    world.works.scanner = scanner(stand_in().await, folder.path());
    *world.other.pages.lock().unwrap() = Some(multipart::write(page.as_bytes(), &parts));
    assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
    assert_eq!(kept(&world).await, ids_of([0, 2]));
    assert_eq!(world.dead().await, [(id(1), 422)]);
    // Where the scanner is away, nothing is kept and nothing is given up.
    let mut world = World::new(pull()).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    world.works.scanner = scanner(nobody, folder.path());
    *world.other.pages.lock().unwrap() = Some(multipart::write(page.as_bytes(), &parts));
    let next = world.to_the_end(&mut world.run().await).await;
    assert!(matches!(next, Next::Later(_)), "{next:?}");
    assert_eq!((kept(&world).await, world.dead().await), (Vec::new(), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_is_asked_again_from_the_cursor() {
    let world = with_source(1_100).await;
    world.other.then(&[
        Turn::Answer(500, "oops", None),
        Turn::Answer(200, "<html>", None),
        Turn::Answer(200, "<html>", None),
        Turn::Silence,
        Turn::Broken,
    ]);
    let mut run = world.run().await;
    for failure in 1..=5 {
        let next = world.to_the_end(&mut run).await;
        assert!(matches!(next, Next::Later(_)), "{failure}: {next:?}");
    }
    assert_eq!(run.step().await, Next::More);
    world.other.then(&[Turn::Broken]);
    assert!(matches!(run.step().await, Next::Later(_)), "in the middle of a run");
    assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
    assert_eq!(kept(&world).await, ids_of(0..1_100));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_leads_to_another_server_stops_the_pipe() {
    let world = with_source(1).await;
    let page = r#"{"statements":[],"more":"https://thief.example/xapi/statements"}"#;
    world.other.then(&[Turn::Answer(200, page, None)]);
    assert_eq!(world.to_the_end(&mut world.run().await).await, Next::Rest);
    assert_eq!(world.other.requests(), 1, "the credentials go nowhere else");
    assert!(world.shown().await.state.paused.unwrap().reason.contains("thief.example"));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_filters_by_timestamp_is_read_by_timestamp() {
    let settings = json!({"direction": "pull", "reads_by": "timestamp", "overlap_seconds": 3600});
    let world = World::new(settings).await;
    let old = with(there(statement(0), 0), "timestamp", json!("2026-01-01T00:00:00Z"));
    let ahead = with(there(statement(1), 1), "timestamp", json!("2099-01-01T00:00:00Z"));
    world.other.kept.lock().unwrap().extend([old, ahead]);
    world.to_the_end(&mut world.run().await).await;
    assert_eq!(kept(&world).await.len(), 2);
    assert_eq!(
        world.shown().await.state.cursor,
        AT,
        "a timestamp to come is no place to go on from"
    );
}

/// As Ralph on MongoDB does: `more` goes on behind the second of a page's last statement.
#[tokio::test(start_paused = true)]
async fn where_more_skips_the_rest_of_a_second_a_pull_by_timestamp_leaves_nothing_out() {
    let settings = json!({"direction": "pull", "reads_by": "timestamp"});
    let world = World::new(settings).await;
    // 400 in each second.
    let at = |n: u32| Instant::from_micros(AT - 1_000_000_000 + i64::from(n) * 2_500).to_string();
    let statements = (0..1_300).map(|n| with(statement(n), "stored", json!(at(n))));
    let statements = statements.map(|it| with(it.clone(), "timestamp", it["stored"].clone()));
    let mut statements: Vec<_> = statements.collect();
    // Within a second they are not in order.
    statements.chunks_mut(400).for_each(<[_]>::reverse);
    world.other.kept.lock().unwrap().extend(statements);
    *world.other.skips_rest_of_second.lock().unwrap() = true;
    world.to_the_end(&mut world.run().await).await;
    assert_eq!(kept(&world).await.len(), 1_300);
}

/// As Ralph's files do.
#[tokio::test(start_paused = true)]
async fn where_pages_are_turned_around_the_cursor_waits_for_the_end_of_the_run() {
    let world = with_source(1_100).await;
    *world.other.turns_pages.lock().unwrap() = true;
    let mut run = world.run().await;
    assert_eq!(run.step().await, Next::More);
    assert_eq!(world.shown().await.state.cursor, 0);
    // The process begins anew in the middle of the run.
    let mut run = world.run().await;
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert_eq!(kept(&world).await.len(), 1_100);
    assert_eq!(world.shown().await.state.cursor, AT - 1_000_000_000 + 1_099_000_000);
}

#[tokio::test(start_paused = true)]
async fn statements_pushed_and_pulled_in_a_ring_end_by_themselves() {
    let world = with_source(3).await;
    put(&world.store, &[reference(8, 0)]).await;
    let mut run = world.run().await;
    world.to_the_end(&mut run).await;
    let here = log(&world.store).await;
    for kept in &here {
        let mut back = kept.statement.value().unwrap();
        back["authority"] = json!({"mbox": "mailto:ring@x.example"});
        let mut source = world.other.kept.lock().unwrap();
        if source.iter().all(|it| it["id"] != back["id"]) {
            source.push(back);
        }
    }
    for _ in 0..3 {
        world.to_the_end(&mut run).await;
    }
    assert_eq!(log(&world.store).await, here, "a known statement is no new one");
    assert_eq!(world.dead().await, []);
}
