//! One course as the follower has it in memory.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

use crate::course::{ActorProgress, Course, Evidence};
use crate::store::{
    Followed as Mark, Kept, KeptCourse, LogPage, ProgressDocument, Result, Store, StoreError,
};
use crate::xapi::instant::Instant;
use crate::xapi::prepare::{VOIDED, target};
use crate::xapi::query::{Filter, Match};
use crate::xapi::stored::Stored;

/// Statements read at once.
pub(super) const CHUNK: usize = 1000;

/// Documents that are remembered from one step to the next.
const REMEMBERED: usize = 20_000;

/// A course and what its actors said up to the mark.
pub(super) struct Followed {
    pub(super) id: String,
    /// How far the documents follow the log.
    pub(super) mark: Mark,
    /// The version of the watermark that the documents in memory go with.
    version: i64,
    course: Course,
    /// Documents that were read or changed lately; when `whole`, all there are.
    documents: HashMap<String, ActorProgress>,
    changed: BTreeSet<String>,
    whole: bool,
}

/// A statement of the log, read once for all courses.
pub(super) struct Read {
    pub(super) stored: Instant,
    evidence: Option<Evidence>,
    voids: Option<Uuid>,
}

impl Read {
    /// What a page of the log means, and whether more may follow. A statement that cannot be read
    /// means nothing: it must not keep all others from counting.
    pub(super) fn chunk(page: Result<LogPage>) -> Result<(Vec<Self>, bool)> {
        match page {
            Ok(page) => Ok((page.statements.iter().map(Self::new).collect(), page.more)),
            Err(StoreError::Unreadable { id, stored, reason }) => {
                tracing::error!(?id, %stored, reason, "a statement does not count");
                Ok((vec![Self::nothing(stored)], true))
            }
            Err(error) => Err(error),
        }
    }

    const fn nothing(stored: Instant) -> Self {
        Self { stored, evidence: None, voids: None }
    }

    /// What `kept` means for progress. A voided statement means nothing, and neither does one
    /// that cannot be read: it must not keep all others from counting.
    pub(super) fn new(kept: &Kept) -> Self {
        let stored = kept.statement.stored;
        let value = match value(&kept.statement) {
            Ok(value) => value,
            Err(error) => {
                tracing::error!(%error, "a statement does not count");
                return Self::nothing(stored);
            }
        };
        let is_voiding = value.pointer("/verb/id").and_then(Value::as_str) == Some(VOIDED);
        let evidence = if kept.voided { None } else { evidence(&kept.statement, &value) };
        Self { stored, evidence, voids: target(&value).filter(|_| is_voiding) }
    }
}

impl Followed {
    /// The course as far as its kept documents go; from nothing where they were read for another
    /// file or have another shape. A kept course that does not parse is reported.
    pub(super) async fn load(store: &dyn Store, kept: &KeptCourse) -> Result<Self> {
        let corrupt = |what: String| StoreError::Corrupt(format!("course {}: {what}", kept.id));
        let course = Course::parse(&kept.file).map_err(|error| corrupt(error.to_string()))?;
        let watermark = store.watermark(&kept.id).await?;
        let mark = watermark.followed;
        let first = store.progress(&kept.id, "", 1).await?;
        let is_current = mark.reading == kept.reading
            && first.first().is_none_or(|document| current(document).is_some());
        let mut followed = Self {
            id: kept.id.clone(),
            mark,
            version: watermark.version,
            course,
            documents: HashMap::new(),
            changed: BTreeSet::new(),
            whole: false,
        };
        if !is_current {
            followed.start_over(kept.reading);
        }
        Ok(followed)
    }

    /// Forgets all progress, to follow the log from its beginning; the next save replaces all.
    pub(super) fn start_over(&mut self, reading: i64) {
        self.documents.clear();
        self.changed.clear();
        self.whole = true;
        self.mark = Mark { through: Instant::default(), reading };
    }

    /// Whether the log must be read to its end before the documents can be used.
    pub(super) const fn is_whole(&self) -> bool {
        self.whole
    }

    /// Takes the next statements of the log into account.
    pub(super) async fn follow(&mut self, store: &dyn Store, log: &[Read]) -> Result<()> {
        let through = self.mark.through;
        let news = || log.iter().filter(|read| read.stored > through);
        self.remember(store, news()).await?;
        for read in news() {
            if let Some(evidence) = &read.evidence {
                self.apply(evidence);
            }
            if let Some(voided) = read.voids {
                self.take_back(store, voided, read.stored).await?;
            }
        }
        if let Some(last) = log.last() {
            self.mark.through = self.mark.through.max(last.stored);
        }
        Ok(())
    }

