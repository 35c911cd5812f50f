use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use course::{ActorProgress, Course, Evidence, Unlisted};
use serde_json::{Value, json};
use store::{Followed, ProgressDocument, Store, Unnamed};
use store_testkit::around::{Around, Hook};
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use tokio::sync::mpsc;
use xapi::clock::Clock;
use xapi::instant::Instant;

use super::*;
use crate::progress::Run;

mod patterns;

/// 18 November 2026.
const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);

const COURSE: &str = "id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'UTC'\nat_risk_days = 30\n\
    [certificate]\nmodules = ['m']\n\
    [[module]]\nid = 'm'\ntitle = { it = 'M' }\ncomplete_when = 'all'\n\
    [[module.activity]]\nkey = 'a'\nid = 'https://x.example/a'\n\
    [[module]]\nid = 'n'\ntitle = { it = 'N' }\ncomplete_when = 'all'\n\
    [[module.activity]]\nkey = 'b'\nid = 'https://x.example/b'\n";

/// Refuses the calls of one method.
#[derive(Clone, Default)]
struct Broken(Arc<Mutex<Option<&'static str>>>);

#[async_trait]
impl Hook for Broken {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        match *self.0.lock().unwrap() {
            Some(broken) if broken == method => Err(StoreError::Unavailable("killed".into())),
            _ => Ok(()),
        }
    }
}

struct Scene {
    reactions: Reactions,
    store: Arc<dyn Store>,
    course: Course,
    broken: Broken,
    clock: Arc<TurnedClock>,
}

impl Scene {
    async fn new() -> Self {
        let turned = Arc::new(TurnedClock::at(NOW));
        let clock: Arc<dyn Clock> = Arc::clone(&turned) as _;
        let broken = Broken::default();
        let memory = Arc::new(MemoryStore::new(Arc::clone(&clock)));
        let store: Arc<dyn Store> = Around::new(memory, broken.clone());
        // Nothing follows the log: the journals are what a test says.
        let (commands, _) = mpsc::channel(8);
        let record = Record::new(Arc::clone(&store), Arc::clone(&clock));
        let (url, memory) = ("https://lrs.example", Memory::new(1 << 30));
        let (of, at) = (Arc::clone(&store), Arc::clone(&clock));
        let courses = CourseService::new(of, at, record.clone(), commands, url, [7; 32], &memory);
        courses.put_course("c", COURSE, Run::Real).await.unwrap();
        let list = "learner,name,identifiers\nu1,Anna,mailto:u1@x.example\nu2,Ugo,mailto:u2@x.example\n\
            u3,Ivo,mailto:u3@x.example\n";
        courses.put_learners("c", list.as_bytes(), Unlisted::Stay, Run::Real).await.unwrap();
        let course = Course::parse(COURSE).unwrap();
        let reactions = Reactions::new(Arc::clone(&store), clock, record, courses, &memory, url);
        Self { reactions, store, course, broken, clock: turned }
    }

    /// A learner has completed these activities, each on a day of 2026.
    async fn completes(&self, learner: &str, what: &[(&str, &str)]) {
        let said = |(stored, (object, day)): (i64, &(&str, &str))| {
            let statement = json!({
                "actor": {"mbox": format!("mailto:{learner}@x.example")},
                "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
                "object": {"id": format!("https://x.example/{object}")},
                "timestamp": format!("2026-{day}T10:00:00Z"),
            });
            Evidence::read(&statement, &format!("s{stored}"), stored).unwrap()
        };
        let history: Vec<Evidence> = (0..).zip(what).map(said).collect();
        let progress = ActorProgress::rebuild(&self.course, &history);
        let document = ProgressDocument {
            actor: format!("mbox::mailto:{learner}@x.example"),
            body: serde_json::to_vec(&progress).unwrap().into(),
        };
        let known = self.store.watermark("c").await.unwrap();
        let reading = self.store.course("c").await.unwrap().unwrap().reading;
        let followed = Followed { reading, ..known.followed };
        let put =
            self.store.put_progress("c", known.version, followed, vec![document], Unnamed::Stay);
        put.await.unwrap().unwrap();
    }

    /// What a server that was started just now writes.
    async fn step(&self) -> u64 {
        Reactor::new(self.reactions.clone()).step().await.unwrap()
    }

    /// The statements that were written, as actor, verb and object.
    async fn written(&self) -> Vec<(String, String, String)> {
        let log = self.store.log(Instant::default(), 100).await.unwrap();
        let text =
            |value: &Value, at: &str| value.pointer(at).unwrap().as_str().unwrap().to_owned();
        let statement = |kept: Value| {
            (text(&kept, "/actor/mbox"), text(&kept, "/verb/id"), text(&kept, "/object/id"))
        };
        log.statements.iter().map(|it| statement(it.statement.value().unwrap())).collect()
    }
}

fn rule(when: &Value) -> NewReaction {
    let rule = json!({
        "course": "c",
        "when": when,
        "from": "2026-03-01",
        "statement": {"verb": {"id": "https://x.example/verbs/earned", "display": {"en": "earned"}}},
    });
    serde_json::from_value(rule).unwrap()
}

