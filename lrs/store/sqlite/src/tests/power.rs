//! A power cut: of the journal, what was written after the last fsync may be missing, in part or whole, or be anything.

use std::fs;

use rand::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use tempfile::TempDir;

use super::{Hand, open, shared};
use crate::FILE;
use store_testkit::sample::{ids_of, log, put, statement};

const WAL: &str = "traccia.sqlite-wal";
const COMMITS: u32 = 12;
const CUTS: u32 = 60;

#[tokio::test]
async fn after_a_power_cut_every_commit_that_was_answered_is_there_and_no_part_of_another() {
    let home = TempDir::new().unwrap();
    let store = open(&home, &Hand::new());
    // How long the journal is when a commit is answered: all of it is on the disk then.
    let mut lengths = Vec::new();
    for n in 0..COMMITS {
        put(&shared(&store), &[statement(n)]).await;
        lengths.push(fs::metadata(home.path().join(WAL)).unwrap().len());
    }
    let (database, journal) =
        (fs::read(home.path().join(FILE)).unwrap(), fs::read(home.path().join(WAL)).unwrap());
    drop(store);
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut kept = Vec::new();
    for number in 0..CUTS {
        let cut = usize::try_from(random.next_u64() % (journal.len() as u64 + 1)).unwrap();
        let mut left = journal[..cut].to_vec();
        if number % 2 == 1 {
            // ComparisonRoom that the file system had given, and that nothing was written to.
            let mut noise = vec![0; journal.len() - cut];
            random.fill_bytes(&mut noise);
            left.extend(noise);
        }
        let after = TempDir::new().unwrap();
        fs::write(after.path().join(FILE), &database).unwrap();
        fs::write(after.path().join(WAL), left).unwrap();
        let answered = lengths.iter().filter(|length| **length <= cut as u64).count();
        let found = log(&shared(&open(&after, &Hand::new()))).await;
        let found: Vec<_> = found.iter().map(|kept| kept.statement.id).collect();
        assert_eq!(found, ids_of(0..u32::try_from(answered).unwrap()), "cut at {cut}");
        kept.push(answered);
    }
    kept.sort_unstable();
    kept.dedup();
    assert!(kept.len() > 6, "cuts in many commits: {kept:?}");
}
