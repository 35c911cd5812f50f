//! What becomes of statements that are sent.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::push::outgoing;
use super::super::run::Next;
use super::super::supervisor;
use super::super::{Hidden, NewPipe, PipeError, PipeSettings};
use super::scripted::{AT, Turn, Waiting, World, cut_off};
use crate::record::statements::prepare_all;
use store::Store;
use store_testkit::around::Around;
use store_testkit::clock::TurnedClock;
use store_testkit::failing::Failing;
use store_testkit::memory::MemoryStore;
use store_testkit::sample::{id, ids_of, log, put, statement, voiding, with};
use xapi::authority::Authority;
use xapi::instant::Instant;

fn push() -> Value {
    json!({"direction": "push"})
}

async fn with_statements(count: u32, settings: Value) -> World {
    let world = World::new(settings).await;
    put(&world.store, &(0..count).map(statement).collect::<Vec<_>>()).await;
    world
}

fn texts(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    ids_of(numbers).into_iter().map(|it| it.to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn statements_arrive_once_in_the_order_of_the_log_under_their_ids() {
    let world = with_statements(1_203, push()).await;
    let mut run = world.run().await;
    assert_eq!(world.to_the_end(&mut run).await, Next::Idle(Duration::ZERO));
    assert_eq!(world.other.ids(), texts(0..1_203));
    assert_eq!(world.other.requests(), 3, "500 at a time");
    let shown = world.shown().await;
    assert_eq!(
        (shown.state.delivered, shown.lag.statements, shown.lag.seconds),
        (1_203, Some(0), Some(0))
    );
    let first = world.other.kept.lock().unwrap()[0].clone();
    assert_eq!((first.get("authority"), first.get("stored")), (None, None));
    assert!(first["timestamp"].is_string());
    put(&world.store, &[statement(5_000)]).await;
    assert_eq!(world.to_the_end(&mut run).await, Next::Idle(Duration::ZERO));
    assert_eq!(world.other.ids().len(), 1_204);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_asked_again_until_it_works() {
    let world = with_statements(3, push()).await;
    world.other.then(&[
        Turn::Answer(500, "oops", None),
        Turn::Answer(503, "", None),
        Turn::Answer(408, "", None),
        Turn::Answer(425, "", None),
        Turn::Answer(200, "<html>welcome</html>", None),
        Turn::Answer(200, "", None),
        Turn::Broken,
        Turn::Silence,
        Turn::Lost,
    ]);
    let mut run = world.run().await;
    for failure in 1..=9 {
        let Next::Later(wait) = world.to_the_end(&mut run).await else { panic!("{failure}") };
        assert!(wait >= Duration::from_secs(1) && wait <= Duration::from_mins(15), "{wait:?}");
        let state = world.shown().await.state;
        assert_eq!((state.attempts, state.cursor), (failure, 0), "the cursor stays");
        assert!(!state.last.unwrap().is_good && state.retry_at.is_some() && state.paused.is_none());
    }
    assert_eq!(world.to_the_end(&mut run).await, Next::Idle(Duration::ZERO));
    assert_eq!(world.other.ids(), texts(0..3), "nothing is there twice");
    let state = world.shown().await.state;
    assert_eq!((state.attempts, state.retry_at, state.delivered), (0, None, 3));
}

#[tokio::test(start_paused = true)]
async fn a_store_is_left_alone_for_as_long_as_it_asks() {
    let world = with_statements(1, push()).await;
    world.other.then(&[Turn::Answer(429, "slow down", Some("3600"))]);
    let mut run = world.run().await;
    assert_eq!(world.to_the_end(&mut run).await, Next::Later(Duration::from_hours(1)));
    let state = world.shown().await.state;
    assert_eq!(state.retry_at, Some(AT + 3_600_000_000));
    assert_eq!(state.last.unwrap().status, 429);
}

#[tokio::test(start_paused = true)]
async fn a_rest_that_was_asked_for_is_kept_after_a_restart() {
    let world = with_statements(1, push()).await;
    world.other.then(&[Turn::Answer(503, "", Some("600"))]);
    world.to_the_end(&mut world.run().await).await;
    let held = world.store.pipe("p").await.unwrap().unwrap();
    let begun = tokio::time::Instant::now();
    let working = tokio::spawn(supervisor::work(world.works.clone(), held));
    while world.other.ids().is_empty() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(begun.elapsed() >= Duration::from_mins(10), "{:?}", begun.elapsed());
    working.abort();
}

#[tokio::test(start_paused = true)]
async fn credentials_and_addresses_that_are_wrong_stop_the_pipe_and_say_so() {
    for status in [401, 403, 404, 302] {
        let world = with_statements(1, push()).await;
        world.other.then(&[Turn::Answer(status, "no", None)]);
        let mut run = world.run().await;
        assert_eq!(world.to_the_end(&mut run).await, Next::Rest, "{status}");
        let pause = world.shown().await.state.paused.unwrap();
        assert!(pause.is_alarm && pause.reason.contains(&status.to_string()), "{pause:?}");
        assert_eq!(
            world.to_the_end(&mut world.run().await).await,
            Next::Rest,
            "also after a restart"
        );
        assert_eq!(world.other.requests(), 1);
        world.pipes.resume("p").await.unwrap();
        world.to_the_end(&mut world.run().await).await;
        assert_eq!(world.other.ids(), texts(0..1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_statement_is_a_dead_letter_and_its_neighbours_arrive() {
    for (status, names) in [(400, true), (400, false), (409, true), (409, false)] {
        let world = with_statements(40, push()).await;
        *world.other.names.lock().unwrap() = names;
        world.other.refuses.lock().unwrap().extend([(id(7), status), (id(31), status)]);
        world.to_the_end(&mut world.run().await).await;
        assert_eq!(
            world.other.ids(),
            texts((0..40).filter(|n| *n != 7 && *n != 31)),
            "{status} {names}"
        );
        assert_eq!(world.dead().await, [(id(7), status), (id(31), status)]);
        assert_eq!(world.shown().await.state.delivered, 38);
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_is_compared_with_what_is_there() {
    let world = with_statements(2, push()).await;
    let same = log(&world.store).await[0].statement.value().unwrap();
    let differs = with(statement(1), "verb", json!({"id": "https://v.example/other"}));
    world.other.kept.lock().unwrap().extend([same, differs]);
    world.other.refuses.lock().unwrap().extend([(id(0), 409), (id(1), 409)]);
    world.to_the_end(&mut world.run().await).await;
    assert_eq!(world.dead().await, [(id(1), 409)], "an equal one is delivered");
    let letter = world.store.dead_letter("p", id(1)).await.unwrap().unwrap();
    assert!(letter.body.starts_with("differs at /verb/id"), "{}", letter.body);
}

#[tokio::test(start_paused = true)]
async fn a_conflict_that_cannot_be_compared_now_is_looked_at_again_and_given_up_by_nobody() {
    for turn in [Turn::Answer(503, "", None), Turn::Answer(429, "", Some("9")), Turn::Broken] {
        let world = with_statements(1, push()).await;
        let same = log(&world.store).await[0].statement.value().unwrap();
        world.other.kept.lock().unwrap().push(same);
        world.other.refuses.lock().unwrap().push((id(0), 409));
        world.other.then(&[Turn::Answer(409, "no", None), turn]);
        let mut run = world.run().await;
        assert!(matches!(world.to_the_end(&mut run).await, Next::Later(_)));
        assert_eq!(world.to_the_end(&mut run).await, Next::Idle(Duration::ZERO));
        assert_eq!((world.dead().await, world.shown().await.state.delivered), (Vec::new(), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_too_large_is_halved() {
    let world = with_statements(50, push()).await;
    *world.other.most.lock().unwrap() = 3;
    world.to_the_end(&mut world.run().await).await;
    assert_eq!(world.other.ids(), texts(0..50));
    world.other.then(&[Turn::Answer(413, "even this one", None)]);
    put(&world.store, &[statement(60)]).await;
    world.to_the_end(&mut world.run().await).await;
    assert_eq!(world.dead().await, [(id(60), 413)]);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_ends_between_answer_and_cursor_loses_and_doubles_nothing() {
    let clock = TurnedClock::at(Instant::from_micros(AT));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let failing = Failing::over(Arc::clone(&store));
    let world = World::over(failing.clone(), clock, push()).await;
    put(&store, &(0..7).map(statement).collect::<Vec<_>>()).await;
    *world.other.names.lock().unwrap() = true;
    world.other.refuses.lock().unwrap().push((id(3), 400));
    for step in ["log", "keep_dead_letters", "count_dead_letters", "change_pipe"] {
        failing.fail(&[step]);
        // Each time the process begins anew with what is kept.
        assert!(matches!(world.to_the_end(&mut world.run().await).await, Next::Later(_)), "{step}");
        failing.fail(&[]);
        assert_eq!(world.record().await.state.cursor, 0, "{step}");
    }
    world.to_the_end(&mut world.run().await).await;
    let mut there = world.other.ids();
    there.sort();
    let mut expected = texts([0, 1, 2, 4, 5, 6]);
    expected.sort();
    assert_eq!(there, expected);
    assert_eq!(world.dead().await, [(id(3), 400)], "once");
}

#[tokio::test(start_paused = true)]
async fn a_step_that_is_cut_off_anywhere_loses_and_doubles_nothing() {
    for waits in 0..60 {
        let clock = TurnedClock::at(Instant::from_micros(AT));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let waiting: Arc<dyn Store> = Around::new(Arc::clone(&store), Waiting);
        let world = World::over(waiting, clock, push()).await;
        put(&store, &(0..9).map(statement).collect::<Vec<_>>()).await;
        *world.other.names.lock().unwrap() = true;
        world.other.refuses.lock().unwrap().push((id(4), 409));
        let mut run = world.run().await;
        cut_off(world.to_the_end(&mut run), waits).await;
        world.to_the_end(&mut world.run().await).await;
        let mut there = world.other.ids();
        there.sort();
        let mut expected = texts((0..9).filter(|n| *n != 4));
        expected.sort();
        assert_eq!(there, expected, "{waits}");
        assert_eq!(world.dead().await, [(id(4), 409)], "{waits}");
        assert_eq!(world.shown().await.lag.statements, Some(0), "{waits}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_processes_that_run_one_pipe_one_goes_on() {
    let world = with_statements(3, push()).await;
    let (mut one, mut other) = (world.run().await, world.run().await);
    assert_eq!(world.to_the_end(&mut one).await, Next::Idle(Duration::ZERO));
    assert_eq!(world.to_the_end(&mut other).await, Next::Overtaken);
    assert_eq!(world.other.ids(), texts(0..3));
    assert_eq!(world.shown().await.state.delivered, 3);
}

#[tokio::test(start_paused = true)]
async fn what_people_change_meanwhile_is_not_undone() {
    let world = with_statements(3, push()).await;
    let mut run = world.run().await;
    assert_eq!(run.step().await, Next::More);
    world.pipes.pause("p").await.unwrap();
    assert_eq!(world.to_the_end(&mut run).await, Next::Overtaken);
    let shown = world.shown().await;
    assert!(shown.state.paused.is_some() && shown.state.cursor == 0);
    assert_eq!(shown.lag.statements, Some(3));
}

#[tokio::test(start_paused = true)]
async fn a_filter_passes_statements_and_the_cursor_goes_on() {
    let filter = json!({"direction": "push", "filter": {"verbs": ["https://v.example/rare"]}});
    let world = World::new(filter).await;
    let rare = with(statement(2), "verb", json!({"id": "https://v.example/rare"}));
    put(&world.store, &[statement(0), statement(1), rare, voiding(3, 0), statement(4)]).await;
    world.to_the_end(&mut world.run().await).await;
    assert_eq!(world.other.ids(), texts([2, 3]));
    assert_eq!(world.shown().await.lag.statements, Some(0));
}

#[tokio::test(start_paused = true)]
async fn a_copy_has_a_new_id_and_what_voids_names_the_copy() {
    let world = World::new(json!({"direction": "push", "mapping": "pseudonymised"})).await;
    put(&world.store, &[statement(0), voiding(1, 0)]).await;
    world.to_the_end(&mut world.run().await).await;
    let kept = world.other.kept.lock().unwrap().clone();
    let namespace = world.record().await.namespace;
    let new = |n: u32| uuid::Uuid::new_v5(&namespace, id(n).to_string().as_bytes()).to_string();
    assert_eq!(kept[0]["id"], new(0));
    assert_eq!(kept[1]["object"]["id"], new(0));
    assert!(kept[0]["actor"]["mbox"].is_null(), "{}", kept[0]);
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_is_retried_or_dropped() {
    let world = with_statements(3, push()).await;
    world.other.refuses.lock().unwrap().extend([(id(0), 400), (id(2), 400)]);
    world.to_the_end(&mut world.run().await).await;
    assert_eq!(world.pipes.retry("p", id(0)).await.unwrap().unwrap().status, 400, "still");
    world.other.refuses.lock().unwrap().clear();
    assert_eq!(world.pipes.retry("p", id(0)).await.unwrap(), None);
    world.pipes.drop_letter("p", id(2)).await.unwrap();
    assert!(matches!(world.pipes.drop_letter("p", id(2)).await, Err(PipeError::NoLetter(_))));
    assert_eq!(world.dead().await, []);
    assert_eq!(world.other.ids(), texts([1, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_replay_sends_again_what_is_there_already() {
    let world = with_statements(4, push()).await;
    world.to_the_end(&mut world.run().await).await;
    world.pipes.replay("p", Instant::default()).await.unwrap();
    assert_eq!(world.shown().await.lag.statements, Some(4));
    world.to_the_end(&mut world.run().await).await;
    assert_eq!((world.other.ids().len(), world.other.requests()), (4, 2));
    let refused = world.pipes.replay("p", Instant::from_micros(AT + 3_600_000_000)).await;
    assert!(
        matches!(refused, Err(PipeError::Setting { setting: "from", .. })),
        "what is stored in the hour to come would never travel: {refused:?}"
    );
}

/// As a dead letter: what is passed over in silence is lost.
#[tokio::test(start_paused = true)]
async fn a_statement_that_cannot_be_read_is_told_and_its_neighbours_travel() {
    let filter = json!({"direction": "push", "filter": {"verbs": ["https://v.example/did"]}});
    let world = World::new(filter).await;
    put(&world.store, &[statement(0), statement(1)]).await;
    let mut all = log(&world.store).await;
    all[0].statement.body = "{".into();
    let run = world.run().await;
    let made = outgoing(all, &run.passing, &run.mapped, false);
    let sent: Vec<_> = made.statements.iter().map(|it| it.sent).collect();
    let unreadable: Vec<_> = made.unreadable.iter().map(|((id, _), _)| *id).collect();
    assert_eq!((sent, unreadable), (ids_of(1..2), ids_of(0..1)));
}

#[tokio::test(start_paused = true)]
async fn a_rest_that_one_address_asked_for_ends_with_another_address() {
    let world = with_statements(1, push()).await;
    world.other.then(&[Turn::Answer(503, "", Some("86400"))]);
    world.to_the_end(&mut world.run().await).await;
    let change = async |url: &str| {
        let settings = PipeSettings { url: url.into(), ..world.record().await.settings };
        let new = NewPipe { settings, password: Some(Hidden("hush".into())), secret: None };
        world.pipes.change("p", new).await.unwrap().state
    };
    assert!(change("https://other.example/lrs").await.retry_at.is_some(), "it is one server");
    let state = change("https://another.example/xapi").await;
    assert_eq!((state.retry_at, state.attempts), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn the_process_that_leads_runs_pipes_until_they_are_paused_or_removed() {
    let world = with_statements(3, push()).await;
    let running = tokio::spawn(world.pipes.clone().keep_running());
    while world.other.ids().len() < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    world.pipes.pause("p").await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    put(&world.store, &[statement(9)]).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(world.other.ids().len(), 3, "it rests");
    world.pipes.resume("p").await.unwrap();
    while world.other.ids().len() < 4 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    world.pipes.remove("p").await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    put(&world.store, &[statement(10)]).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(world.other.ids().len(), 4, "it is gone");
    drop(world);
    tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_pipe_whose_course_is_gone_stops_and_says_so() {
    let world = with_statements(1, push()).await;
    let held = world.store.pipe("p").await.unwrap().unwrap();
    let mut record = world.record().await;
    record.settings.filter.course = Some("gone".into());
    let text = serde_json::to_string(&record).unwrap();
    world.store.change_pipe("p", &text, held.revision).await.unwrap();
    let held = world.store.pipe("p").await.unwrap().unwrap();
    supervisor::work(world.works.clone(), held).await;
    let pause = world.shown().await.state.paused.unwrap();
    assert!(pause.is_alarm && pause.reason.contains("`gone`"), "{pause:?}");
    assert_eq!(world.other.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_key_of_whose_statements_too_many_are_refused_is_held_back_and_other_keys_are_not() {
    let world = World::new(push()).await;
    let says = async |key: &str, n: u32| {
        let text = statement(n).to_string();
        let checked = validator::check(text.as_bytes(), validator::Version::V1_0_3).unwrap();
        let authority = Authority::of_key(key, "https://lrs.example");
        let batch = prepare_all(vec![checked], Vec::new(), &authority).unwrap();
        world.store.put_statements(batch).await.unwrap();
    };
    let is_good = |n: &u32| n.is_multiple_of(3);
    for n in 0..60 {
        says(if is_good(&n) { "good" } else { "bad" }, n).await;
    }
    let bad = || (0..60).filter(|n| !is_good(n));
    world.other.refuses.lock().unwrap().extend(bad().map(|n| (id(n), 400)));
    *world.other.names.lock().unwrap() = true;
    assert_eq!(world.to_the_end(&mut world.run().await).await, Next::Idle(Duration::ZERO));
    assert_eq!(world.other.ids(), texts((0..60).filter(is_good)));
    let letters: Vec<u32> = bad().take(11).collect();
    let dead: Vec<_> = letters.iter().map(|n| (id(*n), 400)).collect();
    assert_eq!(world.dead().await, dead, "one more than is borne");
    let state = world.shown().await.state;
    assert_eq!(state.paused, None);
    let told = state.told_held_back().unwrap();
    assert!(told.contains("`bad` since 2026-"), "{told}");

    // As a process that begins anew has it.
    says("bad", 60).await;
    says("good", 61).await;
    let before = world.other.requests();
    world.to_the_end(&mut world.run().await).await;
    assert_eq!((world.other.requests(), world.other.ids().len()), (before + 1, 21));

    world.other.refuses.lock().unwrap().clear();
    world.pipes.resume("p").await.unwrap();
    world.to_the_end(&mut world.run().await).await;
    let mut there = world.other.ids();
    there.sort_unstable();
    let mut all = texts((0..62).filter(|n| !letters.contains(n)));
    all.sort_unstable();
    assert_eq!(
        there, all,
        "nothing was left out that is no dead letter, and nothing is there twice"
    );
    let state = world.shown().await.state;
    assert_eq!((state.told_held_back(), state.cursor > 0), (None, true));
}

#[tokio::test(start_paused = true)]
async fn what_people_have_dealt_with_holds_no_key_back() {
    let world = with_statements(10, push()).await;
    world.other.refuses.lock().unwrap().extend((0..21).map(|n| (id(n), 400)));
    world.to_the_end(&mut world.run().await).await;
    for n in 0..10 {
        world.pipes.drop_letter("p", id(n)).await.unwrap();
    }
    let refused = async |numbers: std::ops::Range<u32>| {
        put(&world.store, &numbers.map(statement).collect::<Vec<_>>()).await;
        world.to_the_end(&mut world.run().await).await;
        (world.dead().await.len(), world.shown().await.state.told_held_back().is_some())
    };
    assert_eq!(refused(10..20).await, (10, false));
    assert_eq!(refused(20..21).await, (11, true));
}
