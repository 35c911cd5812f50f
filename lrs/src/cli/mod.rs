//! The command line, one file per command. All but `serve` speak to a running server through
//! its public API.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod client;
mod course;
mod demo;
mod import;
mod key;
mod learners;
mod progress;
mod serve;

/// A learning record store for SCORM and xAPI.
#[derive(Debug, Parser)]
#[command(name = "traccia", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Load course files
    #[command(subcommand)]
    Course(course::Course),
    /// Import the learners of a course
    #[command(subcommand)]
    Learners(learners::Learners),
    /// Report or rebuild the progress of a course
    #[command(subcommand)]
    Progress(progress::Progress),
    /// Create, list and revoke keys
    #[command(subcommand)]
    Key(key::Key),
    /// Send statements from an NDJSON file, one a line
    Import(import::Import),
}

impl Cli {
    /// Runs the command. Errors are for people: each says what to do.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            match self.command {
                Command::Serve(command) => command.run().await,
                Command::Course(command) => command.run().await,
                Command::Learners(command) => command.run().await,
                Command::Progress(command) => command.run().await,
                Command::Key(command) => command.run().await,
                Command::Import(command) => command.run().await,
            }
        })
    }
}
