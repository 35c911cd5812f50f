//! A table for spreadsheets, as the one that opens it in that language expects it.

use csv::{Terminator, Writer, WriterBuilder};

use super::ExportError;
use super::shown::{Shown, unsigned, unsigned_columns};
use crate::{Cell, Table};
use course::{Language, written_in_sheet};

/// What differs between the CSV of Excel in Italy and that of RFC 4180.
struct Dialect {
    separator: u8,
    byte_order_mark: bool,
}

impl Dialect {
    const fn of(language: Language) -> Self {
        match language {
            Language::It => Self { separator: b';', byte_order_mark: true },
            Language::En => Self { separator: b',', byte_order_mark: false },
        }
    }

    fn writer(&self, text: Vec<u8>) -> Writer<Vec<u8>> {
        let mut csv = WriterBuilder::new();
        csv.delimiter(self.separator).terminator(Terminator::CRLF).from_writer(text)
    }
}

/// RFC 4180 in UTF-8 with CRLF and a line of headings. In Italian as Excel reads it there: a byte
/// order mark, `;` between fields, a decimal comma, and days as 31/12/2026; otherwise days and
/// instants are ISO 8601. Shares are 0 to 1, instants in the table's time zone. Text that a spreadsheet would run as a formula is
/// preceded by `'`.
pub(super) fn write(table: &Table, language: Language) -> Result<Vec<u8>, ExportError> {
    let mut text = head(table, language)?;
    text.append(&mut rows(table, language)?);
    Ok(text)
}

/// The text up to the first row.
pub(super) fn head(table: &Table, language: Language) -> Result<Vec<u8>, ExportError> {
    let shown = Shown::new(table, language)?;
    let dialect = Dialect::of(language);
    let mark: &[u8] = if dialect.byte_order_mark { b"\xef\xbb\xbf" } else { b"" };
    let mut csv = dialect.writer(mark.to_vec());
    let headings =
        unsigned_columns(table).map(|column| written_in_sheet(shown.heading(column).to_owned()));
    csv.write_record(headings).map_err(std::io::Error::from)?;
    Ok(csv.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// The lines of the rows.
pub(super) fn rows(table: &Table, language: Language) -> Result<Vec<u8>, ExportError> {
    let shown = Shown::new(table, language)?;
    let mut csv = Dialect::of(language).writer(Vec::new());
    for row in &table.rows {
        let fields: Vec<String> = unsigned(table, row)
            .map(|(_, cell)| field(&shown, cell))
            .collect::<Result<_, ExportError>>()?;
        csv.write_record(fields).map_err(std::io::Error::from)?;
    }
    Ok(csv.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

fn field(shown: &Shown, cell: &Cell) -> Result<String, ExportError> {
    Ok(match cell {
        Cell::Text(_) | Cell::List(_) | Cell::Names(_) | Cell::Bilingual(_) | Cell::Code(..) => {
            written_in_sheet(shown.cell(cell)?)
        }
        Cell::Score(number) | Cell::Share(number) => shown.number(&number.to_string()),
        Cell::Date(day) => shown.day(*day),
        Cell::Instant(micros) => {
            let local = shown.local(*micros)?;
            format!("{} {}", shown.day(local.date()), local.strftime("%H:%M:%S"))
        }
        other => shown.cell(other)?,
    })
}
