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
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

use conformance::Version;
use conformance::case::Case;
use conformance::known::Known;
use conformance::result::{CaseResult, Outcome};
use conformance::runner::{self, Options};
use conformance::suite;
use libtest_mimic::{Arguments, Failed, Trial};
use reference::{Mutant, Reference, mutants};
use tokio::runtime::Runtime;

/// A table with fewer mutants than this was not read whole.
const FEWEST: usize = 150;

/// A mutant and, once it was asked for, the cases that catch it.
struct Hunted {
    mutant: Mutant,
    kills: OnceLock<Vec<String>>,
}

impl Hunted {
    fn kills(&self) -> &[String] {
        self.kills.get_or_init(|| runtime().block_on(kills(&self.mutant)))
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

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

/// Each mutant is a test of its own name. The harness of libtest has no tests that are made of a table.
fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let with_table = arguments.nocapture;
    let hunted: &'static [Hunted] = mutants()
        .0
        .into_iter()
        .map(|mutant| Hunted { mutant, kills: OnceLock::new() })
        .collect::<Vec<_>>()
        .leak();
    let mut trials: Vec<Trial> = hunted
        .iter()
        .map(|one| {
            let name = format!("mutant of {}: {}", one.mutant.version, one.mutant.name);
            Trial::test(name, || is_caught(one))
        })
        .collect();
    // After them, since it asks for what catches each.
    trials.push(Trial::test("every_case_catches_a_mutant", move || {
        if with_table {
            println!("{}", table(hunted));
        }
        every_case_catches_a_mutant(hunted)
    }));
    trials.push(Trial::test("the_correct_server_passes_every_case_of_1_0_3", || {
        the_correct_server_passes(Version::One)
    }));
    trials.push(Trial::test("the_correct_server_passes_every_case_of_2_0_0", || {
        the_correct_server_passes(Version::Two)
    }));
    trials.push(Trial::test(
        "every_wrong_behaviour_of_the_reference_is_a_mutant_of_the_table",
        every_wrong_behaviour_of_the_reference_is_a_mutant_of_the_table,
    ));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn is_caught(one: &Hunted) -> Result<(), Failed> {
    if one.kills().is_empty() { Err("no case notices it".into()) } else { Ok(()) }
}

fn table(hunted: &[Hunted]) -> String {
    let mut table = format!("{:<56} {:>6} {:>7}  caught by\n", "mutant", "version", "cases");
    for one in hunted {
        let (mutant, kills) = (&one.mutant, one.kills());
        let first = kills.first().map_or("NOTHING", String::as_str);
        let (name, version, count) = (&mutant.name, mutant.version, kills.len());
        let _ = writeln!(table, "{name:<56} {version:>6} {count:>7}  {first}");
    }
    let _ = write!(table, "{} mutants, {} cases", hunted.len(), suite::cases().len());
    table
}

fn every_case_catches_a_mutant(hunted: &[Hunted]) -> Result<(), Failed> {
    let immortal = mutants().1;
    let caught: BTreeSet<&String> = hunted.iter().flat_map(Hunted::kills).collect();
    let reasons: BTreeMap<&str, &str> =
        immortal.iter().map(|one| (one.case.as_str(), one.reason.as_str())).collect();
    let idle: Vec<&str> = suite::cases()
        .iter()
        .filter(|case| !caught.contains(&case.id) && !reasons.contains_key(case.id.as_str()))
        .map(|case| case.id.as_str())
        .collect();
    let needless: Vec<&&str> =
        reasons.keys().filter(|id| caught.contains(&(**id).to_owned())).collect();
    if idle.is_empty() && needless.is_empty() && hunted.len() >= FEWEST {
        return Ok(());
    }
    Err(format!(
        "of {} mutants, catching nothing: {idle:#?}, called idle but catching something: {needless:#?}",
        hunted.len()
    )
    .into())
}

async fn failures(version: Version) -> Vec<CaseResult> {
    let server = Reference::server("");
    let cases: Vec<Case> = suite::cases().to_vec();
    let results =
        runner::run(&server, version, &cases, &Known::default(), &Options::default(), |_| {}).await;
    results.into_iter().filter(|result| result.outcome != Outcome::Passed).collect()
}

fn the_correct_server_passes(version: Version) -> Result<(), Failed> {
    let failures = runtime().block_on(failures(version));
    if failures.is_empty() { Ok(()) } else { Err(format!("{failures:#?}").into()) }
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

fn every_wrong_behaviour_of_the_reference_is_a_mutant_of_the_table() -> Result<(), Failed> {
    let table: BTreeSet<String> = mutants().0.into_iter().map(|mutant| mutant.name).collect();
    let asked = asked();
    let forgotten: Vec<&String> = asked.difference(&table).collect();
    if forgotten.is_empty() && asked.len() > 200 {
        return Ok(());
    }
    Err(format!("of {} names, not in mutants.toml: {forgotten:#?}", asked.len()).into())
}
