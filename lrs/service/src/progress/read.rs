//! Statements of the log as the follower needs them: read once for all courses.

use std::collections::{HashMap, HashSet};

use futures::future::try_join_all;
use uuid::Uuid;

use super::boards::stopped;
use crate::compute;
use crate::large::with_skimmed;
use course::{EVIDENCE, Evidence};
use store::{Kept, LogPage, Result, Store, StoreError, Within};
use validator::json::{Node, at};
use xapi::instant::Instant;
use xapi::prepare::{VOIDED, target};
use xapi::query::Filter;
use xapi::stored::Stored;

/// Voided statements fetched at once.
const FETCHED: usize = 4;
/// The texts of voided statements that are read for one page of the log, in bytes together: the page ends before the first
/// void that would go beyond them.
const READ_BACK: usize = 4 << 20;
/// A voided statement of more bytes is not read for all courses together where all of them have followed it: they know
/// whether it bears on them.
const LONG: usize = 32 << 10;
/// Courses remember statements of more bytes. Far fewer than [`LONG`]: a text may grow when a person in it is erased.
const REMEMBERED: usize = LONG / 8;

/// A statement of the log.
pub(super) struct Read {
    pub(super) stored: Instant,
    /// The statement's id, where it was voided when it was read.
    pub(super) voided: Option<Uuid>,
    /// The statement's id, where courses that it bears on are to remember it.
    pub(super) long: Option<Uuid>,
    /// What it says; nothing where it is voided, or cannot be read: it must not keep all others from counting.
    pub(super) evidence: Option<Evidence>,
    /// The statement that it voids.
    pub(super) target: Option<Uuid>,
    /// What became of that one.
    pub(super) lost: Lost,
}

/// What a voiding statement takes back.
pub(super) enum Lost {
    /// Nothing that counts.
    Nothing,
    /// What the voided statement had said.
    Said(Box<Evidence>),
    /// A long statement that all courses of the page have followed, each of which knows whether it bears on it: it was not
    /// read.
    Followed,
}

/// What the log gives after an instant.
pub(super) enum Chunk {
    /// Statements.
    Page(LogPage),
    /// One that cannot be read: the log goes on behind it.
    Unreadable(Box<Read>),
}

impl Chunk {
    /// A statement that cannot be read means nothing, which is logged: it must not keep all others
    /// from counting. Other errors pass, and are waited for.
    pub(super) fn of(page: Result<LogPage>) -> Result<Self> {
        match page {
            Ok(page) => Ok(Self::Page(page)),
            Err(StoreError::Unreadable { id, stored, reason }) => {
                tracing::error!(?id, %stored, reason, "a statement does not count");
                Ok(Self::Unreadable(Box::new(Read::nothing(stored))))
            }
            Err(error) => Err(error),
        }
    }
}

/// Some statements, and from where to go on.
pub(super) struct Readable {
    /// Those that can be read, in the order asked for.
    pub(super) statements: Vec<Stored>,
    /// [`Filter::beyond`] of the next page, where there may be one.
    pub(super) beyond: Option<Instant>,
    /// A statement that is passed over because it cannot be read; then there are no others.
    pub(super) unreadable: Option<Unreadable>,
}

/// A statement that cannot be read.
pub(super) struct Unreadable {
    pub(super) stored: Instant,
    /// Its id, where the damage leaves it known.
    pub(super) id: Option<Uuid>,
    /// The error, for the log.
    pub(super) error: String,
}

impl Readable {
    /// The next page of statements that match `filter`. Where it begins with one that cannot be read, the page is
    /// empty and goes on beyond that one: one broken statement must not keep all others from counting.
    pub(super) async fn next(store: &dyn Store, filter: &Filter) -> Result<Self> {
        match store.statements(filter).await {
            Ok(page) => {
                let last = page.statements.last().map(|statement| statement.stored);
                let beyond = last.filter(|_| page.more);
                Ok(Self { statements: page.statements, beyond, unreadable: None })
            }
            Err(error @ StoreError::Unreadable { id, stored, .. }) => {
                let unreadable = Some(Unreadable { stored, id, error: error.to_string() });
                Ok(Self { statements: Vec::new(), beyond: Some(stored), unreadable })
            }
            Err(error) => Err(error),
        }
    }
}

/// What `page` of the log means for progress, off the asynchronous threads: a page weighs megabytes. Fewer statements where
/// more would be read of those that they void than is good for one page. All courses that are to take the page have followed
/// every statement that was stored after `since` and comes before the page.
pub(super) async fn read(store: &dyn Store, page: Vec<Kept>, since: Instant) -> Result<Vec<Read>> {
    let parse = move || page.iter().map(Read::new).collect::<Vec<_>>();
    let mut page = compute::aside(parse).await.map_err(|_| stopped())?;
    let mut seen = HashSet::new();
    let targets = page.iter().filter_map(|read| read.target).filter(|id| seen.insert(*id));
    let mut lost = lost_with(store, &targets.collect::<Vec<_>>(), since).await?;
    let is_open = |read: &Read| read.target.is_some_and(|id| !lost.contains_key(&id));
    let end = page.iter().position(is_open).unwrap_or(page.len());
    page.truncate(end);
    for read in &mut page {
        let lost = read.target.and_then(|id| lost.insert(id, Lost::Nothing));
        read.lost = lost.unwrap_or(Lost::Nothing);
    }
    Ok(page)
}

