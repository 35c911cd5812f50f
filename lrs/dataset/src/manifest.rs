//! The manifest: which files hold which rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use xapi::instant::Instant;

use crate::ranges;
use crate::schema::Dataset;

mod erased;

/// The version of tables and columns that this release writes.
pub const SCHEMA_VERSION: u32 = 1;

/// What a set of files is made of: files of two recipes do not fit together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// Whose pseudonyms the files have.
    pub recipient: String,
    /// The course whose statements alone are in the files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// The instant after which the first range begins.
    #[serde(with = "text", default)]
    pub after: Instant,
}

/// One file: the rows of one table for one range of `stored`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetFile {
    /// Where it is, from the manifest's folder on.
    pub path: String,
    /// Its rows were stored after this instant.
    #[serde(with = "text")]
    pub after: Instant,
    /// No row of it was stored later.
    #[serde(with = "text")]
    pub through: Instant,
    /// How many rows it has.
    pub rows: u64,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// How often its range was written with other rows: 1 until an erasure.
    pub generation: u32,
}

/// One table: its columns, and its files by range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetTable {
    /// Names and kinds of its columns.
    pub columns: Vec<ColumnAbout>,
    /// In the order of their ranges.
    pub files: Vec<DatasetFile>,
}

/// A column as a manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnAbout {
    name: String,
    kind: String,
    required: bool,
}

/// A file that no table has any more. It stays for readers of earlier manifests for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// Where it is.
    pub path: String,
    /// Since when no manifest names it.
    #[serde(with = "text")]
    pub at: Instant,
}

/// Which files hold which rows: every row stored up to [`Manifest::through`] is in exactly one file of its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA_VERSION`].
    pub schema: u32,
    /// A name of the store that the rows come from.
    pub store: String,
    /// Grows by one with each manifest of a place.
    pub version: u64,
    /// What the files are made of.
    pub recipe: Recipe,
    /// The rows of all statements up to this instant are in the files, and none of later ones.
    #[serde(with = "text")]
    pub through: Instant,
    /// By name.
    pub tables: BTreeMap<String, DatasetTable>,
    /// Files of earlier manifests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// The erasures of people whom no file has any more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub erasures: BTreeSet<Uuid>,
}

/// Why a manifest cannot be gone on with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// The text is no manifest.
    #[error("the manifest cannot be read: {0}")]
    Unreadable(String),
    /// It is of another release.
    #[error(
        "the manifest has the schema {0}, and this release writes {SCHEMA_VERSION}: use an empty folder"
    )]
    Schema(u32),
    /// Its rows come from another store.
    #[error("the files there are of another store ({0}): use an empty folder")]
    OtherStore(String),
    /// Its rows were selected or made in another way.
    #[error("the files there were made for {there}, and not for {here}: use an empty folder")]
    OtherRecipe {
        /// That of the manifest.
        there: String,
        /// That asked for.
        here: String,
    },
}

impl Recipe {
    /// For people.
    pub fn told(&self) -> String {
        let course = self
            .course
            .as_deref()
            .map_or("all statements".to_owned(), |it| format!("the course {it}"));
        format!("{course} after {}, for `{}`", self.after, self.recipient)
    }
}

