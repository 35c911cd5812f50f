//! A store of an earlier layout is brought to the newest one by a process that may be killed at any point of that: what the
//! next process opens holds the same, and each step was made once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rand::Rng as _;
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

use super::index::is_as_rebuilt;
use super::settle::answers;
use super::{Hand, open, shared};
use crate::FILE;
use crate::folder::WAL;
use crate::migrations::{KNOWN, STEPS, migrate};
use access::key::KeyLife;
use store::{Batch, CourseStore as _, Kept, KeyStore as _, Selection, StatementStore as _};
use store_testkit::generated::Maker;
use store_testkit::sample::{log, prepared_by};
use uuid::Uuid;

/// The layout of a store before the index of the newest statements lay in a table of its own.
const BEFORE: u8 = 7;
/// The journal's header, the header of each page in it, and a page.
const JOURNAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const PAGE: usize = 8192;

/// By table, the columns of an earlier layout and all rows, in the order of their values.
type Content = BTreeMap<String, (Vec<String>, Vec<Vec<String>>)>;

/// What a store of [`BEFORE`] holds.
struct Old {
    home: TempDir,
    content: Content,
    log: Vec<Kept>,
    found: Vec<Vec<Uuid>>,
}

/// A closed store of the layout [`BEFORE`], made by its own steps, with what a store of today has of its tables: statements
/// that refer, void and inherit, their index and ids, definitions, names, a key, a course.
async fn old() -> Old {
    let (today, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&today, &clock);
    for statements in Maker::new(8).statements(160).chunks(20) {
        let statements = statements.iter().map(|(key, value)| prepared_by(key, value)).collect();
        store.put_statements(Batch { statements, attachments: Vec::new() }).await.unwrap();
    }
    store.put_course("c", "file", None, Selection::Changed).await.unwrap();
    let (log, found) = (log(&shared(&store)).await, answers(&store).await);
    drop(store);

    let home = TempDir::new().unwrap();
    let connection = Connection::open(home.path().join(FILE)).unwrap();
    connection.pragma_update(None, "page_size", i64::try_from(PAGE).unwrap()).unwrap();
    for step in &STEPS[..usize::from(BEFORE)] {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "user_version", BEFORE).unwrap();
    let from = today.path().join(FILE);
    connection.execute("ATTACH ?1 AS today", [from.to_str().unwrap()]).unwrap();
    for (table, columns) in layout(&connection) {
        let columns = columns.join(", ");
        let copy = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM today.{table}");
        connection.execute(&copy, []).unwrap();
    }
    // Texts were plain.
    for Kept { statement, .. } in &log {
        let text = std::str::from_utf8(&statement.body).unwrap();
        let plain = "UPDATE statement SET body = ?2 WHERE seq = ?1";
        connection.execute(plain, (statement.stored.micros(), text)).unwrap();
    }
    let key = "INSERT INTO api_key (name, label, scopes, authority, created, secret_hash) \
               VALUES ('k', 'l', 'all', '{\"mbox\":\"mailto:a@x.example\"}', 5, 'h')";
    connection.execute(key, []).unwrap();
    let entry = "INSERT INTO audit (id, at, kind, actor, action, target, details) \
                 VALUES ('a', 7, 'key', 'k', 'course.put', 'c', '{}')";
    connection.execute(entry, []).unwrap();
    connection.execute_batch("DETACH today").unwrap();
    let content = content(&connection, &layout(&connection));
    Old { home, content, log, found }
}

/// The tables of a database and their columns.
fn layout(connection: &Connection) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT t.name, c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c \
               WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' ORDER BY c.cid";
    let mut tables = BTreeMap::<_, Vec<_>>::new();
    let mut select = connection.prepare(sql).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for row in rows {
        let (table, column): (String, String) = row.unwrap();
        tables.entry(table).or_default().push(column);
    }
    tables
}

/// What the database has in these tables and columns.
fn content(connection: &Connection, tables: &BTreeMap<String, Vec<String>>) -> Content {
    let mut content = Content::new();
    for (table, columns) in tables {
        let sql = format!("SELECT {} FROM {table}", columns.join(", "));
        let mut select = connection.prepare(&sql).unwrap();
        let row = |row: &rusqlite::Row<'_>| {
            let value = |at| Ok(format!("{:?}", row.get::<_, Value>(at)?));
            (0..columns.len()).map(value).collect::<rusqlite::Result<Vec<_>>>()
        };
        let mut rows: Vec<_> = select.query_map([], row).unwrap().map(Result::unwrap).collect();
        rows.sort_unstable();
        content.insert(table.clone(), (columns.clone(), rows));
    }
    content
}

impl Old {
    fn columns(&self) -> BTreeMap<String, Vec<String>> {
        self.content.iter().map(|(table, (columns, _))| (table.clone(), columns.clone())).collect()
    }

