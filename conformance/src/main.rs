//! `xapi-conformance`: tests any learning record store over HTTP.

use std::process::ExitCode;

use clap::Parser as _;
use conformance::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    let now = jiff::Timestamp::now();
    Cli::parse().run(now).await
}
