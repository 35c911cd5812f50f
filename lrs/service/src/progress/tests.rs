//! What boards and reports hold of the memory budget.

mod curve;
mod timeline;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt as _;
use jiff::civil::{Date, date};
use report::Table;
use report::export::{Format, write};
use report::reports::named;
use store::{ProgressDocument, Store, Unnamed};
use store_testkit::around::{Around, Hook};
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::watched::{Call, Watched};
use tokio::sync::{Notify, mpsc};
use xapi::clock::Clock;
use xapi::instant::Instant;

use super::follower::Follower;
use super::{CourseService, ProgressError, ReportQuery, Run, Who};
use crate::memory::Memory;
use crate::record::Record;
use course::{ActorProgress, Enrolment, Language, Unlisted};

const LEARNERS: usize = 1_500;
const ACTIVITIES: usize = 20;
const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);
const ENOUGH: usize = 1 << 30;

/// A course with learners, in a store that counts what it is asked, and a budget.
struct Scene {
    progress: CourseService,
    watched: Arc<Watched>,
    memory: Memory,
}

impl Scene {
    async fn with(memory: usize) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(NOW));
        let watched = Watched::watch(Arc::new(MemoryStore::new(Arc::clone(&clock))));
        let store: Arc<dyn Store> = Arc::clone(&watched) as _;
        let (commands, listening) = mpsc::channel(8);
        tokio::spawn(Follower::new(Arc::clone(&store)).run(listening));
        let record = Record::new(Arc::clone(&store), Arc::clone(&clock));
        let (url, memory) = ("https://lrs.example", Memory::new(memory));
        let progress = CourseService::new(store, clock, record, commands, url, [7; 32], &memory);
        let mut file = String::from(
            "id = 'c'\ntitle = { it = 'C' }\ntime_zone = 'UTC'\n[[module]]\nid = 'm'\n\
             title = { it = 'M' }\n",
        );
        let mut list = String::from("learner,name,identifiers,region\n");
        for number in 0..ACTIVITIES {
            let _ = write!(file, "[[module.activity]]\nid = 'https://x.example/{number}'\n");
        }
        for number in 0..LEARNERS {
            let region = if number % 100 == 0 { "Umbria" } else { "Lazio" };
            let _ = writeln!(list, "u{number},Nome {number},mailto:u{number}@x.example,{region}");
        }
        progress.put_course("c", &file, Run::Real).await.unwrap();
        progress.put_learners("c", list.as_bytes(), Unlisted::Stay, Run::Real).await.unwrap();
        Self { progress, watched, memory }
    }

    /// What a board of the course takes.
    async fn weight() -> usize {
        let scene = Self::with(ENOUGH).await;
        scene.progress.boards.board("c", None).await.unwrap();
        scene.memory.held()
    }

    async fn matrix(&self, memory: &Memory, who: Who) -> Result<Table, ProgressError> {
        let query = ReportQuery { who, expand: true, ..ReportQuery::of(named("matrix").unwrap()) };
        Ok(self.progress.prepare("c", query, None, memory).await?.table().await?.0)
    }
}

fn day(number: usize) -> Date {
    date(2026, 1, 1 + i8::try_from(number).unwrap())
}

#[tokio::test]
async fn boards_of_many_days_stay_in_the_budget_and_give_way_to_requests() {
    let board = Scene::weight().await;
    assert!(board > LEARNERS * ACTIVITIES * 16, "{board}");
    let scene = Scene::with(8 * board).await;
    for number in 0..20 {
        scene.progress.boards.board("c", Some(day(number))).await.unwrap();
        assert!(scene.memory.held() <= 6 * board, "three quarters of the budget");
    }
    assert_eq!(scene.memory.held(), 6 * board, "as many as fit are kept");
    let request = scene.memory.reserve(7 * board).unwrap();
    assert_eq!(scene.memory.held(), 8 * board, "one board is left beside the request");
    drop(request);
    assert_eq!(scene.memory.held(), board);
    scene.watched.calls();
    scene.progress.boards.board("c", Some(day(19))).await.unwrap();
    let calls = scene.watched.calls();
    assert!(!calls.iter().any(|call| matches!(call, Call::Documents(..))), "the latest was kept");
}