    /// The database and its journal when all steps were made and nothing was copied from the journal into the database.
    fn migrated(&self) -> (Vec<u8>, Vec<u8>) {
        let path = self.home.path().join(FILE);
        let mut connection = Connection::open(&path).unwrap();
        crate::prepare(&connection).unwrap();
        let before = fs::read(&path).unwrap();
        migrate(&mut connection).unwrap();
        let database = fs::read(&path).unwrap();
        assert!(before == database, "all steps are in the journal alone");
        (database, fs::read(self.home.path().join(WAL)).unwrap())
    }

    /// Opens what a killed process has left, and compares. Gives the layout that was found.
    async fn goes_on(&self, database: &[u8], journal: &[u8], at: &str) -> u32 {
        let home = TempDir::new().unwrap();
        write(home.path(), database, journal);
        let found = layout_of(home.path());
        write(home.path(), database, journal);
        let store = open(&home, &Hand::new());
        assert!(log(&shared(&store)).await == self.log, "{at}: another log");
        assert!(answers(&store).await == self.found, "{at}: other answers");
        is_as_rebuilt(&store).await;
        let keys = store.keys().await.unwrap();
        assert_eq!((keys.len(), &keys[0].life), (1, &KeyLife::default()), "{at}");
        drop(store);
        let connection = Connection::open(home.path().join(FILE)).unwrap();
        let mut after = content(&connection, &self.columns());
        // A server marks what it has open, and a stop removes the mark: nothing else is written by opening.
        assert_eq!(after.remove("setting"), self.content.get("setting").cloned(), "{at}");
        for (table, rows) in &after {
            assert!(self.content.get(table) == Some(rows), "{at}: other rows in {table}");
        }
        assert_eq!(layout_of(home.path()), KNOWN, "{at}");
        found
    }
}

fn write(home: &Path, database: &[u8], journal: &[u8]) {
    fs::write(home.join(FILE), database).unwrap();
    fs::write(home.join(WAL), journal).unwrap();
}

fn layout_of(home: &Path) -> u32 {
    let connection = Connection::open(home.join(FILE)).unwrap();
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_migration_that_is_killed_at_any_write_goes_on_with_the_next_start() {
    let old = old().await;
    let (database, journal) = old.migrated();
    let frames = (journal.len() - JOURNAL_HEADER) / (FRAME_HEADER + PAGE);
    let mut random = Maker::new(9).0;
    let mut found = BTreeSet::new();
    for frame in 0..=frames {
        let whole = JOURNAL_HEADER + frame * (FRAME_HEADER + PAGE);
        // The end of a write, and any point within the next one.
        let within = (whole + random.random_range(1..FRAME_HEADER + PAGE)).min(journal.len());
        for cut in [whole, within] {
            let at = format!("killed after {cut} of {} bytes", journal.len());
            found.insert(old.goes_on(&database, &journal[..cut], &at).await);
        }
    }
    assert_eq!(
        found,
        (u32::from(BEFORE)..=KNOWN).collect(),
        "killed before, between and after all steps"
    );
}

/// The steps are in the journal, and the process is killed while their pages are copied into the database.
#[tokio::test]
async fn a_migration_that_is_killed_while_its_journal_is_copied_goes_on_with_the_next_start() {
    let old = old().await;
    let (mut database, journal) = old.migrated();
    for (number, frame) in journal[JOURNAL_HEADER..].chunks_exact(FRAME_HEADER + PAGE).enumerate() {
        let page = u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize;
        database.resize(database.len().max(page * PAGE), 0);
        database[(page - 1) * PAGE..page * PAGE].copy_from_slice(&frame[FRAME_HEADER..]);
        let at = format!("killed after {} pages were copied", number + 1);
        assert_eq!(old.goes_on(&database, &journal, &at).await, KNOWN);
    }
}

#[tokio::test]
async fn each_step_of_a_migration_is_a_line_of_the_log_when_it_begins_and_when_it_is_done() {
    let old = old().await;
    let (said, new) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let told = |home: &TempDir, name: &str| {
        let log = said.path().join(name);
        let writer = Arc::new(fs::File::create(&log).unwrap());
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish();
        let mut connection = Connection::open(home.path().join(FILE)).unwrap();
        tracing::subscriber::with_default(subscriber, || migrate(&mut connection).unwrap());
        fs::read_to_string(log).unwrap()
    };
    let log = told(&old.home, "old");
    let mut lines = log.lines();
    for step in u32::from(BEFORE) + 1..=KNOWN {
        let (begun, done) = (lines.next().unwrap(), lines.next().unwrap());
        let step = format!("step={step} of={KNOWN}");
        assert!(
            begun.contains(&format!("bringing the database to a newer layout {step}")),
            "{log}"
        );
        assert!(done.contains(&format!("the database has the layout {step} seconds=")), "{log}");
    }
    assert_eq!(lines.next(), None);
    assert_eq!(told(&new, "new"), "", "a new database is no upgrade");
}
