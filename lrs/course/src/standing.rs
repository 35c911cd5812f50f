//! Where a learner stands: what reports need, small and in one piece.

use jiff::civil::Date;

use super::progress::State;

/// How far a learner is in one module or in the course.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// Whether the module is for the learner; if not, the rest is empty.
    pub applies: bool,
    /// By the rule.
    pub state: State,
    /// The latest word on success.
    pub success: Option<bool>,
    /// The mean score by weight of the activities, or modules, that have one.
    pub score: Option<f64>,
    /// The share of the weight that is fulfilled, from 0 to 1.
    pub progress: f64,
    /// Time online that counts, in microseconds.
    pub online: u64,
    /// Time in presence that counts, in microseconds.
    pub presence: u64,
    /// The day since which it has been completed.
    pub since: Option<Date>,
}

/// How far a learner is in one activity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ActivityStanding {
    /// By the rule.
    pub state: State,
    /// The latest word on success.
    pub success: Option<bool>,
    /// Whether there is a statement of presence.
    pub attended: bool,
    /// The score that counts.
    pub score: Option<f64>,
    /// How many attempts were ended: statements passed, failed, or completed with a score.
    pub attempts: u16,
    /// How many of them up to the first success, that included.
    pub attempts_to_pass: Option<u16>,
    /// Time that counts, in microseconds.
    pub micros: u64,
    /// The day since which it has been fulfilled.
    pub since: Option<Date>,
}

/// A learner's standing in a course, in each module and in each activity. A server that keeps
/// these in memory, one for each learner, reports without touching documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standings {
    /// Completed when every module that is for the learner is; the rest is over those modules.
    pub course: Standing,
    /// In the order of [`Course::modules`](super::Course::modules).
    pub modules: Vec<Standing>,
    /// In the order of [`Course::activities`](super::Course::activities).
    pub activities: Vec<ActivityStanding>,
    /// The last day on which the learner did anything that counts.
    pub last_seen: Option<Date>,
    /// The day since which the learner has had a right to the certificate.
    pub certified: Option<Date>,
}

impl Standing {
    /// All time that counts, in microseconds.
    pub const fn micros(&self) -> u64 {
        self.online.saturating_add(self.presence)
    }
}
