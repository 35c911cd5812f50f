//! Rows of a table, column by column.

use std::ops::Range;

use bytes::Bytes;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;

use super::ParquetError;
use crate::schema::{Dataset, DatasetColumn, Datum, DatumKind, RowOf};

/// Rows of a table, column by column. Threads can make blocks side by side; a [`ParquetFile`](super::ParquetFile) takes the
/// rows of a block in much less time than row by row, as it copies each column in one piece.
pub struct RowBlock {
    columns: Vec<Waiting>,
    /// The bytes of the texts of each row.
    weights: Vec<usize>,
}

/// The values of one column.
struct Waiting {
    column: DatasetColumn,
    values: Values,
    /// Of a column that may be null: 1 for each row with a value, 0 for the others.
    levels: Vec<i16>,
}

enum Values {
    Text(Texts),
    Whole(Vec<i64>),
    Count(Vec<i32>),
    Number(Vec<f64>),
    Truth(Vec<bool>),
}

/// Texts one after the other: one piece of memory for all.
#[derive(Default)]
struct Texts {
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl RowBlock {
    /// A block of a table, without rows.
    pub fn of(dataset: Dataset) -> Self {
        let columns = dataset.columns().iter().map(|column| Waiting::of(*column)).collect();
        Self { columns, weights: Vec::new() }
    }

    /// How many rows it has.
    pub const fn rows(&self) -> usize {
        self.weights.len()
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> usize {
        let texts: usize = self.weights.iter().sum();
        texts + self.rows() * self.columns.len() * size_of::<i64>()
    }

    /// Adds a row: a value for each column, in their order.
    ///
    /// # Errors
    /// A row with fewer or more values than there are columns, of which nothing is added.
    pub fn add(&mut self, row: RowOf) -> Result<(), ParquetError> {
        self.push(row).map(|_| ())
    }

    /// See [`Self::add`]. Gives the bytes of the row's texts.
    pub(super) fn push(&mut self, row: RowOf) -> Result<usize, ParquetError> {
        let (values, columns) = (row.len(), self.columns.len());
        if values != columns {
            let text = format!("a row has {values} values for {columns} columns");
            return Err(parquet::errors::ParquetError::General(text).into());
        }
        let weight = row.iter().map(Datum::weight).sum();
        self.weights.push(weight);
        for (column, value) in self.columns.iter_mut().zip(row) {
            column.add(value);
        }
        Ok(weight)
    }

    /// The bytes of the texts of these rows, each.
    pub(super) fn weights(&self, rows: Range<usize>) -> &[usize] {
        of_block(&self.weights, rows)
    }

    /// Adds these rows of another block of the same table.
    pub(super) fn extend(&mut self, other: &Self, rows: Range<usize>) {
        for (column, from) in self.columns.iter_mut().zip(&other.columns) {
            column.extend(from, rows.clone());
        }
        self.weights.extend_from_slice(other.weights(rows));
    }

    /// Writes the values of the column at this place.
    pub(super) fn write(
        &mut self,
        at: usize,
        to: &mut ColumnWriter<'_>,
    ) -> Result<(), ParquetError> {
        self.columns.get_mut(at).map_or(Ok(()), |column| column.write(to))
    }

    /// Says that all columns are written.
    pub(super) fn clear(&mut self) {
        self.weights.clear();
    }
}

impl Waiting {
    fn of(column: DatasetColumn) -> Self {
        let values = match column.kind {
            DatumKind::Text => Values::Text(Texts::default()),
            DatumKind::Timestamp | DatumKind::Whole => Values::Whole(Vec::new()),
            DatumKind::Count => Values::Count(Vec::new()),
            DatumKind::Number => Values::Number(Vec::new()),
            DatumKind::Truth => Values::Truth(Vec::new()),
        };
        Self { column, values, levels: Vec::new() }
    }

    /// A value of another kind than the column's counts as none; a required column has an empty value then.
    fn add(&mut self, datum: Datum) {
        let has_value = match (&mut self.values, datum) {
            (Values::Text(values), Datum::Text(text)) => {
                values.push(&text);
                true
            }
            (Values::Whole(values), Datum::Time(value) | Datum::Whole(value)) => {
                values.push(value);
                true
            }
            (Values::Count(values), Datum::Count(value)) => {
                values.push(value);
                true
            }
            (Values::Number(values), Datum::Number(value)) => {
                values.push(value);
                true
            }
            (Values::Truth(values), Datum::Truth(value)) => {
                values.push(value);
                true
            }
            (values, _) => {
                if self.column.required {
                    values.add_empty();
                }
                false
            }
        };
        if !self.column.required {
            self.levels.push(i16::from(has_value));
        }
    }

    fn extend(&mut self, other: &Self, rows: Range<usize>) {
        let values = if self.column.required {
            rows
        } else {
            let levels = |range| of_block(&other.levels, range);
            let within = levels(rows.clone());
            self.levels.extend_from_slice(within);
            let before = count_of_values(levels(0..rows.start));
            before..before + count_of_values(within)
        };
        self.values.extend(&other.values, values);
    }

    fn write(&mut self, to: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = (!self.column.required).then_some(&self.levels[..]);
        // `values` and the writer are made of one list of columns.
        match (&mut self.values, to) {
            (Values::Text(values), ColumnWriter::ByteArrayColumnWriter(to)) => {
                to.write_batch(&values.take(), levels, None)?;
            }
            (Values::Whole(values), ColumnWriter::Int64ColumnWriter(to)) => {
                to.write_batch(values, levels, None)?;
                values.clear();
            }
            (Values::Count(values), ColumnWriter::Int32ColumnWriter(to)) => {
                to.write_batch(values, levels, None)?;
                values.clear();
            }
            (Values::Number(values), ColumnWriter::DoubleColumnWriter(to)) => {
                to.write_batch(values, levels, None)?;
                values.clear();
            }
            (Values::Truth(values), ColumnWriter::BoolColumnWriter(to)) => {
                to.write_batch(values, levels, None)?;
                values.clear();
            }
            _ => {
                let text = format!("the column {} has another kind", self.column.name);
                return Err(parquet::errors::ParquetError::General(text).into());
            }
        }
        self.levels.clear();
        Ok(())
    }
}

/// How many rows have a value.
fn count_of_values(levels: &[i16]) -> usize {
    levels.iter().map(|level| usize::from(*level > 0)).sum()
}

impl Values {
    fn add_empty(&mut self) {
        match self {
            Self::Text(values) => values.push(""),
            Self::Whole(values) => values.push(0),
            Self::Count(values) => values.push(0),
            Self::Number(values) => values.push(0.0),
            Self::Truth(values) => values.push(false),
        }
    }

    /// Adds these values of a column of the same kind.
    fn extend(&mut self, other: &Self, range: Range<usize>) {
        match (self, other) {
            (Self::Text(values), Self::Text(other)) => values.extend(other, range),
            (Self::Whole(values), Self::Whole(other)) => extend(values, other, range),
            (Self::Count(values), Self::Count(other)) => extend(values, other, range),
            (Self::Number(values), Self::Number(other)) => extend(values, other, range),
            (Self::Truth(values), Self::Truth(other)) => extend(values, other, range),
            // A column of one name has one kind.
            _ => {}
        }
    }
}

/// A part of what a block holds. One that is not there would be rows that a file lacks, and nobody would hear of it.
#[expect(clippy::expect_used, reason = "rows are counted by the block that they are asked of")]
fn of_block<T>(all: &[T], range: Range<usize>) -> &[T] {
    all.get(range).expect("the rows of a block")
}

fn extend<T: Copy>(values: &mut Vec<T>, other: &[T], range: Range<usize>) {
    values.extend_from_slice(of_block(other, range));
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
    }

    fn extend(&mut self, other: &Self, range: Range<usize>) {
        let end_of = |count: usize| {
            let last = count.checked_sub(1).and_then(|last| other.ends.get(last));
            last.map_or(0, |end| *end)
        };
        let (first, last) = (end_of(range.start), end_of(range.end));
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(of_block(&other.bytes, first..last));
        let ends = of_block(&other.ends, range);
        self.ends.extend(ends.iter().map(|end| begin + (end - first)));
    }

    /// Gives all, and is empty then.
    fn take(&mut self) -> Vec<ByteArray> {
        // The next row group takes about as much.
        let next = Vec::with_capacity(self.bytes.len());
        let (all, mut begin) = (Bytes::from(std::mem::replace(&mut self.bytes, next)), 0);
        let text = |end| ByteArray::from(all.slice(std::mem::replace(&mut begin, end)..end));
        self.ends.drain(..).map(text).collect()
    }
}
