//! Import, launches and commits over a store that fails where the tests want it.

use std::io::{Seek as _, Write as _};

use async_trait::async_trait;
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use store::StatementLog as _;
use store_testkit::around::{Around, Call, Hook};
use store_testkit::clock::TurnedClock;
use store_testkit::failing::Failing;
use store_testkit::memory::MemoryStore;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::*;
use crate::memory::Memory;
use ::package::runtime::CommitRefusal;

mod costs;
mod opened;
mod said;

const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);

#[test]
fn a_name_is_one_that_addresses_take_as_it_is() {
    for name in ["a", "corso-2", "0", "checks", &"x".repeat(64)] {
        assert!(can_be_named(name), "{name}");
    }
    let long = "x".repeat(65);
    let taken = ["check", "ticket"];
    for name in ["", "Corso", "a b", "a/b", "à", "-a", "a-", "a.b", &long].into_iter().chain(taken)
    {
        assert!(!can_be_named(name), "{name}");
    }
}

/// A package of SCORM 1.2 with these SCOs.
fn package(scos: &[&str]) -> std::fs::File {
    let each =
        |write: &dyn Fn(&str) -> String| scos.iter().map(|sco| write(sco)).collect::<String>();
    let items = each(&|sco| {
        format!("<item identifier=\"{sco}\" identifierref=\"R{sco}\"><title>{sco}</title></item>")
    });
    let resources = each(&|sco| {
        format!(
            "<resource identifier=\"R{sco}\" type=\"webcontent\" adlcp:scormtype=\"sco\" \
             href=\"{sco}.html\"><file href=\"{sco}.html\"/></resource>"
        )
    });
    let manifest = format!(
        "<manifest identifier=\"M\" xmlns=\"http://www.imsproject.org/xsd/imscp_rootv1p1p2\" \
         xmlns:adlcp=\"http://www.adlnet.org/xsd/adlcp_rootv1p2\"><metadata><schemaversion>1.2\
         </schemaversion></metadata><organizations default=\"O\"><organization identifier=\"O\">\
         <title>T</title>{items}</organization></organizations><resources>{resources}</resources></manifest>"
    );
    let mut writer = zip::ZipWriter::new(tempfile::tempfile().unwrap());
    let mut add = |name: &str, text: &str| {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    };
    add("imsmanifest.xml", &manifest);
    for sco in scos {
        add(&format!("{sco}.html"), "<script>LMSInitialize(''); LMSFinish('')</script>");
    }
    let mut file = writer.finish().unwrap();
    file.rewind().unwrap();
    file
}

/// A store that fails, and its packages.
fn over() -> (Arc<Failing>, Packages) {
    over_at(&TurnedClock::at(NOW))
}

fn over_at(clock: &TurnedClock) -> (Arc<Failing>, Packages) {
    let failing = Failing::over(Arc::new(MemoryStore::new(Arc::new(clock.clone()))));
    let packages = of(Arc::<Failing>::clone(&failing), clock);
    (failing, packages)
}

/// The packages of a store.
fn of(store: Arc<dyn Store>, clock: &TurnedClock) -> Packages {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let record = Record::new(Arc::clone(&store), Arc::clone(&clock));
    let (commands, _) = mpsc::channel(1);
    let url = "https://lrs.example";
    let progress = CourseService::new(
        Arc::clone(&store),
        Arc::clone(&clock),
        record.clone(),
        commands,
        url,
        [7; 32],
        &Memory::new(1 << 30),
    );
    Packages::new(store, clock, record, progress, Compute::default(), (url, [7; 32]))
}

fn learner(policy: Policy) -> NewLaunch {
    let who = Launcher::Actor(json!({"name": "Anna", "mbox": "mailto:anna@example.org"}));
    NewLaunch { who, hours: None, policy, language: "it".into() }
}

/// A learner's page.
struct Page<'p> {
    packages: &'p Packages,
    token: String,
    session: Uuid,
}

impl<'p> Page<'p> {
    async fn of(packages: &'p Packages, policy: Policy) -> Self {
        let launched = packages.launch("corso", learner(policy)).await.unwrap();
        Self { packages, token: launched.token, session: Uuid::new_v4() }
    }

