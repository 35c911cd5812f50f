//! `explain`.

use std::process::ExitCode;

use clap::Args;

use crate::case::Case;
use crate::catalogue::{self, Requirement};
use crate::suite;

#[derive(Args)]
pub(super) struct Arguments {
    /// The id of a case or of a requirement.
    id: String,
}

impl Arguments {
    pub(super) fn run(&self) -> ExitCode {
        match (suite::find(&self.id), catalogue::find(&self.id)) {
            (Some(case), _) => explain_case(case),
            (None, Some(requirement)) => explain_requirement(requirement),
            (None, None) => {
                return super::could_not(&format!(
                    "there is no case and no requirement {:?}",
                    self.id
                ));
            }
        }
        ExitCode::SUCCESS
    }
}

fn explain_case(case: &Case) {
    let versions: Vec<&str> = case.versions.iter().map(|version| version.text()).collect();
    println!(
        "{}\n  {}\n  area {}, versions {}\n",
        case.id,
        case.title,
        case.area,
        versions.join(" and ")
    );
    for requirement in case.demands() {
        println!(
            "  {} {} {}: {}",
            requirement.id,
            requirement.reference(),
            requirement.level,
            requirement.says
        );
    }
    println!("\n  xapi-conformance run --endpoint … --select '{}'", case.id);
}

fn explain_requirement(requirement: &Requirement) {
    println!(
        "{} ({}, {})\n  {}\n",
        requirement.id,
        requirement.reference(),
        requirement.level,
        requirement.says
    );
    if let Some(reason) = &requirement.untested {
        println!("  not tested: {reason}");
    }
    for case in suite::cases_of(requirement) {
        println!("  {:<52} {}", case.id, case.title);
    }
}
