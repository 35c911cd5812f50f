//! Whole erasures, on the engine in memory: with a failure at every step, and what is left of the person.

use std::sync::Mutex;

use crate::audit::Audit;
use access::audit::AuditFilter;
use bytes::Bytes;
use serde_json::{Value, json};
use store::{KeptCertificates, Selection};
use store_testkit::around::{Around, Hook};
use store_testkit::clock::TurnedClock;
use store_testkit::failing::Failing;
use store_testkit::memory::MemoryStore;
use store_testkit::sample;
use store_testkit::slow::Slow;
use xapi::attachment::Attachment;
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unguarded};

use super::*;

mod again;
mod copied;
mod former;
mod letters;
mod lists;
mod others;
mod owed;
mod removal;
mod waiting;
mod within;
mod words;

/// Notes the courses that are read again.
#[derive(Default)]
struct NotedJournals(Mutex<Vec<String>>);

#[async_trait]
impl Journals for NotedJournals {
    async fn read_again(&self, course: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap().push(course.to_owned());
        Ok(())
    }
}

struct World {
    store: Arc<dyn Store>,
    failing: Arc<Failing>,
    clock: Arc<dyn Clock>,
    turned: TurnedClock,
    journals: Arc<NotedJournals>,
}

const LEARNERS: &str = "id,name,identifiers,region,body
l-0,Anna Rossi,mailto:p0@x.example;account:https://moodle.example|7,Umbria,Comune di Terni
l-1,Bruno,mailto:p1@x.example,Umbria,Comune di Terni
";

fn attachment(text: &'static str) -> Attachment {
    let body = Bytes::from_static(text.as_bytes());
    Attachment { sha2: hex::encode(Sha256::digest(&body)), content_type: "text/plain".into(), body }
}

fn with_attachment(statement: &Value, attachment: &Attachment) -> Value {
    let described = json!([{"usageType": "https://u.example/u", "display": {"en": "d"},
        "contentType": "text/plain", "length": attachment.body.len(), "sha2": attachment.sha2}]);
    sample::with(statement.clone(), "attachments", described)
}

impl World {
    async fn new() -> Self {
        let turned = TurnedClock::at(Instant::from_micros(9_000_000));
        let clock: Arc<dyn Clock> = Arc::new(turned.clone());
        let memory: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
        let failing = Failing::over(memory);
        let store: Arc<dyn Store> = Arc::<Failing>::clone(&failing);
        let world = Self { store, failing, clock, turned, journals: Arc::default() };
        world.fill().await;
        world
    }

    async fn fill(&self) {
        let store = &self.store;
        let account = json!({"account": {"homePage": "https://moodle.example", "name": "7"}});
        let statements = [
            with_attachment(&sample::statement(0), &attachment("hers")),
            with_attachment(
                &sample::with(sample::statement(2), "actor", account),
                &attachment("shared"),
            ),
            with_attachment(&sample::statement(1), &attachment("shared")),
            sample::reference(3, 0),
        ];
        for statement in statements {
            let mut batch = sample::batch(&[statement]);
            batch.attachments = vec![attachment("hers"), attachment("shared")];
            store.put_statements(batch).await.unwrap();
        }
        store.put_course("c", "file", None, Selection::Changed).await.unwrap();
        let list = course::LearnerList::parse(LEARNERS.as_bytes()).unwrap();
        let enrolment =
            course::Enrolment { learners: list.learners().to_vec(), merged: BTreeMap::new() };
        let revision = store.course_revision("c").await.unwrap().unwrap().revision;
        let text = enrolment.to_kept().unwrap();
        assert!(store.put_enrolment("c", &text, revision).await.unwrap());
        let person = |n: u32, name: &str| {
            json!({"learner": format!("l-{n}"), "name": name, "region": "Umbria",
            "province": "", "body": "Comune di Terni", "istat": "", "role": "", "office": "", "edition": "",
            "since": "2026-10-01", "online": 5, "presence": 0, "score": null})
        };
        let list = json!({"course": "c", "title": {"it": "C", "en": "C"}, "date": "2026-10-31",
            "rule": {"it": "", "en": ""}, "time_zone": "Europe/Rome", "through": null, "frozen": 1,
            "people": [person(0, "Anna Rossi"), person(1, "Bruno")]});
        let mut list: report::FrozenCertificates = serde_json::from_value(list).unwrap();
        list.salt(|| "salt".to_owned());
        let body = Bytes::from(serde_json::to_vec(&list).unwrap());
        let kept = KeptCertificates { id: "list".into(), created: self.clock.now(), body };
        assert!(store.add_certificates("c", kept).await.unwrap());
        let shelf = Shelf {
            resource: Resource::AgentProfile,
            activity: String::new(),
            agent: "mbox::mailto:p0@x.example".into(),
            registration: None,
        };
        let document = Document {
            content_type: "text/plain".into(),
            body: Bytes::from_static(b"Anna Rossi"),
            updated: self.clock.now(),
        };
        let free =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        let key = DocumentKey { shelf, id: "prefs".into() };
        store.change_document(key, free, Change::Put(document)).await.unwrap();
        let audit = self.audit();
        audit.note(Actor::Key("k".into()), "learner.read", "c/l-0", None).await;
    }

