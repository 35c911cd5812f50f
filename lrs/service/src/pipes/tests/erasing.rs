//! What becomes of erasures that the other store has to be told of.

use std::sync::Arc;
use std::time::Duration;

use course::Identifier;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::erasing::{NotedErasure, note};
use super::super::run::Next;
use super::super::settings::PipeRecord;
use super::super::{ErasureNotice, ErasuresOfPipe, PipeError, ToldErasure};
use super::scripted::{AT, THERE, Turn, Waiting, World, cut_off};
use crate::erasure::ErasureMode;
use store::Store;
use store_testkit::around::Around;
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::sample::{ids_of, put, statement};
use xapi::instant::Instant;

const ERASURE: Uuid = Uuid::from_u128(0xe7a5);
const PSEUDONYM: &str = "erased-0123456789abcdef0123456789abcdef";
const IDLE: Next = Next::Idle(Duration::ZERO);

fn push() -> Value {
    json!({"direction": "push"})
}

/// A store with a statement, one of whose people was erased.
async fn erased(settings: Value) -> World {
    let world = World::new(settings).await;
    put(&world.store, &[statement(1)]).await;
    world.noted().await;
    world
}

impl World {
    async fn noted(&self) -> u64 {
        self.noted_as(ErasureMode::Pseudonymise).await
    }

    async fn noted_as(&self, mode: ErasureMode) -> u64 {
        self.noted_of(ERASURE, mode).await
    }

    async fn noted_of(&self, erasure: Uuid, mode: ErasureMode) -> u64 {
        let person: Vec<Identifier> = ["mailto:p0@x.example", "account:https://moodle.example|7"]
            .map(|it| it.parse().unwrap())
            .to_vec();
        let now = Instant::from_micros(AT);
        let erasure = NotedErasure { id: erasure, mode, pseudonym: PSEUDONYM, is_within: false };
        note(&*self.store, &erasure, &person, now).await.unwrap()
    }

    /// Has `count` erasures in the pipe's record, numbered from 0.
    async fn noted_before(&self, count: u128, by_hand: &str) {
        let held = self.store.pipe("p").await.unwrap().unwrap();
        let mut record = PipeRecord::of(&held).unwrap();
        let notice = |number| ErasureNotice {
            erasure: Uuid::from_u128(number),
            identifiers: vec!["mailto:p0@x.example".into()],
            pseudonym: PSEUDONYM.into(),
            mode: ErasureMode::Pseudonymise,
            at: AT,
            by_hand: Some(by_hand.to_owned()),
        };
        record.state.erasures.extend((0..count).map(notice));
        let text = record.text().unwrap();
        self.store.change_pipe("p", &text, held.revision).await.unwrap().unwrap();
    }

    async fn erasures(&self) -> (Vec<ErasureNotice>, Vec<ToldErasure>) {
        let ErasuresOfPipe { waiting, told, .. } = self.pipes.erasures("p").await.unwrap();
        (waiting, told)
    }

