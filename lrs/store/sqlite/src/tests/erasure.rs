//! After an erasure the files hold nothing of the person, whatever was in them before.

use std::fs;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;
use validator::ifi::Ifi;

use super::{Hand, SqliteStore, open, shared};
use access::audit::{Actor, AuditEntry};
use store::{ErasedPart, Kept, KeptErasure, Rewrite, Scrub, Store};
use store_testkit::sample;
use xapi::erase::Eraser;
use xapi::instant::Instant;

/// Whether a file of the folder contains `text`, in whatever case.
fn is_in_files(home: &TempDir, text: &str) -> Vec<String> {
    are_in_files(home, text.to_lowercase().as_bytes(), |bytes| bytes.to_ascii_lowercase())
}

/// The files of the folder that have `wanted` in what `seen` makes of their bytes.
fn are_in_files(home: &TempDir, wanted: &[u8], seen: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<String> {
    let files = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().path());
    let holds = |path: &std::path::PathBuf| {
        let bytes = seen(fs::read(path).unwrap());
        bytes.windows(wanted.len()).any(|window| window == wanted)
    };
    files
        .filter(|path| path.is_file())
        .filter(holds)
        .map(|path| path.display().to_string())
        .collect()
}

/// The texts of statements as they lie in the files.
async fn packed(store: &SqliteStore) -> Vec<Vec<u8>> {
    let read = |connection: &rusqlite::Connection| {
        let mut select = connection.prepare("SELECT packed FROM statement ORDER BY seq")?;
        let rows = select.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    store.read(read).await.unwrap()
}

async fn fill(store: &Arc<dyn Store>) {
    for n in 0..50 {
        let statement = sample::with(
            sample::statement(n),
            "actor",
            json!({"mbox": "mailto:anna.rossi@x.example", "name": "Anna Rossi"}),
        );
        let long =
            format!("{} anna.rossi@x.example", "x".repeat(usize::try_from(n).unwrap() * 500));
        sample::put(store, &[sample::with(statement, "result", json!({"response": long}))]).await;
        sample::put(store, &[sample::reference(1_000 + n, n)]).await;
    }
    let at = Instant::from_micros(7);
    let entry = AuditEntry {
        id: AuditEntry::id(at, 7),
        at,
        actor: Actor::Key("k".into()),
        action: "statements.read".into(),
        target: "mbox::mailto:anna.rossi@x.example".into(),
        details: String::new(),
    };
    store.add_audit(entry).await.unwrap();
    let body = "anna.rossi@x.example".to_owned();
    let erasure = KeptErasure { id: Uuid::from_u128(7), created: at, is_done: false, body };
    store.add_erasure(erasure.clone()).await.unwrap();
    store.change_erasure(KeptErasure { body: String::new(), ..erasure }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_person_is_left_in_the_files() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let store_of_test = shared(&store);
    fill(&store_of_test).await;
    assert!(!is_in_files(&home, "anna.rossi").is_empty());
    // Her name cannot be seen in these.
    let of_her = packed(&store).await.into_iter().step_by(2).collect::<Vec<_>>();
    let eraser =
        Arc::new(Eraser::new([Ifi::Mbox("mailto:anna.rossi@x.example".into())], [], "erased-1"));
    let erased = |Kept { statement: read, .. }: Kept| {
        eraser.bytes(&read.body).map(|body| Rewrite { read, body, everywhere: true })
    };
    let erased: Vec<Rewrite> =
        sample::log(&store_of_test).await.into_iter().filter_map(erased).collect();
    assert_eq!(erased.len(), 50);
    store_of_test.rewrite_statements(erased).await.unwrap();
    for part in ErasedPart::EVERY {
        store_of_test.erase(part, &eraser, Uuid::from_u128(7)).await.unwrap();
    }
    // Without this the old bytes are there: the test can fail.
    assert!(!is_in_files(&home, "anna.rossi").is_empty());
    let is_there = |packed: &Vec<u8>| !are_in_files(&home, packed, |bytes| bytes).is_empty();
    assert!(of_her.iter().any(is_there));
    store_of_test.scrub(Scrub::Everything).await.unwrap();
    for name in ["anna.rossi", "Anna Rossi"] {
        assert_eq!(is_in_files(&home, name), Vec::<String>::new(), "{name}");
    }
    assert!(!of_her.iter().any(is_there));
    // Everything else is there, also for who opens the store anew.
    let log = sample::log(&store_of_test).await;
    drop((store, store_of_test));
    let again = shared(&open(&home, &clock));
    assert_eq!(sample::log(&again).await, log);
    assert_eq!(log.len(), 100);
}

/// The files are not written anew: what an erasure noted of a person who was not found is written over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_in_the_files_of_what_erasures_noted_that_changed_nothing() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = shared(&open(&home, &clock));
    let at = Instant::from_micros(7);
    let of = |n: u128, body: String| KeptErasure {
        id: Uuid::from_u128(n),
        created: at,
        is_done: false,
        body,
    };
    let note = |n: u128, longer: usize| {
        let length = usize::try_from(n).unwrap() * 300 % 9_000 + longer;
        of(n, format!("anna.rossi{n}@x.example {}", "x".repeat(length)))
    };
    for n in 0..40 {
        store.add_erasure(note(n, 0)).await.unwrap();
        sample::put(&store, &[sample::statement(u32::try_from(n).unwrap())]).await;
    }
    for n in 0..40 {
        store.change_erasure(note(n, 10)).await.unwrap();
        store.change_erasure(note(n, 900)).await.unwrap();
    }
    for n in 0..40 {
        store.change_erasure(of(n, "{}".into())).await.unwrap();
    }
    assert!(!is_in_files(&home, "anna.rossi").is_empty(), "in the journal");
    store.scrub(Scrub::Records).await.unwrap();
    assert_eq!(is_in_files(&home, "anna.rossi"), Vec::<String>::new());
}

/// And nothing of what the statements said, whoever opens the store anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_removed_statements_is_left_in_the_files() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let store_of_test = shared(&store);
    fill(&store_of_test).await;
    let of_her = packed(&store).await.into_iter().step_by(2).collect::<Vec<_>>();
    let names_her = |kept: &Kept| {
        String::from_utf8_lossy(&kept.statement.body).contains("anna.rossi@x.example")
    };
    let all = sample::log(&store_of_test).await;
    let (hers, others): (Vec<Kept>, Vec<Kept>) = all.into_iter().partition(names_her);
    assert_eq!((hers.len(), others.len()), (50, 50));
    let ids: Vec<Uuid> = hers.iter().map(|kept| kept.statement.id).collect();
    let read = hers.into_iter().map(|kept| kept.statement).collect();
    assert_eq!(store_of_test.remove_statements(read, Uuid::from_u128(7)).await.unwrap(), 0);
    let eraser =
        Arc::new(Eraser::new([Ifi::Mbox("mailto:anna.rossi@x.example".into())], [], "erased-1"));
    for part in ErasedPart::EVERY {
        store_of_test.erase(part, &eraser, Uuid::from_u128(7)).await.unwrap();
    }
    let is_there = |packed: &Vec<u8>| !are_in_files(&home, packed, |bytes| bytes).is_empty();
    assert!(of_her.iter().any(is_there), "without this the old bytes are there");
    store_of_test.scrub(Scrub::Everything).await.unwrap();
    for text in ["anna.rossi", "Anna Rossi", "xxxxxxxxxxxxxxxx"] {
        assert_eq!(is_in_files(&home, text), Vec::<String>::new(), "{text}");
    }
    assert!(!of_her.iter().any(is_there));
    drop((store, store_of_test));
    let again = shared(&open(&home, &clock));
    assert_eq!(sample::log(&again).await, others);
    let removed = again.removed_statements(Instant::default(), 100).await.unwrap();
    assert_eq!(removed.iter().map(|it| it.id).collect::<Vec<_>>(), ids);
    let last = removed.iter().map(|it| it.stored).max().unwrap();
    assert!(again.latest().await.unwrap() >= last);
    let refused = again.put_statements(sample::batch(&[sample::statement(0)])).await;
    assert!(matches!(refused, Err(store::StoreError::Conflict { .. })), "{refused:?}");
}

