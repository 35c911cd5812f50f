//! `traccia progress`

use std::process::ExitCode;

use clap::Subcommand;
use reqwest::Method;

use super::client::{Target, encoded, member};
use super::out::say;
use super::report::Rendering;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Progress {
    /// Print how many learners are how far: `traccia report COURSE progress`
    Report {
        /// The course's id
        course: String,
        /// Any of module, activity, region, province, body, `population_class`, role, office,
        /// edition, separated by commas
        #[arg(long, default_value = "module")]
        by: String,
        /// As it was at the end of this day, such as 2026-05-04
        #[arg(long)]
        at: Option<String>,
        #[command(flatten)]
        rendering: Rendering,
        #[command(flatten)]
        target: Target,
    },
    /// Compute the progress of a course from all statements again
    Rebuild {
        /// The course's id
        course: String,
        #[command(flatten)]
        target: Target,
    },
}

impl Progress {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Report { course, by, at, rendering, target } => {
                let path = format!("/api/v1/courses/{}/reports/progress", encoded(&course));
                rendering.get(target, &path, &[("by", Some(by)), ("at", at)]).await
            }
            Self::Rebuild { course, target } => {
                let client = target.client()?;
                let path = format!("/api/v1/courses/{}/rebuild", encoded(&course));
                let rebuilt = client.json(client.request(Method::POST, &path)).await?;
                say!(
                    "{course}: {} statements read, {} actors changed",
                    member(&rebuilt, "statements"),
                    member(&rebuilt, "changed")
                )?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}