    /// Why the one erasure that waits is to be done by hand.
    async fn by_hand(&self) -> Option<String> {
        let (waiting, _) = self.erasures().await;
        assert_eq!(waiting.len(), 1);
        waiting[0].by_hand.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_takes_erasures_is_told_who_and_under_which_pseudonym() {
    let world = erased(push()).await;
    *world.other.erasures.lock().unwrap() = Some(Vec::new());
    assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
    let told = world.other.erasures.lock().unwrap().clone().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["identifier"], "mailto:p0@x.example");
    assert_eq!(told[0]["identifiers"], json!(["account:https://moodle.example|7"]));
    assert_eq!(told[0]["pseudonym"], PSEUDONYM);
    assert_eq!(told[0].get("mode"), None, "earlier releases know of none");
    let reason = format!("https://lrs.example/api/v1/erasures/{ERASURE}");
    assert_eq!(told[0]["reason"], reason);
    let there = Some(THERE.to_owned());
    let done = ToldErasure { erasure: ERASURE, there, at: AT };
    assert_eq!(world.erasures().await, (Vec::new(), vec![done]));
    let held = world.store.pipe("p").await.unwrap().unwrap();
    assert!(!held.record.contains("p0@x.example"), "the identifiers are forgotten");
    assert_eq!(world.other.ids().len(), 1, "statements travel on");
    assert_eq!((world.noted().await, world.erasures().await.0.len()), (1, 0), "once");
}

#[tokio::test(start_paused = true)]
async fn a_store_is_told_that_what_the_person_did_goes() {
    let world = World::new(push()).await;
    *world.other.erasures.lock().unwrap() = Some(Vec::new());
    world.noted_as(ErasureMode::Delete).await;
    world.to_the_end(&mut world.run().await).await;
    let told = world.other.erasures.lock().unwrap().clone().unwrap();
    assert_eq!(told[0]["mode"], "delete");
}

#[tokio::test(start_paused = true)]
async fn what_another_store_calls_an_erasure_is_kept_where_it_is_an_id() {
    for id in ["x".repeat(1 << 19), "\u{1b}[2J".to_owned()] {
        let world = erased(push()).await;
        *world.other.erasures.lock().unwrap() = Some(Vec::new());
        *world.other.erasure_id.lock().unwrap() = Some(id.clone());
        assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
        let held = world.store.pipe("p").await.unwrap().unwrap();
        assert!(held.record.len() < 4_096, "{} bytes", held.record.len());
        assert_eq!(world.erasures().await.1, [], "it is to be done by hand");
    }
}

#[tokio::test(start_paused = true)]
async fn of_another_store_an_erasure_is_to_be_done_by_hand_and_statements_travel() {
    for (status, why) in
        [(404, "no erasures"), (405, "no erasures"), (403, "may not"), (400, "refuses")]
    {
        let world = erased(push()).await;
        world.other.then(&[Turn::Answer(status, "no", None)]);
        assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
        assert!(world.by_hand().await.unwrap().contains(why), "{status}");
        assert_eq!((world.other.requests(), world.other.ids().len()), (2, 1));
        *world.other.erasures.lock().unwrap() = Some(Vec::new());
        world.pipes.tell_again("p", ERASURE).await.unwrap();
        world.to_the_end(&mut world.run().await).await;
        assert_eq!(world.erasures().await.0, [], "{status}: told again, it was taken");
    }
    let world = erased(push()).await;
    world.to_the_end(&mut world.run().await).await;
    world.pipes.erased_by_hand("p", ERASURE).await.unwrap();
    let by_hand = ToldErasure { erasure: ERASURE, there: None, at: AT };
    assert_eq!(world.erasures().await, (Vec::new(), vec![by_hand]));
    let again = world.pipes.erased_by_hand("p", ERASURE).await;
    assert!(matches!(again, Err(PipeError::NoNotice(_))), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_told_later_and_one_that_only_fails_by_hand() {
    let world = erased(push()).await;
    *world.other.erasures.lock().unwrap() = Some(Vec::new());
    world.other.then(&[Turn::Broken, Turn::Answer(503, "", None), Turn::Lost]);
    let mut run = world.run().await;
    for failure in 0..3 {
        assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)), "{failure}");
        assert_eq!(world.by_hand().await, None);
    }
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert_eq!(world.erasures().await.0, []);
    let world = erased(push()).await;
    world.other.then(&vec![Turn::Answer(500, "boom", None); 5]);
    let mut run = world.run().await;
    for _ in 0..4 {
        assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)));
    }
    assert_eq!(world.to_the_end(&mut run).await, IDLE);
    assert!(world.by_hand().await.unwrap().contains("500"));
}

