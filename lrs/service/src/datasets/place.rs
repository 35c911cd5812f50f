//! Where files of datasets lie.

use std::io::{self, Read, Seek, Write};

use xapi::instant::Instant;

/// A place for files and manifests. Its methods wait for the disk: call them off the asynchronous threads.
pub trait DatasetPlace: Send + Sync {
    /// The manifest of the highest version; none where there is none.
    fn manifest(&self) -> io::Result<Option<Vec<u8>>>;

    /// Keeps a manifest under its version, durably, where no manifest of this version is there. Of several processes that
    /// insert the same version one gets true.
    fn insert(&self, version: u64, text: &[u8]) -> io::Result<bool>;

    /// Makes this manifest the one that readers find at `manifest.json`, at once and as a whole.
    fn show(&self, text: &[u8]) -> io::Result<()>;

    /// A new file, which no reader finds before it is kept.
    fn draft(&self) -> io::Result<Box<dyn Draft>>;

    /// All files but manifests: those that were kept, those that a process that ended has left, and files of others.
    fn files(&self) -> io::Result<Vec<PlacedFile>>;

    /// Removes a file; none is no error.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Opens a file to read it.
    fn open(&self, path: &str) -> io::Result<Box<dyn OpenFile>>;
}

/// A file that is being read.
pub trait OpenFile: Read + Seek + Send {}

impl<T: Read + Seek + Send> OpenFile for T {}

/// A file that is being written. Dropping it removes it.
pub trait Draft: Write + Send {
    /// Keeps the file at `path`, durably and as a whole, in the place of one that is there.
    fn keep(self: Box<Self>, path: &str) -> io::Result<()>;
}

/// A file that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedFile {
    /// Where it is, from the place's root on.
    pub path: String,
    /// When it was written.
    pub changed: Instant,
}
