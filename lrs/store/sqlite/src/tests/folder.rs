//! The files of the data folder: removed, locked, left behind, closed to others, whole after a stop.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::{Hand, SqliteStore, open, shared};
use crate::{FILE, LOCK, Restoring};
use store::{StatementStore as _, Store as _, StoreError};
use store_testkit::sample::{batch, id, log, put, statement};

const WAL: &str = "traccia.sqlite-wal";

/// What opening says where it is refused.
fn refused(home: &Path) -> String {
    SqliteStore::open(home, Arc::new(Hand::new())).err().expect("refused").to_string()
}

fn unavailable<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    error.to_string()
}

/// Names and modes of what lies in a folder.
fn modes(home: &Path) -> BTreeMap<String, u32> {
    let entries = fs::read_dir(home).unwrap().map(Result::unwrap);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    entries
        .map(|entry| (entry.file_name().into_string().unwrap(), mode(&entry.path())))
        .chain([(".".to_owned(), mode(home))])
        .collect()
}

/// Writes down what is warned of.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<String>>);

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

impl tracing::field::Visit for Warnings {
    fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        use std::fmt::Write as _;
        write!(self.0.lock().unwrap(), "{value:?}").unwrap();
    }
}

/// What is warned of while `act` runs.
fn warned(act: impl FnOnce()) -> String {
    let warnings = Warnings::default();
    tracing::subscriber::with_default(warnings.clone(), act);
    let said = warnings.0.lock().unwrap();
    said.clone()
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn what_is_written_to_files_that_were_removed_is_not_answered_as_kept() {
    for name in [FILE, WAL] {
        let (home, aside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let store = open(&home, &Hand::new());
        put(&shared(&store), &[statement(0)]).await;
        store.ping().await.unwrap();
        fs::rename(home.path().join(name), aside.path().join(name)).unwrap();
        let refusals = [
            unavailable(store.put_statements(batch(&[statement(1)])).await),
            unavailable(store.ping().await),
        ];
        for refusal in refusals {
            assert!(refusal.contains(&format!("{name} was removed")), "{refusal}");
            assert!(refusal.contains("restore a backup"), "{refusal}");
        }
        // Another file of its name is not the one that is written.
        fs::copy(aside.path().join(name), home.path().join(name)).unwrap();
        unavailable(store.ping().await);
        fs::rename(aside.path().join(name), home.path().join(name)).unwrap();
        store.ping().await.unwrap();
        put(&shared(&store), &[statement(2)]).await;
        drop(store);
        let store = open(&home, &Hand::new());
        let kept: Vec<_> = log(&shared(&store)).await.iter().map(|it| it.statement.id).collect();
        assert_eq!(kept, [id(0), id(2)], "{name}");
    }
}

#[tokio::test]
async fn a_folder_whose_database_is_gone_is_not_begun_anew() {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    put(&shared(&store), &[statement(0)]).await;
    drop(store);
    let (database, aside) = (home.path().join(FILE), home.path().join("aside"));
    fs::rename(&database, &aside).unwrap();
    let said = refused(home.path());
    assert!(said.contains("traccia.sqlite is missing") && said.contains("backup"), "{said}");
    assert!(!database.exists(), "nothing is made in its place");
    fs::write(&database, "").unwrap();
    assert!(refused(home.path()).contains("missing or empty"));
    fs::remove_file(home.path().join(LOCK)).unwrap();
    fs::write(home.path().join(WAL), "what was not written back").unwrap();
    assert!(refused(home.path()).contains("missing or empty"), "a journal without its database");
    fs::remove_file(home.path().join(WAL)).unwrap();

    fs::rename(&aside, &database).unwrap();
    let store = open(&home, &Hand::new());
    assert!(store.statement(id(0)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_removed_lock_file_lets_no_second_store_into_the_folder() {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    fs::remove_file(home.path().join(LOCK)).unwrap();
    let said = refused(home.path());
    assert!(said.contains("another Traccia has it open"), "{said}");
    put(&shared(&store), &[statement(0)]).await;
    drop(store);
    drop(open(&home, &Hand::new()));
}

#[tokio::test]
async fn a_closed_store_is_one_file_that_holds_everything() {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    put(&shared(&store), &[statement(0)]).await;
    assert!(store.statement(id(0)).await.unwrap().is_some(), "readers have looked at it, too");
    assert!(fs::metadata(home.path().join(WAL)).unwrap().len() > 0);
    drop(store);
    let files: Vec<String> = modes(home.path()).into_keys().collect();
    assert_eq!(files, [".", LOCK, FILE]);
    // Read as a file that nothing else belongs to.
    let uri = format!("file:{}?immutable=1", home.path().join(FILE).display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let alone = Connection::open_with_flags(uri, flags).unwrap();
    let count = alone.query_row("SELECT count(*) FROM statement", [], |row| row.get::<_, i64>(0));
    assert_eq!(count, Ok(1));
}

#[tokio::test]
async fn nobody_else_can_read_the_folder_and_its_files() {
    let outside = TempDir::new().unwrap();
    let home = outside.path().join("data");
    fs::create_dir(&home).unwrap();
    chmod(&home, 0o755);
    let clock = || Arc::new(Hand::new());
    let store = SqliteStore::open(&home, clock()).unwrap();
    put(&shared(&store), &[statement(0)]).await;
    let closed = modes(&home);
    let expected = [(".", 0o700), (LOCK, 0o600), (FILE, 0o600), ("traccia.sqlite-shm", 0o600)];
    let expected = expected.into_iter().chain([(WAL, 0o600)]);
    let expected: BTreeMap<_, _> = expected.map(|(name, mode)| (name.to_owned(), mode)).collect();
    assert_eq!(closed, expected);
    drop(store);

    // As a store of a version before, or one that was restored, may be.
    for name in [FILE, LOCK] {
        chmod(&home.join(name), 0o644);
    }
    chmod(&home, 0o755);
    let store = SqliteStore::open(&home, clock()).unwrap();
    put(&shared(&store), &[statement(1)]).await;
    assert_eq!(modes(&home), expected);
    drop(store);

    // A folder that is not Traccia's alone keeps its mode, and what else lies in it.
    fs::write(home.join("notes"), "").unwrap();
    chmod(&home.join("notes"), 0o644);
    chmod(&home, 0o755);
    drop(SqliteStore::open(&home, clock()).unwrap());
    let shared = modes(&home);
    assert_eq!((shared["."], shared["notes"], shared[FILE]), (0o755, 0o644, 0o600));
}

#[tokio::test]
async fn a_copy_of_the_database_alone_that_was_taken_while_it_was_open_is_warned_about() {
    let (home, early, late) =
        (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
    let is_marked = |home: &TempDir| {
        let connection = Connection::open(home.path().join(FILE)).unwrap();
        let sql = "SELECT EXISTS (SELECT 1 FROM setting WHERE name = 'open')";
        connection.query_row(sql, [], |row| row.get::<_, bool>(0)).unwrap()
    };
    let store = open(&home, &Hand::new());
    put(&shared(&store), &[statement(0)]).await;
    fs::copy(home.path().join(FILE), early.path().join(FILE)).unwrap();
    drop(store);
    fs::copy(home.path().join(FILE), late.path().join(FILE)).unwrap();
    assert!(is_marked(&early), "what lacks the statement says so");
    assert!(!is_marked(&late));
    assert!(warned(|| drop(open(&early, &Hand::new()))).contains("without traccia.sqlite-wal"));
    assert_eq!(warned(|| drop(open(&late, &Hand::new()))), "");
    // As a Traccia before left it: 8 kB that hold no table.
    let bare = TempDir::new().unwrap();
    let connection = Connection::open(bare.path().join(FILE)).unwrap();
    connection.pragma_update(None, "page_size", 8192).unwrap();
    connection.execute_batch("CREATE TABLE t (n); DROP TABLE t;").unwrap();
    drop(connection);
    assert!(warned(|| drop(open(&bare, &Hand::new()))).contains("without traccia.sqlite-wal"));
}

#[tokio::test]
async fn a_process_that_was_killed_is_no_copy() {
    let (home, killed) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = open(&home, &Hand::new());
    put(&shared(&store), &[statement(0)]).await;
    for name in [FILE, WAL, LOCK] {
        fs::copy(home.path().join(name), killed.path().join(name)).unwrap();
    }
    assert_eq!(warned(|| drop(open(&killed, &Hand::new()))), "");
}

#[tokio::test]
async fn a_restore_that_ended_between_the_contents_and_the_database_is_begun_anew() {
    let (source, home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    drop(open(&source, &Hand::new()));
    let restoring = Restoring::begin(home.path()).unwrap();
    fs::copy(source.path().join(FILE), restoring.place().join(FILE)).unwrap();
    fs::create_dir(home.path().join("traccia.packages")).unwrap();
    assert!(Restoring::begin(home.path()).is_err(), "one at a time");
    drop(restoring);
    assert!(refused(home.path()).contains("was broken off"));
    let restoring = Restoring::begin(home.path()).unwrap();
    assert!(!home.path().join("traccia.packages").exists());
    fs::copy(source.path().join(FILE), restoring.place().join(FILE)).unwrap();
    restoring.commit().unwrap();
    drop(open(&home, &Hand::new()));
    assert!(Restoring::begin(home.path()).is_err());
}
