//! Files of a bucket: one that is written, one that is read.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

use bytes::Bytes;
use service::datasets::Draft;

use super::S3Place;

/// Bytes of an object that are read at once.
const PIECE: u64 = 4 << 20;

/// A file that is written here, and put into the bucket as a whole.
pub(super) struct S3Draft {
    place: S3Place,
    file: std::fs::File,
}

impl S3Draft {
    /// An empty file.
    pub(super) fn of(place: S3Place) -> io::Result<Self> {
        Ok(Self { place, file: tempfile::tempfile()? })
    }
}

impl Write for S3Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Draft for S3Draft {
    fn keep(self: Box<Self>, path: &str) -> io::Result<()> {
        self.place.wait(self.place.0.put_file(path, &self.file))
    }
}

/// An object that is read by ranges.
pub(super) struct S3File {
    place: S3Place,
    path: String,
    length: u64,
    at: u64,
    /// The bytes that were read last, and where they begin.
    read: Bytes,
    begins: u64,
}

impl S3File {
    /// The object at `path`, from its first byte on.
    pub(super) fn of(place: S3Place, path: &str, length: u64) -> Self {
        Self { place, path: path.to_owned(), length, at: 0, read: Bytes::new(), begins: 0 }
    }

    /// The bytes from `at` on that were read already.
    fn rest(&self) -> &[u8] {
        let from = self.at.checked_sub(self.begins).and_then(|from| usize::try_from(from).ok());
        from.and_then(|from| self.read.get(from..)).unwrap_or_default()
    }
}

impl Read for S3File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.at >= self.length {
            return Ok(0);
        }
        if self.rest().is_empty() {
            let length = PIECE.min(self.length - self.at);
            self.read = self.place.wait(self.place.0.range(&self.path, self.at, length))?;
            self.begins = self.at;
        }
        let mut rest = self.rest();
        let read = rest.read(buffer)?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for S3File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
