//! Rules on patterns of statements: the log is read on from a cursor of each rule, and where a statement meets a step, the
//! learner's statements are asked for from the store. So nothing has to be remembered of half-fulfilled patterns, and a
//! statement that arrives late is looked at like any other.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use course::Learner;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::kept::{KeptRule, RuleState};
use super::pattern::{Pattern, Said};
use super::rule::Reacted;
use super::runner::{AT_ONCE, is_erased};
use super::{AUTHORITY, DryRun, ReactionError, Reactions};
use crate::compute;
use crate::memory::{Exhausted, Memory, Reserved};
use crate::progress::{Actors, ProgressError};
use store::{Kept, Store, StoreError};
use validator::json::Size;
use xapi::erase::HOME_PAGE;
use xapi::instant::Instant;
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

/// The most statements of a page.
const PAGE: usize = 500;
/// The most statements of a learner that are looked at for a pattern of several: the latest.
const LOOKED_BACK: usize = 2_000;
/// The most bytes of statements of a learner that are looked at for a pattern: what is beyond is not looked at.
const LOOKED_BYTES: usize = 4 << 20;
/// The most memory that a learner's statements take that are looked at together, in bytes, as [`HELD`] counts it once. One that
/// does not fit is not looked at.
const LOOKED_WEIGHT: usize = 64 << 20;
/// The memory of statements of a page that are read once for all rules, in bytes, counted in the same way. Any other statement is
/// read for each rule, while no other such one is.
const AT_HAND: usize = 16 << 20;
/// How often what a statement says is held at the most: as it is read, as a rule writes it, and as that is checked.
const HELD: usize = 3;
/// The most statements that a dry run reads.
const DRY: usize = 500_000;

/// A page of the log, read once for all rules that are as far.
pub(super) struct LogReader {
    memory: Memory,
    last: Option<(Instant, Arc<LogPart>)>,
}

/// Statements of the log that are not voided.
pub(super) struct LogPart {
    entries: Vec<Entry>,
    /// The memory of those that are read.
    _held: Option<Reserved>,
    /// The `stored` of the last statement that was read.
    through: Instant,
    more: bool,
}

/// A statement of a page.
enum Entry {
    Read(Said),
    /// It is read when a rule looks at it.
    Unread(Stored),
}

impl LogReader {
    /// A reader that takes what statements say from the budget `memory`.
    pub(super) fn new(memory: &Memory) -> Self {
        Self { memory: memory.clone(), last: None }
    }

    /// What follows an instant in the log.
    async fn after(
        &mut self,
        after: Instant,
        store: &dyn Store,
    ) -> Result<Arc<LogPart>, StoreError> {
        if let Some((_, known)) = self.last.as_ref().filter(|(at, _)| *at == after) {
            return Ok(Arc::clone(known));
        }
        // The page before is given back first, unless a rule is at it.
        self.last = None;
        let part = match store.log(after, PAGE).await {
            Ok(page) => {
                let through = page.statements.last().map_or(after, |it| it.statement.stored);
                let (kept, more, memory) = (page.statements, page.more, self.memory.clone());
                let read = compute::aside(move || entries(kept, &memory)).await;
                let (entries, held) = read.map_err(stopped)?;
                LogPart { entries, _held: held, through, more }
            }
            // What cannot be read meets no step.
            Err(StoreError::Unreadable { stored, .. }) => {
                LogPart { entries: Vec::new(), _held: None, through: stored, more: true }
            }
            Err(error) => return Err(error),
        };
        let part = Arc::new(part);
        self.last = Some((after, Arc::clone(&part)));
        Ok(part)
    }
}

fn stopped(_: compute::Stopped) -> StoreError {
    StoreError::Unavailable("the server is ending".into())
}

