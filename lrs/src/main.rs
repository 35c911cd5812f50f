//! The `traccia` command: see [`lrs::cli`].

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match lrs::cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("traccia: {error:#}");
            ExitCode::from(2)
        }
    }
}
