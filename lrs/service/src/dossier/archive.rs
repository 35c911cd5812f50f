//! The archive while it is written: what is written is bounded, and reserved first.

use std::io::{self, BufWriter, Cursor, Write};

use bytes::Bytes;
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{DossierError, MOST_BYTES};
use crate::compute;
use crate::memory::{Memory, Reserved};

/// How much is gathered before it is compressed, in bytes.
const BUFFER: usize = 64 << 10;

/// An archive that is being written.
pub(super) struct Archive {
    writer: Box<ZipWriter<Cursor<Vec<u8>>>>,
    weight: usize,
    held: Reserved,
    /// Why what came last was not written.
    refused: Option<DossierError>,
}

impl Archive {
    /// An archive without files, which reserves what it holds in `memory`.
    pub(super) fn begin(memory: &Memory) -> Result<Self, DossierError> {
        let writer = Box::new(ZipWriter::new(Cursor::new(Vec::new())));
        Ok(Self { writer, weight: 0, held: memory.reserve(0)?, refused: None })
    }

    /// Begins a file, which ends with the next.
    pub(super) fn file(&mut self, name: &str) -> Result<(), DossierError> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let begun = self.writer.start_file(name, options);
        begun.map_err(|error| DossierError::Archive(error.to_string()))
    }

    /// Writes on at the file begun last, on a thread of its own: compressing much would hold up requests.
    pub(super) async fn written(
        mut self,
        work: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
    ) -> Result<Self, DossierError> {
        let work = move || {
            let mut buffered = BufWriter::with_capacity(BUFFER, &mut self);
            let written = work(&mut buffered).and_then(|()| buffered.flush());
            drop(buffered);
            match (written, self.refused.take()) {
                (Ok(()), _) => Ok(self),
                (Err(_), Some(refused)) => Err(refused),
                (Err(error), None) => Err(DossierError::Archive(error.to_string())),
            }
        };
        let stopped = |_| DossierError::Archive("the server is ending".to_owned());
        compute::aside(work).await.map_err(stopped)?
    }

    /// A file of these bytes.
    pub(super) async fn with(mut self, name: &str, bytes: Bytes) -> Result<Self, DossierError> {
        self.file(name)?;
        self.written(move |file| file.write_all(&bytes)).await
    }

    /// The bytes of all files, which hold their memory.
    pub(super) fn end(self) -> Result<Bytes, DossierError> {
        let written = (*self.writer).finish();
        let written = written.map_err(|error| DossierError::Archive(error.to_string()))?;
        Ok(self.held.hold(Bytes::from(written.into_inner())))
    }

    fn reserve(&mut self, bytes: usize) -> Result<(), DossierError> {
        self.weight = self.weight.saturating_add(bytes);
        if self.weight > MOST_BYTES {
            return Err(DossierError::TooLarge);
        }
        // At the most: what is written is compressed.
        Ok(self.held.grow(bytes)?)
    }
}

impl Write for Archive {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(refused) = self.reserve(bytes.len()) {
            self.refused = Some(refused);
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.writer.write_all(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A value as JSON that people can read, with a line break at its end.
pub(super) fn json<T: Serialize + ?Sized>(value: &T, file: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *file, value)?;
    file.write_all(b"\n")
}
