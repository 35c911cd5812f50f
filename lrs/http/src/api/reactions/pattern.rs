//! Patterns of statements, as the description of the API has them.
#![expect(dead_code, reason = "described here; `service::reactions::Pattern` is read and written")]

use utoipa::ToSchema;

/// What is to be said by one learner: statements that meet the steps, in the order of their timestamps.
#[derive(ToSchema)]
pub struct StatementPattern {
    /// One after the other, at most 10. Between them anything may be said.
    steps: Vec<PatternStep>,
    /// How long after the first statement the last one may come, in seconds; any time where missing.
    #[schema(nullable = false)]
    within_seconds: Option<u64>,
    /// JSON Pointers of places at which all of the statements must have the same value, as `/context/registration`.
    #[schema(required = false)]
    same: Vec<String>,
}

/// What a statement must be: everything that is set.
#[derive(ToSchema)]
pub struct PatternStep {
    /// IRIs of verbs; one of them.
    #[schema(required = false)]
    verbs: Vec<String>,
    /// Beginnings of the IRI of the activity; one of them.
    #[schema(required = false)]
    activities: Vec<String>,
    /// IRIs of types of the activity, as its definition says; one of them.
    #[schema(required = false)]
    types: Vec<String>,
    /// IRIs of activities among the context activities, of whatever kind; one of them.
    #[schema(required = false)]
    within: Vec<String>,
    /// `result.success`.
    #[schema(nullable = false)]
    success: Option<bool>,
    /// `result.completion`.
    #[schema(nullable = false)]
    completion: Option<bool>,
    /// Further conditions; all of them.
    #[schema(required = false)]
    values: Vec<PatternValue>,
    /// How many such statements, one after the other; 1 where missing.
    #[schema(nullable = false)]
    times: Option<u32>,
}

/// A place of a statement and what its value must be. A place that is not there fulfils none but `ne`.
#[derive(ToSchema)]
pub struct PatternValue {
    /// A JSON Pointer (RFC 6901), as `/result/score/scaled`.
    path: String,
    /// How the value of the statement is compared with `value`.
    is: PatternComparator,
    /// With what. Numbers are compared with numbers, and texts with texts.
    #[schema(value_type = Object)]
    value: serde_json::Value,
}

/// How two values are compared.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PatternComparator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// A text that has the value in it, or a list that has it as an item.
    Contains,
}
