//! What the follower reads and writes for what attackers send: counted, on a store that is watched.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is a failure"
)]

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use bytes::Bytes;
use course::{ActorProgress, Course, Evidence, MOST_KEPT};
use report::Cell;
use serde_json::{Value, json};
use service::memory::Memory;
use service::progress::follower::Follower;
use service::progress::{CourseService, ReportQuery};
use service::record::Record;
use store::{Batch, Followed, JournalVersion, ProgressDocument, Selection, Store, Unnamed};
use store_sqlite::SqliteStore;
use store_testkit::memory::MemoryStore;
use store_testkit::watched::{Call, Watched};
use tempfile::TempDir;
use tokio::sync::mpsc;
use traccia::clock::SystemClock;
use uuid::Uuid;
use validator::{Version, check_batch};
use xapi::authority::Authority;
use xapi::instant::Instant;
use xapi::prepare::prepare;

const SITE: &str = "https://aula.example";

fn file(id: &str) -> String {
    format!(
        "id = '{id}'\ntitle = {{ it = 'C' }}\ntime_zone = 'UTC'\n[[module]]\nid = 'm'\n\
         title = {{ it = 'M' }}\n[[module.activity]]\nid = '{SITE}/{id}'\n"
    )
}

/// The `second`th thing that somebody completes in a course.
fn completed(course: &str, who: &str, second: usize) -> Value {
    json!({
        "id": Uuid::new_v4(),
        "actor": {"account": {"homePage": SITE, "name": who}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": format!("{SITE}/{course}")},
        "timestamp": time(second),
    })
}

fn time(second: usize) -> String {
    let (hour, minute) = (second / 3600 % 24, second / 60 % 60);
    format!("2026-03-{:02}T{hour:02}:{minute:02}:{:02}Z", second / 86_400 + 1, second % 60)
}

/// What [`completed`] gives for somebody in course `a`, in 3 MiB.
fn at_length(second: usize) -> Value {
    said_at_length("u", second)
}

fn said_at_length(who: &str, second: usize) -> Value {
    let mut said = completed("a", who, second);
    said["context"] = json!({"extensions": {"https://x.example/e": "x".repeat(3 << 20)}});
    said
}

fn void(statement: &Value) -> Value {
    json!({
        "actor": {"mbox": "mailto:a@x.example"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": statement["id"]},
    })
}

fn actor(who: &str) -> String {
    let statement = completed("a", who, 0);
    Evidence::read(&statement, "", 0).unwrap().actor.to_string()
}

/// A store whose follower follows, once it is started.
struct Scene {
    store: Arc<dyn Store>,
    watched: Arc<Watched>,
    progress: Option<CourseService>,
    /// Where the store lies that is on a disk.
    home: Option<TempDir>,
}

impl Scene {
    async fn with_courses(courses: &[&str]) -> Self {
        Self::over(Arc::new(MemoryStore::new(Arc::new(SystemClock))), None, courses).await
    }

    /// On a disk, where a store can be damaged.
    async fn on_a_disk(courses: &[&str]) -> Self {
        let home = TempDir::new().unwrap();
        let store = SqliteStore::open(home.path(), Arc::new(SystemClock)).unwrap();
        Self::over(Arc::new(store), Some(home), courses).await
    }

    async fn over(store: Arc<dyn Store>, home: Option<TempDir>, courses: &[&str]) -> Self {
        for id in courses {
            assert!(store.put_course(id, &file(id), None, Selection::Changed).await.unwrap());
        }
        let watched = Watched::watch(Arc::clone(&store));
        Self { store, watched, progress: None, home }
    }

    /// The same store, in which a statement is not as it was written any more.
    fn damaged(self, statement: &Value) -> Self {
        let Self { store, watched, home, .. } = self;
        drop((watched, store));
        let home = home.unwrap();
        let database = rusqlite::Connection::open(home.path().join("traccia.sqlite")).unwrap();
        let id: Uuid = statement["id"].as_str().unwrap().parse().unwrap();
        let other = "UPDATE statement SET checksum = checksum + 1 \
            WHERE seq = (SELECT seq FROM statement_id WHERE id = ?1)";
        assert_eq!(database.execute(other, [id.as_bytes()]).unwrap(), 1);
        drop(database);
        let store = SqliteStore::open(home.path(), Arc::new(SystemClock)).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let watched = Watched::watch(Arc::clone(&store));
        Self { store, watched, progress: None, home: Some(home) }
    }

    fn follow(&mut self) {
        let store: Arc<dyn Store> = Arc::<Watched>::clone(&self.watched);
        let (commands, listening) = mpsc::channel(8);
        tokio::spawn(Follower::new(Arc::clone(&store)).run(listening));
        let clock = Arc::new(SystemClock);
        let record = Record::new(Arc::clone(&store), Arc::clone(&clock) as _);
        self.progress = Some(CourseService::new(
            store,
            clock,
            record,
            commands,
            SITE,
            [7; 32],
            &Memory::new(1 << 30),
        ));
    }

    async fn keep(&self, statements: &[Value]) {
        let authority = Authority::of_key("k", SITE);
        let text = Value::from(statements.to_vec()).to_string();
        let checked = check_batch(text.as_bytes(), Version::V1_0_3).unwrap().statements;
        let prepared = checked.into_iter().map(|it| prepare(it, &authority, Uuid::new_v4()));
        let batch = Batch { statements: prepared.collect(), attachments: Vec::new() };
        self.store.put_statements(batch).await.unwrap();
    }

    /// Waits until a course has followed the whole log; gives what was asked of the store since the last time.
    async fn caught_up(&self, course: &str) -> Vec<Call> {
        let deadline = Stopwatch::now() + Duration::from_mins(1);
        loop {
            let through = self.store.watermark(course).await.unwrap().followed.through;
            // One that cannot be read is to be gone past as well.
            let rest = self.store.log(through, 1).await;
            if rest.is_ok_and(|rest| rest.statements.is_empty()) {
                return self.watched.calls();
            }
            assert!(Stopwatch::now() < deadline, "progress follows within a minute");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn statements_of(&self, course: &str, who: &str) -> u64 {
        let documents = self.store.progress_of(course, &[actor(who)]).await.unwrap();
        let document = &documents.documents[0];
        let document: ActorProgress = serde_json::from_slice(&document.body).unwrap();
        document.statements
    }

    /// The check and the subject of the first row of the health report.
    async fn first_finding(&self, course: &str) -> (String, String) {
        let query = ReportQuery::of(report::reports::named("health").unwrap());
        let table = self.progress.as_ref().unwrap().report(course, query, None).await.unwrap();
        match &table.rows[0][..] {
            [Cell::Code(check), _, Cell::Text(subject), ..] => (check.0.clone(), subject.clone()),
            other => panic!("{other:?}"),
        }
    }

    /// Gives actors documents of so many entries in course `a`, as if they had been followed.
    async fn write_documents(&self, actors: &[String], entries: usize) {
        let course = Course::parse(&file("a")).unwrap();
        let history: Vec<Evidence> = (0..entries)
            .map(|n| Evidence::read(&completed("a", "x", n), &n.to_string(), 0).unwrap())
            .collect();
        let body = serde_json::to_vec(&ActorProgress::rebuild(&course, &history)).unwrap();
        let document = |actor: &String| ProgressDocument {
            actor: actor.clone(),
            body: Bytes::from(body.clone()),
        };
        let reading = self.store.course("a").await.unwrap().unwrap().reading;
        let followed = Followed { through: Instant::from_micros(1), reading };
        let documents = actors.iter().map(document).collect();
        assert!(
            self.store
                .put_progress("a", JournalVersion::NONE, followed, documents, Unnamed::Go)
                .await
                .unwrap()
                .is_some()
        );
    }
}

fn pages_of_statements(calls: &[Call]) -> usize {
    calls.iter().filter(|call| matches!(call, Call::Statements(_))).count()
}

#[tokio::test]
async fn voids_of_one_actor_are_one_computation_for_a_page_of_the_log() {
    let mut scene = Scene::with_courses(&["a"]).await;
    let said: Vec<Value> = (0..1500).map(|n| completed("a", "u", n)).collect();
    scene.keep(&said).await;
    scene.follow();
    scene.caught_up("a").await;
    scene.keep(&said.iter().take(700).map(void).collect::<Vec<_>>()).await;
    let calls = scene.caught_up("a").await;
    assert_eq!(scene.statements_of("a", "u").await, 800);
    // 800 statements are left: one page of them, for each page of the log that has a void.
    assert!(pages_of_statements(&calls) <= 2, "{calls:?}");
}

#[tokio::test]
async fn what_was_voided_before_it_was_read_is_not_computed_again() {
    let mut scene = Scene::with_courses(&["a"]).await;
    let said: Vec<Value> = (0..1200).map(|n| completed("a", "u", n)).collect();
    scene.keep(&said).await;
    scene.keep(&said.iter().step_by(3).map(void).collect::<Vec<_>>()).await;
    scene.follow();
    let calls = scene.caught_up("a").await;
    assert_eq!(scene.statements_of("a", "u").await, 800);
    assert_eq!(pages_of_statements(&calls), 0, "{calls:?}");
}

#[tokio::test]
async fn a_statement_that_cannot_be_read_does_not_keep_its_actor_from_being_computed_again() {
    let scene = Scene::on_a_disk(&["a"]).await;
    let said: Vec<Value> = (0..5).map(|n| completed("a", "u", n)).collect();
    scene.keep(&said).await;
    let mut scene = scene.damaged(&said[2]);
    scene.follow();
    scene.caught_up("a").await;
    assert_eq!(scene.statements_of("a", "u").await, 4);
    let (check, subject) = scene.first_finding("a").await;
    assert_eq!((check.as_str(), subject.as_str()), ("unreadable", said[2]["id"].as_str().unwrap()));
    scene.keep(&[void(&said[0])]).await;
    scene.caught_up("a").await;
    assert_eq!(scene.statements_of("a", "u").await, 3);
}

#[tokio::test]
async fn a_course_that_is_computed_again_does_not_hold_up_another() {
    let mut scene = Scene::with_courses(&["a", "b"]).await;
    let said: Vec<Value> = (0..9000).map(|n| completed("a", "u", n)).collect();
    for batch in said.chunks(3000) {
        scene.keep(batch).await;
    }
    scene.follow();
    scene.caught_up("a").await;
    scene.caught_up("b").await;
    scene.keep(&[void(&said[0]), completed("b", "v", 0)]).await;
    let mut calls = scene.caught_up("b").await;
    calls.extend(scene.caught_up("a").await);
    let is_of_b = |call: &Call| matches!(call, Call::PutProgress { course, documents: 1, .. } if course == "b");
    let of_b = calls.iter().position(is_of_b).expect("b is written");
    assert_eq!(pages_of_statements(&calls), 9, "all that is left is read once");
    assert!(pages_of_statements(&calls[..of_b]) <= 5, "{calls:?}");
    assert_eq!(scene.statements_of("a", "u").await, 8999);
}

#[tokio::test]
async fn long_statements_of_one_actor_do_not_hold_up_other_courses() {
    let mut scene = Scene::with_courses(&["a", "b"]).await;
    let said: Vec<Value> = (0..24).map(at_length).collect();
    for batch in said.chunks(8) {
        scene.keep(batch).await;
    }
    scene.follow();
    scene.caught_up("a").await;
    scene.caught_up("b").await;
    scene.keep(&[void(&said[0]), completed("b", "v", 0)]).await;
    let mut calls = scene.caught_up("b").await;
    calls.extend(scene.caught_up("a").await);
    let is_of_b = |call: &Call| matches!(call, Call::PutProgress { course, documents: 1, .. } if course == "b");
    let of_b = calls.iter().position(is_of_b).expect("b is written");
    assert!(pages_of_statements(&calls) >= 4, "the statements are several pages: {calls:?}");
    assert!(pages_of_statements(&calls[..of_b]) <= 1, "{calls:?}");
    assert_eq!(scene.statements_of("a", "u").await, 23);
}

fn is_reading(call: &Call) -> bool {
    matches!(call, Call::Statement | Call::Statements(_))
}

#[tokio::test]
async fn voids_of_long_statements_hold_up_no_course_on_which_these_do_not_bear() {
    let mut scene = Scene::with_courses(&["a", "b"]).await;
    scene.follow();
    let said: Vec<Value> = (0..24).map(at_length).collect();
    for batch in said.chunks(8) {
        scene.keep(batch).await;
    }
    scene.caught_up("a").await;
    scene.caught_up("b").await;
    let mut news: Vec<Value> = said.iter().take(20).map(void).collect();
    news.push(completed("b", "v", 0));
    scene.keep(&news).await;
    let mut calls = scene.caught_up("b").await;
    calls.extend(scene.caught_up("a").await);
    let is_of_b = |call: &Call| matches!(call, Call::PutProgress { course, documents: 1, .. } if course == "b");
    let of_b = calls.iter().position(is_of_b).expect("b is written");
    assert!(!calls[..of_b].iter().any(is_reading), "{calls:?}");
    assert_eq!(pages_of_statements(&calls), 1, "what is left is read once: {calls:?}");
    assert_eq!(scene.statements_of("a", "u").await, 4);
}

#[tokio::test]
async fn voided_long_statements_of_an_actor_with_a_long_name_do_not_count() {
    let mut scene = Scene::with_courses(&["a"]).await;
    scene.follow();
    let who = "u".repeat(300);
    let said: Vec<Value> = (0..3).map(|n| said_at_length(&who, n)).collect();
    scene.keep(&said).await;
    scene.caught_up("a").await;
    scene.keep(&said.iter().take(2).map(void).collect::<Vec<_>>()).await;
    scene.caught_up("a").await;
    assert_eq!(scene.statements_of("a", &who).await, 1);
}

#[tokio::test]
async fn long_statements_that_were_followed_before_a_start_are_read_some_at_a_time_when_they_are_voided()
 {
    let mut scene = Scene::with_courses(&["a", "b"]).await;
    let said: Vec<Value> = (0..8).map(at_length).collect();
    scene.keep(&said).await;
    scene.follow();
    scene.caught_up("a").await;
    scene.progress = None;
    let mut news: Vec<Value> = said.iter().take(6).map(void).collect();
    news.push(completed("b", "v", 0));
    scene.keep(&news).await;
    scene.follow();
    let mut calls = scene.caught_up("b").await;
    calls.extend(scene.caught_up("a").await);
    let steps = calls.split(|call| matches!(call, Call::Log(_)));
    let most = steps.map(|step| step.iter().filter(|call| **call == Call::Statement).count()).max();
    assert!(most <= Some(2), "{calls:?}");
    assert_eq!(scene.statements_of("a", "u").await, 2);
    assert_eq!(scene.statements_of("b", "v").await, 1);
}

#[tokio::test]
async fn a_write_of_documents_is_bounded_however_large_they_are() {
    let mut scene = Scene::with_courses(&["a"]).await;
    let people: Vec<String> = (0..30).map(|n| format!("u{n}")).collect();
    let actors: Vec<String> = people.iter().map(|who| actor(who)).collect();
    scene.write_documents(&actors, MOST_KEPT).await;
    scene.keep(&people.iter().map(|who| completed("a", who, 3)).collect::<Vec<_>>()).await;
    scene.follow();
    let written: Vec<(usize, usize)> = scene
        .caught_up("a")
        .await
        .into_iter()
        .filter_map(|call| match call {
            Call::PutProgress { documents, bytes, .. } => Some((documents, bytes)),
            _ => None,
        })
        .collect();
    assert_eq!(written.iter().map(|(documents, _)| documents).sum::<usize>(), 30);
    assert!(written.iter().all(|(_, bytes)| *bytes < 12 << 20), "{written:?}");
}

#[tokio::test]
async fn documents_that_are_large_together_are_read_a_page_at_a_time_and_none_is_lost() {
    let mut scene = Scene::with_courses(&["a"]).await;
    let people: Vec<String> = (0..24).map(|n| format!("u{n}")).collect();
    let actors: Vec<String> = people.iter().map(|who| actor(who)).collect();
    scene.write_documents(&actors, MOST_KEPT).await;
    scene.keep(&people.iter().map(|who| completed("a", who, 20_000)).collect::<Vec<_>>()).await;
    scene.follow();
    let calls = scene.caught_up("a").await;
    let asked = calls.iter().filter_map(|call| match call {
        Call::Documents(_, actors) => Some(*actors),
        _ => None,
    });
    let asked: Vec<usize> = asked.skip_while(|actors| *actors < people.len()).collect();
    assert!(asked.len() > 1, "{asked:?}");
    for who in &people {
        assert_eq!(scene.statements_of("a", who).await, MOST_KEPT as u64 + 1, "{who}");
    }
}

#[tokio::test]
async fn a_rebuild_does_not_hold_up_another_course_and_is_answered_once_for_all_who_ask() {
    let mut scene = Scene::with_courses(&["a", "b"]).await;
    let said: Vec<Value> = (0..9000).map(|n| completed("a", "u", n)).collect();
    for batch in said.chunks(3000) {
        scene.keep(batch).await;
    }
    scene.follow();
    scene.caught_up("a").await;
    scene.caught_up("b").await;
    let progress = scene.progress.clone().unwrap();
    scene.keep(&[completed("b", "v", 0)]).await;
    let (one, other) = tokio::join!(progress.rebuild("a"), progress.rebuild("a"));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.statements, one.changed), (9001, 0));
    assert_eq!(other.changed, 0);
    let calls = scene.watched.calls();
    let put = |id: &str| {
        let is = |call: &Call| matches!(call, Call::PutProgress { course, documents, .. } if course == id && *documents > 0);
        calls.iter().position(is).expect("it is written")
    };
    assert!(put("b") < put("a"), "{calls:?}");
}
