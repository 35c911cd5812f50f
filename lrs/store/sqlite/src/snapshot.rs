//! A copy of a whole store at one instant, made while a server writes to the store.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::contents::{self, is_hash};
use super::folder::Folder;
use super::readers::{self, READ_ONLY};
use super::{FILE, failure, migrations};
use store::{Result, StoreError};

/// How often a copy begins anew where a package was removed meanwhile.
const TRIES: u32 = 5;
/// How long the copy waits where another connection holds the database alone, which takes moments.
const BUSY: Duration = Duration::from_secs(10);

/// What a copy of the contents of packages cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopiedContents {
    /// Files that were read and written.
    pub copied: u64,
    /// Files that the earlier copy had: the new copy shares them by hard links.
    pub shared: u64,
}

/// Copies the store in `folder`, as it is at one instant, into the folder `into`, which must exist and be empty.
///
/// A process may write to the store: its writes are not held up, and what it commits after the instant is not in the
/// copy. Nothing of `folder` is changed. Sessions of people and links of the set-up are not copied: a store that is
/// restored would otherwise let in whom its server has signed out since. The space of removed rows is not copied.
/// Contents of packages that the earlier copy `before` has are hard links to its files.
///
/// # Errors
/// [`StoreError::Unavailable`] where there is no store in `folder`, where the store has another layout than that of this
/// program, and where something cannot be written; [`StoreError::Corrupt`] where the structure of the database is broken
/// or a content is missing.
pub fn snapshot(folder: &Path, into: &Path, before: Option<&Path>) -> Result<CopiedContents> {
    // While no server runs, none can start: what is read does not change.
    let held = Folder::look_beside(folder)?;
    let source = held.as_ref().map(Folder::database_to_read);
    let (name, flags) = source.unwrap_or_else(|| (folder.join(FILE), READ_ONLY));
    let database = into.join(FILE);
    let mut tries = 0..TRIES;
    loop {
        copy_database(&name, flags, &database)?;
        match copy_contents(&database, folder, into, before)? {
            Ok(copied) => {
                contents::sync(into).map_err(|error| unavailable("writing", into, &error))?;
                return Ok(copied);
            }
            // The package was removed after the instant of the copy.
            Err(_) if tries.next().is_some() && held.is_none() => remove(&database)?,
            Err(missing) => {
                let missing = missing.display();
                return Err(StoreError::Corrupt(format!("the content {missing} is missing")));
            }
        }
    }
}

fn unavailable(doing: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unavailable(format!("{doing} {}: {error}", path.display()))
}

fn remove(database: &Path) -> Result<()> {
    fs::remove_file(database).map_err(|error| unavailable("removing", database, &error))
}

fn copy_database(source: &Path, flags: rusqlite::OpenFlags, into: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(into).map_err(|error| unavailable("making", into, &error))?;
    Ok(copy_into(source, flags, into)?)
}

fn copy_into(source: &Path, flags: rusqlite::OpenFlags, into: &Path) -> failure::Result<()> {
    let Some(name) = into.to_str() else {
        let name = into.display();
        return Err(StoreError::Unavailable(format!("the name {name} is not UTF-8")).into());
    };
    let connection = Connection::open_with_flags(source, flags)?;
    connection.busy_timeout(BUSY)?;
    readers::check_pages(&connection)?;
    migrations::check(&connection)?;
    connection.execute("VACUUM INTO ?1", [name])?;
    drop(connection);
    let copy = Connection::open(into)?;
    copy.pragma_update(None, "secure_delete", true)?;
    copy.execute_batch(
        "DELETE FROM session; DELETE FROM setup; DELETE FROM setting WHERE name = 'open';",
    )?;
    let verdict: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Corrupt(verdict).into()) }
}

/// The hash and the number of bytes of each content that a database needs.
fn needed(database: &Path) -> failure::Result<BTreeMap<String, i64>> {
    let connection = Connection::open_with_flags(database, READ_ONLY)?;
    let mut select =
        connection.prepare("SELECT sha256, MAX(bytes) FROM package_file GROUP BY 1")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Copies the contents that the copied database needs; the path of the first that is missing, where one is.
fn copy_contents(
    database: &Path,
    folder: &Path,
    into: &Path,
    before: Option<&Path>,
) -> Result<std::result::Result<CopiedContents, PathBuf>> {
    let mut done = CopiedContents::default();
    for (hash, bytes) in needed(database)? {
        if !is_hash(&hash) {
            return Err(StoreError::Corrupt(format!("`{hash}` names no content")));
        }
        let target = contents::path(into, &hash);
        if target.exists() {
            continue;
        }
        let parent = target.parent().unwrap_or(into);
        contents::make_private(parent).map_err(|error| unavailable("making", parent, &error))?;
        let earlier = before.map(|before| contents::path(before, &hash));
        if earlier.is_some_and(|earlier| {
            fs::metadata(&earlier).is_ok_and(|file| i64::try_from(file.len()) == Ok(bytes))
                && fs::hard_link(&earlier, &target).is_ok()
        }) {
            done.shared += 1;
            continue;
        }
        let source = contents::path(folder, &hash);
        match fs::copy(&source, &target) {
            Ok(_) => done.copied += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Err(source)),
            Err(error) => return Err(unavailable("copying", &source, &error)),
        }
    }
    Ok(Ok(done))
}
