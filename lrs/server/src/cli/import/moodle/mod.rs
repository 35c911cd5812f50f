//! `traccia import moodle-scorm`: what Moodle has kept of SCORM attempts, as statements of the xAPI SCORM Profile.
//!
//! The rows of one attempt stand together, so that one attempt is in memory at a time. Ids are made of what a statement
//! is about and says: a second import of the same rows is known already.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use reqwest::Url;
use tokio::sync::mpsc;

use self::attempt::Attempt;
use self::rows::Rows;
use self::statements::Site;
use super::attached::Attached;
use super::live::{Importer, import};
use super::rejects::Rejects;
use super::source::{AHEAD, BYTES, Batch, Bytes, Fault, Line, STATEMENTS, Source, Unit};
use crate::cli::client::Target;
use crate::cli::exit;
use crate::cli::out::in_words;
use texts::Message;
use xapi::instant::Instant;

mod attempt;
mod elements;
mod rows;
mod statements;
#[cfg(test)]
mod tests;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct MoodleScorm {
    /// The export of SCORM tracks: CSV or TSV with headings, as it is or compressed by gzip; - is standard input.
    /// docs/moodle.md has the queries for it
    file: PathBuf,
    /// Moodle's address (wwwroot), such as <https://moodle.example.it>: the home page of the learners' accounts
    #[arg(long)]
    site: Url,
    /// What the learners' accounts are called by
    #[arg(long, value_enum, default_value = "id")]
    account: Account,
    /// Leave out attempts in which anything happened at that time or later, such as 2026-05-01T00:00:00Z: what
    /// came after it, another source has sent
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
    /// Send nothing: say what would be sent and what refused
    #[arg(long)]
    dry_run: bool,
    /// Where refused rows and statements go, with line and reason [default: FILE.rejects.ndjson]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// How long a server that has answered before and cannot now is asked again
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    #[command(flatten)]
    target: Target,
}

/// What a learner's account is called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Account {
    /// The learner's number in Moodle, as its plugin *Logstore xAPI* sends it
    Id,
    /// The user name, as a package in Moodle knows it
    Username,
}

impl MoodleScorm {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let before = self.before.as_deref().map(|text| {
            Instant::parse(text).ok_or_else(|| {
                exit::usage(in_words(&Message::new("cli-import-before").with("text", text)))
            })
        });
        let before = before.transpose()?.map(|before| before.micros().div_euclid(1_000_000));
        if !self.site.has_host() {
            return Err(exit::usage(in_words(&Message::new("cli-import-site"))));
        }
        let site = Site::new(self.site.as_str().trim_end_matches('/'), self.account);
        let rejects = Rejects::of(&self.file, self.rejects)?;
        let bytes = Bytes::open(&self.file)?;
        let (sender, batches) = mpsc::channel(AHEAD);
        let (name, total, read) = (bytes.name.clone(), bytes.total, bytes.counter());
        std::thread::spawn(move || {
            let mut making =
                Making { site, before, batches: sender, batch: Batch::default(), bytes: 0 };
            if let Err(error) = making.run(bytes) {
                making.send();
                // Where the command has ended, the channel is closed.
                let _ = making.batches.blocking_send(Err(error));
            }
        });
        let importer = Importer {
            client: self.target.client()?,
            version: "1.0.3".to_owned(),
            patience: Duration::from_secs(self.patience),
            is_dry: self.dry_run,
            is_of_documents: false,
            rejects,
            attached: Attached::default(),
            source: None,
            is_of_many: false,
            standing: std::sync::Arc::default(),
        };
        import([Ok(Source { name, batches, total, read })], importer).await
    }
}

/// Makes statements of rows, on a thread of its own.
struct Making {
    site: Site,
    /// In seconds since 1970.
    before: Option<i64>,
    batches: mpsc::Sender<anyhow::Result<Batch>>,
    batch: Batch,
    bytes: usize,
}

impl Making {
    fn run(&mut self, bytes: Bytes) -> anyhow::Result<()> {
        let mut rows = Rows::of(bytes, self.site.account)?;
        let mut open: Option<Attempt> = None;
        while let Some(next) = rows.next()? {
            if self.batches.is_closed() {
                return Ok(());
            }
            let row = match next {
                Ok(row) => row,
                Err(fault) => {
                    self.fault(fault);
                    continue;
                }
            };
            if let Some(attempt) = open.as_mut().filter(|attempt| attempt.key == row.key) {
                attempt.add(row);
                continue;
            }
            let (key, line) = (row.key, row.line);
            if let Some(done) = open.replace(Attempt::of(row)) {
                self.told(&done);
                if key < done.key {
                    return Err(unsorted(rows.name(), line));
                }
            }
        }
        if let Some(done) = open {
            self.told(&done);
        }
        self.send();
        Ok(())
    }

    /// Sends what an attempt says.
    fn told(&mut self, attempt: &Attempt) {
        if self.before.is_some_and(|before| attempt.last >= before) {
            return;
        }
        if let Some(reason) = attempt.fault() {
            let unit = Unit::Line;
            let line = Line { number: attempt.line, unit, text: Vec::new(), has_id: false };
            return self.fault(Fault { line, reason });
        }
        for statement in self.site.statements(attempt) {
            let text = statement.to_string().into_bytes();
            self.bytes += text.len();
            let (number, unit) = (attempt.line, Unit::Line);
            self.batch.lines.push(Line { number, unit, text, has_id: true });
            self.send_if_full();
        }
    }

    fn fault(&mut self, fault: Fault) {
        self.bytes += fault.line.text.len();
        self.batch.faults.push(fault);
        self.send_if_full();
    }

    fn send_if_full(&mut self) {
        let Batch { lines, faults } = &self.batch;
        if lines.len().max(faults.len()) >= STATEMENTS || self.bytes >= BYTES {
            self.send();
        }
    }

    fn send(&mut self) {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        if !batch.lines.is_empty() || !batch.faults.is_empty() {
            // Where the command has ended, the channel is closed.
            let _ = self.batches.blocking_send(Ok(batch));
        }
    }
}

fn unsorted(name: &str, line: u64) -> anyhow::Error {
    let unsorted = Message::new("cli-import-unsorted").with("name", name).with("line", line);
    exit::refused(in_words(&unsorted))
}