#[tokio::test]
async fn the_chain_of_a_store_of_before_begins_with_the_next_entry() {
    let home = TempDir::new().unwrap();
    let old = rusqlite::Connection::open(home.path().join(crate::FILE)).unwrap();
    for step in [
        include_str!("../0001_core.sql"),
        include_str!("../0002_journals.sql"),
        include_str!("../0003_checksums.sql"),
        include_str!("../0004_gone_courses.sql"),
        include_str!("../0005_packages.sql"),
        include_str!("../0006_refusals.sql"),
        include_str!("../0007_people.sql"),
        "INSERT INTO audit VALUES ('00000000000000000001-x', 1, 'key', 'k', 'key.created', 'k2', '')",
        "PRAGMA user_version = 7",
    ] {
        old.execute_batch(step).unwrap();
    }
    drop(old);
    let store = shared(&open(&home, &Hand::new()));
    let before = store.audit(&access::audit::AuditFilter::default(), 10).await.unwrap();
    assert_eq!(before.len(), 1);
    assert!(store.audit_chain(0, 10).await.unwrap().is_empty());
    let next = AuditEntry { id: "00000000000000000002-x".into(), ..before[0].clone() };
    assert!(store.add_audit(next.clone()).await.unwrap());
    let chain = store.audit_chain(0, 10).await.unwrap();
    assert_eq!((chain.len(), chain[0].seal.number, chain[0].entry.as_ref()), (1, 1, Some(&next)));
}
