//! The rules a statement is held to.

use std::sync::LazyLock;

/// One demand of the standard, and the name under which Traccia reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A stable name in kebab case: `score-scaled-range`.
    pub id: &'static str,
    /// Where the standard says so: `xAPI 1.0.3 Data 2.4.5.1`.
    pub clause: &'static str,
    /// What must hold, in one sentence.
    pub summary: &'static str,
    /// What the sender can do about it.
    pub remedy: &'static str,
}

static ALL: LazyLock<Vec<Rule>> = LazyLock::new(|| crate::rules::families().concat());

/// Every rule, in the order of the documentation: JSON, values, structure, meaning.
pub fn rules() -> &'static [Rule] {
    &ALL
}

/// The rule of that name.
pub(crate) fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.id == id)
}
