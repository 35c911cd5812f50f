//! The command line, one file per command. All but `serve`, `store`, `package`, and `demo` where it only
//! writes, speak to a running server through its public API.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

mod certificate;
mod client;
mod confirm;
mod course;
mod demo;
#[cfg(test)]
mod documents;
mod exit;
mod health;
mod hosted;
mod import;
mod key;
mod learners;
mod out;
mod package;
mod place;
mod progress;
mod pulse;
mod register;
mod report;
mod serve;
mod store;

/// How long work that was begun may go on after the command is done.
const LEFT: Duration = Duration::from_secs(1);

/// A learning record store for SCORM and xAPI.
#[derive(Debug, Parser)]
#[command(name = "traccia", version, arg_required_else_help = true, after_help = exit::CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Ask a server whether it can work; ends with 1 when it cannot
    Health(health::Health),
    /// Load, list, show and delete courses
    #[command(subcommand)]
    Course(course::Course),
    /// Enrol, merge and list the learners of a course
    #[command(subcommand)]
    Learners(learners::Learners),
    /// Report or rebuild the progress of a course
    #[command(subcommand)]
    Progress(progress::Progress),
    /// Print or write a report on a course
    Report(Box<report::Report>),
    /// Keep registers of presence
    #[command(subcommand)]
    Register(register::Register),
    /// Freeze, list, show and verify certificate lists
    #[command(subcommand)]
    Certificate(certificate::Certificate),
    /// Make up a cohort for a course: learners, and what their platforms say
    Demo(demo::Demo),
    /// Create, list and revoke keys
    #[command(subcommand)]
    Key(key::Key),
    /// Check e-learning packages, host them, and make them report to Traccia from the platform they are on
    #[command(subcommand)]
    Package(package::Package),
    /// Send statements from an NDJSON file, one a line, or what Moodle has kept of SCORM attempts
    Import(import::Import),
    /// Copy, export or compare whole stores, without a server
    #[command(subcommand)]
    Store(store::Store),
}

impl Cli {
    /// Runs the command, says why it failed where it did, and gives its exit code.
    pub fn run(self) -> ExitCode {
        self.ended().unwrap_or_else(|error| exit::end(&error))
    }

    fn ended(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let code = runtime.block_on(async {
            match self.command {
                Command::Serve(command) => command.run().await,
                Command::Health(command) => command.run().await,
                Command::Course(command) => command.run().await,
                Command::Learners(command) => command.run().await,
                Command::Progress(command) => command.run().await,
                Command::Report(command) => command.run().await,
                Command::Register(command) => command.run().await,
                Command::Certificate(command) => command.run().await,
                Command::Demo(command) => command.run().await,
                Command::Key(command) => command.run().await,
                Command::Package(command) => command.run().await,
                Command::Import(command) => command.run().await,
                Command::Store(command) => command.run().await,
            }
        });
        // A thread that is blocked for longer is not waited for: no client waits for its answer.
        runtime.shutdown_timeout(LEFT);
        code
    }
}
