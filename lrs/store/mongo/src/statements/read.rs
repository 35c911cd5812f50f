//! Reading statements: only those that the head shows.

use std::collections::HashSet;

use futures::future::join_all;
use mongodb::bson::{Document, doc};
use uuid::Uuid;

use super::filter::{bounds, conditions, is_met, shown};
use super::references::References;
use super::row;
use super::rows::{Rows, any_of};
use crate::blob::{Blobs, INLINE};
use crate::call::{all, all_until};
use crate::field;
use crate::head::Head;
use crate::version_log::VersionLog;
use store::{Extent, Kept, LOG_BYTES, LogPage, PAGE_BYTES, Page, Result, StoreError, Within};
use xapi::instant::Instant;
use xapi::query::Filter;

/// Statements read beyond a page, so that a few voided ones do not cost another call.
const SPARE: usize = 8;
/// Statements of which one call asks at most whether they are voided, where voided ones follow each other.
const MOST_MARKS: usize = 1_000;

/// Reads statements, and the log.
#[derive(Clone)]
pub(crate) struct Reader {
    versions: VersionLog,
    rows: Rows,
    references: References,
    blobs: Blobs,
}

impl Reader {
    pub(super) const fn new(
        versions: VersionLog,
        rows: Rows,
        references: References,
        blobs: Blobs,
    ) -> Self {
        Self { versions, rows, references, blobs }
    }

    /// See [`store::StatementStore::statement`].
    pub(crate) async fn one(&self, id: Uuid) -> Result<Option<Kept>> {
        let (head, found) = self.found(id).await?;
        let Some(found) = found else { return Ok(None) };
        self.kept(&head, &[found]).await?.pop().transpose()
    }

    /// See [`store::StatementStore::statement_within`]. A text that is no file comes with its document.
    pub(crate) async fn within(&self, id: Uuid, most: usize) -> Result<Option<Within>> {
        let (head, found) = self.found(id).await?;
        let Some(found) = found else { return Ok(None) };
        let stored = field::instant(&found, "stored")?;
        let found = [found];
        if let Some(bytes) = self.blobs.lengths(&found).await?.pop().filter(|it| *it > most) {
            return Ok(Some(Within::Longer { bytes, stored }));
        }
        Ok(self.kept(&head, &found).await?.pop().transpose()?.map(Within::Whole))
    }

    /// The head, and the document of this id where the head shows it.
    async fn found(&self, id: Uuid) -> Result<(Head, Option<Document>)> {
        let head = self.versions.head().await?;
        let found = self.rows.with_id(id).await?.filter(|found| !row::is_removed(found));
        let Some(found) = found else { return Ok((head, None)) };
        let is_shown = head.shows(field::instant(&found, "stored")?);
        Ok((head, is_shown.then_some(found)))
    }

    /// See [`store::StatementStore::statements`].
    pub(crate) async fn page(&self, filter: &Filter) -> Result<Page> {
        let head = self.versions.head().await?;
        let mut wanted = Wanted::of(&head, filter);
        let (mut page, mut bytes) = (Page::default(), 0);
        let mut is_first = true;
        loop {
            wanted.most = (filter.limit - page.statements.len()).saturating_add(1 + SPARE);
            // Many voided ones may follow: these are passed over by their marks, however long their texts are.
            let found = if std::mem::take(&mut is_first) {
                self.with_texts(&wanted, wanted.conditions(), wanted.most, PAGE_BYTES).await?
            } else {
                self.past_voided(&mut wanted, PAGE_BYTES - bytes).await?
            };
            let statements = found.documents.iter().map(|it| self.rows.statement(it));
            for (document, statement) in found.documents.iter().zip(join_all(statements).await) {
                let statement = match statement {
                    Err(StoreError::Unreadable { .. }) if !page.statements.is_empty() => {
                        page.more = true;
                        return Ok(page);
                    }
                    statement => statement?,
                };
                if !is_met(filter, document, &statement).await? {
                    continue;
                }
                if page.statements.len() == filter.limit {
                    page.more = true;
                    return Ok(page);
                }
                bytes += statement.body.len();
                page.statements.push(statement);
            }
            if found.is_heavy && !page.statements.is_empty() {
                page.more = true;
                return Ok(page);
            }
            let Some(reached) = found.reached else { return Ok(page) };
            wanted.go_on(reached);
        }
    }

    /// The next statements that are not voided, of at most `most` with the voided ones, and until their texts weigh `bytes`.
    async fn with_texts(
        &self,
        wanted: &Wanted<'_>,
        conditions: Vec<Document>,
        most: usize,
        bytes: usize,
    ) -> Result<Found> {
        let mut read = 0;
        let find = self.rows.find(conditions, wanted.ascending, most);
        let found = all_until(find, |document| {
            read += document.get_str("body").map_or(INLINE, str::len);
            read >= PAGE_BYTES
        });
        let mut documents = found.await?;
        let is_all = documents.len() < most && read < PAGE_BYTES;
        let mut reached = stored_of_last(&documents)?.filter(|_| !is_all);
        self.leave_voided(wanted.head, &mut documents).await?;
        let is_heavy = self.cut(&mut documents, bytes).await?;
        if is_heavy {
            reached = stored_of_last(&documents)?;
        }
        Ok(Found { documents, reached, is_heavy })
    }

