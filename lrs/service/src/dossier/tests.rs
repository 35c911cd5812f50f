//! The dossier of a person has what is theirs and nothing of others.

use std::io::{Cursor, Read as _};

use async_trait::async_trait;
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::sample;
use xapi::document::{Change, Document, DocumentKey, Precondition, Resource, Shelf, Unguarded};
use zip::ZipArchive;

use super::*;
use crate::audit::{Actor, Audit};
use crate::erasure::Journals;

struct NoJournals;

#[async_trait]
impl Journals for NoJournals {
    async fn read_again(&self, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn everything_of_a_person_is_in_the_archive_and_nothing_of_others() {
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(9_000_000)));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let hers = sample::with(sample::statement(0), "result", json!({"response": "<b>due</b>"}));
    let team = json!({"team": {"objectType": "Group", "member": [sample::person("p0")]}});
    let others = sample::with(sample::statement(1), "context", team);
    let all = |names: &[&str]| {
        let all: Vec<Value> = names.iter().map(|name| sample::person(name)).collect();
        json!({"objectType": "Group", "member": all})
    };
    // In a group, and as the object, she is one of several.
    let shared = sample::with(sample::statement(3), "actor", all(&["p0", "p1"]));
    let about = sample::with(sample::statement(4), "object", all(&["p2", "p0"]));
    let alone = sample::with(sample::statement(5), "actor", all(&["p0"]));
    sample::put(&store, &[hers, others, sample::statement(2), shared, about, alone]).await;
    let audit = Audit::new(Arc::clone(&store), Arc::clone(&clock));
    audit.note(Actor::Key("k".into()), "learner.read", "mbox::mailto:p0@x.example", None).await;
    let erasures =
        Erasures::new(Arc::clone(&store), Arc::clone(&clock), Arc::new(NoJournals), [7; 32]);
    let dossiers = Dossiers::new(Arc::clone(&store), clock, erasures);
    let memory = Memory::new(LOG_BYTES + (1 << 20));
    let bytes = dossiers.archive("mailto:p0@x.example", &[], &memory).await.unwrap();
    // The answer holds its memory until it is sent, and what is not there is not taken.
    assert!(memory.held() >= bytes.len());
    let small = Memory::new(LOG_BYTES + 1_000);
    let refused = dossiers.archive("mailto:p0@x.example", &[], &small).await;
    assert!(matches!(refused, Err(DossierError::Memory(_))), "{refused:?}");
    assert_eq!(small.held(), 0);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut file = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let body = async |n| sample::kept(&store, n).await.statement.body;
    let own = [&body(0).await[..], b"\n", &body(5).await[..], b"\n"].concat();
    assert_eq!(file("statements.ndjson").as_bytes(), own);
    let mentions: Vec<Value> = serde_json::from_str(&file("mentions.json")).unwrap();
    let mentions: Vec<&Value> = mentions.iter().map(|it| &it["id"]).collect();
    assert_eq!(mentions, [1, 3, 4].map(|n| json!(sample::id(n).to_string())).each_ref());
    let person: Value = serde_json::from_str(&file("person.json")).unwrap();
    assert_eq!(person["identifiers"], json!(["mailto:p0@x.example"]));
    assert_eq!(person["audit"][0]["action"], "learner.read");
    let (italian, english) = (file("index.it.html"), file("index.en.html"));
    assert!(
        italian.contains("Che cosa è stato registrato") && english.contains("What was recorded")
    );
    assert!(italian.contains("&lt;b&gt;due&lt;/b&gt;"), "{italian}");
    for name in ["p1@x.example", "p2@x.example"] {
        let all = [
            file("statements.ndjson"),
            file("mentions.json"),
            file("person.json"),
            file("index.it.html"),
        ];
        assert!(all.iter().all(|text| !text.contains(name)), "{name}");
    }
}