impl Manifest {
    /// The manifest of a place without files.
    pub fn begin(store: String, recipe: Recipe) -> Self {
        let tables = Dataset::SEALED.into_iter().chain(Dataset::SNAPSHOTS);
        let tables = tables.map(|dataset| (dataset.name().to_owned(), DatasetTable::of(dataset)));
        let through = recipe.after;
        let (version, tables, replaced) = (0, tables.collect(), Vec::new());
        let (schema, erasures) = (SCHEMA_VERSION, BTreeSet::new());
        Self { schema, store, version, recipe, through, tables, replaced, erasures }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// [`ManifestError::Unreadable`], [`ManifestError::Schema`].
    pub fn read(bytes: &[u8]) -> Result<Self, ManifestError> {
        let unreadable = |error: serde_json::Error| ManifestError::Unreadable(error.to_string());
        let manifest: Self = serde_json::from_slice(bytes).map_err(unreadable)?;
        if manifest.schema == SCHEMA_VERSION {
            Ok(manifest)
        } else {
            Err(ManifestError::Schema(manifest.schema))
        }
    }

    /// Its text.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "texts, numbers and lists of these cannot fail to be JSON"
    )]
    pub fn text(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("a manifest as JSON");
        text.push(b'\n');
        text
    }

    /// Whether files of this store and recipe go on where this ends.
    ///
    /// # Errors
    /// [`ManifestError::OtherStore`], [`ManifestError::OtherRecipe`].
    pub fn goes_on(&self, store: &str, recipe: &Recipe) -> Result<(), ManifestError> {
        if self.store != store {
            return Err(ManifestError::OtherStore(self.store.clone()));
        }
        if self.recipe != *recipe {
            let (there, here) = (self.recipe.told(), recipe.told());
            return Err(ManifestError::OtherRecipe { there, here });
        }
        Ok(())
    }

    /// The files of a table.
    pub fn files(&self, dataset: Dataset) -> &[DatasetFile] {
        self.tables.get(dataset.name()).map_or(&[], |table| &table.files)
    }

    /// All files, with their tables' names.
    pub fn all_files(&self) -> impl Iterator<Item = (&str, &DatasetFile)> {
        self.tables
            .iter()
            .flat_map(|(name, table)| table.files.iter().map(|file| (name.as_str(), file)))
    }

    /// The next manifest, after the range up to `through` was written to `files`.
    #[must_use]
    pub fn sealed(mut self, through: Instant, files: Vec<(Dataset, DatasetFile)>) -> Self {
        self.version += 1;
        self.through = self.through.max(through);
        self.add(files);
        self.forget_new();
        self
    }

    /// The next manifest, after the range `(after, through]` was written again to `files`, at `now`.
    #[must_use]
    pub fn merged(
        mut self,
        (after, through): (Instant, Instant),
        files: Vec<(Dataset, DatasetFile)>,
        now: Instant,
    ) -> Self {
        self.version += 1;
        for dataset in Dataset::SEALED {
            self.drop_files(dataset, now, |file| file.after >= after && file.through <= through);
        }
        self.add(files);
        self.forget_new();
        self
    }

    /// The next manifest, with each of `files` as the only one of a table that is replaced as a whole, at `now`. A table
    /// that has a file of these rows already stays as it is; the same manifest where all do.
    #[must_use]
    pub fn replaced(mut self, files: Vec<(Dataset, DatasetFile)>, now: Instant) -> Self {
        let is_there = |(dataset, file): &(Dataset, DatasetFile)| {
            self.files(*dataset).iter().any(|there| there.sha256 == file.sha256)
        };
        let (_, new): (Vec<_>, Vec<_>) = files.into_iter().partition(is_there);
        if new.is_empty() {
            return self;
        }
        self.version += 1;
        for (dataset, _) in &new {
            self.drop_files(*dataset, now, |_| true);
        }
        self.add(new);
        self.forget_new();
        self
    }

    /// The next manifest without the files that were replaced before `before`; their paths. No manifest where there are
    /// none.
    pub fn swept(mut self, before: Instant) -> Option<(Self, Vec<String>)> {
        let (old, kept): (Vec<_>, Vec<_>) =
            self.replaced.into_iter().partition(|it| it.at < before);
        if old.is_empty() {
            return None;
        }
        self.replaced = kept;
        self.version += 1;
        Some((self, old.into_iter().map(|it| it.path).collect()))
    }

    /// Whether this names a file, as one of a table or as one that was replaced.
    pub fn knows(&self, path: &str) -> bool {
        self.all_files().any(|(_, file)| file.path == path)
            || self.replaced.iter().any(|it| it.path == path)
    }

    fn add(&mut self, files: impl IntoIterator<Item = (Dataset, DatasetFile)>) {
        for (dataset, file) in files {
            let table = self.tables.entry(dataset.name().to_owned());
            let table = table.or_insert_with(|| DatasetTable::of(dataset));
            table.files.push(file);
            table.files.sort_by_key(|file| file.after);
        }
    }

    fn drop_files(&mut self, dataset: Dataset, at: Instant, goes: impl Fn(&DatasetFile) -> bool) {
        let Some(table) = self.tables.get_mut(dataset.name()) else { return };
        let (gone, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut table.files).into_iter().partition(goes);
        table.files = kept;
        self.replaced.extend(gone.into_iter().map(|file| Replaced { path: file.path, at }));
    }

    /// A path that a table has again is not one that was replaced.
    fn forget_new(&mut self) {
        let mut replaced = std::mem::take(&mut self.replaced);
        replaced.retain(|it| !self.all_files().any(|(_, file)| file.path == it.path));
        self.replaced = replaced;
    }
}

impl DatasetTable {
    fn of(dataset: Dataset) -> Self {
        let about = |column: &crate::DatasetColumn| ColumnAbout {
            name: column.name.to_owned(),
            kind: column.kind.name().to_owned(),
            required: column.required,
        };
        Self { columns: dataset.columns().iter().map(about).collect(), files: Vec::new() }
    }
}

impl DatasetFile {
    /// Where the rows of a range of a table lie: `statements/stored_month=2026-11/AFTER_THROUGH.parquet`.
    pub fn path_of(dataset: Dataset, after: Instant, through: Instant) -> String {
        let month = ranges::month(through);
        format!("{dataset}/stored_month={month}/{}_{}.parquet", compact(after), compact(through))
    }

