//! The course file: TOML as its author writes it, every value with its place in the text.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::check;
use super::error::{CourseError, CourseErrors};
use super::model::{
    ActivityRule, Assessment, Audience, Course, Credit, Mode, ModuleRule, ScoreRule,
};

type Words = Spanned<BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CourseText {
    pub(super) id: Spanned<String>,
    pub(super) iri: Option<Spanned<String>>,
    pub(super) title: Words,
    pub(super) time_zone: Spanned<String>,
    pub(super) hours: Option<Spanned<f64>>,
    pub(super) hours_per_year: Option<Spanned<f64>>,
    pub(super) begins: Option<Spanned<Datetime>>,
    pub(super) ends: Option<Spanned<Datetime>>,
    pub(super) planned: Option<PlannedText>,
    pub(super) at_risk_days: Option<Spanned<u16>>,
    #[serde(default, rename = "edition")]
    pub(super) editions: Vec<EditionText>,
    pub(super) certificate: Option<CertificateText>,
    #[serde(default, rename = "module")]
    pub(super) modules: Vec<ModuleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlannedText {
    pub(super) begins: Spanned<Datetime>,
    pub(super) ends: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditionText {
    pub(super) id: Spanned<String>,
    pub(super) title: Words,
    pub(super) begins: Option<Spanned<Datetime>>,
    pub(super) ends: Option<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CertificateText {
    pub(super) modules: Option<Vec<Spanned<String>>>,
    pub(super) hours: Option<Spanned<f64>>,
    pub(super) hours_presence: Option<Spanned<f64>>,
    pub(super) score: Option<Spanned<f64>>,
    pub(super) by: Option<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModuleText {
    pub(super) id: Spanned<String>,
    pub(super) title: Words,
    pub(super) hours: Option<Spanned<f64>>,
    pub(super) weight: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) requires: Vec<Spanned<String>>,
    pub(super) audience: Option<Spanned<Audience>>,
    pub(super) complete_when: Option<Spanned<ModuleRule>>,
    #[serde(default, rename = "activity")]
    pub(super) activities: Vec<Spanned<ActivityText>>,
    #[serde(default, rename = "event")]
    pub(super) events: Vec<Spanned<EventText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivityText {
    pub(super) key: Option<Spanned<String>>,
    pub(super) id: Option<Spanned<OneOrMany>>,
    pub(super) prefix: Option<Spanned<OneOrMany>>,
    pub(super) within: Option<Spanned<OneOrMany>>,
    pub(super) title: Option<Words>,
    pub(super) kind: Option<Spanned<String>>,
    pub(super) hours: Option<Spanned<f64>>,
    pub(super) credit: Option<Spanned<Credit>>,
    pub(super) score: Option<ScoreRule>,
    pub(super) weight: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) requires: Vec<Spanned<String>>,
    pub(super) assessment: Option<Assessment>,
    pub(super) begins: Option<Spanned<Datetime>>,
    pub(super) ends: Option<Spanned<Datetime>>,
    pub(super) complete_when: Option<Spanned<ActivityRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventText {
    pub(super) key: Spanned<String>,
    pub(super) title: Words,
    pub(super) kind: Spanned<String>,
    pub(super) mode: Option<Mode>,
    pub(super) id: Option<Spanned<OneOrMany>>,
    pub(super) prefix: Option<Spanned<OneOrMany>>,
    pub(super) within: Option<Spanned<OneOrMany>>,
    pub(super) hours: Option<Spanned<f64>>,
    pub(super) weight: Option<Spanned<f64>>,
    #[serde(default)]
    pub(super) requires: Vec<Spanned<String>>,
    pub(super) begins: Option<Spanned<Datetime>>,
    pub(super) ends: Option<Spanned<Datetime>>,
    pub(super) complete_when: Option<Spanned<ActivityRule>>,
    #[serde(default, rename = "session")]
    pub(super) sessions: Vec<SessionText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionText {
    pub(super) id: Spanned<String>,
    pub(super) object: Option<Spanned<String>>,
    pub(super) date: Spanned<Datetime>,
    pub(super) from: Option<Spanned<Datetime>>,
    pub(super) to: Option<Spanned<Datetime>>,
    #[serde(default)]
    pub(super) place: String,
    #[serde(default)]
    pub(super) region: String,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn into_list(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

impl Course {
    /// Reads a course file.
    ///
    /// # Errors
    /// [`CourseErrors`] with line, column and remedy: the first fault of form (TOML syntax,
    /// unknown, missing or mistyped key), else all faults of meaning.
    pub fn parse(text: &str) -> Result<Self, CourseErrors> {
        // Windows' editors put a byte order mark first.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
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