    /// As [`Self::with_texts`], where voided statements follow first: no text of these is read.
    async fn past_voided(&self, wanted: &mut Wanted<'_>, bytes: usize) -> Result<Found> {
        let mut size = wanted.most;
        loop {
            let marks = self.rows.find(wanted.conditions(), wanted.ascending, size);
            let at_once = u32::try_from(size).unwrap_or(u32::MAX);
            let mut marks = all(marks.projection(row::mark()).batch_size(at_once)).await?;
            let is_all = marks.len() < size;
            let mut reached = stored_of_last(&marks)?.filter(|_| !is_all);
            self.leave_voided(wanted.head, &mut marks).await?;
            if marks.len() > wanted.most {
                marks.truncate(wanted.most);
                reached = stored_of_last(&marks)?;
            }
            if marks.is_empty() {
                let Some(reached) = reached else { return Ok(Found::default()) };
                wanted.go_on(reached);
                size = size.max((size * 2).min(MOST_MARKS));
                continue;
            }
            let ids =
                marks.iter().map(|mark| field::uuid(mark, "_id")).collect::<Result<Vec<_>>>()?;
            let mut conditions = wanted.conditions();
            conditions.push(doc! {"_id": any_of(&ids)});
            let found = self.with_texts(wanted, conditions, ids.len() + 1, bytes).await?;
            return Ok(Found { reached: found.reached.or(reached), ..found });
        }
    }

    /// See [`store::StatementLog::log`].
    pub(crate) async fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        let head = self.versions.head().await?;
        let shown = shown(&head, after, Instant::from_micros(i64::MAX));
        let mut bytes = 0;
        let found = all_until(self.rows.find(shown, true, limit), |document| {
            // A body in a file is taken for as long as a page may be.
            bytes += document.get_str("body").map_or(LOG_BYTES, str::len);
            bytes >= LOG_BYTES
        });
        let found = found.await?;
        let more = bytes >= LOG_BYTES || found.len() == limit;
        LogPage::of(self.kept(&head, &found).await?, more)
    }

    /// See [`store::TransferStore::extent`].
    pub(crate) async fn extent(&self) -> Result<Extent> {
        let head = self.versions.head().await?;
        let shown = shown(&head, Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
        let statements = self.rows.estimated_count().await?;
        let newest = all(self.rows.find(shown, false, 1)).await?;
        let newest = newest.first().map(|newest| field::instant(newest, "stored")).transpose()?;
        // The epoch where there is none: see `Extent`.
        Ok(Extent { statements, newest: newest.unwrap_or(Instant::from_micros(0)) })
    }

    /// Leaves out the documents after the one with which the bodies reach `most` bytes, those in files included. False
    /// where all bodies together are shorter.
    async fn cut(&self, found: &mut Vec<Document>, most: usize) -> Result<bool> {
        let mut bytes = 0;
        let lengths = self.blobs.lengths(found).await?;
        let end = lengths.iter().position(|length| {
            bytes += length;
            bytes >= most
        });
        found.truncate(end.map_or(usize::MAX, |end| end + 1));
        Ok(end.is_some())
    }

    /// Leaves out the documents of voided statements.
    async fn leave_voided(&self, head: &Head, found: &mut Vec<Document>) -> Result<()> {
        let voided = self.voided(head, found).await?;
        // One without an id stays: reading it fails.
        found.retain(|it| !field::uuid(it, "_id").is_ok_and(|id| voided.contains(&id)));
        Ok(())
    }

    /// The ids of those of these documents' statements that are voided.
    async fn voided(&self, head: &Head, found: &[Document]) -> Result<HashSet<Uuid>> {
        let ids = found.iter().filter(|document| !row::is_voiding(document));
        let ids = ids.map(|document| field::uuid(document, "_id")).collect::<Result<Vec<_>>>()?;
        self.references.voided(head, &ids).await
    }

    /// The statements of documents, in their order, and whether each is voided; an error in the place of
    /// one that cannot be read.
    async fn kept(&self, head: &Head, found: &[Document]) -> Result<Vec<Result<Kept>>> {
        let voided = self.voided(head, found).await?;
        let kept = found.iter().map(async |document| {
            let statement = self.rows.statement(document).await?;
            let voided = voided.contains(&statement.id);
            Ok(Kept { statement, voided })
        });
        Ok(join_all(kept).await)
    }
}

fn stored_of_last(documents: &[Document]) -> Result<Option<Instant>> {
    documents.last().map(|last| field::instant(last, "stored")).transpose()
}

/// Which statements a page still wants.
struct Wanted<'a> {
    head: &'a Head,
    /// What a filter says beside times.
    of_filter: Vec<Document>,
    ascending: bool,
    after: Instant,
    until: Instant,
    /// How many.
    most: usize,
}

impl<'a> Wanted<'a> {
    fn of(head: &'a Head, filter: &Filter) -> Self {
        let (after, until) = bounds(filter);
        let (of_filter, ascending) = (conditions(filter), filter.ascending);
        Self { head, of_filter, ascending, after, until, most: filter.limit }
    }

    fn conditions(&self) -> Vec<Document> {
        let mut all_of = shown(self.head, self.after, self.until);
        all_of.extend(self.of_filter.iter().cloned());
        all_of
    }

    /// Leaves out what was stored up to this instant, in the order of the page.
    fn go_on(&mut self, reached: Instant) {
        if self.ascending {
            self.after = reached;
        } else {
            self.until = reached.previous();
        }
    }
}

/// Documents of statements that are not voided, in the order of the page.
#[derive(Default)]
struct Found {
    documents: Vec<Document>,
    /// Up to which `stored` these are all, where more may follow.
    reached: Option<Instant>,
    /// Whether their texts weigh as much as a page may.
    is_heavy: bool,
}
