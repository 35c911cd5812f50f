//! Reading the columns of a sealed file that are needed.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError as Broken;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{
    ChunkReader, FileReader as _, Length, RowGroupReader, SerializedFileReader,
};
use parquet::file::statistics::Statistics;
use rustc_hash::FxHashMap;

use super::batch::{Columns, NONE, Values};
use super::filter::Test;
use crate::columnar::ParquetError;
use crate::schema::{Dataset, DatumKind};

/// Rows of a batch: few enough that all columns of one are small.
const BATCH: usize = 16_384;

/// How many rows a row group says that it has. A broken file may say fewer than none.
fn rows_of(about: &RowGroupMetaData) -> Result<usize, ParquetError> {
    let rows = about.num_rows();
    let broken = |_| Broken::General(format!("a row group has {rows} rows"));
    Ok(usize::try_from(rows).map_err(broken)?)
}

/// Something to read from at any place.
pub trait SeekRead: Read + Seek + Send {}

impl<T: Read + Seek + Send + ?Sized> SeekRead for T {}

/// A sealed file of `statements` that is read column by column.
pub struct ColumnFile {
    reader: SerializedFileReader<Window>,
    /// Where each column of the table is in the file; nowhere in a file that is older than the column.
    places: Vec<Option<usize>>,
}

impl ColumnFile {
    /// A file of `length` bytes.
    ///
    /// # Errors
    /// Where it is no such file.
    pub fn open(file: Box<dyn SeekRead>, length: u64) -> Result<Self, ParquetError> {
        let reader =
            SerializedFileReader::new(Window { file: Arc::new(Mutex::new(file)), length })?;
        let columns = reader.metadata().file_metadata().schema_descr_ptr();
        let place = |name: &str| columns.columns().iter().position(|it| it.name() == name);
        let places =
            Dataset::Statements.columns().iter().map(|column| place(column.name)).collect();
        Ok(Self { reader, places })
    }

    /// Gives batches to `each`, in the order of the rows. Row groups in which no row can meet `test` are passed over.
    pub(super) fn each<E: From<ParquetError>>(
        &self,
        test: Option<&Test>,
        mut each: impl FnMut(&mut dyn Columns) -> Result<(), E>,
    ) -> Result<(), E> {
        for number in 0..self.reader.num_row_groups() {
            let about = self.reader.metadata().row_group(number);
            let range = |column| self.range(about, column);
            if test.is_some_and(|test| test.is_beyond(&range)) {
                continue;
            }
            let group = self.reader.get_row_group(number).map_err(ParquetError::from)?;
            let all = rows_of(about)?;
            let (reader, places) = (&*group, &self.places);
            let mut columns = Group { reader, places, open: FxHashMap::default(), at: 0, rows: 0 };
            while columns.at < all {
                columns.rows = BATCH.min(all - columns.at);
                each(&mut columns)?;
                columns.at += columns.rows;
            }
        }
        Ok(())
    }

    /// Gives the texts of one column to `each`, those of a row group together. Row groups without any are passed over.
    pub(super) fn texts<E: From<ParquetError>>(
        &self,
        column: usize,
        mut each: impl FnMut(&mut dyn Iterator<Item = &[u8]>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(place) = self.places.get(column).copied().flatten() else { return Ok(()) };
        for number in 0..self.reader.num_row_groups() {
            let about = self.reader.metadata().row_group(number);
            let missing = about.column(place).statistics().and_then(Statistics::null_count_opt);
            if missing == u64::try_from(about.num_rows()).ok() {
                continue;
            }
            let group = self.reader.get_row_group(number).map_err(ParquetError::from)?;
            let rows = rows_of(about)?;
            let (reader, places) = (&*group, &self.places);
            let mut columns = Group { reader, places, open: FxHashMap::default(), at: 0, rows };
            if let Values::Text { words, .. } = columns.read(column)? {
                each(&mut words.iter().map(ByteArray::data))?;
            }
        }
        Ok(())
    }

    fn range(&self, about: &RowGroupMetaData, column: usize) -> Option<(i64, i64)> {
        let place = self.places.get(column).copied().flatten()?;
        match about.column(place).statistics()? {
            Statistics::Int64(it) => Some((*it.min_opt()?, *it.max_opt()?)),
            _ => None,
        }
    }
}

/// A batch of a row group.
struct Group<'a> {
    reader: &'a dyn RowGroupReader,
    places: &'a [Option<usize>],
    open: FxHashMap<usize, (ColumnReader, usize)>,
    /// The first row of the batch.
    at: usize,
    /// How many rows it has.
    rows: usize,
}

