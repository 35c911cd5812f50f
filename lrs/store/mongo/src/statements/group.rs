//! The statements of a group of requests: inserting those whose ids are free, and settling what
//! becomes of the others.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::{Statements, row};
use crate::blob::Holder;
use crate::call::{BATCH, all, call, insert_free};
use crate::field;
use crate::head::{Claim, Stretch};
use crate::things::Taught;
use store::{Batch, Result, StoreError};
use xapi::attachment::Attachment;
use xapi::instant::Instant;
use xapi::prepare::Prepared;
use xapi::same;

/// How long apart it is looked again at what others have to do first: from, and up to.
pub(super) const PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// How long others are waited for.
pub(super) const LOOKS: u32 = 600;
/// Ids asked for at once.
const ASKED: usize = 1_000;

/// What became of a request.
pub(super) enum Outcome {
    /// Kept: all of it is there, and so many statements were not before.
    Kept(usize),
    /// Refused, or not possible: nothing of it is there.
    Failed(StoreError),
    /// An id of it is being written by somebody who came earlier: to be tried again.
    Postponed,
}

/// A group on its way.
pub(super) struct Group<'a> {
    statements: &'a Statements,
    batches: &'a [Batch],
    pub(super) claim: Claim,
    rows: Vec<Row>,
    /// Statements that have the id of another one of the group, by row: theirs, and the other's.
    twins: Vec<(usize, usize)>,
    /// Of each batch; kept until there is a reason why not.
    pub(super) outcomes: Vec<Outcome>,
    /// The latest statement that a batch has in common with what was there.
    pub(super) shared: Instant,
}

/// A statement of the group.
pub(super) struct Row {
    batch: usize,
    /// Its place in the batch.
    place: usize,
    id: Uuid,
    pub(super) document: Document,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// To be inserted.
    Waiting,
    /// In the database, or being put there.
    Inserted,
    /// Another one stands for it, or its batch has failed.
    Dropped,
}
impl Statements {
    async fn rows(
        &self,
        batches: &[Batch],
        at: Option<&[Instant]>,
        stretch: Stretch,
    ) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        let instants = |n: usize| {
            let counted = || stretch.nth(i64::try_from(n).unwrap_or(i64::MAX));
            at.and_then(|at| at.get(n).copied()).unwrap_or_else(counted)
        };
        for (batch, kept) in batches.iter().enumerate() {
            for (place, statement) in kept.statements.iter().enumerate() {
                let stored = instants(rows.len());
                let (id, state) = (statement.id, State::Waiting);
                let filter = doc! {"_id": field::of_uuid(id)};
                let holder = Holder::claimed(&self.collection, filter, stretch.id());
                let document = row::document(statement, stored, &self.blobs, holder).await?;
                rows.push(Row { batch, place, id, document, state });
            }
        }
        Ok(rows)
    }
}

impl<'a> Group<'a> {
    /// Batches on their way, under a claim; `at` is when each statement was stored, where that is known.
    pub(super) async fn new(
        statements: &'a Statements,
        batches: &'a [Batch],
        at: Option<&[Instant]>,
        claim: Claim,
    ) -> Result<Self> {
        let rows = statements.rows(batches, at, claim.stretch).await?;
        let outcomes = batches.iter().map(|_| Outcome::Kept(0)).collect();
        Ok(Self {
            statements,
            batches,
            claim,
            twins: twins(&rows),
            rows,
            outcomes,
            shared: Instant::default(),
        })
    }

    /// Inserts all statements whose ids are free, and settles what becomes of the others.
    pub(super) async fn insert(&mut self) -> Result<()> {
        let twins = std::mem::take(&mut self.twins);
        for (row, _) in &twins {
            self.set(*row, State::Dropped);
        }
        self.insert_firsts().await?;
        for (row, first) in twins {
            self.settle_twin(row, first).await?;
        }
        Ok(())
    }

    /// What became of the first statement under an id decides on the second: in the order of the
    /// batches, so that the first batch's outcome is final.
    async fn settle_twin(&mut self, row: usize, first: usize) -> Result<()> {
        let outcome = self.rows.get(first).and_then(|first| self.outcomes.get(first.batch));
        if !matches!(outcome, Some(Outcome::Kept(_))) {
            return self.drop_batch(row, Outcome::Postponed).await;
        }
        let (Some(kept), Some(incoming)) = (self.prepared(first), self.prepared(row)) else {
            return Ok(());
        };
        let differences = same::differences(&kept.value, &incoming.value);
        if differences.is_empty() {
            return Ok(());
        }
        let conflict = StoreError::Conflict { id: incoming.id, differences };
        self.drop_batch(row, Outcome::Failed(conflict)).await
    }

