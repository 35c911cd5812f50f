//! A store that the release before wrote opens, and answers the same bytes. `fixtures/README.md` says how it was made.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test: a panic is a failure")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use flate2::read::GzDecoder;
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use traccia::clock::SystemClock;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store-0.1.0").join(name)
}

/// The store, unpacked.
fn unpacked() -> TempDir {
    let home = TempDir::new().unwrap();
    let mut database = Vec::new();
    let packed = fs::File::open(fixture("traccia.sqlite.gz")).unwrap();
    GzDecoder::new(packed).read_to_end(&mut database).unwrap();
    fs::write(home.path().join("traccia.sqlite"), database).unwrap();
    home
}

fn uri(home: &TempDir) -> String {
    format!("sqlite:{}", home.path().display())
}

/// What the program of today prints.
fn traccia(arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_traccia")).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{arguments:?}: {said}");
    String::from_utf8(done.stdout).unwrap()
}

fn is_as_it_was(store: &str) {
    let digest = fs::read_to_string(fixture("digest.txt")).unwrap();
    assert_eq!(traccia(&["store", "digest", "--from", store]), digest);
    let statements = fs::read_to_string(fixture("statements.ndjson")).unwrap();
    assert_eq!(traccia(&["store", "export", "--from", store]), statements);
}

#[test]
fn a_store_of_the_release_before_holds_the_same_once_it_is_opened() {
    let home = unpacked();
    // What `serve` does first: the layout becomes that of today.
    drop(SqliteStore::open(home.path(), Arc::new(SystemClock)).unwrap());
    is_as_it_was(&uri(&home));
}

#[test]
fn a_copy_of_a_store_of_the_release_before_holds_the_same() {
    let (home, target) = (unpacked(), TempDir::new().unwrap());
    drop(SqliteStore::open(home.path(), Arc::new(SystemClock)).unwrap());
    let copied = traccia(&["store", "copy", "--from", &uri(&home), "--to", &uri(&target)]);
    let digest = fs::read_to_string(fixture("digest.txt")).unwrap();
    assert!(copied.starts_with(&digest), "{copied}");
    is_as_it_was(&uri(&target));
}
