//! Rows as an Excel workbook, whose rows lie in a temporary file without a name while it is made.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

use xapi::instant::Instant;

use crate::schema::Datum;

/// The most rows of a workbook, beside its header.
pub const MOST_WORKBOOK_ROWS: usize = 1_048_575;
/// The most characters in a cell.
const MOST_TEXT: usize = 32_767;
/// What a text takes for each of its bytes, once as it is kept and twice while the file is made of it, and beside them.
const KEPT: usize = 3;
const BESIDE: usize = 256;

/// Rows cannot be written as a workbook.
pub type WorkbookError = XlsxError;

/// A workbook that is being written: a header, and every value of its own type. Texts end after 32,767 characters; times are
/// in UTC, without the part of a second.
pub struct RowWorkbook {
    workbook: Workbook,
    time: Format,
    day: Format,
    line: u32,
    /// The texts that are in it, as hashes under a seed of the process, and what they take.
    texts: HashSet<u64>,
    marks: RandomState,
    weight: usize,
}

impl RowWorkbook {
    /// A workbook with these headings.
    ///
    /// # Errors
    /// Where a temporary file cannot be made.
    pub fn begin<'a>(names: impl Iterator<Item = &'a str>) -> Result<Self, WorkbookError> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_low_memory()?;
        let bold = Format::new().set_bold();
        sheet.set_freeze_panes(1, 0)?;
        for (name, at) in names.zip(0..) {
            sheet.write_string_with_format(0, at, name, &bold)?;
        }
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let day = Format::new().set_num_format("yyyy-mm-dd");
        let (texts, marks) = (HashSet::new(), RandomState::new());
        Ok(Self { workbook, time, day, line: 1, texts, marks, weight: BESIDE })
    }

    /// About what it takes in memory: every text that it has is kept once, until the file is made.
    pub const fn weight(&self) -> usize {
        self.weight
    }

    /// Adds a row; `is_date` says of a column that its texts are days.
    ///
    /// # Errors
    /// Beyond [`MOST_WORKBOOK_ROWS`].
    pub fn add(
        &mut self,
        row: &[Datum],
        is_date: impl Fn(usize) -> bool,
    ) -> Result<(), WorkbookError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for ((number, datum), at) in row.iter().enumerate().zip(0..) {
            if let Datum::Text(text) = datum
                && self.texts.insert(self.marks.hash_one(text))
            {
                // A character has up to four bytes.
                self.weight += text.len().min(4 * MOST_TEXT) * KEPT + BESIDE;
            }
            match datum {
                Datum::Null => {}
                // A day or a time that a workbook has no number for, such as one before 1900, stays a text.
                Datum::Text(text) if is_date(number) => match ExcelDateTime::parse_from_str(text) {
                    Ok(day) => {
                        sheet.write_datetime_with_format(self.line, at, &day, &self.day)?;
                    }
                    Err(_) => {
                        sheet.write_string(self.line, at, text)?;
                    }
                },
                Datum::Text(text) => {
                    let cut: String = text.chars().take(MOST_TEXT).collect();
                    sheet.write_string(self.line, at, cut)?;
                }
                Datum::Time(micros) => {
                    let seconds = micros.div_euclid(1_000_000);
                    if let Ok(time) = ExcelDateTime::from_timestamp(seconds) {
                        sheet.write_datetime_with_format(self.line, at, &time, &self.time)?;
                    } else {
                        let text = Instant::from_micros(*micros).to_string();
                        sheet.write_string(self.line, at, text)?;
                    }
                }
                Datum::Truth(truth) => {
                    sheet.write_boolean(self.line, at, *truth)?;
                }
                number => {
                    sheet.write_number(self.line, at, as_number(number))?;
                }
            }
        }
        self.line += 1;
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// Where the temporary file cannot be read.
    pub fn end(mut self) -> Result<Vec<u8>, WorkbookError> {
        self.workbook.save_to_buffer()
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of a workbook are of 53 bits")]
fn as_number(datum: &Datum) -> f64 {
    match datum {
        Datum::Whole(whole) => *whole as f64,
        Datum::Count(count) => f64::from(*count),
        Datum::Number(number) => *number,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_weighs_what_texts_it_keeps_each_of_them_once() {
        let mut book = RowWorkbook::begin(["a", "b"].into_iter()).unwrap();
        let mut add = |a: String, b: String| {
            book.add(&[Datum::Text(a), Datum::Text(b), Datum::Number(1.0)], |_| false).unwrap();
            book.weight()
        };
        let long = "p".repeat(MOST_TEXT);
        let first = add(long.clone(), "same".to_owned());
        assert!(first > MOST_TEXT * KEPT, "{first}");
        assert_eq!(add(long.clone(), "same".to_owned()), first);
        let second = add(format!("1{long}"), "same".to_owned());
        assert!(second > first + MOST_TEXT * KEPT, "{second} after {first}");
        let beyond = add("q".repeat(10 << 20), String::new());
        assert!(beyond < second + 5 * MOST_TEXT * KEPT, "what is cut off is not kept: {beyond}");
    }
}
