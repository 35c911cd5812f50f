//! Who learns what, in which attempt.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::report::Kind;

/// What of an identifier an IRI takes as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The IRI of a SCO, or of a part of one: below `parent`, as the mirroring JavaScript makes it.
pub fn sco_iri(parent: &str, identifier: &str) -> String {
    format!("{parent}/{}", utf8_percent_encode(identifier, SEGMENT))
}

/// The IRI of a part of a SCO, of the list `interactions` or `objectives`: below the SCO's, as `encodeURIComponent` of
/// JavaScript writes identifiers.
pub fn part_iri(sco: &str, list: &str, identifier: &str) -> String {
    const COMPONENT: &AsciiSet =
        &SEGMENT.remove(b'!').remove(b'\'').remove(b'(').remove(b')').remove(b'*');
    format!("{sco}/{list}/{}", utf8_percent_encode(identifier, COMPONENT))
}

/// A SCO of a package, launched for a learner.
#[derive(Clone, Debug)]
pub struct ScoLaunch {
    /// The learner as an agent of xAPI.
    pub actor: Value,
    /// The learner as the SCO is told.
    pub learner: ScoLearner,
    /// The registration: one for each attempt.
    pub registration: Uuid,
    /// The IRI of the package's activity.
    pub activity: String,
    /// The title of the package.
    pub title: String,
    /// The standard of the package.
    pub standard: Kind,
    /// Whether the session counts.
    pub mode: LessonMode,
    /// What is launched.
    pub sco: Sco,
}

impl ScoLaunch {
    pub(super) const fn is_12(&self) -> bool {
        matches!(self.standard, Kind::Scorm12)
    }

    /// The IRI of the SCO.
    pub fn sco_iri(&self) -> String {
        sco_iri(&self.activity, &self.sco.identifier)
    }
}

/// The learner as `cmi.core.student_id` and `cmi.core.student_name` say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoLearner {
    /// An identifier.
    pub id: String,
    /// `Surname, Name` as a rule.
    pub name: String,
}

/// Whether a session counts (`cmi.mode`). In [`LessonMode::Browse`] and [`LessonMode::Review`] nothing is kept, and only
/// begin, end and duration are said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LessonMode {
    /// For credit.
    #[default]
    Normal,
    /// A look before the attempt.
    Browse,
    /// A look after the attempt.
    Review,
}

impl LessonMode {
    /// As the data model writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Browse => "browse",
            Self::Review => "review",
        }
    }

    pub(super) const fn credit(self) -> &'static str {
        match self {
            Self::Normal => "credit",
            Self::Browse | Self::Review => "no-credit",
        }
    }
}

/// What the manifest says of a SCO.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Sco {
    /// The identifier of its item.
    pub identifier: String,
    /// The title of its item.
    pub title: String,
    /// `adlcp:masteryscore` of SCORM 1.2, from 0 to 100: decides about `passed` and `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mastery_score: Option<f64>,
    /// `minNormalizedMeasure` of the primary objective that is satisfied by measure (SCORM 2004).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passing_score: Option<f64>,
    /// `adlcp:completionThreshold` (SCORM 2004), from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_threshold: Option<f64>,
    /// Whether only the content completes the activity (`completionSetByContent`).
    pub is_completion_set_by_content: bool,
    /// `adlcp:datafromlms`, `adlcp:dataFromLMS`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub launch_data: String,
    /// `adlcp:maxtimeallowed`; `attemptAbsoluteDurationLimit` of SCORM 2004.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub max_time_allowed: String,
    /// `adlcp:timelimitaction`, `adlcp:timeLimitAction`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub time_limit_action: String,
}
