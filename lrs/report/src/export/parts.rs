//! A table that is written while it is made: part by part, and never there as a whole.

use super::{ExportError, Format, check_shape, csv, json};
use crate::Table;
use course::Language;

/// A format whose rows can be written one after the other, without those that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InParts {
    /// [`Format::Json`].
    Json,
    /// [`Format::Csv`].
    Csv,
}

/// Writes tables that are parts of one, in their order: the same text as [`super::write`] of the whole.
#[derive(Clone, Debug)]
pub struct PartWriter {
    format: InParts,
    language: Language,
    /// Whether the head was written.
    is_begun: bool,
    /// Whether a row was written.
    has_rows: bool,
}

impl InParts {
    /// The format as one that takes parts, where it does. JSON has totals, which only a whole table has.
    pub const fn of(format: Format) -> Option<Self> {
        match format {
            Format::Json => Some(Self::Json),
            Format::Csv => Some(Self::Csv),
            Format::Xlsx | Format::Html | Format::Text => None,
        }
    }
}

impl PartWriter {
    /// Nothing is written yet.
    pub const fn new(format: InParts, language: Language) -> Self {
        Self { format, language, is_begun: false, has_rows: false }
    }

    /// The text of a part. What comes before the rows is that of the first part.
    ///
    /// # Errors
    /// As of [`super::write`].
    pub fn write(&mut self, part: &Table) -> Result<Vec<u8>, ExportError> {
        check_shape(part)?;
        let mut text = match (self.is_begun, self.format) {
            (true, _) => Vec::new(),
            (false, InParts::Json) => json::head(part, self.language)?,
            (false, InParts::Csv) => csv::head(part, self.language)?,
        };
        self.is_begun = true;
        match self.format {
            InParts::Csv => text.append(&mut csv::rows(part, self.language)?),
            InParts::Json => {
                if self.has_rows && !part.rows.is_empty() {
                    text.extend_from_slice(json::BETWEEN);
                }
                json::rows(part, self.language, &mut text)?;
            }
        }
        self.has_rows |= !part.rows.is_empty();
        Ok(text)
    }

    /// The text after the last part, which was `last`.
    ///
    /// # Errors
    /// As of [`super::write`].
    pub fn end(&self, last: &Table) -> Result<Vec<u8>, ExportError> {
        let mut text = Vec::new();
        if self.format == InParts::Json {
            json::tail(last, self.language, &mut text)?;
        }
        Ok(text)
    }
}
