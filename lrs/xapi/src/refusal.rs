//! Why a request is refused, in words its sender can act on.

use std::borrow::Cow;

/// A rule that a request breaks outside the statements it carries, for which there is
/// [`validator::Report`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// The rule's id, in kebab case: what a program looks at.
    pub rule: &'static str,
    /// The clause of the standard, or "" where the limit is Traccia's own.
    pub clause: &'static str,
    /// What is wrong with this request.
    pub detail: Cow<'static, str>,
    /// What its sender can do.
    pub remedy: Cow<'static, str>,
    /// The statement at fault, by its place in the batch from 0, where one is.
    pub statement: Option<usize>,
    /// What the texts of other languages have in them, by name.
    pub values: Values,
}

/// Names and values.
pub type Values = Vec<(&'static str, String)>;

impl Refusal {
    /// A refusal under `rule`.
    pub fn new(
        rule: &'static str,
        clause: &'static str,
        detail: impl Into<Cow<'static, str>>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            rule,
            clause,
            detail: detail.into(),
            remedy: remedy.into(),
            statement: None,
            values: Vec::new(),
        }
    }

    /// The same refusal, with a value of `detail` for the texts of other languages.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers give numbers and ids as they are")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// Statements of another store that are not later than all that a store has.
    pub fn stored_earlier() -> Self {
        Self::new(
            "stored-order",
            "xAPI 1.0.3 Data 2.4.8",
            "The store has, or has promised, statements that are stored at that time or later.",
            "Copy into an empty store, or go on with the copy that filled this one, while nobody \
             writes to it.",
        )
    }

    /// The same refusal, of the statement at `index` of a batch.
    #[must_use]
    pub fn of_statement(self, index: usize) -> Self {
        Self { statement: Some(index), ..self }
    }
}
