//! The statements of a group of requests: inserting those whose ids are free, and deciding what
//! becomes of the others.

use std::collections::{BTreeSet, HashMap};

use mongodb::bson::Document;
use mongodb::bson::oid::ObjectId;
use uuid::Uuid;

use super::compare::{self, Asked};
use super::completion::Contents;
use super::pause::{LOOKS, Pause, stuck};
use super::row;
use super::rows::Rows;
use crate::field;
use crate::head::{Head, Stretch};
use crate::things::Taught;
use crate::version_log::VersionLog;
use store::comparison::{self, ComparisonRoom, check_same, check_twins};
use store::{Result, StoreError};
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::prepare::Prepared;

/// What became of a request.
pub(super) enum Outcome {
    /// All of the request is there; this many of its statements were not before.
    Kept(usize),
    /// The request was refused, or failed: nothing of it is there.
    Failed(StoreError),
    /// An id of the request is being written by an earlier group: the request is to be tried again.
    Postponed,
    /// Statements are kept under these ids of the request, and there is no [`ComparisonRoom`] to compare them: the request is to be tried
    /// again once they are compared ([`super::compare`]).
    ToCompare(Vec<Uuid>),
}

/// A group on its way.
pub(super) struct Group<'a> {
    rows: Rows,
    versions: VersionLog,
    stretch: Stretch,
    requests: Vec<Request<'a>>,
    entries: Vec<Entry<'a>>,
    /// What this group still compares itself.
    room: ComparisonRoom,
    /// The latest statement that a request has in common with what was kept before.
    shared: Option<Instant>,
}

/// A request of the group: kept, until there is a reason why not.
struct Request<'a> {
    asked: &'a Asked,
    outcome: Outcome,
}

/// A statement of the group.
struct Entry<'a> {
    /// The position of its request.
    request: usize,
    statement: &'a Prepared,
    stored: Instant,
    document: Document,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// To be inserted.
    Waiting,
    /// In the database, or being put there.
    Inserted,
    /// An equal statement is there under its id, or its request is not kept.
    Dropped,
}

/// Which group has put a statement under an id that this group wants.
enum Holder {
    /// This one: the call that inserted the statement was repeated.
    ThisGroup,
    /// One that was aborted: the statement is not there for readers, and never will be.
    Aborted,
    /// An earlier one, which is not sealed and may still be aborted.
    Earlier,
    /// A later one, which is not sealed, or one that claimed after the head was read.
    Undecided,
    /// One that is sealed or finished: the statement is kept for good.
    Kept,
}

impl<'a> Group<'a> {
    /// The statements of `asked`, to be written under the claim on `stretch`. `at` is when each of
    /// them is stored; without, they are stored one after another from the beginning of the stretch.
    pub(super) async fn new(
        rows: Rows,
        versions: VersionLog,
        asked: &'a [Asked],
        at: Option<&[Instant]>,
        stretch: Stretch,
    ) -> Result<Self> {
        let of_request = |(request, asked): (usize, &'a Asked)| {
            asked.batch.statements.iter().map(move |statement| (request, statement))
        };
        let statements: Vec<_> = asked.iter().enumerate().flat_map(of_request).collect();
        let mut entries = Vec::new();
        for (n, (request, statement)) in statements.into_iter().enumerate() {
            let stored = match at {
                None => stretch.nth(i64::try_from(n).unwrap_or(i64::MAX)),
                Some(at) => *at.get(n).ok_or_else(|| {
                    StoreError::Rejected("a restored statement without its `stored`".into())
                })?,
            };
            let document = rows.document(statement, stored, stretch.id()).await?;
            entries.push(Entry { request, statement, stored, document, state: State::Waiting });
        }
        let requests =
            asked.iter().map(|asked| Request { asked, outcome: Outcome::Kept(0) }).collect();
        Ok(Self {
            rows,
            versions,
            stretch,
            requests,
            entries,
            room: ComparisonRoom::default(),
            shared: None,
        })
    }

    /// Inserts all statements whose ids are free, and decides what becomes of the others.
    pub(super) async fn insert(&mut self) -> Result<()> {
        let twins = self.twins();
        for (twin, _) in &twins {
            self.set(*twin, State::Dropped);
        }
        self.insert_firsts().await?;
        for (twin, first) in twins {
            self.decide_twin(twin, first).await?;
        }
        Ok(())
    }

    /// The entries whose id an earlier entry has too, in order; each with the first of that id.
    fn twins(&self) -> Vec<(usize, usize)> {
        let mut firsts = HashMap::new();
        let twin = |(at, entry): (usize, &Entry<'_>)| {
            let first = *firsts.entry(entry.statement.id).or_insert(at);
            (first != at).then_some((at, first))
        };
        self.entries.iter().enumerate().filter_map(twin).collect()
    }

