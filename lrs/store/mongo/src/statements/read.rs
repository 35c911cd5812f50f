//! Reading statements: only those that the head shows.

use std::collections::HashMap;

use futures::future::join_all;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document};
use uuid::Uuid;

use super::filter::{bounds, conditions, is_met, shown};
use super::references::References;
use super::row;
use super::rows::Rows;
use crate::blob::{Blobs, INLINE};
use crate::call::{all, all_until};
use crate::field;
use crate::head::Head;
use crate::version_log::VersionLog;
use store::{Extent, Kept, LOG_BYTES, LogPage, PAGE_BYTES, Page, Result, StoreError};
use xapi::instant::Instant;
use xapi::query::Filter;

/// Statements read beyond a page, so that a few voided ones do not cost another call.
const SPARE: usize = 8;

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
        let head = self.versions.head().await?;
        let found = self.rows.with_id(id).await?.filter(|found| !row::is_removed(found));
        let Some(found) = found else { return Ok(None) };
        if !head.shows(field::instant(&found, "stored")?) {
            return Ok(None);
        }
        self.kept(&head, &[found]).await?.pop().transpose()
    }

    /// See [`store::StatementStore::statements`].
    pub(crate) async fn page(&self, filter: &Filter) -> Result<Page> {
        let head = self.versions.head().await?;
        let conditions = conditions(filter);
        let (mut after, mut until) = bounds(filter);
        let mut page = Page::default();
        loop {
            let wanted = (filter.limit - page.statements.len()).saturating_add(1 + SPARE);
            let mut all_of = shown(&head, after, until);
            all_of.extend(conditions.iter().cloned());
            let mut bytes = 0;
            let found = all_until(self.rows.find(all_of, filter.ascending, wanted), |document| {
                bytes += document.get_str("body").map_or(INLINE, str::len);
                bytes >= PAGE_BYTES
            });
            let mut found = found.await?;
            let is_heavy = self.cut(&mut found, PAGE_BYTES).await?;
            let whole = found.len() < wanted && !is_heavy;
            let kept = self.kept(&head, &found).await?;
            for (document, kept) in found.iter().zip(kept) {
                let kept = match kept {
                    Err(StoreError::Unreadable { .. }) if !page.statements.is_empty() => {
                        page.more = true;
                        return Ok(page);
                    }
                    kept => kept?,
                };
                if kept.voided || !is_met(filter, document, &kept.statement).await? {
                    continue;
                }
                if page.statements.len() == filter.limit {
                    page.more = true;
                    return Ok(page);
                }
                page.statements.push(kept.statement);
            }
            if is_heavy && !page.statements.is_empty() {
                page.more = true;
                return Ok(page);
            }
            let Some(last) = found.last().filter(|_| !whole) else { return Ok(page) };
            let last = field::instant(last, "stored")?;
            if filter.ascending { after = last } else { until = last.previous() }
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
        let in_file = |document: &Document| document.get_object_id("body").ok();
        let ids: Vec<Bson> = found.iter().filter_map(in_file).map(Bson::ObjectId).collect();
        let files = if ids.is_empty() { Vec::new() } else { self.blobs.files(ids).await? };
        let files: HashMap<ObjectId, u64> =
            files.iter().map(|file| (file.id, file.bytes)).collect();
        let mut bytes = 0;
        let end = found.iter().position(|document| {
            let length = |id| files.get(&id).and_then(|bytes| usize::try_from(*bytes).ok());
            bytes += in_file(document).map_or_else(
                || document.get_str("body").map_or(0, str::len),
                // A file that is gone has no bytes: reading the statement fails.
                |id| length(id).unwrap_or(0),
            );
            bytes >= most
        });
        found.truncate(end.map_or(usize::MAX, |end| end + 1));
        Ok(end.is_some())
    }

    /// The statements of documents, in their order, and whether each is voided; an error in the place of
    /// one that cannot be read.
    async fn kept(&self, head: &Head, found: &[Document]) -> Result<Vec<Result<Kept>>> {
        let ids = found.iter().filter(|document| !row::is_voiding(document));
        let ids = ids.map(|document| field::uuid(document, "_id")).collect::<Result<Vec<_>>>()?;
        let voided = self.references.voided(head, &ids).await?;
        let kept = found.iter().map(async |document| {
            let statement = self.rows.statement(document).await?;
            let voided = voided.contains(&statement.id);
            Ok(Kept { statement, voided })
        });
        Ok(join_all(kept).await)
    }
}