#[tokio::test]
async fn a_board_in_use_is_not_given_up_and_what_does_not_fit_beside_it_is_refused() {
    let board = Scene::weight().await;
    let scene = Scene::with(2 * board).await;
    let used = scene.progress.boards.board("c", Some(day(0))).await.unwrap();
    let refused = scene.progress.boards.board("c", Some(day(1))).await.err();
    let Some(ProgressError::Exhausted(exhausted)) = refused else { panic!("{refused:?}") };
    assert!(exhausted.will_pass());
    assert_eq!(scene.memory.held(), board);
    let again = scene.progress.boards.board("c", Some(day(0))).await.unwrap();
    assert!(Arc::ptr_eq(&again, &used), "it is the board that is kept");
    drop((again, used));
    scene.progress.boards.board("c", Some(day(1))).await.unwrap();
    assert_eq!(scene.memory.held(), board, "the other one gave way");
    let small = Scene::with(board).await;
    let refused = small.progress.boards.board("c", None).await.err();
    let Some(ProgressError::Exhausted(exhausted)) = refused else { panic!("{refused:?}") };
    assert!(!exhausted.will_pass(), "more than three quarters of the budget will never be given");
}

#[tokio::test]
async fn a_board_that_several_ask_for_at_once_is_made_once() {
    let scene = Scene::with(ENOUGH).await;
    scene.progress.boards.board("c", None).await.unwrap();
    scene.watched.calls();
    let asked = (0..8).map(|_| scene.progress.boards.board("c", Some(day(0))));
    let boards = futures::future::try_join_all(asked).await.unwrap();
    let read = |call: &Call| matches!(call, Call::Documents(..));
    assert_eq!(scene.watched.calls().iter().filter(|call| read(call)).count(), 1);
    assert!(boards.iter().all(|board| Arc::ptr_eq(board, &boards[0])));
}

#[tokio::test]
async fn a_table_that_does_not_fit_is_refused_before_it_is_there_and_a_smaller_one_is_given() {
    let scene = Scene::with(ENOUGH).await;
    let whole = scene.matrix(&Memory::new(ENOUGH), Who::default()).await.unwrap();
    let cells = whole.rows.len() * whole.columns.len();
    assert_eq!(whole.rows.len(), LEARNERS);
    let memory = Memory::new(cells * 20);
    let refused = scene.matrix(&memory, Who::default()).await.err();
    let Some(ProgressError::Exhausted(exhausted)) = refused else { panic!("{refused:?}") };
    assert!(!exhausted.will_pass());
    assert_eq!(memory.held(), 0);
    let who = Who { region: Some("Umbria".into()), ..Who::default() };
    assert_eq!(scene.matrix(&memory, who).await.unwrap().rows.len(), LEARNERS / 100);
}

#[tokio::test]
async fn a_report_in_parts_says_what_the_whole_says_in_the_memory_of_a_few_parts() {
    let scene = Scene::with(ENOUGH).await;
    let query = || ReportQuery { expand: true, ..ReportQuery::of(named("matrix").unwrap()) };
    let memory = Memory::new(17 << 20);
    let prepared = scene.progress.prepare("c", query(), None, &memory).await.unwrap();
    let Ok(mut parts) = prepared.in_parts().await.unwrap() else { panic!("a long report") };
    let (mut rows, mut last, mut number) = (Vec::new(), None, 0);
    while let Some(mut part) = parts.next().await.unwrap() {
        number += 1;
        rows.append(&mut part.rows);
        last = Some(part);
    }
    assert!(number > 3, "{number}");
    let joined = Table { rows, ..last.unwrap() };
    let whole = scene.matrix(&Memory::new(ENOUGH), Who::default()).await.unwrap();
    let text = |table| write(&table, Format::Json, Language::En).unwrap();
    assert_eq!(text(joined), text(whole));
    drop(parts);
    assert_eq!(memory.held(), 0);

    let who = Who { region: Some("Umbria".into()), ..Who::default() };
    let short = ReportQuery { who, ..query() };
    let prepared = scene.progress.prepare("c", short, None, &memory).await.unwrap();
    let Err(whole) = prepared.in_parts().await.unwrap() else { panic!("a short report") };
    assert_eq!(whole.table().await.unwrap().0.rows.len(), LEARNERS / 100);
}

