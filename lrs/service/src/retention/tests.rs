//! Who is due, and a night of several servers.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use access::audit::AuditFilter;
use async_trait::async_trait;
use course::LearnerList;
use serde_json::{Value, json};
use store::Selection;
use store_testkit::around::{Around, Hook};
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::sample;

use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unguarded};

use super::*;
use crate::erasure::Journals;

const DAY: i64 = 24 * 3_600_000_000;
/// 2026-11-30T02:00:00Z
const NOW: i64 = 1_796_004_000_000_000;

const ACCOUNT: &str = "account::7@https://moodle.example";
/// All statements of the samples are of it.
const COURSE: &str = r#"id = "c"
iri = "https://a.example/c"
title = { en = "C" }
time_zone = "Europe/Rome"
[[module]]
id = "m"
title = { en = "M" }
[[module.activity]]
key = "a"
id = "https://a.example/a"
"#;

struct NoJournals;

#[async_trait]
impl Journals for NoJournals {
    async fn read_again(&self, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

struct Scene {
    store: Arc<dyn Store>,
    clock: TurnedClock,
}

impl Scene {
    /// A store with these statements, each stored this number of days ago.
    async fn of(statements: &[(Value, i64)]) -> Self {
        let clock = TurnedClock::at(Instant::from_micros(NOW));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let numbered = statements.iter().zip(0..);
        let stamped =
            numbered.map(|((value, days), n)| sample::stamped(value, NOW - days * DAY + n));
        store.restore(stamped.collect(), Vec::new()).await.unwrap();
        Self { store, clock }
    }

    /// As a server has it.
    fn retention(&self) -> Retention {
        let (store, clock): (_, Arc<dyn Clock>) =
            (Arc::clone(&self.store), Arc::new(self.clock.clone()));
        let journals = Arc::new(NoJournals);
        let erasures = Erasures::new(Arc::clone(&store), Arc::clone(&clock), journals, [7; 32]);
        Retention::new(store, clock, erasures)
    }

    async fn due(&self, rules: &[RetentionRule]) -> Vec<String> {
        let plan = RetentionPlan { rules: rules.to_vec(), ..RetentionPlan::default() };
        let due = self.retention().due(&plan).await.unwrap();
        due.people.into_iter().flat_map(|it| it.identifiers).collect()
    }

    /// Who is named in statements.
    async fn named(&self) -> BTreeSet<String> {
        let all = sample::log(&self.store).await.into_iter();
        let named = all.map(|kept| {
            let value = kept.statement.value().unwrap();
            value["actor"]["mbox"].as_str().unwrap_or("nobody").to_owned()
        });
        named.collect()
    }

    async fn learners(&self, course: &str, list: &str) {
        self.store.put_course(course, COURSE, None, Selection::Changed).await.unwrap();
        let list = LearnerList::parse(list.as_bytes()).unwrap();
        let enrolment =
            course::Enrolment { learners: list.learners().to_vec(), ..Default::default() };
        let revision = self.store.course_revision(course).await.unwrap().unwrap().revision;
        let text = enrolment.to_kept().unwrap();
        assert!(self.store.put_enrolment(course, &text, revision).await.unwrap());
    }
}

fn of_all(days: u32) -> RetentionRule {
    RetentionRule { course: None, verb: None, source: None, days }
}

fn of_verb(name: &str, days: u32) -> RetentionRule {
    let verb = sample::verb(name)["id"].as_str().map(str::to_owned);
    RetentionRule { verb, ..of_all(days) }
}

fn mbox(n: u32) -> String {
    format!("mbox::mailto:p{n}@x.example")
}

#[tokio::test]
async fn due_is_whose_every_statement_is_covered_and_old() {
    let passed = |n| sample::with(sample::statement(n), "verb", sample::verb("passed"));
    let of = |n: u32, who: &str| sample::with(sample::statement(n), "actor", sample::person(who));
    let named = |n: u32, who: &str| {
        let context = json!({"instructor": sample::person(who)});
        sample::with(sample::statement(n), "context", context)
    };
    let scene = Scene::of(&[
        (sample::statement(0), 500),
        (sample::statement(1), 500),
        (passed(2), 500),
        (sample::statement(3), 500),
        (of(11, "p1"), 100),
        (named(13, "p3"), 99),
    ])
    .await;
    assert!(scene.due(&[]).await.is_empty(), "off by default");
    let old = [mbox(0), mbox(2)];
    assert_eq!(scene.due(&[of_all(365)]).await, old, "p1 did something, and p3 is named since");
    assert_eq!(scene.due(&[of_verb("did", 365)]).await, [mbox(0)], "no rule is of what p2 did");
    let both = [of_verb("did", 365), of_verb("passed", 3_650)];
    assert_eq!(scene.due(&both).await, [mbox(0)]);
    assert_eq!(scene.due(&[of_all(365), of_verb("did", 3_650)]).await, [mbox(2)], "the longest");
    let by = |name: &str| RetentionRule { source: Some(name.to_owned()), ..of_all(365) };
    assert_eq!(scene.due(&[by("key")]).await, old);
    assert!(scene.due(&[by("other")]).await.is_empty());
    let authority = sample::log(&scene.store).await.remove(0).statement.value().unwrap();
    let authority = authority["authority"]["account"]["name"].as_str().unwrap().to_owned();
    assert!(scene.due(&[of_all(365)]).await.iter().all(|it| !it.contains(&authority)));
}

#[tokio::test]
async fn who_is_told_of_in_what_others_did_is_not_due_by_that_alone() {
    let group = |people: &[&str]| {
        let members: Vec<Value> = people.iter().map(|it| sample::person(it)).collect();
        json!({"objectType": "Group", "member": members})
    };
    let by = |n: u32, actor: Value| (sample::with(sample::statement(n), "actor", actor), 500);
    let about = |n: u32, object: Value| {
        (sample::with(by(n, sample::person("p0")).0, "object", object), 500)
    };
    let agent = sample::with(sample::person("p7"), "objectType", json!("Agent"));
    let identified = sample::with(group(&["p4"]), "mbox", json!("mailto:p3@x.example"));
    let scene = Scene::of(&[
        by(1, group(&["p1", "p2", "p5"])),
        by(2, sample::person("p2")),
        by(3, identified),
        about(5, group(&["p5", "p0"])),
        by(6, group(&["p6", "p6"])),
        about(7, agent),
    ])
    .await;
    let due = [0, 2, 3, 6, 7].map(mbox);
    assert_eq!(scene.due(&[of_all(365)]).await, due, "p1, p4 and p5 are members of groups alone");
}

/// A clock of 1970 makes nobody due, and what was brought over is as old as it says.
#[tokio::test]
async fn the_age_is_that_of_the_timestamp_of_what_is_not_fresh() {
    let at = |n: u32, text: &str| sample::with(sample::statement(n), "timestamp", json!(text));
    let scene = Scene::of(&[
        (at(1, "2019-05-01T10:00:00Z"), 31),
        (at(2, "2026-05-01T10:00:00Z"), 31),
        (at(0, "1970-01-01T00:00:00Z"), 1),
    ])
    .await;
    assert_eq!(scene.due(&[of_all(365)]).await, [mbox(1)]);
}

#[tokio::test]
async fn learner_lists_say_who_is_one_person_and_who_is_kept() {
    let with_account = |n: u32| {
        let account = json!({"account": {"homePage": "https://moodle.example", "name": "7"}});
        sample::with(sample::statement(n), "actor", account)
    };
    let people =
        "id,name,identifiers\nl-0,A,mailto:P0@x.example;account:https://moodle.example|7\n";
    let of_course = RetentionRule { course: Some("c".to_owned()), ..of_all(365) };
    for (last, expected) in [(499, vec![ACCOUNT.to_owned(), mbox(0), mbox(2)]), (5, vec![mbox(2)])]
    {
        let scene = Scene::of(&[
            (sample::statement(0), 500),
            (sample::statement(1), 500),
            (sample::statement(2), 500),
            (with_account(10), last),
        ])
        .await;
        scene.learners("c", people).await;
        scene.learners("d", "id,name,identifiers\nl-1,B,mailto:p1@x.example\n").await;
        assert_eq!(scene.due(&[of_all(365)]).await, [mbox(2)], "both lists keep their learners");
        assert_eq!(scene.due(std::slice::from_ref(&of_course)).await, expected);
        let plan = RetentionPlan { rules: vec![of_course.clone()], ..RetentionPlan::default() };
        let due = scene.retention().due(&plan).await.unwrap();
        assert_eq!(due.people.len(), if last == 499 { 2 } else { 1 }, "a person is one");
        assert!(due.keeps(&"mailto:p1@x.example".parse().unwrap()));
    }
}

/// Anybody may send one, for whoever is on the list.
#[tokio::test]
async fn a_timestamp_of_long_ago_makes_nobody_due_who_is_on_the_list() {
    let long_ago =
        |n| sample::with(sample::statement(n), "timestamp", json!("2019-05-01T10:00:00Z"));
    let scene = Scene::of(&[(long_ago(2), 500), (long_ago(0), 31), (long_ago(1), 31)]).await;
    let list = "id,name,identifiers\nl-0,A,mailto:p0@x.example\nl-2,C,mailto:p2@x.example\n";
    scene.learners("c", list).await;
    let of_course = RetentionRule { course: Some("c".to_owned()), ..of_all(365) };
    assert_eq!(scene.due(&[of_course]).await, [mbox(1), mbox(2)]);
}

/// One platform sends the address, the other one its hash.
#[tokio::test]
async fn who_is_active_under_an_address_or_its_hash_is_kept_under_both() {
    let mailto = |name: &str| Identifier::Mbox(format!("mailto:{name}@x.example"));
    let by = |n: u32, who: Identifier| {
        let actor = match who {
            Identifier::MboxSha1sum(hash) => json!({"mbox_sha1sum": hash}),
            other => json!({"mbox": other.listed()}),
        };
        sample::with(sample::statement(n), "actor", actor)
    };
    let hashed = |name: &str| mailto(name).hashed().unwrap();
    let scene = Scene::of(&[
        (by(0, mailto("Anna")), 500),
        (by(1, hashed("bea")), 500),
        (by(2, mailto("p7")), 500),
        (by(3, hashed("Anna")), 5),
        (by(4, mailto("bea")), 5),
    ])
    .await;
    assert_eq!(scene.due(&[of_all(365)]).await, [mbox(7)]);
}

#[tokio::test]
async fn a_night_erases_as_many_as_it_may_and_one_of_several_servers_does_it() {
    let scene = Scene::of(&[
        (sample::statement(0), 500),
        (sample::statement(1), 500),
        (sample::statement(2), 500),
        (sample::statement(3), 5),
    ])
    .await;
    let [one, other] = [scene.retention(), scene.retention()];
    assert_eq!(one.run_daily().await.unwrap(), None, "off by default");
    let plan = RetentionPlan { rules: vec![of_all(365)], most_a_day: 2 };
    one.put(plan.clone()).await.unwrap();
    let preview = one.dry_run(&plan).await.unwrap();
    assert_eq!(preview, RetentionPreview { people: 3, statements: 3, left_out: Vec::new() });
    assert_eq!(scene.named().await.len(), 4, "a dry run changes nothing");
    let run = one.run_daily().await.unwrap().unwrap();
    assert_eq!((run.due, run.erased), (3, 2));
    assert_eq!(other.run_daily().await.unwrap(), None);
    assert_eq!(other.get().await.unwrap(), (plan, Some(run)));
    let left = ["mailto:p2@x.example", "mailto:p3@x.example", "nobody"].map(str::to_owned);
    assert_eq!(scene.named().await, left.into());
    let audit = scene.store.audit(&AuditFilter::default(), 10).await.unwrap();
    let mut actions: Vec<&str> = audit.iter().map(|it| it.action.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["person.erased", "person.erased", RETENTION_APPLIED]);
    // Before one o'clock the night is not there yet.
    scene.clock.pass(22 * 3_600 + 1_800);
    assert_eq!(other.run_daily().await.unwrap(), None);
    scene.clock.pass(3_600);
    let run = other.run_daily().await.unwrap().unwrap();
    assert_eq!((run.due, run.erased), (1, 1));
    scene.clock.pass(24 * 3_600);
    let run = other.run_daily().await.unwrap().unwrap();
    assert_eq!((run.due, run.erased), (0, 0));
}

/// Counts how often the files of a store are written anew.
#[derive(Default)]
struct Scrubs(AtomicUsize);

#[async_trait]
impl Hook for Scrubs {
    async fn before(&self, method: &'static str) -> Result<(), StoreError> {
        self.0.fetch_add(usize::from(method == "scrub"), Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test]
async fn a_night_writes_the_files_of_the_store_anew_once() {
    let old: Vec<(Value, i64)> = (0..4).map(|n| (sample::statement(n), 500)).collect();
    let mut scene = Scene::of(&old).await;
    let counted = Around::new(Arc::clone(&scene.store), Scrubs::default());
    scene.store = Arc::<Around<Scrubs>>::clone(&counted);
    let plan = RetentionPlan { rules: vec![of_all(365)], ..RetentionPlan::default() };
    scene.retention().put(plan).await.unwrap();
    assert_eq!(scene.retention().run_daily().await.unwrap().unwrap().erased, 4);
    assert_eq!(counted.hook.0.load(Ordering::Relaxed), 1);
    let all = scene.store.erasures(None, 10).await.unwrap();
    assert!(all.len() == 4 && all.iter().all(|it| it.is_done), "{all:?}");
}

#[tokio::test]
async fn rules_that_cannot_be_meant_are_refused() {
    let scene = Scene::of(&[]).await;
    let retention = scene.retention();
    let of = |rules: Vec<RetentionRule>, most_a_day| RetentionPlan { rules, most_a_day };
    for wrong in [
        of(vec![of_all(1)], 50),
        of(vec![of_all(40_000)], 50),
        of(vec![of_all(365)], 0),
        of(vec![of_all(365); MOST_RETENTION_RULES + 1], 50),
    ] {
        let refused = retention.put(wrong).await;
        assert!(matches!(refused, Err(RetentionError::Number(_))), "{refused:?}");
    }
    let unknown = RetentionRule { course: Some("c".into()), ..of_all(365) };
    let refused = retention.put(of(vec![unknown], 50)).await;
    assert!(matches!(refused, Err(RetentionError::NoCourse(_))), "{refused:?}");
    assert_eq!(retention.get().await.unwrap(), (RetentionPlan::default(), None));
}

/// The people who are due are known by a user name. What others said and keep stays byte by byte, or the person is left to an
/// administrator.
#[tokio::test]
async fn a_person_for_whom_something_of_others_would_change_is_left_to_an_administrator() {
    let said = |agent: Value, text: &str| {
        let about = sample::with(sample::statement(1), "actor", agent);
        sample::with(about, "result", json!({"response": text}))
    };
    let dir = json!({"mbox": "mailto:dir@ente.it", "name": "Dirigente"});
    let place = json!({"location": "corso_2026", "mail": ""}).to_string();
    let mail = json!({"mail": "dir@ente.it"}).to_string();
    for (name, other, document, erased) in [
        ("corso_2026", said(sample::person("p1"), "per utenti di corso_2026"), &place, 1),
        ("https://a.example/a", said(sample::person("p1"), "https://a.example/a"), &place, 1),
        ("dir@ente.it", said(dir.clone(), "no"), &place, 1),
        ("dir@ente.it", said(dir.clone(), "chiedi a dir@ente.it"), &place, 0),
        ("dir@ente.it", said(dir, "no"), &mail, 0),
    ] {
        let account = json!({"account": {"homePage": "https://x.example", "name": name}});
        let old = sample::with(sample::statement(0), "actor", account);
        let scene = Scene::of(&[(old, 500), (other, 5)]).await;
        let key = DocumentKey {
            shelf: Shelf {
                resource: Resource::State,
                activity: "https://a.example/a".into(),
                agent: "mbox::mailto:p1@x.example".into(),
                registration: None,
            },
            id: "bookmark".into(),
        };
        let (content_type, updated) = ("application/json".to_owned(), Instant::from_micros(5));
        let document = Document { content_type, body: document.clone().into(), updated };
        let free =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        scene.store.change_document(key, free, Change::Put(document)).await.unwrap();
        let of_others = async || {
            let documents = scene.store.documents_beyond(None, 10).await.unwrap();
            let documents: Vec<_> = documents
                .into_iter()
                .filter(|(key, _)| !key.shelf.agent.starts_with("urn:"))
                .collect();
            (sample::kept(&scene.store, 1).await.statement, documents)
        };
        let before = of_others().await;
        let plan = RetentionPlan { rules: vec![of_all(365)], ..RetentionPlan::default() };
        scene.retention().put(plan).await.unwrap();
        let run = scene.retention().run_daily().await.unwrap().unwrap();
        assert_eq!((run.due, run.erased, run.left_out), (1, erased, 1 - erased), "{name}");
        assert_eq!(scene.retention().get().await.unwrap().1.as_ref(), Some(&run));
        assert_eq!(of_others().await, before, "{name}");
        let filter =
            AuditFilter { action: Some(RETENTION_APPLIED.into()), ..AuditFilter::default() };
        let audit = scene.store.audit(&filter, 10).await.unwrap();
        assert!(audit[0].details.contains(&format!("\"left_out\":{}", run.left_out)), "{audit:?}");
    }
}

/// Counts how often pages of the log and of documents are read.
#[derive(Default)]
struct Pages(AtomicUsize);

#[async_trait]
impl Hook for Pages {
    async fn before(&self, method: &'static str) -> Result<(), StoreError> {
        let is_page = matches!(method, "log" | "documents_beyond");
        self.0.fetch_add(usize::from(is_page), Ordering::Relaxed);
        Ok(())
    }
}

/// However many people are left out: each night looks at as many as it may erase, all at once, and everybody has a turn.
#[tokio::test]
async fn people_who_are_left_out_cost_a_night_no_more_than_others_and_hold_up_nobody() {
    let of = |name: &str, n: u32| {
        let account = json!({"account": {"homePage": "https://x.example", "name": name}});
        sample::with(sample::statement(n), "actor", account)
    };
    let names: Vec<String> = (0..6).map(|n| format!("p{n}@ente.it")).collect();
    let told = sample::with(sample::statement(99), "actor", sample::person("other"));
    let told = sample::with(told, "result", json!({"response": names.join(" ")}));
    let old = names.iter().zip(0..).map(|(name, n)| (of(name, n), 500));
    let mut statements: Vec<(Value, i64)> = old.collect();
    statements.extend([(of("zoe", 50), 500), (told, 5)]);
    let mut scene = Scene::of(&statements).await;
    let counted = Around::new(Arc::clone(&scene.store), Pages::default());
    scene.store = Arc::<Around<Pages>>::clone(&counted);
    let plan = RetentionPlan { rules: vec![of_all(365)], most_a_day: 2 };
    scene.retention().put(plan.clone()).await.unwrap();
    let listed = async || scene.retention().dry_run(&plan).await.unwrap().left_out;
    assert_eq!(listed().await, Vec::<String>::new());
    let mut nights = Vec::new();
    for _ in 0..4 {
        let before = counted.hook.0.load(Ordering::Relaxed);
        let run = scene.retention().run_daily().await.unwrap().unwrap();
        let pages = counted.hook.0.load(Ordering::Relaxed) - before;
        nights.push((run.due, run.erased, run.left_out));
        if run.erased == 0 {
            // One pass to see who is due, and one for all who are looked at, which ends once all are found.
            assert!(pages <= 5, "{pages} pages");
        }
        scene.clock.pass(24 * 3_600);
    }
    assert_eq!(nights, [(7, 0, 2), (7, 0, 2), (7, 0, 2), (7, 1, 1)]);
    let account = |name: &String| format!("account:https://x.example|{name}");
    assert_eq!(listed().await, names.iter().map(account).collect::<Vec<_>>());
    let documents = scene.store.documents_beyond(None, 10).await.unwrap();
    let kept = documents.iter().map(|(_, it)| String::from_utf8_lossy(&it.body).into_owned());
    let kept: Vec<String> = kept.filter(|it| it.contains("looked_at")).collect();
    assert!(kept.len() == 1 && !kept[0].contains("ente.it"), "nobody is named: {kept:?}");
    // Once nothing of others would change, it is the person's turn again.
    let old = sample::kept(&scene.store, 99).await.statement;
    let body = String::from_utf8(old.body.to_vec()).unwrap().replace(&names.join(" "), "");
    let rewrite = store::Rewrite { read: old, body: body.into(), everywhere: true };
    assert_eq!(scene.store.rewrite_statements(vec![rewrite]).await.unwrap(), 0);
    for due in [6, 4, 2] {
        let run = scene.retention().run_daily().await.unwrap().unwrap();
        assert_eq!((run.due, run.erased), (due, 2));
        scene.clock.pass(24 * 3_600);
    }
    assert_eq!(listed().await, Vec::<String>::new());
}

/// Anybody may have sent an old statement of them.
#[tokio::test]
async fn who_has_an_account_or_a_launch_is_kept() {
    let of = |n: u32| sample::with(sample::statement(n), "actor", sample::person(&format!("p{n}")));
    let scene = Scene::of(&[0, 1, 2, 3].map(|n| (of(n), 500))).await;
    let due = async || scene.due(&[of_all(365)]).await;
    assert_eq!(due().await.len(), 4);
    let person = |name: &str, role, learner: &[&str]| access::person::Person {
        name: name.into(),
        label: String::new(),
        role,
        bounds: None,
        learner: learner.iter().map(|it| (*it).to_owned()).collect(),
        is_disabled: false,
        created: Instant::from_micros(NOW),
        last_sign_in: None,
    };
    for person in [
        person("p0@x.example", access::role::Role::Administrator, &[]),
        person("anna", access::role::Role::Learner, &["mailto:P1@x.example"]),
    ] {
        let kept = access::person::KeptPerson::new(person);
        assert!(scene.store.add_person(kept).await.unwrap());
    }
    assert_eq!(due().await, [mbox(2), mbox(3)]);
    let version = store::NewVersion {
        number: None,
        last: 0,
        key: "k".into(),
        title: String::new(),
        standard: String::new(),
        outline: String::new(),
        created: Instant::from_micros(NOW),
        files: Vec::new(),
    };
    scene.store.add_package_version(uuid::Uuid::nil(), "corso", version).await.unwrap();
    for (n, expires) in [(2, NOW + 1), (3, NOW)] {
        let launch = store::KeptLaunch {
            token: n.to_string(),
            package: "corso".into(),
            key: "k".into(),
            created: Instant::from_micros(NOW - 1),
            expires: Instant::from_micros(expires),
            revoked: false,
            body: json!({"actor": sample::person(&format!("p{n}"))}).to_string(),
        };
        assert!(scene.store.add_launch(launch).await.unwrap());
    }
    assert_eq!(due().await, [mbox(3)]);
    // Whatever page of launches it is on.
    for n in 10..15_u32 {
        let launch = store::KeptLaunch {
            token: n.to_string(),
            package: "corso".into(),
            key: "k".into(),
            created: Instant::from_micros(NOW - 1),
            expires: Instant::from_micros(NOW + 1),
            revoked: false,
            body: json!({"actor": sample::person(if n == 14 { "p3" } else { "other" })})
                .to_string(),
        };
        assert!(scene.store.add_launch(launch).await.unwrap());
        assert_eq!(due().await.is_empty(), n == 14, "{n}");
    }
}
