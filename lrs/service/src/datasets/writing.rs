//! Writing the rows of a range as files.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Write};
use std::sync::Arc;

use dataset::{Dataset, DatasetFile, ParquetFile, RowBlock, RowOf, UsedWords, taken};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use xapi::instant::Instant;

use super::pages::{LogPages, Logged};
use super::place::{DatasetPlace, Draft};
use super::tables::{DataTables, RowMaker};
use super::vocabulary::KeptVocabulary;
use super::{DatasetError, aside, placed};

/// Statements whose rows are made by one thread at a time.
const CHUNK: usize = 1_000;
/// Rows that wait to be written take at most this number of KiB, or are those of one chunk. Writing a row group takes as long
/// as making rows for some 30 MiB of texts, and other threads go on making rows meanwhile.
const WAITING_KIB: u32 = 24 << 10;

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
    let mut chunks = made_ahead(
        pages,
        tables.maker.remembering(),
        vocabulary.map_or(through, KeptVocabulary::through),
    );
    let mut writer = RangeWriter {
        place: Arc::clone(place),
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
    if let Some(vocabulary) = vocabulary.filter(|_| writer.is_full) {
        vocabulary.advance(tables, end).await?;
    }
    let files = aside(move || writer.end((after, end), generation)).await?;
    Ok(Written { through: end, files, statements })
}

/// Statements of the log as rows.
struct Chunk {
    /// Of each statement, in their order: when it was stored, and how many rows there are in each block up to its own.
    ends: Vec<(Instant, [usize; Dataset::SEALED.len()])>,
    /// The rows of each table of [`Dataset::SEALED`].
    blocks: [RowBlock; Dataset::SEALED.len()],
    /// What those of them speak with that are new to the vocabulary.
    spoken: UsedWords,
}

/// A chunk, and its part of [`WAITING_KIB`].
type Waiting = (Chunk, OwnedSemaphorePermit);

/// The rows of statements in their order, made beside those who take them by as many threads as there are processors.
/// What those speak with that were stored after `known` is gathered.
fn made_ahead(
    pages: LogPages,
    maker: RowMaker,
    known: Instant,
) -> mpsc::UnboundedReceiver<Result<Waiting, DatasetError>> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(WAITING_KIB as usize));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let made = in_chunks(pages).map(move |chunk| {
        let maker = maker.clone();
        async move {
            let chunk = chunk?;
            aside(move || Chunk::of(&chunk, &maker, known)).await
        }
    });
    tokio::spawn(async move {
        let mut made = std::pin::pin!(made.buffered(threads));
        while let Some(chunk) = made.next().await {
            let is_last = chunk.is_err();
            let waiting = match chunk {
                Ok(chunk) => {
                    let kib = u32::try_from(chunk.weight() >> 10).unwrap_or(WAITING_KIB);
                    let room = Arc::clone(&room).acquire_many_owned(kib.min(WAITING_KIB));
                    // Who took the rows may have what they need, or be gone.
                    let room = tokio::select! {
                        room = room => room,
                        () = sender.closed() => break,
                    };
                    room.map(|room| (chunk, room)).map_err(|_| DatasetError::Stopped)
                }
                Err(error) => Err(error),
            };
            if sender.send(waiting).is_err() || is_last {
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
    fn of(statements: &[Logged], maker: &RowMaker, known: Instant) -> Result<Self, DatasetError> {
        let (mut ends, mut spoken) = (Vec::with_capacity(statements.len()), UsedWords::default());
        let mut blocks = Dataset::SEALED.map(RowBlock::of);
        let shape = taken(&Dataset::SEALED);
        for logged in statements {
            let made = maker.wanted(&logged.stored, shape, |value| {
                let said = logged.said(value);
                if logged.stored.stored > known {
                    maker.speaks(&mut spoken, &said);
                }
                let mut all = Dataset::SEALED.into_iter().zip(&mut blocks);
                all.try_for_each(|(dataset, block)| {
                    maker.rows_of(dataset, &said).into_iter().try_for_each(|row| block.add(row))
                })
            })?;
            made.transpose()?;
            ends.push((logged.stored.stored, blocks.each_ref().map(RowBlock::rows)));
        }
        Ok(Self { ends, blocks, spoken })
    }

    /// About how many bytes it takes.
    fn weight(&self) -> usize {
        self.blocks.iter().map(RowBlock::weight).sum()
    }
}

/// The files of a range that is being written, by table.
struct RangeWriter {
    place: Arc<dyn DatasetPlace>,
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
    /// Adds the rows of statements, up to the first that finds no room. What they speak with is added where all find room.
    fn add(mut self, waiting: Waiting) -> Result<Self, DatasetError> {
        let (Chunk { ends, blocks, spoken }, _room) = waiting;
        let written = self.files.get(&Dataset::Statements).map_or(0, ParquetFile::rows);
        let room = self.most.saturating_sub(written);
        // `statements` is the first of the tables, and has a row of each that is wanted.
        let taken = ends.partition_point(|(_, [rows, ..])| *rows as u64 <= room);
        self.is_full = taken < ends.len();
        let Some((newest, rows)) = taken.checked_sub(1).and_then(|last| ends.get(last)) else {
            return Ok(self);
        };
        for ((dataset, block), rows) in Dataset::SEALED.into_iter().zip(&blocks).zip(*rows) {
            if rows > 0 {
                self.file(dataset)?.add_block(block, 0..rows)?;
            }
        }
        (self.read, self.newest) = (self.read + taken as u64, *newest);
        if let Some(vocabulary) = self.vocabulary.as_ref().filter(|_| !self.is_full) {
            vocabulary.join(spoken, self.newest);
        }
        Ok(self)
    }

    /// The file of a table, begun where there is none yet.
    fn file(&mut self, dataset: Dataset) -> Result<&mut ParquetFile<Measured>, DatasetError> {
        Ok(match self.files.entry(dataset) {
            Entry::Occupied(file) => file.into_mut(),
            Entry::Vacant(place) => place.insert(begin(&*self.place, dataset)?),
        })
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