#[tokio::test]
async fn a_list_of_learners_or_strangers_that_does_not_fit_is_refused() {
    let scene = Scene::with(ENOUGH).await;
    let length = |enrolment: &Enrolment| serde_json::to_vec(enrolment).unwrap().len();
    let memory = Memory::new(ENOUGH);
    let bytes = scene.progress.enrolment("c", None, &memory, length).await.unwrap();
    assert_eq!(memory.held(), 0);
    let small = Memory::new(2 * bytes);
    let refused = scene.progress.enrolment("c", None, &small, length).await.err();
    assert!(matches!(refused, Some(ProgressError::Exhausted(_))), "{refused:?}");

    let stranger = ActorProgress { statements: 1, ..ActorProgress::default() };
    let strangers = (0..100).map(|n| ProgressDocument {
        actor: format!("mbox::mailto:stranger{n}@x.example"),
        body: serde_json::to_vec(&stranger).unwrap().into(),
    });
    let store = &scene.progress.store;
    let known = store.watermark("c").await.unwrap();
    let written =
        store.put_progress("c", known.version, known.followed, strangers.collect(), Unnamed::Stay);
    assert!(written.await.unwrap().is_some());
    let mut held = memory.reserve(0).unwrap();
    assert_eq!(scene.progress.unassigned("c", &mut held).await.unwrap().len(), 100);
    let mut small = Memory::new(held.bytes() / 2).reserve(0).unwrap();
    let refused = scene.progress.unassigned("c", &mut small).await.err();
    assert!(matches!(refused, Some(ProgressError::Exhausted(_))), "{refused:?}");
}

/// Counts the calls of a store, and holds up those of one method, each until it is let go.
#[derive(Clone, Default)]
struct Calls {
    seen: Arc<Mutex<Vec<&'static str>>>,
    held: Arc<Mutex<Option<&'static str>>>,
    go: Arc<Notify>,
}

#[async_trait]
impl Hook for Calls {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        self.seen.lock().unwrap().push(method);
        let held = *self.held.lock().unwrap() == Some(method);
        if held {
            self.go.notified().await;
        }
        tokio::task::yield_now().await;
        Ok(())
    }
}

impl Calls {
    fn count(&self, method: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|seen| **seen == method).count()
    }
}

const EVENTS: &str = "id = 'ID'\ntitle = { it = 'C' }\ntime_zone = 'UTC'\n[[module]]\nid = 'm'\n\
    title = { it = 'M' }\n[[module.event]]\nkey = 'e'\nkind = 'seminar'\ntitle = { it = 'E' }\nhours = 2\n\
    [[module.event.session]]\nid = 's'\ndate = 2026-11-18\n[[module.event.session]]\nid = 't'\n\
    date = 2026-11-18\n";

/// Two courses with sessions today, over a store whose calls are seen.
async fn sessions() -> (CourseService, Calls) {
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(NOW));
    let calls = Calls::default();
    let memory = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let store: Arc<dyn Store> = Around::new(memory, calls.clone());
    let (commands, listening) = mpsc::channel(8);
    tokio::spawn(Follower::new(Arc::clone(&store)).run(listening));
    let record = Record::new(Arc::clone(&store), Arc::clone(&clock));
    let url = "https://lrs.example";
    let progress =
        CourseService::new(store, clock, record, commands, url, [7; 32], &Memory::new(ENOUGH));
    for id in ["c", "d"] {
        progress.put_course(id, &EVENTS.replace("ID", id), Run::Real).await.unwrap();
        let list = b"learner,identifiers\nu1,mailto:u1@x.example\n";
        progress.put_learners(id, list, Unlisted::Stay, Run::Real).await.unwrap();
    }
    (progress, calls)
}

