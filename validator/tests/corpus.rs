//! The corpus: valid statements pass, invalid ones break the rule that their file is named after
//! and no other, and what the binary prints of them is pinned.
//!
//! `invalid/<rule>--<case>.json`; a file below `1.0.3/` or `2.0.0/` counts for that version only,
//! the others for both.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use validator::{Version, check_batch, rules};

struct Fixture {
    path: PathBuf,
    versions: Vec<Version>,
}

impl Fixture {
    fn all(kind: &str) -> Vec<Self> {
        let both = [Version::V1_0_3, Version::V2_0_0];
        let mut fixtures = Vec::new();
        for (folder, versions) in [("", &both[..]), ("/1.0.3", &both[..1]), ("/2.0.0", &both[1..])]
        {
            let folder = corpus().join(format!("{kind}{folder}"));
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    fixtures.push(Self { path, versions: versions.to_vec() });
                }
            }
        }
        fixtures.sort_by(|a, b| a.path.cmp(&b.path));
        fixtures
    }

    fn body(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }

    /// The rule its name begins with.
    fn rule(&self) -> String {
        let stem = self.path.file_stem().unwrap().to_str().unwrap();
        stem.split_once("--").unwrap().0.to_owned()
    }

    fn name(&self) -> &str {
        self.path.strip_prefix(corpus()).unwrap().to_str().unwrap()
    }

    fn print(&self, version: Version, format: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xapi-validate"))
            .current_dir(corpus())
            .args([self.name(), "--version", version.as_str(), "--format", format])
            .output()
            .unwrap()
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

#[test]
fn valid_fixtures_pass_in_each_of_their_versions() {
    for fixture in Fixture::all("valid") {
        for &version in &fixture.versions {
            let report = check_batch(&fixture.body(), version).err();
            assert_eq!(report, None, "{} under {version}", fixture.name());
        }
    }
}

#[test]
fn invalid_fixtures_break_the_rule_of_their_name_and_no_other() {
    for fixture in Fixture::all("invalid") {
        for &version in &fixture.versions {
            let report = check_batch(&fixture.body(), version).unwrap_err();
            let broken: BTreeSet<_> = report.violations.iter().map(|v| v.rule.id).collect();
            let name = fixture.name();
            assert_eq!(broken, BTreeSet::from([&*fixture.rule()]), "{name} under {version}");
        }
    }
}

/// Broken by texts of several megabytes only, which `memory.rs` makes.
const MADE: [&str; 1] = ["json-size"];

#[test]
fn every_rule_has_an_invalid_fixture() {
    let named = Fixture::all("invalid").iter().map(Fixture::rule).collect::<BTreeSet<_>>();
    let named = &named | &MADE.map(str::to_owned).into();
    let rules: BTreeSet<_> = rules().iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(named, rules);
}

#[test]
fn what_is_printed_of_each_invalid_fixture_is_pinned() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(corpus().join("printed"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for fixture in Fixture::all("invalid") {
            let output = fixture.print(fixture.versions[0], "text");
            assert_eq!(output.status.code(), Some(1), "{}", fixture.name());
            let stem = fixture.path.file_stem().unwrap().to_str().unwrap();
            insta::assert_snapshot!(stem, String::from_utf8(output.stdout).unwrap());
        }
    });
}

#[test]
fn sarif_and_json_tell_the_same_violations() {
    for fixture in Fixture::all("invalid").into_iter().step_by(9) {
        let version = fixture.versions[0];
        let read = |format: &str| -> serde_json::Value {
            serde_json::from_slice(&fixture.print(version, format).stdout).unwrap()
        };
        let (json, sarif) = (read("json"), read("sarif"));
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let violations = json["violations"].as_array().unwrap();
        assert_eq!(results.len(), violations.len());
        for (result, violation) in results.iter().zip(violations) {
            let place = &result["locations"][0];
            assert_eq!(result["ruleId"], violation["rule"]);
            assert_eq!(place["physicalLocation"]["region"]["startLine"], violation["line"]);
            assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], violation["pointer"]);
        }
    }
}
