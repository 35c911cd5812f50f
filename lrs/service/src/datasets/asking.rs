//! Questions about all statements: answered from the sealed files, and from the log where these end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dataset::aggregate::{
    Aggregator, AskError, Bound, ColumnFile, FoldBounds, FoldError, GroupedAnswer, Plan,
};
use dataset::{Dataset, DatasetFile, taken};
use store::StoreError;
use tokio::time::timeout;
use xapi::instant::Instant;
use xapi::stored::Stored;

use self::voiding::{VoidingPages, target};
use super::lane::DataLane;
use super::pages::{LogPages, Logged};
use super::place::DatasetPlace;
use super::search::has_authority;
use super::tables::{DataTables, RowMaker};
use super::{DatasetError, RECIPIENT, placed};
use crate::compute::aside;
use crate::memory::{Exhausted, Memory, Reserved};

/// What the columns of a batch and a page of the log take.
const BASE: usize = 24 << 20;
/// Memory is reserved in steps of this many bytes.
const STEP: usize = 4 << 20;
/// How many statements of the log are read as rows before it is asked whether the answer is still wanted.
const AT_ONCE: usize = 200;
/// How often a question begins again whose files are gone.
const TRIES: u32 = 3;

/// Who asks, and how much the question may take.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Whether groups of one to four people are hidden.
    pub hides_small: bool,
    /// Only statements with this authority, by the text of its identifier.
    pub authority: Option<String>,
    /// Where memory is reserved.
    pub memory: Memory,
    /// How much the question may take.
    pub bounds: FoldBounds,
}

impl Asker {
    /// The question as this asker may ask it.
    ///
    /// # Errors
    /// See [`Plan::hiding_small`].
    pub fn plan(&self, plan: Plan) -> Result<Plan, AskError> {
        if self.hides_small { plan.hiding_small() } else { Ok(plan) }
    }
}

