//! Rules on patterns of statements.

use super::*;
use store_testkit::sample::{id, put, voiding};

/// Counts the pages of statements that are asked for.
#[derive(Clone, Default)]
struct Looks(Arc<Mutex<usize>>);

#[async_trait]
impl Hook for Looks {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        *self.0.lock().unwrap() += usize::from(method == "statements");
        Ok(())
    }
}

const FAILED: &str = "http://adlnet.gov/expapi/verbs/failed";
const PASSED: &str = "http://adlnet.gov/expapi/verbs/passed";

/// A statement of a learner about an activity, at an hour of 18 November 2026.
fn said(number: u32, learner: &str, verb: &str, hour: u32) -> Value {
    json!({
        "id": id(number),
        "actor": {"mbox": format!("mailto:{learner}@x.example")},
        "verb": {"id": verb},
        "object": {"id": "https://x.example/quiz"},
        "timestamp": format!("2026-11-18T{hour:02}:00:00Z"),
    })
}

/// Failed, then passed within five hours.
fn recovered(course: Option<&str>) -> NewReaction {
    let rule = json!({
        "course": course,
        "when": {"event": "statements", "pattern": {
            "steps": [{"verbs": [FAILED]}, {"verbs": [PASSED]}],
            "within_seconds": 5 * 3600,
        }},
        "from": "2026-11-18",
        "statement": {"verb": {"id": "https://x.example/verbs/earned", "display": {"en": "earned"}}},
    });
    serde_json::from_value(rule).unwrap()
}

fn quiz(learner: &str) -> (String, String, String) {
    earned(learner, "https://x.example/quiz")
}

impl Scene {
    async fn says(&self, all: &[Value]) {
        put(&self.store, all).await;
    }

    /// What rules wrote, as actor, verb and object.
    async fn earned(&self) -> Vec<(String, String, String)> {
        let all = self.written().await.into_iter();
        all.filter(|(_, verb, _)| verb.ends_with("/earned")).collect()
    }
}

#[tokio::test]
async fn who_says_the_steps_in_time_gets_one_statement_about_what_the_last_one_is_about() {
    let scene = Scene::new().await;
    scene.reactions.put("brave", recovered(None)).await.unwrap();
    scene.says(&[said(1, "any", FAILED, 8), said(2, "u1", PASSED, 9)]).await;
    assert_eq!(scene.step().await, 0, "one has failed, the other has passed");
    scene.says(&[said(3, "any", PASSED, 10), said(4, "u1", FAILED, 11)]).await;
    assert_eq!(scene.step().await, 1);
    scene.says(&[said(5, "u1", PASSED, 17), said(6, "any", FAILED, 18)]).await;
    scene.says(&[said(7, "any", PASSED, 19)]).await;
    assert_eq!(scene.step().await, 0, "six hours are too many, and the other has it already");
    scene.says(&[said(8, "u1", PASSED, 15)]).await;
    assert_eq!(scene.step().await, 1, "a statement that comes late is looked at");
    assert_eq!(scene.earned().await, [quiz("any"), quiz("u1")]);
    let log = scene.store.log(Instant::default(), 100).await.unwrap();
    let all = log.statements.iter().map(|it| it.statement.value().unwrap());
    let cause = all.filter_map(|it| it.pointer("/context/statement/id").cloned());
    assert_eq!(cause.collect::<Vec<_>>(), [json!(id(3)), json!(id(8))]);
}

#[tokio::test]
async fn in_a_course_its_learners_count_under_all_their_identifiers() {
    let scene = Scene::new().await;
    let list = "learner,name,identifiers\nu1,Anna,mailto:u1@x.example;mailto:other@x.example\n";
    let courses = &scene.reactions.courses;
    courses.put_learners("c", list.as_bytes(), Unlisted::Stay, Run::Real).await.unwrap();
    scene.reactions.put("brave", recovered(Some("c"))).await.unwrap();
    scene.says(&[said(1, "any", FAILED, 8), said(2, "any", PASSED, 9)]).await;
    scene.says(&[said(3, "other", FAILED, 8), said(4, "u1", PASSED, 9)]).await;
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.earned().await, [quiz("u1")]);
}

#[tokio::test]
async fn what_is_voided_and_what_was_before_the_first_day_does_not_count() {
    let scene = Scene::new().await;
    let first = json!({"steps": [{"verbs": [PASSED]}]});
    let when = Trigger::Statements { pattern: serde_json::from_value(first).unwrap() };
    let mut early = said(3, "u3", PASSED, 9);
    early["timestamp"] = json!("2026-11-17T23:59:59Z");
    scene.says(&[said(1, "u1", PASSED, 9), voiding(2, 1), early]).await;
    scene.reactions.put("first", NewReaction { when, ..recovered(None) }).await.unwrap();
    assert_eq!(scene.step().await, 0);
    scene.says(&[said(4, "u1", PASSED, 10)]).await;
    assert_eq!(scene.step().await, 1);
}

