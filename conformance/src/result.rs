//! What a run came to, as plain data. Reports are functions of it.

use serde::{Deserialize, Serialize};

use crate::catalogue::{self, Level};
use crate::exchange::Exchange;
use crate::version::Version;

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The address that was tested.
    pub endpoint: String,
    /// The version of this program.
    pub program: String,
    /// When it began, in UTC; empty if nobody said.
    pub started: String,
    /// One result for each case in each version.
    pub cases: Vec<CaseResult>,
    /// Why the run ended early, if it did.
    pub ended_early: Option<String>,
}

/// What one case came to in one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The case's id.
    pub id: String,
    /// The case's title.
    pub title: String,
    /// Its area.
    pub area: String,
    /// The version it ran in.
    pub version: Version,
    /// MUST or SHOULD.
    pub level: Level,
    /// The requirements it stands for.
    pub requirements: Vec<String>,
    /// What it came to.
    pub outcome: Outcome,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// The reason why its failure is expected, from the file of known failures.
    pub known: Option<String>,
    /// The exchange that shows a failure.
    pub evidence: Option<Exchange>,
}

/// What a case came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Outcome {
    /// As the standard wants it.
    Passed,
    /// Not as the standard wants it.
    Failed {
        /// What was expected.
        expected: String,
        /// What came.
        got: String,
    },
    /// No answer to judge.
    NoAnswer {
        /// What happened instead.
        reason: String,
    },
    /// It does not apply.
    Skipped {
        /// Why.
        reason: String,
    },
    /// The run ended before it.
    NotRun,
}

impl CaseResult {
    /// Whether it counts against the server: it failed, is not known to, and is no mere recommendation
    /// unless recommendations count as well.
    pub fn counts(&self, strict: bool) -> bool {
        let bad = matches!(self.outcome, Outcome::Failed { .. } | Outcome::NoAnswer { .. });
        bad && self.known.is_none() && (strict || self.level == Level::Must)
    }

    /// Where the standard says what was expected.
    pub(crate) fn clauses(&self) -> Vec<String> {
        let found = self.requirements.iter().filter_map(|id| catalogue::find(id));
        found.map(|demand| format!("{} ({})", demand.reference(), demand.id)).collect()
    }
}

/// How many cases came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed, or without an answer.
    pub failed: usize,
    /// Failed as known.
    pub known: usize,
    /// Recommendations that were not met.
    pub missed: usize,
    /// Skipped or not run.
    pub skipped: usize,
}

impl Counts {
    /// All together.
    pub fn all(self) -> usize {
        self.passed + self.failed + self.known + self.missed + self.skipped
    }
}

impl Run {
    /// The counts of one version.
    pub fn counts(&self, version: Version) -> Counts {
        count(self.cases.iter().filter(|case| case.version == version))
    }

    /// The versions that were tested.
    pub fn versions(&self) -> Vec<Version> {
        let tested = |version: &Version| self.cases.iter().any(|case| case.version == *version);
        Version::ALL.into_iter().filter(tested).collect()
    }

    /// 0 if nothing counts against the server, 1 if something does, 2 if the run ended early.
    pub fn exit_code(&self, strict: bool) -> u8 {
        if self.ended_early.is_some() {
            return 2;
        }
        u8::from(self.cases.iter().any(|case| case.counts(strict)))
    }
}

/// Counts some results.
pub fn count<'a>(cases: impl IntoIterator<Item = &'a CaseResult>) -> Counts {
    let mut counts = Counts::default();
    for case in cases {
        let field = match &case.outcome {
            Outcome::Passed => &mut counts.passed,
            Outcome::Skipped { .. } | Outcome::NotRun => &mut counts.skipped,
            _ if case.known.is_some() => &mut counts.known,
            _ if case.level == Level::Should => &mut counts.missed,
            _ => &mut counts.failed,
        };
        *field += 1;
    }
    counts
}