/// What is lost with the first of these statements, of one at least.
async fn lost_with(store: &dyn Store, ids: &[Uuid], since: Instant) -> Result<HashMap<Uuid, Lost>> {
    let (mut lost, mut left, mut rest) = (HashMap::new(), READ_BACK, ids);
    while !rest.is_empty() && left > 0 {
        // However long the first one is, the log must be gone past it.
        let (count, most) = if lost.is_empty() { (1, usize::MAX) } else { (FETCHED, left) };
        let (some, later) = rest.split_at(count.min(rest.len()));
        let fetched = some.iter().map(|id| lost_with_one(store, *id, since, most));
        for (id, fetched) in some.iter().zip(try_join_all(fetched).await?) {
            let Some((bytes, what)) = fetched else { return Ok(lost) };
            left = left.saturating_sub(bytes);
            lost.insert(*id, what);
        }
        rest = later;
    }
    Ok(lost)
}

/// What is lost with a statement, and how many bytes were read for it; `None` where these would be more than `most`.
async fn lost_with_one(
    store: &dyn Store,
    id: Uuid,
    since: Instant,
    most: usize,
) -> Result<Option<(usize, Lost)>> {
    let (bytes, said) = match store.statement_within(id, LONG).await {
        Ok(Some(Within::Longer { stored, .. })) if stored > since => {
            return Ok(Some((0, Lost::Followed)));
        }
        Ok(Some(Within::Longer { bytes, .. })) if bytes > most => return Ok(None),
        Ok(Some(Within::Longer { .. })) => taken_back(store, id).await?,
        Ok(Some(Within::Whole(kept))) => said(Some(kept)).await?,
        Ok(None) | Err(StoreError::Unreadable { .. }) => (0, None),
        Err(error) => return Err(error),
    };
    Ok(Some((bytes, said.map_or(Lost::Nothing, |said| Lost::Said(Box::new(said))))))
}

/// What a statement had said, where it is voided and can be read, and how many bytes were read for it.
pub(super) async fn taken_back(store: &dyn Store, id: Uuid) -> Result<(usize, Option<Evidence>)> {
    match store.statement(id).await {
        Err(StoreError::Unreadable { .. }) => Ok((0, None)),
        kept => said(kept?).await,
    }
}

async fn said(kept: Option<Kept>) -> Result<(usize, Option<Evidence>)> {
    let Some(kept) = kept.filter(|kept| kept.voided) else { return Ok((0, None)) };
    let bytes = kept.statement.body.len();
    let said = move || evidence_of(&kept.statement);
    Ok((bytes, compute::aside(said).await.map_err(|_| stopped())?))
}

impl Read {
    /// A statement that cannot be read.
    pub(super) const fn nothing(stored: Instant) -> Self {
        let (voided, long, evidence, target) = (None, None, None, None);
        Self { stored, voided, long, evidence, target, lost: Lost::Nothing }
    }

    fn new(kept: &Kept) -> Self {
        let stored = kept.statement.stored;
        let read = with_skimmed(&kept.statement, &EVIDENCE, |value| Self::of(kept, value));
        readable(&kept.statement, read).unwrap_or_else(|| Self::nothing(stored))
    }

    fn of<N: Node>(kept: &Kept, value: &N) -> Self {
        let Stored { id, stored, .. } = kept.statement;
        let is_voiding = at(value, "verb/id").and_then(N::as_str) == Some(VOIDED);
        Self {
            stored,
            voided: kept.voided.then_some(id),
            long: (kept.statement.body.len() > REMEMBERED).then_some(id),
            evidence: if kept.voided { None } else { evidence(&kept.statement, value) },
            target: target(value).filter(|_| is_voiding),
            lost: Lost::Nothing,
        }
    }
}

/// What a statement says; nothing where it cannot be read, which is logged.
pub(super) fn evidence_of(statement: &Stored) -> Option<Evidence> {
    let read = with_skimmed(statement, &EVIDENCE, |value| evidence(statement, value));
    readable(statement, read).flatten()
}

/// What was read of a statement; nothing where it cannot be read, which is logged.
fn readable<T>(statement: &Stored, read: serde_json::Result<T>) -> Option<T> {
    read.inspect_err(|error| {
        tracing::error!(id = %statement.id, %error, "a statement that cannot be read does not count");
    }).ok()
}

fn evidence(statement: &Stored, value: &impl Node) -> Option<Evidence> {
    Evidence::read(value, &statement.id.to_string(), statement.stored.micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_cannot_be_read_is_gone_past_and_means_nothing() {
        let stored = Instant::from_micros(7);
        let reason = "its checksum is another one".to_owned();
        let broken = Err(StoreError::Unreadable { id: None, stored, reason });
        let Ok(Chunk::Unreadable(read)) = Chunk::of(broken) else { panic!("one, to go on from") };
        assert_eq!(read.stored, stored);
        assert!(read.evidence.is_none() && read.target.is_none());
        let away = Err(StoreError::Unavailable("away".into()));
        assert!(Chunk::of(away).is_err(), "what comes back is waited for");
    }
}
