//! Statements of several sources in the order of `stored`, whatever their number: sorted in runs that lie in temporary
//! files, and merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write};

use anyhow::Context as _;

use crate::cli::out::in_words;
use texts::Message;

/// Bytes of statements that are sorted in memory.
const RUN: usize = 64 << 20;
/// Bytes of a run that are read at once.
const READ: usize = 256 << 10;

/// A statement, where it comes from, and its place in the order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Record {
    /// When it was stored in its source, in microseconds since 1970.
    pub(super) stored: i64,
    /// The number of its source.
    pub(super) source: u32,
    /// Its number in the source.
    pub(super) number: u64,
    pub(super) text: Vec<u8>,
}

impl Record {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.text.len()
    }

    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&self.stored.to_le_bytes())?;
        to.write_all(&self.source.to_le_bytes())?;
        to.write_all(&self.number.to_le_bytes())?;
        to.write_all(&(self.text.len() as u64).to_le_bytes())?;
        to.write_all(&self.text)
    }

    /// The next record; none at the end.
    fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut first = [0; 8];
        if from.read(&mut first[..1])? == 0 {
            return Ok(None);
        }
        from.read_exact(&mut first[1..])?;
        let (mut source, mut number, mut length) = ([0; 4], [0; 8], [0; 8]);
        from.read_exact(&mut source)?;
        from.read_exact(&mut number)?;
        from.read_exact(&mut length)?;
        let length = usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?;
        let mut text = vec![0; length];
        from.read_exact(&mut text)?;
        let stored = i64::from_le_bytes(first);
        let (source, number) = (u32::from_le_bytes(source), u64::from_le_bytes(number));
        Ok(Some(Self { stored, source, number, text }))
    }
}

/// Takes records in any order.
#[derive(Default)]
pub(super) struct Sorter {
    waiting: Vec<Record>,
    bytes: usize,
    runs: Vec<File>,
    most: Option<usize>,
}

impl Sorter {
    /// A sorter that holds at most this number of bytes in memory.
    #[cfg(test)]
    fn holding(most: usize) -> Self {
        Self { most: Some(most), ..Self::default() }
    }

    pub(super) fn add(&mut self, record: Record) -> anyhow::Result<()> {
        self.bytes += record.weight();
        self.waiting.push(record);
        if self.bytes >= self.most.unwrap_or(RUN) { self.write_run() } else { Ok(()) }
    }

    fn write_run(&mut self) -> anyhow::Result<()> {
        let writing = || "writing statements to a temporary file, to sort them";
        self.bytes = 0;
        self.waiting.sort_unstable();
        let mut file = BufWriter::new(tempfile::tempfile().with_context(writing)?);
        for record in self.waiting.drain(..) {
            record.write(&mut file).with_context(writing)?;
        }
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind().with_context(writing)?;
        self.runs.push(file);
        Ok(())
    }

    /// All records in order.
    pub(super) fn end(mut self) -> anyhow::Result<Merged> {
        if !self.waiting.is_empty() {
            self.write_run()?;
        }
        let runs: Vec<_> =
            self.runs.into_iter().map(|run| BufReader::with_capacity(READ, run)).collect();
        let mut merged = Merged { next: BinaryHeap::new(), runs };
        for run in 0..merged.runs.len() {
            merged.advance(run)?;
        }
        Ok(merged)
    }
}

/// Records in order.
pub(super) struct Merged {
    /// The next record of each run that has one.
    next: BinaryHeap<Reverse<(Record, usize)>>,
    runs: Vec<BufReader<File>>,
}

impl Merged {
    fn advance(&mut self, run: usize) -> anyhow::Result<()> {
        let Some(file) = self.runs.get_mut(run) else { return Ok(()) };
        let record =
            Record::read(file).with_context(|| in_words(&Message::new("cli-import-sorted")))?;
        self.next.extend(record.map(|record| Reverse((record, run))));
        Ok(())
    }

    /// The next record; none at the end.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Record>> {
        let Some(Reverse((record, run))) = self.next.pop() else { return Ok(None) };
        self.advance(run)?;
        Ok(Some(record))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Ties come in the order of the sources, and in a source as they stand there.
        #[test]
        fn records_come_in_order_however_little_fits_into_memory(
            all in proptest::collection::vec((0..20_i64, 0..3_u32, 0..40_usize), 0..60),
            most in 1..2_000_usize,
        ) {
            let record = |(number, (stored, source, length)): (usize, (i64, u32, usize))| Record {
                stored, source, number: number as u64, text: vec![b'x'; length],
            };
            let mut records: Vec<Record> = all.into_iter().enumerate().map(record).collect();
            let mut sorter = Sorter::holding(most);
            for record in &records {
                sorter.add(record.clone()).unwrap();
            }
            records.sort();
            let (mut merged, mut found) = (sorter.end().unwrap(), Vec::new());
            while let Some(record) = merged.next().unwrap() {
                found.push(record);
            }
            prop_assert_eq!(found, records);
        }
    }
}
