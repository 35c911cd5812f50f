//! The journal while readers hold it, and after them.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Hand, open, shared};
use crate::folder::WAL;
use crate::{BUSY, FILE};
use store_testkit::sample::{put, statement, with};

/// A text of some hundred pages, which cannot be packed.
fn large(n: u32) -> Value {
    let number = |at: u64| format!("{:x}", at.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let text = (0..70_000).map(number).collect::<Vec<String>>().concat();
    with(statement(n), "result", json!({"response": text}))
}

/// The number that the journal has until it begins anew.
fn salt(home: &Path) -> Vec<u8> {
    std::fs::read(home.join(WAL)).unwrap().into_iter().skip(16).take(8).collect()
}

/// Whoever may read decides how long a read takes.
#[tokio::test]
async fn a_reader_that_takes_its_time_holds_up_no_commit_and_after_it_the_journal_begins_anew() {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let any = shared(&store);
    put(&any, &[large(0)]).await;
    let reader = Connection::open(home.path().join(FILE)).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let kept = || -> i64 {
        reader.query_row("SELECT count(*) FROM statement", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(kept(), 1);
    let held = salt(home.path());
    let (mut longest, begun) = (Duration::ZERO, Instant::now());
    // From 8 MiB on the journal is too long; this is some times as much.
    for n in 1..60 {
        let commit = Instant::now();
        put(&any, &[large(n)]).await;
        longest = longest.max(commit.elapsed());
    }
    assert_eq!(salt(home.path()), held, "the reader holds the journal");
    assert!(longest < BUSY / 2, "a commit took {longest:?}, all {:?}", begun.elapsed());
    assert_eq!(kept(), 1, "the reader sees what it saw");
    reader.execute_batch("COMMIT").unwrap();
    let mut more = 60..600;
    while salt(home.path()) == held {
        let n = more.next().expect("the journal begins anew");
        put(&any, &[large(n)]).await;
    }
}
