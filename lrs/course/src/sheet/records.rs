//! The records of a sheet, none of which may be so long that a few of them fill the memory.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{ReaderBuilder, StringRecord, StringRecordsIntoIter, Trim};

/// A header of 200 columns with 300 bytes each; more is no header.
const LONGEST_HEADER: usize = 64 * 1024;
/// A line of a sheet; a record of empty fields takes eight times as much.
const LONGEST_RECORD: usize = 1024 * 1024;

/// A record that was not read to its end.
#[derive(Debug)]
pub(super) struct TooLong {
    /// Where it begins.
    pub(super) byte: usize,
}

/// The records of a text, each with the byte at which the reader took it up. After one that is
/// [`TooLong`] there are no more.
pub(super) struct Records<'t> {
    reader: StringRecordsIntoIter<Bounded<'t>>,
    bound: Rc<Bound>,
    is_over: bool,
}

#[derive(Default)]
struct Bound {
    /// How many bytes the reader may still take up for this record.
    left: Cell<usize>,
    /// Whether it wanted more.
    is_exceeded: Cell<bool>,
}

/// A text that ends where the bound does.
struct Bounded<'t> {
    rest: &'t [u8],
    bound: Rc<Bound>,
}

impl<'t> Records<'t> {
    pub(super) fn new(text: &'t str, separator: u8) -> Self {
        let bound = Rc::new(Bound::default());
        bound.left.set(LONGEST_HEADER);
        let bounded = Bounded { rest: text.as_bytes(), bound: Rc::clone(&bound) };
        let reader = ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(bounded);
        Self { reader: reader.into_records(), bound, is_over: false }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<(usize, StringRecord), TooLong>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let begin = self.reader.reader().position().byte();
        // Where the bound cuts a character in two, the record is not UTF-8, and an error.
        let record = self.reader.next();
        let byte = |byte| usize::try_from(byte).unwrap_or(usize::MAX);
        if self.bound.is_exceeded.get() {
            self.is_over = true;
            return Some(Err(TooLong { byte: byte(begin) }));
        }
        self.bound.left.set(LONGEST_RECORD);
        let record = record?.ok()?;
        Some(Ok((byte(record.position().map_or(0, csv::Position::byte)), record)))
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.bound.left.get();
        if left == 0 && !self.rest.is_empty() {
            self.bound.is_exceeded.set(true);
        }
        let length = buffer.len().min(left).min(self.rest.len());
        let (now, rest) = self.rest.split_at(length);
        for (to, from) in buffer.iter_mut().zip(now) {
            *to = *from;
        }
        self.rest = rest;
        self.bound.left.set(left - length);
        Ok(length)
    }
}
