//! An erasure is made of many short jobs of the writer, between which others write, and may end after any of them.

use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;

use futures::FutureExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;
use validator::ifi::Ifi;

use super::index::{finds_what_is_said, is_as_rebuilt};
use super::settle::left;
use super::{Hand, SqliteStore, open, shared};
use crate::session::Session;
use crate::settle::AT_ONCE;
use access::audit::{Actor, AuditEntry};
use bytes::Bytes;
use store::bounds::LONGEST_TARGET;
use store::{AuditStore as _, ErasedPart, ErasureStore as _, Rewrite, StatementStore as _};
use store_testkit::sample::{
    batch, id, ids, ids_of, log, of_person, person, put, reference, statement, verb, with,
};
use xapi::attachment::Attachment;
use xapi::erase::Eraser;
use xapi::instant::Instant;
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

const BY: Uuid = Uuid::from_u128(7);

fn eraser() -> Arc<Eraser> {
    Arc::new(Eraser::new([Ifi::Mbox("mailto:p0@x.example".into())], [], "erased-1"))
}

/// Does `work`, and keeps a statement whenever it waits, so that at most two jobs of it have run between two of these.
/// `seen` is called after each. Gives what `work` gave, and how many statements were kept.
pub(super) async fn with_others<T>(
    store: &SqliteStore,
    others: impl Fn(u32) -> Value,
    work: impl Future<Output = store::Result<T>>,
    mut seen: impl AsyncFnMut(),
) -> (T, u32) {
    let mut work = pin!(work);
    let mut turns = 0;
    loop {
        if let Some(result) = work.as_mut().now_or_never() {
            return (result.unwrap(), turns);
        }
        put(&shared(store), &[others(10_000 + turns)]).await;
        turns += 1;
        seen().await;
    }
}

fn other(n: u32) -> Value {
    statement(n)
}

pub(super) async fn number(store: &SqliteStore, sql: &'static str) -> usize {
    let read = store.read(move |connection| Ok(connection.query_row(sql, [], |row| row.get(0))?));
    let number: i64 = read.await.unwrap();
    usize::try_from(number).unwrap()
}

/// Asserts that a number went down to 0, by `most` with each job.
fn came_down_slowly(numbers: &[usize], most: usize) {
    assert_eq!(numbers.last(), Some(&0), "{numbers:?}");
    let mut steps = numbers.windows(2).map(|two| two[0].saturating_sub(two[1]));
    assert!(steps.all(|step| step <= 2 * most), "{numbers:?}");
}

const DEFINITIONS: &str = "SELECT count(*) FROM definition WHERE body LIKE '%p0@x.example%'";

#[tokio::test]
async fn others_write_while_definitions_lose_the_person() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let defined = |n: u32| {
        let definition = json!({"name": {"it": format!("{n}, di p0@x.example")}});
        let object = json!({"id": format!("https://a.example/{n}"), "definition": definition});
        with(statement(n), "object", object)
    };
    put(&shared(&store), &(1..=150).map(defined).collect::<Vec<_>>()).await;
    let mut left = vec![number(&store, DEFINITIONS).await];
    assert_eq!(left, [150]);
    let eraser = eraser();
    let erase = store.erase(ErasedPart::Index, &eraser, BY);
    let seen = async || left.push(number(&store, DEFINITIONS).await);
    let (count, turns) = with_others(&store, other, erase, seen).await;
    assert_eq!(count, 150);
    assert!(turns >= 8, "{turns} statements were kept meanwhile");
    came_down_slowly(&left, 20);
}

const ENTRIES: &str = "SELECT count(*) FROM audit WHERE target LIKE '%p0@x.example%'";

#[tokio::test]
async fn others_write_while_the_audit_log_loses_the_person() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    for n in 0..150 {
        let at = Instant::from_micros(n);
        let entry = AuditEntry {
            id: AuditEntry::id(at, 7),
            at,
            actor: Actor::Key("k".into()),
            action: "statements.read".into(),
            target: format!("mbox::mailto:p{}@x.example", n % 2),
            details: String::new(),
        };
        assert!(store.add_audit(entry).await.unwrap());
    }
    let mut left = vec![number(&store, ENTRIES).await];
    assert_eq!(left, [75]);
    let eraser = eraser();
    let erase = store.erase(ErasedPart::Audit, &eraser, BY);
    let seen = async || left.push(number(&store, ENTRIES).await);
    let (count, turns) = with_others(&store, other, erase, seen).await;
    assert_eq!(count, 75);
    assert!(turns >= 8, "{turns} statements were kept meanwhile");
    came_down_slowly(&left, 20);
    assert_eq!(store.erase(ErasedPart::Audit, &eraser, BY).await.unwrap(), 0);
}