#[tokio::test]
async fn a_register_holds_up_no_other_session() {
    let (progress, calls) = sessions().await;
    let code = async |course: &str, session: &str| {
        progress.check_in_code(course, "e", session, None).await.unwrap().code
    };
    let (own, other, of_d) = (code("c", "s").await, code("c", "t").await, code("d", "s").await);
    *calls.held.lock().unwrap() = Some("put_statements");
    let mut first = Box::pin(progress.check_in("c", &own, "u1"));
    while calls.count("put_statements") == 0 {
        assert!((&mut first).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    *calls.held.lock().unwrap() = None;
    let second = tokio::time::timeout(LONG, progress.check_in("c", &other, "u1")).await;
    assert!(second.expect("another session").unwrap().is_new);
    let third = tokio::time::timeout(LONG, progress.check_in("d", &of_d, "u1")).await;
    assert!(third.expect("another course").unwrap().is_new);
    calls.go.notify_one();
    assert!(first.await.unwrap().is_new);
    assert!(!progress.check_in("c", &own, "u1").await.unwrap().is_new);
}

/// Within this time everything is done that does not wait for something else.
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_course_that_many_ask_for_is_read_once() {
    let (progress, calls) = sessions().await;
    progress.merge("c", "u1", "u2").await.unwrap_err();
    progress.boards.forget("c");
    calls.seen.lock().unwrap().clear();
    let asked = (0..20).map(|_| progress.course_title("c"));
    for title in futures::future::join_all(asked).await {
        title.unwrap();
    }
    assert_eq!(calls.count("course"), 1);
}

#[tokio::test]
async fn frozen_lists_are_counted_without_being_read_and_listed_one_by_one() {
    let (progress, calls) = sessions().await;
    for _ in 0..2 {
        progress.freeze("c", Some(date(2026, 11, 17))).await.unwrap();
    }
    let first = progress.freeze("c", None).await.unwrap();
    calls.seen.lock().unwrap().clear();
    let summary = progress.summary("c", None).await.unwrap();
    let lists = progress.frozen("c", |it| it.id.clone()).await.unwrap();
    assert_eq!((summary.certificates, summary.learners), (lists.len(), 1));
    assert!(lists.contains(&first.id));
    assert_eq!(progress.frozen_list("c", &first.id).await.unwrap(), first);
    let unknown = progress.frozen_list("c", "x").await;
    assert!(matches!(unknown, Err(ProgressError::NoCertificates(_))), "{unknown:?}");
    assert_eq!((calls.count("certificates"), calls.count("certificate")), (0, lists.len() + 2));
}

#[tokio::test]
async fn a_frozen_list_is_read_once_for_all_learners_who_ask_for_their_own() {
    let (progress, calls) = sessions().await;
    progress.freeze("c", None).await.unwrap();
    progress.freeze("c", Some(date(2026, 11, 17))).await.unwrap();
    calls.seen.lock().unwrap().clear();
    let own = ["mailto:u1@x.example".to_owned()];
    let asked = (0..20).map(|_| progress.courses_of(&own));
    for mine in futures::future::join_all(asked).await {
        assert_eq!(mine.unwrap().courses.len(), 2);
    }
    assert_eq!(calls.count("certificate"), 2);
}

#[tokio::test]
async fn of_one_who_was_merged_statements_are_seen_where_that_one_is() {
    let (progress, _) = sessions().await;
    let list = b"learner,identifiers,region\nu1,mailto:u1@x.example,Umbria\nu2,mailto:u2@x.example,Lazio\n\
        u3,mailto:u3@x.example,Umbria\n";
    progress.put_learners("c", list, Unlisted::Leave, Run::Real).await.unwrap();
    progress.merge("c", "u2", "u1").await.unwrap();
    let enrolled = progress.boards.enrolled("c").await.unwrap();
    let id = |actor: &str| {
        let actor = actor.parse::<course::Identifier>().unwrap().to_string();
        enrolled.enrolled_as(&actor).map(|it| it.id.as_str())
    };
    assert_eq!(id("mailto:u1@x.example"), Some("u1"));
    assert_eq!(id("mailto:u2@x.example"), Some("u2"));
    assert_eq!(id("mailto:u3@x.example"), None, "enrolled once");
    let counted = |bounds: serde_json::Value| {
        enrolled.counted(Some(&serde_json::from_value(bounds).unwrap()))
    };
    assert_eq!(counted(serde_json::json!({"regions": ["Umbria"], "bodies": []})), (2, 0));
    assert_eq!(counted(serde_json::json!({"regions": ["Umbria", "Lazio"], "bodies": []})), (2, 1));
}

#[tokio::test]
async fn merges_in_a_course_are_made_one_after_the_other_and_none_is_begun_again() {
    const MANY: usize = 40;
    let (progress, calls) = sessions().await;
    let mut list = String::from("learner,identifiers\n");
    for number in 0..MANY {
        let _ = writeln!(list, "u{number},mailto:u{number}@x.example");
    }
    progress.put_learners("c", list.as_bytes(), Unlisted::Leave, Run::Real).await.unwrap();
    let before = calls.count("put_enrolment");
    let ids: Vec<String> = (1..MANY).map(|number| format!("u{number}")).collect();
    let merges = ids.iter().map(|id| progress.merge("c", id, "u0"));
    for merged in futures::future::join_all(merges).await {
        merged.unwrap();
    }
    assert_eq!(calls.count("put_enrolment") - before, MANY - 1);
    let enrolled = progress.boards.enrolled("c").await.unwrap();
    assert_eq!(enrolled.counted(None), (1, MANY - 1));
}

#[tokio::test]
async fn a_list_that_takes_the_place_of_another_leaves_who_was_erased() {
    let (progress, _) = sessions().await;
    let made_up = xapi::erase::HOME_PAGE;
    let list = format!(
        "learner,identifiers\nu1,mailto:u1@x.example\nu2,mailto:u2@x.example\n\
         erased-1,account:{made_up}|erased-1\n"
    );
    progress.put_learners("c", list.as_bytes(), Unlisted::Leave, Run::Real).await.unwrap();
    let tonight = b"learner,identifiers\nu1,mailto:u1@x.example\n";
    let taken = progress.put_learners("c", tonight, Unlisted::Leave, Run::Real).await.unwrap();
    assert_eq!((taken.learners, taken.change.absent), (2, vec!["u2".to_owned()]));
    let made_up = format!("account:{made_up}|erased-1");
    assert_eq!(progress.courses_of(&[made_up]).await.unwrap().courses.len(), 1);
}

#[tokio::test]
async fn a_frozen_certificate_is_of_who_had_the_id_when_it_was_frozen() {
    let (progress, calls) = sessions().await;
    let frozen = async |seconds: i64, learner: &str| {
        let day = "2026-11-18";
        let person = serde_json::json!({"learner": learner, "name": "", "region": "", "province": "", "body": "",
            "istat": "", "role": "", "office": "", "edition": "", "since": day, "online": 0, "presence": 0,
            "score": null});
        let at = NOW.micros() + seconds * 1_000_000;
        let list = serde_json::json!({"course": "c", "title": {"it": "C"}, "date": day, "rule": {"it": "", "en": ""},
            "time_zone": "UTC", "through": null, "frozen": at, "people": [person]});
        let body = bytes::Bytes::from(list.to_string());
        let id = format!("{learner}{seconds}");
        let list = store::KeptCertificates { id, created: Instant::from_micros(at), body };
        progress.store.add_certificates("c", list).await.unwrap();
    };
    let of = async |name: &str| {
        let own = [format!("mailto:{name}@x.example")];
        let course = progress.courses_of(&own).await.unwrap().courses.remove(0);
        let lists = course.certificates.into_iter().map(|(list, ..)| list);
        lists.collect::<std::collections::BTreeSet<String>>()
    };
    let set = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
    let list = async |learners: &str| {
        let list = format!("learner,name,identifiers\n{learners}");
        progress.put_learners("c", list.as_bytes(), Unlisted::Leave, Run::Real).await.unwrap();
    };
    frozen(-9, "u1").await;
    frozen(9, "u1").await;
    assert_eq!(of("u1").await, set(&["u1-9", "u19"]));
    // The id is another person's now, and the first list was frozen before.
    list("u1,Carla,mailto:carla@x.example\nu2,Bea,mailto:bea@x.example\n").await;
    let before = calls.count("document_ids");
    assert_eq!(of("carla").await, set(&["u19"]));
    let read = calls.count("document_ids");
    assert_ne!(before, read, "the list is another one");
    for _ in 0..2 {
        assert_eq!(of("carla").await, set(&["u19"]));
    }
    assert_eq!(calls.count("document_ids"), read, "read once for each list of learners");
    // Bea is found to be Carla, and has what was frozen under the id of hers; also where the list has that id no more.
    frozen(-9, "u2").await;
    assert_eq!(of("bea").await, set(&["u2-9"]));
    progress.merge("c", "u1", "u2").await.unwrap();
    assert_eq!(of("carla").await, set(&["u19", "u2-9"]));
    // Who comes back under the id has what was theirs.
    list("u1,Anna,mailto:u1@x.example\n").await;
    assert_eq!(of("u1").await, set(&["u1-9", "u19"]));
}
