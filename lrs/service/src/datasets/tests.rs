//! Whatever ranges the log is cut into, and wherever a process ends: each row once, and nothing half.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use dataset::ranges::Period;
use dataset::{Dataset, Datum, Manifest, Recipe, read_rows};
use sha2::{Digest as _, Sha256};
use store::Store;
use store_testkit::clock::TurnedClock;
use store_testkit::memory::MemoryStore;
use store_testkit::sample;
use tempfile::TempDir;
use xapi::instant::Instant;

use super::{DatasetError, DatasetPlace, Datasets, Draft, Folder, OpenFile, PlacedFile, RECIPIENT};

mod bytes;
mod erased;
mod heavy;
mod waits;
mod whole;

const HOUR: i64 = 3_600_000_000;
/// 2026-01-30T20:00:00Z: two months end soon after one another.
const BEGIN: i64 = 1_769_803_200_000_000;

fn silent(_: u64) {}

fn recipe() -> Recipe {
    Recipe { recipient: RECIPIENT.into(), ..Recipe::default() }
}

/// A store with statements at these hours after [`BEGIN`], which must grow.
async fn store_at(hours: &[i64], clock: &TurnedClock) -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let stamped = hours.iter().zip(0..).map(|(hour, n)| {
        sample::stamped(&sample::statement(n), BEGIN + hour * HOUR + i64::from(n))
    });
    let statements: Vec<_> = stamped.collect();
    if !statements.is_empty() {
        store.restore(statements, Vec::new()).await.unwrap();
    }
    store
}

async fn datasets(
    store: &Arc<dyn Store>,
    clock: &TurnedClock,
    place: Arc<dyn DatasetPlace>,
) -> Result<Datasets, DatasetError> {
    let datasets = Datasets::of(store, Arc::new(clock.clone()), place, recipe()).await?;
    Ok(datasets.cut(Period::Day, 3))
}

/// What readers find: the `stored` of all rows of `statements`. Every file that the manifest names is there as a whole, and
/// lies in its range.
fn read(root: &Path) -> (Instant, Vec<i64>) {
    let Ok(text) = std::fs::read(root.join("manifest.json")) else {
        return (Instant::default(), Vec::new());
    };
    let manifest = Manifest::read(&text).unwrap();
    let mut stored = Vec::new();
    for file in manifest.files(Dataset::Statements) {
        let bytes = std::fs::read(root.join(&file.path)).unwrap();
        assert_eq!(bytes.len() as u64, file.bytes, "{}", file.path);
        assert_eq!(hex::encode(Sha256::digest(&bytes)), file.sha256, "{}", file.path);
        let rows = read_rows(bytes.into()).unwrap();
        assert_eq!(rows.len() as u64, file.rows);
        for row in rows {
            let Datum::Time(at) = row[1] else { panic!("{row:?}") };
            assert!(file.after.micros() < at && at <= file.through.micros(), "{}", file.path);
            stored.push(at);
        }
    }
    (manifest.through, stored)
}

async fn expected(store: &Arc<dyn Store>, through: Instant) -> Vec<i64> {
    let all = sample::log(store).await.into_iter().map(|kept| kept.statement.stored);
    all.filter(|stored| *stored <= through).map(Instant::micros).collect()
}

/// Readers find each row up to the manifest's `through` once.
async fn is_whole(root: &Path, store: &Arc<dyn Store>) -> Instant {
    let (through, stored) = read(root);
    assert_eq!(stored, expected(store, through).await, "each row up to {through} once");
    through
}

