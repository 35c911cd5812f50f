//! Writing the rows of a range as files.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use dataset::{Dataset, DatasetFile, ParquetFile, RowOf};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use xapi::instant::Instant;

use super::pages::{LogPages, Logged};
use super::place::{DatasetPlace, Draft};
use super::tables::{DataTables, RowMaker};
use super::vocabulary::KeptVocabulary;
use super::{DatasetError, aside, placed};

/// What became of a range.
pub(super) struct Written {
    /// The last instant of the range that was written, which is shorter than asked for where it has many statements.
    pub(super) through: Instant,
    /// The files, which are kept: one for each table, so that all tables have the same ranges.
    pub(super) files: Vec<(Dataset, DatasetFile)>,
    /// How many statements it has.
    pub(super) statements: u64,
}

/// Writes the range `(after, through]` as files of this generation, or the beginning of it that has `most` rows of
/// statements. What these statements speak with is added to `vocabulary`.
pub(super) async fn write_range(
    tables: &DataTables,
    place: &Arc<dyn DatasetPlace>,
    (after, through): (Instant, Instant),
    (most, generation): (u64, u32),
    vocabulary: Option<&KeptVocabulary>,
) -> Result<Written, DatasetError> {
    let mut pages = LogPages::of(Arc::clone(&tables.store), after, through);
    let mut writer = RangeWriter {
        place: Arc::clone(place),
        maker: tables.maker.clone(),
        vocabulary: vocabulary.cloned(),
        files: BTreeMap::new(),
        most,
        read: 0,
        newest: after,
        is_full: false,
    };
    let mut read = pages.next().await?;
    while let Some(page) = read {
        // The next page is read meanwhile.
        let (added, next) = tokio::join!(aside(move || writer.add(&page)), pages.next());
        writer = added?;
        if writer.is_full {
            break;
        }
        read = next?;
    }
    let (statements, end) = (writer.read, if writer.is_full { writer.newest } else { through });
    let files = aside(move || writer.end((after, end), generation)).await?;
    Ok(Written { through: end, files, statements })
}

/// The files of a range that is being written, by table.
struct RangeWriter {
    place: Arc<dyn DatasetPlace>,
    maker: RowMaker,
    vocabulary: Option<KeptVocabulary>,
    files: BTreeMap<Dataset, ParquetFile<Measured>>,
    /// The most rows of `statements`.
    most: u64,
    /// How many statements were read.
    read: u64,
    /// When the last of them was stored.
    newest: Instant,
    /// Whether a statement has come that found no room.
    is_full: bool,
}

impl RangeWriter {
    /// Adds the rows of statements, up to the first that finds no room.
    fn add(mut self, page: &[Logged]) -> Result<Self, DatasetError> {
        for logged in page {
            let stored = &logged.stored;
            let rows = self.files.get(&Dataset::Statements).map_or(0, ParquetFile::rows);
            let (maker, has_room) = (self.maker.clone(), rows < self.most);
            let added = maker.wanted(stored, |value| {
                if has_room { self.add_rows(logged, value) } else { Ok(()) }
            })?;
            self.is_full = added.is_some() && !has_room;
            if self.is_full {
                break;
            }
            added.transpose()?;
            (self.read, self.newest) = (self.read + 1, stored.stored);
        }
        Ok(self)
    }

    fn add_rows(&mut self, logged: &Logged, value: &Value) -> Result<(), DatasetError> {
        if let Some(vocabulary) = &self.vocabulary {
            vocabulary.speaks(&self.maker, logged, value);
        }
        for dataset in Dataset::SEALED {
            for row in self.maker.rows(dataset, logged, value) {
                add_row(&mut self.files, &*self.place, dataset, row)?;
            }
        }
        Ok(())
    }

    /// Ends and keeps all files.
    fn end(
        self,
        range: (Instant, Instant),
        generation: u32,
    ) -> Result<Vec<(Dataset, DatasetFile)>, DatasetError> {
        let Self { place, mut files, .. } = self;
        let mut kept = Vec::new();
        for dataset in Dataset::SEALED {
            let file = match files.remove(&dataset) {
                Some(file) => file,
                None => begin(&*place, dataset)?,
            };
            let path = |_: &str| DatasetFile::path_of_generation(dataset, range, generation);
            let file = keep(file, dataset, range, path)?;
            kept.push((dataset, DatasetFile { generation, ..file }));
        }
        Ok(kept)
    }
}

fn add_row(
    files: &mut BTreeMap<Dataset, ParquetFile<Measured>>,
    place: &dyn DatasetPlace,
    dataset: Dataset,
    row: RowOf,
) -> Result<(), DatasetError> {
    if let Some(file) = files.get_mut(&dataset) {
        return Ok(file.add(row)?);
    }
    let mut file = begin(place, dataset)?;
    file.add(row)?;
    files.insert(dataset, file);
    Ok(())
}

fn begin(
    place: &dyn DatasetPlace,
    dataset: Dataset,
) -> Result<ParquetFile<Measured>, DatasetError> {
    let draft = place.draft().map_err(placed(&format!("writing {dataset}")))?;
    let to = Measured { draft, bytes: 0, hash: Sha256::new() };
    Ok(ParquetFile::begin(dataset, to)?)
}

/// Writes all rows of a table that is replaced as a whole. The path is made of the hash, so that equal rows are written to
/// one file.
pub(super) fn write_snapshot(
    place: &dyn DatasetPlace,
    dataset: Dataset,
    (after, through): (Instant, Instant),
    rows: Vec<RowOf>,
) -> Result<DatasetFile, DatasetError> {
    let mut file = begin(place, dataset)?;
    for row in rows {
        file.add(row)?;
    }
    let path = |sha256: &str| DatasetFile::path_of_snapshot(dataset, sha256);
    keep(file, dataset, (after, through), path)
}

fn keep(
    file: ParquetFile<Measured>,
    dataset: Dataset,
    (after, through): (Instant, Instant),
    path: impl FnOnce(&str) -> String,
) -> Result<DatasetFile, DatasetError> {
    let rows = file.rows();
    let Measured { draft, bytes, hash } = file.end()?;
    let sha256 = hex::encode(hash.finalize());
    let path = path(&sha256);
    draft.keep(&path).map_err(placed(&format!("writing {dataset}")))?;
    Ok(DatasetFile { path, after, through, rows, bytes, sha256, generation: 1 })
}

/// A draft whose bytes are counted and hashed as they are written.
struct Measured {
    draft: Box<dyn Draft>,
    bytes: u64,
    hash: Sha256,
}

impl Write for Measured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.draft.write(bytes)?;
        let beyond = || io::Error::other("more was written than there was");
        self.hash.update(bytes.get(..written).ok_or_else(beyond)?);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.draft.flush()
    }
}
