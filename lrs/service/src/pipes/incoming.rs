//! Keeping what was pulled, as the statements of any player are kept: checked, under the authority of the pipe.

use std::collections::{HashMap, HashSet};
use std::iter::Peekable;

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;
use validator::Statement;
use validator::json::Size;

use super::filter::Passing;
use super::mapping::Mapped;
use super::push::version_of;
use super::run::{Halt, Run, halted};
use super::verdict::Verdict;
use super::wire::WireError;
use crate::compute;
use crate::large::with_value;
use crate::memory::{Exhausted, Memory, Reserved};
use crate::record::RecordError;
use crate::record::statements::prepare_all_from;
use crate::scan::{ScanError, ScannedFrom};
use store::{Batch, DeadLetter, StoreError};
use xapi::attachment::{Attachment, described};
use xapi::instant::Instant;
use xapi::prepare::{VOIDED, target};
use xapi::refusal::Refusal;
use xapi::same;
use xapi::stored::Stored;

/// A statement as the other store gives it: its text, and what pipes ask of it. It is no value, which takes many times the
/// bytes of the text.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    /// Its id there.
    pub(super) id: Option<Uuid>,
    /// A part of the answer, which holds the answer's memory.
    pub(super) text: Bytes,
    /// When it was stored there.
    pub(super) stored: Option<Instant>,
    pub(super) timestamp: Option<Instant>,
    /// Whether its timestamp is written in UTC.
    pub(super) is_in_utc: bool,
    /// The statement that it voids.
    pub(super) voids: Option<Uuid>,
    /// The bytes of memory that it takes while it is checked and kept, at most.
    pub(super) weight: usize,
}

impl Incoming {
    /// Looks at a statement, which is a value meanwhile: this belongs on a thread for long work.
    ///
    /// # Errors
    /// [`Exhausted`] where `values` has no room for that.
    pub(super) fn of(text: Bytes, values: &Memory) -> Result<Self, Exhausted> {
        let weight = weight(&text);
        let _held = values.reserve(weight)?;
        let value: Option<Value> = serde_json::from_slice(&text).ok();
        let member = |name: &str| value.as_ref()?.get(name)?.as_str();
        let instant = |name: &str| member(name).and_then(Instant::parse);
        let (stored, timestamp) = (instant("stored"), instant("timestamp"));
        let is_in_utc =
            member("timestamp").is_some_and(|it| it.ends_with('Z') || it.ends_with("+00:00"));
        let id = member("id").and_then(|id| Uuid::parse_str(id).ok());
        let voids = value.as_ref().and_then(voided_by);
        Ok(Self { id, text, stored, timestamp, is_in_utc, voids, weight })
    }

    /// A statement that there never is room to look at: [`Run::keep`] stops at it.
    pub(super) fn unread(text: Bytes) -> Self {
        let (id, stored, timestamp, voids, weight) = (None, None, None, None, weight(&text));
        Self { id, text, stored, timestamp, is_in_utc: false, voids, weight }
    }

    /// What its dead letter is known by: a statement without an id, which no store should give, by its text.
    fn place(&self) -> (Uuid, Instant) {
        let of_text = || Uuid::new_v5(&Uuid::NAMESPACE_OID, &self.text);
        (self.id.unwrap_or_else(of_text), self.stored.unwrap_or_default())
    }
}

/// What a statement takes while it is checked and kept: its value, the text that is checked with it, and the text that is kept.
fn weight(text: &[u8]) -> usize {
    let size = Size::of(text);
    size.weight().saturating_add(size.bytes.saturating_mul(2))
}

/// The statement that another one voids.
fn voided_by(value: &Value) -> Option<Uuid> {
    let verb = value.pointer("/verb/id").and_then(Value::as_str);
    target(value).filter(|_| verb == Some(VOIDED))
}

/// Statements longer than this, in bytes, are read off the asynchronous threads.
const LARGE: usize = 64 << 10;
/// Statements are kept together as long as they take no more memory than this, in bytes. One that takes more is kept alone.
const TOGETHER: usize = 32 << 20;