    async fn begin(&mut self, sco: &str) -> Value {
        self.session = Uuid::new_v4();
        let begin =
            json!({"session": self.session, "sco": sco, "at": NOW.to_string(), "begin": true});
        self.send(&begin).await.unwrap()
    }

    fn passed(&self, sco: &str, sequence: u64) -> Value {
        let core = json!({"lesson_status": "passed", "score": {"raw": "80", "min": "0", "max": "100"},
            "session_time": "00:10:00"});
        json!({"session": self.session, "sequence": sequence, "sco": sco, "at": NOW.to_string(),
            "cmi": {"core": core, "suspend_data": "x"}, "terminate": true})
    }

    async fn send(&self, commit: &Value) -> Result<Value, Unheard> {
        let opened = self.packages.open(&self.token).await?;
        let body = Bytes::from(commit.to_string());
        self.packages.commit(&opened, &body, &Memory::new(64 << 20)).await
    }
}

async fn said(failing: &Failing) -> Vec<(Uuid, Value)> {
    let log = failing.log(Instant::default(), 1000).await.unwrap();
    let kept = log.statements.into_iter();
    kept.map(|kept| (kept.statement.id, kept.statement.value().unwrap())).collect()
}

#[tokio::test]
async fn a_commit_whose_state_was_not_kept_is_sent_again_and_says_nothing_twice() {
    let (failing, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let commit = page.passed("A", 1);
    // The server dies after the statements and before the state.
    failing.fail(&["change_document"]);
    let error = page.send(&commit).await.unwrap_err();
    assert!(matches!(error, Unheard::Package(PackageError::Store(_))), "{error}");
    let first = said(&failing).await;
    assert_eq!(first.len(), 5, "initialized, scored, passed, terminated, completed");
    failing.fail(&[]);
    page.send(&commit).await.unwrap();
    assert_eq!(said(&failing).await, first);
    page.send(&commit).await.unwrap();
    assert_eq!(said(&failing).await, first);
}

#[tokio::test]
async fn a_commit_whose_statements_were_not_kept_has_changed_no_state() {
    let (failing, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let commit = page.passed("A", 1);
    failing.fail(&["put_statements"]);
    let error = page.send(&commit).await.unwrap_err();
    assert!(matches!(error, Unheard::Package(PackageError::Store(_))), "{error}");
    failing.fail(&[]);
    assert!(said(&failing).await.is_empty());
    page.send(&commit).await.unwrap();
    assert_eq!(said(&failing).await.len(), 5, "nothing is lost: the state has not gone ahead");
}

#[tokio::test]
async fn commits_at_once_all_count() {
    let (failing, packages) = over();
    packages.import("corso", package(&["A", "B"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let commits: Vec<Value> = (1..=8)
        .map(|n| {
            let mut commit = page.passed("A", n);
            commit["terminate"] = (n == 8).into();
            commit["cmi"]["core"]["score"]["raw"] = (n * 10).to_string().into();
            commit
        })
        .collect();
    let sent = commits.iter().map(|commit| page.send(commit));
    for answer in futures::future::join_all(sent).await {
        answer.unwrap();
    }
    let all = said(&failing).await;
    let verb = |name: &str| {
        let is = |it: &&(Uuid, Value)| it.1["verb"]["id"].as_str().unwrap().ends_with(name);
        all.iter().filter(is).count()
    };
    assert_eq!((verb("/initialized"), verb("/terminated"), verb("/passed")), (1, 1, 1));
    assert_eq!(verb("/completed"), 0, "the second SCO is not");
}

#[tokio::test]
async fn each_policy_goes_on_with_its_attempt_and_a_removed_version_with_none() {
    let (_, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let number = async |policy| {
        let launched = packages.launch("corso", learner(policy)).await.unwrap();
        launched.launch.attempt
    };
    assert_eq!(number(Policy::Last).await, 1);
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    page.send(&page.passed("A", 1)).await.unwrap();
    assert_eq!(number(Policy::Same).await, 1);
    assert_eq!(number(Policy::Best).await, 1);
    assert_eq!(number(Policy::Last).await, 2, "the first one is passed");
    assert_eq!(number(Policy::Last).await, 2);
    assert_eq!(number(Policy::New).await, 3);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    assert_eq!(number(Policy::Last).await, 3);
    packages.remove("corso", Some(1), true).await.unwrap();
    assert_eq!(number(Policy::Same).await, 4, "their version is gone");
}

#[tokio::test]
async fn an_import_that_fails_leaves_nothing() {
    let (failing, packages) = over();
    for method in ["add_package_version", "keep_content"] {
        failing.fail(&[method]);
        let error = packages.import("corso", package(&["A"]), ()).await.unwrap_err();
        let is_of_store = matches!(error, PackageError::Store(StoreError::Unavailable(_)));
        assert!(is_of_store, "{method}: {error}");
    }
    failing.fail(&[]);
    assert!(packages.all().await.unwrap().is_empty());
    let mut other = tempfile::tempfile().unwrap();
    other.write_all(b"no zip").unwrap();
    other.rewind().unwrap();
    let error = packages.import("corso", other, ()).await.unwrap_err();
    assert!(matches!(error, PackageError::Refused(_)), "{error}");
    assert_eq!(packages.import("corso", package(&["A"]), ()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_launch_is_for_one_learner_and_some_hours() {
    let (_, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let launch = async |who: Launcher, hours| {
        let new = NewLaunch { who, hours, policy: Policy::Last, language: "it".into() };
        packages.launch("corso", new).await.map(|it| it.expires.micros() - NOW.micros())
    };
    let anna = || Launcher::Actor(json!({"mbox": "mailto:anna@example.org"}));
    assert_eq!(launch(anna(), Some(1)).await.unwrap(), 3_600_000_000);
    for hours in [0, 8_785] {
        let error = launch(anna(), Some(hours)).await.unwrap_err();
        assert!(matches!(error, PackageError::Hours { .. }), "{error}");
    }
    let member = json!({"mbox": "mailto:a@example.org"});
    let group = json!({"objectType": "Group", "member": [member]});
    let error = launch(Launcher::Actor(group), None).await.unwrap_err();
    assert!(matches!(error, PackageError::Actor(_)), "{error}");
    let error = launch(Launcher::Actor(json!({"name": "Anna"})), None).await.unwrap_err();
    assert!(matches!(error, PackageError::Actor(_)), "{error}");
    let nobody = Launcher::OfCourse { course: "none".into(), learner: "u1".into(), bounds: None };
    let error = launch(nobody, None).await.unwrap_err();
    assert!(matches!(error, PackageError::Progress(_)), "{error}");
}

/// What the package's own statements say, the first first.
fn of_package(said: &[(Uuid, Value)]) -> Vec<&Value> {
    let own = said.iter().map(|(_, statement)| statement);
    let own = own.filter(|it| it["object"]["id"] == "urn:traccia:package:corso");
    own.map(|it| &it["result"]["score"]["scaled"]).collect()
}

#[tokio::test]
async fn a_score_that_comes_after_the_status_is_said_of_the_package_and_noted() {
    let (failing, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Same).await;
    page.begin("A").await;
    for (sequence, raw) in [(1, ""), (2, "60"), (3, "60"), (4, "90")] {
        let mut commit = page.passed("A", sequence);
        commit["terminate"] = false.into();
        commit["cmi"]["core"]["score"]["raw"] = raw.into();
        page.send(&commit).await.unwrap();
    }
    assert_eq!(of_package(&said(&failing).await), [&Value::Null, &json!(0.6), &json!(0.9)]);
    // The best attempt is the one with the score that came last.
    packages.launch("corso", learner(Policy::New)).await.unwrap();
    let mut other = Page::of(&packages, Policy::Same).await;
    other.begin("A").await;
    other.send(&other.passed("A", 1)).await.unwrap();
    let best = packages.launch("corso", learner(Policy::Best)).await.unwrap();
    assert_eq!(best.launch.attempt, 1);
}

#[tokio::test]
async fn an_attempt_that_was_not_noted_is_noted_when_the_commit_is_sent_again() {
    let (failing, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let commit = page.passed("A", 1);
    failing.fail_after("change_document", 1);
    let error = page.send(&commit).await.unwrap_err();
    assert!(matches!(error, Unheard::Package(PackageError::Store(_))), "{error}");
    failing.fail(&[]);
    page.send(&commit).await.unwrap();
    let next = packages.launch("corso", learner(Policy::Last)).await.unwrap();
    assert_eq!(next.launch.attempt, 2, "the first one is passed");
}

#[tokio::test]
async fn what_a_commit_holds_is_reserved_before_it_is_read() {
    let (failing, packages) = over();
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let memory = Memory::new(8 << 20);
    let opened = packages.open(&page.token).await.unwrap();
    let commit = page.passed("A", 1);
    let send = async |commit: &Value| {
        packages.commit(&opened, &Bytes::from(commit.to_string()), &memory).await
    };
    // Short texts that would take far more than what there is.
    let mut many = commit.clone();
    many["cmi"]["x"] = vec![1; 100_000].into();
    let error = send(&many).await.unwrap_err();
    assert!(matches!(error, Unheard::Refused(CommitRefusal::StateLarge)), "{error}");
    let others = memory.reserve((8 << 20) - 100).unwrap();
    let error = send(&commit).await.unwrap_err();
    assert!(matches!(error, Unheard::Package(PackageError::Memory(_))), "{error}");
    assert_eq!(said(&failing).await, []);
    drop(others);
    send(&commit).await.unwrap();
    assert_eq!(memory.held(), 0);
}

/// Lets something happen before a method of the store is called, once.
struct Meanwhile {
    method: &'static str,
    happens: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Meanwhile {
    fn before(method: &'static str) -> Self {
        Self { method, happens: Mutex::default() }
    }
}

#[async_trait]
impl Hook for Meanwhile {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        if method == self.method {
            let happens = self.happens.lock().unwrap().take();
            if let Some(happens) = happens {
                happens.await;
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_session_that_goes_on_while_another_sco_begins_is_closed_all_the_same() {
    let clock = TurnedClock::at(NOW);
    let inner: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let around = Around::new(Arc::clone(&inner), Meanwhile::before("put_statements"));
    let packages = of(Arc::<Around<Meanwhile>>::clone(&around), &clock);
    packages.import("corso", package(&["A", "B"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let (first, mut second, end) = (page.passed("A", 1), page.passed("A", 2), page.passed("A", 3));
    second["terminate"] = false.into();
    let mut first = first;
    first["terminate"] = false.into();
    page.send(&first).await.unwrap();
    let (others, token) = (of(inner, &clock), page.token.clone());
    let goes_on = async move {
        let page = Page { packages: &others, token, session: Uuid::nil() };
        page.send(&second).await.unwrap();
    };
    *around.hook.happens.lock().unwrap() = Some(Box::pin(goes_on));
    page.begin("B").await;
    let error = page.send(&end).await.unwrap_err();
    assert!(matches!(error, Unheard::Refused(CommitRefusal::Ended)), "{error}");
}

#[tokio::test]
async fn a_launch_is_good_until_the_instant_at_which_it_expires() {
    let clock = TurnedClock::at(NOW);
    let (_, packages) = over_at(&clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let launched = packages.launch("corso", learner(Policy::Last)).await.unwrap();
    clock.set(Instant::from_micros(launched.expires.micros() - 1));
    packages.open(&launched.token).await.unwrap();
    clock.set(launched.expires);
    let error = packages.open(&launched.token).await.unwrap_err();
    assert!(matches!(error, Unheard::Expired), "{error}");
}

#[tokio::test]
async fn under_a_clock_that_tells_no_time_nothing_is_kept() {
    let clock = TurnedClock::at(NOW);
    let (failing, packages) = over_at(&clock);
    packages.import("corso", package(&["A"]), ()).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    clock.set(Instant::from_micros(i64::MIN));
    let error = page.send(&page.passed("A", 1)).await.unwrap_err();
    let is_unavailable =
        matches!(error, Unheard::Package(PackageError::Store(StoreError::Unavailable(_))));
    assert!(is_unavailable, "{error}");
    assert_eq!(said(&failing).await, []);
}

#[tokio::test]
async fn what_is_held_for_an_import_is_held_until_it_ends() {
    let (_, packages) = over();
    let memory = Memory::new(10);
    let held = (packages.turn_to_import("k").await.unwrap(), memory.reserve(10).unwrap());
    // The request is gone before the import is done.
    let mut import = Box::pin(packages.import("corso", package(&["A"]), held));
    assert!((&mut import).now_or_never().is_none());
    drop(import);
    assert_eq!(memory.held(), 10);
    let _turn = packages.turn_to_import("k").await.unwrap();
    assert_eq!(packages.package("corso").await.unwrap().current, 1, "the import has ended");
}
