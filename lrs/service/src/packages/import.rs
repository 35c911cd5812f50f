//! The import of a package: checked, unpacked into the store piece by piece, and shown when all of it is there.

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{PackageError, Packages, can_be_named, token};
use crate::compute::{self, Stopped, Turn};
use ::package::runtime::PackageContents;
use ::package::{Limits, Unpacked, unpack};
use store::{NewVersion, PackageFile, Pieces, Result as StoreResult, Store, StoreError};

/// What of a package is in memory while it is unpacked: so many pieces of at most 64 KiB.
const PIECES: usize = 8;

/// What the thread that unpacks says.
enum Step {
    File(String),
    Piece(Bytes),
    End,
}

/// The bytes of one file.
struct OfFile<'s>(&'s mut mpsc::Receiver<Step>);

#[async_trait]
impl Pieces for OfFile<'_> {
    async fn next(&mut self) -> StoreResult<Option<Bytes>> {
        match self.0.recv().await {
            Some(Step::Piece(bytes)) => Ok(Some(bytes)),
            Some(Step::End) => Ok(None),
            Some(Step::File(_)) | None => Err(broken_off()),
        }
    }
}

/// The archive was sound when it was checked.
fn broken_off() -> StoreError {
    StoreError::Unavailable("unpacking the package broke off".into())
}

impl Packages {
    /// Imports the package in `file` as the newest version of the package `name`, which is made where there is none, and
    /// gives its number. The import is visible as a whole when this returns, or not at all; it goes on where the returned
    /// future is dropped, and `held`, what is reserved for the import, is held until it ends.
    ///
    /// # Errors
    /// [`PackageError::Refused`] where the package has errors, or is not SCORM; warnings do not stand in the way.
    pub async fn import(
        &self,
        name: &str,
        file: File,
        held: impl Send + 'static,
    ) -> Result<u32, PackageError> {
        if !can_be_named(name) {
            return Err(PackageError::Name(name.to_owned()));
        }
        let (packages, name) = (self.clone(), name.to_owned());
        let import = tokio::spawn(async move {
            let _held = held;
            packages.import_all(&name, file).await
        });
        import.await.map_err(|_| Stopped)?
    }

    /// The turn of a key to import: one package at a time, which lies in a temporary file meanwhile.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn turn_to_import(&self, key: &str) -> Result<Turn, Stopped> {
        self.imports.turn(key).await
    }

    async fn import_all(&self, name: &str, file: File) -> Result<u32, PackageError> {
        let checking = compute::aside(move || {
            let mut file = file;
            let contents = PackageContents::read(BufReader::new(&mut file), &Limits::default());
            contents.map(|contents| (contents, file))
        });
        let (contents, file) = checking.await.map_err(|_| Stopped)??;
        let contents = contents.map_err(|report| PackageError::Refused(Box::new(report)))?;
        let import = Uuid::new_v4();
        let added = self.add(import, name, &contents, file).await;
        if added.is_err() {
            // The import's own error says more; what stays is removed at the next start.
            let _ = self.store.drop_import(import).await;
        }
        added
    }

    async fn add(
        &self,
        import: Uuid,
        name: &str,
        contents: &PackageContents,
        file: File,
    ) -> Result<u32, PackageError> {
        let files = kept(&*self.store, import, file).await?;
        let outline = serde_json::to_string(contents);
        let outline = outline.map_err(|error| StoreError::Rejected(error.to_string()))?;
        let standard = serde_json::to_value(contents.standard);
        let standard = standard.map_err(|error| StoreError::Rejected(error.to_string()))?;
        let standard = standard
            .as_str()
            .ok_or_else(|| StoreError::Rejected(format!("{standard} is no standard")))?;
        let title = if contents.title.is_empty() { name } else { &contents.title };
        let new = NewVersion {
            number: None,
            last: 0,
            key: token::new_key(),
            title: title.to_owned(),
            standard: standard.to_owned(),
            outline,
            created: self.clock.now(),
            files,
        };
        Ok(self.store.add_package_version(import, name, new).await?)
    }
}

/// Keeps the files of a package, one after the other.
async fn kept(
    store: &dyn Store,
    import: Uuid,
    file: File,
) -> Result<Vec<PackageFile>, PackageError> {
    let (steps, mut told) = mpsc::channel(PIECES);
    let unpacking = compute::aside(move || {
        let mut file = file;
        file.seek(SeekFrom::Start(0))?;
        unpack(BufReader::new(file), &Limits::default(), |unpacked| {
            let step = match unpacked {
                Unpacked::File(name) => Step::File(name.to_owned()),
                Unpacked::Piece(bytes) => Step::Piece(Bytes::copy_from_slice(bytes)),
                Unpacked::End => Step::End,
            };
            // The receiver is gone where a file could not be kept.
            steps.blocking_send(step).is_ok()
        })
    });
    let mut files = Vec::new();
    while let Some(step) = told.recv().await {
        let Step::File(path) = step else { return Err(broken_off().into()) };
        let content = store.keep_content(import, &mut OfFile(&mut told)).await?;
        let content_type = content_type_of(&path).to_owned();
        files.push(PackageFile { path, content_type, content });
    }
    let is_whole = unpacking.await.map_err(|_| Stopped)??;
    if is_whole { Ok(files) } else { Err(broken_off().into()) }
}

/// The media type of a file by its name. Texts have no `charset`: the file says it itself, or the browser finds out.
fn content_type_of(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        // What runs as a script under `nosniff` must have the type of one.
        Some("js" | "mjs") => "text/javascript",
        Some("xht" | "xhtml") => "application/xhtml+xml",
        Some(extension) => {
            mime_guess::from_ext(extension).first_raw().unwrap_or("application/octet-stream")
        }
        None => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_types_that_browsers_need() {
        for (path, expected) in [
            ("index.html", "text/html"),
            ("a/INDEX.HTM", "text/html"),
            ("a.js", "text/javascript"),
            ("a.mjs", "text/javascript"),
            ("style.css", "text/css"),
            ("a.svg", "image/svg+xml"),
            ("a.woff2", "font/woff2"),
            ("a.mp4", "video/mp4"),
            ("a.json", "application/json"),
            ("a.wasm", "application/wasm"),
            ("a.vtt", "text/vtt"),
            ("none", "application/octet-stream"),
            ("a.unheard-of", "application/octet-stream"),
        ] {
            assert_eq!(content_type_of(path), expected, "{path}");
        }
    }
}
