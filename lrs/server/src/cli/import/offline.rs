//! `traccia import --into`: statements into a new store, without a server, at the instants at which they were stored where
//! they come from. Several sources are merged in the order of `stored`. No two statements have one instant: of equal ones the
//! later gets the next microsecond. What a statement had stands in its origin.
//!
//! The order, and with it every instant, depends on the sources alone. So the same command goes on where it was cut off: what
//! is there already is compared, and nothing is kept twice.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Restored, Store, StoreError};
use uuid::Uuid;
use validator::Version;
use xapi::attachment::{Attachment, match_parts};
use xapi::authority::Authority;
use xapi::clock::Clock;
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::prepare::prepare;
use xapi::{same, signature};

use super::attached::Attached;
use super::rejects::Rejects;
use super::sorted::{Merged, Record, Sorter};
use super::source::{Batch, Fault, Line, Source, Unit};
use crate::app;
use crate::cli::exit::{self, Exit};
use crate::cli::out::{in_words, noted, said};
use crate::cli::pulse::Pulse;
use crate::clock::SystemClock;
use crate::failpoint;
use texts::Message;

/// Statements kept at once.
const AT_ONCE: usize = 1_000;
/// Bytes of statements, and of attachments, that are kept at once.
const BYTES: usize = 16 << 20;
/// A clock elsewhere may be this far ahead, in microseconds.
const AHEAD: i64 = 5 * 60 * 1_000_000;
/// What ids of statements without one are made under.
const NAMELESS: Uuid = Uuid::from_u128(0x7c1d_5f6b_0a4e_4f0e_9b1c_2f60_8a1d_9e35);

/// An import into a store.
pub(super) struct Offline {
    pub(super) into: String,
    /// The name of the source; that of each file where there is none.
    pub(super) source: Option<String>,
    pub(super) version: Version,
    pub(super) attached: Attached,
    pub(super) rejects: Rejects,
    pub(super) is_of_many: bool,
}

/// How many statements became what.
#[derive(Debug, Default)]
struct Counts {
    new: u64,
    known: u64,
    refused: u64,
}

