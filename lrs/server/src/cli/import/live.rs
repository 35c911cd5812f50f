//! Sending to a server, in batches. What the server refuses goes to a reject file with the reason; everything else is sent
//! without it. Whatever ends the import says which lines are decided and which are not.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::attached::{self, Attached};
use super::rejects::Rejects;
use super::source::{Batch, Fault, Line, Source, Unit};
use crate::cli::client::{Client, ServerError};
use crate::cli::exit::{self, Exit};
use crate::cli::out::{in_words, note, noted, said};
use crate::cli::pulse::Pulse;
use crate::failpoint;
use http_api::xapi::put_statements::{NEW_STATEMENTS, ORIGIN};
use texts::{Message, MessageValue};

/// How often the progress is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How far apart a server that cannot work is asked again.
const BETWEEN: Duration = Duration::from_secs(2);

/// Sends what comes of sources, one after the other, and says what became of it.
pub(super) async fn import(
    sources: impl IntoIterator<Item = anyhow::Result<Source>>,
    mut importer: Importer,
) -> anyhow::Result<ExitCode> {
    let standing = Arc::clone(&importer.standing);
    lock(&standing).good = importer.is_dry.then_some(0);
    let pulse = Pulse::start();
    let standing = || lock(&standing).clone();
    let mut done = Some(Ok(()));
    for source in sources {
        let Source { name, batches, total, read } = match source {
            Ok(source) => source,
            Err(error) => {
                done = Some(Err(error));
                break;
            }
        };
        importer.begin(&name);
        let at = || {
            (
                read.load(Ordering::Relaxed),
                total,
                format!("{name}: {}", in_words(&standing().told())),
            )
        };
        done = tokio::select! {
            done = importer.run(batches) => Some(done),
            _ = tokio::signal::ctrl_c() => None,
            () = beat(&pulse, at) => None,
        };
        if !matches!(done, Some(Ok(()))) {
            break;
        }
    }
    pulse.end();
    let rejects = importer.rejects.finish()?.map(std::path::Path::to_owned);
    let (exit, cause) = match done {
        Some(Ok(())) if rejects.is_none() => (Exit::Done, None),
        Some(Ok(())) => (Exit::No, None),
        Some(Err(error)) => (Exit::of(&error), Some(exit::told(&error))),
        None => (Exit::Stopped, Some("stopped".to_owned())),
    };
    if let Some(cause) = cause {
        note!("traccia: {cause}\n  {}", standing().position());
    } else {
        said(&standing().told())?;
    }
    if let Some(rejects) = rejects {
        noted(&Message::new("cli-import-rejects").with("file", rejects.display()));
    }
    Ok(exit.into())
}

/// Shows the progress again and again.
async fn beat(pulse: &Pulse, at: impl Fn() -> (u64, u64, String)) {
    let mut looks = tokio::time::interval(LOOK);
    loop {
        looks.tick().await;
        let (done, total, text) = at();
        pulse.beat(done, total, || text);
    }
}

/// How far an import has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// The name of the file of a folder that is being imported.
    pub(super) of: Option<String>,
    /// What is counted.
    pub(super) unit: Unit,
    pub(super) new: u64,
    pub(super) known: u64,
    pub(super) refused: u64,
    /// Kept by a server that does not say whether they are new.
    pub(super) sent: u64,
    /// How many were found good, in a dry run, which sends nothing.
    pub(super) good: Option<u64>,
    /// Of those kept, how many have no id.
    pub(super) nameless: u64,
    /// The first and last line of what is on its way.
    pub(super) on_its_way: Option<(u64, u64)>,
    /// The last line that is decided.
    pub(super) decided: u64,
}

pub(super) fn lock(standing: &Mutex<Standing>) -> MutexGuard<'_, Standing> {
    standing.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Standing {
    fn told(&self) -> Message {
        let Self { new, known, refused, sent, .. } = self;
        let counted = match (self.good, *sent) {
            (Some(good), _) => Message::new("cli-import-would").with("good", good),
            (None, 0) => Message::new("cli-import-counted").with("new", new).with("known", known),
            (None, sent) => {
                let counted = Message::new("cli-import-counted-sent").with("sent", sent);
                counted.with("new", new).with("known", known)
            }
        };
        counted.with("refused", refused)
    }

    /// Which lines are decided, which are not, and how to go on.
    fn position(&self) -> String {
        let of = |number: u64| MessageValue::Message(self.unit.message(number));
        let decided = match self.on_its_way {
            Some((first, last)) => Message::new("cli-import-decided-before")
                .with_value("first", of(first))
                .with_value("last", of(last)),
            None => Message::new("cli-import-decided").with_value("last", of(self.decided)),
        };
        let is_named = self.nameless == 0;
        let then = if is_named { "cli-import-go-on" } else { "cli-import-nameless" };
        let file = self.of.as_ref().map(|of| Message::new("cli-import-in").with("file", of));
        let decided = decided.with_value("told", MessageValue::Message(self.told()));
        let sentences = file.into_iter().chain([decided, Message::new(then)]);
        sentences.map(|it| in_words(&it)).collect::<Vec<_>>().join(" ")
    }
}