    /// The statement of a row.
    fn prepared(&self, row: usize) -> Option<&Prepared> {
        let row = self.rows.get(row)?;
        self.batches.get(row.batch)?.statements.get(row.place)
    }

    async fn insert_firsts(&mut self) -> Result<()> {
        let mut pause = PAUSE;
        for _ in 0..LOOKS {
            let waiting = self.waiting();
            if waiting.is_empty() {
                return Ok(());
            }
            let documents: Vec<Document> = waiting
                .iter()
                .filter_map(|row| Some(self.rows.get(*row)?.document.clone()))
                .collect();
            let taken = insert_free(&self.statements.collection, &documents).await?;
            let taken: BTreeSet<usize> =
                taken.into_iter().filter_map(|at| waiting.get(at).copied()).collect();
            for row in waiting.iter().filter(|row| !taken.contains(row)) {
                self.set(*row, State::Inserted);
            }
            if !taken.is_empty() && !self.settle(&taken).await? {
                rest(&mut pause).await;
            }
        }
        Err(stuck())
    }

    /// Looks at who has the ids of these rows. False when somebody must be waited for.
    async fn settle(&mut self, taken: &BTreeSet<usize>) -> Result<bool> {
        // The head first: what it says of a statement found afterwards is final.
        let head = self.statements.versions.head().await?;
        let rows: Vec<usize> = taken.iter().copied().collect();
        let kept = self.kept(&rows).await?;
        let mut settled = true;
        for &row in taken {
            let Some(id) = self.rows.get(row).map(|row| row.id) else { continue };
            // Gone in between: it is tried again.
            let Some(kept) = kept.get(&id) else { continue };
            let stored = field::instant(kept, "stored")?;
            if self.claim.stretch.contains(stored) {
                self.set(row, State::Inserted);
            } else if head.is_aborted(stored) {
                let dead = doc! {"_id": field::of_uuid(id), "stored": stored.micros()};
                call(self.statements.collection.delete_one(dead)).await?;
            } else if stored > head.last {
                settled = false;
            } else {
                match head.claim_at(stored).filter(|claim| !claim.sealed) {
                    Some(claim) if claim.stretch.from < self.claim.stretch.from => {
                        self.drop_batch(row, Outcome::Postponed).await?;
                    }
                    Some(_) => settled = false,
                    None => self.compare(row, kept, stored).await?,
                }
            }
        }
        Ok(settled)
    }

    /// The documents that have the ids of these rows.
    async fn kept(&self, rows: &[usize]) -> Result<HashMap<Uuid, Document>> {
        let mut kept = HashMap::new();
        for rows in rows.chunks(ASKED) {
            let ids = rows.iter().filter_map(|row| Some(field::of_uuid(self.rows.get(*row)?.id)));
            let ids: Vec<Bson> = ids.collect();
            let found = self.statements.collection.find(doc! {"_id": {"$in": ids}});
            let found = found.projection(row::without_keys()).batch_size(BATCH);
            for document in all(found).await? {
                kept.insert(field::uuid(&document, "_id")?, document);
            }
        }
        Ok(kept)
    }

    /// Accepts a statement that is kept already, refuses a different one under its id.
    async fn compare(&mut self, row: usize, kept: &Document, stored: Instant) -> Result<()> {
        let statement = match row::statement(kept, &self.statements.blobs).await {
            Err(error @ StoreError::Unreadable { .. }) => {
                return self.drop_batch(row, Outcome::Failed(error)).await;
            }
            statement => statement?,
        };
        let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
        let value = statement.value().map_err(corrupt)?;
        let Some(incoming) = self.prepared(row) else { return Ok(()) };
        let (id, differences) = (incoming.id, same::differences(&value, &incoming.value));
        self.shared = self.shared.max(stored);
        if differences.is_empty() {
            self.set(row, State::Dropped);
            return Ok(());
        }
        self.drop_batch(row, Outcome::Failed(StoreError::Conflict { id, differences })).await
    }

