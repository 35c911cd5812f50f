//! All cases, and which of them are meant.

use std::sync::LazyLock;

use regex::Regex;

use crate::area;
use crate::case::Case;
use crate::catalogue::{self, Requirement};

static ALL: LazyLock<Vec<Case>> = LazyLock::new(area::all);

/// Every case, in the order of the areas.
pub fn cases() -> &'static [Case] {
    &ALL
}

/// The names of the areas, in order.
pub fn areas() -> Vec<&'static str> {
    let mut names: Vec<&str> = ALL.iter().map(|case| case.area).collect();
    names.dedup();
    names
}

/// The case of that id.
pub fn find(id: &str) -> Option<&'static Case> {
    ALL.iter().find(|case| case.id == id)
}

/// The cases that stand for a requirement.
pub(crate) fn cases_of(requirement: &Requirement) -> impl Iterator<Item = &'static Case> + '_ {
    ALL.iter().filter(|case| case.requirements.contains(&requirement.id))
}

/// The cases that a selection means: those of an area, of a case id or requirement id, or else
/// those whose id or title matches a regular expression.
///
/// # Errors
/// If nothing is meant by it.
pub fn select(text: &str) -> Result<Vec<Case>, String> {
    let exact = |case: &&Case| {
        case.area == text || case.id == text || case.requirements.iter().any(|id| id == text)
    };
    let mut found: Vec<Case> = ALL.iter().filter(exact).cloned().collect();
    if found.is_empty() {
        let pattern = Regex::new(text).map_err(|error| error.to_string())?;
        let fits = |case: &&Case| pattern.is_match(&case.id) || pattern.is_match(&case.title);
        found = ALL.iter().filter(fits).cloned().collect();
    }
    if found.is_empty() {
        return Err(format!("no case is selected by {text:?}"));
    }
    Ok(found)
}

/// What does not hold in the trace from requirement to case and back: requirements of a version without a
/// case in it, cases without a requirement, ids that exist twice. Empty when all is well.
pub fn gaps() -> Vec<String> {
    let mut gaps = Vec::new();
    for requirement in catalogue::requirements() {
        let tested = |version| cases_of(requirement).any(|case| case.versions.contains(version));
        match (&requirement.untested, requirement.versions.iter().find(|v| !tested(v))) {
            (None, Some(version)) => {
                gaps.push(format!("{} has no case in version {version}", requirement.id));
            }
            (Some(_), _) if cases_of(requirement).next().is_some() => {
                gaps.push(format!("{} is called untested and has a case", requirement.id));
            }
            _ => {}
        }
    }
    for case in ALL.iter() {
        if case.demands().count() != case.requirements.len() || case.requirements.is_empty() {
            gaps.push(format!("{} names a requirement that is not in the catalogue", case.id));
        }
        for version in &case.versions {
            if !case.demands().any(|demand| demand.versions.contains(version)) {
                gaps.push(format!("{} in version {version} stands for no requirement", case.id));
            }
        }
        if ALL.iter().filter(|other| other.id == case.id).count() > 1 {
            gaps.push(format!("{} exists twice", case.id));
        }
    }
    gaps
}
