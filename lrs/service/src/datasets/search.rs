//! Finding statements by columns, names and texts: a way through the log.

use std::collections::HashMap;
use std::sync::Arc;

use dataset::aggregate::Test;
use dataset::{Dataset, RowOf, taken};
use store::{Kept, LogPage, StoreError};
use validator::ifi;
use validator::json::{Node, Skimmed, at};
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::stored::Stored;

use super::pages::{LogPages, Logged, origins_of};
use super::tables::{DataTables, RowMaker, Snapshot, VOIDED, weight_of_row};
use super::{DatasetError, aside};
use crate::memory::{Memory, Reserved};

/// Statements that are read at once.
const AT_ONCE: usize = 1_000;
/// Found statements end with the one whose text makes them weigh this many bytes or more.
const FOUND_BYTES: usize = 16 << 20;
/// A page of rows ends with the row whose texts make the page weigh this many bytes or more.
const PAGE_BYTES: usize = 4 << 20;
/// What a row takes for each of its bytes until it is sent: as a row, as a tree of JSON, and as a text, which may write a
/// character as two.
const WRITTEN: usize = 4;

/// Which statements are looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What their rows of `statements` meet.
    pub test: Option<Test>,
    /// What stands in a name of theirs: of the actor, of the verb, of the object, whatever the case.
    pub text: Option<String>,
    /// Only those with this authority, by the text of its identifier.
    pub authority: Option<String>,
    /// Whether voided and voiding ones are among them.
    pub with_voided: bool,
}

/// Statements that were found, oldest first.
#[derive(Clone, Debug)]
pub struct Found {
    /// The statements, with their rows of `statements`.
    pub statements: Vec<(Stored, RowOf)>,
    /// Up to where the log was read.
    pub last: Instant,
    /// Whether the range goes on behind [`Self::last`].
    pub more: bool,
}

/// Where the rows of a table are gone on with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowPlace {
    /// The rows of statements stored up to here were looked at.
    pub after: Instant,
    /// So many rows of the next statement were looked at too; of a table that is replaced as a whole so many of all.
    pub row: usize,
}

/// Rows of a table that meet a condition.
#[derive(Debug)]
pub struct PageOfRows {
    /// The rows.
    pub rows: Vec<RowOf>,
    /// Where the next page begins, where there is one.
    pub next: Option<RowPlace>,
    /// How many rows meet the condition in all, of a table that is replaced as a whole.
    pub count: Option<usize>,
    /// What the rows take until they are sent; all rows of a table that is replaced as a whole.
    pub held: Reserved,
}

/// How much of the log one page may take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// A page has at most this many statements or rows.
    pub found: usize,
    /// A page ends after this many statements were read.
    pub read: usize,
}

impl Search {
    fn finds<N: Node>(&self, kept: &Kept, value: &N, row: &RowOf) -> bool {
        let is_voiding = || at(value, "verb/id").and_then(N::as_str) == Some(VOIDED);
        (self.with_voided || !(kept.voided || is_voiding()))
            && self.authority.as_deref().is_none_or(|own| has_authority(value, own))
            && self.test.as_ref().is_none_or(|test| test.is_met(row))
            && self.text.as_deref().is_none_or(|text| is_named(value, text))
    }
}

/// Whether a statement has this authority, by the text of its identifier.
pub(super) fn has_authority<N: Node>(statement: &N, authority: &str) -> bool {
    let own = statement.get("authority").and_then(ifi::of);
    own.is_some_and(|own| own.to_string() == authority)
}

/// Whether a text stands in a name of actor, verb or object.
fn is_named<N: Node>(value: &N, text: &str) -> bool {
    let text = text.to_lowercase();
    let has = |name: &N| name.as_str().is_some_and(|it| it.to_lowercase().contains(&text));
    let words = |path: &str| {
        let names = at(value, path);
        names.is_some_and(|names| names.entries().any(|(_, name)| has(name)))
    };
    ["actor/name", "actor/account/name", "actor/mbox", "object/name"]
        .iter()
        .any(|path| at(value, path).is_some_and(has))
        || words("verb/display")
        || words("object/definition/name")
}

