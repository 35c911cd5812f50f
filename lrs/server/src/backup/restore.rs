//! A store made of a backup again.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use super::{BackupError, BackupManifest, BackupStep, Tell, at, is_empty, shelf, whole_of};
use crate::config::Engine;
use service::transfer::Transfer;
use store::{Store, StoreError};
use store_mongo::MongoStore;
use store_sqlite::{Restoring, SqliteStore};
use xapi::clock::Clock;

/// What is done to a restored store before it becomes the store of the target: what must hold of every store although
/// the backup is older, such as that people who were erased since stay erased.
#[async_trait]
pub trait AfterRestore: Send + Sync {
    /// Changes the restored store. It is not in use yet, and is given up where this fails.
    async fn apply(&self, restored: &Arc<dyn Store>) -> Result<(), StoreError>;
}

/// The backup at `path`: `path` itself, or the newest whole backup in the folder `path`.
///
/// # Errors
/// [`BackupError::NoBackup`].
pub fn find(path: &Path) -> Result<PathBuf, BackupError> {
    if path.join(super::MANIFEST).is_file() {
        return Ok(path.to_owned());
    }
    if !path.is_dir() {
        return Err(BackupError::NoBackup(path.to_owned()));
    }
    shelf::whole(path)?.pop().ok_or_else(|| BackupError::NoBackup(path.to_owned()))
}

/// Restores the backup in the folder `backup` into `engine`, all or nothing, and gives the backup's manifest.
///
/// All files are read and checked before anything is written. In the embedded engine the store is made aside and moved
/// to its place in the end. In the `MongoDB` engine no server starts on the store before it is whole; a restore that was
/// broken off goes on where it was.
///
/// # Errors
/// [`BackupError`]; the target then holds no store that a server would start on.
pub async fn restore(
    backup: &Path,
    engine: &Engine,
    clock: &Arc<dyn Clock>,
    after: &[Arc<dyn AfterRestore>],
    tell: Tell<'_>,
) -> Result<BackupManifest, BackupError> {
    let manifest = BackupManifest::read(backup)?;
    {
        let (done, all) = (Cell::new(0), manifest.bytes());
        manifest.verify(backup, &|bytes| {
            done.set(done.get() + bytes);
            tell(BackupStep::Hashing(done.get(), all));
        })?;
    }
    match engine {
        Engine::Sqlite(folder) => {
            into_folder(backup, &manifest, folder, (clock, after, tell)).await?;
        }
        Engine::Mongo(uri) => {
            into_database(backup, &manifest, uri, (clock, after, tell)).await?;
        }
    }
    tell(BackupStep::Whole);
    Ok(manifest)
}

type With<'a> = (&'a Arc<dyn Clock>, &'a [Arc<dyn AfterRestore>], Tell<'a>);

async fn into_folder(
    backup: &Path,
    manifest: &BackupManifest,
    folder: &Path,
    (clock, after, tell): With<'_>,
) -> Result<(), BackupError> {
    let restoring = Restoring::begin(folder)?;
    tell(BackupStep::Begun);
    let place = restoring.place();
    tell(BackupStep::Copying);
    for file in &manifest.files {
        copy(&backup.join(&file.path), &place.join(&file.path))?;
    }
    tell(BackupStep::Copied);
    // A backup of an older Traccia gets the layout of today here.
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&place, Arc::clone(clock))?);
    check(&*store, manifest, tell).await?;
    for step in after {
        step.apply(&store).await?;
    }
    // Brings everything into the database's own file.
    drop(store);
    tell(BackupStep::Checked);
    Ok(restoring.commit()?)
}

fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(at("making", folder))?;
    }
    fs::copy(from, to).map_err(at("copying", from))?;
    Ok(())
}

async fn into_database(
    backup: &Path,
    manifest: &BackupManifest,
    uri: &str,
    (clock, after, tell): With<'_>,
) -> Result<(), BackupError> {
    let from = SqliteStore::open_to_read(backup)?;
    check(&from, manifest, tell).await?;
    let to: Arc<dyn Store> = Arc::new(MongoStore::open(uri, Arc::clone(clock)).await?);
    if !to.is_unfinished().await? {
        if !is_empty(&*to).await? {
            return Err(BackupError::NotEmpty);
        }
        to.mark_unfinished(true).await?;
    }
    tell(BackupStep::Begun);
    Transfer::new(&from, &*to, &|doing| tell(BackupStep::Transferring(doing))).run().await?;
    tell(BackupStep::Copied);
    for step in after {
        step.apply(&to).await?;
    }
    tell(BackupStep::Checked);
    Ok(to.mark_unfinished(false).await?)
}

/// Fails where a store does not hold what the manifest says.
async fn check(
    store: &dyn Store,
    manifest: &BackupManifest,
    tell: Tell<'_>,
) -> Result<(), BackupError> {
    let held = whole_of(store, tell).await?;
    match manifest.contents.difference(&held) {
        None => Ok(()),
        Some(difference) => Err(BackupError::Different(difference)),
    }
}
