//! The content of packages' files: a folder beside the database, with a file for each hash.
//!
//! A content is needed by the versions that have it, which the database says, and by the imports under way, which this
//! process remembers: no other process has the folder. A content is removed under the same lock that an import takes to
//! find it there.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Mutex;
use uuid::Uuid;

use store::{KeptContent, PIECE, PackageFile, Pieces, Result, StoreError};

/// The folder's name in the data folder.
pub(super) const FOLDER: &str = "traccia.packages";
/// What the names of files begin with that are being written.
const NEW: &str = "new-";

/// The folder, and who needs what is in it.
pub(super) struct Contents {
    folder: PathBuf,
    imports: Mutex<Imports>,
    /// Held while what dead processes left is removed.
    pub(super) sweeping: Mutex<()>,
}

#[derive(Default)]
struct Imports {
    /// The hashes that each import needs.
    needs: HashMap<Uuid, HashSet<String>>,
    /// Whether what a dead process had left was removed.
    swept: bool,
}

impl Imports {
    fn need(&self, hash: &str) -> bool {
        self.needs.values().any(|hashes| hashes.contains(hash))
    }
}

fn unavailable(doing: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unavailable(format!("{doing} {}: {error}", path.display()))
}

/// Whether a text is the name of a content: nothing else becomes a part of a path.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Where the content of this hash lies in the data folder `data`.
pub(super) fn path(data: &Path, hash: &str) -> PathBuf {
    within(&data.join(FOLDER), hash)
}

fn within(folder: &Path, hash: &str) -> PathBuf {
    folder.join(hash.get(..2).unwrap_or_default()).join(hash)
}

impl Contents {
    /// The contents of the store in this data folder.
    pub(super) fn beside(folder: &Path) -> Self {
        Self { folder: folder.join(FOLDER), imports: Mutex::default(), sweeping: Mutex::default() }
    }

    fn path(&self, hash: &str) -> PathBuf {
        within(&self.folder, hash)
    }

    /// Keeps the bytes for `import`.
    pub(super) async fn keep(&self, import: Uuid, bytes: &mut dyn Pieces) -> Result<KeptContent> {
        make_private(&self.folder).map_err(|error| unavailable("making", &self.folder, &error))?;
        let new = self.folder.join(format!("{NEW}{}", Uuid::new_v4()));
        let kept = match write(&new, bytes).await {
            Ok(content) => self.place(import, &new, content).await,
            Err(error) => Err(error),
        };
        if kept.is_err() {
            // What cannot be removed now is removed by the first import after the next start.
            let _ = tokio::fs::remove_file(&new).await;
        }
        kept
    }

    /// Gives the file that was written its name, unless there is one of equal bytes.
    async fn place(&self, import: Uuid, new: &Path, content: KeptContent) -> Result<KeptContent> {
        let path = self.path(&content.sha256);
        let mut imports = self.imports.lock().await;
        let is_there = tokio::fs::metadata(&path).await;
        let is_there = is_there.is_ok_and(|file| file.len() == content.bytes);
        let placed = async {
            if is_there {
                return tokio::fs::remove_file(new).await;
            }
            if let Some(folder) = path.parent() {
                make_private(folder)?;
            }
            tokio::fs::rename(new, &path).await
        };
        placed.await.map_err(|error| unavailable("writing", &path, &error))?;
        imports.needs.entry(import).or_default().insert(content.sha256.clone());
        Ok(content)
    }

    /// Fails unless all content of these files was kept for `import`; brings it to the disk.
    pub(super) async fn check(&self, import: Uuid, files: &[PackageFile]) -> Result<()> {
        let imports = self.imports.lock().await;
        let kept = imports.needs.get(&import);
        let is_kept = |hash: &str| kept.is_some_and(|kept| kept.contains(hash));
        if let Some(file) = files.iter().find(|file| !is_kept(&file.content.sha256)) {
            let reason = format!("the content of {} was not kept for this import", file.path);
            return Err(StoreError::Rejected(reason));
        }
        drop(imports);
        if files.is_empty() {
            return Ok(());
        }
        let folder = self.folder.clone();
        let synced = tokio::task::spawn_blocking(move || sync(&folder)).await;
        let synced = synced.unwrap_or_else(|error| Err(io::Error::other(error)));
        synced.map_err(|error| unavailable("writing", &self.folder, &error))
    }

    /// Ends an import; gives the hashes that it needed.
    pub(super) async fn forget(&self, import: Uuid) -> Vec<String> {
        let needed = self.imports.lock().await.needs.remove(&import);
        needed.unwrap_or_default().into_iter().collect()
    }