    /// Where the rows of a range lie that were written again with other rows: `…/AFTER_THROUGH_g2.parquet`; at
    /// [`Self::path_of`] in the first generation. What lies at a path never changes.
    pub fn path_of_generation(
        dataset: Dataset,
        (after, through): (Instant, Instant),
        generation: u32,
    ) -> String {
        let path = Self::path_of(dataset, after, through);
        match path.strip_suffix(".parquet") {
            Some(stem) if generation > 1 => format!("{stem}_g{generation}.parquet"),
            _ => path,
        }
    }

    /// The range of its rows: stored after the first instant, and at the second at the latest.
    pub const fn range(&self) -> (Instant, Instant) {
        (self.after, self.through)
    }

    /// Where a table that is replaced as a whole lies: `learners/whole/HASH.parquet`.
    pub fn path_of_snapshot(dataset: Dataset, sha256: &str) -> String {
        format!("{dataset}/whole/{}.parquet", sha256.get(..16).unwrap_or(sha256))
    }

    /// Whether a path is one that [`Self::path_of`] or [`Self::path_of_snapshot`] gives.
    pub fn is_path(path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        let [dataset, part, name] = parts.as_slice() else { return false };
        dataset.parse::<Dataset>().is_ok()
            && (*part == "whole" || part.starts_with("stored_month="))
            && name.strip_suffix(".parquet").is_some()
    }
}

/// An instant as file names write it: no character that some system refuses, and text order is time order.
fn compact(at: Instant) -> String {
    at.to_string().replace(['-', ':'], "")
}

mod text {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};
    use xapi::instant::Instant;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    pub(super) fn serialize<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Instant, D::Error> {
        let text = String::deserialize(from)?;
        Instant::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no instant")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn file(after: &str, through: &str, rows: u64) -> DatasetFile {
        let (after, through) = (at(after), at(through));
        let path = DatasetFile::path_of(Dataset::Statements, after, through);
        DatasetFile { path, after, through, rows, bytes: 9, sha256: String::new(), generation: 1 }
    }

    fn of_days() -> Manifest {
        let days = [
            "2026-01-30T00:00:00Z",
            "2026-01-31T00:00:00Z",
            "2026-01-31T23:59:59.999999Z",
            "2026-02-01T12:00:00Z",
        ];
        let mut manifest = Manifest::begin("s".into(), Recipe::default());
        for pair in days.windows(2) {
            let file = file(pair[0], pair[1], 10);
            manifest = manifest.sealed(file.through, vec![(Dataset::Statements, file)]);
        }
        manifest
    }

    #[test]
    fn a_manifest_reads_back_and_names_where_files_are() {
        let manifest = of_days();
        assert_eq!(Manifest::read(&manifest.text()).unwrap(), manifest);
        let paths: Vec<&str> = manifest.all_files().map(|(_, file)| file.path.as_str()).collect();
        assert_eq!(
            paths[0],
            "statements/stored_month=2026-01/20260130T000000.000000Z_20260131T000000.000000Z.parquet"
        );
        assert!(Manifest::read(b"{}").is_err());
        let other = Manifest { schema: 2, ..manifest };
        assert_eq!(Manifest::read(&other.text()), Err(ManifestError::Schema(2)));
    }

    #[test]
    fn a_month_that_is_over_is_merged_once_and_what_it_replaces_stays_for_a_while() {
        let manifest = of_days();
        let limit = at("2026-02-02T00:00:00Z");
        let range = ranges::to_merge(&manifest, limit, 1000).unwrap();
        assert_eq!(range, (at("2026-01-30T00:00:00Z"), at("2026-01-31T23:59:59.999999Z")));
        assert_eq!(ranges::to_merge(&manifest, at("2026-01-31T12:00:00Z"), 1000), None, "not over");
        assert_eq!(ranges::to_merge(&manifest, limit, 10), None, "no fewer files would do");
        let whole = file("2026-01-30T00:00:00Z", "2026-01-31T23:59:59.999999Z", 20);
        let merged = manifest.clone().merged(range, vec![(Dataset::Statements, whole)], limit);
        assert_eq!(ranges::to_merge(&merged, limit, 1000), None);
        assert_eq!(merged.files(Dataset::Statements).len(), 2);
        assert_eq!((merged.replaced.len(), merged.version), (2, manifest.version + 1));
        assert!(merged.knows(&manifest.files(Dataset::Statements)[0].path));
        assert_eq!(merged.clone().swept(limit), None);
        let (swept, paths) = merged.swept(limit.next()).unwrap();
        assert_eq!((swept.replaced.len(), paths.len()), (0, 2));
    }

    #[test]
    fn files_of_another_store_or_recipe_are_not_gone_on_with() {
        let manifest = of_days();
        let here = Recipe { course: Some("c".into()), ..Recipe::default() };
        assert_eq!(manifest.goes_on("s", &Recipe::default()), Ok(()));
        assert_eq!(
            manifest.goes_on("t", &Recipe::default()),
            Err(ManifestError::OtherStore("s".into()))
        );
        assert!(matches!(manifest.goes_on("s", &here), Err(ManifestError::OtherRecipe { .. })));
    }
}
