//! What a check found, typed: words are put to it by who shows it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::rule::{Rule, Severity};

/// The longest value that a finding quotes, in characters.
const LONGEST_VALUE: usize = 200;

/// One defect, or something worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The rule's severity.
    pub severity: Severity,
    /// The file within the package; nothing where the finding is about the whole.
    pub file: Option<String>,
    /// The line in that file, from 1.
    pub line: Option<u32>,
    /// The values that the text names: those of [`Rule::values`], in that order, each of at most
    /// 200 characters.
    pub values: Vec<(&'static str, String)>,
}

/// Findings, of which no rule has more than a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    found: Vec<Finding>,
    counts: BTreeMap<Rule, usize>,
    limit: usize,
}

impl Findings {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Adds a finding. `values` are those of [`Rule::values`], in that order.
    pub(crate) fn add<const N: usize>(
        &mut self,
        rule: Rule,
        place: Place<'_>,
        values: [&dyn std::fmt::Display; N],
    ) {
        debug_assert_eq!(rule.values().len(), N, "{}", rule.id());
        let count = self.counts.entry(rule).or_default();
        *count += 1;
        if *count > self.limit {
            return;
        }
        let values = rule.values().iter().zip(values);
        self.found.push(Finding {
            rule,
            severity: rule.severity(),
            file: place.file.map(shortened),
            line: place.line,
            values: values.map(|(name, value)| (*name, shortened(&value.to_string()))).collect(),
        });
    }

    /// How many findings there are of a severity, those beyond the limit of their rule included.
    pub fn count(&self, severity: Severity) -> usize {
        let of = self.counts.iter().filter(|(rule, _)| rule.severity() == severity);
        of.map(|(_, count)| count).sum()
    }

    /// The findings: errors first, then by file and line.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter()
    }

    /// The rules of which there are more findings than the limit, and how many more.
    pub fn left_off(&self) -> impl Iterator<Item = (Rule, usize)> {
        let limit = self.limit;
        let counts = self.counts.iter().map(|(rule, count)| (*rule, *count));
        counts.filter_map(move |(rule, count)| {
            Some((rule, count.checked_sub(limit)?)).filter(|(_, more)| *more > 0)
        })
    }

    /// Leaves the findings of these rules alone.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(Rule) -> bool) {
        self.found.retain(|finding| is_kept(finding.rule));
        self.counts.retain(|rule, _| is_kept(*rule));
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    pub(crate) fn sort(&mut self) {
        self.found.sort_by(|a, b| {
            (a.severity, &a.file, a.line, a.rule).cmp(&(b.severity, &b.file, b.line, b.rule))
        });
    }
}

/// Where a finding is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place<'a> {
    file: Option<&'a str>,
    line: Option<u32>,
}

impl<'a> Place<'a> {
    /// The package as a whole.
    pub(crate) const WHOLE: Place<'static> = Place { file: None, line: None };

    /// A file of the package.
    pub(crate) const fn file(file: &'a str) -> Self {
        Self { file: Some(file), line: None }
    }

    /// A line of a file, from 1.
    pub(crate) const fn line(file: &'a str, line: u32) -> Self {
        Self { file: Some(file), line: Some(line) }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