    /// Removes those of these contents that no import needs, and that are not among those that `needed` gives back.
    pub(super) async fn clear<F>(
        &self,
        hashes: Vec<String>,
        needed: impl FnOnce(Vec<String>) -> F + Send,
    ) -> Result<()>
    where
        F: Future<Output = Result<HashSet<String>>> + Send,
    {
        if hashes.is_empty() {
            return Ok(());
        }
        let imports = self.imports.lock().await;
        self.remove(&imports, hashes, needed).await
    }

    async fn remove<F>(
        &self,
        imports: &Imports,
        hashes: Vec<String>,
        needed: impl FnOnce(Vec<String>) -> F + Send,
    ) -> Result<()>
    where
        F: Future<Output = Result<HashSet<String>>> + Send,
    {
        let needed = needed(hashes.clone()).await?;
        for hash in hashes.iter().filter(|hash| !needed.contains(*hash) && !imports.need(hash)) {
            let path = self.path(hash);
            match tokio::fs::remove_file(&path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(unavailable("removing", &path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether [`Self::sweep`] was done.
    pub(super) async fn is_swept(&self) -> bool {
        self.imports.lock().await.swept
    }

    /// Removes, once, all content that is not needed, and what was being written when a process died.
    pub(super) async fn sweep<F>(&self, needed: impl FnOnce(Vec<String>) -> F + Send) -> Result<()>
    where
        F: Future<Output = Result<HashSet<String>>> + Send,
    {
        let mut imports = self.imports.lock().await;
        if imports.swept {
            return Ok(());
        }
        let folder = self.folder.clone();
        let found = tokio::task::spawn_blocking(move || hashes_in(&folder)).await;
        let found = found.unwrap_or_else(|error| Err(io::Error::other(error)));
        let found = found.map_err(|error| unavailable("reading", &self.folder, &error))?;
        self.remove(&imports, found, needed).await?;
        imports.swept = true;
        Ok(())
    }

    /// See [`store::PackageStore::content_data`].
    pub(super) async fn read(&self, content: &KeptContent, from: u64) -> Result<Bytes> {
        if from >= content.bytes {
            return Ok(Bytes::new());
        }
        if !is_hash(&content.sha256) {
            return Err(StoreError::Corrupt(format!("`{}` names no content", content.sha256)));
        }
        let length = usize::try_from(content.bytes - from).unwrap_or(PIECE).min(PIECE);
        let path = self.path(&content.sha256);
        let of = path.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut file = File::open(&of)?;
            if from > 0 {
                file.seek(SeekFrom::Start(from))?;
            }
            let mut bytes = vec![0; length];
            file.read_exact(&mut bytes)?;
            Ok::<_, io::Error>(Bytes::from(bytes))
        });
        let read = read.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        read.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => {
                StoreError::Corrupt(format!("{} is missing or too short", path.display()))
            }
            _ => unavailable("reading", &path, &error),
        })
    }
}

/// Writes the bytes into a new file at `path`.
async fn write(path: &Path, bytes: &mut dyn Pieces) -> Result<KeptContent> {
    let told = |error: io::Error| unavailable("writing", path, &error);
    let mut options = tokio::fs::OpenOptions::new();
    #[cfg(unix)]
    options.mode(0o600);
    let file = options.write(true).create_new(true).open(path).await.map_err(told)?;
    let mut file = tokio::io::BufWriter::with_capacity(128 << 10, file);
    let (mut hash, mut length) = (Sha256::new(), 0);
    while let Some(piece) = bytes.next().await? {
        hash.update(&piece);
        length += piece.len() as u64;
        file.write_all(&piece).await.map_err(told)?;
    }
    file.flush().await.map_err(told)?;
    if cfg!(not(target_os = "linux")) {
        file.get_ref().sync_all().await.map_err(told)?;
    }
    Ok(KeptContent { sha256: hex::encode(hash.finalize()), bytes: length, place: String::new() })
}

/// Makes a folder that only this user can enter, where there is none.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Brings all that was written to the disk: at once, for there may be thousands of files.
#[cfg(target_os = "linux")]
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

/// Files are brought to the disk one by one where the system cannot do it for all.
#[cfg(not(target_os = "linux"))]
pub(super) fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The hashes of all contents in the folder. Removes what was being written.
fn hashes_in(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut hashes = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(NEW) {
            std::fs::remove_file(entry.path())?;
        } else if entry.file_type()?.is_dir() {
            for file in std::fs::read_dir(entry.path())? {
                hashes.extend(file?.file_name().into_string().ok().filter(|it| is_hash(it)));
            }
        }
    }
    Ok(hashes)
}