async fn with_launches_and_refusals(store: &Arc<dyn Store>) {
    let version = store::NewVersion {
        number: None,
        last: 0,
        key: "k1".into(),
        title: String::new(),
        standard: String::new(),
        outline: String::new(),
        created: Instant::from_micros(5),
        files: Vec::new(),
    };
    store.add_package_version(uuid::Uuid::from_u128(2), "corso", version).await.unwrap();
    for who in ["p0", "p1"] {
        let launch = KeptLaunch {
            token: format!("token of {who}"),
            package: "corso".into(),
            key: "k1".into(),
            created: Instant::from_micros(5),
            expires: Instant::from_micros(6_000_000_000),
            revoked: false,
            body: json!({"actor": sample::person(who), "attempt": 2, "language": "it"}).to_string(),
        };
        assert!(store.add_launch(launch).await.unwrap());
    }
    let both = json!([
        sample::with(sample::statement(8), "actor", sample::person("p0")),
        sample::statement(1)
    ]);
    for (n, request) in [(1, both), (2, json!([sample::statement(1)]))] {
        let refusal = store::KeptRefusal {
            id: uuid::Uuid::from_u128(n),
            key: "moodle".into(),
            rule: "score-scaled-range".into(),
            status: 400,
            at: Instant::from_micros(5),
            body: json!({"body": request.to_string()}).to_string(),
        };
        store.keep_refusals(vec![refusal]).await.unwrap();
    }
}

#[tokio::test]
async fn launches_and_refused_requests_of_the_person_are_in_the_archive() {
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(9_000_000)));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    with_launches_and_refusals(&store).await;
    let erasures =
        Erasures::new(Arc::clone(&store), Arc::clone(&clock), Arc::new(NoJournals), [7; 32]);
    let dossiers = Dossiers::new(store, clock, erasures);
    let memory = Memory::new(4 * LOG_BYTES);
    let bytes = dossiers.archive("mailto:p0@x.example", &[], &memory).await.unwrap();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut file = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let person = file("person.json");
    let lists: Value = serde_json::from_str(&person).unwrap();
    let at = "1970-01-01T00:00:00.000005Z";
    let launch = json!({"package": "corso", "created": at, "expires": "1970-01-01T01:40:00.000000Z",
        "revoked": false, "attempt": 2, "registration": null, "language": "it"});
    assert_eq!(lists["launches"], json!([launch]));
    let refusal = json!({"id": uuid::Uuid::from_u128(1).to_string(), "at": at, "by": "moodle",
        "rule": "score-scaled-range", "status": 400});
    assert_eq!(lists["refusals"], json!([refusal]));
    let page = file("index.it.html");
    assert!(page.contains("Avvii di pacchetti") && page.contains("package: corso"), "{page}");
    assert!(page.contains("Richieste rifiutate") && page.contains("score-scaled-range"), "{page}");
    for text in [person, page] {
        assert!(!text.contains("p1@x.example") && !text.contains("token of"), "{text}");
    }
}

/// A user name may be any word, and a mail address stand in texts about others.
#[tokio::test]
async fn what_has_an_identifier_in_a_text_alone_is_not_told() {
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(9_000_000)));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let response = |n: u32, text: &str| {
        sample::with(sample::statement(n), "result", json!({"response": text}))
    };
    let object = json!({"id": "https://moodle.example/user/mario.rossi5"});
    sample::put(
        &store,
        &[
            response(1, "asked p0@x.example"),
            sample::with(sample::statement(2), "object", object),
            sample::statement(3),
        ],
    )
    .await;
    let audit = Audit::new(Arc::clone(&store), Arc::clone(&clock));
    let by = || Actor::Key("k".into());
    for (action, target) in [
        ("learner.read", "c/mbox::mailto:p0@x.example"),
        ("statements.read", "account::p0@x.example@https://other.example"),
        ("course.changed", "mario.rossi5"),
        ("statements.read", "account::mario.rossi5@https://moodle.example"),
        ("person.changed", "p0@x.example"),
    ] {
        audit.note(by(), action, target, None).await;
    }
    let erasures =
        Erasures::new(Arc::clone(&store), Arc::clone(&clock), Arc::new(NoJournals), [7; 32]);
    let dossiers = Dossiers::new(store, clock, erasures);
    let memory = Memory::new(4 * LOG_BYTES);
    let others = ["account:https://moodle.example|mario.rossi5".to_owned()];
    let bytes = dossiers.archive("mailto:p0@x.example", &others, &memory).await.unwrap();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut value = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    assert_eq!(value("mentions.json"), json!([]));
    let person = value("person.json");
    let mut targets: Vec<&Value> =
        person["audit"].as_array().unwrap().iter().map(|it| &it["target"]).collect();
    targets.sort_by_key(ToString::to_string);
    assert_eq!(
        targets,
        [&json!("account::mario.rossi5@https://moodle.example"), &json!("p0@x.example")]
    );
}

