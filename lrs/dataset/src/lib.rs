//! The log as tables: a statement becomes rows, rows become Parquet files (or CSV, or NDJSON), and a manifest names the
//! files. No I/O, no clock, no async.
//!
//! A [`Flattener`] makes the rows of one statement, from that statement and fixed settings alone: so a range of `stored`
//! always gives the same rows. A [`ParquetFile`] writes rows with fixed settings: so the same rows always give the same
//! bytes. A [`Manifest`] is a value: sealing and merging make the next one. [`ranges`] says where ranges end.

pub mod aggregate;
mod columnar;
mod flatten;
mod learners;
mod manifest;
pub mod odata;
mod pseudonym;
pub mod ranges;
mod schema;
mod text;
mod vocabulary;
mod workbook;

pub use columnar::block::RowBlock;
pub use columnar::{ParquetError, ParquetFile, read_rows};
pub use flatten::{COURSE_TYPES, EXTENSION_KEYS, Flattener, StatementParts, taken};
pub use learners::{course_activities, learner_rows};
pub use manifest::{
    ColumnAbout, DatasetFile, DatasetTable, Manifest, ManifestError, Recipe, Replaced,
    SCHEMA_VERSION,
};
pub use pseudonym::{Pseudonyms, mark_of};
pub use schema::{Dataset, DatasetColumn, Datum, DatumKind, RowOf, UnknownDataset};
pub use text::{CsvError, CsvRows, json_line};
pub use vocabulary::{MOST_ACTIVITIES, MOST_VERBS, UsedWords, Vocabulary};
pub use workbook::{MOST_WORKBOOK_ROWS, RowWorkbook, WorkbookError};
