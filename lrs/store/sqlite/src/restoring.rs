//! Putting a store into a data folder, all or nothing: everything is made in a folder within, and moved to its place in
//! the end. The database is moved last: a data folder with a database has all of the store.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::contents::{self, FOLDER};
use super::folder::WAL;
use super::{FILE, LOCK};
use store::{Result, StoreError};

/// Where a store is made that is not whole yet, in the data folder.
pub(super) const PLACE: &str = "traccia.restoring";
/// Locked while a store is made.
const TURN: &str = "traccia.restoring.lock";

/// A store that is being made in a data folder. Dropped before [`Self::commit`], it leaves the data folder without a
/// store: what was made is removed by the next attempt, and no server starts on it.
pub struct Restoring {
    folder: PathBuf,
    turn: File,
}

fn unavailable(doing: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unavailable(format!("{doing} {}: {error}", path.display()))
}

/// Refuses a folder with a closed store whose database is not whole without its journal, as on a full disk: only the
/// database is moved or kept.
///
/// # Errors
/// [`StoreError::Unavailable`].
pub fn all_in_database(folder: &Path) -> Result<()> {
    let journal = folder.join(WAL);
    match fs::metadata(&journal) {
        Ok(file) if file.len() > 0 => Err(StoreError::Unavailable(format!(
            "{} could not be brought into the database: is the disk full?",
            journal.display()
        ))),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(unavailable("reading", &journal, &error))
        }
        _ => Ok(()),
    }
}

impl Restoring {
    /// Begins to make a store in `folder`, which is made where it is not there.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] where the folder holds a store, or something else of Traccia, and where another process
    /// makes a store there; [`StoreError::Unavailable`] where the folder cannot be written.
    pub fn begin(folder: &Path) -> Result<Self> {
        contents::make_private(folder).map_err(|error| unavailable("making", folder, &error))?;
        let path = folder.join(TURN);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let turn = options.open(&path).map_err(|error| unavailable("making", &path, &error))?;
        let at = folder.display();
        if turn.try_lock().is_err() {
            return Err(StoreError::Rejected(format!("another process restores into {at}")));
        }
        let restoring = Self { folder: folder.to_owned(), turn };
        restoring.check()?;
        restoring.clear()?;
        let place = restoring.place();
        contents::make_private(&place).map_err(|error| unavailable("making", &place, &error))?;
        Ok(restoring)
    }

    /// Where the store is to be made: files as they are in a data folder.
    pub fn place(&self) -> PathBuf {
        self.folder.join(PLACE)
    }

    /// Refuses a folder that holds anything that an attempt before this one has not left.
    fn check(&self) -> Result<()> {
        let was_begun = self.place().exists();
        let left = |name: &str| name == PLACE || name == TURN || was_begun && name == FOLDER;
        let at = self.folder.display();
        let told = |error: io::Error| unavailable("reading", &self.folder, &error);
        let listed = fs::read_dir(&self.folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let listed = listed.map_err(told)?.into_iter();
        let names = listed.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let is_held = |name: &String| name.starts_with("traccia.") && !left(name);
        // Of the files of a store, the database comes first.
        let Some(name) = names.filter(is_held).min_by_key(|name| (name != FILE, name.clone()))
        else {
            return Ok(());
        };
        let _ = fs::remove_file(self.folder.join(TURN));
        Err(StoreError::Rejected(format!(
            "the folder {at} holds {name}: restore into a new or empty folder, or move what is there away; nothing was \
             changed"
        )))
    }

    /// Removes what an attempt before this one has left.
    fn clear(&self) -> Result<()> {
        // Contents first: without the place, they would be taken for those of a store.
        for path in [self.folder.join(FOLDER), self.place()] {
            match fs::remove_dir_all(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(unavailable("removing", &path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Moves the store to its place, for good.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], and then the data folder has no store.
    pub fn commit(self) -> Result<()> {
        let place = self.place();
        all_in_database(&place)?;
        let told = |error: io::Error| unavailable("moving what was restored in", &place, &error);
        contents::sync(&place).map_err(told)?;
        let contents = place.join(FOLDER);
        if contents.exists() {
            fs::rename(&contents, self.folder.join(FOLDER)).map_err(told)?;
        }
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(told)?;
        fs::rename(place.join(FILE), self.folder.join(FILE)).map_err(told)?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(told)?;
        // The store is there: what is left beside it is in nobody's way.
        let _ = fs::remove_file(place.join(LOCK));
        let _ = fs::remove_dir(&place);
        drop(self.turn);
        let _ = fs::remove_file(self.folder.join(TURN));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_without_what_is_in_its_journal_is_not_moved() {
        let home = tempfile::TempDir::new().unwrap();
        let begun = || Restoring::begin(home.path()).unwrap();
        let restoring = begun();
        let write = |restoring: &Restoring, name: &str, bytes: &[u8]| {
            fs::write(restoring.place().join(name), bytes).unwrap();
        };
        write(&restoring, FILE, b"a database");
        write(&restoring, WAL, b"pages that could not be brought into it");
        let refused = restoring.commit();
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        assert!(!home.path().join(FILE).exists());
        let again = begun();
        write(&again, FILE, b"a database");
        write(&again, WAL, b"");
        again.commit().unwrap();
        assert!(home.path().join(FILE).exists());
    }
}