/// What sends lines to a server.
pub(super) struct Importer {
    pub(super) client: Client,
    pub(super) version: String,
    pub(super) patience: Duration,
    /// Whether nothing is sent: lines are checked here.
    pub(super) is_dry: bool,
    /// Whether lines are documents, and not statements.
    pub(super) is_of_documents: bool,
    pub(super) rejects: Rejects,
    pub(super) attached: Attached,
    /// The system that the statements come from.
    pub(super) source: Option<String>,
    /// Whether there may be several files.
    pub(super) is_of_many: bool,
    pub(super) standing: Arc<Mutex<Standing>>,
}

/// What became of lines that were sent.
enum Outcome {
    /// All are kept; how many of them are new, where the server says so.
    Kept(Option<u64>),
    /// These of them are at fault, or one that is not named.
    Refused { faulty: BTreeSet<usize>, reason: Value },
}

impl Importer {
    /// Begins with a file.
    fn begin(&mut self, name: &str) {
        if !self.is_of_many {
            return;
        }
        self.rejects.begin(name);
        let mut standing = lock(&self.standing);
        (standing.of, standing.decided) = (Some(name.to_owned()), 0);
    }

    async fn run(
        &mut self,
        mut batches: mpsc::Receiver<anyhow::Result<Batch>>,
    ) -> anyhow::Result<()> {
        while let Some(batch) = batches.recv().await {
            let Batch { lines, faults } = batch?;
            let last = lines.last().map(|line| line.number);
            let last = last.max(faults.last().map(|fault| fault.line.number));
            for Fault { line, reason } in faults {
                self.refuse(&line, &json!(reason))?;
            }
            if self.is_dry {
                self.check(lines)?;
            } else if self.is_of_documents {
                self.put(lines).await?;
            } else {
                self.send(lines).await?;
            }
            let mut standing = lock(&self.standing);
            standing.on_its_way = None;
            standing.decided = last.unwrap_or(standing.decided);
        }
        Ok(())
    }

    pub(super) fn refuse(&mut self, line: &Line, reason: &Value) -> anyhow::Result<()> {
        self.rejects.add(line, reason)?;
        lock(&self.standing).refused += 1;
        Ok(())
    }

    /// Counts lines that are statements; others are refused.
    fn check(&mut self, lines: Vec<Line>) -> anyhow::Result<()> {
        for line in lines {
            match validator::check(&line.text, validator::Version::V1_0_3) {
                Ok(_) => {
                    let mut standing = lock(&self.standing);
                    standing.good = standing.good.map(|good| good + 1);
                }
                Err(report) => self.refuse(&line, &json!(report.to_string()))?,
            }
        }
        Ok(())
    }

    /// Sends lines; when they are refused, again without those that are at fault.
    async fn send(&mut self, lines: Vec<Line>) -> anyhow::Result<()> {
        // What is to be sent, the next at the end.
        let mut parts = vec![lines];
        while let Some(mut lines) = parts.pop() {
            if lines.is_empty() {
                continue;
            }
            if lines.len() > 1 && self.attached.weight(&lines) > attached::MOST {
                let rest = lines.split_off(lines.len() / 2);
                parts.extend([rest, lines]);
                continue;
            }
            match self.post_patiently(&lines).await? {
                Outcome::Kept(new) => self.count(&lines, new),
                // The server did not say which: by halves until one is left.
                Outcome::Refused { faulty, .. } if faulty.is_empty() && lines.len() > 1 => {
                    let rest = lines.split_off(lines.len() / 2);
                    parts.extend([rest, lines]);
                }
                Outcome::Refused { faulty, reason } => {
                    let mut kept = Vec::new();
                    for (index, line) in lines.into_iter().enumerate() {
                        if faulty.is_empty() || faulty.contains(&index) {
                            self.refuse(&line, &reason_for(&reason, index))?;
                        } else {
                            kept.push(line);
                        }
                    }
                    parts.push(kept);
                }
            }
        }
        Ok(())
    }

