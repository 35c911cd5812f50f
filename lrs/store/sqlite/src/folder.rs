//! The data folder: locked for one process, closed to other users, and checked for being the one that was opened.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, OpenFlags};

use super::readers::READ_ONLY;
use super::reading::immutable;
use super::restoring::PLACE;
use super::{FILE, LOCK};
use crate::failure::Failure;
use store::{Result, StoreError};

/// The database's journal, which SQLite writes beside it.
pub(super) const WAL: &str = "traccia.sqlite-wal";
/// The index of the journal.
const SHM: &str = "traccia.sqlite-shm";

/// Where the header of a database has the number of its layout (`user_version`), in four bytes, big-endian.
const LAYOUT_AT: u64 = 60;

/// The folder of an open store, locked for this process.
pub(super) struct Folder {
    path: PathBuf,
    /// The files that are written, as they were when they were opened.
    opened: Vec<(&'static str, Identity)>,
    /// Held while the store is open; the system releases them when the process ends, however it ends. Closing the
    /// database's file anywhere in this process drops SQLite's own locks on it, so these must outlive all connections.
    locks: Vec<File>,
}

/// What lay in a folder before it was opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    /// How many bytes the database has.
    pub(super) database: u64,
    /// The number of its layout; 0 where it has no tables.
    pub(super) layout: u32,
    /// Whether a journal lies beside it.
    pub(super) has_journal: bool,
}

/// What tells a file from all others, also from one that is moved to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Folder {
    /// Locks the folder at `path` for this process and makes the database's file where the folder is new.
    ///
    /// Both the database and the lock file are locked: the database, because the lock file may be removed; the lock file,
    /// because a Traccia before 0.2 locks nothing else.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where another process has the folder, where it was in use and its database is gone,
    /// and where it cannot be written.
    pub(super) fn take(path: &Path) -> Result<Self> {
        let mut folder = Self { path: path.to_owned(), opened: Vec::new(), locks: Vec::new() };
        folder.refuse_remains()?;
        if folder.at(LOCK).exists() {
            folder.lock(LOCK)?;
        }
        folder.make_private(FILE)?;
        if cfg!(unix) {
            // Elsewhere a lock would also keep SQLite's own connections out.
            folder.lock(FILE)?;
        }
        Ok(folder)
    }

    /// What lies in the folder.
    pub(super) fn left(&self) -> Left {
        let mut layout = [0; 4];
        let read = File::open(self.at(FILE)).and_then(|mut file| {
            file.seek(SeekFrom::Start(LAYOUT_AT))?;
            file.read_exact(&mut layout)
        });
        // A file that is too short has no layout.
        let layout = read.map_or(0, |()| u32::from_be_bytes(layout));
        Left { database: self.length(FILE), layout, has_journal: self.at(WAL).exists() }
    }

    /// Looks at the folder at `path` without changing it. Other processes may look at it too, and none writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where there is no database, and where a process that writes has the folder.
    pub(super) fn look(path: &Path) -> Result<Self> {
        Self::look_beside(path)?.ok_or_else(|| {
            let folder = Self { path: path.to_owned(), opened: Vec::new(), locks: Vec::new() };
            folder.in_use()
        })
    }

    /// [`Self::look`], but `None` where a process that writes has the folder.
    pub(super) fn look_beside(path: &Path) -> Result<Option<Self>> {
        let mut folder = Self { path: path.to_owned(), opened: Vec::new(), locks: Vec::new() };
        if folder.length(FILE) == 0 {
            let folder = folder.path.display();
            return Err(StoreError::Unavailable(format!(
                "there is no store in the folder {folder}"
            )));
        }
        for name in [LOCK, FILE] {
            let is_locked_by_writers = name == LOCK || cfg!(unix);
            if is_locked_by_writers && folder.at(name).exists() {
                let file = File::open(folder.at(name));
                let file = file.map_err(|error| folder.unavailable(&error.to_string()))?;
                if !folder.hold(file, File::try_lock_shared)? {
                    return Ok(None);
                }
            }
        }
        Ok(Some(folder))
    }

    /// How SQLite is asked to read the database.
    pub(super) fn database_to_read(&self) -> (PathBuf, OpenFlags) {
        let path = self.at(FILE);
        if self.length(WAL) == 0 { immutable(&path) } else { (path, READ_ONLY) }
    }

    /// Completes the folder once the database is open and has the newest layout: makes the lock file, closes all
    /// files to others, and remembers which they are.
    pub(super) fn complete(&mut self) -> Result<()> {
        if !self.at(LOCK).exists() {
            self.make_private(LOCK)?;
            self.lock(LOCK)?;
        }
        self.close_to_others();
        for name in [FILE, WAL] {
            let identity = self.identity(name).ok_or_else(|| self.lost(name))?;
            self.opened.push((name, identity));
        }
        Ok(())
    }

    /// Fails when the files that were opened are not those in the folder any more: what is written to them is lost when
    /// the process ends.
    pub(super) fn verify(&self) -> Result<()> {
        let lost = self.opened.iter().find(|(name, opened)| self.identity(name) != Some(*opened));
        lost.map_or(Ok(()), |(name, _)| Err(self.lost(name)))
    }

    /// Refuses a folder where the database is gone and something tells that there was one: a new, empty database in its
    /// place would look as if nothing had ever been kept.
    fn refuse_remains(&self) -> Result<()> {
        if self.length(FILE) == 0 && self.at(PLACE).exists() {
            return Err(self.unavailable(
                "a restore into it was broken off: run the same `traccia restore` again, or remove traccia.restoring and \
                 traccia.packages for a new, empty store",
            ));
        }
        if self.length(FILE) > 0 || !(self.at(LOCK).exists() || self.length(WAL) > 0) {
            return Ok(());
        }
        Err(self.unavailable(&format!(
            "{FILE} is missing or empty, but {LOCK} or {WAL} says that a store was here; put {FILE} back from where it \
             was moved, with its {WAL}, or from a backup; for a new, empty store remove {LOCK} and {WAL}"
        )))
    }

    /// How many bytes a file has; none where it is not there.
    fn length(&self, name: &str) -> u64 {
        std::fs::metadata(self.at(name)).map_or(0, |file| file.len())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn unavailable(&self, reason: &str) -> StoreError {
        StoreError::Unavailable(format!("the data folder {}: {reason}", self.path.display()))
    }

    /// What an error of SQLite means that it gave when the database was opened: it makes its journal in the folder.
    pub(super) fn explained(&self, error: rusqlite::Error) -> Failure {
        match error.sqlite_error_code() {
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => self.unwritable(&error).into(),
            _ => error.into(),
        }
    }

    /// That a file of the folder cannot be opened to be written.
    fn unwritable(&self, error: &dyn std::error::Error) -> StoreError {
        self.unavailable(&format!(
            "{error}; the folder and its files must belong to the user as whom Traccia runs, on a disk that can be written"
        ))
    }

    fn lost(&self, name: &str) -> StoreError {
        self.unavailable(&format!(
            "{name} was removed or replaced while Traccia runs, so nothing more is kept; move it back, or stop Traccia \
             and restore a backup"
        ))
    }

    /// Makes a file that only this user reads, where there is none.
    fn make_private(&self, name: &str) -> Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.at(name)).map(drop).map_err(|error| self.unwritable(&error))
    }

    fn lock(&mut self, name: &str) -> Result<()> {
        let file = OpenOptions::new().read(true).write(true).open(self.at(name));
        let file = file.map_err(|error| self.unwritable(&error))?;
        if self.hold(file, File::try_lock)? { Ok(()) } else { Err(self.in_use()) }
    }

    fn in_use(&self) -> StoreError {
        self.unavailable("another Traccia has it open; stop that one or choose another --data")
    }

    /// Locks a file; false where another process has it.
    fn hold(
        &mut self,
        file: File,
        lock: impl Fn(&File) -> std::result::Result<(), TryLockError>,
    ) -> Result<bool> {
        match lock(&file) {
            Ok(()) => self.locks.push(file),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(self.unavailable(&error.to_string())),
        }
        Ok(true)
    }
}

