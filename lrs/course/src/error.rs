//! What is wrong with a course file or a sheet, in words its author can act on.

use std::borrow::Cow;
use std::fmt;

use super::model::Course;

/// How many faults are told at a time: more would not be read, and would cost memory.
pub const MOST_FAULTS: usize = 100;

/// How many characters of a text that was sent a message repeats.
const LONGEST_SHOWN: usize = 100;

/// A course whose file has no fault, and what the file says that is hardly meant.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedCourse {
    /// The course.
    pub course: Course,
    /// In the order of the file.
    pub warnings: Vec<CourseError>,
}

/// One fault of a course file, or one warning.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CourseError {
    /// Line in the file, from 1.
    pub line: usize,
    /// Column in that line, in characters, from 1.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for CourseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// The first faults of a course file, at most [`MOST_FAULTS`] and one that says that there are more,
/// in the order of the file. Never empty.
///
/// A file that is not TOML has the faults of that alone: a value that cannot be read has no meaning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", one_per_line(.0))]
pub struct CourseErrors(pub Vec<CourseError>);

/// One fault of a sheet that people fill in: a learner list or a register.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SheetError {
    /// Line in the file where the record begins, from 1; the header counts.
    pub line: u64,
    /// The column's heading as the file writes it, where one column is at fault.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

impl SheetError {
    pub(super) fn new(line: u64, column: Option<&str>, message: impl Into<String>) -> Self {
        Self { line, column: column.map(|it| clipped(it).into_owned()), message: message.into() }
    }
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, {column}: {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}

/// The first faults of a sheet, at most [`MOST_FAULTS`] and one that says that there are more, in the
/// order of the file. Never empty.
///
/// A file that cannot be read as a sheet, or whose header is wrong, has the faults of that alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", one_per_line(.0))]
pub struct SheetErrors(pub Vec<SheetError>);

/// The faults of a sheet while it is read: who finds that they are full stops reading.
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
            let message = format!(
                "there are more faults from this line on: mend the {MOST_FAULTS} above and send the \
                 sheet again"
            );
            self.noted.push(SheetError::new(line, None, message));
        }
        if self.noted.is_empty() { Ok(()) } else { Err(SheetErrors(self.noted)) }
    }
}

/// The beginning of a text that somebody sent, as messages show it.
pub(super) fn clipped(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_SHOWN) {
        None => Cow::from(text),
        Some((end, _)) => Cow::from(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

fn one_per_line<E: fmt::Display>(errors: &[E]) -> String {
    let lines: Vec<String> = errors.iter().map(E::to_string).collect();
    lines.join("\n")
}
