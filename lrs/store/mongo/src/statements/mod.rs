//! Statements, and the way they get there.
//!
//! A process writes one *group* of requests at a time ([`writer`], [`put`]). A group claims a stretch
//! of `stored` in the head, inserts its statements under the claim and decides about those whose ids
//! are taken ([`group`]), seals the claim, waits until it is the first, completes its statements
//! ([`completion`], [`link`]) and finishes the claim. The states of a claim are types ([`states`]).
//!
//! Readers see up to the first claim only ([`read`]). So a group becomes visible at once, and groups
//! of all processes become visible in the order of `stored`. A claim that a dead process left open is
//! finished or aborted by the [`Observer`] of another one ([`recovery`]).
//!
//! **What order a crash asks for.** Under a claim, statements first: which of them are kept says what belongs to them.
//! References, origins, files of attachments and long bodies are written at once after that, in no order: all of it is
//! found by the stretch and removed where the claim is aborted. All of it must be there before the seal, since whoever
//! finishes a sealed claim finds it there. After the seal, keys, definitions, names and attachments are written at once:
//! each can be written again. All of that must be there before the claim is finished, since readers see it then.
//!
//! **What a group leaves.** Giving heirs what they inherit takes as long as there are heirs and the server is slow. A group
//! ends after a moment of it and owes the rest, which is written down before the claim is finished ([`heirs`]): later groups
//! do not wait for it, and the requests that it is about are answered after it. What is owed is bounded ([`debts`]).
//!
//! **What a group costs.** Three changes of the head, an insertion of its statements, a look for statements that refer to
//! them, and a look at the definitions that they bring: six commands, five of them one after another (a test counts
//! them). References, new names, changed definitions and attachments add theirs. A process that shares the database
//! with others reads the head again whenever another one was quicker.
//!
//! **What processes do at the same time.** Claiming and inserting. Completing too, where a group neither refers to a
//! statement nor is referred to, once all earlier claims are sealed ([`states`]); then definitions that two groups bring
//! at the same moment are merged in any order. Else one group after another is completed.
//!
//! What uses what: `row`, `key`, `filter` and `pause` know nothing of the ways of requests; `rows`, `references` and
//! `attachments` are collections; `debts` is pure; `heirs`, `claims`, `link` and `completion` use those; `compare`, `group`, `states`,
//! `put` and `writer` are the way of a request; `recovery`, `read` and `news` stand beside it.

use crate::MongoStore;
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use store::{
    Batch, Kept, KeptAttachment, KeptBatch, LogPage, Page, RemovedStatement, Result, Rewrite,
    StatementLog, StatementStore, Within,
};
use uuid::Uuid;
use xapi::erase::Eraser;
use xapi::instant::Instant;
use xapi::query::Filter;
use xapi::stored::Stored;

use mongodb::Database;
use tokio::sync::watch;

use self::completion::Completion;
use self::heirs::{Concern, Debts, Heirs};
use self::key::Key;
use self::link::Linker;
use self::origins::Origins;
use self::put::GroupWriter;
use self::references::References;
use self::remove::{Gone, Removal, Removed};
use self::rows::Rows;
use self::stuck::Watch;
use super::blob::Blobs;
use super::head::Process;
use super::things::Things;
use super::version_log::VersionLog;
use xapi::clock::Clock;

mod attachments;
mod claims;
mod compare;
mod completion;
mod debts;
mod erase;
mod filter;
mod group;
mod heirs;
mod key;
mod link;
mod news;
mod origins;
mod pause;
mod pulse;
mod put;
mod read;
mod recovery;
mod references;
mod remove;
mod row;
mod rows;
mod states;
mod stuck;
mod writer;

pub(super) use self::attachments::Attachments;
pub(super) use self::claims::Claims;
pub(super) use self::news::News;
#[cfg(test)]
pub(super) use self::pulse::Pulse;
pub(super) use self::read::Reader;
#[cfg(test)]
pub(super) use self::recovery::{GRACE, LOOKS};
pub(super) use self::recovery::{Observer, watch_over};
#[cfg(test)]
pub(super) use self::stuck::STUCK;
pub(super) use self::writer::Writer;

/// What is held of removed statements at once, in bytes, about.
const HELD: usize = 16 << 20;

/// The statements of one database.
pub(super) struct Statements {
    pub(super) reader: Reader,
    pub(super) news: News,
    pub(super) attachments: Attachments,
    pub(super) claims: Claims,
    /// Whether writing goes on.
    pub(super) watch: Watch,
    origins: Origins,
    removed: Removed,
    groups: GroupWriter,
}

