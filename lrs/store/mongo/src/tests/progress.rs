//! Progress whose writer stops at a call is there as a whole or not at all, and of two writers on
//! one version one counts.

use bytes::Bytes;
use std::sync::Arc;

use super::gate::Gate;
use super::{as_any, open};
use store::{
    Followed, JournalVersion, ProgressDocument, Reading, Revision, Selection, Store, Unnamed,
};
use xapi::instant::Instant;

/// More calls than a write takes.
const CALLS: i64 = 40;
const COURSE: &str = "c";

/// What the writer `n` writes of two actors, all of which names it.
fn written(n: i64) -> (Followed, Vec<ProgressDocument>) {
    let body = Bytes::from(format!("{{\"by\":{n}}}"));
    let document = |actor: &str| ProgressDocument { actor: actor.into(), body: body.clone() };
    let followed =
        Followed { through: Instant::from_micros(n), reading: Reading::since(Revision::FIRST) };
    (followed, vec![document("one"), document("two")])
}

/// Writes as `n` on a version; says whether it was in time.
async fn write(store: Arc<dyn Store>, n: i64, based_on: JournalVersion, unnamed: Unnamed) -> bool {
    let (followed, documents) = written(n);
    let written = store.put_progress(COURSE, based_on, followed, documents, unnamed).await;
    written.unwrap().is_some()
}

/// Whose progress is there; fails when it is not all of one writer.
async fn whose(store: &Arc<dyn Store>) -> i64 {
    let by = store.watermark(COURSE).await.unwrap().followed.through.micros();
    let there = store.progress(COURSE, "", 10).await.unwrap();
    assert_eq!(there, written(by).1, "what the watermark of {by} names");
    by
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_follower_that_stops_at_any_call_undoes_no_other_progress() {
    let uri = programs::fresh_database().await;
    let store = as_any(&open(&uri).await);
    let gate = Gate::to(&uri).await;
    let sleeper = as_any(&open(gate.uri()).await);
    assert!(store.put_course(COURSE, "", None, Selection::Changed).await.unwrap());
    assert!(write(Arc::clone(&store), 1, JournalVersion::NONE, Unnamed::Go).await);
    for calls in 0..CALLS {
        let n = 10 + 10 * calls;
        let (first, second) = match calls % 2 {
            0 => (Unnamed::Go, Unnamed::Stay),
            _ => (Unnamed::Stay, Unnamed::Go),
        };
        let based_on = store.watermark(COURSE).await.unwrap().version;
        let before = whose(&store).await;
        gate.shut_after(usize::try_from(calls / 2).unwrap());
        let mut sleeping = tokio::spawn(write(Arc::clone(&sleeper), n, based_on, first));
        tokio::select! {
            () = gate.holds() => {}
            ended = &mut sleeping => return assert!(ended.unwrap() && calls > 10),
        }
        let in_time = whose(&store).await == n;
        assert!(in_time || whose(&store).await == before);
        let now = store.watermark(COURSE).await.unwrap().version;
        assert!(write(Arc::clone(&store), n + 1, now, second).await);
        gate.open();
        assert_eq!(sleeping.await.unwrap(), in_time, "held after {} calls", calls / 2);
        assert_eq!(whose(&store).await, n + 1, "held after {} calls", calls / 2);
    }
    panic!("the writer never came to its end");
}

/// More writes than superseded documents are kept for.
const WRITES: i64 = 20;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_reader_that_writers_overtake_misses_no_actor() {
    let uri = programs::fresh_database().await;
    let store = as_any(&open(&uri).await);
    let gate = Gate::to(&uri).await;
    let slow = as_any(&open(gate.uri()).await);
    assert!(store.put_course(COURSE, "", None, Selection::Changed).await.unwrap());
    assert!(write(Arc::clone(&store), 1, JournalVersion::NONE, Unnamed::Go).await);
    let mut last = 1;
    for calls in 0..CALLS {
        let actors = ["one", "two"].map(str::to_owned);
        let held = usize::try_from(calls / 2).unwrap();
        gate.shut_after(held);
        let reader = Arc::clone(&slow);
        let mut reading = tokio::spawn(async move {
            match calls % 2 {
                0 => reader.progress(COURSE, "", 10).await,
                _ => reader.progress_of(COURSE, &actors).await.map(|page| page.documents),
            }
        });
        let ended = tokio::select! {
            () = gate.holds() => false,
            read = &mut reading => {
                assert_eq!(read.unwrap().unwrap(), written(last).1);
                true
            }
        };
        if ended {
            return assert!(held > 2);
        }
        let before = last;
        for _ in 0..WRITES {
            let version = store.watermark(COURSE).await.unwrap().version;
            last += 1;
            assert!(write(Arc::clone(&store), last, version, Unnamed::Stay).await);
        }
        gate.open();
        let read = reading.await.unwrap().unwrap();
        let whole = [before, last].map(|by| written(by).1);
        assert!(whole.contains(&read), "held after {held} calls: {read:?}");
    }
    panic!("the reader never came to its end");
}
