//! What a statement of presence, or the health of the data, takes in memory where a sender made statements as large as they
//! may be: that of one statement at a time. Measured as the process's peak, so each test has the process for itself.

#![cfg(target_os = "linux")]
#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is a failure"
)]

use std::fs;
use std::sync::Arc;

use course::Unlisted;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use report::Cell;
use serde_json::{Value, json};
use service::memory::Memory;
use service::progress::follower::Follower;
use service::progress::{CourseService, ReportQuery, Run};
use service::record::Record;
use store::{Batch, Store};
use store_testkit::memory::MemoryStore;
use tokio::sync::{Mutex, mpsc};
use traccia::clock::SystemClock;
use uuid::Uuid;
use xapi::clock::Clock as _;
use xapi::prepare::Prepared;
use xapi::stored::Stored;

const SITE: &str = "https://aula.example";
const ATTENDED: &str = "http://adlnet.gov/expapi/verbs/attended";
/// Statements of a scene, and the values of each: 32 MiB of memory.
const STATEMENTS: usize = 12;
const VALUES: usize = 1 << 20;
/// The bytes of a text.
const TEXT: usize = 16 << 20;
/// More than one statement takes, and far less than all of them.
const ONE: usize = 160 << 20;

/// Held by the one test that runs.
static ALONE: Mutex<()> = Mutex::const_new(());

struct Scene {
    store: Arc<dyn Store>,
    progress: CourseService,
}

impl Scene {
    /// A course with a session today and two learners.
    async fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        let (commands, listening) = mpsc::channel(8);
        tokio::spawn(Follower::new(Arc::clone(&store)).run(listening));
        let clock = Arc::new(SystemClock);
        let record = Record::new(Arc::clone(&store), Arc::clone(&clock) as _);
        let memory = Memory::new(1 << 30);
        let progress =
            CourseService::new(Arc::clone(&store), clock, record, commands, SITE, [7; 32], &memory);
        let now = Timestamp::from_microsecond(SystemClock.now().micros()).unwrap();
        let today = now.to_zoned(TimeZone::UTC).date();
        let file = format!(
            "id = 'c'\ntitle = {{ it = 'C' }}\ntime_zone = 'UTC'\n[[module]]\nid = 'm'\n\
             title = {{ it = 'M' }}\n[[module.event]]\nkey = 'e'\ntitle = {{ it = 'E' }}\n\
             kind = 'seminar'\nhours = 3\n[[module.event.session]]\nid = 's'\ndate = {today}\n\
             from = 09:00:00\nto = 12:00:00\n"
        );
        progress.put_course("c", &file, Run::Real).await.unwrap();
        let list = "learner,identifiers\nu1,mailto:u1@x.example\nu2,mailto:u2@x.example\n";
        progress.put_learners("c", list.as_bytes(), Unlisted::Stay, Run::Real).await.unwrap();
        Self { store, progress }
    }

    async fn keep(&self, statement: &Value) {
        let body = statement.to_string().into();
        let kept = Stored { id: Uuid::new_v4(), stored: SystemClock.now(), body };
        let statements = vec![Prepared::again(&kept).unwrap()];
        self.store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
    }

    async fn session(&self) -> String {
        let file = self.progress.course_file("c").await.unwrap();
        let course = course::Course::parse(&file).unwrap();
        let (_, event) = course.activities().next().unwrap();
        event.sessions()[0].object.clone()
    }
}

/// By how many bytes the memory of the process grew at the most during `work`.
async fn growth<T>(work: impl Future<Output = T>) -> (T, usize) {
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS:");
    let done = work.await;
    (done, status("VmHWM:").saturating_sub(before))
}

fn status(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[tokio::test]
async fn large_statements_of_presence_are_read_one_at_a_time() {
    let _alone = ALONE.lock().await;
    let scene = Scene::new().await;
    let object = scene.session().await;
    for _ in 0..STATEMENTS {
        let values = vec![0; VALUES];
        scene
            .keep(&json!({
                "actor": {"mbox": "mailto:u2@x.example"},
                "verb": {"id": ATTENDED},
                "object": {"id": object},
                "result": {"extensions": {"https://x.example/e": values}},
            }))
            .await;
    }
    let progress = &scene.progress;
    let code = progress.check_in_code("c", "e", "s", None).await.unwrap().code;
    let (taken, by_check_in) = growth(progress.check_in("c", &code, "u1")).await;
    assert!(taken.unwrap().is_new);
    assert!(by_check_in < ONE, "{} MiB", by_check_in >> 20);
    let query = ReportQuery::of(report::reports::named("register").unwrap());
    let (table, by_report) = growth(progress.report("c", query, None)).await;
    assert_eq!(table.unwrap().report, "register");
    assert!(by_report < ONE, "{} MiB", by_report >> 20);
    let (known, by_other) = growth(progress.check_in("c", &code, "u2")).await;
    assert!(!known.unwrap().is_new, "the large statements say that u2 is there");
    assert!(by_other < ONE, "{} MiB", by_other >> 20);
}

#[tokio::test]
async fn large_statements_are_looked_at_by_the_health_report_one_at_a_time() {
    let _alone = ALONE.lock().await;
    let scene = Scene::new().await;
    for n in 0..STATEMENTS {
        scene
            .keep(&json!({
                "actor": {"mbox": "mailto:u2@x.example"},
                "verb": {"id": ATTENDED},
                "object": {"id": format!("{SITE}/{n}")},
                "timestamp": "2001-01-01T00:00:00Z",
                "context": {"platform": format!("{n}{}", "x".repeat(TEXT))},
            }))
            .await;
    }
    let query = ReportQuery::of(report::reports::named("health").unwrap());
    let (table, grown) = growth(scene.progress.report("c", query, None)).await;
    let rows = table.unwrap().rows;
    let late = |row: &&Vec<Cell>| matches!(&row[0], Cell::Code(it) if it.0 == "late");
    assert_eq!(rows.iter().filter(late).count(), STATEMENTS);
    assert!(grown < ONE, "{} MiB", grown >> 20);
}
