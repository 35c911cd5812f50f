//! Keeping what was pulled, as the statements of any player are kept: checked, under the authority of the pipe.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;
use validator::Statement;

use super::push::version_of;
use super::run::{Halt, Run};
use super::verdict::Verdict;
use crate::large::with_value;
use crate::record::RecordError;
use crate::record::statements::prepare_all_from;
use crate::scan::{ScanError, ScannedFrom};
use store::{Batch, DeadLetter, StoreError};
use xapi::attachment::{Attachment, described};
use xapi::instant::Instant;
use xapi::refusal::Refusal;
use xapi::same;

/// A statement as the other store gives it.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    /// Its id there.
    pub(super) id: Option<Uuid>,
    pub(super) text: String,
    /// What it says; nothing where the text is no JSON.
    pub(super) value: Option<Value>,
    /// When it was stored there.
    pub(super) stored: Option<Instant>,
    pub(super) timestamp: Option<Instant>,
}

impl Incoming {
    pub(super) fn of(text: &str) -> Self {
        let value: Option<Value> = serde_json::from_str(text).ok();
        let member = |name: &str| value.as_ref()?.get(name)?.as_str();
        let instant = |name: &str| member(name).and_then(Instant::parse);
        Self {
            id: member("id").and_then(|id| Uuid::parse_str(id).ok()),
            stored: instant("stored"),
            timestamp: instant("timestamp"),
            text: text.to_owned(),
            value,
        }
    }

    /// What its dead letter is known by: a statement without an id, which no store should give, by its text.
    fn place(&self) -> (Uuid, Instant) {
        let of_text = || Uuid::new_v5(&Uuid::NAMESPACE_OID, self.text.as_bytes());
        (self.id.unwrap_or_else(of_text), self.stored.unwrap_or_default())
    }
}

/// Statements longer than this, in bytes, are checked off the asynchronous threads.
const LARGE: usize = 64 << 10;

/// What became of statements that came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Received {
    /// How many were not known.
    pub(super) new: u64,
    /// How many are dead letters.
    pub(super) given_up: u64,
}

/// A checked statement on its way into the store.
#[derive(Clone)]
struct Checked {
    place: (Uuid, Instant),
    statement: Statement,
    hashes: Vec<String>,
}

impl Run {
    /// Keeps those that travel and are not known. What is refused is a dead letter.
    pub(super) async fn keep(
        &mut self,
        incoming: Vec<Incoming>,
        parts: Vec<Attachment>,
    ) -> Result<Received, Halt> {
        let (mut checked, mut letters, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for incoming in incoming {
            let place = incoming.place();
            if !seen.insert(place.0) {
                continue;
            }
            match self.checked(incoming).await? {
                Looked::Passed => {}
                Looked::Good(it) => checked.push(it),
                Looked::Bad(status, why) => letters.push(self.letter(place, status, why)),
            }
        }
        let (checked, infected) = self.scanned(checked, &parts).await?;
        letters.extend(infected);
        let mut received = Received { new: 0, given_up: letters.len() as u64 };
        if !letters.is_empty() {
            self.give_up(letters).await?;
        }
        let mut left = vec![checked];
        while let Some(slice) = left.pop() {
            if slice.is_empty() {
                continue;
            }
            match self.keep_slice(&slice, &parts).await? {
                Ok(kept) => received.new += kept,
                Err(Fault { at, status, why }) => {
                    let at = at.or((slice.len() == 1).then_some(0));
                    let Some(at) = at.filter(|at| *at < slice.len()) else {
                        let (one, other) = slice.split_at(slice.len() / 2);
                        left.extend([other.to_vec(), one.to_vec()]);
                        continue;
                    };
                    let mut rest = slice;
                    let bad = rest.remove(at);
                    let letter: DeadLetter = self.letter(bad.place, status, why);
                    self.give_up(vec![letter]).await?;
                    received.given_up += 1;
                    left.push(rest);
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
        let Some(mut value) = incoming.value else {
            return Ok(Looked::Bad(400, "it is no JSON".into()));
        };
        if !self.passing.takes(&value) {
            return Ok(Looked::Passed);
        }
        let stopped = |_| StoreError::Unavailable("checking was stopped".into());
        let mut text = incoming.text;
        if !self.mapped.is_full() {
            let Some(id) = incoming.id else {
                return Ok(Looked::Bad(
                    400,
                    "it has no id, of which the id of a copy is made".into(),
                ));
            };
            self.mapped.statement(id, &mut value);
            text = value.to_string();
        }
        if let Some(id) = incoming.id
            && let Some(kept) = self.works.store.statement(self.mapped.id(id)).await?
        {
            // The kept one may be large whatever comes.
            let compare =
                move || with_value(&kept.statement, |kept| same::differences(kept, &value));
            let places = crate::compute::aside(compare).await.map_err(stopped)?;
            let places = places.map_err(|error| StoreError::Corrupt(format!("{id}: {error}")))?;
            let why = || {
                format!(
                    "another statement is kept here under its id; they differ at {}",
                    places.join(", ")
                )
            };
            return Ok(if places.is_empty() { Looked::Passed } else { Looked::Bad(409, why()) });
        }
        let hashes = described(&value).map(|it| it.sha2.to_ascii_lowercase()).collect();
        let is_large = text.len() > LARGE;
        let check = move || validator::check(text.as_bytes(), version_of(&text));
        let statement =
            if is_large { crate::compute::aside(check).await.map_err(stopped)? } else { check() };
        Ok(match statement {
            Ok(statement) => Looked::Good(Checked { place, statement, hashes }),
            Err(report) => Looked::Bad(400, report.to_string()),
        })
    }

    /// Keeps statements all or none; the inner error is the fault of one of them.
    async fn keep_slice(
        &self,
        slice: &[Checked],
        parts: &[Attachment],
    ) -> Result<Result<u64, Fault>, Halt> {
        let wanted: HashSet<&str> =
            slice.iter().flat_map(|it| &it.hashes).map(String::as_str).collect();
        let is_wanted = |it: &&Attachment| wanted.contains(it.sha2.to_ascii_lowercase().as_str());
        let parts = parts.iter().filter(is_wanted).cloned().collect();
        let statements = slice.iter().map(|it| it.statement.clone()).collect();
        let (authority, source) = (self.authority(), self.name.clone());
        let prepare = move || prepare_all_from(Some(&source), statements, parts, &authority);
        let stopped = |_| StoreError::Unavailable("checking was stopped".into());
        let batch: Batch = match crate::compute::aside(prepare).await.map_err(stopped)? {
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
