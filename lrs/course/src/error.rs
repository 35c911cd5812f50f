//! What is wrong with a course file or a sheet: where, which message of the catalogue says so, and the values in it.

use std::borrow::Cow;
use std::fmt;

use texts::{Message, MessageValue, Texts};

use super::model::Course;
use super::near::{near, offer};

/// How many faults are told at a time: more would not be read, and would cost memory.
pub(crate) const MOST_FAULTS: usize = 100;

/// How many characters the text of one fault has at most.
pub(super) const LONGEST_MESSAGE: usize = 1_000;

/// How many characters of a text that was sent a message repeats.
const LONGEST_SHOWN: usize = 100;

/// A course whose file has no fault, and what the file says that is hardly meant.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedCourse {
    /// The course.
    pub course: Course,
    /// In the order of the file.
    pub warnings: Vec<CourseError>,
    /// The packages that activities name, in the order of the file. Whether there are such packages, a store knows.
    pub packages: Vec<NamedPackage>,
}

/// A package that an activity of a course file names: `package = "sicurezza"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPackage {
    /// The package's name.
    pub name: String,
    /// Line in the file, from 1.
    pub line: usize,
    /// Column in that line, in characters, from 1.
    pub column: usize,
}

impl NamedPackage {
    /// The warning that there is no package of this name, which offers the names of `known` that look most like it.
    pub fn unknown<'n>(&self, known: impl IntoIterator<Item = &'n str>) -> CourseError {
        let message = Message::new("course-warning-package-unknown").with("name", &self.name);
        let near = near(&self.name, known);
        let near = if near.is_empty() { MessageValue::Text(".".to_owned()) } else { offer(&near) };
        let message = message.with_value("near", near);
        CourseError { line: self.line, column: self.column, message }
    }
}

/// One fault of a course file, or one warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseError {
    /// Line in the file, from 1.
    pub line: usize,
    /// Column in that line, in characters, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: Message,
}

impl CourseError {
    /// What is wrong and what to do, in a language; at most 1,000 characters.
    pub fn text(&self, texts: &Texts) -> String {
        shortened(self.message.said_in(texts))
    }

    /// `LINE:COLUMN: ` and the text.
    fn said_in(&self, texts: &Texts) -> String {
        format!("{}:{}: {}", self.line, self.column, self.text(texts))
    }
}

/// In English.
impl fmt::Display for CourseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said_in(Texts::english()))
    }
}

/// The first faults of a course file, at most [`MOST_FAULTS`] and one that says that there are more,
/// in the order of the file. Never empty.
///
/// A file that is not TOML has the faults of that alone: a value that cannot be read has no meaning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.said_in(Texts::english()))]
pub struct CourseErrors(pub Vec<CourseError>);

impl CourseErrors {
    /// All faults in a language, one a line: `3:9: …`.
    pub fn said_in(&self, texts: &Texts) -> String {
        one_per_line(self.0.iter().map(|fault| fault.said_in(texts)))
    }
}

/// One fault of a sheet that people fill in: a learner list or a presence sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetError {
    /// Line in the file where the record begins, from 1; the header counts.
    pub line: u64,
    /// The column's heading as the file writes it, where one column is at fault.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub message: Message,
}

impl SheetError {
    pub(super) fn new(line: u64, column: Option<&str>, message: Message) -> Self {
        Self { line, column: column.map(|it| clipped(it).into_owned()), message }
    }

    /// The line, the column where one is at fault, and the text.
    fn said_in(&self, texts: &Texts) -> String {
        let at = match &self.column {
            Some(column) => Message::new("sheet-line-column").with("column", column),
            None => Message::new("sheet-line"),
        };
        at.with("line", self.line).with("text", self.message.said_in(texts)).said_in(texts)
    }
}

/// In English.
impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said_in(Texts::english()))
    }
}

/// The first faults of a sheet, at most [`MOST_FAULTS`] and one that says that there are more, in the
/// order of the file. Never empty.
///
/// A file that cannot be read as a sheet, or whose header is wrong, has the faults of that alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.said_in(Texts::english()))]
pub struct SheetErrors(pub Vec<SheetError>);

impl SheetErrors {
    /// All faults in a language, one a line: `line 3, region: …`.
    pub fn said_in(&self, texts: &Texts) -> String {
        one_per_line(self.0.iter().map(|fault| fault.said_in(texts)))
    }
}

/// The faults of a sheet while it is read. Reading ends once [`SheetFaults::are_full`].
#[derive(Debug, Default)]
pub(super) struct SheetFaults {
    noted: Vec<SheetError>,
    /// Where the first fault is that was not noted.
    more: Option<u64>,
}

impl SheetFaults {
    /// Notes a fault as long as there are fewer than [`MOST_FAULTS`].
    pub(super) fn note(&mut self, fault: SheetError) {
        if self.noted.len() < MOST_FAULTS {
            self.noted.push(fault);
        } else {
            self.more.get_or_insert(fault.line);
        }
    }

    /// Whether there was a fault that is not noted: further ones would not be either.
    pub(super) const fn are_full(&self) -> bool {
        self.more.is_some()
    }

    /// Nothing if there were none, else those that were noted, and a last one where there are more.
    pub(super) fn verdict(mut self) -> Result<(), SheetErrors> {
        if let Some(line) = self.more {
            let message = Message::new("sheet-fault-more").with("count", MOST_FAULTS);
            self.noted.push(SheetError::new(line, None, message));
        }
        if self.noted.is_empty() { Ok(()) } else { Err(SheetErrors(self.noted)) }
    }
}

/// The beginning of a text that was sent, as messages show it.
pub(super) fn clipped(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_SHOWN) {
        None => Cow::from(text),
        Some((end, _)) => Cow::from(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// The beginning of a text, where it is longer than a fault's text may be.
fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST_MESSAGE) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn one_per_line(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
