//! Rows on their way to a reader: as Parquet, CSV or NDJSON, piece by piece.

use std::io::{self, Write};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use dataset::{CsvRows, Dataset, ParquetFile, RowOf, json_line};
use xapi::instant::Instant;

use super::tables::{DataTables, RowPages, Snapshot};
use super::{DatasetError, aside, placed};
use crate::memory::{Memory, Reserved};

/// Rows of a table that is replaced as a whole that are written at once.
const AT_ONCE: usize = 5_000;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFormat {
    /// Parquet, as the sealed files are.
    Parquet,
    /// CSV with a header.
    Csv,
    /// A JSON object on each line.
    Ndjson,
}

/// A name of no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDataFormat;

impl FromStr for DataFormat {
    type Err = UnknownDataFormat;

    fn from_str(name: &str) -> Result<Self, UnknownDataFormat> {
        match name {
            "parquet" => Ok(Self::Parquet),
            "csv" => Ok(Self::Csv),
            "ndjson" => Ok(Self::Ndjson),
            _ => Err(UnknownDataFormat),
        }
    }
}

impl DataFormat {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// How names of such files end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    /// An upper bound of the bytes that a stream holds at a time: a page of the log, its rows, and the row group that waits.
    pub const fn weight(self) -> usize {
        match self {
            Self::Parquet => 96 << 20,
            Self::Csv | Self::Ndjson => 48 << 20,
        }
    }
}

/// The rows of a table on their way.
pub struct RowStream {
    rows: Rows,
    writer: Option<RowWriter>,
}

enum Rows {
    Pages(RowPages),
    Whole(
        std::vec::IntoIter<RowOf>,
        #[expect(dead_code, reason = "it ends with the rows")] Reserved,
    ),
}

struct RowWriter {
    dataset: Dataset,
    to: Writing,
}

enum Writing {
    Csv(CsvRows),
    Ndjson,
    Parquet(Box<ParquetFile<Written>>, Written),
}

impl DataTables {
    /// The rows of a table in `(after, through]`, of a table that is replaced as a whole all of them: see [`Self::rows`].
    ///
    /// # Errors
    /// Those of [`Self::snapshot`], whose rows are gathered in `memory`.
    pub async fn stream(
        &self,
        dataset: Dataset,
        (after, through): (Instant, Instant),
        format: DataFormat,
        memory: &Memory,
    ) -> Result<RowStream, DatasetError> {
        let rows = if dataset.is_snapshot() {
            let Snapshot { rows, held } = self.snapshot(dataset, memory).await?;
            Rows::Whole(rows.into_iter(), held)
        } else {
            Rows::Pages(self.rows(dataset, after, through))
        };
        let to = match format {
            DataFormat::Csv => Writing::Csv(CsvRows::begin(dataset)),
            DataFormat::Ndjson => Writing::Ndjson,
            DataFormat::Parquet => {
                let written = Written::default();
                Writing::Parquet(Box::new(ParquetFile::begin(dataset, written.clone())?), written)
            }
        };
        Ok(RowStream { rows, writer: Some(RowWriter { dataset, to }) })
    }
}

impl RowStream {
    /// The next bytes; none at the end. The bytes are one file together.
    pub async fn next(&mut self) -> Result<Option<Bytes>, DatasetError> {
        loop {
            let rows = match &mut self.rows {
                Rows::Pages(pages) => pages.next().await?,
                Rows::Whole(rows, _) => {
                    let some: Vec<RowOf> = rows.by_ref().take(AT_ONCE).collect();
                    Some(some).filter(|some| !some.is_empty())
                }
            };
            let Some(writer) = self.writer.take() else { return Ok(None) };
            let Some(rows) = rows else {
                return aside(move || writer.end())
                    .await
                    .map(|end| Some(end).filter(|end| !end.is_empty()));
            };
            let (bytes, writer) = aside(move || writer.write(rows)).await?;
            self.writer = Some(writer);
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }
}

impl RowWriter {
    fn write(mut self, rows: Vec<RowOf>) -> Result<(Bytes, Self), DatasetError> {
        let bytes = match &mut self.to {
            Writing::Csv(csv) => csv.lines(&rows).map_err(uncsv)?.into(),
            Writing::Ndjson => {
                rows.iter().map(|row| json_line(self.dataset, row)).collect::<String>().into()
            }
            Writing::Parquet(file, written) => {
                for row in rows {
                    file.add(row)?;
                }
                written.take()
            }
        };
        Ok((bytes, self))
    }

    fn end(self) -> Result<Bytes, DatasetError> {
        match self.to {
            // A table without rows has a header all the same.
            Writing::Csv(mut csv) => Ok(csv.lines(&[]).map_err(uncsv)?.into()),
            Writing::Ndjson => Ok(Bytes::new()),
            Writing::Parquet(file, written) => {
                file.end()?;
                Ok(written.take())
            }
        }
    }
}

fn uncsv(error: dataset::CsvError) -> DatasetError {
    placed("writing CSV")(io::Error::other(error))
}

/// What was written and is not sent yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
