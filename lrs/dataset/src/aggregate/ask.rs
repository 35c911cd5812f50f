//! A question as it is asked.

use serde::Deserialize;
use serde_json::Value;

/// What is asked of the rows of `statements`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Which rows count; all where missing.
    pub filter: Option<RowCondition>,
    /// What rows are grouped by; all rows are one group without any.
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    /// What is said of each group; the number of statements without any.
    #[serde(default)]
    pub measures: Vec<Measure>,
    /// In which order groups come; by their dimensions where missing.
    #[serde(default)]
    pub order: Vec<Order>,
    /// At most this number of groups.
    pub limit: Option<usize>,
    /// Whether voided and voiding statements count.
    #[serde(default)]
    pub voided: Voided,
    /// Whether statements of one actor that say the same count once.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// The time zone of days in the filter and of dimensions that name none, such as `Europe/Rome`; UTC where missing.
    pub zone: Option<String>,
}

/// Whether voided and voiding statements count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voided {
    /// Neither counts.
    #[default]
    Exclude,
    /// Both count.
    Include,
}

/// Whether statements count that say what an earlier one of the same actor said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// Each counts.
    #[default]
    All,
    /// The first counts, by `stored`.
    Once,
}

/// A condition on rows: one of `all`, `any`, `not`, `column`. A row without a value in a column meets no condition on that
/// column but `missing`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCondition {
    /// All of these hold.
    pub all: Option<Vec<RowCondition>>,
    /// One of these holds.
    pub any: Option<Vec<RowCondition>>,
    /// This does not hold.
    pub not: Option<Box<RowCondition>>,
    /// The column that the other members are about, which all hold.
    pub column: Option<String>,
    /// The value is one of these.
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Value>>,
    /// The value is this.
    pub equals: Option<Value>,
    /// The text begins with this.
    pub prefix: Option<String>,
    /// The value is this or a greater one.
    pub from: Option<Value>,
    /// The value is smaller.
    pub until: Option<Value>,
    /// The value is greater.
    pub after: Option<Value>,
    /// The value is this or a smaller one.
    pub through: Option<Value>,
    /// Whether there is no value.
    pub missing: Option<bool>,
}

/// What rows are grouped by.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// A column.
    pub column: String,
    /// Of a time: `hour`, `day`, `week`, `month`, `quarter`, `year`, in a zone.
    pub truncate: Option<String>,
    /// Of a time: `weekday` (1 is Monday) or `hour_of_day`, in a zone.
    pub part: Option<String>,
    /// The time zone.
    pub zone: Option<String>,
    /// The name of the answer's column.
    #[serde(rename = "as")]
    pub name: Option<String>,
}

/// What is said of a group: one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// `statements`, or a column: the number of rows with a value.
    pub count: Option<String>,
    /// The number of different values of a column.
    pub distinct: Option<String>,
    /// The sum of a column of numbers.
    pub sum: Option<String>,
    /// The mean of a column of numbers.
    pub mean: Option<String>,
    /// A quantile of a column of numbers, between two values where it falls there.
    pub quantile: Option<String>,
    /// Which quantile, from 0 to 1.
    pub at: Option<f64>,
    /// The part of the rows with a value that has this value, from 0 to 1.
    pub share: Option<ShareOf>,
    /// The value of a column in the statement with the earliest `timestamp` that has one.
    pub first: Option<String>,
    /// The value of a column in the statement with the latest `timestamp` that has one.
    pub last: Option<String>,
    /// The name of the answer's column.
    #[serde(rename = "as")]
    pub name: Option<String>,
}

/// A value whose share is wanted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareOf {
    /// A column.
    pub column: String,
    /// The value.
    pub equals: Value,
}

/// What groups are sorted by.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The name of a column of the answer.
    pub by: String,
    /// The greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// Why a question has no answer: its text says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AskError(pub String);

impl Ask {
    /// Reads a question in JSON.
    ///
    /// # Errors
    /// [`AskError`] where it is none.
    pub fn read(json: &[u8]) -> Result<Self, AskError> {
        serde_json::from_slice(json).map_err(|error| AskError(format!("no question: {error}")))
    }
}