#[tokio::test]
async fn days_that_are_over_are_sealed_and_a_month_that_is_over_is_merged() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 10 * HOUR));
    let store = store_at(&[0, 1, 6, 7, 30], &clock).await;
    let home = TempDir::new().unwrap();
    let place = Arc::new(Folder::make(home.path()).unwrap());
    let datasets = datasets(&store, &clock, place).await.unwrap().cut(Period::Day, 100);
    clock.set(Instant::from_micros(BEGIN + 5 * HOUR));
    let sealed = datasets.seal(&silent).await.unwrap();
    assert_eq!(
        (sealed.statements, sealed.files),
        (2, 10),
        "the 30th is over: four tables and six as a whole"
    );
    clock.set(Instant::from_micros(BEGIN + 29 * HOUR));
    let sealed = datasets.seal(&silent).await.unwrap();
    assert_eq!((sealed.statements, sealed.files), (2, 10), "the 31st and with it January is over");
    clock.set(Instant::from_micros(BEGIN + 60 * HOUR));
    let sealed = datasets.seal(&silent).await.unwrap();
    assert_eq!((sealed.statements, sealed.files), (1, 14));
    is_whole(home.path(), &store).await;
    let again = datasets.seal(&silent).await.unwrap();
    assert_eq!((again.statements, again.through), (0, sealed.through));
}

#[tokio::test]
async fn files_that_were_replaced_stay_for_a_day_and_go() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN));
    let store = store_at(&[0, 6], &clock).await;
    let home = TempDir::new().unwrap();
    let place = Arc::new(Folder::make(home.path()).unwrap());
    let datasets = datasets(&store, &clock, Arc::clone(&place) as _).await.unwrap();
    for (hours, files) in [(5, 1), (29, 3), (50, 3), (60, 1)] {
        clock.set(Instant::from_micros(BEGIN + hours * HOUR));
        datasets.seal(&silent).await.unwrap();
        let there = place.files().unwrap();
        let of_statements = there.iter().filter(|it| it.path.starts_with("statements/"));
        assert_eq!(of_statements.count(), files, "{hours} hours later");
        is_whole(home.path(), &store).await;
    }
}

#[tokio::test]
async fn files_of_another_recipe_are_refused_and_so_is_another_process() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 60 * HOUR));
    let store = store_at(&[0], &clock).await;
    let home = TempDir::new().unwrap();
    let place: Arc<dyn DatasetPlace> = Arc::new(Folder::make(home.path()).unwrap());
    datasets(&store, &clock, Arc::clone(&place)).await.unwrap().seal(&silent).await.unwrap();
    let other = Recipe { recipient: "other".into(), ..Recipe::default() };
    let other = Datasets::of(&store, Arc::new(clock.clone()), Arc::clone(&place), other).await;
    let refused = other.unwrap().seal(&silent).await.unwrap_err();
    assert!(matches!(refused, DatasetError::Manifest(_)), "{refused}");
    let before = read(home.path());
    clock.pass(48 * 3600);
    // Another process inserts the version that this one is about to insert.
    let next = Manifest::read(&place.manifest().unwrap().unwrap()).unwrap().version + 1;
    let taken = Arc::new(Overtaken(Folder::make(home.path()).unwrap(), next));
    let refused = datasets(&store, &clock, taken).await.unwrap().seal(&silent).await.unwrap_err();
    assert!(matches!(refused, DatasetError::Taken), "{refused}");
    assert_eq!(read(home.path()), before);
}

#[tokio::test]
async fn the_statements_of_a_course_are_merged_into_as_few_files_as_they_need() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let file = "id = \"c\"\niri = \"https://a.example/c\"\ntitle = { en = \"C\" }\n\
        time_zone = \"Europe/Rome\"\n[[module]]\nid = \"m\"\ntitle = { en = \"M\" }\n\
        [[module.activity]]\nkey = \"a\"\nid = \"https://a.example/a\"\n";
    assert!(store.put_course("c", file, None, store::Selection::Changed).await.unwrap());
    let of = |n: u32| if n.is_multiple_of(5) { "a" } else { "other" };
    let statement = |n| sample::with(sample::statement(n), "object", sample::activity(of(n)));
    let stamped = (0..40).map(|n| sample::stamped(&statement(n), BEGIN + i64::from(n) * HOUR / 2));
    store.restore(stamped.collect(), Vec::new()).await.unwrap();
    let home = TempDir::new().unwrap();
    let place = Arc::new(Folder::make(home.path()).unwrap());
    let recipe = Recipe { course: Some("c".into()), ..recipe() };
    let datasets = Datasets::of(&store, Arc::new(clock.clone()), place, recipe).await.unwrap();
    let datasets = datasets.cut(Period::Hour, 6);
    for hours in [3, 9, 100] {
        clock.set(Instant::from_micros(BEGIN + hours * HOUR));
        datasets.seal(&silent).await.unwrap();
    }
    let manifest = datasets.manifest().await.unwrap();
    assert_eq!(read(home.path()).1.len(), 8);
    assert_eq!(manifest.files(Dataset::Statements).len(), 2, "eight rows, six in a file");
    assert_eq!(manifest.files(Dataset::CourseActivities).len(), 1);
}

