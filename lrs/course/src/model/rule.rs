//! When activities and modules count as done.

/// The rule by which an activity is fulfilled.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum ActivityRule {
    /// The latest word on completion is yes.
    #[default]
    Completed,
    /// The latest word on success is yes.
    Passed,
    /// Any statement.
    Experienced,
    /// A statement of presence; of events alone.
    Attended,
    /// A score of at least this, from -1 to 1.
    Score(f64),
    /// At least this many hours, as they count.
    Hours(f64),
    /// Every one of these.
    AllOf(Vec<ActivityRule>),
    /// One of these or more.
    AnyOf(Vec<ActivityRule>),
}

/// When a module is done, given its activities that are for the learner.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum ModuleRule {
    /// Every activity.
    #[default]
    All,
    /// One activity or more.
    Any,
    /// This many activities or more; at least 1 and no more than there are.
    AtLeast(usize),
    /// A score of at least this, from -1 to 1.
    Score(f64),
    /// At least this many hours, as they count.
    Hours(f64),
    /// Every one of these.
    AllOf(Vec<ModuleRule>),
    /// One of these or more.
    AnyOf(Vec<ModuleRule>),
}

/// What a learner's statements on one activity come to, as its rule sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fulfilment {
    /// Whether there is any statement.
    pub seen: bool,
    /// The latest word on completion.
    pub completion: Option<bool>,
    /// The latest word on success.
    pub success: Option<bool>,
    /// Whether there is a statement of presence.
    pub attended: bool,
    /// The score that counts.
    pub score: Option<f64>,
    /// Time that counts, in microseconds.
    pub micros: u64,
}

/// What a learner's activities in one module come to, as its rule sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModuleFulfilment {
    /// How many activities there are.
    pub activities: usize,
    /// How many are fulfilled.
    pub fulfilled: usize,
    /// The mean score by weight of those that have one.
    pub score: Option<f64>,
    /// Time that counts, in microseconds.
    pub micros: u64,
}

impl ActivityRule {
    /// Whether the rule is met.
    pub fn is_met(&self, by: &Fulfilment) -> bool {
        match self {
            Self::Completed => by.completion == Some(true),
            Self::Passed => by.success == Some(true),
            Self::Experienced => by.seen,
            Self::Attended => by.attended,
            Self::Score(least) => by.score.is_some_and(|score| reaches_score(score, *least)),
            Self::Hours(least) => by.micros >= micros_of_hours(*least),
            Self::AllOf(rules) => rules.iter().all(|rule| rule.is_met(by)),
            Self::AnyOf(rules) => rules.iter().any(|rule| rule.is_met(by)),
        }
    }
}

impl ModuleRule {
    /// Whether the rule is met.
    pub fn is_met(&self, by: &ModuleFulfilment) -> bool {
        match self {
            Self::All => by.fulfilled == by.activities,
            Self::Any => by.fulfilled > 0,
            Self::AtLeast(n) => by.fulfilled >= *n,
            Self::Score(least) => by.score.is_some_and(|score| reaches_score(score, *least)),
            Self::Hours(least) => by.micros >= micros_of_hours(*least),
            Self::AllOf(rules) => rules.iter().all(|rule| rule.is_met(by)),
            Self::AnyOf(rules) => rules.iter().any(|rule| rule.is_met(by)),
        }
    }
}

/// Whether a score is at least as large as one of a course file. A mean of 0.6 and 0.6 by weight is
/// 0.6, also where binary fractions say a billionth less.
pub fn reaches_score(score: f64, least: f64) -> bool {
    score >= least - 1e-9
}

/// Hours with two decimals, halves up, in whole numbers until the last division.
#[expect(clippy::cast_precision_loss, reason = "hundredths of hours are fewer than 2^52")]
pub fn hours_of(micros: u64) -> f64 {
    const HUNDREDTH: u64 = 36_000_000;
    (micros.saturating_add(HUNDREDTH / 2) / HUNDREDTH) as f64 / 100.0
}

/// Hours of a course file, 0 to 100,000, in microseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "course files hold 0 to 100,000 hours"
)]
pub fn micros_of_hours(hours: f64) -> u64 {
    (hours * 3.6e9).round() as u64
}