/// An answer, in which every statement counts that was stored up to an instant.
#[derive(Debug)]
pub struct Answered {
    /// The groups.
    pub answer: GroupedAnswer,
    /// No statement stored up to this instant is missing, and none stored later is there.
    pub through: Instant,
    _held: Reserved,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// The question is not for who asks.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// Rows cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The question takes too much.
    #[error(transparent)]
    Bound(#[from] Bound),
    /// There is no memory for it.
    #[error(transparent)]
    Memory(#[from] Exhausted),
}

impl From<StoreError> for QuestionError {
    fn from(error: StoreError) -> Self {
        Self::Dataset(error.into())
    }
}

impl DataLane {
    /// Answers a question from the sealed files, and from the log where these end; from the log alone where there are no
    /// files, and for who may read the statements of one authority. Where the returned future is dropped, the work ends.
    ///
    /// The question's time is that of all its waits and tries, as people wait for it, whatever becomes of the machine's
    /// clock meanwhile.
    ///
    /// # Errors
    /// [`QuestionError::Bound`] where the question takes more than it may: there is never a part of an answer.
    pub async fn ask(&self, plan: Plan, asker: Asker) -> Result<Answered, QuestionError> {
        let seconds = asker.bounds.seconds;
        let answered = timeout(Duration::from_secs(seconds), self.ask_again(plan, asker)).await;
        answered.unwrap_or_else(|_| Err(Bound::Seconds(seconds).into()))
    }

    async fn ask_again(&self, plan: Plan, asker: Asker) -> Result<Answered, QuestionError> {
        for _ in 1..TRIES {
            match self.ask_once(plan.clone(), asker.clone()).await {
                // After an erasure old files go at once, and the manifest names others.
                Err(QuestionError::Dataset(error)) if error.is_of_a_file_that_is_gone() => {}
                answer => return answer,
            }
        }
        self.ask_once(plan, asker).await
    }

    async fn ask_once(&self, plan: Plan, asker: Asker) -> Result<Answered, QuestionError> {
        let plan = asker.plan(plan)?;
        let (files, place, sealed) = match &self.files {
            Some(files) if asker.authority.is_none() => {
                let manifest = files.datasets.manifest().await?;
                let sealed = manifest.through;
                (
                    manifest.files(Dataset::Statements).to_vec(),
                    Some(Arc::clone(&files.place)),
                    sealed,
                )
            }
            _ => (Vec::new(), None, Instant::default()),
        };
        // What verbs and activities are called is not asked for, and would be read of all files first.
        let tables = DataTables::of(Arc::clone(&self.store), RECIPIENT, None).await?;
        let through = tables.visible_through().await?.max(sealed);
        let given_up = GivenUp::default();
        let mut folding = Folding::begin(plan, &asker, &given_up)?;
        if folding.excludes_voided {
            let mut pages = VoidingPages::of(Arc::clone(&self.store), sealed, through);
            while let Some(page) = pages.next().await? {
                folding = run(move || folding.fold_voiding(&page)).await?;
            }
        }
        if let Some(place) = place {
            folding = run(move || folding.fold_files(&*place, &files)).await?;
        }
        let mut pages = LogPages::of(Arc::clone(&self.store), sealed, through);
        while let Some(page) = pages.next().await? {
            let (maker, authority) = (tables.maker.clone(), asker.authority.clone());
            folding = run(move || folding.fold_log(&page, &maker, authority.as_deref())).await?;
        }
        run(move || folding.end(through)).await
    }
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, QuestionError> + Send + 'static,
) -> Result<T, QuestionError> {
    aside(work).await.map_err(|_| DatasetError::Stopped)?
}

/// Says, once it is dropped, that the answer is not wanted any more.
#[derive(Default)]
struct GivenUp(Arc<AtomicBool>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A question under way.
struct Folding {
    aggregator: Aggregator,
    excludes_voided: bool,
    limits: Limits,
}

/// What a question is held to while it is answered.
struct Limits {
    memory: Memory,
    held: Vec<Reserved>,
    reserved: usize,
    exhausted: Option<Exhausted>,
    given_up: Arc<AtomicBool>,
}

impl Limits {
    /// Whether the question goes on, which holds this many bytes.
    fn go_on(&mut self, bytes: usize) -> Result<(), FoldError> {
        if self.given_up.load(Ordering::Relaxed) {
            return Err(FoldError::Stopped);
        }
        self.reserve(bytes).map_err(|exhausted| {
            self.exhausted = Some(exhausted);
            FoldError::Stopped
        })
    }

    fn reserve(&mut self, bytes: usize) -> Result<(), Exhausted> {
        while self.reserved < bytes + BASE {
            self.held.push(self.memory.reserve(STEP)?);
            self.reserved += STEP;
        }
        Ok(())
    }

    fn error(&self, error: FoldError) -> QuestionError {
        match (error, self.exhausted) {
            (FoldError::Parquet(error), _) => DatasetError::Parquet(error).into(),
            (FoldError::Bound(bound), _) => bound.into(),
            (FoldError::Stopped, Some(exhausted)) => exhausted.into(),
            (FoldError::Stopped, None) => DatasetError::Stopped.into(),
        }
    }
}

impl Folding {
    fn begin(plan: Plan, asker: &Asker, given_up: &GivenUp) -> Result<Self, QuestionError> {
        let mut limits = Limits {
            memory: asker.memory.clone(),
            held: Vec::new(),
            reserved: 0,
            exhausted: None,
            given_up: Arc::clone(&given_up.0),
        };
        limits.reserve(0)?;
        let excludes_voided = plan.excludes_voided();
        Ok(Self { aggregator: Aggregator::of(plan, asker.bounds), excludes_voided, limits })
    }

    /// Voids the targets of voiding statements.
    fn fold_voiding(mut self, page: &[Stored]) -> Result<Self, QuestionError> {
        for stored in page {
            if let Some(id) = target(stored) {
                self.aggregator.void(&id);
            }
            let go_on = self.limits.go_on(self.aggregator.weight());
            go_on.map_err(|error| self.limits.error(error))?;
        }
        Ok(self)
    }

    fn fold_files(
        mut self,
        place: &dyn DatasetPlace,
        files: &[DatasetFile],
    ) -> Result<Self, QuestionError> {
        if self.excludes_voided {
            for file in files {
                let file = open(place, file)?;
                let limits = &mut self.limits;
                let voided = self.aggregator.void_targets(&file, |bytes| limits.go_on(bytes));
                voided.map_err(|error| self.limits.error(error))?;
            }
        }
        for file in files {
            let file = open(place, file)?;
            let limits = &mut self.limits;
            let folded = self.aggregator.add_file(&file, |bytes| limits.go_on(bytes));
            folded.map_err(|error| self.limits.error(error))?;
        }
        Ok(self)
    }

    fn fold_log(
        mut self,
        page: &[Logged],
        maker: &RowMaker,
        authority: Option<&str>,
    ) -> Result<Self, QuestionError> {
        let shape = taken(&[Dataset::Statements]);
        for part in page.chunks(AT_ONCE) {
            let mut rows = Vec::with_capacity(part.len());
            for logged in part {
                let made = maker.wanted(&logged.stored, shape, |value| {
                    let is_asked_of = authority.is_none_or(|it| has_authority(value, it));
                    is_asked_of.then(|| maker.rows(Dataset::Statements, logged, value))
                })?;
                rows.extend(made.flatten().into_iter().flatten());
            }
            let folded = self.aggregator.add_rows(&rows);
            let folded = folded.and_then(|()| self.limits.go_on(self.aggregator.weight()));
            folded.map_err(|error| self.limits.error(error))?;
        }
        Ok(self)
    }

    fn end(self, through: Instant) -> Result<Answered, QuestionError> {
        let Self { aggregator, mut limits, .. } = self;
        let ended = aggregator.end(|bytes| limits.go_on(bytes));
        let answer = ended.map_err(|error| limits.error(error))?;
        let held = limits.memory.reserve(answer.weight())?;
        Ok(Answered { answer, through, _held: held })
    }
}

fn open(place: &dyn DatasetPlace, file: &DatasetFile) -> Result<ColumnFile, DatasetError> {
    let opened = place.open(&file.path).map_err(placed("reading a file of a table"))?;
    Ok(ColumnFile::open(Box::new(opened), file.bytes)?)
}

mod kept;
#[cfg(test)]
mod tests;
mod voiding;

pub use kept::AnswerSlot;
pub(super) use kept::KeptAnswers;
