//! Statements as a list, in the order of `stored`.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::inheritance;
use super::things::Things;
use store::bounds::check_width;
use store::comparison::{self, check_same};
use store::{
    Batch, Extent, Kept, KeptAttachment, KeptBatch, KeptOrigin, LOG_BYTES, LogPage, PAGE_BYTES,
    PIECE, Page, RemovedStatement, Restored, Result, Rewrite, StoreError,
};
use xapi::attachment::Attachment;
use xapi::erase::Eraser;
use xapi::index::{Closeness, IndexKey, Kind};
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::prepare::Prepared;
use xapi::query::{Filter, Match};
use xapi::refusal::Refusal;
use xapi::stored::Stored;

/// A statement, and what it is found by.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) kept: Stored,
    pub(super) target: Option<Uuid>,
    voiding: bool,
    origin: Option<Origin>,
    /// What the statement says itself.
    pub(super) own: Vec<IndexKey>,
    /// What it has from the statements that it refers to.
    pub(super) inherited: Vec<IndexKey>,
}

#[derive(Clone, Default)]
pub(super) struct Statements {
    rows: Vec<Arc<Row>>,
    /// The targets of voiding statements, whether they are there or not.
    voided: BTreeSet<Uuid>,
    attachments: Vec<Attachment>,
    /// What erasures removed, by `stored`.
    removed: Vec<RemovedStatement>,
    /// Up to where it was promised that everything is visible.
    promised: Instant,
    pub(super) things: Things,
}

impl Statements {
    pub(super) fn put(&mut self, batch: Batch, now: Instant) -> Result<KeptBatch> {
        check_width(&batch)?;
        let ids = batch.statements.iter().map(|statement| statement.id).collect();
        let before = self.rows.len();
        for statement in batch.statements {
            let stored = now.max(self.latest().next());
            self.put_one(statement, stored)?;
        }
        self.complete(before, batch.attachments);
        Ok(KeptBatch { ids, new: self.rows.len() - before })
    }

    pub(super) fn restore(
        &mut self,
        statements: Vec<Restored>,
        attachments: Vec<Attachment>,
    ) -> Result<()> {
        let before = self.rows.len();
        for Restored { statement: kept, origin } in statements {
            if kept.stored <= self.latest() {
                return Err(Refusal::stored_earlier().into());
            }
            let again = Prepared::again(&kept).map_err(|error| corrupt(kept.id, &error))?;
            self.put_one(again.with_origin(origin), kept.stored)?;
        }
        self.complete(before, attachments);
        Ok(())
    }

    /// Adds a statement, unless the same is there.
    fn put_one(&mut self, statement: Prepared, stored: Instant) -> Result<()> {
        if let Some(row) = self.rows.iter().find(|row| row.kept.id == statement.id) {
            return check_same(&row.kept, &statement);
        }
        if self.removed.iter().any(|removed| removed.id == statement.id) {
            return Err(comparison::removed(statement.id));
        }
        let Prepared { target, voiding, ref keys, .. } = statement;
        self.voided.extend(target.filter(|_| voiding));
        let (own, origin) = (keys.clone(), statement.origin.clone());
        let kept = statement.stamp(stored);
        self.rows.push(Arc::new(Row { kept, target, voiding, origin, own, inherited: Vec::new() }));
        Ok(())
    }

    /// Does what a batch brings about beside its statements, which are those from number `first` on.
    fn complete(&mut self, first: usize, attachments: Vec<Attachment>) {
        inheritance::pass_on(&mut self.rows, first);
        self.things.learn(self.rows.iter().skip(first).map(|row| &row.kept));
        for attachment in attachments {
            let sha2 = attachment.sha2.to_ascii_lowercase();
            if self.attachments.iter().all(|kept| kept.sha2 != sha2) {
                self.attachments.push(Attachment { sha2, ..attachment });
            }
        }
    }

    /// Replaces the text of a statement that is kept at this instant. False where its text is another one than was read.
    pub(super) fn rewrite(&mut self, Rewrite { read, body, .. }: &Rewrite) -> Result<bool> {
        let is_it = |row: &&mut Arc<Row>| row.kept.id == read.id && row.kept.stored == read.stored;
        let Some(row) = self.rows.iter_mut().find(is_it) else { return Ok(true) };
        if row.kept.body != read.body {
            return Ok(false);
        }
        let new = Stored { body: body.clone(), ..read.clone() };
        let again = Prepared::again(&new).map_err(|error| corrupt(new.id, &error))?;
        let row = Arc::make_mut(row);
        row.own = again.keys;
        row.kept = new;
        Ok(true)
    }

