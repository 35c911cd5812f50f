//! Rows of any range, without files.

use std::sync::Arc;

use course::{Course, Enrolment, Evidence};
use dataset::{
    Dataset, Datum, Flattener, Pseudonyms, RowOf, StatementParts, UsedWords, course_activities,
    learner_rows, taken,
};
use store::{KeptCourse, Store, StoreError};
use validator::json::{Node, Shape, Skimmed, at};
use xapi::instant::Instant;
use xapi::stored::Stored;

use super::pages::{LogPages, Logged, first_after};
use super::vocabulary::KeptVocabulary;
use super::{DatasetError, aside};
use crate::erasure::erasure_rows;
use crate::large::with_skimmed;
use crate::memory::{Memory, Reserved};
use crate::refusals::refusal_rows;

/// What the learners, or the file, of a course and the rows of them take for each byte of text, at most: a learner with one
/// mail address is some 60 bytes, and two rows.
const PER_BYTE: usize = 24;
/// The verb of voiding statements.
pub(super) const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

/// The tables of a store, for one recipient. Cheap to clone.
#[derive(Clone)]
pub struct DataTables {
    pub(super) store: Arc<dyn Store>,
    pub(super) maker: RowMaker,
    /// What is known of verbs and activities already.
    vocabulary: KeptVocabulary,
}

/// The rows of a table that is replaced as a whole, and their memory.
#[derive(Debug)]
pub struct Snapshot {
    /// The rows.
    pub rows: Vec<RowOf>,
    /// What they take.
    pub held: Reserved,
}

/// Makes rows of statements.
#[derive(Clone)]
pub(super) struct RowMaker {
    flattener: Arc<Flattener>,
    /// Only statements of this course, where there is one, and those that void.
    course: Option<Arc<Course>>,
}

/// The rows of one table for one range, in pages.
pub struct RowPages {
    pages: LogPages,
    maker: RowMaker,
    dataset: Dataset,
}

impl DataTables {
    /// The tables of `store`, with the pseudonyms of `recipient`, of the statements of `course` alone where one is named.
    ///
    /// # Errors
    /// [`DatasetError::NoCourse`], [`DatasetError::Course`].
    pub async fn of(
        store: Arc<dyn Store>,
        recipient: &str,
        course: Option<&str>,
    ) -> Result<Self, DatasetError> {
        let secret = store.secret().await?;
        let course = match course {
            Some(id) => Some(Arc::new(parsed(id, file_of(&*store, id).await?).await?)),
            None => None,
        };
        let flattener = Arc::new(Flattener::new(Pseudonyms::of_recipient(&secret, recipient)));
        let vocabulary = KeptVocabulary::default();
        Ok(Self { store, maker: RowMaker { flattener, course }, vocabulary })
    }

    /// These tables, with what is known of the verbs and activities of this recipient and course already.
    #[must_use]
    pub(super) fn knowing(self, vocabulary: KeptVocabulary) -> Self {
        Self { vocabulary, ..self }
    }

    /// The rows of a table whose statements were stored in `(after, through]`, in their order. `through` must not be later
    /// than what [`Self::visible_through`] gave: what is later may get earlier neighbours.
    ///
    /// A table that is replaced as a whole has none here: see [`Self::snapshot`].
    pub fn rows(&self, dataset: Dataset, after: Instant, through: Instant) -> RowPages {
        let pages = LogPages::of(Arc::clone(&self.store), after, through);
        RowPages { pages, maker: self.maker.clone(), dataset }
    }

    /// An instant such that no statement will ever be stored at or before it that is not visible now.
    pub async fn visible_through(&self) -> Result<Instant, DatasetError> {
        Ok(self.store.consistent_through().await?)
    }

    /// When the first statement after `after` was stored.
    pub async fn first_after(&self, after: Instant) -> Result<Option<Instant>, DatasetError> {
        Ok(first_after(&*self.store, after).await?)
    }

    /// The rows of a table that is replaced as a whole, as they are now, gathered in `memory`.
    ///
    /// # Errors
    /// [`DatasetError::Course`] where a course or its learners cannot be read, [`DatasetError::Memory`].
    pub async fn snapshot(
        &self,
        dataset: Dataset,
        memory: &Memory,
    ) -> Result<Snapshot, DatasetError> {
        match dataset {
            Dataset::Verbs | Dataset::Activities => {
                self.vocabulary.advance(self, self.visible_through().await?).await?;
                let kept = self.vocabulary.clone();
                let rows = aside(move || Ok(kept.with(|vocabulary| vocabulary.rows(dataset))));
                held_in(memory, rows.await?)
            }
            Dataset::Refusals if self.maker.course.is_some() => held_in(memory, Vec::new()),
            Dataset::Refusals => {
                let flattener = Arc::clone(&self.maker.flattener);
                held_in(memory, refusal_rows(&*self.store, &flattener).await?)
            }
            Dataset::Erasures => {
                let pseudonyms = self.maker.flattener.pseudonyms();
                held_in(memory, erasure_rows(&*self.store, pseudonyms).await?)
            }
            _ => self.of_courses(dataset, memory).await,
        }
    }

