//! What a backup says of itself, in `backup.json`: every file with its hash, and what the store holds.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{BackupError, at};
use service::transfer::Contents;

/// The manifest's name in the folder of a backup. A folder without it is no backup.
pub const MANIFEST: &str = "backup.json";
/// The form of backups that this program writes, and the newest that it reads.
const FORM: u32 = 1;
/// Bytes of a file that are hashed at once.
const PIECE: usize = 1 << 20;
/// What the paths of the contents of packages begin with.
const CONTENTS: &str = "traccia.packages/";
/// The journal of a database: no backup has one.
const WAL: &str = "traccia.sqlite-wal";

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupManifest {
    /// The form of this file: 1.
    pub form: u32,
    /// The version of Traccia that made the backup.
    pub traccia: String,
    /// The engine of the store: `sqlite` or `mongodb`.
    pub engine: String,
    /// When the backup was begun, RFC 3339: all that was answered before is in it.
    pub begun: String,
    /// When the backup was whole, RFC 3339: nothing that came later is in it.
    pub ended: String,
    /// Counts and hashes of all that the backup holds, as `traccia store digest` prints them.
    pub contents: Contents,
    /// All files of the backup but this one, by path.
    pub files: Vec<ListedFile>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Its path within the backup, with `/` between folders.
    pub path: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// The length and SHA-256 of a file; `tell` is called with the number of bytes of each piece.
fn hashed(path: &Path, tell: &dyn Fn(u64)) -> io::Result<(u64, String)> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(piece.get(..read).unwrap_or_default());
        bytes += read as u64;
        tell(read as u64);
    }
}

/// The paths of all files within `folder`, by name.
fn paths(folder: &Path) -> io::Result<Vec<String>> {
    let (mut found, mut folders) = (Vec::new(), vec![(folder.to_owned(), String::new())]);
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), format!("{path}/")));
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// All files within `folder`, with their hashes.
pub(super) fn list(folder: &Path, tell: &dyn Fn(u64)) -> Result<Vec<ListedFile>, BackupError> {
    let of = |path: String| {
        let file = folder.join(&path);
        let (bytes, sha256) = hashed(&file, tell).map_err(at("reading", &file))?;
        // Each content is named after its hash: a damaged one would be copied from backup to backup.
        if path.starts_with(CONTENTS) && !path.ends_with(&sha256) {
            return Err(BackupError::Damaged(file));
        }
        Ok(ListedFile { path, bytes, sha256 })
    };
    paths(folder).map_err(at("reading", folder))?.into_iter().map(of).collect()
}

impl BackupManifest {
    /// A manifest of this program.
    pub(super) fn new(
        engine: &str,
        (begun, ended): (String, String),
        contents: Contents,
        files: Vec<ListedFile>,
    ) -> Self {
        let traccia = env!("CARGO_PKG_VERSION").to_owned();
        Self { form: FORM, traccia, engine: engine.to_owned(), begun, ended, contents, files }
    }

    /// Reads the manifest of the backup in `folder`.
    ///
    /// # Errors
    /// [`BackupError::NoBackup`] where there is none; [`BackupError::Broken`] where it cannot be read or names a file
    /// outside of the folder; [`BackupError::Newer`] where a newer Traccia wrote it.
    pub fn read(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::NoBackup(folder.to_owned()));
            }
            text => text.map_err(at("reading", &path))?,
        };
        let broken = |reason: String| BackupError::Broken { path: path.clone(), reason };
        let form: Form = serde_json::from_slice(&text).map_err(|it| broken(it.to_string()))?;
        if form.form > FORM {
            return Err(BackupError::Newer(path));
        }
        let read: Self = serde_json::from_slice(&text).map_err(|it| broken(it.to_string()))?;
        let is_within = |file: &ListedFile| {
            let mut parts = Path::new(&file.path).components();
            !file.path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
        };
        match read.files.iter().find(|file| !is_within(file)) {
            None => Ok(read),
            Some(file) => Err(broken(format!("`{}` is no file of a backup", file.path))),
        }
    }

    /// Reads every file of the backup in `folder`; `tell` is called with the number of bytes of each piece.
    ///
    /// # Errors
    /// [`BackupError::Broken`], which names the first file that is missing or not as it was written, and a journal that
    /// a server has left which was started on the backup.
    pub fn verify(&self, folder: &Path, tell: &dyn Fn(u64)) -> Result<(), BackupError> {
        let broken = |path: PathBuf, reason: &str| {
            Err(BackupError::Broken { path, reason: reason.to_owned() })
        };
        let journal = folder.join(WAL);
        if fs::metadata(&journal).is_ok_and(|file| file.len() > 0) {
            return broken(journal, "a server was started on this backup and has changed it");
        }
        for ListedFile { path, bytes, sha256 } in &self.files {
            let file = folder.join(path);
            match hashed(&file, tell) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return broken(file, "the file is missing");
                }
                found => {
                    let (length, hash) = found.map_err(at("reading", &file))?;
                    if (length, &hash) != (*bytes, sha256) {
                        return broken(file, "the file is not as it was written");
                    }
                }
            }
        }
        Ok(())
    }

    /// How many bytes all files have.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// What every form of the manifest has.
#[derive(Deserialize)]
struct Form {
    form: u32,
}
