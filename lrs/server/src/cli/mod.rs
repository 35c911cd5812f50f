//! The command line, one file per command. All but `serve`, `store`, `backup`, `restore`, `data`, `package`, and `demo` where it only
//! writes, speak to a running server through its public API.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

mod audit;
mod backup;
mod certificate;
mod client;
mod confirm;
mod course;
mod course_file;
mod data;
mod demo;
mod doctor;
#[cfg(test)]
mod documents;
mod exit;
mod health;
mod hosted;
mod import;
mod key;
mod learners;
mod manual;
mod out;
mod package;
mod person;
mod pipe;
mod place;
mod progress;
mod pulse;
mod query;
mod reaction;
mod refusals;
mod register;
mod report;
mod retention;
mod serve;
mod statement;
mod store;
mod user;

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
    /// Find out what is wrong with a set-up, and what to do; ends with 1 where something does not work
    Doctor(doctor::Doctor),
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
    /// Invite, list, change and remove people who sign in
    #[command(subcommand)]
    User(user::User),
    /// Erase people and prove it, and give people what is kept of them
    #[command(subcommand)]
    Person(person::Person),
    /// Show and set rules by which people are erased whose statements are old
    #[command(subcommand)]
    Retention(retention::Retention),
    /// Check that the audit log is as it was written
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Check e-learning packages, host them, and make them report to Traccia from the platform they are on
    #[command(subcommand)]
    Package(package::Package),
    /// Make, list and remove reactions: rules that write a statement when a learner comes to something
    #[command(subcommand)]
    Reaction(reaction::Reaction),
    /// Show why requests were refused lately, and check them again
    #[command(subcommand)]
    Refusals(refusals::Refusals),
    /// Check statements without keeping them, and watch them come
    #[command(subcommand)]
    Statement(statement::Statement),
    /// Send statements from an NDJSON file, one a line, or what Moodle has kept of SCORM attempts
    Import(import::Import),
    /// Write the log as tables: Parquet files for data teams
    #[command(subcommand)]
    Data(data::Data),
    /// Send statements to other stores and fetch them from there, and see how far that is
    #[command(subcommand)]
    Pipe(pipe::Pipe),
    /// Ask a server about its statements: how many of what, by what
    Query(Box<query::Query>),
    /// Copy the whole store into a folder, also while servers work on it, and check the copy
    Backup(backup::Backup),
    /// Make a new store of a backup, all or nothing
    Restore(backup::Restore),
    /// Print what completes commands in a shell
    #[command(hide = true)]
    Completions(manual::Completions),
    /// Write manual pages
    #[command(hide = true)]
    Man(manual::Man),
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
                Command::Doctor(command) => command.run().await,
                Command::Course(command) => command.run().await,
                Command::Learners(command) => command.run().await,
                Command::Progress(command) => command.run().await,
                Command::Report(command) => command.run().await,
                Command::Register(command) => command.run().await,
                Command::Certificate(command) => command.run().await,
                Command::Demo(command) => command.run().await,
                Command::Key(command) => command.run().await,
                Command::User(command) => command.run().await,
                Command::Person(command) => command.run().await,
                Command::Audit(command) => command.run().await,
                Command::Package(command) => command.run().await,
                Command::Reaction(command) => command.run().await,
                Command::Retention(command) => command.run().await,
                Command::Refusals(command) => command.run().await,
                Command::Statement(command) => command.run().await,
                Command::Import(command) => command.run().await,
                Command::Data(command) => command.run().await,
                Command::Pipe(command) => command.run().await,
                Command::Query(command) => command.run().await,
                Command::Backup(command) => command.run().await,
                Command::Restore(command) => command.run().await,
                Command::Completions(command) => command.run(),
                Command::Man(command) => command.run(),
                Command::Store(command) => command.run().await,
            }
        });
        // A thread that is blocked for longer is not waited for: no client waits for its answer.
        runtime.shutdown_timeout(LEFT);
        code
    }
}
