//! Backups: a store as files that say what they are, and a store made of them again.
//!
//! A backup is a store of the embedded engine, whatever the engine of the store that it is made of, beside a
//! [`BackupManifest`]. So a backup of one engine is restored into the other, and is read by all commands that read stores.

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use store::{Store, StoreError};
use store_mongo::MongoStore;
use store_sqlite::SqliteStore;
use xapi::clock::Clock;
use xapi::instant::Instant;

use crate::app::StartError;
use crate::config::Engine;
use service::transfer::{Contents, Doing, Transfer, TransferError, contents};

mod erased;
mod manifest;
mod restore;
mod shelf;

pub use erased::ErasedSince;
pub use manifest::{BackupManifest, ListedFile, MANIFEST};
pub use restore::{AfterRestore, find, restore};

use shelf::BackupShelf;

/// Files of an open store that are none of a backup.
const OF_A_PROCESS: [&str; 3] = ["traccia.lock", "traccia.sqlite-wal", "traccia.sqlite-shm"];

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder cannot be read or written.
    #[error("{doing} {path}: {error}", path = .path.display())]
    File {
        /// What was done with it.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another process makes a backup in the folder.
    #[error("another process makes a backup in {}: wait until it is done", .0.display())]
    Busy(PathBuf),
    /// There is no backup in the folder.
    #[error(
        "there is no whole backup in {}: name the folder that `traccia backup` was given, or one backup of it",
        .0.display()
    )]
    NoBackup(PathBuf),
    /// A backup that is damaged.
    #[error("the backup is damaged: {path}: {reason}; nothing was restored", path = .path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A content of a package that is not what its name, its hash, says.
    #[error(
        "a content of a package is damaged: {}; no backup was made. Where the backup before has the same damage, \
         `traccia backup --check` names it: move that backup away; else import the package anew",
        .0.display()
    )]
    Damaged(PathBuf),
    /// A backup of a newer Traccia.
    #[error("{} is of a newer Traccia: restore it with that one", .0.display())]
    Newer(PathBuf),
    /// What a backup holds is not what its manifest says.
    #[error("the backup does not hold what its manifest says: {0}; nothing was restored")]
    Different(String),
    /// A file that has no erasures.
    #[error(
        "{path} has no erasures: {reason}; give what `GET /api/v1/erasures` has answered; nothing was restored",
        path = .path.display()
    )]
    Erasures {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The target of a restore holds something.
    #[error(
        "the store holds something already: restore into a new, empty one; nothing was changed"
    )]
    NotEmpty,
    /// A store cannot do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A store cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Copying between engines failed.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// The process ends.
    #[error("the process is stopped")]
    Stopped,
}

fn at(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::File { doing, path, error }
}

/// What making or restoring a backup does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupStep {
    /// The folder of the backup, or the target's, was made.
    Begun,
    /// Copying the database and the contents of packages.
    Copying,
    /// Copying from or to another engine.
    Transferring(Doing),
    /// All is copied.
    Copied,
    /// Reading what was copied: how many statements, of how many.
    Reading(u64, u64),
    /// Hashing files: how many bytes so far, of how many; 0 where that is not known.
    Hashing(u64, u64),
    /// All is checked; what follows makes it whole.
    Checked,
    /// It is whole.
    Whole,
}

/// Through which a long command says where it is.
pub type Tell<'a> = &'a (dyn Fn(BackupStep) + Sync);

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// Its folder.
    pub folder: PathBuf,
    /// What it says of itself.
    pub manifest: BackupManifest,
    /// Contents of packages that were copied, and that the backup shares with the one before.
    pub contents: (u64, u64),
    /// Backups that were broken off before, and were removed.
    pub cleared: Vec<String>,
    /// Old backups that were removed.
    pub pruned: Vec<PathBuf>,
}

