//! One course as the follower has it in memory.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

use crate::course::{Course, Evidence, LearnerList, LearnerProgress, SheetErrors};
use crate::store::{Kept, KeptCourse, ProgressDocument, Result, Store, StoreError, Watermark};
use crate::xapi::instant::Instant;
use crate::xapi::prepare::{VOIDED, target};
use crate::xapi::query::{Filter, Match};
use crate::xapi::stored::Stored;

/// Statements read at once.
pub(super) const CHUNK: usize = 1000;

/// A course, its learners, and their progress up to the watermark.
pub(super) struct Followed {
    pub(super) id: String,
    pub(super) watermark: Watermark,
    course: Course,
    learners: LearnerList,
    progress: HashMap<String, LearnerProgress>,
    changed: BTreeSet<String>,
}

/// A statement of the log, read once for all courses.
pub(super) struct Read {
    pub(super) stored: Instant,
    evidence: Option<Evidence>,
    voids: Option<Uuid>,
}

impl Read {
    /// What `kept` means for progress. A voided statement means nothing, and neither does one
    /// that cannot be read: it must not keep all others from counting.
    pub(super) fn new(kept: &Kept) -> Self {
        let stored = kept.statement.stored;
        let value = match value(&kept.statement) {
            Ok(value) => value,
            Err(error) => {
                tracing::error!(%error, "a statement does not count");
                return Self { stored, evidence: None, voids: None };
            }
        };
        let is_voiding = value.pointer("/verb/id").and_then(Value::as_str) == Some(VOIDED);
        let evidence = if kept.voided { None } else { evidence(&kept.statement, &value) };
        Self { stored, evidence, voids: target(&value).filter(|_| is_voiding) }
    }
}

impl Followed {
    /// The course with the progress that is kept of it; `None` when that is of another revision
    /// or shape and must be rebuilt from nothing. Kept courses that do not parse are reported.
    pub(super) async fn load(store: &dyn Store, kept: &KeptCourse) -> Result<Self> {
        let corrupt = |what: String| StoreError::Corrupt(format!("course {}: {what}", kept.id));
        let course = Course::parse(&kept.file).map_err(|error| corrupt(error.to_string()))?;
        let learners = learners(kept).map_err(|error| corrupt(error.to_string()))?;
        let (watermark, documents) = store.progress(&kept.id).await?;
        let mut followed = Self {
            id: kept.id.clone(),
            watermark: Watermark { through: Instant::default(), revision: kept.revision },
            course,
            learners,
            progress: HashMap::new(),
            changed: BTreeSet::new(),
        };
        let progress: Option<HashMap<_, _>> = documents.iter().map(current).collect();
        if let Some(progress) = progress.filter(|_| watermark.revision == kept.revision) {
            followed.progress = progress;
            followed.watermark = watermark;
        }
        Ok(followed)
    }

    /// Forgets all progress, to follow the log from its beginning.
    pub(super) fn start_over(&mut self) {
        self.progress.clear();
        self.changed.clear();
        self.watermark.through = Instant::default();
    }

    /// Takes the next statements of the log into account.
    pub(super) async fn follow(&mut self, store: &dyn Store, log: &[Read]) -> Result<()> {
        let through = self.watermark.through;
        for read in log.iter().filter(|read| read.stored > through) {
            if let Some(evidence) = &read.evidence {
                self.apply(evidence);
            }
            if let Some(voided) = read.voids {
                self.take_back(store, voided).await?;
            }
        }
        if let Some(last) = log.last() {
            self.watermark.through = self.watermark.through.max(last.stored);
        }
        Ok(())
    }

    /// Writes what changed, with the watermark it is true for. With `whole`, everything.
    pub(super) async fn save(&mut self, store: &dyn Store, whole: bool) -> Result<()> {
        let documents = if whole {
            self.progress.iter().map(|(learner, progress)| written(learner, progress)).collect()
        } else {
            let of = |learner: &String| Some(written(learner, self.progress.get(learner)?));
            self.changed.iter().filter_map(of).collect()
        };
        store.put_progress(&self.id, self.watermark, documents, whole).await?;
        self.changed.clear();
        Ok(())
    }

    fn apply(&mut self, evidence: &Evidence) {
        let Some(learner) = self.learners.find(&evidence.actor) else { return };
        if self.course.place_of(&evidence.object).is_none() {
            return;
        }
        let progress = self.progress.entry(learner.id.clone()).or_default();
        if progress.apply(&self.course, evidence) {
            self.changed.insert(learner.id.clone());
        }
    }

    /// Computes the learner of a voided statement anew, from all that is not voided.
    async fn take_back(&mut self, store: &dyn Store, voided: Uuid) -> Result<()> {
        let Some(kept) = store.statement(voided).await?.filter(|kept| kept.voided) else {
            return Ok(());
        };
        let value = value(&kept.statement)?;
        let evidence = evidence(&kept.statement, &value)
            .filter(|evidence| self.course.place_of(&evidence.object).is_some());
        let Some(learner) = evidence.and_then(|evidence| self.learners.find(&evidence.actor))
        else {
            return Ok(());
        };
        let mut progress = LearnerProgress::default();
        for identifier in learner.known_as() {
            for statement in of_agent(store, identifier.to_string()).await? {
                let value = self::value(&statement)?;
                let theirs = evidence_of(&statement, &value, &self.learners, &learner.id);
                if let Some(evidence) = theirs {
                    progress.apply(&self.course, &evidence);
                }
            }
        }
        let learner = learner.id.clone();
        self.progress.insert(learner.clone(), progress);
        self.changed.insert(learner);
        Ok(())
    }
}

/// The learners of a course; none before the first list was sent.
pub(super) fn learners(kept: &KeptCourse) -> std::result::Result<LearnerList, SheetErrors> {
    if kept.learners.is_empty() {
        return Ok(LearnerList::default());
    }
    LearnerList::parse(kept.learners.as_bytes())
}

/// All statements about an agent that are not voided.
async fn of_agent(store: &dyn Store, text: String) -> Result<Vec<Stored>> {
    let agent = Some(Match { text, related: false });
    let mut filter = Filter { agent, ascending: true, limit: CHUNK, ..Filter::default() };
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

fn evidence_of(
    statement: &Stored,
    value: &Value,
    learners: &LearnerList,
    learner: &str,
) -> Option<Evidence> {
    evidence(statement, value)
        .filter(|evidence| learners.find(&evidence.actor).is_some_and(|found| found.id == learner))
}

fn written(learner: &str, progress: &LearnerProgress) -> ProgressDocument {
    let body = serde_json::to_vec(progress).unwrap_or_default();
    ProgressDocument { learner: learner.to_owned(), body: Bytes::from(body) }
}

fn current(document: &ProgressDocument) -> Option<(String, LearnerProgress)> {
    let progress: LearnerProgress = serde_json::from_slice(&document.body).ok()?;
    progress.is_current().then(|| (document.learner.clone(), progress))
}