/// What became of statements that came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Received {
    /// How many were not known.
    pub(super) new: u64,
    /// How many are dead letters.
    pub(super) given_up: u64,
}

/// A checked statement on its way into the store.
struct Checked {
    place: (Uuid, Instant),
    text: Bytes,
    hashes: Vec<String>,
    /// What it says, until that is given to the store: then it is read from the text again where it must be.
    statement: Option<Statement>,
}

impl Run {
    /// Keeps those that travel and are not known. What is refused is a dead letter. The memory of what statements say is
    /// reserved before they are read, and of no more of them at a time than there is room for.
    ///
    /// # Errors
    /// [`Halt::Answer`] where there is no room for a statement now, and where there never will be. Those before it are kept.
    pub(super) async fn keep(
        &mut self,
        incoming: Vec<Incoming>,
        parts: Vec<Attachment>,
    ) -> Result<Received, Halt> {
        let (mut received, mut seen) = (Received::default(), HashSet::new());
        let mut waiting = incoming.into_iter().filter(|it| seen.insert(it.place().0)).peekable();
        while let Some((some, _held)) = together(&mut waiting, &self.works.values)? {
            let Received { new, given_up } = self.keep_some(some, &parts).await?;
            received.new += new;
            received.given_up += given_up;
        }
        Ok(received)
    }

    async fn keep_some(
        &self,
        incoming: Vec<Incoming>,
        parts: &[Attachment],
    ) -> Result<Received, Halt> {
        let (mut checked, mut letters) = (Vec::new(), Vec::new());
        for incoming in incoming {
            let place = incoming.place();
            match self.checked(incoming).await? {
                Looked::Passed => {}
                Looked::Good(it) => checked.push(it),
                Looked::Bad(status, why) => letters.push(self.letter(place, status, why)),
            }
        }
        let (checked, infected) = self.scanned(checked, parts).await?;
        letters.extend(infected);
        let mut received = Received { new: 0, given_up: letters.len() as u64 };
        if !letters.is_empty() {
            self.give_up(letters).await?;
        }
        let mut left = vec![checked];
        while let Some(mut slice) = left.pop() {
            if slice.is_empty() {
                continue;
            }
            match self.keep_slice(&mut slice, parts).await? {
                Ok(kept) => received.new += kept,
                Err(Fault { at, status, why }) => {
                    let at = at.or((slice.len() == 1).then_some(0));
                    let Some(at) = at.filter(|at| *at < slice.len()) else {
                        let other = slice.split_off(slice.len() / 2);
                        left.extend([other, slice]);
                        continue;
                    };
                    let bad = slice.remove(at);
                    let letter: DeadLetter = self.letter(bad.place, status, why);
                    self.give_up(vec![letter]).await?;
                    received.given_up += 1;
                    left.push(slice);
                }
            }
        }
        Ok(received)
    }

    /// Those whose attachments the scanner of this server takes for clean, and dead letters of the others.
    async fn scanned(
        &self,
        checked: Vec<Checked>,
        parts: &[Attachment],
    ) -> Result<(Vec<Checked>, Vec<DeadLetter>), Halt> {
        if !self.works.scanner.is_on() {
            return Ok((checked, Vec::new()));
        }
        let (sender, at) = (format!("pipe:{}", self.name), self.now().to_string());
        let from = ScannedFrom { sender, what: "attachment".to_owned(), at };
        let wanted: HashSet<&String> = checked.iter().flat_map(|it| &it.hashes).collect();
        let mut refused: HashMap<String, (u16, String)> = HashMap::new();
        for part in parts {
            let sha2 = part.sha2.to_ascii_lowercase();
            if !wanted.contains(&sha2) {
                continue;
            }
            let status = match self.works.scanner.bytes(&part.body, &from).await {
                Ok(()) => continue,
                Err(ScanError::Infected(name)) => (422, format!("the scanner has found {name}")),
                Err(error @ ScanError::TooLarge) => (413, error.to_string()),
                Err(error @ ScanError::Unavailable(_)) => {
                    return Err(Halt::Answer(Verdict::Later(None), 0, error.to_string()));
                }
            };
            refused.insert(sha2, status);
        }
        let (mut clean, mut letters) = (Vec::new(), Vec::new());
        for it in checked {
            match it.hashes.iter().find_map(|hash| refused.get(hash)) {
                None => clean.push(it),
                Some((status, why)) => letters.push(self.letter(it.place, *status, why.clone())),
            }
        }
        Ok((clean, letters))
    }