/// Makes a backup of the store of `engine` in `folder`, beside earlier ones. Servers may work on the store meanwhile.
/// With `keep`, older backups beyond this number are removed once the new one is whole.
///
/// A backup that is broken off at any instant leaves earlier ones as they are, and a folder whose name ends in
/// `.partial`, which the next backup removes.
///
/// # Errors
/// [`BackupError`], and then there is no new backup.
pub async fn make(
    engine: &Engine,
    folder: &Path,
    keep: Option<usize>,
    clock: &Arc<dyn Clock>,
    tell: Tell<'_>,
) -> Result<Made, BackupError> {
    let shelf = BackupShelf::open(folder)?;
    let cleared = shelf.clear()?;
    let before = shelf.newest()?;
    let begun = clock.now().to_string();
    let place = shelf.begin(&begun)?;
    tell(BackupStep::Begun);
    let copied = match engine {
        Engine::Sqlite(source) => {
            tell(BackupStep::Copying);
            let (source, into) = (source.clone(), place.clone());
            let copy = move || store_sqlite::snapshot(&source, &into, before.as_deref());
            let copied = tokio::task::spawn_blocking(copy).await;
            let copied = copied.map_err(|_| BackupError::Stopped)??;
            (copied.copied, copied.shared)
        }
        Engine::Mongo(uri) => transferred(uri, &place, clock, tell).await?,
    };
    tell(BackupStep::Copied);
    let held = read(&place, tell).await?;
    let done = Cell::new(0);
    let files = manifest::list(&place, &|bytes| {
        done.set(done.get() + bytes);
        tell(BackupStep::Hashing(done.get(), 0));
    })?;
    let name = match engine {
        Engine::Sqlite(_) => "sqlite",
        Engine::Mongo(_) => "mongodb",
    };
    let manifest = BackupManifest::new(name, (begun, clock.now().to_string()), held, files);
    tell(BackupStep::Checked);
    let folder = shelf.finish(&place, &manifest)?;
    tell(BackupStep::Whole);
    let pruned = keep.map_or_else(|| Ok(Vec::new()), |keep| shelf.prune(keep))?;
    Ok(Made { folder, manifest, contents: copied, cleared, pruned })
}

/// Copies a store of the other engine into the folder `place`.
async fn transferred(
    uri: &str,
    place: &Path,
    clock: &Arc<dyn Clock>,
    tell: Tell<'_>,
) -> Result<(u64, u64), BackupError> {
    let from = MongoStore::open_to_read(uri, Arc::clone(clock)).await?;
    if store::TransferStore::is_unfinished(&from).await? {
        return Err(unfinished().into());
    }
    let to = SqliteStore::open(place, Arc::clone(clock))?;
    Transfer::new(&from, &to, &|doing| tell(BackupStep::Transferring(doing))).live().await?;
    drop(to);
    store_sqlite::all_in_database(place)?;
    for name in OF_A_PROCESS {
        match std::fs::remove_file(place.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(at("removing", &place.join(name))(error));
            }
            _ => {}
        }
    }
    Ok((0, 0))
}

/// Why a store is not used that is only a part of what was to be restored.
pub(crate) fn unfinished() -> StoreError {
    StoreError::Unavailable(
        "a restore into this store was broken off: run the same `traccia restore` again".into(),
    )
}

/// Reads all that the store in the folder `place` holds: every checksum is looked at.
async fn read(place: &Path, tell: Tell<'_>) -> Result<Contents, BackupError> {
    let store = SqliteStore::open_to_read(place)?;
    whole_of(&store, tell).await
}

/// What a store holds.
async fn whole_of(store: &dyn Store, tell: Tell<'_>) -> Result<Contents, BackupError> {
    let all = store.extent().await?.statements;
    Ok(contents(store, &|done| tell(BackupStep::Reading(done, all))).await?)
}

/// Whether nothing is kept in a store.
async fn is_empty(store: &dyn Store) -> Result<bool, StoreError> {
    let none = store.extent().await?.newest == Instant::default()
        && store.keys().await?.is_empty()
        && store.people().await?.is_empty()
        && store.courses().await?.is_empty()
        && store.packages().await?.is_empty()
        && store.documents_beyond(None, 1).await?.is_empty();
    Ok(none && !store.is_used().await?)
}
