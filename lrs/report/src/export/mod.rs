//! Reports outside of Traccia: a [`Table`] as JSON, CSV, XLSX, HTML and text. Pure functions:
//! equal tables give equal bytes.

mod csv;
mod format;
mod html;
mod json;
mod parts;
mod shown;
#[cfg(test)]
mod tests;
mod text;
mod xlsx;

pub use format::{Format, UnknownFormat};
pub use html::STYLE;
pub use parts::{InParts, PartWriter};

use rust_xlsxwriter::XlsxError;

use crate::Table;
use course::Language;

/// Why a table cannot be written. None of them is the reader's fault.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The table's time zone is none of the zones built into the program.
    #[error("`{0}` is not a time zone")]
    TimeZone(String),
    /// An instant outside of the years -9999 to 9999, in microseconds since 1970.
    #[error("{0} microseconds since 1970 is no instant that has a date")]
    Instant(i64),
    /// More than a workbook can hold, such as 1,048,576 rows or 32,767 characters in a cell.
    #[error("the report does not fit into a workbook, take another format: {0}")]
    Workbook(#[from] XlsxError),
    /// More cells than are written into a workbook.
    #[error("the report has more cells than a workbook is made of here, take another format")]
    TooLong,
    /// A row with more or fewer cells than there are columns.
    #[error("row {0} of the report has another number of cells than it has columns")]
    Shape(usize),
    /// A value that JSON or CSV cannot write.
    #[error("the report cannot be written: {0}")]
    Written(#[from] std::io::Error),
}

/// Who reads a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The language of texts for people.
    pub language: Language,
    /// How many characters a line of [`Format::Text`] may have; any number where missing.
    pub width: Option<usize>,
}

impl From<Language> for Reader {
    fn from(language: Language) -> Self {
        Self { language, width: None }
    }
}

/// Writes `table` in `format` for a reader.
///
/// JSON names columns by their keys and holds numbers as they are; the other formats are for
/// people. Columns of signatures are in HTML alone, totals in all formats but CSV.
///
/// # Errors
/// [`ExportError`] when the table breaks its promises or is too large for the format.
pub fn write(
    table: &Table,
    format: Format,
    reader: impl Into<Reader>,
) -> Result<Vec<u8>, ExportError> {
    let reader = reader.into();
    let language = reader.language;
    check_shape(table)?;
    match format {
        Format::Json => json::write(table, language),
        Format::Csv => csv::write(table, language),
        Format::Xlsx if xlsx::is_too_long(table) => Err(ExportError::TooLong),
        Format::Xlsx => xlsx::write(table, language),
        Format::Html => html::write(table, language).map(String::into_bytes),
        Format::Text => text::write(table, reader).map(String::into_bytes),
    }
}

/// Refuses a row with more or fewer cells than there are columns.
fn check_shape(table: &Table) -> Result<(), ExportError> {
    let columns = table.columns.len();
    match table.rows.iter().position(|row| row.len() != columns) {
        Some(row) => Err(ExportError::Shape(row + 1)),
        None => Ok(()),
    }
}

/// How many bytes [`write`] takes at the most beside the table, whose own weight is `weight`: its output, and what stands
/// beside that while it is made. Held to what is measured by a test.
pub fn bytes_to_write(table: &Table, weight: usize, format: Format) -> usize {
    // Texts grow in each format, by what must not stand in it as it is.
    let texts = weight.saturating_mul(2);
    let of_row = match format {
        Format::Csv => table.columns.len().saturating_mul(40),
        // Each value has its key beside it, and a text that grows is there twice for a moment.
        Format::Json => table.columns.iter().map(|column| 3 * (column.key.len() + 24)).sum(),
        Format::Html => table.columns.len().saturating_mul(160),
        Format::Text => table.columns.len().saturating_mul(120),
        Format::Xlsx if xlsx::is_long(table) => table.columns.len().saturating_mul(20),
        Format::Xlsx => table.columns.len().saturating_mul(300),
    };
    table.rows.len().saturating_mul(of_row).saturating_add(texts)
}
