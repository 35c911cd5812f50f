//! Rows as Parquet.

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, TypePtr};

use self::block::RowBlock;
use crate::schema::{Dataset, DatasetColumn, Datum, DatumKind, RowOf};

pub(crate) mod block;

/// Rows of a row group: as many as `DuckDB` reads at once.
const GROUP_ROWS: usize = 122_880;
/// A row group also ends where its texts weigh this many bytes.
const GROUP_BYTES: usize = 32 << 20;
/// Fixed, so that the same rows give the same bytes in every release that writes this schema.
const CREATED_BY: &str = "Traccia datasets, schema 1";

/// Rows cannot be written, or a file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ParquetError(#[from] parquet::errors::ParquetError);

/// A Parquet file that is being written: Snappy, instants delta-encoded, no dictionary for what is different in every
/// row. The same rows always give the same bytes, in whatever portions they are added.
pub struct ParquetFile<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    /// The rows that wait for their row group to be full.
    group: RowBlock,
    /// The bytes of their texts.
    weight: usize,
    rows: u64,
}

impl<W: Write + Send> ParquetFile<W> {
    /// A file of a table that is written to `to`.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn begin(dataset: Dataset, to: W) -> Result<Self, ParquetError> {
        let writer = SerializedFileWriter::new(to, schema(dataset)?, properties(dataset))?;
        Ok(Self { writer, group: RowBlock::of(dataset), weight: 0, rows: 0 })
    }

    /// How many rows were added.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a row: a value for each column, in their order.
    ///
    /// # Errors
    /// Those of the file; a row with fewer or more values than there are columns, of which nothing is added.
    pub fn add(&mut self, row: RowOf) -> Result<(), ParquetError> {
        self.weight += self.group.push(row)?;
        self.rows += 1;
        if self.is_full() { self.end_group() } else { Ok(()) }
    }

    /// Adds these rows of a block of the same table, as if they were added one after the other.
    ///
    /// # Errors
    /// Those of the file.
    pub fn add_block(&mut self, block: &RowBlock, rows: Range<usize>) -> Result<(), ParquetError> {
        let (mut begin, end) = (rows.start, rows.end.min(block.rows()));
        while begin < end {
            let room = GROUP_ROWS.saturating_sub(self.group.rows());
            let mut next = begin;
            for weight in block.weights(begin..end).iter().take(room) {
                (self.weight, next) = (self.weight + weight, next + 1);
                if self.weight >= GROUP_BYTES {
                    break;
                }
            }
            self.group.extend(block, begin..next);
            self.rows += (next - begin) as u64;
            if self.is_full() {
                self.end_group()?;
            }
            begin = next;
        }
        Ok(())
    }

    const fn is_full(&self) -> bool {
        self.group.rows() >= GROUP_ROWS || self.weight >= GROUP_BYTES
    }

    /// Writes the end of the file, and gives what it was written to.
    ///
    /// # Errors
    /// Those of the file.
    pub fn end(mut self) -> Result<W, ParquetError> {
        self.end_group()?;
        Ok(self.writer.into_inner()?)
    }

    fn end_group(&mut self) -> Result<(), ParquetError> {
        if self.group.rows() == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        let mut place = 0;
        while let Some(mut column) = group.next_column()? {
            self.group.write(place, column.untyped())?;
            column.close()?;
            place += 1;
        }
        group.close()?;
        self.group.clear();
        self.weight = 0;
        Ok(())
    }
}

fn schema(dataset: Dataset) -> Result<TypePtr, ParquetError> {
    let column = |column: &DatasetColumn| {
        let repetition = if column.required { "REQUIRED" } else { "OPTIONAL" };
        let (kind, meaning) = match column.kind {
            DatumKind::Text => ("BYTE_ARRAY", " (STRING)"),
            DatumKind::Timestamp => ("INT64", " (TIMESTAMP(MICROS,true))"),
            DatumKind::Whole => ("INT64", ""),
            DatumKind::Count => ("INT32", ""),
            DatumKind::Number => ("DOUBLE", ""),
            DatumKind::Truth => ("BOOLEAN", ""),
        };
        format!("{repetition} {kind} {}{meaning};", column.name)
    };
    let columns: Vec<String> = dataset.columns().iter().map(column).collect();
    let text = format!("message {dataset} {{ {} }}", columns.join(" "));
    Ok(Arc::new(parse_message_type(&text)?))
}

fn properties(dataset: Dataset) -> WriterPropertiesPtr {
    let mut properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::SNAPPY);
    for column in dataset.columns() {
        let path = || ColumnPath::from(column.name);
        let is_delta = matches!(column.kind, DatumKind::Timestamp | DatumKind::Whole);
        if is_delta || matches!(column.name, "id" | "statement") {
            properties = properties.set_column_dictionary_enabled(path(), false);
        }
        if is_delta {
            properties = properties.set_column_encoding(path(), Encoding::DELTA_BINARY_PACKED);
        }
    }
    Arc::new(properties.build())
}

