//! Opening a store to read it alone: nothing of the folder is written, made or migrated.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::OpenFlags;

use super::contents::Contents;
use super::damage::Damage;
use super::folder::Folder;
use super::readers::{self, Readers};
use super::recent::Recent;
use super::{Inner, SqliteStore, failure, migrations};
use store::turns::Turns;
use store::{Result, StoreError};

impl SqliteStore {
    /// Opens the store in `folder` to read it. Every write of it is [`StoreError::Rejected`].
    ///
    /// Other readers may have the folder at the same time. Where the process that wrote the store was killed, the
    /// database's journal is left; SQLite then makes the index of the journal (`traccia.sqlite-shm`) where it is
    /// missing, and writes nothing else.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where there is no store in `folder`, where a process that writes has it open, and
    /// where the store has another layout than that of this program; [`StoreError::Corrupt`] where a part of the index is
    /// damaged, which [`SqliteStore::open`] mends.
    pub fn open_to_read(folder: &Path) -> Result<Self> {
        Ok(Self::read_at(folder)?)
    }

    fn read_at(folder: &Path) -> failure::Result<Self> {
        let contents = Contents::beside(folder);
        let folder = Folder::look(folder)?;
        let count = std::thread::available_parallelism().map_or(4, |n| 2 * n.get());
        let (name, flags) = folder.database_to_read();
        let connection = readers::open_one(&name, flags)?;
        migrations::check(&connection)?;
        let (recent, damaged) = Recent::load(&connection)?;
        if let [row, ..] = damaged.as_slice() {
            return Err(StoreError::Corrupt(format!(
                "row {row} of the table `recent` is damaged, and reading changes nothing: start `traccia serve` on the \
                 store once, which computes anew what the row said"
            ))
            .into());
        }
        let readers = Readers::open(&name, flags, count)?;
        Ok(Self(Arc::new(Inner {
            scrub: None,
            damage: Arc::new(Damage::default()),
            turns: Turns::default(),
            comparing: Turns::default(),
            wide: Turns::default(),
            readers,
            recent: Arc::new(recent),
            contents,
            checkpointer: None,
            writer: None,
            _folder: Arc::new(folder),
        })))
    }
}

/// How SQLite is asked for a database at `path` that has no journal and that no process writes: it is read without
/// locks and without an index of the journal, which SQLite would make in the folder.
pub(super) fn immutable(path: &Path) -> (PathBuf, OpenFlags) {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            other => {
                // Writing into a text cannot fail.
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri.push_str("?immutable=1");
    (uri.into(), readers::READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
}

/// Why a store that is read is not written to.
pub(super) fn not_written() -> StoreError {
    StoreError::Rejected("this store was opened to be read".into())
}
