//! The time of a question.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use store_testkit::around::{Around, Hook};
use store_testkit::slow::Slow;

use super::*;

/// A store with a few statements, behind what `around` puts before it.
async fn lane_over(
    clock: &TurnedClock,
    around: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
) -> DataLane {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    store.restore(log(&mut Dice(7)), Vec::new()).await.unwrap();
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    DataLane::of(&around(store), &clock, None, Period::Day).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_question_ends_with_its_time_whatever_it_waits_for() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 300 * DAY));
    for method in ["consistent_through", "statements", "log", "origins"] {
        let lane = lane_over(&clock, |store| Slow::at(store, method)).await;
        let begun = tokio::time::Instant::now();
        let plan = Plan::of(&Ask::default()).unwrap();
        let asked = timeout(Duration::from_mins(5), lane.ask(plan, asker()));
        let error = asked.await.expect("an answer").unwrap_err();
        assert!(matches!(error, QuestionError::Bound(Bound::Seconds(30))), "{method}: {error}");
        assert_eq!(begun.elapsed().as_secs(), 30, "{method}");
    }
}

/// Lets time pass with each call of some methods, and counts them.
#[derive(Clone, Default)]
struct Passing {
    methods: &'static [&'static str],
    seconds: u64,
    calls: Arc<AtomicUsize>,
}

#[async_trait::async_trait]
impl Hook for Passing {
    async fn before(&self, method: &'static str) -> store::Result<()> {
        if self.methods.contains(&method) {
            self.calls.fetch_add(1, Ordering::Relaxed);
            tokio::time::pause();
            // It turns the clock when it is first polled.
            let _ = tokio::time::advance(Duration::from_secs(self.seconds)).now_or_never();
            tokio::time::resume();
            // Timers that are due are noted between the two.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

/// No call takes longer than a question may.
#[tokio::test]
async fn the_time_of_a_question_is_that_of_all_its_calls_together() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 300 * DAY));
    let methods = &["consistent_through", "statements", "log", "origins"];
    for (seconds, calls) in [(1, None), (11, Some(3)), (16, Some(2))] {
        let passing = Passing { methods, seconds, ..Passing::default() };
        let lane = lane_over(&clock, |store| Around::new(store, passing.clone())).await;
        let asked = lane.ask(Plan::of(&Ask::default()).unwrap(), asker()).await;
        let made = passing.calls.load(Ordering::Relaxed);
        let Some(calls) = calls else {
            asked.unwrap();
            assert!((4..30).contains(&made), "{made} calls");
            continue;
        };
        assert!(matches!(asked, Err(QuestionError::Bound(Bound::Seconds(30)))), "{asked:?}");
        assert_eq!(made, calls, "of {seconds} seconds each");
    }
}

/// Files that are gone let it begin again, in the time that is left.
#[tokio::test]
async fn the_time_of_a_question_is_that_of_all_its_tries_together() {
    let scene = Scene::of(log(&mut Dice(7)), Some(Instant::from_micros(BEGIN + DAY)), 20).await;
    let is_table = |path: &Path| path.extension().is_some_and(|it| it == "parquet");
    for file in files_below(scene.home.path()).into_iter().filter(|it| is_table(it)) {
        std::fs::remove_file(file).unwrap();
    }
    for (seconds, is_in_time) in [(9, true), (11, false)] {
        let methods = &["consistent_through"];
        let passing = Passing { methods, seconds, ..Passing::default() };
        let store: Arc<dyn Store> = Around::new(Arc::clone(&scene.lane.store), passing.clone());
        let place: Arc<dyn DatasetPlace> = Arc::new(Folder::make(scene.home.path()).unwrap());
        let clock: Arc<dyn Clock> = Arc::new(scene.clock.clone());
        let lane = DataLane::of(&store, &clock, Some(place), Period::Day).await.unwrap();
        passing.calls.store(0, Ordering::Relaxed);
        let error = lane.ask(Plan::of(&Ask::default()).unwrap(), asker()).await.unwrap_err();
        assert_eq!(passing.calls.load(Ordering::Relaxed), 3, "one with each try");
        match error {
            QuestionError::Bound(Bound::Seconds(30)) => assert!(!is_in_time, "{seconds}"),
            QuestionError::Dataset(error) => {
                assert!(is_in_time && error.is_of_a_file_that_is_gone(), "{seconds}: {error}");
            }
            other => panic!("{seconds}: {other}"),
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries.flat_map(below).collect()
}

/// Turns the machine's clock by a day with each call.
struct Turning(TurnedClock);

#[async_trait::async_trait]
impl Hook for Turning {
    async fn before(&self, _: &'static str) -> store::Result<()> {
        self.0.pass(24 * 3_600);
        Ok(())
    }
}

#[tokio::test]
async fn a_question_is_answered_though_the_clock_of_the_machine_is_set_meanwhile() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 300 * DAY));
    let turning = Turning(clock.clone());
    let lane = lane_over(&clock, |store| Around::new(store, turning)).await;
    let answered = lane.ask(Plan::of(&Ask::default()).unwrap(), asker()).await.unwrap();
    assert_eq!(answered.answer.rows.len(), 1);
}