    async fn checked(&self, incoming: Incoming) -> Result<Looked, Halt> {
        let place = incoming.place();
        let Incoming { id, text, .. } = incoming;
        let travels = if text.len() > LARGE {
            let (passing, mapped) = (self.passing.clone(), self.mapped.clone());
            let read = move || travels(id, text, &passing, &mapped);
            compute::aside(read).await.map_err(stopped)?
        } else {
            travels(id, text, &self.passing, &self.mapped)
        };
        let text = match travels {
            Travels::As(text) => text,
            Travels::Not => return Ok(Looked::Passed),
            Travels::Bad(why) => return Ok(Looked::Bad(400, why.to_owned())),
        };
        if let Some(id) = id
            && let Some(kept) = self.works.store.statement(self.mapped.id(id)).await?
        {
            let places = differences(kept.statement, text).await?;
            let why = || {
                format!(
                    "another statement is kept here under its id; they differ at {}",
                    places.join(", ")
                )
            };
            return Ok(if places.is_empty() { Looked::Passed } else { Looked::Bad(409, why()) });
        }
        let read = text.clone();
        let statement = compute::by_length(text.len(), move || check(&read));
        Ok(match statement.await.map_err(stopped)? {
            Ok(statement) => {
                let hashes = described(statement.value()).map(|it| it.sha2.to_ascii_lowercase());
                let hashes = hashes.collect();
                Looked::Good(Checked { place, text, hashes, statement: Some(statement) })
            }
            Err(why) => Looked::Bad(400, why),
        })
    }

    /// Keeps statements all or none; the inner error is the fault of one of them.
    async fn keep_slice(
        &self,
        slice: &mut [Checked],
        parts: &[Attachment],
    ) -> Result<Result<u64, Fault>, Halt> {
        let wanted: HashSet<&str> =
            slice.iter().flat_map(|it| &it.hashes).map(String::as_str).collect();
        let is_wanted = |it: &&Attachment| wanted.contains(it.sha2.to_ascii_lowercase().as_str());
        let parts = parts.iter().filter(is_wanted).cloned().collect();
        let read = slice.iter_mut().map(|it| (it.text.clone(), it.statement.take())).collect();
        let (authority, source) = (self.authority(), self.name.clone());
        let prepare = move || -> Result<_, StoreError> {
            let statements = again(read)?;
            Ok(prepare_all_from(Some(&source), statements, parts, &authority))
        };
        let prepared = compute::aside(prepare).await.map_err(stopped)?;
        let batch: Batch = match prepared? {
            Ok(batch) => batch,
            Err(refusal) => return Ok(Err(Fault::of(&refusal))),
        };
        let ids: Vec<Uuid> = batch.statements.iter().map(|it| it.id).collect();
        let kept = self.works.record.keep(batch, None).await;
        (self.works.step)();
        match kept {
            Ok(kept) => Ok(Ok(kept.new as u64)),
            Err(RecordError::Refused(refusal)) => Ok(Err(Fault::of(&refusal))),
            Err(RecordError::Conflict { id, .. }) => {
                let at = ids.iter().position(|it| *it == id);
                let why = "another statement is kept here under its id".to_owned();
                Ok(Err(Fault { at, status: 409, why }))
            }
            Err(RecordError::Store(StoreError::Rejected(why))) => {
                Ok(Err(Fault { at: None, status: 400, why }))
            }
            Err(RecordError::Store(error)) => Err(error.into()),
        }
    }
}