fn module(module: &str) -> NewReaction {
    rule(&json!({"event": "module-completed", "module": module}))
}

fn earned(learner: &str, object: &str) -> (String, String, String) {
    let iri = object.to_owned();
    (format!("mailto:{learner}@x.example"), "https://x.example/verbs/earned".to_owned(), iri)
}

#[tokio::test]
async fn each_learner_who_completes_a_module_gets_one_statement() {
    let scene = Scene::new().await;
    let iri = format!("{}/modules/m", scene.course.outline().iri);
    scene.completes("u3", &[("a", "02-27")]).await;
    let reaction = scene.reactions.put("badge", module("m")).await.unwrap();
    assert_eq!((reaction.revision, reaction.written), (1, 0));
    assert_eq!(scene.step().await, 0, "of the third it was before the first day that counts");
    scene.completes("u1", &[("a", "05-04")]).await;
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.step().await, 0);
    scene.completes("u1", &[("a", "05-04"), ("b", "05-05")]).await;
    scene.completes("u2", &[("b", "05-05")]).await;
    assert_eq!(scene.step().await, 0, "one has it, the other has completed another module");
    scene.completes("u2", &[("a", "05-06"), ("b", "05-05")]).await;
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.written().await, [earned("u1", &iri), earned("u2", &iri)]);
    let reaction = scene.reactions.get("badge").await.unwrap();
    assert_eq!((reaction.written, reaction.fault), (2, None));
}

#[tokio::test]
async fn a_server_that_is_killed_between_the_statement_and_its_note_writes_none_twice() {
    let scene = Scene::new().await;
    scene.reactions.put("badge", module("m")).await.unwrap();
    scene.completes("u1", &[("a", "05-04")]).await;
    *scene.broken.0.lock().unwrap() = Some("change_document");
    assert_eq!(scene.step().await, 0, "nothing was noted");
    assert_eq!(scene.written().await.len(), 1);
    *scene.broken.0.lock().unwrap() = Some("put_statements");
    scene.completes("u2", &[("a", "05-04")]).await;
    assert_eq!(scene.step().await, 0);
    let fault = scene.reactions.get("badge").await.unwrap().fault;
    assert!(fault.is_some_and(|it| it.contains("killed")), "what keeps it from writing is said");
    *scene.broken.0.lock().unwrap() = None;
    assert_eq!(scene.step().await, 1, "that of the second");
    assert_eq!(scene.written().await.len(), 2);
    assert_eq!(scene.reactions.get("badge").await.unwrap().fault, None);
}

#[tokio::test]
async fn servers_that_write_at_the_same_time_write_one_statement() {
    let scene = Scene::new().await;
    scene.reactions.put("badge", module("m")).await.unwrap();
    for learner in ["u1", "u2", "u3"] {
        scene.completes(learner, &[("a", "05-04")]).await;
    }
    let servers = (0..8).map(|_| scene.step());
    futures::future::join_all(servers).await;
    assert_eq!(scene.written().await.len(), 3);
    assert_eq!(scene.step().await, 0);
}

#[tokio::test]
async fn a_changed_statement_is_another_revision_and_a_pause_is_none() {
    let scene = Scene::new().await;
    scene.completes("u1", &[("a", "05-04")]).await;
    scene.reactions.put("badge", NewReaction { paused: true, ..module("m") }).await.unwrap();
    assert_eq!(scene.step().await, 0, "it is paused");
    let went_on = scene.reactions.put("badge", module("m")).await.unwrap();
    assert_eq!(went_on.revision, 1);
    assert_eq!(scene.step().await, 1);
    let mut other = module("m");
    other.statement.object = Some(json!({"id": "https://x.example/badge"}));
    let changed = scene.reactions.put("badge", other).await.unwrap();
    assert_eq!((changed.revision, changed.written), (2, 0));
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.written().await[1], earned("u1", "https://x.example/badge"));
    scene.reactions.remove("badge").await.unwrap();
    assert!(scene.reactions.list().await.unwrap().is_empty());
    scene.completes("u2", &[("a", "05-04")]).await;
    assert_eq!(scene.step().await, 0);
}

#[tokio::test]
async fn rules_are_on_course_certificate_and_risk_too() {
    let scene = Scene::new().await;
    for event in ["course-completed", "certified", "at-risk"] {
        scene.reactions.put(event, rule(&json!({"event": event}))).await.unwrap();
    }
    scene.completes("u1", &[("a", "05-04"), ("b", "06-04")]).await;
    scene.completes("u2", &[("b", "11-01")]).await;
    assert_eq!(scene.step().await, 2, "the first completed the course, and has the certificate");
    scene.clock.pass(20 * 86_400);
    assert_eq!(scene.step().await, 1, "the second has done nothing for thirty days");
    assert_eq!(scene.step().await, 0);
    let of = |it: (String, String, String)| it.0;
    let written: Vec<String> = scene.written().await.into_iter().map(of).collect();
    assert_eq!(written, ["u1", "u1", "u2"].map(|it| format!("mailto:{it}@x.example")));
}