/// How many statements, mentions, documents and readings there are of the person.
const MANY: u32 = 300;

async fn with_many(store: &Arc<dyn Store>, clock: &Arc<dyn Clock>) {
    let hers = |n: u32| sample::with(sample::statement(n), "actor", sample::person("p0"));
    let attached = |n: u32| {
        let described = json!({"usageType": "https://u.example/u", "display": {"en": "a text"},
            "contentType": "text/plain", "length": 1, "sha2": format!("{n:064x}"),
            "fileUrl": "https://f.example/f"});
        sample::with(hers(n), "attachments", json!([described]))
    };
    let team = json!({"team": {"objectType": "Group", "member": [sample::person("p0")]}});
    let mentioning = |n: u32| sample::with(sample::statement(n), "context", team.clone());
    sample::put(store, &(0..MANY).map(attached).collect::<Vec<_>>()).await;
    sample::put(store, &(MANY..2 * MANY).map(mentioning).collect::<Vec<_>>()).await;
    let shelf = Shelf {
        resource: Resource::AgentProfile,
        activity: String::new(),
        agent: "mbox::mailto:p0@x.example".into(),
        registration: None,
    };
    let audit = Audit::new(Arc::clone(store), Arc::clone(clock));
    for n in 0..MANY {
        let document = Document {
            content_type: "text/plain".into(),
            body: Bytes::from_static(b"x"),
            updated: clock.now(),
        };
        let free =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        let key = DocumentKey { shelf: shelf.clone(), id: format!("document {n}") };
        store.change_document(key, free, Change::Put(document)).await.unwrap();
        audit.note(Actor::Key("k".into()), "learner.read", "mbox::mailto:p0@x.example", None).await;
    }
}

#[tokio::test]
async fn what_an_archive_lists_is_reserved_beside_what_is_written() {
    let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(9_000_000)));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    with_many(&store, &clock).await;
    let erasures =
        Erasures::new(Arc::clone(&store), Arc::clone(&clock), Arc::new(NoJournals), [7; 32]);
    let dossiers = Dossiers::new(store, clock, erasures);
    let archive = async |bytes: usize| {
        let memory = Memory::new(bytes);
        let made = dossiers.archive("mailto:p0@x.example", &[], &memory).await;
        let weight = made.as_ref().map_or(0, Bytes::len);
        assert!(memory.held() >= weight, "held while it is sent");
        made
    };
    let bytes = archive(4 * LOG_BYTES).await.unwrap();
    let mut whole = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut texts = 0;
    for at in 0..whole.len() {
        texts += usize::try_from(whole.by_index(at).unwrap().size()).unwrap();
    }
    let mut text = |name: &str| {
        let mut text = String::new();
        whole.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let statements = text("statements.ndjson");
    let mut value = |name: &str| serde_json::from_str::<Value>(&text(name)).unwrap();
    let (mentions, documents) = (value("mentions.json"), value("documents.json"));
    let person = value("person.json");
    let many = MANY as usize;
    for list in [&mentions, &documents, &person["audit"]] {
        assert_eq!(list.as_array().unwrap().len(), many);
    }
    let lists = weight::of(&mentions) + weight::of(&documents) + weight::of(&person);
    // Of each statement a line of the page, and the hash of its attachment.
    let line = |text: &str| Line::of(&serde_json::from_str(text).unwrap(), false).weight();
    let lines: usize = statements.lines().map(line).sum();
    let hashes = many * (3 * size_of::<String>() + 64);
    let enough = LOG_BYTES + texts + lists + lines + hashes;
    let refused = archive(enough - 2_000).await;
    assert!(matches!(refused, Err(DossierError::Memory(_))), "{:?}", refused.map(|it| it.len()));
    archive(enough).await.unwrap();
}