    /// Reads the documents of actors who say something now.
    async fn remember(
        &mut self,
        store: &dyn Store,
        news: impl Iterator<Item = &Read>,
    ) -> Result<()> {
        if self.whole {
            return Ok(());
        }
        let actors = news.filter_map(|read| read.evidence.as_ref());
        let actors = actors.filter(|evidence| self.bears(evidence));
        let actors: BTreeSet<String> = actors.map(|evidence| evidence.actor.to_string()).collect();
        let missing: Vec<String> =
            actors.into_iter().filter(|actor| !self.documents.contains_key(actor)).collect();
        for document in store.progress_of(&self.id, &missing).await? {
            let progress = current(&document).ok_or_else(|| {
                let (id, actor) = (&self.id, &document.actor);
                StoreError::Corrupt(format!("the progress of {actor} in {id}: rebuild it"))
            })?;
            self.documents.insert(document.actor, progress);
        }
        Ok(())
    }

    /// Writes what changed, with the mark up to which it is true. False where somebody else has
    /// written, or the course is gone: what is in memory is worth nothing then.
    pub(super) async fn save(&mut self, store: &dyn Store) -> Result<bool> {
        let documents: Vec<ProgressDocument> = if self.whole {
            self.documents.iter().map(|(actor, progress)| written(actor, progress)).collect()
        } else {
            let of = |actor: &String| Some(written(actor, self.documents.get(actor)?));
            self.changed.iter().filter_map(of).collect()
        };
        let (version, whole) = (self.version, self.whole);
        let written = store.put_progress(&self.id, version, self.mark, documents, whole).await?;
        let Some(version) = written else { return Ok(false) };
        self.version = version;
        self.whole = false;
        self.changed.clear();
        if self.documents.len() > REMEMBERED {
            self.documents = HashMap::new();
        }
        Ok(true)
    }

    fn bears(&self, evidence: &Evidence) -> bool {
        let Evidence { object, parents, groupings, .. } = evidence;
        self.course.place_of(object, parents, groupings).is_some()
    }

    fn apply(&mut self, evidence: &Evidence) {
        if !self.bears(evidence) {
            return;
        }
        let actor = evidence.actor.to_string();
        let progress = self.documents.entry(actor.clone()).or_default();
        if progress.apply(&self.course, evidence) {
            self.changed.insert(actor);
        }
    }

    /// Computes the actor of a statement that was voided `at` an instant of the log anew, from
    /// all up to there that is not voided.
    async fn take_back(&mut self, store: &dyn Store, voided: Uuid, at: Instant) -> Result<()> {
        let Some(kept) = store.statement(voided).await?.filter(|kept| kept.voided) else {
            return Ok(());
        };
        let value = value(&kept.statement)?;
        let evidence = evidence(&kept.statement, &value);
        let Some(evidence) = evidence.filter(|evidence| self.bears(evidence)) else {
            return Ok(());
        };
        let actor = evidence.actor.to_string();
        let mut progress = ActorProgress::default();
        for statement in of_agent(store, actor.clone(), at).await? {
            let value = self::value(&statement)?;
            let evidence = self::evidence(&statement, &value);
            if let Some(evidence) = evidence.filter(|it| it.actor.to_string() == actor) {
                progress.apply(&self.course, &evidence);
            }
        }
        self.documents.insert(actor.clone(), progress);
        self.changed.insert(actor);
        Ok(())
    }
}

/// All statements about an agent stored until an instant that are not voided.
pub(super) async fn of_agent(
    store: &dyn Store,
    text: String,
    until: Instant,
) -> Result<Vec<Stored>> {
    let agent = Some(Match { text, related: false });
    let until = Some(until);
    let mut filter = Filter { agent, until, ascending: true, limit: CHUNK, ..Filter::default() };
    let mut all = Vec::new();
    loop {
        let page = store.statements(&filter).await?;
        filter.beyond = page.statements.last().map(|statement| statement.stored);
        all.extend(page.statements);
        if !page.more {
            return Ok(all);
        }
    }
}

fn value(statement: &Stored) -> Result<Value> {
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
    statement.value().map_err(corrupt)
}

fn evidence(statement: &Stored, value: &Value) -> Option<Evidence> {
    Evidence::read(value, &statement.id.to_string(), statement.stored.micros())
}

fn written(actor: &str, progress: &ActorProgress) -> ProgressDocument {
    let body = serde_json::to_vec(progress).unwrap_or_default();
    ProgressDocument { actor: actor.to_owned(), body: Bytes::from(body) }
}

/// The document, where it has the shape that this program writes.
pub(super) fn current(document: &ProgressDocument) -> Option<ActorProgress> {
    let progress: ActorProgress = serde_json::from_slice(&document.body).ok()?;
    progress.is_current().then_some(progress)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_cannot_be_read_is_gone_past_and_means_nothing() {
        let stored = Instant::from_micros(7);
        let reason = "its checksum is another one".to_owned();
        let broken = Err(StoreError::Unreadable { id: None, stored, reason });
        let (chunk, more) = Read::chunk(broken).unwrap();
        let [read] = chunk.as_slice() else { panic!("one, to go on from") };
        assert_eq!(read.stored, stored);
        assert!(read.evidence.is_none() && read.voids.is_none() && more);
        let away = Err(StoreError::Unavailable("away".into()));
        assert!(Read::chunk(away).is_err(), "what comes back is waited for");
    }
}