    /// Decides on an entry by what became of the first entry under its id. Twins are decided in the
    /// order of the requests, so that the outcome of the first entry's request is final.
    async fn decide_twin(&mut self, twin: usize, first: usize) -> Result<()> {
        let is_kept = self.is_kept(self.entry(first));
        let (kept, incoming) = (self.entry(first).statement, self.entry(twin).statement);
        // Where there is no room, the first is kept by the time of the next group, and compared as such.
        if !is_kept || !self.room.takes(incoming, kept.weight()) {
            return self.drop_request_of(twin, Outcome::Postponed).await;
        }
        match check_twins(kept, incoming) {
            Err(conflict @ StoreError::Conflict { .. }) => {
                self.drop_request_of(twin, Outcome::Failed(conflict)).await
            }
            compared => compared,
        }
    }

    async fn insert_firsts(&mut self) -> Result<()> {
        let mut pause = Pause::default();
        for _ in 0..LOOKS {
            let waiting = self.waiting();
            if waiting.is_empty() {
                return Ok(());
            }
            let document = |at: &usize| self.entry(*at).document.clone();
            let documents: Vec<Document> = waiting.iter().map(document).collect();
            let taken: BTreeSet<usize> =
                self.rows.insert_free(&documents).await?.into_iter().collect();
            let (mut inserted, mut wanted) = (Vec::new(), Vec::new());
            for (n, at) in waiting.into_iter().enumerate() {
                if taken.contains(&n) { wanted.push(at) } else { inserted.push(at) }
            }
            for at in inserted {
                self.set(at, State::Inserted);
            }
            if !wanted.is_empty() && !self.decide_taken(&wanted).await? {
                pause.rest().await;
            }
        }
        Err(stuck())
    }

    /// Decides on entries whose ids are taken. Those that stay [`State::Waiting`] are to be tried
    /// again: at once, or, where false is given, after a pause.
    async fn decide_taken(&mut self, wanted: &[usize]) -> Result<bool> {
        // The head is read before the statements: what it says of a statement found later is final.
        let head = self.versions.head().await?;
        let ids: Vec<Uuid> = wanted.iter().map(|at| self.entry(*at).statement.id).collect();
        let found = self.rows.with_ids(&ids).await?;
        let mut all_decided = true;
        for (at, id) in wanted.iter().copied().zip(ids) {
            // Removed since the insertion failed: the id is free again.
            let Some(document) = found.get(&id) else { continue };
            if row::is_removed(document) {
                let removed = Outcome::Failed(comparison::removed(id));
                self.drop_request_of(at, removed).await?;
                continue;
            }
            let stored = field::instant(document, "stored")?;
            match self.holder(&head, stored) {
                Holder::ThisGroup => self.set(at, State::Inserted),
                Holder::Aborted => self.rows.remove(id, stored).await?,
                Holder::Earlier => self.drop_request_of(at, Outcome::Postponed).await?,
                Holder::Undecided => all_decided = false,
                Holder::Kept => self.compare(at, document, stored).await?,
            }
        }
        Ok(all_decided)
    }

    fn holder(&self, head: &Head, stored: Instant) -> Holder {
        if self.stretch.contains(stored) {
            return Holder::ThisGroup;
        }
        if head.is_aborted(stored) {
            return Holder::Aborted;
        }
        if stored > head.last {
            return Holder::Undecided;
        }
        match head.claim_at(stored).filter(|claim| !claim.sealed) {
            Some(claim) if claim.stretch.from < self.stretch.from => Holder::Earlier,
            Some(_) => Holder::Undecided,
            None => Holder::Kept,
        }
    }

    /// Accepts a statement that is kept already, refuses a different one under its id. Those for which there is no
    /// room are compared elsewhere.
    async fn compare(&mut self, at: usize, kept: &Document, stored: Instant) -> Result<()> {
        let (request, incoming) = (self.entry(at).request, self.entry(at).statement);
        self.shared = self.shared.max(Some(stored));
        if self.request(request).asked.is_same_as(incoming.id, stored) {
            self.set(at, State::Dropped);
            return Ok(());
        }
        if !self.room.takes(incoming, compare::length(kept)) {
            return self.leave_to_compare(at).await;
        }
        let compared = match self.rows.statement(kept).await {
            Ok(kept) => check_same(&kept, incoming),
            Err(error) => Err(error),
        };
        match compared {
            Ok(()) => {
                self.set(at, State::Dropped);
                Ok(())
            }
            Err(error @ (StoreError::Conflict { .. } | StoreError::Unreadable { .. })) => {
                self.drop_request_of(at, Outcome::Failed(error)).await
            }
            Err(error) => Err(error),
        }
    }

    /// Takes the whole request of an entry out of the group: the entry is to be compared first.
    async fn leave_to_compare(&mut self, at: usize) -> Result<()> {
        let (position, id) = (self.entry(at).request, self.entry(at).statement.id);
        if let Outcome::ToCompare(ids) = &mut self.request_mut(position).outcome {
            ids.push(id);
            return Ok(());
        }
        self.drop_request_of(at, Outcome::ToCompare(vec![id])).await
    }

