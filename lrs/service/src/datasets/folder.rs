//! A folder as a place for datasets.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use super::place::{DatasetPlace, Draft, OpenFile, PlacedFile};
use xapi::instant::Instant;

const MANIFEST: &str = "manifest.json";
const MANIFESTS: &str = "manifests";
/// Where files are written before they are kept.
pub(super) const PARTS: &str = ".parts";

/// How many manifests stay, the newest.
const KEPT: usize = 50;

/// A manifest as it is kept, and its version.
type VersionedManifest = (u64, Vec<u8>);

/// A folder: `manifest.json` for readers, the newest manifests by version in `manifests`, a folder for each table.
#[derive(Clone, Debug)]
pub struct Folder {
    root: Arc<Path>,
    parts: Arc<AtomicU64>,
    /// The newest manifest that was read, with its version: a manifest never changes.
    newest: Arc<Mutex<Option<VersionedManifest>>>,
}

impl Folder {
    /// The folder at `root`, which is made where it is not there, for this user alone.
    pub fn make(root: &Path) -> io::Result<Self> {
        for folder in [root.to_owned(), root.join(MANIFESTS), root.join(PARTS)] {
            make_private(&folder)?;
        }
        Ok(Self { root: root.into(), parts: Arc::default(), newest: Arc::default() })
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn part(&self) -> io::Result<Part> {
        let number = self.parts.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join(PARTS).join(format!("{}-{number}", std::process::id()));
        // A file of this name was left by a process of the same number that has ended: it is overwritten.
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
        Ok(Part { file, path, root: Arc::clone(&self.root) })
    }

    fn versions(&self) -> io::Result<Vec<(u64, PathBuf)>> {
        let mut versions = Vec::new();
        for entry in fs::read_dir(self.root.join(MANIFESTS))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(version) = name.strip_suffix(".json").and_then(|text| text.parse().ok()) {
                versions.push((version, path));
            }
        }
        versions.sort_unstable();
        Ok(versions)
    }

    /// Whether the manifest of this version, which was just inserted, is the newest. Old ones are removed. One that is not
    /// the newest took a name that was free again, and is removed itself.
    fn is_newest(&self, version: u64) -> io::Result<bool> {
        let versions = self.versions()?;
        if versions.last().is_some_and(|(newest, _)| *newest > version) {
            let own = versions.iter().filter(|(it, _)| *it == version);
            own.map(|(_, path)| path).try_for_each(fs::remove_file)?;
            return Ok(false);
        }
        for (_, path) in versions.iter().rev().skip(KEPT) {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(true)
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Makes the entries of a folder durable.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

impl DatasetPlace for Folder {
    fn manifest(&self) -> io::Result<Option<Vec<u8>>> {
        let versions = self.versions()?;
        let Some((version, path)) = versions.last() else { return Ok(None) };
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, text)) = newest.as_ref().filter(|(known, _)| known == version) {
            return Ok(Some(text.clone()));
        }
        let text = fs::read(path)?;
        *newest = Some((*version, text.clone()));
        Ok(Some(text))
    }

    fn insert(&self, version: u64, text: &[u8]) -> io::Result<bool> {
        let mut part = self.part()?;
        part.write_all(text)?;
        part.file.sync_all()?;
        let folder = self.root.join(MANIFESTS);
        // A link is made only where the name is free, and is of a whole file.
        match fs::hard_link(&part.path, folder.join(format!("{version:010}.json"))) {
            Ok(()) => {
                let is_newest = self.is_newest(version)?;
                sync(&folder).map(|()| is_newest)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn show(&self, text: &[u8]) -> io::Result<()> {
        if fs::read(self.at(MANIFEST)).is_ok_and(|there| there == text) {
            return Ok(());
        }
        let mut part = Box::new(self.part()?);
        part.write_all(text)?;
        part.keep(MANIFEST)
    }

    fn draft(&self) -> io::Result<Box<dyn Draft>> {
        Ok(Box::new(self.part()?))
    }

    fn files(&self) -> io::Result<Vec<PlacedFile>> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let (path, about) = (entry.path(), entry.metadata()?);
                let relative = path.strip_prefix(&self.root).unwrap_or(&path);
                if about.is_dir() && relative != Path::new(MANIFESTS) {
                    folders.push(path);
                } else if about.is_file() && relative != Path::new(MANIFEST) {
                    let changed = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
                    let changed = i64::try_from(changed.as_micros()).unwrap_or(i64::MAX);
                    let path = relative.to_string_lossy().replace('\\', "/");
                    files.push(PlacedFile { path, changed: Instant::from_micros(changed) });
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.at(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn OpenFile>> {
        Ok(Box::new(File::open(self.at(path))?))
    }
}

/// A file that is being written.
struct Part {
    file: File,
    path: PathBuf,
    root: Arc<Path>,
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Draft for Part {
    fn keep(self: Box<Self>, path: &str) -> io::Result<()> {
        self.file.sync_all()?;
        let to = self.root.join(path);
        let above: Vec<&Path> =
            to.ancestors().skip(1).take_while(|it| it.starts_with(&self.root)).collect();
        if let Some(folder) = above.first() {
            make_private(folder)?;
        }
        fs::rename(&self.path, &to)?;
        above.into_iter().try_for_each(sync)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // It is gone where it was kept. A part that cannot be removed is swept later.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_inserted_once_and_the_highest_is_the_manifest() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::make(&home.path().join("a/b")).unwrap();
        assert_eq!(folder.manifest().unwrap(), None);
        assert!(folder.insert(1, b"one").unwrap());
        assert!(!folder.insert(1, b"other").unwrap());
        assert!(folder.insert(10, b"ten").unwrap());
        assert_eq!(folder.manifest().unwrap().as_deref(), Some(&b"ten"[..]));
        assert_eq!(folder.files().unwrap(), [], "no part is left");
    }

    #[test]
    fn the_newest_manifests_stay_and_none_is_inserted_before_them() {
        let home = tempfile::tempdir().unwrap();
        let (folder, other) =
            (Folder::make(home.path()).unwrap(), Folder::make(home.path()).unwrap());
        for version in 1..=60 {
            assert!(folder.insert(version, version.to_string().as_bytes()).unwrap());
            assert_eq!(other.manifest().unwrap(), Some(version.to_string().into_bytes()));
        }
        let kept: Vec<u64> = folder.versions().unwrap().into_iter().map(|(it, _)| it).collect();
        assert_eq!(kept, (11..=60).collect::<Vec<_>>());
        assert!(!folder.insert(5, b"late").unwrap(), "its name is free again");
        assert_eq!(folder.manifest().unwrap().as_deref(), Some(&b"60"[..]));
        assert_eq!(folder.versions().unwrap().len(), KEPT);
    }

    #[test]
    fn a_draft_is_seen_once_it_is_kept_and_gone_where_it_is_not() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::make(home.path()).unwrap();
        let mut draft = folder.draft().unwrap();
        draft.write_all(b"rows").unwrap();
        drop(draft);
        assert_eq!(folder.files().unwrap(), []);
        let mut draft = folder.draft().unwrap();
        draft.write_all(b"rows").unwrap();
        draft.keep("t/m/f.parquet").unwrap();
        let paths: Vec<_> = folder.files().unwrap().into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["t/m/f.parquet"]);
        folder.remove("t/m/f.parquet").unwrap();
        folder.remove("t/m/f.parquet").unwrap();
        assert_eq!(folder.files().unwrap(), []);
    }
}
