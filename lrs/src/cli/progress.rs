//! `traccia progress`

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use reqwest::Method;

use super::client::{Target, encoded, member};

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Progress {
    /// Print how many learners are how far
    Report {
        /// The course's id
        course: String,
        /// Any of module, region, province, body, role, office, separated by commas
        #[arg(long, default_value = "module")]
        by: String,
        /// How to print it
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
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

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    Table,
    Csv,
    Json,
}

impl Progress {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Report { course, by, format, target } => {
                let format = match format {
                    Format::Table => "table",
                    Format::Csv => "csv",
                    Format::Json => "json",
                };
                let client = target.client()?;
                let (id, by) = (encoded(&course), encoded(&by));
                let path = format!("/api/v1/courses/{id}/progress?by={by}&format={format}");
                let request = client.request(Method::GET, &path);
                let text = client.text(request).await?;
                print!("{text}");
                if !text.ends_with('\n') {
                    println!();
                }
            }
            Self::Rebuild { course, target } => {
                let client = target.client()?;
                let path = format!("/api/v1/courses/{}/rebuild", encoded(&course));
                let rebuilt = client.json(client.request(Method::POST, &path)).await?;
                println!(
                    "{course}: {} statements read, {} learners changed",
                    member(&rebuilt, "statements"),
                    member(&rebuilt, "changed")
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
