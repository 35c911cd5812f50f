//! Backups that are killed at each of their steps, and restores likewise; what is damaged is refused whole.

#![cfg(unix)]
#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test: a panic is a failure")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use rustix::process::{Signal, getpid, kill_process};
use store::{NewVersion, PackageFile, Store, StoreError};
use store_sqlite::SqliteStore;
use store_testkit::sample::{put, statement, voiding};
use tempfile::TempDir;
use traccia::backup::{self, AfterRestore, BackupError, BackupManifest, BackupStep, Made};
use traccia::clock::SystemClock;
use traccia::config::Engine;
use uuid::Uuid;
use xapi::clock::Clock;
use xapi::instant::Instant;

/// What the process that is killed does, and at which step: `make 3 DATA BACKUPS`.
const ORDER: &str = "TRACCIA_TEST_BACKUP";

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn engine(folder: &Path) -> Engine {
    Engine::Sqlite(folder.to_owned())
}

/// Folders for a store, its backups and what is restored of them.
struct Place {
    home: TempDir,
}

impl Place {
    async fn new() -> Self {
        let place = Self { home: TempDir::new().unwrap() };
        let store: Arc<dyn Store> = Arc::new(open(&place.data()));
        store.secret().await.unwrap();
        put(&store, &[statement(0), statement(1), voiding(2, 1)]).await;
        import(&store, "corso").await;
        place
    }

    fn data(&self) -> PathBuf {
        let data = self.home.path().join("data");
        fs::create_dir_all(&data).unwrap();
        data
    }

    fn backups(&self) -> PathBuf {
        self.home.path().join("backups")
    }

    fn target(&self) -> PathBuf {
        self.home.path().join("restored")
    }

    async fn make(&self) -> Result<Made, BackupError> {
        backup::make(&engine(&self.data()), &self.backups(), None, &clock(), &|_| ()).await
    }

    async fn restore(
        &self,
        after: &[Arc<dyn AfterRestore>],
    ) -> Result<BackupManifest, BackupError> {
        let backup = backup::find(&self.backups())?;
        backup::restore(&backup, &engine(&self.target()), &clock(), after, &|_| ()).await
    }

    /// Kills a process at the `step`th step of what it does; true where it was done before.
    fn killed(&self, what: &str, step: usize) -> bool {
        let order = format!("{what} {step}");
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_process_that_is_killed", "--nocapture"])
            .env(ORDER, order)
            .env("TRACCIA_TEST_HOME", self.home.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success() || ended.status.code().is_none(), "{said}");
        ended.status.success()
    }
}

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, clock()).unwrap()
}

async fn import(store: &Arc<dyn Store>, name: &str) {
    let import = Uuid::new_v4();
    let mut bytes = Some(Bytes::from(format!("{name} page")));
    let content = store.keep_content(import, &mut bytes).await.unwrap();
    let file = PackageFile { path: "index.html".into(), content_type: "text/html".into(), content };
    let new = NewVersion {
        number: None,
        last: 0,
        key: format!("key of {name}"),
        title: "T".into(),
        standard: "scorm-1.2".into(),
        outline: "[]".into(),
        created: Instant::from_micros(7),
        files: vec![file],
    };
    store.add_package_version(import, name, new).await.unwrap();
}

/// Names in a folder that is there.
fn names(folder: &Path) -> Vec<String> {
    let Ok(listed) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        listed.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Started by the tests below; by itself it does nothing.
#[tokio::test]
async fn a_process_that_is_killed() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let (what, step) = order.split_once(' ').unwrap();
    let last: usize = step.parse().unwrap();
    let home = PathBuf::from(std::env::var("TRACCIA_TEST_HOME").unwrap());
    let steps = AtomicUsize::new(0);
    let tell = |_: BackupStep| {
        if steps.fetch_add(1, Ordering::SeqCst) == last {
            kill_process(getpid(), Signal::KILL).unwrap();
        }
    };
    let backups = home.join("backups");
    if what == "make" {
        let data = engine(&home.join("data"));
        backup::make(&data, &backups, None, &clock(), &tell).await.unwrap();
    } else {
        let backup = backup::find(&backups).unwrap();
        let target = engine(&home.join("restored"));
        backup::restore(&backup, &target, &clock(), &[], &tell).await.unwrap();
    }
}

#[tokio::test]
async fn a_backup_that_is_killed_at_any_step_is_whole_or_partial_by_name() {
    let place = Place::new().await;
    let mut partial = 0;
    for step in 0.. {
        let is_done = place.killed("make", step);
        for name in names(&place.backups()) {
            let folder = place.backups().join(&name);
            if name.ends_with(".partial") {
                partial += 1;
                assert!(
                    matches!(BackupManifest::read(&folder), Err(BackupError::NoBackup(_))),
                    "{name}"
                );
            } else if folder.is_dir() {
                BackupManifest::read(&folder).unwrap().verify(&folder, &|_| ()).unwrap();
            }
        }
        if is_done {
            break;
        }
    }
    assert!(partial >= 5, "{partial}");
    let made = place.make().await.unwrap();
    assert_eq!(made.contents, (0, 1), "the content is that of the backup before");
    assert!(names(&place.backups()).iter().all(|name| !name.ends_with(".partial")));
    assert_eq!(place.restore(&[]).await.unwrap().contents, made.manifest.contents);
}

