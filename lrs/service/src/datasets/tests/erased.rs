//! People who are erased after their rows were sealed.

use async_trait::async_trait;
use dataset::aggregate::{Ask, FoldBounds, Plan};
use dataset::{Pseudonyms, RowOf};
use serde_json::json;
use store::StoreError;

use super::*;
use crate::audit::Actor;
use crate::datasets::{Asker, DataLane};
use crate::erasure::{Derived, ErasureAsked, ErasureMode, Erasures, Journals};
use crate::memory::Memory;

const PERSON: &str = "p1@x.example";

struct NoJournals;

#[async_trait]
impl Journals for NoJournals {
    async fn read_again(&self, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Who is erased did something on the second day, and is named by the id of an activity on the third.
async fn store_of_three_days(clock: &TurnedClock) -> Arc<dyn Store> {
    let store = store_at(&[], clock).await;
    let about = sample::activity(&format!("about/{PERSON}"));
    let spoken = json!({"response": format!("I am {PERSON}"), "extensions": {"https://e.example/e": PERSON}});
    let all = [
        sample::statement(0),
        sample::with(sample::statement(1), "result", spoken),
        sample::with(sample::statement(2), "object", about),
        sample::statement(3),
    ];
    let hours = [0, 6, 7, 30];
    let stamped = all.iter().zip(hours).map(|(it, hour)| sample::stamped(it, BEGIN + hour * HOUR));
    store.restore(stamped.collect(), Vec::new()).await.unwrap();
    store
}

fn erasures(store: &Arc<dyn Store>, clock: &TurnedClock) -> Erasures {
    Erasures::new(Arc::clone(store), Arc::new(clock.clone()), Arc::new(NoJournals), [7; 32])
}

async fn begin(erasures: &Erasures) -> uuid::Uuid {
    begin_by(erasures, ErasureMode::Pseudonymise).await
}

async fn begin_by(erasures: &Erasures, mode: ErasureMode) -> uuid::Uuid {
    let (identifier, reason) = (format!("mailto:{PERSON}"), "12/2026".to_owned());
    let (others, pseudonym, within) = (Vec::new(), None, None);
    let asked = ErasureAsked { identifier, others, reason, pseudonym, mode, within };
    erasures.begin(&asked, Actor::Machine).await.unwrap().id
}

/// The rows of all files that lie in the folder, whether or not a manifest names them.
fn everything(place: &Folder) -> Vec<RowOf> {
    let files = place.files().unwrap().into_iter();
    let rows = files.flat_map(|file| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut place.open(&file.path).unwrap(), &mut bytes).unwrap();
        read_rows(bytes.into()).unwrap()
    });
    rows.collect()
}

/// Whether rows name the person, by the address or by what the files have instead.
async fn name_the_person(rows: &[RowOf], store: &Arc<dyn Store>) -> bool {
    let secret = store.secret().await.unwrap();
    let pseudonym =
        Pseudonyms::of_recipient(&secret, RECIPIENT).of(&format!("mbox::mailto:{PERSON}"));
    let text = format!("{rows:?}");
    text.contains(PERSON) || text.contains(&pseudonym)
}

async fn lane(
    store: &Arc<dyn Store>,
    clock: &TurnedClock,
    place: Arc<dyn DatasetPlace>,
) -> DataLane {
    let clock: Arc<dyn xapi::clock::Clock> = Arc::new(clock.clone());
    DataLane::of(store, &clock, Some(place), Period::Day).await.unwrap()
}

fn manifest_of(place: &Folder) -> Manifest {
    Manifest::read(&place.manifest().unwrap().unwrap()).unwrap()
}