    /// Removes a statement that is kept at this instant. False where its text is another one than was read.
    pub(super) fn remove(&mut self, read: &Stored, by: Uuid) -> bool {
        let is_it = |row: &Arc<Row>| row.kept.id == read.id && row.kept.stored == read.stored;
        let Some(at) = self.rows.iter().position(is_it) else { return true };
        if self.rows.get(at).is_none_or(|row| row.kept.body != read.body) {
            return false;
        }
        let row = self.rows.remove(at);
        if let Some(target) = row.target.filter(|_| row.voiding) {
            let voids = |other: &Arc<Row>| other.voiding && other.target == Some(target);
            if !self.rows.iter().any(voids) {
                self.voided.remove(&target);
            }
        }
        self.rows.iter_mut().for_each(|row| Arc::make_mut(row).inherited.clear());
        inheritance::pass_on(&mut self.rows, 0);
        self.take_removed(RemovedStatement { id: read.id, stored: read.stored, by });
        true
    }

    /// Keeps id and instant of a removed statement taken, unless they are taken already.
    pub(super) fn take_removed(&mut self, removed: RemovedStatement) {
        let is_taken = |id, stored| removed.id == id || removed.stored == stored;
        let by_row = self.rows.iter().any(|row| is_taken(row.kept.id, row.kept.stored));
        if !by_row && !self.removed.iter().any(|it| is_taken(it.id, it.stored)) {
            self.removed.push(removed);
            self.removed.sort_by_key(|it| it.stored);
        }
    }

    pub(super) fn removed(&self, after: Instant, limit: usize) -> Vec<RemovedStatement> {
        self.removed.iter().filter(|it| it.stored > after).take(limit).copied().collect()
    }

    pub(super) fn erase_index(&mut self, eraser: &Eraser) -> u64 {
        let mut count = 0;
        for row in &mut self.rows {
            let erased = |key: &IndexKey| {
                eraser.key(key.kind, &key.text).map(|text| IndexKey { text, ..key.clone() })
            };
            if row.inherited.iter().any(|key| erased(key).is_some()) {
                let row = Arc::make_mut(row);
                let inherited: BTreeSet<IndexKey> =
                    row.inherited.drain(..).map(|key| erased(&key).unwrap_or(key)).collect();
                row.inherited = inherited.into_iter().collect();
                count += 1;
            }
        }
        count + self.things.erase(eraser)
    }

    pub(super) fn erase_origins(&mut self, eraser: &Eraser) -> u64 {
        let mut count = 0;
        for row in &mut self.rows {
            let said = row.origin.as_ref().and_then(|origin| origin.authority.as_deref());
            let Some(erased) = said.and_then(|said| eraser.json(said)) else { continue };
            if let Some(origin) = &mut Arc::make_mut(row).origin {
                origin.authority = Some(erased);
                count += 1;
            }
        }
        count
    }

    pub(super) fn remove_attachments(&mut self, hashes: &[String]) {
        self.attachments
            .retain(|kept| !hashes.iter().any(|it| it.eq_ignore_ascii_case(&kept.sha2)));
    }

    pub(super) fn newest(&self) -> Instant {
        self.rows.last().map(|row| row.kept.stored).unwrap_or_default()
    }

    pub(super) fn latest(&self) -> Instant {
        let removed = self.removed.last().map(|it| it.stored).unwrap_or_default();
        self.newest().max(removed).max(self.promised)
    }

    /// Nothing is under way while the lock is held, so the promise may reach the moment before `now`.
    pub(super) fn promise(&mut self, now: Instant) -> Instant {
        self.promised = self.latest().max(now.previous());
        self.promised
    }

    pub(super) fn extent(&self) -> Extent {
        Extent { statements: self.rows.len() as u64, newest: self.newest() }
    }

    fn kept(&self, row: &Row) -> Kept {
        let voided = !row.voiding && self.voided.contains(&row.kept.id);
        Kept { statement: row.kept.clone(), voided }
    }

    pub(super) fn statement(&self, id: Uuid) -> Option<Kept> {
        self.rows.iter().find(|row| row.kept.id == id).map(|row| self.kept(row))
    }