/// The rows of a file that [`ParquetFile`] wrote.
///
/// # Errors
/// Where the bytes are no such file.
pub fn read_rows(bytes: Bytes) -> Result<Vec<RowOf>, ParquetError> {
    let reader = SerializedFileReader::new(bytes)?;
    let mut rows = Vec::new();
    for row in reader.get_row_iter(None)? {
        rows.push(row?.get_column_iter().map(|(_, field)| datum(field)).collect());
    }
    Ok(rows)
}

fn datum(field: &Field) -> Datum {
    match field {
        Field::Str(text) => Datum::Text(text.clone()),
        Field::TimestampMicros(at) => Datum::Time(*at),
        Field::Long(whole) => Datum::Whole(*whole),
        Field::Int(count) => Datum::Count(*count),
        Field::Double(number) => Datum::Number(*number),
        Field::Bool(truth) => Datum::Truth(*truth),
        _ => Datum::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: i64) -> RowOf {
        let text = |text: &str| Datum::Text(text.to_owned());
        let number = if n % 3 == 0 { Datum::Null } else { Datum::Number(1.5) };
        vec![Datum::Time(n), text("result"), text("k"), Datum::Null, number]
    }

    fn written(rows: impl Iterator<Item = RowOf>) -> Vec<u8> {
        let mut file = ParquetFile::begin(Dataset::Extensions, Vec::new()).unwrap();
        for row in rows {
            file.add(row).unwrap();
        }
        file.end().unwrap()
    }

    #[test]
    fn rows_read_back_over_several_groups_and_the_same_rows_are_the_same_bytes() {
        let count = i64::try_from(GROUP_ROWS).unwrap() + 7;
        let bytes = written((0..count).map(row));
        let rows = read_rows(bytes.clone().into()).unwrap();
        assert_eq!(rows.len(), GROUP_ROWS + 7);
        assert!(rows.iter().zip(0..).all(|(there, n)| *there == row(n)));
        assert_eq!(written((0..count).map(row)), bytes);
    }

    /// Wherever a row group ends, by rows and by bytes, and wherever blocks begin.
    #[test]
    fn rows_in_blocks_are_the_bytes_that_they_are_one_by_one() {
        let long = "k".repeat(GROUP_BYTES / 5);
        // The first group ends by its bytes, the second by its rows.
        let count = i64::try_from(GROUP_ROWS).unwrap() + 5_000;
        let mut rows: Vec<RowOf> = (0..count).map(row).collect();
        for at in [5, 3_000, 3_001, 3_002, 3_003, 3_004, 70_000] {
            rows[at][2] = Datum::Text(long.clone());
        }
        let expected = written(rows.iter().cloned());
        for length in [999, 65_537, rows.len()] {
            let mut file = ParquetFile::begin(Dataset::Extensions, Vec::new()).unwrap();
            for part in rows.chunks(length) {
                let mut block = RowBlock::of(Dataset::Extensions);
                part.iter().cloned().for_each(|row| block.add(row).unwrap());
                let cut = part.len() / 3;
                file.add_block(&block, 0..cut).unwrap();
                file.add_block(&block, cut..part.len() + 9).unwrap();
            }
            assert_eq!(file.rows(), rows.len() as u64);
            assert!(file.end().unwrap() == expected, "blocks of {length}");
        }
    }

    #[test]
    fn a_row_with_fewer_or_more_values_than_columns_is_refused_whole() {
        let mut file = ParquetFile::begin(Dataset::Agents, Vec::new()).unwrap();
        let columns = Dataset::Agents.columns().len();
        for values in [columns - 1, columns + 1] {
            let error = file.add(vec![Datum::default(); values]).unwrap_err().to_string();
            assert!(error.contains(&format!("{values} values for {columns} columns")), "{error}");
        }
        assert_eq!(file.rows(), 0);
    }

    #[test]
    fn a_file_without_rows_is_a_file_and_every_table_has_a_schema() {
        for dataset in Dataset::EVERY {
            let file = ParquetFile::begin(dataset, Vec::new()).unwrap();
            assert_eq!(read_rows(file.end().unwrap().into()).unwrap(), [[]; 0]);
        }
    }

    #[test]
    fn what_a_required_column_lacks_is_empty_and_no_value_gets_into_another_column() {
        let row = vec![Datum::Time(1), Datum::Null, Datum::Truth(true), Datum::Null, Datum::Null];
        let bytes = written([row].into_iter());
        let rows = read_rows(bytes.into()).unwrap();
        let empty = Datum::Text(String::new());
        assert_eq!(rows, [[Datum::Time(1), empty.clone(), empty, Datum::Null, Datum::Null]]);
    }
}
