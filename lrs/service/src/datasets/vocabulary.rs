//! The tables `verbs` and `activities`, which are made of the whole log: kept, and brought up to date from where they end.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use dataset::{Dataset, Manifest, UsedWords, Vocabulary, read_rows, taken};
use validator::json::Skimmed;
use xapi::instant::Instant;

use super::pages::{LogPages, Logged};
use super::place::DatasetPlace;
use super::tables::{DataTables, RowMaker};
use super::{DatasetError, aside, placed};

/// The longest file of these tables that is read, in bytes: they have at most 100,000 rows.
const LONGEST: u64 = 256 << 20;

/// A vocabulary, and the instant up to which all statements are in it. Clones share it.
#[derive(Clone, Default)]
pub(super) struct KeptVocabulary {
    state: Arc<Mutex<State>>,
    /// Held by the one that brings it up to date.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct State {
    vocabulary: Vocabulary,
    through: Instant,
}

impl KeptVocabulary {
    /// The vocabulary of no statement, which goes on after this instant.
    pub(super) fn after(through: Instant) -> Self {
        let state = State { through, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), turn: Arc::default() }
    }

    /// The vocabulary that the files of a manifest have; that of no statement, up to where the files begin, where they have
    /// none that can be read.
    pub(super) async fn of_files(
        manifest: &Manifest,
        place: &Arc<dyn DatasetPlace>,
    ) -> Result<Self, DatasetError> {
        let (manifest, place) = (manifest.clone(), Arc::clone(place));
        let begin = State { through: manifest.recipe.after, ..State::default() };
        let state = aside(move || Ok(of_files(&manifest, &*place)?.unwrap_or(begin))).await?;
        Ok(Self { state: Arc::new(Mutex::new(state)), turn: Arc::default() })
    }

    /// Adds statements that follow those that are there; ones that are there already change nothing.
    pub(super) fn add(&self, maker: &RowMaker, page: &[Logged]) -> Result<(), DatasetError> {
        let (known, mut spoken) = (self.through(), UsedWords::default());
        let shape = taken(&[Dataset::Verbs, Dataset::Activities]);
        for logged in page.iter().filter(|it| it.stored.stored > known) {
            let speak = |value: &Skimmed<'_>| maker.speaks(&mut spoken, &logged.said(value));
            maker.wanted(&logged.stored, shape, speak)?;
        }
        if let Some(last) = page.last() {
            self.join(spoken, last.stored.stored);
        }
        Ok(())
    }

    /// Adds what statements speak with that follow those that are there; the last of them was stored at `through`.
    pub(super) fn join(&self, spoken: UsedWords, through: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let was_full = state.vocabulary.is_full();
        state.vocabulary.add(spoken);
        state.through = state.through.max(through);
        if state.vocabulary.is_full() && !was_full {
            tracing::warn!("there are more verbs or activities than their tables hold");
        }
    }

    /// Brings the vocabulary up to date from the log. Where this is dropped on the way, what was read stays.
    pub(super) async fn advance(
        &self,
        tables: &DataTables,
        through: Instant,
    ) -> Result<(), DatasetError> {
        let _turn = self.turn.lock().await;
        let after = self.through();
        let mut pages = LogPages::of(Arc::clone(&tables.store), after, through);
        while let Some(page) = pages.next().await? {
            let (own, maker) = (self.clone(), tables.maker.clone());
            aside(move || own.add(&maker, &page)).await?;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.through = state.through.max(through);
        drop(state);
        Ok(())
    }

    /// Up to where all statements are in it.
    pub(super) fn through(&self) -> Instant {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).through
    }

    /// What `take` makes of it. Call this off the asynchronous threads.
    pub(super) fn with<T>(&self, take: impl FnOnce(&Vocabulary) -> T) -> T {
        take(&self.state.lock().unwrap_or_else(PoisonError::into_inner).vocabulary)
    }
}

/// Both tables are written by one manifest, so that where one of them has an earlier file, nothing of it has changed since.
fn of_files(manifest: &Manifest, place: &dyn DatasetPlace) -> Result<Option<State>, DatasetError> {
    let (mut tables, mut through) = (Vec::new(), manifest.recipe.after);
    for dataset in [Dataset::Verbs, Dataset::Activities] {
        let Some(file) = manifest.files(dataset).first() else { return Ok(None) };
        let read = || {
            let mut bytes = Vec::new();
            let mut whole = Read::take(place.open(&file.path)?, LONGEST);
            whole.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(placed(&format!("reading {dataset}")))?;
        tables.push(read_rows(bytes.into())?);
        through = through.max(file.through);
    }
    let [verbs, activities] = tables.as_slice() else { return Ok(None) };
    let vocabulary = Vocabulary::read(verbs, activities);
    Ok(vocabulary.map(|vocabulary| State { vocabulary, through }))
}