#[tokio::test]
async fn a_server_that_is_killed_between_statement_and_cursor_writes_none_twice_and_leaves_none_out()
 {
    let scene = Scene::new().await;
    scene.reactions.put("brave", recovered(None)).await.unwrap();
    scene.says(&[said(1, "u1", FAILED, 8), said(2, "u1", PASSED, 9)]).await;
    for method in ["log", "statements", "put_statements", "change_document"] {
        *scene.broken.0.lock().unwrap() = Some(method);
        assert_eq!(scene.step().await, 0, "{method}");
    }
    *scene.broken.0.lock().unwrap() = None;
    scene.step().await;
    assert_eq!(scene.earned().await, [quiz("u1")]);
    let servers = (0..8).map(|_| scene.step());
    futures::future::join_all(servers).await;
    assert_eq!(scene.earned().await.len(), 1);
}

#[tokio::test]
async fn rules_that_set_each_other_off_come_to_an_end() {
    let scene = Scene::new().await;
    let rule = |when: &str, writes: &str| {
        let rule = json!({
            "when": {"event": "statements", "pattern": {"steps": [{"verbs": [when]}]}},
            "from": "2026-11-18",
            "statement": {"verb": {"id": writes}},
        });
        serde_json::from_value::<NewReaction>(rule).unwrap()
    };
    let (ping, pong) = ("https://x.example/ping", "https://x.example/pong");
    scene.reactions.put("one", rule(ping, pong)).await.unwrap();
    scene.reactions.put("two", rule(pong, ping)).await.unwrap();
    scene.reactions.put("own", rule(ping, ping)).await.unwrap();
    scene.says(&[said(1, "u1", ping, 9)]).await;
    scene.clock.pass(1);
    let mut written = 0;
    for _ in 0..10 {
        written += scene.step().await;
    }
    assert_eq!(written, 3, "each of the rules wrote once");
}

#[tokio::test]
async fn a_dry_run_reads_the_past_and_writes_nothing() {
    let scene = Scene::new().await;
    scene.says(&[said(1, "u1", FAILED, 8), said(2, "u1", PASSED, 9)]).await;
    scene.says(&[said(3, "u2", FAILED, 8), said(4, "u1", PASSED, 10)]).await;
    let would = scene.reactions.dry_run("brave", recovered(None)).await.unwrap();
    assert_eq!((would.learners, would.through), (1, None));
    assert_eq!(would.named, ["mbox::mailto:u1@x.example"]);
    assert_eq!(would.example.unwrap()["object"]["id"], "https://x.example/quiz");
    assert!(scene.earned().await.is_empty() && scene.reactions.list().await.unwrap().is_empty());
    let later = NewReaction { from: Some(Date::constant(2026, 11, 19)), ..recovered(None) };
    assert_eq!(scene.reactions.dry_run("brave", later).await.unwrap().learners, 0);
}

#[tokio::test]
async fn a_pattern_of_nothing_and_progress_without_a_course_are_refused() {
    let scene = Scene::new().await;
    let when = Trigger::Statements { pattern: Pattern::default() };
    let refused = scene.reactions.put("a", NewReaction { when, ..recovered(None) }).await;
    assert!(matches!(refused, Err(ReactionError::Pattern(_))), "{refused:?}");
    let refused = scene.reactions.put("a", NewReaction { course: None, ..module("m") }).await;
    assert!(matches!(refused, Err(ReactionError::NoCourse)), "{refused:?}");
}

#[tokio::test]
async fn an_erased_actor_gets_nothing() {
    let scene = Scene::new().await;
    let erased = |number, verb| {
        let mut erased = said(number, "x", verb, 9);
        erased["actor"] =
            json!({"account": {"homePage": "https://erased.invalid", "name": "erased-1"}});
        erased
    };
    scene.says(&[erased(1, FAILED), erased(2, PASSED)]).await;
    scene.reactions.put("brave", recovered(None)).await.unwrap();
    assert_eq!(scene.step().await, 0);
}