/// A process that ends at its `left`th step, in the middle of what it writes.
struct Ending {
    folder: Folder,
    left: Arc<AtomicI64>,
}

fn step(left: &AtomicI64) -> io::Result<()> {
    if left.fetch_sub(1, Ordering::SeqCst) > 0 {
        Ok(())
    } else {
        Err(io::Error::other("the process has ended"))
    }
}

impl DatasetPlace for Ending {
    fn manifest(&self) -> io::Result<Option<Vec<u8>>> {
        self.folder.manifest()
    }
    fn insert(&self, version: u64, text: &[u8]) -> io::Result<bool> {
        step(&self.left)?;
        self.folder.insert(version, text)
    }
    fn show(&self, text: &[u8]) -> io::Result<()> {
        step(&self.left)?;
        self.folder.show(text)
    }
    fn draft(&self) -> io::Result<Box<dyn Draft>> {
        step(&self.left)?;
        let draft = self.folder.draft()?;
        Ok(Box::new(EndingDraft { draft, left: Arc::clone(&self.left) }))
    }
    fn files(&self) -> io::Result<Vec<PlacedFile>> {
        self.folder.files()
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        step(&self.left)?;
        self.folder.remove(path)
    }
    fn open(&self, path: &str) -> io::Result<Box<dyn OpenFile>> {
        self.folder.open(path)
    }
}

struct EndingDraft {
    draft: Box<dyn Draft>,
    left: Arc<AtomicI64>,
}

impl Write for EndingDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if step(&self.left).is_err() {
            // Half of it is written, and then the process is gone.
            let _ = self.draft.write(bytes.get(..bytes.len() / 2).unwrap_or_default());
            return Err(io::Error::other("the process has ended"));
        }
        self.draft.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.draft.flush()
    }
}

impl Draft for EndingDraft {
    fn keep(self: Box<Self>, path: &str) -> io::Result<()> {
        step(&self.left)?;
        self.draft.keep(path)
    }
}

/// How many statements a table of what they speak with counts, with one verb and one activity each.
fn spoken(root: &Path, dataset: Dataset) -> usize {
    let manifest = Manifest::read(&std::fs::read(root.join("manifest.json")).unwrap()).unwrap();
    let [file] = manifest.files(dataset) else { panic!("one file of {dataset}") };
    let rows = read_rows(std::fs::read(root.join(&file.path)).unwrap().into()).unwrap();
    let counted = rows.iter().map(|row| match row.last() {
        Some(Datum::Whole(count)) => usize::try_from(*count).unwrap(),
        other => panic!("{other:?}"),
    });
    counted.sum()
}