#[cfg(unix)]
impl Folder {
    /// What lies under `name` now.
    fn identity(&self, name: &str) -> Option<Identity> {
        use std::os::unix::fs::MetadataExt as _;
        let file = std::fs::metadata(self.at(name)).ok()?;
        Some(Identity { device: file.dev(), inode: file.ino() })
    }

    /// Removes the rights of other users on the files, and on the folder where nothing else lies in it.
    fn close_to_others(&self) {
        for name in [FILE, WAL, SHM, LOCK] {
            close(&self.at(name), 0o600);
        }
        if self.is_all_ours() {
            close(&self.path, 0o700);
        } else if is_open(&self.path) {
            tracing::warn!(
                folder = %self.path.display(),
                "others can look into the data folder, where other things lie too: chmod 700 closes it"
            );
        }
    }

    /// Whether nothing lies in the folder but the files of a store.
    fn is_all_ours(&self) -> bool {
        // A folder that cannot be listed may have other things in it.
        let Ok(mut entries) = std::fs::read_dir(&self.path) else { return false };
        entries.all(|entry| {
            entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("traccia."))
        })
    }
}

#[cfg(not(unix))]
impl Folder {
    fn identity(&self, name: &str) -> Option<Identity> {
        self.at(name).exists().then_some(Identity {})
    }

    /// Does nothing: the folder's own access list decides.
    fn close_to_others(&self) {}
}

#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(unix)]
fn close(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    if !is_open(path) {
        return;
    }
    match std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)) {
        Ok(()) => tracing::info!(path = %path.display(), "other users could read this: closed"),
        Err(error) => tracing::warn!(path = %path.display(), %error, "others can read this"),
    }
}
