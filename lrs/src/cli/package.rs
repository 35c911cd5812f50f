//! `traccia package`

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use package::{Limits, Severity};

use super::exit::Exit;
use super::out::{self, say};
use crate::packages::PackageWords;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Package {
    /// Say what a SCORM, cmi5 or xAPI package is, what it will report and what is wrong with it;
    /// ends with 3 where there are errors. Needs no server
    Check {
        /// The package: a zip, or a cmi5.xml
        file: PathBuf,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        /// The language of the findings
        #[arg(long, value_enum, default_value = "it")]
        lang: Language,
    },
}

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Sarif,
}

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    It,
    En,
}

impl Package {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Check { file, format, lang } = self;
        let checking = tokio::task::spawn_blocking(move || check(&file, format, lang));
        Ok(checking.await??.into())
    }
}

fn check(path: &Path, format: Format, lang: Language) -> anyhow::Result<Exit> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("opening {name}"))?;
    let report = package::check(BufReader::with_capacity(64 * 1024, file), &Limits::default());
    let report = report.with_context(|| format!("reading {name}"))?;
    let words = PackageWords::of(lang == Language::It);
    match format {
        Format::Text => out::bytes(package::text(&report, &name, &words).as_bytes(), true)?,
        Format::Json => say!("{:#}", package::json(&report, &words))?,
        Format::Sarif => say!("{:#}", package::sarif(&report, &name, &words))?,
    }
    let has_errors = report.findings.count(Severity::Error) > 0;
    Ok(if has_errors { Exit::Refused } else { Exit::Done })
}
