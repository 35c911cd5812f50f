//! Files without people who were erased.
//!
//! The manifest names the erasures that its files are without. Whoever seals compares these with the erasures of the store:
//! so every place of every server is cleared, also where the erasure was made by another server, and after a crash at any
//! step. New files are written first, one manifest names all of them and what is to be removed, then the old files go, and a
//! manifest forgets them.

use std::collections::BTreeSet;

use async_trait::async_trait;
use dataset::{Dataset, DatasetFile, Manifest};
use store::{KeptErasure, Store, StoreError};
use uuid::Uuid;
use xapi::instant::Instant;

use super::lane::DataLane;
use super::pages::{LogPages, Logged};
use super::sealing::{Datasets, is_own};
use super::vocabulary::KeptVocabulary;
use super::writing::write_range;
use super::{DatasetError, aside, placed};
use crate::erasure::{Derived, ErasureRecord, each_erasure};

/// Removed statements that are read at once.
const REMOVED_AT_ONCE: usize = 10_000;

/// Erasures that are done in the store.
pub(super) struct DoneErasures {
    ids: BTreeSet<Uuid>,
    pseudonyms: Vec<String>,
    /// Where statements were that these erasures removed.
    removed: BTreeSet<Instant>,
}

impl DoneErasures {
    /// Those that `known` has not.
    pub(super) async fn besides(
        store: &dyn Store,
        known: &BTreeSet<Uuid>,
    ) -> Result<Self, StoreError> {
        let (mut ids, mut pseudonyms) = (BTreeSet::new(), Vec::new());
        let note = |kept: &KeptErasure| {
            if known.contains(&kept.id) {
                return Ok(());
            }
            let record = ErasureRecord::of(kept)?;
            if record.done.is_some() {
                ids.insert(kept.id);
                pseudonyms.extend((!record.unchanged).then_some(record.pseudonym));
            }
            Ok(())
        };
        each_erasure(store, note).await?;
        // Those that changed nothing have removed nothing, and their pseudonyms are nowhere.
        if pseudonyms.is_empty() {
            return Ok(Self { ids, pseudonyms, removed: BTreeSet::new() });
        }
        let removed = removed_by(store, &ids).await?;
        Ok(Self { ids, pseudonyms, removed })
    }

    /// Their ids.
    pub(super) const fn ids(&self) -> &BTreeSet<Uuid> {
        &self.ids
    }

    /// Whether rows of a statement have one of the pseudonyms.
    fn is_named(&self, logged: &Logged) -> bool {
        let body = std::str::from_utf8(&logged.stored.body).unwrap_or_default();
        let authority = logged.origin.as_ref().and_then(|origin| origin.authority.as_deref());
        let texts = [body, authority.unwrap_or_default()];
        self.pseudonyms.iter().any(|it| texts.iter().any(|text| text.contains(it.as_str())))
    }
}

/// When the statements were stored that these erasures removed.
async fn removed_by(
    store: &dyn Store,
    erasures: &BTreeSet<Uuid>,
) -> Result<BTreeSet<Instant>, StoreError> {
    let (mut after, mut removed) = (Instant::default(), BTreeSet::new());
    if erasures.is_empty() {
        return Ok(removed);
    }
    loop {
        let page = store.removed_statements(after, REMOVED_AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(removed) };
        after = last.stored;
        removed.extend(page.iter().filter(|it| erasures.contains(&it.by)).map(|it| it.stored));
    }
}

type Range = (Instant, Instant);

impl Datasets {
    /// Writes files anew that have people whose erasures are done in the store, and removes the old files at once; gives
    /// how many were written. Where there is no such erasure that the manifest does not name, nothing is read or written.
    ///
    /// Readers see the old rows of all tables, or the new ones. A file of an earlier manifest may be gone while it is read:
    /// the manifest is to be read again then.
    ///
    /// # Errors
    /// [`DatasetError`]; then the next call does all of it.
    pub async fn without_erased(&self) -> Result<usize, DatasetError> {
        let _turn = self.turn.lock().await;
        let manifest = self.manifest().await?;
        if manifest.version == 0 {
            return Ok(0);
        }
        // A process that ended between two steps may not have shown what it inserted.
        self.show(manifest.text()).await?;
        Ok(self.erase_from(manifest).await?.1)
    }