impl Offline {
    pub(super) async fn run(mut self, files: &[PathBuf]) -> anyhow::Result<ExitCode> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = app::open(&self.into.parse()?, &clock).await?;
        if store.is_used().await? {
            return Err(exit::refused(in_words(&Message::new("cli-import-used"))));
        }
        store.ready_to_restore().await?;
        if !self.attached.is_empty() {
            noted(&Message::new("cli-import-unscanned"));
        }
        let pulse = Pulse::start();
        let sorted = self.sort(files, clock.now(), &pulse).await;
        let names = files.iter().map(|file| self.name_of(file)).collect();
        let done = match sorted {
            Ok(sorted) => self.keep(&*store, (files, names), sorted, &pulse).await,
            Err(error) => Err(error),
        };
        pulse.end();
        let rejects = self.rejects.finish()?.map(Path::to_owned);
        let Counts { new, known, refused } =
            done.with_context(|| in_words(&Message::new("cli-import-goes-on")))?;
        let counted = Message::new("cli-import-counted").with("new", new).with("known", known);
        said(&counted.with("refused", refused))?;
        if let Some(rejects) = &rejects {
            noted(&Message::new("cli-import-rejects").with("file", rejects.display()));
        }
        Ok(if rejects.is_some() { Exit::No } else { Exit::Done }.into())
    }

    /// Keeps what is not kept yet.
    async fn keep(
        &mut self,
        store: &dyn Store,
        (files, names): (&[PathBuf], Vec<String>),
        Sorted { merged, all, counts, units }: Sorted,
        pulse: &Pulse,
    ) -> anyhow::Result<Counts> {
        let begin = store.extent().await?;
        let last = store.log(begin.newest.previous(), 1).await?.statements.into_iter().next();
        let keeping = Keeping {
            last: last.map(|kept| (kept.statement.stored, kept.statement.id)),
            offline: self,
            store,
            sources: (files, names, units),
            counts,
            taken: 0,
            previous: Instant::default(),
            waiting: Vec::new(),
            bytes: 0,
        };
        let (mut counts, taken) = keeping.run(merged, all, pulse).await?;
        counts.new = store.extent().await?.statements.saturating_sub(begin.statements);
        counts.known += taken.saturating_sub(counts.new);
        Ok(counts)
    }

    /// What the source of a file is called.
    fn name_of(&self, file: &Path) -> String {
        let stem = || {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
            let name = name.unwrap_or_default();
            name.split('.').next().unwrap_or_default().to_owned()
        };
        let name = self.source.clone().unwrap_or_else(stem);
        name.chars().take(Origin::LONGEST_NAME / 4).collect()
    }

    /// All statements of the files, in order, and how many there are.
    async fn sort(
        &mut self,
        files: &[PathBuf],
        now: Instant,
        pulse: &Pulse,
    ) -> anyhow::Result<Sorted> {
        let (mut sorter, mut all, mut counts) = (Sorter::default(), 0, Counts::default());
        let mut units = Vec::new();
        for (source, file) in (0..).zip(files) {
            let Source { name, mut batches, total, read } = Source::open(file)?;
            if self.is_of_many {
                self.rejects.begin(&name);
            }
            let mut unit = Unit::default();
            while let Some(batch) = batches.recv().await {
                let Batch { lines, faults } = batch?;
                unit = lines.first().map_or(unit, |line| line.unit);
                for Fault { line, reason } in faults {
                    counts.refused += 1;
                    self.rejects.add(&line, &json!(reason))?;
                }
                for line in lines {
                    match stored(&line.text, now) {
                        Ok(stored) => {
                            all += 1;
                            let Line { number, text, .. } = line;
                            sorter.add(Record { stored, source, number, text })?;
                        }
                        Err(reason) => {
                            counts.refused += 1;
                            self.rejects.add(&line, &json!(reason))?;
                        }
                    }
                }
                let done = read.load(std::sync::atomic::Ordering::Relaxed);
                pulse.beat(done, total, || {
                    let reading = Message::new("cli-import-reading").with("name", &name);
                    in_words(&reading.with("count", all))
                });
            }
            units.push(unit);
        }
        Ok(Sorted { merged: sorter.end()?, all, counts, units })
    }
}

/// The statements of all sources.
struct Sorted {
    merged: Merged,
    /// How many there are.
    all: u64,
    /// Those that were refused while they were read.
    counts: Counts,
    /// What is counted, in each source.
    units: Vec<Unit>,
}

/// When a statement was stored, by what it says itself, in microseconds; by its timestamp where it does not.
fn stored(text: &[u8], now: Instant) -> Result<i64, String> {
    #[derive(Deserialize)]
    struct Times {
        stored: Option<String>,
        timestamp: Option<String>,
    }
    let unreadable = |error: serde_json::Error| format!("The statement cannot be read: {error}.");
    let Times { stored, timestamp } = serde_json::from_slice(text).map_err(unreadable)?;
    let said = stored.or(timestamp);
    let Some(said) = said else {
        return Err("The statement has neither `stored` nor `timestamp`.".to_owned());
    };
    let Some(at) = Instant::parse(&said) else {
        return Err(format!("`{said}` is no time at which a statement can have been stored."));
    };
    if at.micros() > now.micros().saturating_add(AHEAD) {
        return Err(format!("The statement was stored in the future, at {at}."));
    }
    if at <= Instant::default() {
        return Err(format!("The statement was stored before 1970, at {at}."));
    }
    Ok(at.micros())
}

/// A statement that is about to be kept.
struct Waiting {
    line: Line,
    source: u32,
    restored: Restored,
    attachments: Vec<Attachment>,
}