#[tokio::test]
async fn a_process_that_ends_at_any_step_leaves_nothing_half_and_the_next_goes_on() {
    let hours = [0, 1, 6, 30, 31, 50];
    let mut ended = 0;
    // Later processes end at odd steps as well: the difference is odd.
    for first in (0..).step_by(2) {
        let clock = TurnedClock::at(Instant::from_micros(BEGIN));
        let store = store_at(&hours, &clock).await;
        let home = TempDir::new().unwrap();
        let mut has_ended = false;
        // Each later process ends a few steps later than the one before, so that all of them together come through.
        for (round, later) in [5, 29, 60, 90].into_iter().zip(0..) {
            clock.set(Instant::from_micros(BEGIN + round * HOUR));
            let left = Arc::new(AtomicI64::new(first - 7 * later));
            if later > 0 && left.load(Ordering::SeqCst) <= 0 {
                left.store(i64::MAX, Ordering::SeqCst);
            }
            let folder = Folder::make(home.path()).unwrap();
            let place = Arc::new(Ending { folder, left });
            let sealed = datasets(&store, &clock, place).await.unwrap().seal(&silent).await;
            has_ended |= sealed.is_err();
            is_whole(home.path(), &store).await;
        }
        let place = Arc::new(Folder::make(home.path()).unwrap());
        datasets(&store, &clock, place).await.unwrap().seal(&silent).await.unwrap();
        let through = is_whole(home.path(), &store).await;
        assert_eq!(expected(&store, through).await.len(), hours.len(), "all are sealed");
        for dataset in [Dataset::Verbs, Dataset::Activities] {
            assert_eq!(spoken(home.path(), dataset), hours.len(), "{dataset} after step {first}");
        }
        if !has_ended {
            break;
        }
        ended += 1;
    }
    assert!(ended > 25, "{ended} places to end at");
}

#[tokio::test]
async fn any_cutting_gives_each_row_once() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut cuttings = BTreeSet::new();
    for _ in 0..30 {
        let mut hour = 0;
        let hours: Vec<i64> = (0..random(40))
            .map(|_| {
                hour += random(30).cast_signed();
                hour
            })
            .collect();
        let clock = TurnedClock::at(Instant::from_micros(BEGIN));
        let store = store_at(&hours, &clock).await;
        let home = TempDir::new().unwrap();
        let mut now = BEGIN;
        for _ in 0..random(6) {
            now += random(400).cast_signed() * HOUR;
            clock.set(Instant::from_micros(now));
            let place = Arc::new(Folder::make(home.path()).unwrap());
            let period = if random(2) == 0 { Period::Day } else { Period::Hour };
            let datasets =
                datasets(&store, &clock, place).await.unwrap().cut(period, 1 + random(9));
            if random(3) == 0 {
                let until = Instant::from_micros(now - random(50).cast_signed() * HOUR / 7);
                datasets.seal_until(until, &silent).await.unwrap();
            } else {
                datasets.seal(&silent).await.unwrap();
            }
            is_whole(home.path(), &store).await;
            cuttings.insert(read(home.path()).1.len());
        }
    }
    assert!(cuttings.len() > 10, "{cuttings:?}");
}

/// Another process inserts a version first.
struct Overtaken(Folder, u64);

impl DatasetPlace for Overtaken {
    fn manifest(&self) -> io::Result<Option<Vec<u8>>> {
        self.0.manifest()
    }
    fn insert(&self, version: u64, text: &[u8]) -> io::Result<bool> {
        if version == self.1 {
            let mut other = text.to_vec();
            other.push(b'\n');
            self.0.insert(version, &other)?;
        }
        self.0.insert(version, text)
    }
    fn show(&self, text: &[u8]) -> io::Result<()> {
        self.0.show(text)
    }
    fn draft(&self) -> io::Result<Box<dyn Draft>> {
        self.0.draft()
    }
    fn files(&self) -> io::Result<Vec<PlacedFile>> {
        self.0.files()
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.remove(path)
    }
    fn open(&self, path: &str) -> io::Result<Box<dyn OpenFile>> {
        self.0.open(path)
    }
}

