//! Rows and workbooks of statements with long texts take no more memory than is reserved for them.

use dataset::Datum;
use serde_json::json;

use super::*;
use crate::datasets::{DataTables, NoWorkbook, Pace, RowPlace, Search};
use crate::memory::Memory;

const STATEMENTS: u32 = 12;
const TEXT: usize = 1 << 20;

/// The tables of a store whose statements each have a long text of their own, and the range of them.
async fn tables() -> (DataTables, (Instant, Instant)) {
    let clock = TurnedClock::at(Instant::from_micros(BEGIN));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let long = |n: u32| {
        let platform = format!("{n}{}", "p".repeat(TEXT));
        let statement =
            sample::with(sample::statement(n), "context", json!({"platform": platform}));
        sample::stamped(&statement, BEGIN + i64::from(n))
    };
    store.restore((0..STATEMENTS).map(long).collect(), Vec::new()).await.unwrap();
    let tables = DataTables::of(store, RECIPIENT, None).await.unwrap();
    (tables, (Instant::default(), Instant::from_micros(BEGIN + i64::from(STATEMENTS))))
}

#[tokio::test]
async fn a_page_of_rows_has_few_long_ones_and_the_next_goes_on() {
    let (tables, (_, through)) = tables().await;
    for dataset in [Dataset::Raw, Dataset::Statements] {
        let memory = Memory::new(64 << 20);
        let pace = Pace { found: 5_000, read: 100_000 };
        let (mut stored, mut from) = (Vec::new(), Some(RowPlace::default()));
        while let Some(place) = from {
            let page = tables.page(dataset, None, (place, through), pace, &memory).await.unwrap();
            let bytes: usize = page.rows.iter().flatten().map(Datum::weight).sum();
            assert!(bytes < 6 * TEXT, "{dataset}: {bytes}");
            // The last page may be empty.
            assert!(memory.held() >= 2 * bytes, "{} for {bytes}", memory.held());
            let stored_at = |datum: &Datum| match datum {
                Datum::Time(at) => Some(*at),
                _ => None,
            };
            stored.extend(page.rows.iter().filter_map(|row| row.iter().find_map(stored_at)));
            from = page.next;
        }
        let all: Vec<i64> = (0..STATEMENTS).map(|n| BEGIN + i64::from(n)).collect();
        assert_eq!(stored, all, "{dataset}: each once");
        assert_eq!(memory.held(), 0);
    }
}

#[tokio::test]
async fn a_workbook_is_refused_where_its_texts_do_not_fit() {
    let (tables, range) = tables().await;
    let (search, pace) = (Arc::new(Search::default()), Pace { found: 4, read: 4 });
    let make = async |bytes, rows| {
        let memory = Memory::new(bytes);
        let made = tables.workbook(&search, range, (pace, rows), &memory).await;
        assert_eq!(memory.held(), 0);
        made
    };
    assert!(make(8 << 20, 100).await.unwrap().starts_with(b"PK"));
    let refused = make(256 << 10, 100).await;
    assert!(matches!(refused, Err(NoWorkbook::Dataset(DatasetError::Memory(_)))), "{refused:?}");
    let refused = make(8 << 20, 11).await;
    assert!(matches!(refused, Err(NoWorkbook::Rows(11))), "{refused:?}");
}
