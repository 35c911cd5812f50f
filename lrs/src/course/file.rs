//! The course file: TOML as its author writes it, every value with its place in the text.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::check;
use super::error::{CourseError, CourseErrors};
use super::model::{ActivityRule, Course, ModuleRule};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CourseText {
    pub(super) id: Spanned<String>,
    pub(super) title: Spanned<BTreeMap<String, String>>,
    pub(super) time_zone: Spanned<String>,
    pub(super) hours: Option<Spanned<f64>>,
    #[serde(default, rename = "module")]
    pub(super) modules: Vec<ModuleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModuleText {
    pub(super) id: Spanned<String>,
    pub(super) title: Spanned<BTreeMap<String, String>>,
    pub(super) hours: Option<Spanned<f64>>,
    pub(super) complete_when: Option<Spanned<ModuleRule>>,
    #[serde(default, rename = "activity")]
    pub(super) activities: Vec<Spanned<ActivityText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivityText {
    pub(super) id: Option<Spanned<String>>,
    pub(super) prefix: Option<Spanned<String>>,
    pub(super) complete_when: Option<Spanned<ActivityRule>>,
    pub(super) title: Option<Spanned<BTreeMap<String, String>>>,
    pub(super) hours: Option<Spanned<f64>>,
}

impl Course {
    /// Reads a course file.
    ///
    /// # Errors
    /// [`CourseErrors`] with line, column and remedy: the first fault of form (TOML syntax,
    /// unknown, missing or mistyped key), else all faults of meaning.
    pub fn parse(text: &str) -> Result<Self, CourseErrors> {
        match toml::from_str::<CourseText>(text) {
            Ok(course) => check::course(text, course),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                let message = error.message().to_owned();
                Err(CourseErrors(vec![fault_at(text, offset, message)]))
            }
        }
    }
}

/// The fault at a byte offset of the text, as line and column.
pub(super) fn fault_at(text: &str, offset: usize, message: String) -> CourseError {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
    CourseError { line, column, message }
}
