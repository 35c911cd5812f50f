//! The `traccia` command: see [`traccia::cli`].

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;

/// Statements are many small pieces, made on one thread and dropped on another: what the system's
/// allocator does with them was a fifth of the work of a POST.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    traccia::cli::Cli::parse().run()
}
