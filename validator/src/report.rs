//! What is wrong with a body: violations, each with its rule and its place.

use std::fmt;

use crate::{
    locate::{self, Cursor},
    rule::Rule,
};

/// A report names this many violations at most; others are not looked for.
pub const MOST_VIOLATIONS: usize = 1_000;

/// Every violation found in one body, in the order of the body, up to [`MOST_VIOLATIONS`]; never
/// empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// At least one.
    pub violations: Vec<Violation>,
}

/// One place that breaks one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// The index of the statement within its batch; nothing outside [`check_batch`] and for what
    /// concerns the body as a whole.
    ///
    /// [`check_batch`]: crate::check_batch
    pub statement: Option<usize>,
    /// A JSON pointer (RFC 6901) within the statement. What is missing is reported at the object
    /// that lacks it.
    pub pointer: String,
    /// 1-based, in the whole body.
    pub line: usize,
    /// 1-based, in characters, in the whole body.
    pub column: usize,
    /// What is wrong here. Values that may identify a person are not quoted, others are shortened.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, pointer, line, column, message, .. } = self;
        write!(f, "{line}:{column}: {}: {message}", rule.id)?;
        if !pointer.is_empty() {
            write!(f, " ({pointer})")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Report {}

/// A violation before its place in the body is known.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) pointer: String,
    pub(crate) at: At,
    pub(crate) message: String,
}

/// How the place in the text follows from the pointer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// The value that the pointer points to.
    Value,
    /// The key of the member that the pointer points to.
    Key,
    /// A byte of the statement's text, when no pointer can tell.
    Byte(usize),
}

impl Finding {
    pub(crate) fn at_value(rule: &'static Rule, pointer: String, message: String) -> Self {
        Self { rule, pointer, at: At::Value, message }
    }

    pub(crate) fn at_byte(rule: &'static Rule, byte: usize, message: String) -> Self {
        Self { rule, pointer: String::new(), at: At::Byte(byte), message }
    }
}

/// One statement's text within a body, for turning findings into violations.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) body: &'a [u8],
    /// Where the statement begins in the body.
    pub(crate) start: usize,
    /// The statement's own text.
    pub(crate) text: &'a str,
    pub(crate) statement: Option<usize>,
}

/// A finding and the byte of the body where it lies.
#[derive(Debug)]
pub(crate) struct Placed {
    byte: usize,
    statement: Option<usize>,
    finding: Finding,
}

impl Source<'_> {
    /// Finds the findings' places in the body.
    pub(crate) fn place(&self, findings: Vec<Finding>) -> Vec<Placed> {
        let pointer = |finding: &Finding| match finding.at {
            At::Value | At::Key => finding.pointer.clone(),
            At::Byte(_) => String::new(),
        };
        let pointers: Vec<String> = findings.iter().map(pointer).collect();
        let starts = locate::starts(self.text, pointers.iter().map(String::as_str));
        let placed = |(finding, start): (Finding, locate::Start)| {
            let byte = match finding.at {
                At::Value => start.value,
                At::Key => start.key,
                At::Byte(byte) => byte,
            };
            Placed { byte: self.start + byte, statement: self.statement, finding }
        };
        findings.into_iter().zip(starts).map(placed).collect()
    }
}

impl Report {
    /// The findings in the order of the body, with their lines and columns.
    pub(crate) fn new(body: &[u8], mut placed: Vec<Placed>) -> Self {
        placed.sort_by_key(|placed| placed.byte);
        let mut cursor = Cursor::new(body);
        let violation = |Placed { byte, statement, finding }: Placed| {
            let (line, column) = cursor.at(byte);
            let Finding { rule, pointer, message, .. } = finding;
            Violation { rule, statement, pointer, line, column, message }
        };
        Self { violations: placed.into_iter().map(violation).collect() }
    }
}
