//! Rows as Parquet.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, TypePtr};

use crate::schema::{Dataset, DatasetColumn, Datum, DatumKind, RowOf};

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
    columns: Vec<Waiting>,
    waiting: usize,
    weight: usize,
    rows: u64,
}

/// The values of one column that wait for their row group.
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

impl Texts {
    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
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

impl<W: Write + Send> ParquetFile<W> {
    /// A file of a table that is written to `to`.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn begin(dataset: Dataset, to: W) -> Result<Self, ParquetError> {
        let writer = SerializedFileWriter::new(to, schema(dataset)?, properties(dataset))?;
        let columns = dataset.columns().iter().map(|column| Waiting::of(*column)).collect();
        Ok(Self { writer, columns, waiting: 0, weight: 0, rows: 0 })
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
        let (values, columns) = (row.len(), self.columns.len());
        if values != columns {
            let text = format!("a row has {values} values for {columns} columns");
            return Err(parquet::errors::ParquetError::General(text).into());
        }
        self.weight += row.iter().map(Datum::weight).sum::<usize>();
        for (column, value) in self.columns.iter_mut().zip(row) {
            column.add(value);
        }
        self.waiting += 1;
        self.rows += 1;
        if self.waiting >= GROUP_ROWS || self.weight >= GROUP_BYTES {
            self.end_group()?;
        }
        Ok(())
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
        if self.waiting == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for waiting in &mut self.columns {
            let Some(mut column) = group.next_column()? else { break };
            waiting.write(column.untyped())?;
            column.close()?;
        }
        group.close()?;
        (self.waiting, self.weight) = (0, 0);
        Ok(())
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