    fn audit(&self) -> Audit {
        Audit::new(Arc::clone(&self.store), Arc::clone(&self.clock))
    }

    /// Adds the account of a learner who has these identifiers.
    async fn signs_in(&self, name: &str, identifiers: &[&str]) {
        let person = access::person::Person {
            name: name.into(),
            label: "Anna Rossi".into(),
            role: access::role::Role::Learner,
            bounds: None,
            learner: identifiers.iter().map(|it| (*it).to_owned()).collect(),
            is_disabled: false,
            created: self.clock.now(),
            last_sign_in: None,
        };
        let added = self.store.add_person(access::person::KeptPerson::new(person)).await;
        assert!(added.unwrap());
    }

    /// As a process that has just begun has it.
    fn erasures(&self) -> Erasures {
        let journals: Arc<dyn Journals> = Arc::<NotedJournals>::clone(&self.journals);
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        Erasures::new(store, clock, journals, [7; 32])
    }

    /// Everything that the store has, as one text.
    async fn everything(&self) -> String {
        let store = &self.store;
        let mut all = String::new();
        for kept in sample::log(store).await {
            all.push_str(std::str::from_utf8(&kept.statement.body).unwrap());
        }
        let documents = store.documents_beyond(None, 100).await.unwrap();
        let course = store.course("c").await.unwrap();
        let list = store.certificate("c", "list").await.unwrap().unwrap();
        let audit = store.audit(&AuditFilter::default(), 100).await.unwrap();
        let erasures = store.erasures(None, 100).await.unwrap();
        let list = String::from_utf8_lossy(&list.body).into_owned();
        all + &format!("{documents:?}{course:?}{list}{audit:?}{erasures:?}")
    }
}

fn asked() -> ErasureAsked {
    let reason = "protocol 12/2026, asked for by p0@x.example".to_owned();
    ErasureAsked {
        identifier: "mailto:p0@x.example".into(),
        others: Vec::new(),
        reason,
        pseudonym: None,
        mode: ErasureMode::Pseudonymise,
        within: None,
    }
}

