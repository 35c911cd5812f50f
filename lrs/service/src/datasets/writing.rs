//! Writing the rows of a range as files.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use dataset::{Dataset, DatasetFile, ParquetFile, RowOf, UsedWords, taken};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use xapi::instant::Instant;

use super::pages::{LogPages, Logged};
use super::place::{DatasetPlace, Draft};
use super::tables::{DataTables, RowMaker};
use super::vocabulary::KeptVocabulary;
use super::{DatasetError, aside, placed};

/// Statements whose rows are made by one thread at a time.
const CHUNK: usize = 1_000;
/// Chunks whose rows may wait to be written.
const WAITING: usize = 4;

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
    let pages = LogPages::of(Arc::clone(&tables.store), after, through);
    let mut chunks =
        made_ahead(pages, tables.maker.clone(), vocabulary.map(KeptVocabulary::through));
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
    while let Some(chunk) = chunks.recv().await {
        let chunk = chunk?;
        writer = aside(move || writer.add(chunk)).await?;
        if writer.is_full {
            break;
        }
    }
    let (statements, end) = (writer.read, if writer.is_full { writer.newest } else { through });
    let files = aside(move || writer.end((after, end), generation)).await?;
    Ok(Written { through: end, files, statements })
}

/// Statements of the log and their rows.
struct Chunk {
    statements: Vec<Logged>,
    /// Of each statement; none where it is not wanted.
    rows: Vec<Option<Vec<(Dataset, RowOf)>>>,
    /// What those of them speak with that are new to the vocabulary.
    spoken: UsedWords,
}

/// The rows of statements in their order, made beside those who take them by as many threads as there are processors.
/// What those speak with that were stored after `known` is gathered.
fn made_ahead(
    pages: LogPages,
    maker: RowMaker,
    known: Option<Instant>,
) -> mpsc::Receiver<Result<Chunk, DatasetError>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let made = in_chunks(pages).map(move |chunk| {
        let maker = maker.clone();
        async move {
            let chunk = chunk?;
            aside(move || Chunk::of(chunk, &maker, known)).await
        }
    });
    tokio::spawn(async move {
        let mut made = std::pin::pin!(made.buffered(threads));
        while let Some(chunk) = made.next().await {
            let is_last = chunk.is_err();
            // Who took the rows may have what they need, or be gone.
            if sender.send(chunk).await.is_err() || is_last {
                break;
            }
        }
    });
    receiver
}

fn in_chunks(pages: LogPages) -> impl Stream<Item = Result<Vec<Logged>, DatasetError>> + Send {
    let pages = stream::try_unfold(pages, async |mut pages: LogPages| {
        let page = pages.next().await?;
        Ok::<_, DatasetError>(page.map(|page| (page, pages)))
    });
    let cut = |page: Vec<Logged>| {
        let mut rest = page.into_iter();
        let chunks = std::iter::from_fn(move || {
            let chunk: Vec<Logged> = rest.by_ref().take(CHUNK).collect();
            (!chunk.is_empty()).then_some(Ok(chunk))
        });
        stream::iter(chunks)
    };
    pages.map_ok(cut).try_flatten()
}

impl Chunk {
    fn of(
        statements: Vec<Logged>,
        maker: &RowMaker,
        known: Option<Instant>,
    ) -> Result<Self, DatasetError> {
        let mut spoken = UsedWords::default();
        let mut rows = Vec::with_capacity(statements.len());
        for logged in &statements {
            rows.push(maker.wanted(&logged.stored, taken(&Dataset::SEALED), |value| {
                if known.is_some_and(|known| logged.stored.stored > known) {
                    maker.speaks(&mut spoken, &logged.stored, value);
                }
                let of = |dataset| {
                    let rows = maker.rows(dataset, logged, value);
                    rows.into_iter().map(move |row| (dataset, row))
                };
                Dataset::SEALED.into_iter().flat_map(of).collect()
            })?);
        }
        Ok(Self { statements, rows, spoken })
    }
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
    fn add(mut self, chunk: Chunk) -> Result<Self, DatasetError> {
        let Chunk { mut statements, rows, spoken } = chunk;
        let mut taken = 0;
        for (logged, rows) in statements.iter().zip(rows) {
            let written = self.files.get(&Dataset::Statements).map_or(0, ParquetFile::rows);
            self.is_full = rows.is_some() && written >= self.most;
            if self.is_full {
                break;
            }
            for (dataset, row) in rows.into_iter().flatten() {
                add_row(&mut self.files, &*self.place, dataset, row)?;
            }
            (self.read, self.newest) = (self.read + 1, logged.stored.stored);
            taken += 1;
        }
        match &self.vocabulary {
            Some(vocabulary) if self.is_full => {
                statements.truncate(taken);
                vocabulary.add(&self.maker, &statements)?;
            }
            Some(vocabulary) => vocabulary.join(spoken, self.newest),
            None => {}
        }
        Ok(self)
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