/// The next statements that are kept together, and the memory that they take until they are; `None` where none is left.
///
/// # Errors
/// [`Halt::Answer`] where there is no room for the next one.
fn together(
    waiting: &mut Peekable<impl Iterator<Item = Incoming>>,
    values: &Memory,
) -> Result<Option<(Vec<Incoming>, Reserved)>, Halt> {
    let Some(first) = waiting.next() else { return Ok(None) };
    let mut held = values.reserve(first.weight).map_err(no_room)?;
    let mut some = vec![first];
    let mut fits = |next: &Incoming| {
        let all = held.bytes().saturating_add(next.weight);
        all <= TOGETHER && held.grow(next.weight).is_ok()
    };
    while let Some(next) = waiting.next_if(&mut fits) {
        some.push(next);
    }
    Ok(Some((some, held)))
}

/// What ends a step where there is no room for what a statement says: the page is asked for again once others have given back
/// what they hold. Where there never will be room, the pipe stops.
pub(super) fn no_room(exhausted: Exhausted) -> Halt {
    if exhausted.will_pass() {
        return halted(&WireError::Memory);
    }
    let Exhausted { asked, size } = exhausted;
    let why = format!(
        "a single statement is too much: it takes {asked} bytes of memory once it is read, and pipes have {size} (half of \
         limits.memory_bytes): set more, or have the pipe go on behind the statement (replay), and resume the pipe"
    );
    Halt::Answer(Verdict::Stop(why.clone()), 0, why)
}

fn stopped(_: compute::Stopped) -> StoreError {
    StoreError::Unavailable("checking was stopped".into())
}

/// How a statement travels.
enum Travels {
    /// With this text.
    As(Bytes),
    Not,
    /// It cannot be said how; why.
    Bad(&'static str),
}

fn travels(id: Option<Uuid>, text: Bytes, passing: &Passing, mapped: &Mapped) -> Travels {
    let Ok(mut value) = serde_json::from_slice::<Value>(&text) else {
        return Travels::Bad("it is no JSON");
    };
    if !passing.takes(&value) {
        return Travels::Not;
    }
    if mapped.is_full() {
        return Travels::As(text);
    }
    let Some(id) = id else {
        return Travels::Bad("it has no id, of which the id of a copy is made");
    };
    mapped.statement(id, &mut value);
    Travels::As(value.to_string().into())
}

/// The places at which a statement that is kept here differs from one that came.
async fn differences(kept: Stored, text: Bytes) -> Result<Vec<String>, StoreError> {
    let (id, longest) = (kept.id, kept.body.len().max(text.len()));
    let compare = move || {
        let value: Value = serde_json::from_slice(&text)?;
        with_value(&kept, |kept| same::differences(kept, &value))
    };
    let compared = compute::by_length(longest, compare).await.map_err(stopped)?;
    compared.map_err(|error| StoreError::Corrupt(format!("{id}: {error}")))
}

/// A statement by its text, or what is wrong with it.
fn check(text: &[u8]) -> Result<Statement, String> {
    let read = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    validator::check(text, version_of(read)).map_err(|report| report.to_string())
}

/// Statements that were checked: those that are there no more are read from their texts again.
fn again(read: Vec<(Bytes, Option<Statement>)>) -> Result<Vec<Statement>, StoreError> {
    let again = |(text, statement): (Bytes, Option<Statement>)| match statement {
        Some(statement) => Ok(statement),
        None => check(&text).map_err(StoreError::Corrupt),
    };
    read.into_iter().map(again).collect()
}

/// What was found of a statement.
enum Looked {
    /// It does not travel, or is there already.
    Passed,
    Good(Checked),
    /// It cannot be kept: the status that it would be refused with, and why.
    Bad(u16, String),
}

/// Why some statements were not kept.
struct Fault {
    /// The one at fault, where that is known.
    at: Option<usize>,
    status: u16,
    why: String,
}

impl Fault {
    fn of(refusal: &Refusal) -> Self {
        let why = format!("{}: {}", refusal.rule, refusal.detail);
        Self { at: refusal.statement, status: 400, why }
    }
}