    fn count(&self, lines: &[Line], new: Option<u64>) {
        let mut standing = lock(&self.standing);
        let all = lines.len() as u64;
        match new {
            Some(new) => {
                standing.new += new;
                standing.known += all.saturating_sub(new);
            }
            None => standing.sent += all,
        }
        standing.nameless += lines.iter().filter(|line| !line.has_id).count() as u64;
    }

    /// Posts lines, again and again for a while where the server cannot work now: only where this
    /// keeps nothing twice, and where the server has answered before.
    async fn post_patiently(&self, lines: &[Line]) -> anyhow::Result<Outcome> {
        if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
            let mut standing = lock(&self.standing);
            standing.on_its_way = Some((first.number, last.number));
            standing.unit = first.unit;
        }
        let (media_type, body) = self.attached.body(lines)?;
        let body = bytes::Bytes::from(body);
        let begun = Instant::now();
        let is_repeatable = lines.iter().all(|line| line.has_id);
        loop {
            let error = match self.post(lines, (&media_type, body.clone())).await {
                Ok(outcome) => return Ok(outcome),
                Err(error) => error,
            };
            let pause = self.pause_after(&error, begun).filter(|_| is_repeatable);
            let Some(pause) = pause else { return Err(error.into()) };
            tokio::time::sleep(pause).await;
        }
    }

    /// How long to wait before what was first sent at `begun` is sent again; nothing where that would help nothing, or
    /// patience is at its end.
    pub(super) fn pause_after(&self, error: &ServerError, begun: Instant) -> Option<Duration> {
        let has_answered = lock(&self.standing).told() != Standing::default().told();
        let pause = match error {
            ServerError::Answer { status, retry_after, .. }
                if *status == StatusCode::SERVICE_UNAVAILABLE =>
            {
                Some(retry_after.unwrap_or(BETWEEN))
            }
            ServerError::Unreachable { .. } if has_answered => Some(BETWEEN),
            _ => None,
        };
        pause.filter(|pause| begun.elapsed() + *pause <= self.patience)
    }

    async fn post(
        &self,
        lines: &[Line],
        (media_type, body): (&str, bytes::Bytes),
    ) -> Result<Outcome, ServerError> {
        let request = self
            .client
            .request(Method::POST, "/xapi/statements")
            .header(CONTENT_TYPE, media_type)
            .header("X-Experience-API-Version", &self.version)
            .body(body);
        let request = match &self.source {
            Some(source) => request.header(ORIGIN, source),
            None => request,
        };
        failpoint::reach();
        let response = self.client.send(request).await?;
        failpoint::reach();
        let (status, new) = (response.status(), new_statements(response.headers()));
        let reason = match self.client.body_of(response).await {
            Ok(_) => return Ok(Outcome::Kept(new)),
            Err(error) if is_about_statements(status) => error,
            Err(error) => return Err(error),
        };
        let reason = reason.problem();
        let named = violations(&reason).chain([&reason]).filter_map(statement_of);
        let faulty = named.filter(|index| *index < lines.len()).collect();
        Ok(Outcome::Refused { faulty, reason })
    }
}

/// Whether a status is about what was sent; 413 may be about how much of it.
pub(super) fn is_about_statements(status: StatusCode) -> bool {
    let about = [StatusCode::BAD_REQUEST, StatusCode::CONFLICT, StatusCode::PAYLOAD_TOO_LARGE];
    about.contains(&status)
}

fn new_statements(headers: &HeaderMap) -> Option<u64> {
    headers.get(NEW_STATEMENTS)?.to_str().ok()?.parse().ok()
}

fn violations(problem: &Value) -> impl Iterator<Item = &Value> {
    problem.get("violations").and_then(Value::as_array).into_iter().flatten()
}

/// The index among the lines of the statement that a violation is about.
fn statement_of(violation: &Value) -> Option<usize> {
    usize::try_from(violation.get("statement")?.as_u64()?).ok()
}

/// The part of a problem document that is about one statement.
fn reason_for(problem: &Value, index: usize) -> Value {
    let own: Vec<&Value> =
        violations(problem).filter(|violation| statement_of(violation) == Some(index)).collect();
    if own.is_empty() { problem.get("detail").cloned().unwrap_or_default() } else { json!(own) }
}
