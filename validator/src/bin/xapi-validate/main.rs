//! `xapi-validate`: checks a file of xAPI statements and says what is wrong like a compiler does.

mod input;
mod json;
mod sarif;
mod text;

use std::{fs, io, process::ExitCode};

use clap::{Parser, ValueEnum};
use validator::Version;

use crate::input::Input;

/// Check xAPI statements: one object, an array of them, or one a line (NDJSON).
///
/// Exit code 0: all are valid; 1: something is not; 2: the file could not be read.
#[derive(Parser)]
#[command(name = "xapi-validate")]
struct Arguments {
    /// The file to check; `-` reads standard input.
    file: String,
    /// The version of xAPI whose rules count.
    #[arg(long = "version", value_name = "VERSION", default_value = "1.0.3", value_parser = version)]
    xapi: Version,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people: the line, a caret, the clause and what to do.
    Text,
    /// One JSON object with an array of violations.
    Json,
    /// SARIF 2.1.0, for editors and CI systems.
    Sarif,
}

fn version(text: &str) -> Result<Version, String> {
    Version::from_header(text).ok_or_else(|| "1.0.3 or 2.0.0 was expected".to_owned())
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("xapi-validate: {error}");
            ExitCode::from(2)
        }
    }
}

/// Prints what is found; true when nothing is.
fn run(arguments: &Arguments) -> Result<bool, String> {
    let (name, body) = read(&arguments.file).map_err(|e| format!("{}: {e}", arguments.file))?;
    let input = Input::check(name, body, arguments.xapi);
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Text => text::print(&input, &mut out),
        Format::Json => json::print(&input, &mut out),
        Format::Sarif => sarif::print(&input, &mut out),
    }
    .map_err(|error| format!("standard output: {error}"))?;
    Ok(input.violations.is_empty())
}

fn read(file: &str) -> io::Result<(String, Vec<u8>)> {
    if file == "-" {
        let mut body = Vec::new();
        io::Read::read_to_end(&mut io::stdin().lock(), &mut body)?;
        return Ok(("<stdin>".to_owned(), body));
    }
    Ok((file.to_owned(), fs::read(file)?))
}