/// Who says the first step again and again costs the rule one look for a page of the log, and other learners do not wait.
#[tokio::test]
async fn of_a_learner_who_says_a_step_often_the_statements_are_looked_at_once() {
    let scene = Scene::new().await;
    let looks = Looks::default();
    let mut reactions = scene.reactions.clone();
    reactions.store = Around::new(Arc::clone(&scene.store), looks.clone());
    reactions.put("brave", recovered(None)).await.unwrap();
    let often: Vec<Value> = (1..50).map(|n| said(n, "u1", FAILED, 8)).collect();
    scene.says(&often).await;
    scene.says(&[said(200, "u2", FAILED, 8), said(201, "u2", PASSED, 9)]).await;
    assert_eq!(Reactor::new(reactions).step().await.unwrap(), 1);
    assert_eq!(scene.earned().await, [quiz("u2")]);
    // A page for each of the two verbs of each of the two learners.
    assert_eq!(*looks.0.lock().unwrap(), 4);
}

#[tokio::test]
async fn what_a_learner_said_is_looked_at_up_to_a_number_of_bytes() {
    let scene = Scene::new().await;
    scene.reactions.put("brave", recovered(None)).await.unwrap();
    scene.says(&[said(1, "u1", FAILED, 8)]).await;
    let long = "x".repeat(1 << 20);
    for number in 2..8 {
        let mut heavy = said(number, "u1", "https://x.example/verbs/seen", 9);
        heavy["verb"] = json!({"id": FAILED});
        heavy["timestamp"] = json!("2026-11-18T20:00:00Z");
        heavy["result"] = json!({"response": long});
        scene.says(&[heavy]).await;
    }
    scene.says(&[said(9, "u1", PASSED, 10)]).await;
    assert_eq!(scene.step().await, 0, "the first is beyond what is looked at");
}

/// What [`heavy`] takes of memory once it is read, at least.
const HEAVY: usize = 400_000 * size_of::<Value>();

/// A statement of less than a megabyte that takes many once it is read.
fn heavy(number: u32, learner: &str, verb: &str, hour: u32) -> Value {
    let mut said = said(number, learner, verb, hour);
    said["context"] = json!({"extensions": {"https://e.example/e": vec![0; 400_000]}});
    said
}

/// A rule on one statement.
fn at_once() -> NewReaction {
    let first = json!({"steps": [{"verbs": [PASSED]}]});
    let when = Trigger::Statements { pattern: serde_json::from_value(first).unwrap() };
    NewReaction { when, ..recovered(None) }
}

#[tokio::test]
async fn what_large_statements_say_is_taken_from_the_budget_and_a_rule_waits_for_it() {
    let mut scene = Scene::new().await;
    scene.reactions.memory = Memory::new(8 * HEAVY);
    scene.reactions.put("first", at_once()).await.unwrap();
    scene.says(&[heavy(1, "u1", PASSED, 9), heavy(2, "u2", PASSED, 9)]).await;
    let others = scene.reactions.memory.reserve(6 * HEAVY).unwrap();
    assert_eq!(scene.step().await, 0);
    let fault = scene.reactions.get("first").await.unwrap().fault.unwrap();
    assert!(fault.contains("more than what is left"), "{fault}");
    drop(others);
    assert_eq!(scene.step().await, 2);
    assert_eq!(scene.reactions.get("first").await.unwrap().fault, None);
    assert_eq!(scene.earned().await, [quiz("u1"), quiz("u2")]);
    assert_eq!(scene.reactions.memory.held(), 0);
}

#[tokio::test]
async fn a_statement_that_takes_more_than_there_is_keeps_no_rule_from_going_on() {
    let mut scene = Scene::new().await;
    scene.reactions.memory = Memory::new(HEAVY);
    scene.reactions.put("first", at_once()).await.unwrap();
    scene.says(&[heavy(1, "u1", PASSED, 9), said(2, "u2", PASSED, 9)]).await;
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.earned().await, [quiz("u2")]);
}

#[tokio::test]
async fn what_a_learner_said_before_is_taken_from_the_budget_as_well() {
    let mut scene = Scene::new().await;
    scene.reactions.memory = Memory::new(4 * HEAVY);
    scene.reactions.put("brave", recovered(None)).await.unwrap();
    scene.says(&[heavy(1, "u1", FAILED, 8)]).await;
    assert_eq!(scene.step().await, 0);
    scene.says(&[said(2, "u1", PASSED, 9)]).await;
    let others = scene.reactions.memory.reserve(3 * HEAVY + HEAVY / 2).unwrap();
    assert_eq!(scene.step().await, 0);
    assert!(scene.reactions.get("brave").await.unwrap().fault.is_some());
    drop(others);
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.earned().await, [quiz("u1")]);
}