    /// Takes the whole batch of a row out of the group.
    async fn drop_batch(&mut self, row: usize, outcome: Outcome) -> Result<()> {
        let Some(batch) = self.rows.get(row).map(|row| row.batch) else { return Ok(()) };
        if let Some(Outcome::Failed(_)) = self.outcomes.get(batch) {
            return Ok(());
        }
        if let Some(known) = self.outcomes.get_mut(batch) {
            *known = outcome;
        }
        let rows = self.rows.iter_mut().filter(|row| row.batch == batch);
        let mut ids = Vec::new();
        for row in rows {
            if row.state != State::Dropped {
                ids.push(field::of_uuid(row.id));
            }
            row.state = State::Dropped;
        }
        for ids in ids.chunks(ASKED) {
            let mut own = self.claim.stretch.filter("stored");
            own.insert("_id", doc! {"$in": ids.to_vec()});
            call(self.statements.collection.delete_many(own)).await?;
        }
        Ok(())
    }

    fn waiting(&self) -> Vec<usize> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| row.state == State::Waiting).map(|(at, _)| at).collect()
    }

    fn set(&mut self, row: usize, state: State) {
        if let Some(row) = self.rows.get_mut(row).filter(|row| row.state != State::Dropped) {
            row.state = state;
        }
    }

    pub(super) fn inserted(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.state == State::Inserted)
    }

    /// The files of statements that are not kept after all.
    pub(super) fn dropped_files(&self) -> impl Iterator<Item = ObjectId> {
        let dropped = self.rows.iter().filter(|row| row.state == State::Dropped);
        dropped.filter_map(|row| row.document.get_object_id("body").ok())
    }

    /// Whether what it inserted is there.
    pub(super) async fn is_there(&self) -> Result<bool> {
        let Some(row) = self.inserted().next() else { return Ok(true) };
        let own = doc! {"_id": field::of_uuid(row.id), "stored": row.document.get("stored")};
        Ok(call(self.statements.collection.find_one(own)).await?.is_some())
    }

    /// Whether the group has nothing new to keep.
    pub(super) fn is_empty(&self) -> bool {
        self.inserted().next().is_none() && self.attachments().next().is_none()
    }

    /// The attachments of the batches that are kept.
    pub(super) fn attachments(&self) -> impl Iterator<Item = &Attachment> + Clone {
        let kept = self.batches.iter().zip(&self.outcomes);
        let kept = kept.filter(|(_, outcome)| matches!(outcome, Outcome::Kept(_)));
        kept.flat_map(|(batch, _)| &batch.attachments)
    }

    pub(super) fn links(&self) -> Result<Vec<row::Link>> {
        self.inserted().map(|row| row::link(&row.document)).collect()
    }

    pub(super) fn taught(&self) -> Taught {
        let mut taught = Taught::default();
        for (at, row) in self.rows.iter().enumerate() {
            let statement = self.prepared(at).filter(|_| row.state == State::Inserted);
            let stored = field::instant(&row.document, "stored");
            if let (Some(statement), Ok(stored)) = (statement, stored) {
                taught.add(&statement.value, stored);
            }
        }
        taught
    }

    /// What became of each request.
    pub(super) fn into_outcomes(mut self) -> Vec<Outcome> {
        for row in self.rows.iter().filter(|row| row.state == State::Inserted) {
            if let Some(Outcome::Kept(new)) = self.outcomes.get_mut(row.batch) {
                *new += 1;
            }
        }
        self.outcomes
    }

    /// When the last new statement was stored.
    pub(super) fn newest(&self) -> Option<Instant> {
        self.inserted().filter_map(|row| field::instant(&row.document, "stored").ok()).max()
    }
}
/// The rows whose id an earlier one has, each with the first of that id.
fn twins(rows: &[Row]) -> Vec<(usize, usize)> {
    let mut firsts = HashMap::new();
    let numbered = rows.iter().enumerate();
    let twin = |(at, row): (usize, &Row)| {
        let first = *firsts.entry(row.id).or_insert(at);
        (first != at).then_some((at, first))
    };
    numbered.filter_map(twin).collect()
}
pub(super) async fn rest(pause: &mut Duration) {
    tokio::time::sleep(*pause).await;
    *pause = (*pause * 2).min(LONGEST_PAUSE);
}
pub(super) fn stuck() -> StoreError {
    StoreError::Unavailable("others who write to the same database hold it up".into())
}
