//! What is wrong with a course file or a sheet, in words its author can act on.

use std::fmt;

use super::model::Course;

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

/// Every fault of a course file, in the order of the file. Never empty.
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
        Self { line, column: column.map(str::to_owned), message: message.into() }
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

/// Every fault of a sheet, in the order of the file. Never empty.
///
/// A file that cannot be read as a sheet, or whose header is wrong, has the faults of that alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", one_per_line(.0))]
pub struct SheetErrors(pub Vec<SheetError>);

fn one_per_line<E: fmt::Display>(errors: &[E]) -> String {
    let lines: Vec<String> = errors.iter().map(E::to_string).collect();
    lines.join("\n")
}
