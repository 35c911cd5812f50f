//! The reports, one file each. A report is added by a file here and a line in each of the two lists
//! below; commands, addresses, refusals and descriptions are made of its descriptor. No report uses
//! the module of another: what several need is beside this folder.

use crate::descriptor::Report;

mod assessment;
mod at_risk;
mod attendance;
mod bodies;
mod certificates;
mod comparison;
mod content;
mod curve;
mod funnel;
mod glance;
pub(crate) mod health;
mod hours;
mod learner;
mod ledger;
mod matrix;
mod progress;
mod questions;
mod register;
mod times;

/// Every report, in the order of the documentation.
pub static EVERY: [&Report; 19] = [
    &glance::REPORT,
    &funnel::REPORT,
    &progress::REPORT,
    &matrix::REPORT,
    &curve::REPORT,
    &ledger::REPORT,
    &hours::REPORT,
    &bodies::REPORT,
    &at_risk::REPORT,
    &register::REPORT,
    &assessment::REPORT,
    &questions::REPORT,
    &content::REPORT,
    &times::REPORT,
    &attendance::REPORT,
    &comparison::REPORT,
    &learner::REPORT,
    &health::REPORT,
    &certificates::REPORT,
];

/// The report `progress`, which has an address of its own, too.
pub static PROGRESS: &Report = &progress::REPORT;

/// A name that is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no report `{0}`: use any of {names}", names = names())]
pub struct UnknownReport(pub String);

/// The names of all reports, with commas between them.
pub fn names() -> String {
    EVERY.map(|report| report.name).join(", ")
}

/// The report of this name.
///
/// # Errors
/// [`UnknownReport`], which names those there are.
pub fn named(name: &str) -> Result<&'static Report, UnknownReport> {
    let found = EVERY.into_iter().find(|report| report.name == name);
    found.ok_or_else(|| UnknownReport(name.to_owned()))
}
