//! Sealing the log in files, and merging the files of a month that is over.

use std::sync::Arc;

use dataset::ranges::{self, MOST_STATEMENTS, Period};
use dataset::{Dataset, DatasetFile, Manifest, Recipe};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use store::Store;
use tokio::sync::Mutex;
use xapi::clock::Clock;
use xapi::instant::Instant;

use super::folder::PARTS;
use super::place::{DatasetPlace, PlacedFile};
use super::tables::{DataTables, Snapshot};
use super::vocabulary::KeptVocabulary;
use super::writing::{Written, write_range, write_snapshot};
use super::{DatasetError, aside, placed};
use crate::memory::Memory;

/// How long files stay that no manifest names any more, for readers of earlier manifests: a day, in microseconds.
const GRACE: i64 = 24 * 3_600_000_000;

/// The files of a store in one place.
pub struct Datasets {
    pub(super) tables: DataTables,
    clock: Arc<dyn Clock>,
    pub(super) place: Arc<dyn DatasetPlace>,
    pub(super) recipe: Recipe,
    /// The name of the store in manifests.
    store_name: String,
    period: Period,
    most: u64,
    /// Held by what changes files: of two, one would end without having done anything.
    pub(super) turn: Mutex<()>,
}

/// What a sealing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// How many statements were written that were in no file before.
    pub statements: u64,
    /// How many files the tables have.
    pub files: usize,
    /// How long they are together.
    pub bytes: u64,
    /// Up to where all rows are in files.
    pub through: Instant,
}

/// Is called with the number of statements that were sealed so far.
type Tell<'a> = &'a (dyn Fn(u64) + Sync);

impl Datasets {
    /// The files of `store` in `place`, made as `recipe` says. Files that are there are gone on with.
    ///
    /// # Errors
    /// [`DatasetError::NoCourse`], [`DatasetError::Course`].
    pub async fn of(
        store: &Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        place: Arc<dyn DatasetPlace>,
        recipe: Recipe,
    ) -> Result<Self, DatasetError> {
        let course = recipe.course.as_deref();
        let tables = DataTables::of(Arc::clone(store), &recipe.recipient, course).await?;
        let store_name = name_of(&store.secret().await?);
        let (period, most) = (Period::default(), MOST_STATEMENTS);
        let turn = Mutex::default();
        Ok(Self { tables, clock, place, recipe, store_name, period, most, turn })
    }

    /// These files with ranges of at most `most` statements, which is not 0, and of `period`.
    #[must_use]
    pub fn cut(self, period: Period, most: u64) -> Self {
        Self { period, most: most.max(1), ..self }
    }

    /// These files with ranges of `period`.
    #[must_use]
    pub fn sealed_by(self, period: Period) -> Self {
        Self { period, ..self }
    }

    /// Seals all periods that are over. A month that is over is merged.
    ///
    /// # Errors
    /// [`DatasetError`]; what was sealed before stays, and the next call goes on.
    pub async fn seal(&self, tell: Tell<'_>) -> Result<Sealed, DatasetError> {
        self.extend(self.period.over(self.clock.now()), tell).await
    }

    /// Seals everything that is visible and was stored at or before `until`, in periods that are not over too.
    ///
    /// # Errors
    /// Those of [`Self::seal`].
    pub async fn seal_until(&self, until: Instant, tell: Tell<'_>) -> Result<Sealed, DatasetError> {
        self.extend(until, tell).await
    }

    /// The manifest of what is sealed; an empty one before the first sealing.
    ///
    /// # Errors
    /// [`DatasetError::Manifest`] where the place has files of another store or recipe.
    pub async fn manifest(&self) -> Result<Manifest, DatasetError> {
        let place = Arc::clone(&self.place);
        let read = move || place.manifest().map_err(placed("reading the manifest"));
        let Some(text) = aside(read).await? else {
            return Ok(Manifest::begin(self.store_name.clone(), self.recipe.clone()));
        };
        let manifest = Manifest::read(&text)?;
        manifest.goes_on(&self.store_name, &self.recipe)?;
        Ok(manifest)
    }

    async fn extend(&self, limit: Instant, tell: Tell<'_>) -> Result<Sealed, DatasetError> {
        let _turn = self.turn.lock().await;
        let limit = limit.min(self.tables.visible_through().await?);
        let manifest = self.manifest().await?;
        if manifest.version > 0 {
            // A process that ended between two steps may not have shown what it inserted.
            self.show(manifest.text()).await?;
        }
        let (manifest, _) = self.erase_from(manifest).await?;
        let vocabulary = KeptVocabulary::of_files(&manifest, &self.place).await?;
        // A process that ended after it had sealed a range has not said what that range speaks with.
        vocabulary.advance(&self.tables, manifest.through).await?;
        let sealing = self.seal_ranges(manifest, limit, &vocabulary, tell);
        let (manifest, statements) = sealing.await?;
        let manifest = self.merge_months(manifest).await?;
        let manifest = self.replace_snapshots(manifest, vocabulary).await?;
        let manifest = self.sweep(manifest).await?;
        let (files, bytes) = manifest
            .all_files()
            .fold((0, 0), |(files, bytes), (_, file)| (files + 1, bytes + file.bytes));
        Ok(Sealed { statements, files, bytes, through: manifest.through })
    }