    /// Takes the whole request of an entry out of the group, unless it has failed already.
    async fn drop_request_of(&mut self, at: usize, outcome: Outcome) -> Result<()> {
        let position = self.entry(at).request;
        let request = self.request_mut(position);
        if matches!(request.outcome, Outcome::Failed(_)) {
            return Ok(());
        }
        request.outcome = outcome;
        let mut ids = Vec::new();
        for entry in self.entries.iter_mut().filter(|entry| entry.request == position) {
            if entry.state != State::Dropped {
                ids.push(entry.statement.id);
            }
            entry.state = State::Dropped;
        }
        self.rows.remove_all_of(&ids, self.stretch).await
    }

    fn waiting(&self) -> Vec<usize> {
        let entries = self.entries.iter().enumerate();
        entries.filter(|(_, entry)| entry.state == State::Waiting).map(|(at, _)| at).collect()
    }

    /// Dropped entries stay dropped.
    fn set(&mut self, at: usize, state: State) {
        let entry = self.entry_mut(at);
        if entry.state != State::Dropped {
            entry.state = state;
        }
    }

    #[expect(clippy::indexing_slicing, reason = "positions come from `entries`, which keeps all")]
    fn entry(&self, at: usize) -> &Entry<'a> {
        &self.entries[at]
    }

    #[expect(clippy::indexing_slicing, reason = "positions come from `entries`, which keeps all")]
    fn entry_mut(&mut self, at: usize) -> &mut Entry<'a> {
        &mut self.entries[at]
    }

    #[expect(clippy::indexing_slicing, reason = "an entry is made of a request of the group")]
    fn request_mut(&mut self, position: usize) -> &mut Request<'a> {
        &mut self.requests[position]
    }

    #[expect(clippy::indexing_slicing, reason = "an entry is made of a request of the group")]
    fn request(&self, position: usize) -> &Request<'a> {
        &self.requests[position]
    }

    fn is_kept(&self, entry: &Entry<'_>) -> bool {
        matches!(self.request(entry.request).outcome, Outcome::Kept(_))
    }

    fn inserted(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(|entry| entry.state == State::Inserted)
    }

    /// The ids of the statements that were inserted.
    pub(super) fn ids(&self) -> Vec<Uuid> {
        self.inserted().map(|entry| entry.statement.id).collect()
    }

    /// Whether one of the statements that were inserted refers to another.
    pub(super) fn has_references(&self) -> bool {
        self.inserted().any(|entry| entry.statement.target.is_some())
    }

    /// The documents that were inserted.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.inserted().map(|entry| &entry.document)
    }

    /// The origins of the statements that were inserted, by when those are stored.
    pub(super) fn origins(&self) -> impl Iterator<Item = (Instant, &Origin)> {
        let origin = |entry: &Entry<'a>| Some((entry.stored, entry.statement.origin.as_ref()?));
        self.inserted().filter_map(origin)
    }

    /// The files of statements that are not kept after all.
    pub(super) fn dropped_files(&self) -> impl Iterator<Item = ObjectId> {
        let dropped = self.entries.iter().filter(|entry| entry.state == State::Dropped);
        dropped.filter_map(|entry| entry.document.get_object_id("body").ok())
    }

    /// Whether what the group inserted is still there: a process that swept the stretch removed all
    /// of it.
    pub(super) async fn is_there(&self) -> Result<bool> {
        match self.inserted().next() {
            Some(entry) => self.rows.has(entry.statement.id, entry.stored).await,
            None => Ok(true),
        }
    }

    /// Whether the group has nothing new to keep.
    pub(super) fn is_empty(&self) -> bool {
        self.inserted().next().is_none() && self.attachments().next().is_none()
    }

    /// The attachments of the requests that are kept.
    pub(super) fn attachments(&self) -> impl Iterator<Item = &Attachment> + Clone {
        let is_kept = |request: &&Request<'_>| matches!(request.outcome, Outcome::Kept(_));
        self.requests.iter().filter(is_kept).flat_map(|request| &request.asked.batch.attachments)
    }

    /// What completing the group takes.
    pub(super) fn contents(&self, has_attachments: bool) -> Result<Contents> {
        let mut taught = Taught::default();
        for entry in self.inserted() {
            taught.add(&entry.statement.sayings, entry.stored);
        }
        let link = |entry: &Entry| row::link(&entry.document, entry.statement.weight());
        let links = self.inserted().map(link);
        Ok(Contents { links: links.collect::<Result<_>>()?, taught, has_attachments })
    }

    /// When the latest statement was stored that was kept before and that a request has too.
    pub(super) const fn shared(&self) -> Option<Instant> {
        self.shared
    }

    /// When the last new statement was stored.
    pub(super) fn newest(&self) -> Option<Instant> {
        self.inserted().map(|entry| entry.stored).max()
    }

    /// What became of each request.
    pub(super) fn into_outcomes(self) -> Vec<Outcome> {
        let mut new = vec![0; self.requests.len()];
        for entry in self.inserted() {
            if let Some(new) = new.get_mut(entry.request) {
                *new += 1;
            }
        }
        let counted = |(request, new): (Request<'_>, usize)| match request.outcome {
            Outcome::Kept(_) => Outcome::Kept(new),
            other => other,
        };
        self.requests.into_iter().zip(new).map(counted).collect()
    }
}
