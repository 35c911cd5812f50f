//! Pipes, a cell each whose version is the record's revision, and their dead letters. Fields of a pipe: `name`, `record` as
//! JSON; of a letter: `_id`, made of pipe and statement, `pipe`, `statement`, `stored`, `status`, `body`, `at`, instants in
//! microseconds, and `place`: `stored` and statement as a text whose order is theirs.

use async_trait::async_trait;
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use uuid::Uuid;

use super::call::{all, call, insert};
use super::cell::{self, Cells, Held};
use super::field;
use crate::MongoStore;
use store::{DeadLetter, HeldPipe, PipeStore, Result, StoreError};
use xapi::instant::Instant;

/// The most that can be asked for: not every server takes a larger number.
const MOST: i64 = 1 << 30;

/// The collections of pipes and of dead letters.
#[derive(Clone)]
pub(super) struct Pipes {
    pub(super) cells: Cells,
    pub(super) letters: Collection<Document>,
}

fn held(held: &Held) -> Result<Option<HeldPipe>> {
    let Some(value) = held.value() else { return Ok(None) };
    let (name, record) = (field::text(value, "name")?, field::text(value, "record")?);
    Ok(Some(HeldPipe { name, record, revision: held.n }))
}

/// Orders letters as their instants and ids do, also before the epoch.
fn place((stored, statement): (Instant, Uuid)) -> String {
    let stored = stored.micros().cast_unsigned() ^ (1 << 63);
    format!("{stored:016x}/{statement}")
}

fn id_of(pipe: &str, statement: Uuid) -> String {
    format!("{}/{statement}", cell::name(&[pipe]))
}

fn letter(document: &Document) -> Result<DeadLetter> {
    let corrupt = || StoreError::Corrupt("a dead letter of no status".into());
    Ok(DeadLetter {
        pipe: field::text(document, "pipe")?,
        statement: field::uuid(document, "statement")?,
        stored: field::instant(document, "stored")?,
        status: u16::try_from(field::integer(document, "status")?).map_err(|_| corrupt())?,
        body: field::text(document, "body")?,
        at: field::instant(document, "at")?,
    })
}

impl Pipes {
    async fn pipes(&self) -> Result<Vec<HeldPipe>> {
        let found = self.cells.find(doc! {}, &["name", "record"]).await?;
        let pipes = found.values().filter_map(|it| held(it).transpose());
        let mut pipes = pipes.collect::<Result<Vec<_>>>()?;
        pipes.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(pipes)
    }

    async fn add(&self, name: &str, record: &str) -> Result<bool> {
        let cell = cell::name(&[name]);
        let newest = self.cells.newest(&cell).await?;
        if newest.value().is_some() {
            return Ok(false);
        }
        // Those of an earlier pipe of the name whose removal was cut off.
        self.remove_letters(name).await?;
        self.cells.change(&cell, &newest, doc! {"name": name, "record": record}).await
    }

    async fn change(&self, name: &str, record: &str, based_on: i64) -> Result<Option<i64>> {
        let cell = cell::name(&[name]);
        let newest = self.cells.newest(&cell).await?;
        if newest.value().is_none() || newest.n != based_on {
            return Ok(None);
        }
        let value = doc! {"name": name, "record": record};
        Ok(self.cells.change(&cell, &newest, value).await?.then_some(newest.n + 1))
    }

    /// The trace that stays counts the revisions on for another pipe of the name.
    async fn remove(&self, name: &str, based_on: i64, now: Instant) -> Result<bool> {
        let cell = cell::name(&[name]);
        let newest = self.cells.newest(&cell).await?;
        if newest.value().is_none() || newest.n != based_on {
            return Ok(false);
        }
        let is_removed = self.cells.remove(&cell, &newest, doc! {"name": name}, now).await?;
        if is_removed {
            self.remove_letters(name).await?;
        }
        Ok(is_removed)
    }

    async fn remove_letters(&self, pipe: &str) -> Result<()> {
        call(self.letters.delete_many(doc! {"pipe": pipe})).await.map(drop)
    }

    async fn keep(&self, kept: &DeadLetter) -> Result<()> {
        let DeadLetter { pipe, statement, stored, status, body, at } = kept;
        let id = id_of(pipe, *statement);
        let fields = doc! {
            "pipe": pipe,
            "statement": field::of_uuid(*statement),
            "place": place(kept.place()),
            "stored": stored.micros(),
            "status": i64::from(*status),
            "body": body,
            "at": at.micros(),
        };
        let mut document = doc! {"_id": &id};
        document.extend(fields.clone());
        if !insert(&self.letters, document).await? {
            call(self.letters.update_one(doc! {"_id": id}, doc! {"$set": fields})).await?;
        }
        Ok(())
    }

    async fn letters(
        &self,
        pipe: &str,
        after: Option<(Instant, Uuid)>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>> {
        let mut wanted = doc! {"pipe": pipe};
        if let Some(after) = after {
            wanted.insert("place", doc! {"$gt": place(after)});
        }
        let limit = i64::try_from(limit).unwrap_or(MOST).min(MOST);
        let found = self.letters.find(wanted).sort(doc! {"place": 1}).limit(limit);
        all(found).await?.iter().map(letter).collect()
    }
}

#[async_trait]
impl PipeStore for MongoStore {
    async fn pipe(&self, name: &str) -> Result<Option<HeldPipe>> {
        held(&self.0.pipes.cells.newest(&cell::name(&[name])).await?)
    }

    async fn pipes(&self) -> Result<Vec<HeldPipe>> {
        self.0.pipes.pipes().await
    }

    async fn add_pipe(&self, name: &str, record: &str) -> Result<bool> {
        self.0.pipes.add(name, record).await
    }

    async fn change_pipe(&self, name: &str, record: &str, based_on: i64) -> Result<Option<i64>> {
        self.0.pipes.change(name, record, based_on).await
    }

    async fn remove_pipe(&self, name: &str, based_on: i64) -> Result<bool> {
        self.0.pipes.remove(name, based_on, self.0.clock.now()).await
    }

    async fn keep_dead_letters(&self, letters: Vec<DeadLetter>) -> Result<()> {
        for letter in &letters {
            self.0.pipes.keep(letter).await?;
        }
        Ok(())
    }

    async fn dead_letters(
        &self,
        pipe: &str,
        after: Option<(Instant, Uuid)>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>> {
        self.0.pipes.letters(pipe, after, limit).await
    }

    async fn dead_letter(&self, pipe: &str, statement: Uuid) -> Result<Option<DeadLetter>> {
        let found = self.0.pipes.letters.find_one(doc! {"_id": id_of(pipe, statement)});
        call(found).await?.as_ref().map(letter).transpose()
    }

    async fn count_dead_letters(&self, pipe: &str) -> Result<u64> {
        call(self.0.pipes.letters.count_documents(doc! {"pipe": pipe})).await
    }

    async fn remove_dead_letter(&self, pipe: &str, statement: Uuid) -> Result<bool> {
        let removed = self.0.pipes.letters.delete_one(doc! {"_id": id_of(pipe, statement)});
        Ok(call(removed).await?.deleted_count == 1)
    }
}
