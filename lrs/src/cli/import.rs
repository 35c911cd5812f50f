//! `traccia import`: statements from a file, in batches. What the server refuses goes to a reject
//! file with the reason; everything else is sent without it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::client::{Client, Target, explain};

/// Statements and bytes sent at once, whichever comes first.
const STATEMENTS: usize = 500;
const BYTES: usize = 4 * 1024 * 1024;

/// See the command's help.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file: one statement a line
    file: PathBuf,
    /// Where refused statements go, with line and reason [default: FILE.rejects.ndjson]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The version of xAPI that the statements follow
    #[arg(long, default_value = "1.0.3")]
    xapi_version: String,
    #[command(flatten)]
    target: Target,
}

impl Import {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let file =
            File::open(&self.file).with_context(|| format!("opening {}", self.file.display()))?;
        let bar = progress_bar(file.metadata()?.len());
        let rejects = self.rejects.unwrap_or_else(|| beside(&self.file));
        let mut importer = Importer {
            client: self.target.client()?,
            version: self.xapi_version,
            rejects: Rejects { path: rejects, file: None, count: 0 },
            sent: 0,
        };
        let mut batch = Vec::new();
        let mut bytes = 0;
        for (number, line) in (1..).zip(BufReader::new(file).split(b'\n')) {
            let line = line.with_context(|| format!("reading line {number}"))?;
            bar.inc(line.len() as u64 + 1);
            if line.trim_ascii().is_empty() {
                continue;
            }
            let line = Line { number, text: line };
            if number == 1 && line.text.trim_ascii().starts_with(b"[") {
                bail!(
                    "{} is a JSON array; import takes one statement a line (NDJSON), as \
                     `jq -c '.[]'` writes them",
                    self.file.display()
                );
            }
            if let Err(reason) = line.is_one_object() {
                importer.rejects.add(&line, &json!(reason))?;
                continue;
            }
            bytes += line.text.len();
            batch.push(line);
            if batch.len() == STATEMENTS || bytes >= BYTES {
                importer.send(std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
        }
        importer.send(batch).await?;
        bar.finish_and_clear();
        importer.conclude()
    }
}

struct Line {
    number: u64,
    text: Vec<u8>,
}

impl Line {
    /// Refuses what would not be one statement in the list that is sent: the server counts
    /// statements, and its counts must be ours.
    fn is_one_object(&self) -> Result<(), String> {
        match validator::json::parse(self.text.trim_ascii()) {
            Ok(Value::Object(_)) => Ok(()),
            Ok(_) => Err("The line is not a JSON object.".into()),
            Err(report) => Err(report.to_string()),
        }
    }
}

struct Importer {
    client: Client,
    version: String,
    rejects: Rejects,
    sent: u64,
}

/// What became of a batch.
enum Outcome {
    Kept,
    /// These statements of it are at fault, or one that is not named.
    Refused {
        faulty: BTreeSet<usize>,
        reason: Value,
    },
}

impl Importer {
    /// Sends a batch; when it is refused, again without the statements that are at fault.
    async fn send(&mut self, mut batch: Vec<Line>) -> anyhow::Result<()> {
        let mut whole = Vec::new();
        while !batch.is_empty() {
            let (faulty, reason) = match self.post(&batch).await? {
                Outcome::Kept => {
                    self.sent += batch.len() as u64;
                    break;
                }
                Outcome::Refused { faulty, reason } => (faulty, reason),
            };
            if faulty.is_empty() && batch.len() > 1 {
                // The server did not say which: halve the batch until one is left.
                let rest = batch.split_off(batch.len() / 2);
                whole.push(rest);
                continue;
            }
            let mut kept = Vec::new();
            for (index, line) in batch.into_iter().enumerate() {
                if faulty.is_empty() || faulty.contains(&index) {
                    self.rejects.add(&line, &reason_for(&reason, index))?;
                } else {
                    kept.push(line);
                }
            }
            batch = kept;
        }
        for rest in whole.into_iter().rev() {
            Box::pin(self.send(rest)).await?;
        }
        Ok(())
    }

    async fn post(&self, batch: &[Line]) -> anyhow::Result<Outcome> {
        let texts: Vec<&[u8]> = batch.iter().map(|line| line.text.trim_ascii()).collect();
        let body = [&b"["[..], &texts.join(&b','), b"]"].concat();
        let request = self
            .client
            .request(Method::POST, "/xapi/statements")
            .header(CONTENT_TYPE, "application/json")
            .header("X-Experience-API-Version", &self.version)
            .body(body);
        let response = self.client.send(request).await?;
        let status = response.status();
        let text = response.text().await?;
        if status.is_success() {
            return Ok(Outcome::Kept);
        }
        if status != StatusCode::BAD_REQUEST && status != StatusCode::CONFLICT {
            bail!("{}", explain(&text).unwrap_or_else(|| format!("the server says {status}")));
        }
        let reason: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let named = violations(&reason).chain([&reason]).filter_map(statement_of);
        let faulty = named.filter(|index| *index < batch.len()).collect();
        Ok(Outcome::Refused { faulty, reason })
    }

    fn conclude(self) -> anyhow::Result<ExitCode> {
        println!("{} statements sent, {} refused", self.sent, self.rejects.count);
        if self.rejects.count == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        self.rejects.file.map_or(Ok(()), |mut file| file.flush())?;
        println!("The refused ones are in {}", self.rejects.path.display());
        Ok(ExitCode::FAILURE)
    }
}

fn violations(problem: &Value) -> impl Iterator<Item = &Value> {
    problem.get("violations").and_then(Value::as_array).into_iter().flatten()
}

/// The index in the batch of the statement that a violation is about.
fn statement_of(violation: &Value) -> Option<usize> {
    usize::try_from(violation.get("statement")?.as_u64()?).ok()
}

/// The part of a problem document that is about one statement.
fn reason_for(problem: &Value, index: usize) -> Value {
    let own: Vec<&Value> =
        violations(problem).filter(|violation| statement_of(violation) == Some(index)).collect();
    if own.is_empty() { problem.get("detail").cloned().unwrap_or_default() } else { json!(own) }
}

/// The reject file, made when the first statement is refused.
struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    count: u64,
}

impl Rejects {
    fn add(&mut self, line: &Line, reason: &Value) -> anyhow::Result<()> {
        let text = String::from_utf8_lossy(&line.text);
        let reject = json!({"line": line.number, "reason": reason, "statement": text});
        if self.file.is_none() {
            let cannot = || format!("making {}", self.path.display());
            self.file = Some(BufWriter::new(File::create(&self.path).with_context(cannot)?));
        }
        if let Some(file) = &mut self.file {
            writeln!(file, "{reject}")?;
        }
        self.count += 1;
        Ok(())
    }
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejects.ndjson");
    name.into()
}

/// Shown on a terminal only.
fn progress_bar(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style = "{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}
