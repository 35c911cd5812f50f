//! What a server gives to data teams: rows of any range, and the files that it keeps where it has a place for them.

use std::collections::BTreeSet;
use std::io::{Read as _, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use dataset::ranges::Period;
use dataset::{DatasetFile, Manifest, Recipe};
use store::Store;
use tokio::sync::OnceCell;
use xapi::clock::Clock;

use super::asking::KeptAnswers;
use super::erased::DoneErasures;
use super::place::DatasetPlace;
use super::sealing::{Datasets, name_of};
use super::tables::DataTables;
use super::vocabulary::KeptVocabulary;
use super::{DatasetError, RECIPIENT, aside, placed};
use crate::compute::{Stopped, Turn, Turns};

/// How often a server looks whether a period is over.
const LOOK: Duration = Duration::from_mins(10);
/// Streams of one key at a time.
const OF_KEY: usize = 2;
/// Waits of one key for the place of the files at a time. A place may be a storage that is slow or does not answer, and each
/// wait holds a thread.
const AT_PLACE: usize = 4;

/// The tables and files of a server. Cheap to clone.
#[derive(Clone)]
pub struct DataLane {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    store_name: Arc<str>,
    pub(super) files: Option<Arc<Files>>,
    turns: Turns,
    at_place: Turns,
    pub(super) answers: KeptAnswers,
    /// The verbs and activities of all statements, for the recipient of the files, once somebody has asked for them.
    vocabulary: Arc<Mutex<Arc<OnceCell<KeptVocabulary>>>>,
}

pub(super) struct Files {
    pub(super) datasets: Datasets,
    pub(super) place: Arc<dyn DatasetPlace>,
}

async fn seal(datasets: &Datasets) {
    match datasets.seal(&|_| ()).await {
        Ok(sealed) if sealed.statements > 0 => {
            tracing::info!(statements = sealed.statements, through = %sealed.through, "sealed");
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "datasets could not be sealed"),
    }
}

fn recipe() -> Recipe {
    Recipe { recipient: RECIPIENT.to_owned(), ..Recipe::default() }
}

impl DataLane {
    /// The tables of `store`, and files in `place` where there is one, which are sealed once their `period` is over.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn of(
        store: &Arc<dyn Store>,
        clock: &Arc<dyn Clock>,
        place: Option<Arc<dyn DatasetPlace>>,
        period: Period,
    ) -> Result<Self, DatasetError> {
        let store_name = name_of(&store.secret().await?).into();
        let files = match place {
            None => None,
            Some(place) => {
                let datasets =
                    Datasets::of(store, Arc::clone(clock), Arc::clone(&place), recipe()).await?;
                Some(Arc::new(Files { datasets: datasets.sealed_by(period), place }))
            }
        };
        let (turns, at_place) = (Turns::new(OF_KEY), Turns::new(AT_PLACE));
        let answers = KeptAnswers::default();
        let (store, clock) = (Arc::clone(store), Arc::clone(clock));
        let vocabulary = Arc::default();
        Ok(Self { store, clock, store_name, files, turns, at_place, answers, vocabulary })
    }

    /// Seals what is over, again and again, where there is a place for files, and forgets people whom another server has
    /// erased. An error is logged, and the next look tries again.
    pub async fn keep_sealed(self) {
        let mut erased = BTreeSet::new();
        loop {
            match DoneErasures::besides(&*self.store, &erased).await {
                Ok(new) if !new.ids().is_empty() => {
                    erased.extend(new.ids());
                    self.forget();
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "erasures could not be read"),
            }
            if let Some(files) = &self.files {
                seal(&files.datasets).await;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Gives up what is remembered of names: answers of jobs, verbs and activities.
    pub(super) fn forget(&self) {
        self.answers.clear();
        self.kept_vocabulary(|kept| *kept = Arc::default());
    }

    fn kept_vocabulary<T>(&self, see: impl FnOnce(&mut Arc<OnceCell<KeptVocabulary>>) -> T) -> T {
        see(&mut self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until fewer than two streams of the key are under way.
    ///
    /// # Errors
    /// [`Stopped`] where the server is ending.
    pub async fn turn(&self, key: &str) -> Result<Turn, Stopped> {
        self.turns.turn(key).await
    }

    /// The tables for a recipient, see [`DataTables::of`]; for that of the sealed files where none is named.
    ///
    /// # Errors
    /// Those of [`DataTables::of`].
    pub async fn tables(
        &self,
        recipient: Option<&str>,
        course: Option<&str>,
    ) -> Result<DataTables, DatasetError> {
        let whose = recipient.unwrap_or(RECIPIENT);
        let tables = DataTables::of(Arc::clone(&self.store), whose, course).await?;
        if whose != RECIPIENT || course.is_some() {
            return Ok(tables);
        }
        Ok(tables.knowing(self.vocabulary().await?))
    }

    /// What the files say of verbs and activities is read once; the log after them is, where it is asked for.
    async fn vocabulary(&self) -> Result<KeptVocabulary, DatasetError> {
        let begin = async || match &self.files {
            Some(files) => {
                let manifest = files.datasets.manifest().await?;
                KeptVocabulary::of_files(&manifest, &files.place).await
            }
            None => Ok(KeptVocabulary::default()),
        };
        let kept = self.kept_vocabulary(|kept| Arc::clone(kept));
        Ok(kept.get_or_try_init(begin).await?.clone())
    }

    /// The manifest of the files, for the key `key`, which is empty for the server itself; one without files where there is no place for them.
    ///
    /// # Errors
    /// Those of [`Datasets::manifest`].
    pub async fn manifest(&self, key: &str) -> Result<Manifest, DatasetError> {
        let Some(files) = self.files.clone() else {
            return Ok(Manifest::begin(self.store_name.to_string(), recipe()));
        };
        self.wait(key, async move { files.datasets.manifest().await }).await
    }

    /// A file that the manifest names, for the key `key`.
    ///
    /// # Errors
    /// Those of [`Self::manifest`].
    pub async fn file(&self, key: &str, path: &str) -> Result<Option<DatasetFile>, DatasetError> {
        let manifest = self.manifest(key).await?;
        Ok(manifest.all_files().map(|(_, file)| file).find(|file| file.path == path).cloned())
    }

    /// At most `length` bytes of a file from byte `from` on, for the key `key`; none at its end.
    ///
    /// # Errors
    /// Those of the place, also where the file is gone: it was replaced more than a day ago.
    pub async fn piece(
        &self,
        key: &str,
        file: &DatasetFile,
        (from, length): (u64, usize),
    ) -> Result<Bytes, DatasetError> {
        let Some(files) = self.files.clone() else { return Ok(Bytes::new()) };
        let path = file.path.clone();
        let piece = aside(move || {
            let read = || {
                let mut file = files.place.open(&path)?;
                file.seek(SeekFrom::Start(from))?;
                let mut bytes = Vec::with_capacity(length);
                file.take(length as u64).read_to_end(&mut bytes)?;
                Ok(Bytes::from(bytes))
            };
            read().map_err(placed("reading a file of a table"))
        });
        self.wait(key, piece).await
    }

    /// Waits for the place of the files on behalf of a key, in a turn that lasts as long as the wait does: also where the client
    /// has gone away, since the thread that waits is not free then.
    async fn wait<T: Send + 'static>(
        &self,
        key: &str,
        work: impl Future<Output = Result<T, DatasetError>> + Send + 'static,
    ) -> Result<T, DatasetError> {
        let in_turn = move |turn: Turn| async move {
            let _turn = turn;
            work.await
        };
        self.at_place.run(key, in_turn).await.map_err(|_| DatasetError::Stopped)?
    }
}
