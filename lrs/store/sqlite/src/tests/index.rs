//! The index says what the statements say, no more and no less.

use std::collections::{BTreeSet, HashMap, HashSet};

use rand::Rng as _;
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;

use super::{Hand, SqliteStore, open, shared};
use crate::added::Added;
use store::{Batch, ErasureStore as _, StatementStore as _};
use store_testkit::generated::Maker;
use store_testkit::sample::{log, prepared_by, verb, with};
use xapi::index::{IndexKey, inherited, keys};
use xapi::instant::Instant;
use xapi::prepare::target;
use xapi::stored::Stored;

/// `kind`, `text`, `closeness`, `seq`.
type Rows = BTreeSet<(i64, String, i64, i64)>;

const RELATED: i64 = 1;
const AUTHORITY: i64 = 2;

/// More than there are in these tests.
const MANY: usize = 1_000;

/// The statements that are kept, by their ids.
async fn statements(store: &SqliteStore) -> HashMap<Uuid, (i64, Value)> {
    let all = log(&shared(store)).await.into_iter().map(|kept| kept.statement);
    all.map(|kept| (kept.id, (kept.stored.micros(), kept.value().unwrap()))).collect()
}

/// Asserts that statements are found by what could be computed again from their bodies, and by nothing else.
pub(super) async fn finds_what_is_said(store: &SqliteStore) {
    let statements = statements(store).await;
    let rebuilt = without_repetitions(statements.keys().flat_map(|id| rows(&statements, *id)));
    let kept = store.read(|connection| Ok(kept(connection))).await.unwrap();
    let kept = without_repetitions(kept.into_iter());
    assert_eq!(kept.difference(&rebuilt).next(), None, "no statement says so");
    assert_eq!(rebuilt.difference(&kept).next(), None, "the index lacks it");
}

/// Asserts that all that statements are found by could be computed again from their bodies. Of removed ones ids are taken, and
/// nothing else is there.
pub(super) async fn is_as_rebuilt(store: &SqliteStore) {
    finds_what_is_said(store).await;
    let statements = statements(store).await;
    let mut ids: HashSet<(Vec<u8>, i64)> =
        statements.iter().map(|(id, (seq, _))| (id.as_bytes().to_vec(), *seq)).collect();
    let removed = store.removed_statements(Instant::default(), MANY).await.unwrap();
    ids.extend(removed.iter().map(|it| (it.id.as_bytes().to_vec(), it.stored.micros())));
    let kept_ids = store.read(|connection| {
        let mut ids = pairs(connection, "SELECT id, seq FROM statement_id");
        let recent = recent(connection).into_iter().flat_map(|added| added.ids);
        ids.extend(recent.map(|(id, seq)| (id.as_bytes().to_vec(), seq)));
        Ok(ids)
    });
    assert_eq!(kept_ids.await.unwrap(), ids);
    let references: HashSet<(Vec<u8>, i64)> = statements
        .values()
        .filter_map(|(seq, value)| Some((target(value)?.as_bytes().to_vec(), *seq)))
        .collect();
    let kept_references =
        store.read(|connection| Ok(pairs(connection, "SELECT target, seq FROM reference")));
    assert_eq!(kept_references.await.unwrap(), references);
}

/// What the statement `id` is found by: its own keys and those of all it refers to.
fn rows(statements: &HashMap<Uuid, (i64, Value)>, id: Uuid) -> Vec<(i64, String, i64, i64)> {
    let own = |value: &Value| keys(value, &value["authority"]);
    let (seq, value) = &statements[&id];
    let mut all: Vec<IndexKey> = own(value);
    let mut seen = HashSet::from([id]);
    let mut next = target(value);
    while let Some(id) = next.filter(|id| seen.insert(*id)) {
        let Some((_, value)) = statements.get(&id) else { break };
        all.extend(inherited(&own(value)));
        next = target(value);
    }
    all.into_iter().map(|key| (key.kind as i64, key.text, key.closeness as i64, *seq)).collect()
}

/// A member of a circle may inherit its own authority, which finds it as a related agent anyway.
fn without_repetitions(rows: impl Iterator<Item = (i64, String, i64, i64)>) -> Rows {
    let mut rows: Rows = rows.collect();
    let authorities: Vec<_> = rows.iter().filter(|row| row.2 == AUTHORITY).cloned().collect();
    for (kind, text, _, seq) in authorities {
        rows.remove(&(kind, text, RELATED, seq));
    }
    rows
}

fn kept(connection: &Connection) -> Vec<(i64, String, i64, i64)> {
    let sql = "SELECT kind, text, closeness, seq FROM statement_index JOIN entity ON id = entity";
    let mut select = connection.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let settled: Vec<_> =
        select.query_map([], row).unwrap().collect::<rusqlite::Result<_>>().unwrap();
    let mut named = connection.prepare("SELECT kind, text FROM entity WHERE id = ?1").unwrap();
    let recent = recent(connection).into_iter().flat_map(|added| added.rows);
    let recent = recent.map(|(entity, closeness, seq)| {
        let name = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let (kind, text) = named.query_row([entity], name).unwrap();
        (kind, text, i64::from(closeness), seq)
    });
    recent.chain(settled).collect()
}

/// What transactions have added and is not in the tables yet.
fn recent(connection: &Connection) -> Vec<Added> {
    let mut select = connection.prepare("SELECT added FROM recent").unwrap();
    let rows = select.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    rows.map(|added| Added::decode(&added.unwrap()).unwrap()).collect()
}

fn pairs(connection: &Connection, sql: &str) -> HashSet<(Vec<u8>, i64)> {
    let mut select = connection.prepare(sql).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

#[tokio::test]
async fn the_index_is_what_could_be_rebuilt_from_the_statements() {
    for seed in 10..16 {
        let (home, clock) = (TempDir::new().unwrap(), Hand::new());
        let store = open(&home, &clock);
        let mut maker = Maker::new(seed);
        let statements = maker.statements(120);
        let mut rest = statements.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(maker.0.random_range(1..=rest.len().min(12)));
            let mut statements: Vec<_> = now.iter().map(|(key, v)| prepared_by(key, v)).collect();
            let doomed = with(now[0].1.clone(), "verb", verb("other"));
            let again: Vec<_> = statements.clone();
            let keep = Batch { statements: again, attachments: Vec::new() };
            // A batch that fails first, with everything that the next one brings.
            statements.push(prepared_by("one", &doomed));
            let fail = Batch { statements, attachments: Vec::new() };
            assert!(store.put_statements(fail).await.is_err());
            store.put_statements(keep).await.unwrap();
            rest = later;
        }
        is_as_rebuilt(&store).await;
    }
}

#[tokio::test]
async fn the_index_is_what_could_be_rebuilt_from_the_statements_that_are_not_removed() {
    for seed in 20..24 {
        let (home, clock) = (TempDir::new().unwrap(), Hand::new());
        let store = open(&home, &clock);
        let mut maker = Maker::new(seed);
        let statements = maker.statements(60);
        let statements = statements.iter().map(|(key, value)| prepared_by(key, value)).collect();
        store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
        let mut kept = 60;
        while kept > 20 {
            let all = log(&shared(&store)).await.into_iter().map(|kept| kept.statement);
            let read: Vec<Stored> = all.filter(|_| maker.chance(15)).collect();
            kept -= read.len();
            assert_eq!(store.remove_statements(read, Uuid::from_u128(7)).await.unwrap(), 0);
            is_as_rebuilt(&store).await;
        }
    }
}
