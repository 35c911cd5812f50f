//! `traccia data`: the log as tables.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use dataset::Recipe;
use service::datasets::{Datasets, RECIPIENT, Sealed};
use texts::Message;
use xapi::clock::Clock;
use xapi::instant::Instant;

use super::exit;
use super::out::{in_words, said};
use super::pulse::Pulse;
use crate::app;
use crate::clock::SystemClock;

/// See the command's help.
#[derive(Debug, Subcommand)]
pub(super) enum Data {
    /// Write statements as tables: Parquet files and a manifest that names them, without a server. The same command goes
    /// on where it was cut off, and adds what is new
    Export(Export),
}

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The id of the course whose statements are wanted, or `all`
    course: String,
    /// The store to read, as sqlite:FOLDER or a `mongodb:` URI
    #[arg(long, value_name = "URI", env = "TRACCIA_COPY_FROM", hide_env_values = true)]
    from: String,
    /// The folder to write to, or a bucket as `s3://BUCKET/PREFIX`: a new one, or one that this command has written to before
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,
    /// Only statements stored at or after this day or time, such as 2026-01-01
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only statements stored before this day or time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// For whom the pseudonyms are made: files for two recipients cannot be joined
    #[arg(long, value_name = "NAME", default_value = RECIPIENT)]
    recipient: String,
}

impl Data {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Export(export) => export.run().await,
        }
    }
}

impl Export {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let since = self.since.as_deref().map(|text| time("--since", text)).transpose()?;
        let until = self.until.as_deref().map(|text| time("--until", text)).transpose()?;
        let store = app::open_to_read(&self.from.parse()?).await?;
        let name = self.output.display().to_string();
        let place = app::dataset_place(&self.output).await?;
        let recipe = Recipe {
            recipient: self.recipient,
            course: (self.course != "all").then_some(self.course),
            after: since.map(Instant::previous).unwrap_or_default(),
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let until = until.map_or_else(|| clock.now(), Instant::previous);
        let datasets = Datasets::of(&store, clock, place, recipe).await?;
        let all = store.extent().await?.statements;
        let pulse = Pulse::start();
        let writing = Message::new("cli-data-writing").with("name", &name);
        let tell = |done| {
            pulse.beat(done, all, || in_words(&writing.clone().with("count", done)));
        };
        let sealed = datasets.seal_until(until, &tell).await;
        pulse.end();
        let Sealed { statements, files, bytes, through } =
            sealed.with_context(|| in_words(&Message::new("cli-data-stays")))?;
        let written = Message::new("cli-data-written").with("statements", statements);
        let written = written.with("name", name).with("files", files).with("bytes", bytes);
        said(&written.with("through", through))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A day, which begins at midnight UTC, or a time.
fn time(flag: &str, text: &str) -> anyhow::Result<Instant> {
    let day = || Instant::parse(&format!("{text}T00:00:00Z"));
    Instant::parse(text).or_else(day).ok_or_else(|| {
        exit::usage(in_words(&Message::new("cli-time").with("flag", flag).with("text", text)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_taken_and_others_are_named() {
        let day = time("--since", "2026-05-01").unwrap();
        assert_eq!(day, time("--since", "2026-05-01T02:00:00+02:00").unwrap());
        let error = time("--since", "May").unwrap_err().to_string();
        assert!(error.contains("--since May"), "{error}");
    }
}