#[tokio::test]
async fn sealed_files_are_written_anew_without_the_person_and_old_ones_go() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 60 * HOUR));
    let store = store_of_three_days(&clock).await;
    let home = TempDir::new().unwrap();
    let place = Arc::new(Folder::make(home.path()).unwrap());
    for hours in [5, 29, 60] {
        clock.set(Instant::from_micros(BEGIN + hours * HOUR));
        // Ranges of one statement: the second day is two of them.
        let datasets = datasets(&store, &clock, Arc::clone(&place) as _).await.unwrap();
        datasets.cut(Period::Day, 1).seal(&silent).await.unwrap();
    }
    let lane = lane(&store, &clock, Arc::clone(&place) as _).await;
    let names = async || {
        let tables = lane.tables(None, None).await.unwrap();
        tables.snapshot(Dataset::Activities, &Memory::new(1 << 20)).await.unwrap().rows
    };
    assert!(name_the_person(&everything(&place), &store).await);
    assert!(format!("{:?}", names().await).contains(PERSON), "it is remembered");
    let before = manifest_of(&place);
    // Left by a process that ended, with rows of before.
    let old = &before.files(Dataset::Agents)[1].path;
    std::fs::copy(
        home.path().join(old),
        home.path().join("agents/stored_month=2026-01/left.parquet"),
    )
    .unwrap();
    let erasures = erasures(&store, &clock).clearing(Arc::new(lane.clone()));
    erasures.run(begin(&erasures).await).await.unwrap();
    assert!(!name_the_person(&everything(&place), &store).await);
    assert!(!format!("{:?}", names().await).contains(PERSON));
    let after = manifest_of(&place);
    is_whole(home.path(), &store).await;
    let generations = |manifest: &Manifest| {
        let files = manifest.files(Dataset::Statements).iter();
        files.map(|file| (file.range(), file.generation)).collect::<Vec<_>>()
    };
    let ranges: Vec<_> = generations(&before).into_iter().map(|(range, _)| range).collect();
    let expected: Vec<_> = ranges.into_iter().zip([1, 2, 2, 1]).collect();
    assert_eq!(generations(&after), expected);
    assert_eq!((after.erasures.len(), after.replaced.len()), (1, 0));
    let untouched = |manifest: &Manifest| manifest.files(Dataset::Statements)[0].clone();
    assert_eq!(untouched(&after), untouched(&before));
    // Once more does nothing; sealing goes on, and a merge has no path that had other rows.
    lane.without_erased().await.unwrap();
    assert_eq!(manifest_of(&place), after);
    datasets(&store, &clock, Arc::clone(&place) as _).await.unwrap().seal(&silent).await.unwrap();
    is_whole(home.path(), &store).await;
    let merged = manifest_of(&place);
    let paths = |manifest: &Manifest| {
        let files = manifest.files(Dataset::Statements).iter();
        files.map(|file| (file.path.clone(), file.sha256.clone())).collect::<Vec<_>>()
    };
    for (path, sha256) in paths(&merged) {
        assert!(paths(&before).iter().all(|it| it.0 != path || it.1 == sha256), "{path}");
    }
}

/// Nothing in the log says where they were.
#[tokio::test]
async fn sealed_files_lose_the_rows_of_removed_statements() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 60 * HOUR));
    let store = store_of_three_days(&clock).await;
    let home = TempDir::new().unwrap();
    let place = Arc::new(Folder::make(home.path()).unwrap());
    datasets(&store, &clock, Arc::clone(&place) as _).await.unwrap().seal(&silent).await.unwrap();
    let lane = lane(&store, &clock, Arc::clone(&place) as _).await;
    let rows = || {
        let files = manifest_of(&place);
        files.files(Dataset::Statements).iter().map(|file| file.rows).collect::<Vec<_>>()
    };
    let before = rows();
    let erasures = erasures(&store, &clock).clearing(Arc::new(lane));
    erasures.run(begin_by(&erasures, ErasureMode::Delete).await).await.unwrap();
    assert!(!name_the_person(&everything(&place), &store).await);
    // The statement about an activity with the person's name is another one's, and stays.
    assert_eq!(rows().iter().sum::<u64>(), before.iter().sum::<u64>() - 1);
    assert_eq!(rows().iter().sum::<u64>(), 3);
    is_whole(home.path(), &store).await;
}

