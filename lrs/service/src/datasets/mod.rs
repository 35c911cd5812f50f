//! The log as tables: [`DataTables`] reads rows of any range, [`Datasets`] keeps them as files in a place.
//!
//! Exactly once: ranges follow one another and never change, since the log gets no earlier neighbour; a file is there as a
//! whole before a manifest names it; and a manifest is inserted only where its version is not there yet. So a process that
//! ends at any point leaves at most files that no manifest names, which the next one writes again, byte for byte, or
//! removes a day later.

use std::io;

use store::StoreError;

use crate::compute;
use crate::memory::Exhausted;

mod asking;
mod erased;
mod folder;
mod lane;
mod pages;
mod place;
mod sealing;
mod search;
mod stream;
mod tables;
#[cfg(test)]
mod tests;
mod vocabulary;
mod workbook;
mod writing;

pub use asking::{AnswerSlot, Answered, Asker, QuestionError};
pub use folder::Folder;
pub use lane::DataLane;
pub use place::{DatasetPlace, Draft, OpenFile, PlacedFile};
pub use sealing::{Datasets, Sealed};
pub use search::{Found, Pace, PageOfRows, RowPlace, Search};
pub use stream::{DataFormat, RowStream, UnknownDataFormat};
pub use tables::{DataTables, RowPages, Snapshot};
pub use workbook::NoWorkbook;

use dataset::{ManifestError, ParquetError};

/// Whose pseudonyms the sealed files of a server have, and the rows that it gives where no other recipient is named.
pub const RECIPIENT: &str = "datasets";

/// Why rows or files could not be made. Files that a manifest names stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The store cannot do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What lies in the place is not gone on with.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A file cannot be written or read.
    #[error("{doing}: {error}")]
    Place {
        /// What was being done, such as `writing statements`.
        doing: String,
        /// What the system says.
        error: io::Error,
    },
    /// Rows cannot be written.
    #[error(transparent)]
    Parquet(#[from] ParquetError),
    /// There is no course of this id.
    #[error("there is no course `{0}`")]
    NoCourse(String),
    /// The file of a course cannot be read.
    #[error("the file of the course `{0}` cannot be read")]
    Course(String),
    /// There is no memory for a table that is replaced as a whole.
    #[error(transparent)]
    Memory(#[from] Exhausted),
    /// Another process writes into the same place.
    #[error("another process writes into the same folder: stop one of the two")]
    Taken,
    /// The work was stopped.
    #[error("the work was stopped")]
    Stopped,
}

impl DatasetError {
    /// Whether a file was to be read that is not there.
    fn is_of_a_file_that_is_gone(&self) -> bool {
        matches!(self, Self::Place { error, .. } if error.kind() == io::ErrorKind::NotFound)
    }
}

fn placed(doing: &str) -> impl FnOnce(io::Error) -> DatasetError {
    let doing = doing.to_owned();
    move |error| DatasetError::Place { doing, error }
}

/// Does `work`, which waits for files or computes, on a thread that gives way to those that answer requests.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DatasetError> + Send + 'static,
) -> Result<T, DatasetError> {
    compute::aside(work).await.map_err(|_| DatasetError::Stopped)?
}