/// The entries of a page, of which those are read that fit into [`AT_HAND`], with the memory of these; none where that is not left.
fn entries(kept: Vec<Kept>, memory: &Memory) -> (Vec<Entry>, Option<Reserved>) {
    let mut room = AT_HAND;
    let fits = |Kept { statement, .. }: Kept| {
        let left = room.checked_sub(weight(&statement));
        room = left.unwrap_or(room);
        (statement, left.is_some())
    };
    let kept = kept.into_iter().filter(|it| !it.voided).map(fits).collect::<Vec<_>>();
    let held = memory.reserve((AT_HAND - room).saturating_mul(HELD)).ok();
    let entry = |(statement, fits): (Stored, bool)| {
        if fits && held.is_some() {
            return said(&statement).map(Entry::Read);
        }
        Some(Entry::Unread(statement))
    };
    let entries = kept.into_iter().filter_map(entry).collect();
    (entries, held)
}

/// The bytes of memory that a statement takes once it is read, at most.
fn weight(statement: &Stored) -> usize {
    Size::of(&statement.body).weight()
}

/// What cannot be read meets no step.
fn said(statement: &Stored) -> Option<Said> {
    Some(Said::of(statement.id, statement.stored, statement.value().ok()?))
}

/// Why a rule has to wait for what others hold.
fn short(exhausted: Exhausted) -> ReactionError {
    ProgressError::from(exhausted).into()
}

/// A learner's statements, and how much more of them may be looked at.
struct History {
    said: Vec<Said>,
    held: Vec<Reserved>,
    bytes: usize,
    weight: usize,
}

/// The day of an instant in a time zone.
pub(super) fn day_of(instant: Instant, zone: &TimeZone) -> Date {
    let timestamp = jiff::Timestamp::from_microsecond(instant.micros()).unwrap_or_default();
    zone.to_datetime(timestamp).date()
}

/// When a day begins in a time zone.
fn beginning(day: Date, zone: &TimeZone) -> Instant {
    let begins = day.to_zoned(zone.clone()).map(|it| it.timestamp().as_microsecond());
    Instant::from_micros(begins.unwrap_or_default())
}

/// What a rule on statements looks at.
struct Watching<'a> {
    name: &'a str,
    kept: &'a KeptRule,
    pattern: &'a Pattern,
    /// Who counts; every actor where missing.
    actors: Option<Actors>,
    from: Instant,
}

impl Watching<'_> {
    /// The learner of the course whom an actor is.
    fn learner(&self, said: &Said) -> Option<&Learner> {
        self.actors.as_ref()?.learner_of(&said.actor)
    }

    /// Of whom a statement is; `None` where it does not bear on the rule.
    fn reacted<'s>(&'s self, said: &'s Said) -> Option<Reacted<'s>> {
        let author = said.value.pointer("/authority/account/name").and_then(Value::as_str);
        let is_own = author.and_then(|it| it.strip_prefix(AUTHORITY)) == Some(self.name);
        let home = said.value.pointer("/actor/account/homePage").and_then(Value::as_str);
        if said.actor.is_empty() || is_own || home == Some(HOME_PAGE) {
            return None;
        }
        let reacted = match &self.actors {
            None => Reacted::actor(said),
            Some(actors) => {
                let learner = self.learner(said).filter(|it| !is_erased(it))?;
                Reacted::learner(actors.course(), learner, Some(said))?
            }
        };
        self.pattern.bears_on(&said.value).then_some(reacted)
    }
}

impl Reactions {
    /// Reads the log on for a rule and writes what it has to write; gives whether there is more to read.
    pub(super) async fn watched(
        &self,
        name: &str,
        (kept, pattern): (&KeptRule, &Pattern),
        state: &mut RuleState,
        reader: &mut LogReader,
    ) -> Result<bool, ReactionError> {
        let watching = self.watching(name, kept, pattern).await?;
        let cursor = state.read.map_or(watching.from, Instant::from_micros);
        let part = reader.after(cursor, &*self.store).await?;
        let mut done = HashSet::new();
        let mut statements = Vec::new();
        for entry in &part.entries {
            let Some((said, held)) = self.said_in(entry).await? else { continue };
            let Some(statement) = self.reaction_to(&watching, &said, &mut done).await? else {
                continue;
            };
            statements.push(statement);
            // What may be large is written before the next one is read.
            if held.is_some() || statements.len() == AT_ONCE {
                self.write_and_count(name, std::mem::take(&mut statements), state).await?;
            }
        }
        self.write_and_count(name, statements, state).await?;
        state.read = Some(part.through.micros());
        Ok(part.more)
    }

