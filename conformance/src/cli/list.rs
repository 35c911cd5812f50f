//! `list`.

use std::process::ExitCode;

use clap::Args;

use crate::catalogue;
use crate::suite;

#[derive(Args)]
pub(super) struct Arguments {
    /// An area, the id of a case or requirement, or a regular expression.
    #[arg(long)]
    select: Option<String>,
    /// List requirements instead of cases.
    #[arg(long)]
    requirements: bool,
}

impl Arguments {
    pub(super) fn run(&self) -> ExitCode {
        let cases = match &self.select {
            None => suite::cases().to_vec(),
            Some(text) => match suite::select(text) {
                Ok(cases) => cases,
                Err(reason) => return super::could_not(&reason),
            },
        };
        if self.requirements {
            let meant =
                |id: &str| cases.iter().any(|case| case.requirements.iter().any(|r| r == id));
            for one in catalogue::requirements() {
                if self.select.is_none() || meant(&one.id) {
                    println!("{:<18} {:<6} {}", one.id, one.level.to_string(), one.says);
                }
            }
            return ExitCode::SUCCESS;
        }
        for case in &cases {
            let versions: Vec<&str> = case.versions.iter().map(|version| version.text()).collect();
            println!("{:<52} {:<11} {}", case.id, versions.join(","), case.title);
        }
        println!(
            "{} cases in {} areas: {}",
            cases.len(),
            suite::areas().len(),
            suite::areas().join(", ")
        );
        ExitCode::SUCCESS
    }
}