#[tokio::test(start_paused = true)]
async fn where_people_have_pseudonyms_the_pseudonym_is_erased() {
    let world = World::new(json!({"direction": "push", "mapping": "pseudonymised"})).await;
    *world.other.erasures.lock().unwrap() = Some(Vec::new());
    put(&world.store, &[statement(0)]).await;
    world.to_the_end(&mut world.run().await).await;
    let sent = world.other.kept.lock().unwrap()[0]["actor"]["account"]["name"].clone();
    world.noted().await;
    world.to_the_end(&mut world.run().await).await;
    let told = world.other.erasures.lock().unwrap().clone().unwrap();
    let name = sent.as_str().unwrap();
    assert_eq!(told[0]["identifier"], format!("account:urn:traccia:pseudonym|{name}"));
    // Whoever has statements of another pipe too learns nothing by it.
    let pseudonym = told[0]["pseudonym"].as_str().unwrap();
    assert!(pseudonym.starts_with("erased-") && pseudonym.len() == PSEUDONYM.len(), "{pseudonym}");
    assert_ne!(pseudonym, PSEUDONYM);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_has_no_word_for_erasures_and_a_pull_sends_nobody_anywhere() {
    let hook = erased(json!({"direction": "webhook"})).await;
    assert!(hook.by_hand().await.is_some());
    let pull = World::new(json!({"direction": "pull"})).await;
    assert_eq!((pull.noted().await, pull.erasures().await.0), (0, Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn of_erasures_that_nobody_does_by_hand_the_latest_thousand_are_kept_and_the_others_counted()
{
    let world = World::new(json!({"direction": "webhook"})).await;
    world.noted_before(1_000, "a webhook has no word for erasures").await;
    for erasure in 1_000..1_003 {
        world.noted_of(Uuid::from_u128(erasure), ErasureMode::Pseudonymise).await;
    }
    let ErasuresOfPipe { waiting, forgotten, .. } = world.pipes.erasures("p").await.unwrap();
    let ids: Vec<u128> = waiting.iter().map(|it| it.erasure.as_u128()).collect();
    assert_eq!((ids, forgotten), ((3..1_003).collect(), 3));
}

#[tokio::test(start_paused = true)]
async fn what_is_still_to_be_told_is_kept_however_much_there_is_to_be_done_by_hand() {
    let world = World::new(push()).await;
    world.noted_before(1_000, "the other store takes no erasures").await;
    for erasure in 1_000..1_003 {
        world.noted_of(Uuid::from_u128(erasure), ErasureMode::Pseudonymise).await;
    }
    assert_eq!(world.erasures().await.0.len(), 1_003);
    // The other store takes no erasures: it says so of one after the other.
    world.to_the_end(&mut world.run().await).await;
    let ErasuresOfPipe { waiting, forgotten, .. } = world.pipes.erasures("p").await.unwrap();
    assert!(waiting.iter().all(|it| it.by_hand.is_some()));
    let ids: Vec<u128> = waiting.iter().map(|it| it.erasure.as_u128()).collect();
    assert_eq!((ids, forgotten), ((3..1_003).collect(), 3));
}

#[tokio::test(start_paused = true)]
async fn a_pipe_that_is_cut_off_anywhere_tells_the_other_store_all_the_same() {
    for waits in 0..40 {
        let clock = TurnedClock::at(Instant::from_micros(AT));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let waiting: Arc<dyn Store> = Around::new(Arc::clone(&store), Waiting);
        let world = World::over(waiting, clock, push()).await;
        *world.other.erasures.lock().unwrap() = Some(Vec::new());
        put(&store, &[statement(0), statement(1)]).await;
        cut_off(world.noted(), waits % 4).await;
        world.noted().await;
        let mut run = world.run().await;
        cut_off(world.to_the_end(&mut run), waits).await;
        world.to_the_end(&mut world.run().await).await;
        assert_eq!(world.erasures().await.0, [], "{waits}");
        let told = world.other.erasures.lock().unwrap().clone().unwrap();
        assert!((1..=2).contains(&told.len()), "{waits}: {}", told.len());
        assert_eq!(world.other.ids().len(), ids_of(0..2).len(), "{waits}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_a_part_of_the_statements_goes_nobody_is_named_by_itself() {
    let world =
        erased(json!({"direction": "push", "filter": {"activities": ["https://x.example/"]}}))
            .await;
    *world.other.erasures.lock().unwrap() = Some(Vec::new());
    assert_eq!(world.to_the_end(&mut world.run().await).await, IDLE);
    assert_eq!(world.other.erasures.lock().unwrap().clone().unwrap(), Vec::<Value>::new());
    assert!(world.by_hand().await.unwrap().contains("a part of the statements"));
    world.pipes.tell_again("p", ERASURE).await.unwrap();
    world.to_the_end(&mut world.run().await).await;
    assert_eq!(world.other.erasures.lock().unwrap().clone().unwrap().len(), 1, "it was asked for");
}