/// Keeping sorted statements.
struct Keeping<'a> {
    offline: &'a mut Offline,
    store: &'a dyn Store,
    /// Their files, their names, and what is counted in each.
    sources: (&'a [PathBuf], Vec<String>, Vec<Unit>),
    counts: Counts,
    /// How many statements the store has taken, those that were there under another instant as well.
    taken: u64,
    /// The last statement that an earlier run of this command has kept.
    last: Option<(Instant, Uuid)>,
    /// The instant that the statement before has.
    previous: Instant,
    waiting: Vec<Waiting>,
    bytes: usize,
}

impl Keeping<'_> {
    async fn run(
        mut self,
        mut merged: Merged,
        all: u64,
        pulse: &Pulse,
    ) -> anyhow::Result<(Counts, u64)> {
        let mut done = 0;
        while let Some(record) = merged.next()? {
            done += 1;
            let at = Instant::from_micros(record.stored).max(self.previous.next());
            self.previous = at;
            let (source, line) = (record.source, self.line_of(record));
            match self.made(&line, source, at) {
                Ok((restored, attachments)) => {
                    let waiting = Waiting { line, source, restored, attachments };
                    if self.last.is_some_and(|(last, _)| at <= last) {
                        self.compare(waiting).await?;
                    } else {
                        self.wait(waiting).await?;
                    }
                }
                Err(reason) => self.refuse(&line, source, &reason)?,
            }
            pulse.beat(done, all, || {
                in_words(&Message::new("cli-import-keeping").with("count", done))
            });
        }
        if let Some((at, id)) = self.last {
            return Err(others(at, id));
        }
        self.keep().await?;
        Ok((self.counts, self.taken))
    }

    /// A statement as it is to be kept at an instant, with the data of its attachments.
    fn made(
        &self,
        line: &Line,
        source: u32,
        at: Instant,
    ) -> Result<(Restored, Vec<Attachment>), Value> {
        let checked = validator::check(&line.text, self.offline.version)
            .map_err(|report| json!(report.to_string()))?;
        let value = checked.value();
        let parts = self.offline.attached.parts(line).map_err(|error| json!(error.to_string()))?;
        match_parts(&[value], &parts)
            .and_then(|()| signature::check(&[value], &parts))
            .map_err(|refusal| json!(refusal.to_string()))?;
        let name = of_source(&self.sources.1, source).map_or("", String::as_str);
        let origin = Origin::of(name, value);
        // Who vouched for a statement still does: the store takes the place of the one before.
        let authority = value.get("authority").cloned().map_or_else(
            || Authority::of_key("import", "http://traccia.invalid"),
            Authority::from_agent,
        );
        let id = Uuid::new_v5(&NAMELESS, &line.text);
        let statement = prepare(checked, &authority, id).stamp(at);
        Ok((Restored { statement, origin: Some(origin) }, parts))
    }

    /// Holds a statement against the one that an earlier run has kept.
    async fn compare(&mut self, waiting: Waiting) -> anyhow::Result<()> {
        let Waiting { line, source, restored, .. } = waiting;
        let own = restored.statement;
        let kept = self.store.statement(own.id).await?;
        let is_last = |(at, _): &mut (Instant, Uuid)| *at == own.stored;
        if let Some((at, id)) = self.last.take_if(is_last)
            && id != own.id
        {
            return Err(others(at, id));
        }
        let Some(kept) = kept else {
            let gone = "The store did not take it when this command ran before.";
            return self.refuse(&line, source, &json!(gone));
        };
        let differences = same::differences(&kept.statement.value()?, &own.value()?);
        if differences.is_empty() {
            self.counts.known += 1;
            return Ok(());
        }
        self.refuse(&line, source, &conflict(own.id, &differences))
    }

    async fn wait(&mut self, waiting: Waiting) -> anyhow::Result<()> {
        if let Some((at, id)) = self.last {
            return Err(others(at, id));
        }
        self.bytes += waiting.restored.statement.body.len();
        self.bytes += waiting.attachments.iter().map(|part| part.body.len()).sum::<usize>();
        self.waiting.push(waiting);
        if self.waiting.len() == AT_ONCE || self.bytes >= BYTES {
            self.keep().await
        } else {
            Ok(())
        }
    }

    /// Keeps what waits, without what the store does not take.
    async fn keep(&mut self) -> anyhow::Result<()> {
        self.bytes = 0;
        let mut parts = vec![std::mem::take(&mut self.waiting)];
        while let Some(mut part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            failpoint::reach();
            let statements = part.iter().map(|it| it.restored.clone()).collect();
            let attachments = part.iter().flat_map(|it| it.attachments.clone()).collect();
            match self.store.restore_from(statements, attachments).await {
                Ok(()) => {
                    failpoint::reach();
                    self.taken += part.len() as u64;
                }
                Err(StoreError::Conflict { id, differences }) => {
                    // The first of those with this id stays, where it is not kept already.
                    let at = part.iter().rposition(|it| it.restored.statement.id == id);
                    let Some(at) = at else {
                        return Err(StoreError::Conflict { id, differences }.into());
                    };
                    let Waiting { line, source, .. } = part.remove(at);
                    self.refuse(&line, source, &conflict(id, &differences))?;
                    parts.push(part);
                }
                Err(StoreError::Refused(refusal)) => {
                    if let [only] = part.as_slice() {
                        let (line, source) = (&only.line, only.source);
                        self.refuse(line, source, &json!(refusal.to_string()))?;
                    } else {
                        let rest = part.split_off(part.len() / 2);
                        parts.extend([rest, part]);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn line_of(&self, Record { source, number, text, .. }: Record) -> Line {
        let unit = of_source(&self.sources.2, source).copied().unwrap_or_default();
        Line { number, unit, text, has_id: true }
    }

    fn refuse(&mut self, line: &Line, source: u32, reason: &Value) -> anyhow::Result<()> {
        let file = of_source(self.sources.0, source);
        if let Some(file) = file.filter(|_| self.offline.is_of_many) {
            self.offline.rejects.begin(&file.display().to_string());
        }
        self.counts.refused += 1;
        self.offline.rejects.add(line, reason)
    }
}

/// What a list has of a source.
fn of_source<T>(all: &[T], source: u32) -> Option<&T> {
    all.get(usize::try_from(source).ok()?)
}

fn conflict(id: Uuid, differences: &[String]) -> Value {
    json!(format!(
        "A different statement has the id {id}. They differ at {}.",
        differences.join(", ")
    ))
}

fn others(at: Instant, id: Uuid) -> anyhow::Error {
    exit::refused(in_words(&Message::new("cli-import-others").with("id", id).with("at", at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instant_is_what_the_source_says_and_none_is_made_up() {
        let now = Instant::parse("2026-06-01T00:00:00Z").unwrap();
        let of = |text: &str| stored(text.as_bytes(), now);
        let at = Instant::parse("2020-01-02T03:04:05.678Z").unwrap().micros();
        assert_eq!(
            of(r#"{"stored":"2020-01-02T03:04:05.678Z","timestamp":"2019-01-01T00:00:00Z"}"#),
            Ok(at)
        );
        assert_eq!(of(r#"{"timestamp":"2020-01-02T04:04:05.678+01:00"}"#), Ok(at));
        for (text, said) in [
            ("{}", "neither"),
            (r#"{"stored":"soon"}"#, "`soon`"),
            (r#"{"stored":"2026-06-01T00:05:01Z"}"#, "future"),
            (r#"{"stored":"1969-01-01T00:00:00Z"}"#, "before 1970"),
            (r#"{"stored":7}"#, "cannot be read"),
        ] {
            let reason = of(text).unwrap_err();
            assert!(reason.contains(said), "{reason}");
        }
    }
}
