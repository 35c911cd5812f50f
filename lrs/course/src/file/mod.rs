//! The course file: TOML as its author writes it, every value with its place in the text.

use toml::Spanned;
use toml::de::DeTable;

mod read;
mod rule;
mod syntax;
mod text;

pub(super) use read::Faults;
pub(super) use text::{
    ActivityText, CertificateText, CourseText, EditionText, EventText, ModuleText, OneOrMany,
    SessionText,
};

use super::check;
use super::error::{CheckedCourse, CourseError, CourseErrors};
use super::model::Course;
use read::{Node, Read as _};

impl Course {
    /// Reads a course file.
    ///
    /// # Errors
    /// [`CourseErrors`] with every fault, its line and column and what to do: keys that are
    /// unknown, missing or of the wrong type, words that are unknown, and what cannot be meant. A
    /// text that is not TOML has the faults of that alone, one for each line; but decimal commas
    /// are named with the number to write, and the rest of the file is read all the same.
    pub fn parse(text: &str) -> Result<Self, CourseErrors> {
        Self::check(text).map(|checked| checked.course)
    }

    /// Reads a course file as [`Course::parse`] does, and says what it is to be warned of.
    ///
    /// # Errors
    /// Those of [`Course::parse`].
    pub fn check(text: &str) -> Result<CheckedCourse, CourseErrors> {
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
}

fn read(
    text: &str,
    root: &Spanned<DeTable<'_>>,
    mut faults: Faults,
) -> Result<CheckedCourse, CourseErrors> {
    let course = CourseText::read(&Node::root(root), &mut faults);
    check::course(text, course, faults)
}

/// The fault at a byte offset of the text, as line and column.
pub(super) fn fault_at(text: &str, offset: usize, message: String) -> CourseError {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
    CourseError { line, column, message }
}