const JOURNALS: &str = "SELECT count(*) FROM progress WHERE actor LIKE '%p0@x.example%'";

/// A follower may write one of the person while the others go: it is found behind the pages.
#[tokio::test]
async fn others_write_while_journals_go_and_none_that_comes_behind_them_is_left() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let add = async |course: u32| {
        let job = move |session: &mut Session<'_>| {
            let sql =
                "INSERT INTO progress (course, actor, version, body) VALUES (?1, ?2, 1, '{}')";
            session.run(sql, (course, "mbox::mailto:P0@x.example"))?;
            session.run(sql, (course, "mbox::mailto:p1@x.example"))?;
            Ok(())
        };
        store.write(job).await.unwrap();
    };
    for course in 0..60 {
        add(course).await;
    }
    let eraser = eraser();
    let erase = store.erase(ErasedPart::Journals, &eraser, BY);
    let (mut left, mut coming) = (Vec::new(), 100);
    let seen = async || {
        left.push(number(&store, JOURNALS).await);
        if coming < 105 {
            add(coming).await;
            coming += 1;
        }
    };
    let (count, turns) = with_others(&store, other, erase, seen).await;
    assert!(turns >= 6, "{turns} statements were kept meanwhile");
    assert!((60..=65).contains(&count), "{count}");
    let there = number(&store, JOURNALS).await;
    assert_eq!(there as u64, 60 + u64::from(coming - 100) - count);
    let others = "SELECT count(*) FROM progress WHERE actor LIKE '%p1@x.example%'";
    assert_eq!(number(&store, others).await, 60 + (coming - 100) as usize);
}

#[tokio::test]
async fn others_write_while_attachments_go() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let attachment = |n: u8| {
        let body = Bytes::from(vec![n; 2]);
        let sha2 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&body));
        Attachment { sha2, content_type: "text/plain".into(), body }
    };
    let all: Vec<Attachment> = (0..20).map(attachment).collect();
    let hashes: Vec<String> = all.iter().map(|it| it.sha2.clone()).collect();
    let mut of_batch = batch(&[statement(1)]);
    of_batch.attachments = all;
    store.put_statements(of_batch).await.unwrap();
    let there = "SELECT count(*) FROM attachment";
    let mut left = vec![number(&store, there).await];
    assert_eq!(left, [20]);
    let seen = async || left.push(number(&store, there).await);
    let removing = store.remove_attachments(&hashes);
    let ((), turns) = with_others(&store, other, removing, seen).await;
    assert!(turns >= 5, "{turns} statements were kept meanwhile");
    came_down_slowly(&left, 2);
}

/// Statements of the person, who has many names, and statements that refer to them.
async fn fill(store: &SqliteStore) {
    let named = |n: u32| {
        with(
            statement(n),
            "actor",
            json!({"mbox": "mailto:p0@x.example", "name": format!("Zero {n}")}),
        )
    };
    let object = json!({"id": "https://a.example/of/p0@x.example",
        "definition": {"name": {"it": "di P0@x.example"}}});
    let about = with(statement(200), "object", object);
    let members = json!({"objectType": "Group", "member": [person("p0"), person("p1")]});
    let of_both = with(statement(201), "actor", members);
    let all: Vec<Value> = (0..45)
        .map(named)
        .chain([about, of_both])
        .chain((0..70).map(|n| reference(300 + n, if n < 60 { 7 } else { 200 + n % 2 })))
        .collect();
    put(&shared(store), &all).await;
}

/// Gives the statements without the person.
async fn rewrites(store: &SqliteStore) -> Vec<Rewrite> {
    let read = log(&shared(store)).await.into_iter().map(|kept| kept.statement);
    let erased = |read: Stored| {
        eraser().bytes(&read.body).map(|body| Rewrite { read, body, everywhere: true })
    };
    read.filter_map(erased).collect()
}

async fn rewrite(store: &SqliteStore) {
    assert_eq!(store.rewrite_statements(rewrites(store).await).await.unwrap(), 0);
}

const NAMED: &str = "SELECT (SELECT count(*) FROM entity WHERE text LIKE '%p0@x.example%') \
    + (SELECT count(*) FROM agent_name WHERE name LIKE '%p0@x.example%' OR name LIKE 'Zero%') \
    + (SELECT count(*) FROM definition WHERE body LIKE '%p0@x.example%')";

/// Asserts that what is left of an erasure can be done after what was done of it.
async fn is_done_again(home: &TempDir, clock: &Hand) {
    let copy = left(home.path());
    let again = open(&copy, clock);
    rewrite(&again).await;
    again.erase(ErasedPart::Index, &eraser(), BY).await.unwrap();
    assert_eq!(number(&again, NAMED).await, 0);
    is_as_rebuilt(&again).await;
    assert_eq!(again.erase(ErasedPart::Index, &eraser(), BY).await.unwrap(), 0);
}

