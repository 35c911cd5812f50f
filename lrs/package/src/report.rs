//! What a check gives: what the package is, its structure, what it will report, the findings.

use serde::{Deserialize, Serialize};

use crate::finding::Findings;

/// The standard of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// SCORM 1.2.
    #[serde(rename = "scorm-1.2")]
    Scorm12,
    /// SCORM 2004, second edition.
    #[serde(rename = "scorm-2004-2")]
    Scorm2004Second,
    /// SCORM 2004, third edition.
    #[serde(rename = "scorm-2004-3")]
    Scorm2004Third,
    /// SCORM 2004, fourth edition.
    #[serde(rename = "scorm-2004-4")]
    Scorm2004Fourth,
    /// cmi5.
    #[serde(rename = "cmi5")]
    Cmi5,
    /// xAPI with a `tincan.xml`.
    #[serde(rename = "xapi")]
    Xapi,
    /// AICC, which Traccia names and does not play.
    #[serde(rename = "aicc")]
    Aicc,
}

impl Kind {
    /// The name of the standard, the same in all languages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scorm12 => "SCORM 1.2",
            Self::Scorm2004Second => "SCORM 2004 2nd Edition",
            Self::Scorm2004Third => "SCORM 2004 3rd Edition",
            Self::Scorm2004Fourth => "SCORM 2004 4th Edition",
            Self::Cmi5 => "cmi5",
            Self::Xapi => "xAPI (tincan.xml)",
            Self::Aicc => "AICC",
        }
    }

    pub(crate) const fn is_2004(self) -> bool {
        matches!(self, Self::Scorm2004Second | Self::Scorm2004Third | Self::Scorm2004Fourth)
    }
}

/// A part of a package's structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// `organization`, `item`, `sco`, `asset`, `course`, `block`, `au`, `activity`.
    pub what: &'static str,
    /// Its identifier in the manifest.
    pub id: String,
    /// Its title, in the language the manifest gives first.
    pub title: String,
    /// What is launched, as the manifest writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch: Option<String>,
    /// The line in the manifest, from 1.
    pub line: u32,
    /// What the manifest asks of the platform: `moveOn`, `masteryScore`, `sequencing` …
    pub settings: Vec<(&'static str, String)>,
    /// The parts below.
    pub parts: Vec<Part>,
}

/// What a platform is told, as far as the content can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one thing is told")]
pub struct Reports {
    /// How many parts report on their own.
    pub units: usize,
    /// Completion, or SCORM 1.2's status.
    pub status: bool,
    /// A score.
    pub score: bool,
    /// Answers to questions.
    pub answers: bool,
    /// The time spent.
    pub time: bool,
    /// Where the learner was, to go on from there.
    pub place: bool,
}

/// The outcome of a check.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What the package is; nothing where it is none, or not safe to read.
    pub kind: Option<Kind>,
    /// Its structure.
    pub parts: Vec<Part>,
    /// What it will report.
    pub reports: Reports,
    /// How many files there are.
    pub files: usize,
    /// What was found.
    pub findings: Findings,
}