#[tokio::test]
async fn rows_of_any_range_are_the_same_in_every_format() {
    use super::{DataFormat, DataTables};
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 60 * HOUR));
    let store = store_at(&[0, 1, 2, 3], &clock).await;
    let tables = DataTables::of(Arc::clone(&store), RECIPIENT, None).await.unwrap();
    let range = |from: i64, to: i64| {
        (Instant::from_micros(BEGIN + from * HOUR), Instant::from_micros(BEGIN + to * HOUR + 9))
    };
    let memory = crate::memory::Memory::new(1 << 20);
    let all = async |dataset, (after, through), format| {
        let mut stream = tables.stream(dataset, (after, through), format, &memory).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await.unwrap() {
            bytes.extend_from_slice(&piece);
        }
        bytes
    };
    for (dataset, range, rows) in [
        (Dataset::Statements, range(0, 3), 3),
        (Dataset::Raw, range(1, 2), 2),
        (Dataset::Identities, range(-1, 3), 4),
        (Dataset::Statements, range(5, 9), 0),
        (Dataset::Learners, range(0, 9), 0),
    ] {
        let parquet = all(dataset, range, DataFormat::Parquet).await;
        assert_eq!(read_rows(parquet.into()).unwrap().len(), rows, "{dataset}");
        let csv = String::from_utf8(all(dataset, range, DataFormat::Csv).await).unwrap();
        assert_eq!(csv.lines().count(), rows + 1, "{dataset}: {csv}");
        let json = String::from_utf8(all(dataset, range, DataFormat::Ndjson).await).unwrap();
        assert_eq!(json.lines().count(), rows, "{dataset}: {json}");
    }
}

#[tokio::test]
async fn a_table_that_is_replaced_as_a_whole_is_gathered_in_the_memory_of_who_asks() {
    use super::search::{Pace, RowPlace};
    use super::{DataFormat, DataTables};
    use crate::memory::Memory;
    let clock = TurnedClock::at(Instant::from_micros(BEGIN));
    let store = store_at(&[], &clock).await;
    let file = "id = 'c'\ntitle = { it = 'C' }\n";
    assert!(store.put_course("c", file, None, store::Selection::Changed).await.unwrap());
    let kept = store.course("c").await.unwrap().unwrap();
    let lines: Vec<String> = (0..6_000).map(|n| format!("u{n},mailto:u{n}@x.example\n")).collect();
    let lines = lines.concat();
    let list = course::LearnerList::parse(format!("learner,identifiers\n{lines}").as_bytes());
    let enrolment = course::Enrolment::default();
    let enrolment = enrolment.updated_by(&list.unwrap(), course::Unlisted::Stay).unwrap();
    let enrolment = enrolment.to_kept().unwrap();
    assert!(store.put_enrolment("c", &enrolment, kept.revision).await.unwrap());
    let tables = DataTables::of(Arc::clone(&store), RECIPIENT, None).await.unwrap();
    let (begin, through) = (Instant::default(), Instant::from_micros(BEGIN));
    let from = (RowPlace::default(), through);
    let pace = Pace { found: 12_000, read: 10 };
    let memory = Memory::new(64 << 20);
    let page = tables.page(Dataset::Learners, None, from, pace, &memory).await.unwrap();
    assert_eq!(page.rows.len(), 12_000, "an address, and its hash");
    let texts = page.rows.iter().flatten().map(|datum| match datum {
        dataset::Datum::Text(text) => text.len(),
        _ => 0,
    });
    assert!(memory.held() > texts.sum(), "{}", memory.held());
    // To make the rows takes more than the rows do.
    let held = memory.held();
    drop(page);
    assert_eq!(memory.held(), 0);
    for (bytes, is_enough) in [(64 << 20, true), (held + held / 4, false), (1 << 20, false)] {
        let memory = Memory::new(bytes);
        let stream =
            tables.stream(Dataset::Learners, (begin, through), DataFormat::Ndjson, &memory).await;
        let Ok(mut stream) = stream else {
            assert!(!is_enough && matches!(stream, Err(DatasetError::Memory(_))));
            assert_eq!(memory.held(), 0);
            continue;
        };
        assert!(is_enough && memory.held() > 0);
        let mut lines = Vec::new();
        while let Some(piece) = stream.next().await.unwrap() {
            lines.push(piece.split(|byte| *byte == b'\n').count() - 1);
        }
        assert_eq!(lines, [5_000, 5_000, 2_000]);
    }
}

/// Rows of a million statements are a minute of a processor; requests are answered meanwhile.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn rows_are_made_on_threads_that_give_way_to_those_that_answer() {
    let niceness = || Ok(rustix::process::getpriority_process(None).unwrap());
    let here = niceness().unwrap();
    let there = super::aside(niceness).await.unwrap();
    assert!(there > here || here == 19, "{there} after {here}");
}