#[tokio::test]
async fn a_process_that_ends_while_a_person_is_erased_leaves_what_can_be_erased_again() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    fill(&store).await;
    let rewriting = async {
        let rewrites = rewrites(&store).await;
        store.rewrite_statements(rewrites).await
    };
    let seen = async || is_done_again(&home, &clock).await;
    let (changed, turns) = with_others(&store, other, rewriting, seen).await;
    assert_eq!(changed, 0);
    assert!(turns >= 4, "{turns} statements were kept meanwhile");
    let eraser = eraser();
    let erase = store.erase(ErasedPart::Index, &eraser, BY);
    let found_by = |text: &str| Filter {
        agent: Some(Match { text: text.to_owned(), related: false }),
        ..Filter::default()
    };
    let pseudonym = eraser.pseudonymous().to_string();
    let mut rows = Vec::new();
    let seen = async || {
        is_done_again(&home, &clock).await;
        // Whoever is found by one of the two is not lost in between.
        let known = [pseudonym.as_str(), "mbox::mailto:p0@x.example"];
        let mut all = Vec::new();
        for text in known {
            all.extend(ids(&shared(&store), found_by(text)).await);
        }
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 45 + 1 + 60 + 5);
        rows.push(ids(&shared(&store), of_person("p0")).await.len());
    };
    let (count, turns) = with_others(&store, other, erase, seen).await;
    assert!(count == 3 && turns >= 8, "{count} rows, {turns} statements");
    assert_eq!(number(&store, NAMED).await, 0);
    is_as_rebuilt(&store).await;
    came_down_slowly(&rows, 20);
}

/// Statement 0 is removed, to which statement 1 refers; to both refer many others.
async fn removal(home: &TempDir, clock: &Hand) -> (SqliteStore, Vec<Stored>) {
    let store = open(home, clock);
    let gone = with(reference(0, 500), "verb", verb("gone"));
    let near = with(reference(1, 0), "verb", verb("near"));
    let heirs = (2..300).map(|n| reference(n, if n < 200 { 0 } else { n % 3 }));
    let all: Vec<Value> = [gone, near].into_iter().chain(heirs).collect();
    put(&shared(&store), &all).await;
    let read = log(&shared(&store)).await.into_iter().map(|kept| kept.statement);
    let read = read.filter(|kept| kept.id == id(0)).collect();
    (store, read)
}

fn of_gone() -> Filter {
    Filter { verb: verb("gone")["id"].as_str().map(str::to_owned), ..Filter::default() }
}

async fn heirs_of_gone(store: &SqliteStore) -> usize {
    ids(&shared(store), of_gone()).await.len()
}

/// Those that come meanwhile, and refer to the statement or to others that refer to it, inherit nothing in the end.
#[tokio::test]
async fn others_write_while_those_that_refer_to_a_removed_statement_lose_what_they_inherited() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let (store, read) = removal(&home, &clock).await;
    let before = heirs_of_gone(&store).await;
    let mut found = Vec::new();
    let others = |n: u32| reference(n, [0, 1, 2, 40, 299][n as usize % 5]);
    let seen = async || {
        found.push(heirs_of_gone(&store).await);
        // Done again after the end of the process.
        let copy = left(home.path());
        let again = open(&copy, &clock);
        assert_eq!(again.remove_statements(read.clone(), BY).await.unwrap(), 0);
        finds_what_is_said(&again).await;
        assert_eq!(heirs_of_gone(&again).await, 0);
    };
    let remove = store.remove_statements(read.clone(), BY);
    let (changed, turns) = with_others(&store, others, remove, seen).await;
    assert_eq!((changed, before), (0, 300));
    assert!(turns >= 6, "{turns} statements were kept meanwhile");
    found.push(heirs_of_gone(&store).await);
    came_down_slowly(&found, 100);
    finds_what_is_said(&store).await;
}

/// What the removed statement refers to comes while its heirs lose what they have.
#[tokio::test]
async fn what_a_removed_statement_refers_to_may_come_meanwhile() {
    for turn in 0..6 {
        let (home, clock) = (TempDir::new().unwrap(), Hand::new());
        let (store, read) = removal(&home, &clock).await;
        let others = |n: u32| if n == 10_000 + turn { statement(500) } else { statement(n) };
        let remove = store.remove_statements(read, BY);
        let (_, turns) = with_others(&store, others, remove, async || {}).await;
        assert!(turns >= 6, "{turns} statements were kept meanwhile");
        assert!(store.statement(id(500)).await.unwrap().is_some());
        finds_what_is_said(&store).await;
        assert_eq!(ids(&shared(&store), of_person("p500")).await, ids_of([500]));
    }
}

