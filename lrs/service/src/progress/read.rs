//! Statements of the log as the follower needs them: read once for all courses.

use std::collections::{HashMap, HashSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::boards::stopped;
use crate::compute;
use crate::large::with_skimmed;
use course::{EVIDENCE, Evidence};
use store::{Kept, LogPage, Result, Store, StoreError};
use validator::json::{Node, at};
use xapi::instant::Instant;
use xapi::prepare::{VOIDED, target};
use xapi::query::Filter;
use xapi::stored::Stored;

/// Voided statements fetched at once.
const FETCHED: usize = 4;

/// A statement of the log.
pub(super) struct Read {
    pub(super) stored: Instant,
    /// The statement's id, where it was voided when it was read.
    pub(super) voided: Option<Uuid>,
    /// What it says; nothing where it is voided, or cannot be read: it must not keep all others from counting.
    pub(super) evidence: Option<Evidence>,
    /// The statement that it voids.
    pub(super) target: Option<Uuid>,
    /// What that one had said, where it is voided.
    pub(super) taken_back: Option<Evidence>,
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

/// What `page` of the log means for progress, off the asynchronous threads: a page weighs megabytes.
pub(super) async fn read(store: &dyn Store, page: Vec<Kept>) -> Result<Vec<Read>> {
    let parse = move || page.iter().map(Read::new).collect::<Vec<_>>();
    let mut page = compute::aside(parse).await.map_err(|_| stopped())?;
    let targets: HashSet<Uuid> = page.iter().filter_map(|read| read.target).collect();
    let fetched = stream::iter(targets).map(|id| async move {
        let kept = match store.statement(id).await {
            Err(StoreError::Unreadable { .. }) => None,
            kept => kept?.filter(|kept| kept.voided),
        };
        let said = move || kept.and_then(|kept| evidence_of(&kept.statement));
        let said = compute::aside(said).await.map_err(|_| stopped())?;
        Ok::<_, StoreError>((id, said))
    });
    let mut said: HashMap<Uuid, Option<Evidence>> =
        fetched.buffer_unordered(FETCHED).try_collect().await?;
    for read in &mut page {
        read.taken_back = read.target.and_then(|id| said.remove(&id)).flatten();
    }
    Ok(page)
}

impl Read {
    /// A statement that cannot be read.
    pub(super) const fn nothing(stored: Instant) -> Self {
        Self { stored, voided: None, evidence: None, target: None, taken_back: None }
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
            evidence: if kept.voided { None } else { evidence(&kept.statement, value) },
            target: target(value).filter(|_| is_voiding),
            taken_back: None,
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
