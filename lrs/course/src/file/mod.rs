//! The course file: TOML as its author writes it, every value with its place in the text.

use texts::Message;
use toml::Spanned;
use toml::de::DeTable;

mod edit;
mod read;
mod reason;
mod rule;
mod syntax;
mod text;

pub use edit::{EditError, with_activity};
pub(super) use read::Faults;
pub(super) use text::{
    ActivityText, CertificateText, CourseText, EditionText, EventText, ModuleText, NamesText,
    OneOrMany, SessionText, TitlesText,
};

use super::check;
use super::error::{CheckedCourse, CourseError, CourseErrors};
use super::model::Course;
use read::{Node, Read as _};

/// The largest course file, in bytes; read, a file takes up to ninety times as much.
pub const LARGEST_FILE: usize = 4 << 20;

impl Course {
    /// Reads a course file.
    ///
    /// # Errors
    /// [`CourseErrors`] with the first faults, each with its line and column and what to do: keys that are
    /// unknown, missing or of the wrong type, words that are unknown, and what cannot be meant. A
    /// text that is not TOML has the faults of that alone, one for each line; but decimal commas
    /// are named with the number to write, and the rest of the file is read all the same.
    pub fn parse(text: &str) -> Result<Self, CourseErrors> {
        of_text(text).map(|checked| checked.course)
    }

    /// Reads a course file as [`Course::parse`] does, and says what it is to be warned of.
    ///
    /// # Errors
    /// Those of [`Course::parse`].
    pub fn check(text: &str) -> Result<CheckedCourse, CourseErrors> {
        if text.len() > LARGEST_FILE {
            let message =
                Message::new("course-fault-too-large").with("mebibytes", LARGEST_FILE >> 20);
            return Err(CourseErrors(vec![CourseError { line: 1, column: 1, message }]));
        }
        of_text(text)
    }
}

/// Reads a course file of any size.
fn of_text(text: &str) -> Result<CheckedCourse, CourseErrors> {
    // Windows' editors put a byte order mark first.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return read(text, &root, Faults::default());
    }
    let (mended, faults) = syntax::without_decimal_commas(text);
    let (root, errors) = DeTable::parse_recoverable(&mended);
    if errors.is_empty() {
        return read(text, &root, faults);
    }
    Err(syntax::not_toml(text, faults, &errors))
}

fn read(
    text: &str,
    root: &Spanned<DeTable<'_>>,
    mut faults: Faults,
) -> Result<CheckedCourse, CourseErrors> {
    let course = CourseText::read(&Node::root(root), &mut faults);
    check::course(text, course, faults)
}

/// Where the lines of a text begin.
pub(super) struct Lines<'t> {
    text: &'t str,
    begins: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let after_ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, begins: std::iter::once(0).chain(after_ends).collect() }
    }

    /// The line of a byte offset, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.begins.partition_point(|begin| *begin <= offset)
    }

    /// The fault at a byte offset, as line and column.
    pub(super) fn fault(&self, offset: usize, message: Message) -> CourseError {
        let (line, column) = self.place(offset);
        CourseError { line, column, message }
    }

    /// The line and the column of a byte offset, both from 1, the column in characters.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let begin = self.begins.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(begin..offset).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}
