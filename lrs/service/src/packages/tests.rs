//! Import, launches and commits over a store that fails where the tests want it.

use std::io::{Seek as _, Write as _};

use bytes::Bytes;
use serde_json::{Value, json};
use store::StatementLog as _;
use store_testkit::clock::TurnedClock;
use store_testkit::failing::Failing;
use store_testkit::memory::MemoryStore;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::*;
use crate::memory::Memory;

const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);

#[test]
fn a_name_is_one_that_addresses_take_as_it_is() {
    for name in ["a", "corso-2", "0", "checks", &"x".repeat(64)] {
        assert!(can_be_named(name), "{name}");
    }
    let long = "x".repeat(65);
    let taken = ["check", "ticket"];
    for name in ["", "Corso", "a b", "a/b", "à", "-a", "a-", "a.b", &long].into_iter().chain(taken) {
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
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(NOW));
    let failing = Failing::over(Arc::new(MemoryStore::new(Arc::clone(&clock))));
    let store: Arc<dyn Store> = Arc::<Failing>::clone(&failing);
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
    let packages = Packages::new(store, clock, record, progress, Compute::default(), url);
    (failing, packages)
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
    packages.import("corso", package(&["A"])).await.unwrap();
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
    packages.import("corso", package(&["A"])).await.unwrap();
    let mut page = Page::of(&packages, Policy::Last).await;
    page.begin("A").await;
    let commit = page.passed("A", 1);
    failing.fail(&["put_statements"]);
    page.send(&commit).await.unwrap_err();
    failing.fail(&[]);
    assert!(said(&failing).await.is_empty());
    page.send(&commit).await.unwrap();
    assert_eq!(said(&failing).await.len(), 5, "nothing is lost: the state has not gone ahead");
}

#[tokio::test]
async fn commits_at_once_all_count() {
    let (failing, packages) = over();
    packages.import("corso", package(&["A", "B"])).await.unwrap();
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
        let is_late = matches!(answer, Err(Unheard::Refused(_)));
        assert!(answer.is_ok() || is_late, "{answer:?}");
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
    packages.import("corso", package(&["A"])).await.unwrap();
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
    packages.import("corso", package(&["A"])).await.unwrap();
    assert_eq!(number(Policy::Last).await, 3);
    packages.remove("corso", Some(1), true).await.unwrap();
    assert_eq!(number(Policy::Same).await, 4, "their version is gone");
}

#[tokio::test]
async fn an_import_that_fails_leaves_nothing() {
    let (failing, packages) = over();
    failing.fail(&["add_package_version"]);
    packages.import("corso", package(&["A"])).await.unwrap_err();
    failing.fail(&["keep_content"]);
    packages.import("corso", package(&["A"])).await.unwrap_err();
    failing.fail(&[]);
    assert!(packages.all().await.unwrap().is_empty());
    let mut other = tempfile::tempfile().unwrap();
    other.write_all(b"no zip").unwrap();
    other.rewind().unwrap();
    let error = packages.import("corso", other).await.unwrap_err();
    assert!(matches!(error, PackageError::Refused(_)), "{error}");
    assert_eq!(packages.import("corso", package(&["A"])).await.unwrap(), 1);
}

#[tokio::test]
async fn a_launch_is_for_one_learner_and_some_hours() {
    let (_, packages) = over();
    packages.import("corso", package(&["A"])).await.unwrap();
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
    launch(Launcher::Actor(group), None).await.unwrap_err();
    launch(Launcher::Actor(json!({"name": "Anna"})), None).await.unwrap_err();
    let nobody = Launcher::OfCourse { course: "none".into(), learner: "u1".into() };
    launch(nobody, None).await.unwrap_err();
}