    async fn seal_ranges(
        &self,
        mut manifest: Manifest,
        limit: Instant,
        vocabulary: &KeptVocabulary,
        tell: Tell<'_>,
    ) -> Result<(Manifest, u64), DatasetError> {
        let mut statements = 0;
        while manifest.through < limit {
            let first = self.tables.first_after(manifest.through).await?;
            let Some(first) = first.filter(|first| *first <= limit) else {
                // Readers take the columns of a table from its files: so it has one, without rows, from the beginning.
                let files = if manifest.files(Dataset::Statements).is_empty() {
                    self.write((manifest.through, limit), 1, None).await?.files
                } else {
                    Vec::new()
                };
                manifest = self.publish(manifest.sealed(limit, files)).await?;
                break;
            };
            let end = ranges::end_of_range(first, limit, self.period);
            let written = self.write((manifest.through, end), 1, Some(vocabulary)).await?;
            statements += written.statements;
            manifest = self.publish(manifest.sealed(written.through, written.files)).await?;
            tell(statements);
        }
        Ok((manifest, statements))
    }

    /// Writes the ranges of months that are over anew, from the log, where they lie in more files than they must.
    async fn merge_months(&self, mut manifest: Manifest) -> Result<Manifest, DatasetError> {
        while let Some((after, through)) = ranges::to_merge(&manifest, manifest.through, self.most)
        {
            let (mut files, mut begin) = (Vec::new(), after);
            let generation = manifest.generation_within((after, through));
            while begin < through {
                let written = self.write((begin, through), generation, None).await?;
                files.extend(written.files);
                begin = written.through;
            }
            let merged = manifest.merged((after, through), files, self.clock.now());
            manifest = self.publish(merged).await?;
        }
        Ok(manifest)
    }

    /// Writes the tables that are replaced as a whole, all under one manifest. `vocabulary` is that of all sealed
    /// statements.
    async fn replace_snapshots(
        &self,
        manifest: Manifest,
        vocabulary: KeptVocabulary,
    ) -> Result<Manifest, DatasetError> {
        let files = self.snapshots(manifest.through, vocabulary).await?;
        let next = manifest.clone().replaced(files, self.clock.now());
        if next.version > manifest.version { self.publish(next).await } else { Ok(manifest) }
    }

    /// Writes the tables that are replaced as a whole.
    pub(super) async fn snapshots(
        &self,
        through: Instant,
        vocabulary: KeptVocabulary,
    ) -> Result<Vec<(Dataset, DatasetFile)>, DatasetError> {
        let range = (self.recipe.after, through);
        let mut files = Vec::new();
        for dataset in Dataset::SNAPSHOTS {
            let place = Arc::clone(&self.place);
            let file = if matches!(dataset, Dataset::Verbs | Dataset::Activities) {
                let vocabulary = vocabulary.clone();
                let rows = move || vocabulary.with(|vocabulary| vocabulary.rows(dataset));
                aside(move || write_snapshot(&*place, dataset, range, rows())).await?
            } else {
                // No request waits for this, and none pays for it.
                let memory = Memory::new(usize::MAX);
                let Snapshot { rows, held } = self.tables.snapshot(dataset, &memory).await?;
                let file = aside(move || write_snapshot(&*place, dataset, range, rows)).await?;
                drop(held);
                file
            };
            files.push((dataset, file));
        }
        Ok(files)
    }

    /// Removes files that no manifest has named for a day, and what processes that ended have left. Files of others stay.
    async fn sweep(&self, manifest: Manifest) -> Result<Manifest, DatasetError> {
        let before = Instant::from_micros(self.clock.now().micros().saturating_sub(GRACE));
        let (manifest, old) = match manifest.clone().swept(before) {
            Some((next, paths)) => (self.publish(next).await?, paths),
            None => (manifest, Vec::new()),
        };
        let (place, known) = (Arc::clone(&self.place), manifest.clone());
        aside(move || {
            let remove = |path: &str| place.remove(path).map_err(placed("removing an old file"));
            old.iter().try_for_each(|path| remove(path))?;
            let files = place.files().map_err(placed("listing files"))?;
            let is_left = |it: &&PlacedFile| {
                it.changed < before && is_own(&it.path) && !known.knows(&it.path)
            };
            let mut orphans = files.iter().filter(is_left);
            orphans.try_for_each(|it| remove(&it.path))
        })
        .await?;
        Ok(manifest)
    }

    async fn write(
        &self,
        range: (Instant, Instant),
        generation: u32,
        vocabulary: Option<&KeptVocabulary>,
    ) -> Result<Written, DatasetError> {
        let how = (self.most, generation);
        write_range(&self.tables, &self.place, range, how, vocabulary).await
    }

    /// Makes a manifest the newest, where no other process has inserted one of its version.
    pub(super) async fn publish(&self, manifest: Manifest) -> Result<Manifest, DatasetError> {
        let (place, version, text) = (Arc::clone(&self.place), manifest.version, manifest.text());
        let shown = text.clone();
        let insert = move || place.insert(version, &text).map_err(placed("writing the manifest"));
        if !aside(insert).await? {
            return Err(DatasetError::Taken);
        }
        self.show(shown).await?;
        Ok(manifest)
    }

    pub(super) async fn show(&self, text: Vec<u8>) -> Result<(), DatasetError> {
        let place = Arc::clone(&self.place);
        aside(move || place.show(&text).map_err(placed("writing manifest.json"))).await
    }
}

/// Whether a file has the name of one that a sealing writes: a folder or bucket may hold files of others too.
pub(super) fn is_own(path: &str) -> bool {
    path.split_once('/').is_some_and(|(folder, _)| folder == PARTS) || DatasetFile::is_path(path)
}

/// What a store is called in manifests: nothing can be learned from it but whether two are the same.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
pub(super) fn name_of(secret: &[u8; 32]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key");
    mac.update(b"the name of this store in datasets");
    let bytes = mac.finalize().into_bytes();
    hex::encode(bytes.iter().take(8).copied().collect::<Vec<u8>>())
}