#[tokio::test]
async fn a_restore_that_is_killed_at_any_step_leaves_no_store_or_all_of_it() {
    let place = Place::new().await;
    let made = place.make().await.unwrap();
    let mut without = 0;
    for step in 0.. {
        let is_done = place.killed("restore", step);
        let target = place.target();
        let is_there = target.join("traccia.sqlite").exists();
        if !is_there && target.join("traccia.restoring").exists() {
            without += 1;
            let error = SqliteStore::open(&target, clock()).err().unwrap().to_string();
            assert!(error.contains("was broken off"), "{error}");
        }
        if is_there || is_done {
            break;
        }
    }
    assert!(without >= 4, "{without}");
    assert_eq!(names(&place.target()), ["traccia.packages", "traccia.sqlite"]);
    let store: Arc<dyn Store> = Arc::new(open(&place.target()));
    let file = store.package_file("key of corso", "index.html").await.unwrap().unwrap();
    assert_eq!(store.content_data(&file.content, 0).await.unwrap(), "corso page");
    let held = service::transfer::contents(&*store, &|_| ()).await.unwrap();
    assert_eq!(held, made.manifest.contents);
    drop(store);
    let refused = place.restore(&[]).await.unwrap_err().to_string();
    assert!(refused.contains("holds traccia."), "{refused}");
}

#[tokio::test]
async fn any_file_that_is_not_as_it_was_written_is_named_before_anything_is_written() {
    let place = Place::new().await;
    let made = place.make().await.unwrap();
    assert_eq!(made.manifest.files.len(), 2, "the database and the page");
    for file in &made.manifest.files {
        let path = made.folder.join(&file.path);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        *bad.last_mut().unwrap() ^= 1;
        for broken in [Some(bad), None] {
            fs::remove_file(&path).unwrap();
            if let Some(broken) = broken {
                fs::write(&path, broken).unwrap();
            }
            let error = place.restore(&[]).await.unwrap_err();
            assert!(
                matches!(&error, BackupError::Broken { path: at, .. } if *at == path),
                "{error}"
            );
            assert!(!place.target().exists());
            fs::write(&path, &good).unwrap();
        }
    }
    let manifest = made.folder.join("backup.json");
    let text = fs::read_to_string(&manifest).unwrap();
    for (old, new) in
        [("\"traccia.sqlite\"", "\"../traccia.sqlite\""), ("\"form\": 1", "\"form\": 2")]
    {
        fs::write(&manifest, text.replace(old, new)).unwrap();
        place.restore(&[]).await.unwrap_err();
        assert!(!place.target().exists(), "{new}");
    }
    fs::write(&manifest, text).unwrap();
    place.restore(&[]).await.unwrap();
}

/// Removes the package, as an erasure removes a person.
struct Forget;

#[async_trait]
impl AfterRestore for Forget {
    async fn apply(&self, restored: &Arc<dyn Store>) -> Result<(), StoreError> {
        restored.remove_package("corso").await.map(drop)
    }
}

struct Fail;

#[async_trait]
impl AfterRestore for Fail {
    async fn apply(&self, _: &Arc<dyn Store>) -> Result<(), StoreError> {
        Err(StoreError::Unavailable("the list of erasures cannot be read".into()))
    }
}

#[tokio::test]
async fn what_must_hold_of_every_store_is_done_before_the_restored_one_is_there() {
    let place = Place::new().await;
    place.make().await.unwrap();
    place.restore(&[Arc::new(Fail)]).await.unwrap_err();
    assert!(!place.target().join("traccia.sqlite").exists());
    place.restore(&[Arc::new(Forget)]).await.unwrap();
    let store = open(&place.target());
    assert!(store::PackageStore::packages(&store).await.unwrap().is_empty());
}

#[tokio::test]
async fn old_backups_beyond_those_to_keep_are_removed_once_the_new_one_is_whole() {
    let place = Place::new().await;
    let mut made = Vec::new();
    for keep in [None, None, Some(2)] {
        let (data, backups) = (engine(&place.data()), place.backups());
        let one = backup::make(&data, &backups, keep, &clock(), &|_| ()).await.unwrap();
        made.push(one);
    }
    let [first, second, third] = &made[..] else { panic!("three") };
    assert_eq!(third.pruned, std::slice::from_ref(&first.folder));
    assert!(!first.folder.exists());
    for left in [second, third] {
        left.manifest.verify(&left.folder, &|_| ()).unwrap();
    }
}

/// A file that the disk has damaged is not copied from backup to backup.
#[tokio::test]
async fn a_damaged_content_of_a_package_makes_no_backup() {
    let place = Place::new().await;
    let made = place.make().await.unwrap();
    let listed = made.manifest.files.iter().find(|file| file.path.starts_with("traccia.packages/"));
    let content = made.folder.join(&listed.unwrap().path);
    let mut bytes = fs::read(&content).unwrap();
    bytes[0] ^= 1;
    fs::write(&content, &bytes).unwrap();
    let refused = place.make().await;
    assert!(matches!(refused, Err(BackupError::Damaged(_))), "{refused:?}");
    // Without it the content is copied from the store again.
    fs::remove_dir_all(&made.folder).unwrap();
    place.make().await.unwrap();
}