impl Statements {
    pub(super) fn new(
        database: &Database,
        versions: &VersionLog,
        blobs: &Blobs,
        things: Things,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let rows = Rows::new(database.collection("statement"), blobs.clone());
        let references = References::new(database.collection("reference"));
        let attachments = Attachments::new(database.collection("attachment"), blobs.clone());
        let origins = Origins::new(database.collection("origin"), versions.clone());
        let heirs = Heirs::new(rows.clone(), database.collection("heir"));
        let process = Process::numbered(rand::random());
        tracing::info!(
            process = process.name(),
            "this process's number among those on the database"
        );
        let claims = Claims::new(
            versions.clone(),
            process,
            rows.clone(),
            references.clone(),
            origins.clone(),
            blobs.clone(),
            heirs.clone(),
        );
        let linker = Linker::new(rows.clone(), references.clone(), heirs.clone());
        let removed = Removed::new(
            database,
            rows.clone(),
            references.clone(),
            origins.clone(),
            linker.clone(),
        );
        let newest = watch::Sender::default();
        let (reader, news) = (
            Reader::new(versions.clone(), rows.clone(), references.clone(), blobs.clone()),
            News::new(versions.clone(), rows.clone(), Arc::clone(clock), newest.subscribe()),
        );
        let groups = GroupWriter {
            claims: claims.clone(),
            versions: versions.clone(),
            rows,
            references,
            origins: origins.clone(),
            attachments: attachments.clone(),
            blobs: blobs.clone(),
            completion: Completion::new(linker, things, attachments.clone()),
            heirs,
            clock: Arc::clone(clock),
            ahead: Arc::default(),
            newest,
        };
        let watch = Watch::default();
        Self { reader, news, attachments, claims, watch, origins, removed, groups }
    }

    /// See [`store::ErasureStore::rewrite_statements`].
    pub(super) async fn rewrite(&self, statements: &[Rewrite]) -> Result<u64> {
        // What is owed has keys of the texts of before.
        let ids: Vec<Uuid> = statements.iter().map(|rewrite| rewrite.read.id).collect();
        self.groups.heirs.settled(Concern::Texts(&ids)).await?;
        self.groups.rows.rewrite(statements).await
    }

    /// See [`store::ErasureStore::remove_statements`].
    pub(super) async fn remove(&self, statements: &[Stored], by: Uuid) -> Result<u64> {
        let (mut changed, mut gone, mut held) = (0_u64, Vec::new(), 0_usize);
        for (n, read) in statements.iter().enumerate() {
            match self.removed.remove(read, by).await? {
                Removal::Unknown => {}
                Removal::Changed => changed = changed.saturating_add(1),
                Removal::Gone(it) => {
                    held = held.saturating_add(it.weight());
                    gone.push(it);
                }
            }
            let is_last = n.saturating_add(1) == statements.len();
            if !gone.is_empty() && (is_last || held > HELD) {
                let ids: Vec<Uuid> = gone.iter().map(Gone::id).collect();
                self.claims.pass_linked(Concern::Texts(&ids)).await?;
                self.removed.disinherit_again(&gone).await?;
                (gone, held) = (Vec::new(), 0);
            }
        }
        // Who waits for later statements waits for one that is kept.
        let newest = self.reader.extent().await?.newest;
        self.groups.newest.send_modify(|known| *known = newest.min(*known));
        Ok(changed)
    }

    /// Removes what processes left that ended while they removed statements.
    pub(super) async fn clear_removed(&self) -> Result<()> {
        self.removed.clear().await
    }

    /// See [`store::ErasureStore::removed_statements`].
    pub(super) async fn removed(
        &self,
        after: Instant,
        limit: usize,
    ) -> Result<Vec<RemovedStatement>> {
        self.removed.list(after, limit).await
    }

    /// See [`store::ErasureStore::removed_among`].
    pub(super) async fn removed_among(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        self.removed.among(ids).await
    }

    /// See [`store::ErasureStore::restore_removed`].
    pub(super) async fn restore_removed(&self, removed: &[RemovedStatement]) -> Result<()> {
        self.removed.restore(removed).await
    }

    /// What statements are found by, without the person; gives how many keys there were.
    pub(super) async fn erase_keys(&self, eraser: &Eraser) -> Result<u64> {
        // What is still to be given to statements may have the person in it.
        let keys: Vec<Key> = eraser.identifiers().flat_map(erase::keys_of_agent).collect();
        self.claims.pass_linked(Concern::Keys(&keys)).await?;
        let (new, mut count) = (eraser.pseudonymous().to_string(), 0_u64);
        for old in eraser.identifiers() {
            let found = self.groups.rows.rename_agent(old, &new).await?;
            count = count.saturating_add(found);
        }
        Ok(count)
    }

    /// Starts the task that writes.
    pub(super) fn writer(&self) -> Writer {
        Writer::start(self.groups.clone())
    }

    /// An observer of all claims, which has seen none yet.
    pub(super) fn observer(&self) -> Observer {
        let GroupWriter { versions, claims, rows, completion, heirs, .. } = self.groups.clone();
        Observer::new(versions, claims, rows, completion, Debts::new(heirs), self.watch.clone())
    }
}

#[async_trait]
impl StatementStore for MongoStore {
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch> {
        self.0.writer.put(batch, None).await
    }

    async fn statement(&self, id: Uuid) -> Result<Option<Kept>> {
        self.noted(self.0.statements.reader.one(id).await)
    }

    async fn statement_within(&self, id: Uuid, most: usize) -> Result<Option<Within>> {
        self.noted(self.0.statements.reader.within(id, most).await)
    }

    async fn statements(&self, filter: &Filter) -> Result<Page> {
        self.noted(self.0.statements.reader.page(filter).await)
    }

    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>> {
        self.0.statements.attachments.kept(hashes).await
    }

    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes> {
        self.0.statements.attachments.data(kept, from).await
    }

    async fn consistent_through(&self) -> Result<Instant> {
        self.0.statements.news.consistent_through().await
    }
}

#[async_trait]
impl StatementLog for MongoStore {
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        self.noted(self.0.statements.reader.log(after, limit).await)
    }

    async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        self.0.statements.news.wait_for_news(after, at_most).await;
    }
}
