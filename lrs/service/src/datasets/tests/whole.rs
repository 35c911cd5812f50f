//! The tables that are replaced as a whole and are made of the log, or of what was refused.

use super::*;

/// A server that seals, and one that keeps no files; the rows of both are those of the whole log.
#[tokio::test]
async fn verbs_and_activities_are_of_the_whole_log_whoever_makes_them() {
    use crate::datasets::DataLane;
    use crate::memory::Memory;
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + 35 * HOUR));
    let store = store_at(&[0, 1, 30], &clock).await;
    let home = TempDir::new().unwrap();
    let clock_of: Arc<dyn xapi::clock::Clock> = Arc::new(clock.clone());
    let place: Arc<dyn DatasetPlace> = Arc::new(Folder::make(home.path()).unwrap());
    datasets(&store, &clock, Arc::clone(&place)).await.unwrap().seal(&silent).await.unwrap();
    assert_eq!(spoken(home.path(), Dataset::Verbs), 2, "the third day is not over");
    let memory = Memory::new(1 << 20);
    let mut found = Vec::new();
    for place in [Some(place), None] {
        let lane = DataLane::of(&store, &clock_of, place, Period::Day).await.unwrap();
        for _ in 0..2 {
            let tables = lane.tables(None, None).await.unwrap();
            found.push(tables.snapshot(Dataset::Activities, &memory).await.unwrap().rows);
        }
    }
    assert_eq!(found[0].len(), 1, "all statements are about one activity");
    assert_eq!(found[0][0].last(), Some(&Datum::Whole(3)));
    assert!(found.iter().all(|rows| *rows == found[0]), "{found:?}");
    let other = sample::with(sample::statement(7), "object", sample::activity("b"));
    sample::put(&store, &[other]).await;
    clock.pass(1);
    let lane = DataLane::of(&store, &clock_of, None, Period::Day).await.unwrap();
    let tables = lane.tables(None, None).await.unwrap();
    let rows = tables.snapshot(Dataset::Activities, &memory).await.unwrap().rows;
    assert_eq!(rows.len(), 2);
}

#[tokio::test]
async fn refusals_are_rows_of_who_sent_what_kind_of_request_and_no_more() {
    use crate::datasets::DataTables;
    use crate::memory::Memory;
    let clock = TurnedClock::at(Instant::from_micros(BEGIN));
    let store = store_at(&[], &clock).await;
    let words = serde_json::json!({"message": "", "remedy": ""});
    let body = serde_json::json!({
        "asked": {"method": "POST", "path": "/xapi/statements", "query": {"agent": "anna"},
            "headers": {}, "version": null},
        "clause": "Data 2.2", "index": 0, "pointer": "/actor", "it": words, "en": words,
        "body": {"text": "anna@x.example", "is": "request"},
    });
    let kept = |n: u8, key: &str| store::KeptRefusal {
        id: uuid::Builder::from_unix_timestamp_millis(u64::from(n), &[n; 10]).into_uuid(),
        key: key.to_owned(),
        rule: "iri".to_owned(),
        status: 400,
        at: Instant::from_micros(n.into()),
        body: body.to_string(),
    };
    let all = [kept(1, "moodle"), kept(2, ""), kept(3, "person:anna")];
    store.keep_refusals(all.to_vec()).await.unwrap();
    let memory = Memory::new(1 << 20);
    let tables = DataTables::of(Arc::clone(&store), RECIPIENT, None).await.unwrap();
    let rows = tables.snapshot(Dataset::Refusals, &memory).await.unwrap().rows;
    assert_eq!(rows.len(), 3);
    let text = |text: &str| Datum::Text(text.to_owned());
    let first = vec![
        text(&all[0].id.to_string()),
        Datum::Time(1),
        text("moodle"),
        text("iri"),
        Datum::Count(400),
        text("Data 2.2"),
        text("POST"),
        text("/xapi/statements"),
    ];
    assert_eq!(rows[0], first);
    assert_eq!(rows[1][2], Datum::Null);
    assert!(!format!("{rows:?}").contains("anna"), "{rows:?}");
}

/// A folder or bucket may be one that others write to as well.
#[tokio::test]
async fn files_that_no_sealing_has_written_stay_however_old_they_are() {
    // Later than any file of a test was written.
    let clock = TurnedClock::at(Instant::from_micros(4_102_444_800_000_000));
    let store = store_at(&[0], &clock).await;
    let home = TempDir::new().unwrap();
    let place = Arc::new(Folder::make(home.path()).unwrap());
    let left = [
        ".parts/1-7",
        "statements/stored_month=2026-01/20260101T000000Z_20260102T000000Z.parquet",
        "verbs/whole/0123456789abcdef.parquet",
    ];
    let others =
        ["notes.txt", "photos/whole/a.parquet", "statements/a.parquet", "verbs/whole/a.csv"];
    for path in left.iter().chain(&others) {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }
    datasets(&store, &clock, place).await.unwrap().seal(&silent).await.unwrap();
    let is_there = |path: &&str| home.path().join(path).exists();
    assert!(others.iter().all(is_there), "files of others stay");
    assert!(!left.iter().any(is_there), "what processes that ended have left goes");
    is_whole(home.path(), &store).await;
}

/// On the first day of a server nothing is over yet; who opens the files finds the columns of every table all the same.
#[tokio::test]
async fn every_table_has_a_file_before_the_first_day_is_over() {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN + HOUR));
    let store = store_at(&[0], &clock).await;
    let home = TempDir::new().unwrap();
    let place: Arc<dyn DatasetPlace> = Arc::new(Folder::make(home.path()).unwrap());
    let datasets = datasets(&store, &clock, place).await.unwrap();
    for (hours, rows) in [(1, 0), (2, 0), (5, 1), (30, 1)] {
        clock.set(Instant::from_micros(BEGIN + hours * HOUR));
        datasets.seal(&silent).await.unwrap();
        let manifest = datasets.manifest().await.unwrap();
        for dataset in Dataset::SEALED.into_iter().chain(Dataset::SNAPSHOTS) {
            assert!(!manifest.files(dataset).is_empty(), "{dataset} after {hours} hours");
        }
        is_whole(home.path(), &store).await;
        assert_eq!(read(home.path()).1.len(), rows, "after {hours} hours");
    }
}
