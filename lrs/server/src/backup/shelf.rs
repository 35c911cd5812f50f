//! A folder of backups: each in a folder of its own, named after the instant at which it was begun. One that is being
//! made, or was broken off, ends in `.partial`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::manifest::{BackupManifest, MANIFEST};
use super::{BackupError, at};

/// What the names of backups begin with.
const PREFIX: &str = "traccia-";
/// What the name of a backup ends in that is not whole.
const PARTIAL: &str = ".partial";
/// Locked while a backup is made or removed.
const LOCK: &str = "traccia-backups.lock";

/// A folder of backups, which is this process's alone.
pub(super) struct BackupShelf {
    folder: PathBuf,
    _lock: File,
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Writes a file that only this user reads, and brings it to the disk.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The whole backups in `folder`, the oldest first.
pub(super) fn whole(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let listed = fs::read_dir(folder).map_err(at("reading", folder))?;
    let mut found = Vec::new();
    for entry in listed {
        let entry = entry.map_err(at("reading", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_whole = name.starts_with(PREFIX) && !name.ends_with(PARTIAL);
        if is_whole && entry.path().join(MANIFEST).is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

impl BackupShelf {
    /// The folder at `folder`, which is made where it is not there.
    ///
    /// # Errors
    /// [`BackupError::Busy`] where another process makes a backup in it.
    pub(super) fn open(folder: &Path) -> Result<Self, BackupError> {
        make_private(folder).map_err(at("making", folder))?;
        let path = folder.join(LOCK);
        let lock =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let lock = lock.map_err(at("making", &path))?;
        if lock.try_lock().is_err() {
            return Err(BackupError::Busy(folder.to_owned()));
        }
        Ok(Self { folder: folder.to_owned(), _lock: lock })
    }

    /// Removes what backups have left that were broken off, and gives its names.
    pub(super) fn clear(&self) -> Result<Vec<String>, BackupError> {
        let mut gone = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(at("reading", &self.folder))? {
            let entry = entry.map_err(at("reading", &self.folder))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(PREFIX) && name.ends_with(PARTIAL) {
                fs::remove_dir_all(entry.path()).map_err(at("removing", &entry.path()))?;
                gone.push(name);
            }
        }
        Ok(gone)
    }

    /// The newest whole backup.
    pub(super) fn newest(&self) -> Result<Option<PathBuf>, BackupError> {
        Ok(whole(&self.folder)?.pop())
    }

    /// Makes the folder of a backup that is begun at `begun`, RFC 3339 in UTC.
    pub(super) fn begin(&self, begun: &str) -> Result<PathBuf, BackupError> {
        let stamp: String = begun.chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let place = self.folder.join(format!("{PREFIX}{stamp}{PARTIAL}"));
        make_private(&place).map_err(at("making", &place))?;
        Ok(place)
    }

    /// Makes a backup of what is in `place`: the manifest is written, and the folder gets its name.
    pub(super) fn finish(
        &self,
        place: &Path,
        manifest: &BackupManifest,
    ) -> Result<PathBuf, BackupError> {
        let path = place.join(MANIFEST);
        let mut text = serde_json::to_vec_pretty(manifest).map_err(|error| {
            BackupError::Broken { path: path.clone(), reason: error.to_string() }
        })?;
        text.push(b'\n');
        write(&path, &text).map_err(at("writing", &path))?;
        for file in &manifest.files {
            let path = place.join(&file.path);
            File::open(&path).and_then(|file| file.sync_all()).map_err(at("writing", &path))?;
        }
        sync(place).map_err(at("writing", place))?;
        let name = place.to_string_lossy().trim_end_matches(PARTIAL).to_owned();
        let name = PathBuf::from(name);
        fs::rename(place, &name).map_err(at("naming", &name))?;
        sync(&self.folder).map_err(at("writing", &self.folder))?;
        Ok(name)
    }

    /// Removes the oldest whole backups beyond `keep`, and gives them. The newest is never removed.
    pub(super) fn prune(&self, keep: usize) -> Result<Vec<PathBuf>, BackupError> {
        let mut all = whole(&self.folder)?;
        all.truncate(all.len().saturating_sub(keep.max(1)));
        for backup in &all {
            // Without its manifest it is no backup: one that is removed by half is taken for none.
            let manifest = backup.join(MANIFEST);
            fs::remove_file(&manifest).map_err(at("removing", &manifest))?;
            fs::remove_dir_all(backup).map_err(at("removing", backup))?;
        }
        Ok(all)
    }
}