/// Removes the statements of these numbers while others write; gives how many statements were kept meanwhile.
async fn turns_of_removing(
    store: &SqliteStore,
    numbers: Range<u32>,
    others: impl Fn(u32) -> Value,
) -> u32 {
    let gone: Vec<Uuid> = numbers.map(id).collect();
    let read = log(&shared(store)).await.into_iter().map(|kept| kept.statement);
    let read = read.filter(|kept| gone.contains(&kept.id)).collect();
    // What is recent moves with jobs of its own.
    while store.0.recent.unsettled() > 0 {
        store.write_settled(|_| Ok(())).await.unwrap();
    }
    let remove = store.remove_statements(read, BY);
    let (changed, turns) = with_others(store, others, remove, async || {}).await;
    assert_eq!(changed, 0);
    let left = log(&shared(store)).await;
    assert!(left.iter().all(|kept| !gone.contains(&kept.statement.id)));
    turns
}

/// A statement whose text has somewhat more than `length` bytes.
fn long(statement: Value, length: usize) -> Value {
    let extensions = json!({"https://x.example/text": "x".repeat(length)});
    with(statement, "result", json!({"extensions": extensions}))
}

/// Two texts are as much as a job may read. Those of the chain are read once for all statements that go.
#[tokio::test]
async fn others_write_while_the_texts_of_a_chain_are_read() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &[statement(0)]).await;
    for n in 1..40 {
        put(&shared(&store), &[long(reference(n, n - 1), 100_000)]).await;
    }
    put(&shared(&store), &(100..110).map(|n| reference(n, 39)).collect::<Vec<_>>()).await;
    let turns = turns_of_removing(&store, 100..110, other).await;
    assert!((20..100).contains(&turns), "{turns} statements were kept meanwhile");
}

/// Nothing is inherited from them.
#[tokio::test]
async fn no_text_of_a_chain_is_read_that_takes_no_part() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    put(&shared(&store), &[statement(0)]).await;
    put(&shared(&store), &[long(reference(1, 0), LONGEST_TARGET)]).await;
    for n in 2..30 {
        put(&shared(&store), &[long(reference(n, n - 1), LONGEST_TARGET)]).await;
    }
    put(&shared(&store), &(100..103).map(|n| reference(n, 29)).collect::<Vec<_>>()).await;
    let turns = turns_of_removing(&store, 100..103, other).await;
    assert!(turns < 5, "{turns} statements were kept meanwhile");
}

/// A statement may name thousands of things, and each that refers to it has inherited them.
#[tokio::test]
async fn others_write_while_a_statement_that_names_much_goes() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let named: Vec<Value> =
        (0..1_000).map(|n| json!({"id": format!("https://a.example/{n}")})).collect();
    let wide = with(statement(0), "context", json!({"contextActivities": {"other": named}}));
    put(&shared(&store), &[wide, reference(1, 0), reference(2, 1)]).await;
    let turns = turns_of_removing(&store, 0..1, other).await;
    assert!(turns >= 12, "{turns} statements were kept meanwhile");
    finds_what_is_said(&store).await;
}

/// Those that come meanwhile refer to the end of a long path, whose texts are read again for each.
#[tokio::test]
async fn others_write_while_the_path_to_an_heir_is_read_again() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let of_both = json!({"contextActivities": {"other": [{"id": "https://a.example/both"}]}});
    for n in 0..40 {
        let mut link = long(reference(n, n.wrapping_sub(1)), 20_000);
        if n % 20 == 0 {
            link = with(link, "context", of_both.clone());
        }
        put(&shared(&store), &[link]).await;
    }
    let others =
        |n: u32| if n < 10_016 && n.is_multiple_of(2) { reference(n, 39) } else { statement(n) };
    let turns = turns_of_removing(&store, 0..1, others).await;
    assert!(turns >= 12, "{turns} statements were kept meanwhile");
    finds_what_is_said(&store).await;
}

/// A job that wants all of the index in its tables does not move all of it there by itself.
#[tokio::test]
async fn others_write_while_the_index_moves_into_its_tables() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    for part in 0..4 {
        let all: Vec<Value> = (0..80).map(|n| statement(part * 80 + n)).collect();
        store.put_statements(batch(&all)).await.unwrap();
    }
    let mut waiting = vec![store.0.recent.unsettled()];
    assert!(waiting[0] > 3 * AT_ONCE, "{waiting:?}");
    let job = store.write_settled(|_| Ok(()));
    let seen = async || waiting.push(store.0.recent.unsettled());
    let ((), turns) = with_others(&store, other, job, seen).await;
    assert!(turns >= 3, "{waiting:?}");
    let before = waiting.iter().rev().nth(1).unwrap();
    assert!(*before <= AT_ONCE + 10, "{waiting:?}");
    is_as_rebuilt(&store).await;
}