#[tokio::test]
async fn a_reaction_sets_off_another_one_and_not_itself() {
    let scene = Scene::new().await;
    let mut first = module("m");
    let completed = json!({"id": "http://adlnet.gov/expapi/verbs/completed"});
    first.statement = Template {
        verb: completed,
        object: Some(json!({"id": "https://x.example/b"})),
        result: None,
    };
    scene.reactions.put("first", first).await.unwrap();
    scene.reactions.put("second", module("n")).await.unwrap();
    scene.completes("u1", &[("a", "05-04")]).await;
    assert_eq!(scene.step().await, 1);
    // What the follower makes of it: the statement of the first completes the other module.
    scene.completes("u1", &[("a", "05-04"), ("b", "11-18")]).await;
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.step().await, 0);
    assert_eq!(scene.written().await.len(), 2);
}

#[tokio::test]
async fn a_dry_run_names_who_would_get_a_statement_and_writes_none() {
    let scene = Scene::new().await;
    scene.completes("u1", &[("a", "05-04")]).await;
    scene.completes("u2", &[("a", "02-04")]).await;
    let would = scene.reactions.dry_run("badge", module("m")).await.unwrap();
    assert_eq!((would.learners, would.named), (1, vec!["u1".to_owned()]));
    let example = would.example.unwrap();
    assert_eq!(example["actor"]["name"], "Anna");
    assert_eq!(
        example["context"]["contextActivities"]["category"][0]["id"],
        "https://lrs.example/reactions/badge"
    );
    assert!(scene.reactions.list().await.unwrap().is_empty() && scene.written().await.is_empty());
    scene.reactions.put("badge", module("m")).await.unwrap();
    assert_eq!(scene.step().await, 1);
    let again = scene.reactions.dry_run("badge", module("m")).await.unwrap();
    assert_eq!(again.learners, 0, "of a rule that is there, those are left out who have it");
}

#[tokio::test]
async fn what_could_never_be_written_is_refused_when_the_rule_is_made() {
    let scene = Scene::new().await;
    let put = async |name: &str, rule| scene.reactions.put(name, rule).await.unwrap_err();
    assert!(matches!(put("a/b", module("m")).await, ReactionError::Name(_)));
    assert!(matches!(put("a", module("x")).await, ReactionError::NoModule { .. }));
    let with = |statement: Value| NewReaction {
        statement: serde_json::from_value(statement).unwrap(),
        ..module("m")
    };
    let no_iri = with(json!({"verb": {"id": "earned"}}));
    assert!(matches!(put("a", no_iri).await, ReactionError::Statement(_)));
    let voids = with(json!({"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}));
    assert!(matches!(put("a", voids).await, ReactionError::Voids));
    let elsewhere = NewReaction { course: Some("d".into()), ..module("m") };
    let refused = put("a", elsewhere).await;
    assert!(matches!(refused, ReactionError::Course(ProgressError::NoCourse(_))), "{refused:?}");
    assert!(scene.reactions.list().await.unwrap().is_empty());
}

/// The ids of what was removed stay taken.
#[tokio::test]
async fn who_comes_back_after_everything_was_removed_gets_a_statement_again() {
    let scene = Scene::new().await;
    scene.reactions.put("badge", module("m")).await.unwrap();
    for time in 1..=3 {
        scene.completes("u1", &[("a", "05-04")]).await;
        assert_eq!(scene.reactions.dry_run("badge", module("m")).await.unwrap().learners, 1);
        assert_eq!(scene.step().await, 1, "the {time}. time");
        assert_eq!(scene.step().await, 0);
        assert_eq!(
            scene.written().await,
            [earned("u1", &format!("{}/modules/m", scene.course.outline().iri))]
        );
        let log = scene.store.log(Instant::default(), 9).await.unwrap().statements;
        let read = log.into_iter().map(|it| it.statement).collect();
        assert_eq!(scene.store.remove_statements(read, uuid::Uuid::from_u128(7)).await.unwrap(), 0);
        scene.completes("u1", &[]).await;
        assert_eq!(scene.step().await, 0, "nothing is completed");
        assert_eq!(scene.written().await, []);
    }
}

#[tokio::test]
async fn an_erased_person_gets_no_statement_a_second_time() {
    let scene = Scene::new().await;
    scene.reactions.put("badge", module("m")).await.unwrap();
    scene.completes("u1", &[("a", "05-04")]).await;
    assert_eq!(scene.step().await, 1);
    // The learner has another id, and the account that the statements have now; the journal is theirs.
    let list = "learner,name,identifiers\nerased-1,,account:https://erased.invalid|erased-1;mailto:u1@x.example\n";
    let courses = &scene.reactions.courses;
    courses.put_learners("c", list.as_bytes(), Unlisted::Leave, Run::Real).await.unwrap();
    assert_eq!(scene.step().await, 0);
}
