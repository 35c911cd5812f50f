//! What becomes of statements that are delivered as signed events.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::run::Next;
use super::super::{MOST_FAILURES, PipeError};
use super::scripted::{AT, Turn, Waiting, World, cut_off};
use store::Store;
use store_testkit::around::Around;
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::sample::{id, put, statement};
use xapi::instant::Instant;

/// A webhook that begins with the oldest statement.
fn hook() -> Value {
    json!({"direction": "webhook", "url": "https://crm.example/hook?of=me",
        "filter": {"since": "2020-01-01T00:00:00Z"}})
}

async fn with_statements(count: u32) -> World {
    let world = World::new(hook()).await;
    put(&world.store, &(0..count).map(statement).collect::<Vec<_>>()).await;
    world
}

fn texts(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|it| id(it).to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn each_statement_is_one_event_with_the_statement_as_it_is_kept() {
    let world = with_statements(3).await;
    assert_eq!(world.to_the_end(&mut world.run().await).await, Next::Idle(Duration::ZERO));
    assert_eq!(world.other.ids(), texts(0..3));
    let asked = world.other.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 3);
    let header = |name: &str| &asked[1].headers.iter().find(|(of, _)| *of == name).unwrap().1;
    assert_eq!(*header("webhook-id"), id(1).to_string());
    assert_eq!(*header("webhook-timestamp"), (AT / 1_000_000).to_string());
    assert!(header("webhook-signature").starts_with("v1,"));
    assert_eq!(asked[1].url.as_str(), "https://crm.example/hook?of=me");
    let (kind, body) = asked[1].body.as_ref().unwrap();
    let event: Value = serde_json::from_slice(body).unwrap();
    assert_eq!((kind.as_str(), &event["type"]), ("application/json", &json!("statement")));
    assert!(event["data"]["stored"] == event["timestamp"] && event["timestamp"].is_string());
    assert_eq!(world.shown().await.state.delivered, 3);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_begins_with_the_next_statement_where_nothing_else_is_set() {
    let mut settings = hook();
    settings["filter"] = json!({});
    let world = World::new(settings).await;
    assert_eq!(world.shown().await.state.cursor, AT);
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_shown_once_and_rotates() {
    let world = with_statements(1).await;
    assert_eq!(world.shown().await.made_secret, None);
    let first = world.record().await.signing.secret;
    let made = world.pipes.rotate("p").await.unwrap().made_secret.unwrap();
    assert!(made.0.starts_with("whsec_") && made != first);
    world.to_the_end(&mut world.run().await).await;
    let asked = world.other.asked.lock().unwrap().clone();
    let signatures = &asked[0].headers[2].1;
    assert_eq!(signatures.matches("v1,").count(), 2, "{signatures}");
    let push = World::new(json!({"direction": "push"})).await;
    let refused = push.pipes.rotate("p").await;
    assert!(matches!(refused, Err(PipeError::Setting { setting: "direction", .. })));
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_away_is_asked_again_for_ever() {
    let world = with_statements(2).await;
    let away = [502, 503, 504, 429, 408].map(|status| Turn::Answer(status, "", None));
    for _ in 0..10 {
        world.other.then(&away);
        world.other.then(&[Turn::Broken, Turn::Silence, Turn::Lost]);
    }
    let mut run = world.run().await;
    for failure in 0..80 {
        assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)), "{failure}");
    }
    assert_eq!(world.to_the_end(&mut run).await, Next::Idle(Duration::ZERO));
    assert_eq!((world.other.ids(), world.dead().await), (texts(0..2), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn a_statement_with_which_the_receiver_fails_again_and_again_is_a_dead_letter() {
    let world = with_statements(2).await;
    let fails = vec![Turn::Answer(500, "boom", None); MOST_FAILURES as usize];
    world.other.then(&fails);
    let mut run = world.run().await;
    for failure in 1..MOST_FAILURES {
        assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)), "{failure}");
    }
    assert_eq!(world.to_the_end(&mut run).await, Next::Idle(Duration::ZERO));
    assert_eq!((world.other.ids(), world.dead().await), (texts(1..2), vec![(id(0), 500)]));
    assert_eq!(world.pipes.retry("p", id(0)).await.unwrap(), None, "it is delivered again");
    assert_eq!(world.other.ids(), texts([1, 0]));
}

#[tokio::test(start_paused = true)]
async fn what_the_receiver_refuses_is_a_dead_letter_and_what_a_person_must_mend_stops_it() {
    for status in [400, 409, 413, 422] {
        let world = with_statements(2).await;
        world.other.then(&[Turn::Answer(status, "no", None)]);
        world.to_the_end(&mut world.run().await).await;
        assert_eq!(world.dead().await, [(id(0), status)]);
        assert_eq!(world.other.ids(), texts(1..2), "{status}");
    }
    for status in [301, 401, 403, 404, 410] {
        let world = with_statements(1).await;
        world.other.then(&[Turn::Answer(status, "no", None)]);
        assert_eq!(world.to_the_end(&mut world.run().await).await, Next::Rest, "{status}");
        let pause = world.shown().await.state.paused.unwrap();
        assert!(pause.is_alarm && pause.reason.contains(&status.to_string()), "{pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_is_cut_off_anywhere_loses_nothing() {
    for waits in 0..40 {
        let clock = TurnedClock::at(Instant::from_micros(AT));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let waiting: Arc<dyn Store> = Around::new(Arc::clone(&store), Waiting);
        let world = World::over(waiting, clock, hook()).await;
        put(&store, &(0..4).map(statement).collect::<Vec<_>>()).await;
        let mut run = world.run().await;
        cut_off(world.to_the_end(&mut run), waits).await;
        world.to_the_end(&mut world.run().await).await;
        assert_eq!(world.other.ids(), texts(0..4), "{waits}");
        assert!(
            world.other.requests() <= 5,
            "{waits}: at most the one that was cut off is sent again"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_test_sends_a_signed_event_of_no_statement() {
    let world = with_statements(1).await;
    let tested = world.pipes.test("p").await.unwrap();
    assert!(tested.is_good && tested.checks.len() == 1, "{tested:?}");
    assert_eq!((world.other.requests(), world.other.ids().len()), (1, 0));
    world.other.then(&[Turn::Answer(500, "boom", None)]);
    assert!(!world.pipes.test("p").await.unwrap().is_good);
}