impl DataTables {
    /// The first statements of a range `(after, through]` that are looked for.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find(
        &self,
        search: &Arc<Search>,
        (after, through): (Instant, Instant),
        pace: Pace,
    ) -> Result<Found, DatasetError> {
        let mut found = Found { statements: Vec::new(), last: after, more: after < through };
        let (mut read, mut bytes) = (0, 0);
        while found.more
            && found.statements.len() < pace.found
            && read < pace.read
            && bytes < FOUND_BYTES
        {
            let page = match self.store.log(found.last, AT_ONCE).await {
                Err(StoreError::Unreadable { stored, id, reason }) => {
                    tracing::error!(?id, %stored, reason, "a statement is not found");
                    (found.last, found.more) = (stored, stored < through);
                    continue;
                }
                other => other?,
            };
            read += page.statements.len();
            let left = pace.found - found.statements.len();
            let ends = page.statements.first().zip(page.statements.last());
            let ends = ends.map(|(first, last)| (first.statement.stored, last.statement.stored));
            let origins = origins_of(&*self.store, ends).await?;
            let (maker, search) = (self.maker.clone(), Arc::clone(search));
            let looked = aside(move || look((&maker, &search), (page, origins), through, left));
            let (some, last) = looked.await?;
            bytes += some.iter().map(|(stored, _)| stored.body.len()).sum::<usize>();
            found.statements.extend(some);
            (found.last, found.more) = (last, last < through);
        }
        Ok(found)
    }

    /// The rows of a table from a place on that meet `test`, of statements stored up to `through`. A table that is replaced as a
    /// whole is read anew for each page: its pages fit together as long as no course and no enrolment changes.
    ///
    /// # Errors
    /// Those of [`Self::snapshot`], whose rows are gathered in `memory`, and of the store.
    pub async fn page(
        &self,
        dataset: Dataset,
        test: Option<Arc<Test>>,
        (from, through): (RowPlace, Instant),
        pace: Pace,
        memory: &Memory,
    ) -> Result<PageOfRows, DatasetError> {
        if dataset.is_snapshot() {
            let snapshot = self.snapshot(dataset, memory).await?;
            let page = move || Ok(of_snapshot(snapshot, test.as_deref(), from.row, pace.found));
            return aside(page).await;
        }
        let held = memory.reserve(0)?;
        let mut page = PageOfRows { rows: Vec::new(), next: Some(from), count: None, held };
        let mut pages = LogPages::of(Arc::clone(&self.store), from.after, through);
        let (mut read, mut bytes) = (0, 0);
        while let Some(place) = page.next.filter(|place| place.after < through)
            && read < pace.read
            && bytes < PAGE_BYTES
        {
            let Some(statements) = pages.next().await? else {
                page.next = None;
                break;
            };
            read += statements.len();
            let (maker, test) = (self.maker.clone(), test.clone());
            let left = (pace.found - page.rows.len(), PAGE_BYTES - bytes);
            let (rows, next) = aside(move || {
                rows_of(&maker, dataset, &statements, (test.as_deref(), place, left))
            })
            .await?;
            let weight = rows.iter().map(weight_of_row).sum::<usize>();
            page.held.grow(weight.saturating_mul(WRITTEN))?;
            bytes += weight;
            page.rows.extend(rows);
            page.next = Some(next);
            if next.row > 0 || page.rows.len() == pace.found {
                break;
            }
        }
        page.next = page.next.filter(|place| place.after < through);
        Ok(page)
    }
}

fn of_snapshot(
    Snapshot { mut rows, held }: Snapshot,
    test: Option<&Test>,
    from: usize,
    most: usize,
) -> PageOfRows {
    rows.retain(|row| test.is_none_or(|test| test.is_met(row)));
    let count = rows.len();
    let row = from.saturating_add(most);
    let next = (row < count).then_some(RowPlace { after: Instant::default(), row });
    let rows = rows.into_iter().skip(from).take(most).collect();
    PageOfRows { rows, next, count: Some(count), held }
}

/// Rows of statements from a place on, up to a number of them or to the one with which they reach a number of bytes, and
/// where the next row is.
fn rows_of(
    maker: &RowMaker,
    dataset: Dataset,
    statements: &[Logged],
    (test, from, (most, most_bytes)): (Option<&Test>, RowPlace, (usize, usize)),
) -> Result<(Vec<RowOf>, RowPlace), DatasetError> {
    let (mut found, mut place, mut bytes) = (Vec::new(), from, 0);
    for logged in statements {
        let stored = &logged.stored;
        // Of the statement that a page was cut in, `after` is the instant before.
        let seen = if stored.stored.previous() == from.after { from.row } else { 0 };
        let rows =
            maker.wanted(stored, taken(&[dataset]), |value| maker.rows(dataset, logged, value))?;
        for (row, it) in rows.into_iter().flatten().enumerate().skip(seen) {
            if found.len() == most || bytes >= most_bytes {
                return Ok((found, RowPlace { after: stored.stored.previous(), row }));
            }
            if test.is_none_or(|test| test.is_met(&it)) {
                bytes += weight_of_row(&it);
                found.push(it);
            }
        }
        place = RowPlace { after: stored.stored, row: 0 };
    }
    Ok((found, place))
}

/// At most `left` statements of a page that are looked for, and up to where it was read.
fn look(
    (maker, search): (&RowMaker, &Search),
    (page, mut origins): (LogPage, HashMap<Instant, Origin>),
    through: Instant,
    left: usize,
) -> Result<(Vec<(Stored, RowOf)>, Instant), DatasetError> {
    let mut found = Vec::new();
    let more = page.more;
    let mut last = None;
    for kept in page.statements {
        if kept.statement.stored > through {
            return Ok((found, through));
        }
        last = Some(kept.statement.stored);
        let origin = origins.remove(&kept.statement.stored);
        let logged = Logged { stored: kept.statement.clone(), origin };
        let row = |value: &Skimmed<'_>| {
            let mut rows = maker.rows(Dataset::Statements, &logged, value);
            rows.pop().filter(|row| search.finds(&kept, value, row))
        };
        let shape = taken(&[Dataset::Statements]);
        if let Some(row) = maker.wanted(&kept.statement, shape, row)?.flatten() {
            found.push((kept.statement, row));
            if found.len() == left {
                return Ok((found, last.unwrap_or(through)));
            }
        }
    }
    let end = if more { last.unwrap_or(through) } else { through };
    Ok((found, end))
}
