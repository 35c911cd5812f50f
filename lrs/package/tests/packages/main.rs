//! Packages written here: sound ones, in which nothing is found, and others with one thing wrong
//! each, which is found by its own rule and in bounded memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use package::{Rule, Severity};
use peak_alloc::PeakAlloc;

mod archives;
mod content;
mod manifests;
mod markup;
mod others;
mod shim;
mod sound;
mod zipped;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a check may hold beside the package, in bytes.
const MOST: usize = 64 << 20;

/// A package with one thing wrong.
pub(crate) struct Case {
    name: &'static str,
    rule: Rule,
    make: Box<dyn Fn() -> Vec<u8>>,
}

pub(crate) fn case(name: &'static str, rule: Rule, make: impl Fn() -> Vec<u8> + 'static) -> Case {
    Case { name, rule, make: Box::new(make) }
}

fn cases() -> Vec<Case> {
    let all =
        [archives::cases(), markup::cases(), manifests::cases(), others::cases(), content::cases()];
    all.into_iter().flatten().collect()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test measures how long a check takes")]
fn each_hostile_package_is_found_by_its_own_rule_in_bounded_memory_and_time() {
    let cases = cases();
    assert!(cases.len() >= 100, "{}", cases.len());
    let mut faults = Vec::new();
    for Case { name, rule, make } in cases {
        let bytes = make();
        let (before, began) = (MEMORY.current_usage(), Instant::now());
        MEMORY.reset_peak_usage();
        let report = sound::checked(&bytes);
        let (held, took) = (MEMORY.peak_usage().saturating_sub(before), began.elapsed());
        let found: BTreeSet<_> = report.findings.iter().map(|it| it.rule.id()).collect();
        let is_refused = report.findings.count(Severity::Error) > 0;
        if !found.contains(rule.id()) {
            faults.push(format!("{name}: {} is not among {found:?}", rule.id()));
        }
        if is_refused != (rule.severity() == Severity::Error) {
            faults.push(format!("{name}: {found:?}"));
        }
        if held > MOST {
            faults.push(format!("{name} holds {held} bytes"));
        }
        // Without optimisation, on a busy machine.
        if took > Duration::from_secs(30) {
            faults.push(format!("{name} takes {took:?}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_rule_has_a_package_that_breaks_it() {
    let mut broken: BTreeSet<_> = cases().iter().map(|case| case.rule).collect();
    // Those of `shim.rs`, and of the module in which it changes manifests.
    broken.extend([
        Rule::PlayNotScorm,
        Rule::PlayLarge,
        Rule::ShimNotScorm,
        Rule::ShimTwice,
        Rule::ShimPresent,
        Rule::ShimManifest,
    ]);
    let unbroken: Vec<_> = Rule::ALL.iter().filter(|rule| !broken.contains(rule)).collect();
    assert!(unbroken.is_empty(), "{unbroken:?}");
}
