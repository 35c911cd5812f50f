//! `traccia course`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::client::{Target, encoded, member};
use crate::course;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Course {
    /// Load course files; a course that is there is replaced and its progress evaluated anew
    Load {
        /// Course files, TOML
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Check the files, and change nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        target: Target,
    },
}

impl Course {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Load { files, dry_run, target } = self;
        let client = target.client()?;
        for file in files {
            let name = file.display();
            let text = std::fs::read_to_string(&file).with_context(|| format!("reading {name}"))?;
            // Read here too, for the id; its faults are named with the file's name.
            let course =
                course::Course::parse(&text).with_context(|| format!("{name} has faults"))?;
            let request = client
                .request(
                    Method::PUT,
                    &format!("/api/v1/courses/{}?dry_run={dry_run}", encoded(course.id())),
                )
                .header(CONTENT_TYPE, "application/toml")
                .body(text);
            let loaded = client.json(request).await.with_context(|| format!("loading {name}"))?;
            for warning in loaded.get("warnings").and_then(Value::as_array).into_iter().flatten() {
                let part = |key: &str| member(warning, key);
                let place = format!("{name}:{}:{}", part("line"), part("column"));
                eprintln!("{place}: warning: {}", part("message"));
            }
            println!(
                "{name}: course {} with {} modules and {} activities{}",
                course.id(),
                member(&loaded, "modules"),
                member(&loaded, "activities"),
                if dry_run { ": a dry run, nothing was changed" } else { "" }
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