/// Another server erased the person, and this one seals: at whatever step its process ends, readers find all rows, and the
/// next process ends with nothing of the person.
#[tokio::test]
async fn a_process_that_ends_at_any_step_of_it_leaves_the_rest_to_the_next() {
    let mut ended = 0;
    for first in 0.. {
        let clock = TurnedClock::at(Instant::from_micros(BEGIN + 60 * HOUR));
        let store = store_of_three_days(&clock).await;
        let home = TempDir::new().unwrap();
        let place = Arc::new(Folder::make(home.path()).unwrap());
        datasets(&store, &clock, Arc::clone(&place) as _)
            .await
            .unwrap()
            .seal(&silent)
            .await
            .unwrap();
        let elsewhere = erasures(&store, &clock);
        elsewhere.run(begin(&elsewhere).await).await.unwrap();
        let left = Arc::new(AtomicI64::new(first));
        let ending = Ending { folder: Folder::make(home.path()).unwrap(), left };
        let dying = datasets(&store, &clock, Arc::new(ending)).await.unwrap();
        let has_ended = dying.without_erased().await.is_err();
        let (_, stored) = read(home.path());
        assert_eq!(stored.len(), 4, "readers find all rows after step {first}");
        let next = datasets(&store, &clock, Arc::clone(&place) as _).await.unwrap();
        next.without_erased().await.unwrap();
        assert!(!name_the_person(&everything(&place), &store).await, "after step {first}");
        is_whole(home.path(), &store).await;
        if !has_ended {
            break;
        }
        ended += 1;
    }
    assert!(ended > 25, "{ended} places to end at");
}

/// Takes the files away that the first manifest names, once somebody has read it.
struct Erasing {
    folder: Folder,
    erased: std::sync::Mutex<Option<Vec<u8>>>,
}

impl DatasetPlace for Erasing {
    fn manifest(&self) -> io::Result<Option<Vec<u8>>> {
        let stale = self.erased.lock().unwrap().take();
        stale.map_or_else(|| self.folder.manifest(), |stale| Ok(Some(stale)))
    }
    fn insert(&self, version: u64, text: &[u8]) -> io::Result<bool> {
        self.folder.insert(version, text)
    }
    fn show(&self, text: &[u8]) -> io::Result<()> {
        self.folder.show(text)
    }
    fn draft(&self) -> io::Result<Box<dyn Draft>> {
        self.folder.draft()
    }
    fn files(&self) -> io::Result<Vec<PlacedFile>> {
        self.folder.files()
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.folder.remove(path)
    }
    fn open(&self, path: &str) -> io::Result<Box<dyn OpenFile>> {
        self.folder.open(path)
    }
}

#[tokio::test]
async fn a_question_whose_files_go_meanwhile_is_answered_from_the_new_ones() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 60 * HOUR));
    let store = store_of_three_days(&clock).await;
    let home = TempDir::new().unwrap();
    let folder = Folder::make(home.path()).unwrap();
    let place = Arc::new(folder.clone());
    datasets(&store, &clock, Arc::clone(&place) as _).await.unwrap().seal(&silent).await.unwrap();
    let before = folder.manifest().unwrap();
    let elsewhere = erasures(&store, &clock);
    elsewhere.run(begin(&elsewhere).await).await.unwrap();
    datasets(&store, &clock, place).await.unwrap().without_erased().await.unwrap();
    let stale = Arc::new(Erasing { folder, erased: std::sync::Mutex::new(before) });
    let lane = lane(&store, &clock, Arc::clone(&stale) as _).await;
    let asker = Asker {
        hides_small: false,
        authority: None,
        memory: Memory::new(1 << 30),
        bounds: FoldBounds::default(),
    };
    let answer = lane.ask(Plan::of(&Ask::default()).unwrap(), asker).await.unwrap().answer;
    assert!(stale.erased.lock().unwrap().is_none(), "the earlier manifest was read");
    assert_eq!(answer.rows.len(), 1, "{answer:?}");
}