    /// What a rule on statements would write now.
    pub(super) async fn dry_watch(
        &self,
        name: &str,
        kept: &KeptRule,
        would: &mut DryRun,
    ) -> Result<(), ReactionError> {
        let Some(pattern) = kept.rule.when.pattern() else { return Err(ReactionError::NoCourse) };
        let watching = self.watching(name, kept, pattern).await?;
        let (mut reader, mut at) = (LogReader::new(&self.memory), watching.from);
        let (mut done, mut read) = (HashSet::new(), 0);
        loop {
            let part = reader.after(at, &*self.store).await?;
            for entry in &part.entries {
                let Some((said, _held)) = self.said_in(entry).await? else { continue };
                if let Some(statement) = self.reaction_to(&watching, &said, &mut done).await? {
                    let learner = watching.learner(&said).map_or(said.actor.as_str(), |it| &it.id);
                    would.add(learner, || Some(statement));
                }
            }
            (at, read) = (part.through, read + part.entries.len());
            if !part.more {
                return Ok(());
            }
            if read >= DRY {
                would.through = Some(at);
                return Ok(());
            }
        }
    }

    /// What an entry says, with the memory that this takes where it was not read yet. `None` of what cannot be read, or would
    /// take more memory than there is.
    ///
    /// # Errors
    /// [`ProgressError::Exhausted`] where others hold what is needed: the rule looks at the entry again later.
    async fn said_in<'p>(
        &self,
        entry: &'p Entry,
    ) -> Result<Option<(Cow<'p, Said>, Option<Reserved>)>, ReactionError> {
        let statement = match entry {
            Entry::Read(said) => return Ok(Some((Cow::Borrowed(said), None))),
            Entry::Unread(statement) => statement.clone(),
        };
        let (id, memory) = (statement.id, self.memory.clone());
        let read = compute::aside(move || -> Result<_, Exhausted> {
            let held = memory.reserve(weight(&statement).saturating_mul(HELD))?;
            Ok(said(&statement).map(|said| (Cow::Owned(said), Some(held))))
        });
        match read.await.map_err(stopped)? {
            Ok(read) => Ok(read),
            Err(exhausted) if exhausted.will_pass() => Err(short(exhausted)),
            Err(exhausted) => {
                tracing::warn!(%id, %exhausted, "no reaction looks at a statement");
                Ok(None)
            }
        }
    }

    async fn watching<'a>(
        &self,
        name: &'a str,
        kept: &'a KeptRule,
        pattern: &'a Pattern,
    ) -> Result<Watching<'a>, ReactionError> {
        let actors = match &kept.rule.course {
            Some(course) => Some(self.courses.actors(course).await?),
            None => None,
        };
        let zone = actors.as_ref().map_or(TimeZone::UTC, |it| it.course().zone().clone());
        let from = beginning(kept.from, &zone);
        Ok(Watching { name, kept, pattern, actors, from })
    }

    /// The statement that follows from a statement of the log; `None` where none does, or it is written already, or is
    /// among `done`.
    async fn reaction_to(
        &self,
        watching: &Watching<'_>,
        said: &Said,
        done: &mut HashSet<String>,
    ) -> Result<Option<Value>, ReactionError> {
        let Some(reacted) = watching.reacted(said) else { return Ok(None) };
        if done.contains(reacted.key) {
            return Ok(None);
        }
        let Some(id) = self.free_id(watching.kept, reacted.key).await? else { return Ok(None) };
        // The latest statements of a learner are the same for every statement of a page: they are looked at once.
        if !watching.pattern.is_single() {
            done.insert(reacted.key.to_owned());
        }
        let history = if watching.pattern.is_single() {
            None
        } else {
            Some(self.history(watching, said).await?)
        };
        let before = history.iter().flat_map(|it| &it.said);
        let all = before.chain([said]).collect();
        let Some(cause) = watching.pattern.fulfilled(all, watching.from) else {
            return Ok(None);
        };
        done.insert(reacted.key.to_owned());
        let reacted = Reacted { cause: Some(cause), ..reacted };
        Ok(Some(self.statement(watching.name, (watching.kept, id), &reacted)))
    }

    /// The latest statements of the actor of a statement, by every identifier of the learner.
    async fn history(
        &self,
        watching: &Watching<'_>,
        said: &Said,
    ) -> Result<History, ReactionError> {
        let learner = watching.learner(said);
        let identifiers = learner.map(|it| it.identifiers.as_slice()).unwrap_or_default();
        let all = identifiers.iter().map(ToString::to_string);
        let hashed = identifiers.iter().filter_map(course::Identifier::hashed);
        let hashed = hashed.map(|it| it.to_string());
        let mut actors: HashSet<String> = all.chain(hashed).collect();
        actors.insert(said.actor.clone());
        let verbs = watching.pattern.verbs();
        let verbs: Vec<Option<&str>> =
            if verbs.is_empty() { vec![None] } else { verbs.into_iter().map(Some).collect() };
        let (said, held) = (Vec::new(), Vec::new());
        let mut history = History { said, held, bytes: LOOKED_BYTES, weight: LOOKED_WEIGHT };
        for actor in &actors {
            for verb in &verbs {
                history = self.said_by((actor, *verb), watching.pattern, history).await?;
            }
        }
        Ok(history)
    }

    /// Adds the latest statements of an actor, with a verb or any.
    async fn said_by(
        &self,
        (actor, verb): (&str, Option<&str>),
        pattern: &Pattern,
        mut history: History,
    ) -> Result<History, ReactionError> {
        let mut filter = Filter {
            agent: Some(Match { text: actor.to_owned(), related: false }),
            verb: verb.map(str::to_owned),
            limit: PAGE,
            ..Filter::default()
        };
        for _ in 0..LOOKED_BACK / PAGE {
            let page = self.store.statements(&filter).await?;
            filter.beyond = page.statements.last().map(|it| it.stored);
            let (of, pattern, memory) = (actor.to_owned(), pattern.clone(), self.memory.clone());
            let read = compute::aside(move || {
                history.read(page.statements, (&of, &pattern), &memory)?;
                Ok(history)
            });
            history = read.await.map_err(stopped)?.map_err(short)?;
            if !page.more || history.bytes == 0 {
                break;
            }
        }
        Ok(history)
    }
}

impl History {
    /// Adds those of `statements` that an actor has said and that bear on a pattern, as far as there is room.
    ///
    /// # Errors
    /// [`Exhausted`] where others hold the memory for them.
    fn read(
        &mut self,
        statements: Vec<Stored>,
        (actor, pattern): (&str, &Pattern),
        memory: &Memory,
    ) -> Result<(), Exhausted> {
        for statement in statements {
            self.bytes = self.bytes.saturating_sub(statement.body.len());
            if self.bytes == 0 {
                break;
            }
            let Some(left) = self.weight.checked_sub(weight(&statement)) else { continue };
            let held = match memory.reserve(self.weight - left) {
                Ok(held) => held,
                Err(exhausted) if exhausted.will_pass() => return Err(exhausted),
                Err(_) => continue,
            };
            let Some(said) = said(&statement) else { continue };
            // A statement is found by what it refers to as well.
            if said.actor == actor && pattern.bears_on(&said.value) {
                self.said.push(said);
                self.held.push(held);
                self.weight = left;
            }
        }
        Ok(())
    }
}
