//! The command line.

mod explain;
mod list;
mod run;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::Timestamp;

/// Tests whether a learning record store does what xAPI 1.0.3 and 2.0.0 ask of it.
///
/// Exit codes: 0 all passed, 1 something failed, 2 the tests could not be run.
#[derive(Parser)]
#[command(name = "xapi-conformance", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the cases against a server.
    Run(Box<run::Arguments>),
    /// List the cases, or with --requirements what the standard asks.
    List(list::Arguments),
    /// Say what a case tests or what a requirement asks, and why.
    Explain(explain::Arguments),
}

impl Cli {
    /// Does what was asked; `now` is the time that reports show.
    pub async fn run(self, now: Timestamp) -> ExitCode {
        match self.command {
            Command::Run(arguments) => arguments.run(now).await,
            Command::List(arguments) => arguments.run(),
            Command::Explain(arguments) => arguments.run(),
        }
    }
}

/// Says why nothing could be done.
fn could_not(reason: &str) -> ExitCode {
    eprintln!("xapi-conformance: {reason}");
    ExitCode::from(2)
}