    pub(super) fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        let (mut page, mut bytes) = (Vec::new(), 0);
        for row in self.rows.iter().filter(|row| row.kept.stored > after) {
            if page.len() == limit || bytes >= LOG_BYTES {
                return LogPage::of(page, true);
            }
            bytes += row.kept.body.len();
            page.push(Ok(self.kept(row)));
        }
        LogPage::of(page, false)
    }

    /// See [`store::OriginStore::origins`].
    pub(super) fn origins(&self, after: Instant, through: Instant, most: usize) -> Vec<KeptOrigin> {
        let within = |row: &&Arc<Row>| row.kept.stored > after && row.kept.stored <= through;
        let kept =
            |row: &Arc<Row>| Some(KeptOrigin { at: row.kept.stored, origin: row.origin.clone()? });
        self.rows.iter().filter(within).filter_map(kept).take(most).collect()
    }

    pub(super) fn page(&self, filter: &Filter) -> Page {
        let mut matching: Vec<&Arc<Row>> = self
            .rows
            .iter()
            .filter(|row| is_in_time(filter, row.kept.stored))
            .filter(|row| !self.kept(row).voided && is_met(filter, row))
            .collect();
        if !filter.ascending {
            matching.reverse();
        }
        let (mut page, mut bytes) = (Page::default(), 0);
        for row in matching {
            if page.statements.len() == filter.limit || bytes >= PAGE_BYTES {
                page.more = true;
                break;
            }
            bytes += row.kept.body.len();
            page.statements.push(row.kept.clone());
        }
        page
    }

    pub(super) fn attachments(&self, hashes: &[String]) -> Vec<KeptAttachment> {
        let wanted =
            |kept: &&Attachment| hashes.iter().any(|hash| hash.eq_ignore_ascii_case(&kept.sha2));
        let shown = |kept: &Attachment| KeptAttachment {
            sha2: kept.sha2.clone(),
            content_type: kept.content_type.clone(),
            bytes: kept.body.len() as u64,
            place: String::new(),
        };
        self.attachments.iter().filter(wanted).map(shown).collect()
    }

    pub(super) fn attachment_data(&self, wanted: &KeptAttachment, from: u64) -> Result<Bytes> {
        let found = self.attachments.iter().find(|kept| kept.sha2 == wanted.sha2);
        let gone = || StoreError::Corrupt(format!("the attachment {} is gone", wanted.sha2));
        let body = &found.ok_or_else(gone)?.body;
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(body.len());
        Ok(body.slice(from..body.len().min(from.saturating_add(PIECE))))
    }
}

fn corrupt(id: Uuid, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("statement {id}: {error}"))
}

fn is_in_time(filter: &Filter, stored: Instant) -> bool {
    let is_beyond = |end: Instant| if filter.ascending { stored > end } else { stored < end };
    filter.since.is_none_or(|since| stored > since)
        && filter.until.is_none_or(|until| stored <= until)
        && filter.beyond.is_none_or(is_beyond)
}

/// Whether the statement meets each condition, by itself or by what it refers to; with an authority, by itself.
fn is_met(filter: &Filter, row: &Row) -> bool {
    let alone = filter.authority.is_some();
    let meets = |kind: Kind, text: &str, closest: &[Closeness]| {
        let is_it = |key: &IndexKey| {
            key.kind == kind && key.text == text && closest.contains(&key.closeness)
        };
        row.own.iter().any(is_it) || (!alone && row.inherited.iter().any(is_it))
    };
    let matches = |kind, wanted: &Option<Match>| {
        use Closeness::{Authority, Direct, Related};
        wanted.as_ref().is_none_or(|Match { text, related }| {
            meets(kind, text, if *related { &[Direct, Related, Authority] } else { &[Direct] })
        })
    };
    let direct = |kind, wanted: Option<&String>| {
        wanted.is_none_or(|text| meets(kind, text, &[Closeness::Direct]))
    };
    let registration = filter.registration.map(|id| id.to_string());
    let authority = |text: &String| meets(Kind::Agent, text, &[Closeness::Authority]);
    matches(Kind::Agent, &filter.agent)
        && matches(Kind::Activity, &filter.activity)
        && direct(Kind::Verb, filter.verb.as_ref())
        && direct(Kind::Registration, registration.as_ref())
        && filter.authority.as_ref().is_none_or(authority)
}