    /// The rows of a table that is made of courses.
    async fn of_courses(
        &self,
        dataset: Dataset,
        memory: &Memory,
    ) -> Result<Snapshot, DatasetError> {
        let ids = match &self.maker.course {
            Some(course) => vec![course.id().to_owned()],
            None => self.store.courses().await?.into_iter().map(|course| course.id).collect(),
        };
        let mut snapshot = Snapshot { rows: Vec::new(), held: memory.reserve(0)? };
        for id in ids {
            // A course that was deleted meanwhile has no rows.
            let Some(kept) = self.store.course(&id).await? else { continue };
            let making = memory.reserve(weight_of(&kept, dataset))?;
            let rows = match dataset {
                Dataset::Learners => {
                    let flattener = Arc::clone(&self.maker.flattener);
                    let made = aside(move || {
                        let enrolment = Enrolment::from_kept(&kept.enrolment);
                        let enrolment = enrolment.map_err(|_| DatasetError::Course(id.clone()))?;
                        let rows = learner_rows(&id, &enrolment, flattener.pseudonyms());
                        rows.map_err(|_| DatasetError::Course(id))
                    });
                    made.await?
                }
                Dataset::CourseActivities => course_activities(&parsed(&id, kept.file).await?),
                _ => Vec::new(),
            };
            // No more than this is left of what making the rows took.
            drop(making);
            snapshot.held.grow(rows.iter().map(weight_of_row).sum())?;
            snapshot.rows.extend(rows);
        }
        Ok(snapshot)
    }
}

fn held_in(memory: &Memory, rows: Vec<RowOf>) -> Result<Snapshot, DatasetError> {
    let held = memory.reserve(rows.iter().map(weight_of_row).sum())?;
    Ok(Snapshot { rows, held })
}

/// What it takes to make the rows of a course, at most.
fn weight_of(kept: &KeptCourse, dataset: Dataset) -> usize {
    let text = if dataset == Dataset::Learners { kept.enrolment.len() } else { kept.file.len() };
    text.saturating_mul(PER_BYTE)
}

/// What a row takes in memory, in bytes.
pub(super) fn weight_of_row(row: &RowOf) -> usize {
    let texts = row.iter().map(Datum::weight).sum::<usize>();
    size_of::<RowOf>() + row.len() * size_of::<Datum>() + texts
}

async fn file_of(store: &dyn Store, id: &str) -> Result<String, DatasetError> {
    let kept = store.course(id).await?;
    kept.map(|kept| kept.file).ok_or_else(|| DatasetError::NoCourse(id.to_owned()))
}

async fn parsed(id: &str, file: String) -> Result<Course, DatasetError> {
    let unreadable = DatasetError::Course(id.to_owned());
    aside(move || Course::parse(&file).map_err(|_| unreadable)).await
}

impl RowPages {
    /// The rows of the next statements, which may be none; nothing at the end of the range.
    pub async fn next(&mut self) -> Result<Option<Vec<RowOf>>, DatasetError> {
        let Some(page) = self.pages.next().await? else { return Ok(None) };
        let (maker, dataset) = (self.maker.clone(), self.dataset);
        let make = move || {
            let mut rows = Vec::with_capacity(page.len());
            for logged in &page {
                let make = |value: &Skimmed<'_>| maker.rows(dataset, logged, value);
                let made = maker.wanted(&logged.stored, taken(&[dataset]), make)?;
                rows.extend(made.into_iter().flatten());
            }
            Ok(rows)
        };
        aside(make).await.map(Some)
    }
}

impl RowMaker {
    /// What `take` makes of what `shape` reads of a statement, which is one that [`taken`] gives; nothing where the statement is
    /// not wanted.
    pub(super) fn wanted<T>(
        &self,
        stored: &Stored,
        shape: &'static Shape,
        take: impl FnOnce(&Skimmed<'_>) -> T,
    ) -> Result<Option<T>, DatasetError> {
        let take = |value: &Skimmed<'_>| self.takes(stored, value).then(|| take(value));
        let taken = with_skimmed(stored, shape, take);
        let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", stored.id));
        Ok(taken.map_err(corrupt)?)
    }

    pub(super) fn rows(&self, dataset: Dataset, logged: &Logged, value: &impl Node) -> Vec<RowOf> {
        self.rows_of(dataset, &logged.said(value))
    }

    pub(super) fn rows_of(
        &self,
        dataset: Dataset,
        said: &StatementParts<'_, impl Node>,
    ) -> Vec<RowOf> {
        self.flattener.rows_of(dataset, said)
    }

    /// Adds the verb and the activities of a statement.
    pub(super) fn speaks(&self, spoken: &mut UsedWords, said: &StatementParts<'_, impl Node>) {
        spoken.add(&self.flattener, said);
    }

    /// The same, for the rows of many statements: see [`Flattener::remembering`].
    pub(super) fn remembering(&self) -> Self {
        Self { flattener: Arc::new(self.flattener.remembering()), course: self.course.clone() }
    }

    /// Whether a statement is wanted. Those that void are, in any course: they name a statement, and not its course.
    fn takes<N: Node>(&self, stored: &Stored, value: &N) -> bool {
        let Some(course) = &self.course else { return true };
        if at(value, "verb/id").and_then(N::as_str) == Some(VOIDED) {
            return true;
        }
        let evidence = Evidence::read(value, &stored.id.to_string(), stored.stored.micros());
        evidence.is_some_and(|it| course.place_of(&it.object, &it.parents, &it.groupings).is_some())
    }
}
