//! Proves that the cases can fail: each wrong behaviour of the reference server is noticed, and each case notices one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::match_bool,
    clippy::nonminimal_bool,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    reason = "a mutant's way and the right one stand side by side, and all parts of the server look alike"
)]

mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use conformance::Version;
use conformance::case::Case;
use conformance::known::Known;
use conformance::result::{CaseResult, Outcome};
use conformance::runner::{self, Options};
use conformance::suite;
use reference::{Mutant, Reference, mutants};

/// The cases that the mutant does not pass.
async fn kills(mutant: &Mutant) -> Vec<String> {
    let server = Reference::server(&mutant.name);
    let mut killed = Vec::new();
    for case in suite::cases().iter().filter(|case| mutant.meets(case)) {
        let result = runner::run_one(&server, mutant.version, case, Duration::from_secs(20)).await;
        if matches!(result.outcome, Outcome::Failed { .. } | Outcome::NoAnswer { .. }) {
            killed.push(case.id.clone());
        }
    }
    killed
}

/// Every mutant with the cases that caught it, on as many threads as there are cores.
fn all_kills(mutants: &[Mutant]) -> Vec<Vec<String>> {
    let next = Arc::new(AtomicUsize::new(0));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let work = |next: &AtomicUsize| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut done = Vec::new();
        while let Some(at) =
            Some(next.fetch_add(1, Ordering::SeqCst)).filter(|at| *at < mutants.len())
        {
            done.push((at, runtime.block_on(kills(&mutants[at]))));
        }
        done
    };
    let mut all: Vec<(usize, Vec<String>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(|| work(&next))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    all.sort();
    all.into_iter().map(|(_, killed)| killed).collect()
}

#[test]
fn every_mutant_is_caught_and_every_case_catches_one() {
    let (mutants, immortal) = mutants();
    let all = all_kills(&mutants);
    let mut table = format!("{:<56} {:>6} {:>7}  caught by\n", "mutant", "version", "cases");
    for (mutant, killed) in mutants.iter().zip(&all) {
        let first = killed.first().map_or("NOTHING", String::as_str);
        let _ = writeln!(
            table,
            "{:<56} {:>6} {:>7}  {first}",
            mutant.name,
            mutant.version,
            killed.len()
        );
    }
    println!("{table}{} mutants, {} cases", mutants.len(), suite::cases().len());
    let survivors: Vec<&str> = mutants
        .iter()
        .zip(&all)
        .filter(|(_, killed)| killed.is_empty())
        .map(|(mutant, _)| mutant.name.as_str())
        .collect();
    let caught: BTreeSet<&String> = all.iter().flatten().collect();
    let reasons: BTreeMap<&str, &str> =
        immortal.iter().map(|one| (one.case.as_str(), one.reason.as_str())).collect();
    let idle: Vec<&str> = suite::cases()
        .iter()
        .filter(|case| !caught.contains(&case.id) && !reasons.contains_key(case.id.as_str()))
        .map(|case| case.id.as_str())
        .collect();
    let needless: Vec<&&str> =
        reasons.keys().filter(|id| caught.contains(&(**id).to_owned())).collect();
    assert!(mutants.len() >= 150, "{} mutants", mutants.len());
    let faults = (survivors, idle, needless);
    let none = faults.0.is_empty() && faults.1.is_empty() && faults.2.is_empty();
    assert!(none, "not caught, catching nothing, called idle but catching something: {faults:#?}");
}

async fn failures(version: Version) -> Vec<CaseResult> {
    let server = Reference::server("");
    let cases: Vec<Case> = suite::cases().to_vec();
    let results =
        runner::run(&server, version, &cases, &Known::default(), &Options::default(), |_| {}).await;
    results.into_iter().filter(|result| result.outcome != Outcome::Passed).collect()
}

#[tokio::test]
async fn the_correct_server_passes_every_case_of_1_0_3() {
    let failures = failures(Version::One).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test]
async fn the_correct_server_passes_every_case_of_2_0_0() {
    let failures = failures(Version::Two).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

/// The names that the reference asks for, as its sources write them.
fn asked() -> BTreeSet<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let sources = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let rust = sources.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let names = regex::Regex::new(r#"\bis\(\s*"([^"]+)"\s*,?\s*\)"#).unwrap();
    rust.flat_map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        names.captures_iter(&text).map(|found| found[1].to_owned()).collect::<Vec<_>>()
    })
    .collect()
}

#[test]
fn every_wrong_behaviour_of_the_reference_is_a_mutant_of_the_table() {
    let table: BTreeSet<String> = mutants().0.into_iter().map(|mutant| mutant.name).collect();
    let asked = asked();
    assert!(asked.len() > 200, "{} names are found", asked.len());
    let forgotten: Vec<&String> = asked.difference(&table).collect();
    assert!(forgotten.is_empty(), "not in mutants.toml: {forgotten:#?}");
}