    /// [`Self::without_erased`] for who has the turn. A manifest that has no version yet is not kept.
    pub(super) async fn erase_from(
        &self,
        manifest: Manifest,
    ) -> Result<(Manifest, usize), DatasetError> {
        let mut manifest = self.clear(manifest).await?;
        let erased = DoneErasures::besides(&*self.tables.store, &manifest.erasures).await?;
        if manifest.version == 0 {
            // What is written from now on is read from a log without these people.
            manifest.erasures.extend(erased.ids);
            return Ok((manifest, 0));
        }
        if erased.pseudonyms.is_empty() {
            // No file has anything of these, whoever they were: the next manifest names them.
            manifest.erasures.extend(erased.ids);
            return Ok((manifest, 0));
        }
        let files = self.written_anew(&manifest, &erased).await?;
        let count = files.len();
        let left = self.unnamed(&manifest).await?;
        let next = self.publish(manifest.without_people(erased.ids, files, left)).await?;
        Ok((self.clear(next).await?, count))
    }

    /// Removes what a manifest says to remove at once. A process that ends before the last file is gone leaves the manifest
    /// that says it.
    async fn clear(&self, manifest: Manifest) -> Result<Manifest, DatasetError> {
        let first = Instant::from_micros(1);
        let Some((next, gone)) = manifest.clone().swept(first) else { return Ok(manifest) };
        let place = self.place.clone();
        aside(move || {
            let mut gone = gone.iter();
            gone.try_for_each(|path| place.remove(path)).map_err(placed("removing an old file"))
        })
        .await?;
        self.publish(next).await
    }

    /// Writes new files of all ranges and tables that have other rows now.
    async fn written_anew(
        &self,
        manifest: &Manifest,
        erased: &DoneErasures,
    ) -> Result<Vec<(Dataset, DatasetFile)>, DatasetError> {
        let mut files = Vec::new();
        for range in self.ranges_of(manifest, erased).await? {
            let how = (u64::MAX, manifest.generation_within(range).saturating_add(1));
            let written = write_range(&self.tables, &self.place, range, how, None).await?;
            files.extend(written.files);
        }
        // What the files say of verbs and activities has names of before.
        let vocabulary = KeptVocabulary::after(self.recipe.after);
        vocabulary.advance(&self.tables, manifest.through).await?;
        files.extend(self.snapshots(manifest.through, vocabulary).await?);
        files.retain(|(dataset, new)| {
            let mut old = manifest.files(*dataset).iter();
            !old.any(|old| old.sha256 == new.sha256 && old.after == new.after)
        });
        Ok(files)
    }

    /// The sealed ranges in which statements were erased.
    async fn ranges_of(
        &self,
        manifest: &Manifest,
        erased: &DoneErasures,
    ) -> Result<BTreeSet<Range>, DatasetError> {
        let (ranges, mut found) = (manifest.ranges(), BTreeSet::new());
        for at in &erased.removed {
            let within = |(after, through): &&Range| after < at && at <= through;
            found.extend(ranges.iter().find(within).copied());
        }
        let store = self.tables.store.clone();
        let mut pages = LogPages::of(store, self.recipe.after, manifest.through);
        while let Some(page) = pages.next().await? {
            for logged in page.iter().filter(|it| erased.is_named(it)) {
                let at = logged.stored.stored;
                let within = |(after, through): &&Range| *after < at && at <= *through;
                found.extend(ranges.iter().find(within).copied());
            }
        }
        Ok(found)
    }

    /// What lies in the place under names of this program, and is named by no manifest: left by processes that ended, or
    /// of a process that works now and will not get the next version, which is taken by whoever has asked.
    async fn unnamed(&self, manifest: &Manifest) -> Result<Vec<String>, DatasetError> {
        let (place, known) = (self.place.clone(), manifest.clone());
        aside(move || {
            let all = place.files().map_err(placed("listing files"))?.into_iter();
            let paths = all.map(|file| file.path);
            Ok(paths.filter(|path| is_own(path) && !known.knows(path)).collect())
        })
        .await
    }
}

#[async_trait]
impl Derived for DataLane {
    /// What is remembered of names goes, and files are written anew.
    async fn without_erased(&self) -> Result<(), StoreError> {
        self.forget();
        let Some(files) = &self.files else { return Ok(()) };
        match files.datasets.without_erased().await {
            Ok(0) => Ok(()),
            Ok(written) => {
                tracing::info!(written, "files of datasets were written anew after an erasure");
                self.forget();
                Ok(())
            }
            Err(DatasetError::Store(error)) => Err(error),
            Err(error) => Err(StoreError::Unavailable(format!("files of datasets: {error}"))),
        }
    }
}
