//! A clock that was wrong for a moment: `stored` stays in the future, and is said to.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use service::record::Record;
use service::record::statements::prepare_all;
use store::Store;
use store::ahead::AHEAD;
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use validator::{Version, check_batch};
use xapi::authority::Authority;
use xapi::clock::Clock;
use xapi::instant::Instant;

const HOUR: i64 = 3_600_000_000;

#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn turn(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

async fn keep_one(record: &Record) {
    let statement = json!([{
        "actor": {"mbox": "mailto:p@x.example"},
        "verb": {"id": "https://v.example/did"},
        "object": {"id": "https://a.example/a"},
    }]);
    let batch = check_batch(statement.to_string().as_bytes(), Version::V1_0_3).unwrap();
    let authority = Authority::of_key("k", "https://lrs.example");
    let batch = prepare_all(batch.statements, Vec::new(), &authority).unwrap();
    record.keep(batch, None).await.unwrap();
}

#[tokio::test]
async fn a_clock_that_jumped_ahead_for_a_moment_is_told_until_it_has_caught_up() {
    for step in [HOUR, 24 * HOUR] {
        ahead_by(step).await;
    }
}

async fn ahead_by(step: i64) {
    let home = TempDir::new().unwrap();
    let clock = Hand(Arc::new(AtomicI64::new(1_795_000_000_000_000)));
    let open = || -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(home.path(), Arc::new(clock.clone())).unwrap())
    };
    let record = Record::new(open(), Arc::new(clock.clone()));
    keep_one(&record).await;
    assert_eq!(record.stored_ahead().await.unwrap(), None);
    clock.turn(step);
    keep_one(&record).await;
    assert_eq!(record.stored_ahead().await.unwrap(), None, "who could tell while it lasts?");
    clock.turn(-step);
    keep_one(&record).await;
    let ahead = record.stored_ahead().await.unwrap().unwrap();
    assert!((step..step + 10).contains(&ahead.micros), "{ahead}");
    let said = format!("{} s ahead", step / 1_000_000);
    assert!(ahead.to_string().contains(&said) && ahead.to_string().contains("NTP"), "{ahead}");
    drop(record);

    let record = Record::new(open(), Arc::new(clock.clone()));
    assert!(record.stored_ahead().await.unwrap().is_some(), "and after the next start");
    clock.turn(step - AHEAD - 10);
    assert!(record.stored_ahead().await.unwrap().is_some());
    clock.turn(20);
    assert_eq!(record.stored_ahead().await.unwrap(), None);
}
