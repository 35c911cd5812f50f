//! The files of versions, as they are served.

use std::sync::PoisonError;

use bytes::Bytes;

use super::{PackageError, Packages};
use store::{KeptContent, PackageFile};
use xapi::instant::Instant;

/// How long a file is known without asking the store, in microseconds: the version may have been removed by another process.
const KNOWN: i64 = 10_000_000;

/// A file that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Its media type.
    pub content_type: String,
    /// Its content.
    pub content: KeptContent,
}

impl Packages {
    /// The file at `path` of the version of this key; `None` where there is none.
    pub async fn file(&self, key: &str, path: &str) -> Result<Option<Served>, PackageError> {
        let now = self.clock.now();
        let place = (key.to_owned(), path.to_owned());
        let known = self.files.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        let fresh = known.filter(|(_, until)| *until > now).map(|(file, _)| file);
        let file = match fresh {
            Some(file) => Some(file),
            None => self.store.package_file(key, path).await?,
        };
        let Some(PackageFile { content_type, content, .. }) = &file else { return Ok(None) };
        let served = Served { content_type: content_type.clone(), content: content.clone() };
        if let Some(file) = file {
            let until = Instant::from_micros(now.micros().saturating_add(KNOWN));
            let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            if files.peek(&place).is_none_or(|(_, until)| *until <= now) {
                files.put(place, (file, until));
            }
        }
        Ok(Some(served))
    }

    /// The bytes of a content from `from` on: see [`store::PackageStore::content_data`].
    pub async fn data(&self, content: &KeptContent, from: u64) -> Result<Bytes, PackageError> {
        Ok(self.store.content_data(content, from).await?)
    }
}
