//! What was read, and what is wrong with it.

use validator::{Version, Violation, check_batch};

/// A checked file.
pub(crate) struct Input {
    /// As the user named it.
    pub(crate) name: String,
    pub(crate) body: Vec<u8>,
    /// How many statements passed.
    pub(crate) valid: usize,
    /// In the order of the file; lines are those of the file.
    pub(crate) violations: Vec<Violation>,
}

impl Input {
    pub(crate) fn check(name: String, body: Vec<u8>, version: Version) -> Self {
        let (valid, violations) = if is_ndjson(&body) {
            check_lines(&body, version)
        } else {
            match check_batch(&body, version) {
                Ok(batch) => (batch.statements.len(), Vec::new()),
                Err(report) => (0, report.violations),
            }
        };
        Self { name, body, valid, violations }
    }

    /// The text of a 1-based line, without its end.
    pub(crate) fn line(&self, number: usize) -> String {
        let line = self.body.split(|&b| b == b'\n').nth(number.saturating_sub(1));
        let text = String::from_utf8_lossy(line.unwrap_or_default());
        text.trim_end_matches('\r').to_owned()
    }
}

/// Several lines of which the first is a whole JSON value.
fn is_ndjson(body: &[u8]) -> bool {
    let mut lines = lines(body);
    let is_whole = |line: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    lines.next().is_some_and(|(_, first)| is_whole(first)) && lines.next().is_some()
}

/// The lines that are not blank, with their indices.
fn lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    body.split(|&b| b == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// Each line is a statement or an array of them; equal ids in two lines are no violation.
fn check_lines(body: &[u8], version: Version) -> (usize, Vec<Violation>) {
    let mut valid = 0;
    let mut violations = Vec::new();
    for (index, line) in lines(body) {
        match check_batch(line, version) {
            Ok(batch) => valid += batch.statements.len(),
            Err(report) => {
                violations.extend(
                    report
                        .violations
                        .into_iter()
                        .map(|violation| Violation { line: violation.line + index, ..violation }),
                );
            }
        }
    }
    (valid, violations)
}