impl Columns for Group<'_> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn read(&mut self, column: usize) -> Result<Values, ParquetError> {
        let kind = Dataset::Statements.columns().get(column).map_or(DatumKind::Text, |it| it.kind);
        let Some(place) = self.places.get(column).copied().flatten() else {
            return Ok(Values::nothing(kind, self.rows));
        };
        let (reader, at) = match self.open.entry(column) {
            std::collections::hash_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert((self.reader.get_column_reader(place)?, 0))
            }
        };
        let is_optional = self.reader.metadata().column(place).column_descr().max_def_level() > 0;
        let stretch = Stretch { passed: self.at - *at, rows: self.rows, is_optional };
        *at = self.at + self.rows;
        stretch.read(reader)
    }
}

/// The rows that are wanted of a column.
struct Stretch {
    passed: usize,
    rows: usize,
    is_optional: bool,
}

/// The values of a column that are there, and for each row whether it has one; no levels where every row has.
macro_rules! read {
    ($stretch:expr, $reader:expr) => {{
        let (mut values, mut levels) = (Vec::new(), Vec::new());
        let Stretch { passed, rows, is_optional } = $stretch;
        let mut left = passed;
        while left > 0 {
            match $reader.skip_records(left)? {
                0 => break,
                skipped => left -= skipped,
            }
        }
        let mut read = 0;
        while read < rows {
            let levels = is_optional.then_some(&mut levels);
            match $reader.read_records(rows - read, levels, None, &mut values)?.0 {
                0 => break,
                more => read += more,
            }
        }
        if read < rows {
            let text = format!("a column ends {} rows early", rows - read);
            return Err(Broken::General(text).into());
        }
        (values, levels)
    }};
}

impl Stretch {
    fn read(self, reader: &mut ColumnReader) -> Result<Values, ParquetError> {
        Ok(match reader {
            ColumnReader::ByteArrayColumnReader(reader) => {
                let (values, levels) = read!(self, reader);
                texts(&values, &levels)
            }
            ColumnReader::Int64ColumnReader(reader) => {
                let (values, levels) = read!(self, reader);
                Values::Whole(spread(values, &levels))
            }
            ColumnReader::Int32ColumnReader(reader) => {
                let (values, levels) = read!(self, reader);
                let values: Vec<i32> = values;
                Values::Whole(spread(values.into_iter().map(i64::from).collect(), &levels))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                let (values, levels) = read!(self, reader);
                Values::Number(spread(values, &levels))
            }
            ColumnReader::BoolColumnReader(reader) => {
                let (values, levels) = read!(self, reader);
                Values::Truth(spread(values, &levels))
            }
            _ => return Err(Broken::General("a column of an unknown kind".into()).into()),
        })
    }
}

fn spread<T>(values: Vec<T>, levels: &[i16]) -> Vec<Option<T>> {
    let mut values = values.into_iter();
    if levels.is_empty() {
        return values.map(Some).collect();
    }
    levels.iter().map(|level| if *level > 0 { values.next() } else { None }).collect()
}

/// Words of a dictionary are at one place in memory for all rows that have them: they are told apart by it.
fn texts(values: &[ByteArray], levels: &[i16]) -> Values {
    let mut words: Vec<ByteArray> = Vec::new();
    let mut known = FxHashMap::<(usize, usize), u32>::default();
    let mut last = ((0, 0), NONE);
    let mut code = |value: &ByteArray| {
        let place = (value.data().as_ptr().addr(), value.len());
        if last.0 == place && last.1 != NONE {
            return last.1;
        }
        let code = *known.entry(place).or_insert_with(|| {
            words.push(value.clone());
            u32::try_from(words.len() - 1).unwrap_or(NONE)
        });
        last = (place, code);
        code
    };
    let mut values = values.iter();
    let codes = if levels.is_empty() {
        values.map(&mut code).collect()
    } else {
        let of = |level: &i16| {
            if *level > 0 { values.next().map_or(NONE, &mut code) } else { NONE }
        };
        levels.iter().map(of).collect()
    };
    Values::Text { words, codes }
}

/// A file that several columns are read from.
struct Window {
    file: Arc<Mutex<Box<dyn SeekRead>>>,
    length: u64,
}

/// A place in the file from which is read.
struct Spot {
    file: Arc<Mutex<Box<dyn SeekRead>>>,
    at: u64,
}

impl Read for Spot {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(bytes)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Length for Window {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Window {
    type T = BufReader<Spot>;

    fn get_read(&self, start: u64) -> Result<Self::T, Broken> {
        Ok(BufReader::new(Spot { file: Arc::clone(&self.file), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, Broken> {
        let mut bytes = vec![0; length];
        Spot { file: Arc::clone(&self.file), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}