const NAMES: [&str; 4] = ["p0@x.example", "Anna Rossi", "l-0", r#""name":"7""#];

#[tokio::test]
async fn a_person_is_found_by_any_identifier_and_counted() {
    let world = World::new().await;
    let by_account =
        ErasureAsked { identifier: "account:https://moodle.example|7".into(), ..asked() };
    let found = world.erasures().preview(&by_account).await.unwrap();
    assert_eq!(found, world.erasures().preview(&asked()).await.unwrap());
    let listed: Vec<String> = found.identifiers.iter().map(Identifier::listed).collect();
    assert_eq!(listed, ["mailto:p0@x.example", "account:https://moodle.example|7"]);
    assert_eq!(found.learners, [FoundLearner { course: "c".into(), learner: "l-0".into() }]);
    let counts = [
        ("accounts", 0),
        ("certificates", 1),
        ("documents", 1),
        ("learners", 1),
        ("statements", 2),
    ];
    assert_eq!(found.counts, counts.map(|(what, count)| (what.to_owned(), count)).into());
    let before = world.everything().await;
    assert!(NAMES.iter().all(|name| before.contains(name)), "{before}");
}

#[tokio::test]
async fn nothing_of_a_person_is_left_and_the_proof_holds() {
    let world = World::new().await;
    let erasures = world.erasures();
    let begun = erasures.begin(&asked(), Actor::Key("dpo".into())).await.unwrap();
    let record = erasures.run(begun.id).await.unwrap();
    let after = world.everything().await;
    for name in NAMES {
        assert!(!after.contains(name), "{name} in {after}");
    }
    assert_eq!(record.reason, format!("protocol 12/2026, asked for by {}", record.pseudonym));
    let counts = |what: &str| record.counts.get(what).copied().unwrap_or_default();
    assert_eq!((counts("statements"), counts("documents"), counts("attachments")), (2, 1, 1));
    assert_eq!(
        (counts("certificates"), counts("learners"), record.lists.clone()),
        (1, 1, vec!["c/list".to_owned()])
    );
    // What two people's statements need stays.
    let hashes = ["hers", "shared"].map(|it| attachment(it).sha2);
    let left = world.store.attachments(&hashes).await.unwrap();
    assert_eq!(left.iter().map(|it| &it.sha2).collect::<Vec<_>>(), [&hashes[1]]);
    // Hours of the body stay true: the learner is there still, under the pseudonym, which statements have too.
    let course = world.store.course("c").await.unwrap().unwrap();
    let enrolment = course::Enrolment::from_kept(&course.enrolment).unwrap();
    let learner = &enrolment.learners[0];
    assert_eq!(
        (learner.id.as_str(), learner.body.as_str()),
        (record.pseudonym.as_str(), "Comune di Terni")
    );
    let statement = sample::kept(&world.store, 2).await.statement.value().unwrap();
    assert_eq!(Identifier::of_agent(&statement["actor"]).as_ref(), learner.identifiers.first());
    assert_eq!(*world.journals.0.lock().unwrap(), ["c"]);
    assert!(erasures.verify(begun.id).await.unwrap().holds);
    assert_eq!(erasures.list(None, 10, Some("mailto:p0@x.example")).await.unwrap().found.len(), 1);
    assert_eq!(erasures.list(None, 10, Some("mailto:p1@x.example")).await.unwrap().found.len(), 0);
    assert_eq!(world.audit().verify(None).await.unwrap().broken, None);
    // A record that is changed is found.
    let (kept, record) = erasures.one(begun.id).await.unwrap();
    let other = ErasureRecord { reason: "another".into(), ..record };
    assert!(!world.store.change_erasure(other.kept(kept.id, kept.created)).await.unwrap());
    let changed = ErasureRecord { reason: "another".into(), ..other };
    assert_ne!(changed.computed(), changed.proof);
}

#[tokio::test]
async fn an_erasure_that_fails_at_any_step_goes_on_and_comes_to_the_same() {
    fails_at_every_step(&asked(), &["rewrite_statements"]).await;
}

/// Of every method that an erasure calls, every call fails once.
async fn fails_at_every_step(asked: &ErasureAsked, further: &[&'static str]) {
    let methods = [
        "change_erasure",
        "erase",
        "scrub",
        "remove_attachments",
        "replace_certificates",
        "put_enrolment",
        "add_audit",
        "log",
        "courses",
        "course",
        "written_since",
        "certificate",
        "attachments",
    ];
    for method in methods.iter().chain(further).copied() {
        let mut failed = 0;
        for works in 0.. {
            let world = World::new().await;
            let begun = world.erasures().begin(asked, Actor::Machine).await.unwrap();
            world.failing.fail_after(method, works);
            let first = world.erasures().run(begun.id).await;
            world.failing.fail(&[]);
            let is_whole = first.is_ok();
            failed += usize::from(!is_whole);
            let record = world.erasures().run(begun.id).await.unwrap();
            let after = world.everything().await;
            for name in NAMES {
                assert!(!after.contains(name), "{name} after {method} {works} in {after}");
            }
            let statements = record.counts.get("statements").copied();
            assert_eq!(statements, Some(2), "{method} {works}");
            assert!(world.erasures().verify(begun.id).await.unwrap().holds, "{method} {works}");
            if is_whole {
                break;
            }
        }
        assert!(failed > 0, "{method} is not called");
    }
}

#[tokio::test]
async fn an_erasure_without_a_reason_or_of_no_identifier_is_refused() {
    let world = World::new().await;
    let by = || Actor::Key("k".into());
    let without = ErasureAsked { reason: " ".into(), ..asked() };
    assert!(matches!(world.erasures().begin(&without, by()).await, Err(ErasureError::Reason)));
    let unreadable = ErasureAsked { identifier: "Anna".into(), ..asked() };
    let refused = world.erasures().begin(&unreadable, by()).await;
    assert!(matches!(refused, Err(ErasureError::Identifier(_))), "{refused:?}");
    assert!(world.store.erasures(None, 10).await.unwrap().is_empty());
}

/// A team has two people who are erased at the same time.
#[tokio::test]
async fn erasures_that_are_asked_for_at_once_do_not_undo_one_another() {
    let world = World::new().await;
    let team = json!({"team": {"objectType": "Group",
        "member": [sample::person("p0"), sample::person("p1")]}});
    sample::put(&world.store, &[sample::with(sample::statement(7), "context", team)]).await;
    let slow = Slow::at(Arc::clone(&world.store), "rewrite_statements");
    let store: Arc<dyn Store> = Arc::<Slow>::clone(&slow);
    let journals: Arc<dyn Journals> = Arc::<NotedJournals>::clone(&world.journals);
    let erasures = Erasures::new(store, Arc::clone(&world.clock), journals, [7; 32]);
    let (identifier, reason) = ("mailto:p1@x.example".to_owned(), "12/2026".to_owned());
    let other = ErasureAsked { identifier, reason, ..asked() };
    let first = erasures.begin(&asked(), Actor::Machine).await.unwrap().id;
    let second = erasures.begin(&other, Actor::Machine).await.unwrap().id;
    let running = [first, second].map(|id| {
        let erasures = erasures.clone();
        tokio::spawn(async move { erasures.run(id).await })
    });
    // The first has read the statements, and holds their texts.
    slow.arrived().await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        slow.let_go();
    }
    for run in running {
        run.await.unwrap().unwrap();
    }
    let after = world.everything().await;
    for name in ["p0@x.example", "p1@x.example"] {
        assert!(!after.contains(name), "{name} in {after}");
    }
}

/// As above, on two servers that share a store: neither waits for the other.
#[tokio::test]
async fn erasures_of_two_servers_do_not_undo_one_another() {
    let world = World::new().await;
    let team = json!({"team": {"objectType": "Group",
        "member": [sample::person("p0"), sample::person("p1")]}});
    sample::put(&world.store, &[sample::with(sample::statement(7), "context", team)]).await;
    let slow = Slow::at(Arc::clone(&world.store), "rewrite_statements");
    let store: Arc<dyn Store> = Arc::<Slow>::clone(&slow);
    let journals: Arc<dyn Journals> = Arc::<NotedJournals>::clone(&world.journals);
    let first = Erasures::new(store, Arc::clone(&world.clock), journals, [7; 32]);
    let (identifier, reason) = ("mailto:p1@x.example".to_owned(), "13/2026".to_owned());
    let other = ErasureAsked { identifier, reason, ..asked() };
    let (mine, theirs) = (
        first.begin(&asked(), Actor::Machine).await.unwrap().id,
        world.erasures().begin(&other, Actor::Machine).await.unwrap().id,
    );
    let running = tokio::spawn(async move { first.run(mine).await });
    slow.arrived().await;
    world.erasures().run(theirs).await.unwrap();
    for _ in 0..100 {
        slow.let_go();
    }
    running.await.unwrap().unwrap();
    let after = world.everything().await;
    for name in ["p0@x.example", "p1@x.example"] {
        assert!(!after.contains(name), "{name} in {after}");
    }
}

/// Says of the statement stored at this instant that it cannot be read.
struct Damaged(Mutex<Option<Instant>>);

#[async_trait]
impl Hook for Damaged {
    async fn before(&self, method: &'static str) -> Result<(), StoreError> {
        let damaged = if method == "log" { self.0.lock().unwrap().take() } else { None };
        let unreadable =
            |stored| StoreError::Unreadable { id: None, stored, reason: "bits".into() };
        damaged.map_or(Ok(()), |stored| Err(unreadable(stored)))
    }
}

#[tokio::test]
async fn a_statement_that_cannot_be_read_is_counted_and_stops_nothing() {
    let world = World::new().await;
    let damaged = Around::new(Arc::clone(&world.store), Damaged(Mutex::default()));
    let store: Arc<dyn Store> = Arc::<Around<Damaged>>::clone(&damaged);
    let journals: Arc<dyn Journals> = Arc::<NotedJournals>::clone(&world.journals);
    let erasures = Erasures::new(store, Arc::clone(&world.clock), journals, [7; 32]);
    let before_all = Instant::from_micros(1);
    let damage = || *damaged.hook.0.lock().unwrap() = Some(before_all);
    damage();
    let counts = erasures.preview(&asked()).await.unwrap().counts;
    assert_eq!((counts["statements"], counts["unreadable"]), (2, 1));
    let begun = erasures.begin(&asked(), Actor::Machine).await.unwrap();
    damage();
    let record = erasures.run(begun.id).await.unwrap();
    assert_eq!((record.counts["statements"], record.counts["unreadable"]), (2, 1));
    let after = world.everything().await;
    for name in NAMES {
        assert!(!after.contains(name), "{name} in {after}");
    }
    assert!(erasures.verify(begun.id).await.unwrap().holds);
}

/// A backup of before the erasure has the person, and the same secret.
#[tokio::test]
async fn what_was_erased_after_a_backup_is_erased_again_in_what_is_restored_of_it() {
    let world = World::new().await;
    let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
    let record = world.erasures().run(begun.id).await.unwrap();
    let restored = World::new().await;
    let marks = record.marks.clone();
    let later = LaterErasure {
        id: begun.id,
        reason: record.reason.clone(),
        mode: record.mode,
        within: None,
        marks,
    };
    let of_nobody =
        LaterErasure { id: Uuid::from_u128(7), marks: vec!["0".repeat(64)], ..later.clone() };
    let all = [later.clone(), of_nobody];
    assert_eq!(restored.erasures().begin_again(&all).await.unwrap(), 1);
    restored.erasures().resume().await;
    let after = restored.everything().await;
    for name in NAMES {
        assert!(!after.contains(name), "{name} in {after}");
    }
    // What came after an erasure that the store knows is not of that erasure.
    sample::put(&world.store, &[sample::with(sample::statement(9), "actor", sample::person("p0"))])
        .await;
    assert_eq!(world.erasures().begin_again(&[later]).await.unwrap(), 0);
}

#[tokio::test]
async fn the_name_and_the_identifiers_of_an_account_are_the_persons_too() {
    let world = World::new().await;
    world.signs_in("anna.rossi", &["mailto:P0@x.example", "mailto:p5@x.example"]).await;
    sample::put(&world.store, &[sample::statement(5)]).await;
    world.audit().note(Actor::Key("k".into()), "person.created", "anna.rossi", None).await;
    world.audit().note(Actor::Person("anna.rossi".into()), "own.exported", "", None).await;
    let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
    world.erasures().run(begun.id).await.unwrap();
    assert!(world.store.people().await.unwrap().is_empty());
    let after = world.everything().await;
    assert!(!after.contains("anna.rossi"), "{after}");
    assert!(
        !after.contains("p5@x.example"),
        "what only the account knows is the person's too: {after}"
    );
}

/// Of the address behind it nothing is found, unless it is given too.
#[tokio::test]
async fn who_is_asked_for_by_a_hash_alone_may_be_left_under_the_address() {
    let world = World::new().await;
    let hash = "d1a2bd6d2fb8ae6f3d3d0d5d6d3e5a4d5c6b7a89";
    let asked = ErasureAsked { identifier: format!("mbox_sha1sum:{hash}"), ..asked() };
    let left = world.erasures().preview(&asked).await.unwrap().left;
    assert!(
        matches!(&left[..], [one] if one.contains(hash) && one.contains("address")),
        "{left:?}"
    );
}

#[tokio::test]
async fn another_person_of_the_same_id_in_another_course_is_left_alone() {
    let world = World::new().await;
    let store = &world.store;
    store.put_course("d", "file", None, Selection::Changed).await.unwrap();
    let list = "id,name,identifiers\nl-0,Carla,mailto:p2@x.example\n";
    let list = course::LearnerList::parse(list.as_bytes()).unwrap();
    let enrolment =
        course::Enrolment { learners: list.learners().to_vec(), merged: BTreeMap::new() };
    let revision = store.course_revision("d").await.unwrap().unwrap().revision;
    assert!(store.put_enrolment("d", &enrolment.to_kept().unwrap(), revision).await.unwrap());
    let frozen = store.certificate("c", "list").await.unwrap().unwrap();
    assert!(store.add_certificates("d", frozen.clone()).await.unwrap());
    world.audit().note(Actor::Key("k".into()), "learner.read", "d/l-0", None).await;
    assert_eq!(world.erasures().preview(&asked()).await.unwrap().counts["certificates"], 1);
    let begun = world.erasures().begin(&asked(), Actor::Machine).await.unwrap();
    let record = world.erasures().run(begun.id).await.unwrap();
    assert_eq!(record.lists, ["c/list"]);
    assert_eq!(store.certificate("d", "list").await.unwrap(), Some(frozen));
    let audit = store.audit(&AuditFilter::default(), 10).await.unwrap();
    assert!(audit.iter().any(|it| it.target == "d/l-0"), "{audit:?}");
}
