//! `traccia learners`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use super::client::{Target, encoded, member};

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Learners {
    /// Replace the learners of a course by those of a CSV file
    Import {
        /// The course's id
        course: String,
        /// The list, CSV with a header line
        file: PathBuf,
        #[command(flatten)]
        target: Target,
    },
}

impl Learners {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Import { course, file, target } = self;
        let client = target.client()?;
        let name = file.display();
        let list = std::fs::read(&file).with_context(|| format!("reading {name}"))?;
        let request = client
            .request(Method::PUT, &format!("/api/v1/courses/{}/learners", encoded(&course)))
            .header(CONTENT_TYPE, "text/csv")
            .body(list);
        let imported = client.json(request).await.with_context(|| format!("importing {name}"))?;
        println!("{course}: {} learners", member(&imported, "learners"));
        Ok(ExitCode::SUCCESS)
    }
}
