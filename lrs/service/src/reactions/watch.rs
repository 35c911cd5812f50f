//! Rules on patterns of statements: the log is read on from a cursor of each rule, and where a statement meets a step, the
//! learner's statements are asked for from the store. So nothing has to be remembered of half-fulfilled patterns, and a
//! statement that arrives late is looked at like any other.

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
use crate::progress::Actors;
use store::{Kept, Store, StoreError};
use xapi::erase::HOME_PAGE;
use xapi::instant::Instant;
use xapi::query::{Filter, Match};

/// The most statements of a page.
const PAGE: usize = 500;
/// The most statements of a learner that are looked at for a pattern of several: the latest.
const LOOKED_BACK: usize = 2_000;
/// The most bytes of statements of a learner that are looked at for a pattern: what is beyond is not looked at.
const LOOKED_BYTES: usize = 4 << 20;
/// The most statements that a dry run reads.
const DRY: usize = 500_000;

/// A page of the log, read once for all rules that are as far.
#[derive(Default)]
pub(super) struct LogReader {
    last: Option<(Instant, Arc<LogPart>)>,
}

/// Statements of the log that are not voided.
pub(super) struct LogPart {
    statements: Vec<Said>,
    /// The `stored` of the last statement that was read.
    through: Instant,
    more: bool,
}

impl LogReader {
    /// What follows an instant in the log.
    async fn after(
        &mut self,
        after: Instant,
        store: &dyn Store,
    ) -> Result<Arc<LogPart>, StoreError> {
        if let Some((_, known)) = self.last.as_ref().filter(|(at, _)| *at == after) {
            return Ok(Arc::clone(known));
        }
        let part = match store.log(after, PAGE).await {
            Ok(page) => {
                let through = page.statements.last().map_or(after, |it| it.statement.stored);
                let (kept, more) = (page.statements, page.more);
                let read = compute::aside(move || said(kept)).await;
                let stopped = |_| StoreError::Unavailable("the server is ending".into());
                LogPart { statements: read.map_err(stopped)?, through, more }
            }
            // What cannot be read meets no step.
            Err(StoreError::Unreadable { stored, .. }) => {
                LogPart { statements: Vec::new(), through: stored, more: true }
            }
            Err(error) => return Err(error),
        };
        let part = Arc::new(part);
        self.last = Some((after, Arc::clone(&part)));
        Ok(part)
    }
}

fn said(kept: Vec<Kept>) -> Vec<Said> {
    let read = |Kept { statement, voided }: Kept| {
        let value = serde_json::from_slice(&statement.body).ok().filter(|_| !voided)?;
        Some(Said::of(statement.id, statement.stored, value))
    };
    kept.into_iter().filter_map(read).collect()
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
        for said in &part.statements {
            if let Some(statement) = self.reaction_to(&watching, said, &mut done).await? {
                statements.push(statement);
            }
        }
        for some in statements.chunks(AT_ONCE) {
            self.write_and_count(name, some.to_vec(), state).await?;
        }
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
        let (mut reader, mut at) = (LogReader::default(), watching.from);
        let (mut done, mut read) = (HashSet::new(), 0);
        loop {
            let part = reader.after(at, &*self.store).await?;
            for said in &part.statements {
                if let Some(statement) = self.reaction_to(&watching, said, &mut done).await? {
                    let learner = watching.learner(said).map_or(said.actor.as_str(), |it| &it.id);
                    would.add(learner, || Some(statement));
                }
            }
            (at, read) = (part.through, read + part.statements.len());
            if !part.more {
                return Ok(());
            }
            if read >= DRY {
                would.through = Some(at);
                return Ok(());
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
        let id = watching.kept.id_of(reacted.key);
        if done.contains(reacted.key) || self.store.statement(id).await?.is_some() {
            return Ok(None);
        }
        // The latest statements of a learner are the same for every statement of a page: they are looked at once.
        if !watching.pattern.is_single() {
            done.insert(reacted.key.to_owned());
        }
        let history = if watching.pattern.is_single() {
            vec![said.clone()]
        } else {
            self.history(watching, said).await?
        };
        let Some(cause) = watching.pattern.fulfilled(history, watching.from) else {
            return Ok(None);
        };
        done.insert(reacted.key.to_owned());
        let reacted = Reacted { cause: Some(&cause), ..reacted };
        Ok(Some(self.statement(watching.name, watching.kept, &reacted)))
    }

    /// The latest statements of the actor of a statement, by every identifier of the learner.
    async fn history(&self, watching: &Watching<'_>, said: &Said) -> Result<Vec<Said>, StoreError> {
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
        let (mut history, mut room) = (vec![said.clone()], LOOKED_BYTES);
        for actor in &actors {
            for verb in &verbs {
                self.said_by((actor, *verb), watching.pattern, &mut history, &mut room).await?;
            }
        }
        Ok(history)
    }

    /// Adds the latest statements of an actor, with a verb or any.
    async fn said_by(
        &self,
        (actor, verb): (&str, Option<&str>),
        pattern: &Pattern,
        history: &mut Vec<Said>,
        room: &mut usize,
    ) -> Result<(), StoreError> {
        let mut filter = Filter {
            agent: Some(Match { text: actor.to_owned(), related: false }),
            verb: verb.map(str::to_owned),
            limit: PAGE,
            ..Filter::default()
        };
        for _ in 0..LOOKED_BACK / PAGE {
            let page = self.store.statements(&filter).await?;
            filter.beyond = page.statements.last().map(|it| it.stored);
            let (statements, of, pattern) = (page.statements, actor.to_owned(), pattern.clone());
            let mut left = *room;
            let read = compute::aside(move || {
                let mut read = Vec::new();
                for statement in statements {
                    left = left.saturating_sub(statement.body.len());
                    if left == 0 {
                        break;
                    }
                    let Ok(value) = serde_json::from_slice(&statement.body) else { continue };
                    let said = Said::of(statement.id, statement.stored, value);
                    // A statement is found by what it refers to as well.
                    if said.actor == of && pattern.bears_on(&said.value) {
                        read.push(said);
                    }
                }
                (read, left)
            });
            let stopped = |_| StoreError::Unavailable("the server is ending".into());
            let (read, left) = read.await.map_err(stopped)?;
            history.extend(read);
            *room = left;
            if !page.more || left == 0 {
                break;
            }
        }
        Ok(())
    }
}
