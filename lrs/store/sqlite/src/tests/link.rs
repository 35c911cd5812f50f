//! How much is read to find what statements refer to.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Hand, open, shared};
use store::bounds::{LONGEST_TARGET, MORE_TEXT, TEXTS_OF_CHAINS};
use store_testkit::sample::{
    id, ids, ids_of, of_person, put, put_each, reference, statement, with,
};

/// A statement whose text is longer than one that passes something on: none of its keys is read.
fn long(n: u32) -> Value {
    let text = "x".repeat(LONGEST_TARGET + LONGEST_TARGET / 16);
    let extensions = json!({"https://x.example/text": text});
    with(statement(n), "result", json!({"extensions": extensions}))
}

/// Texts are read in the order of ids. Those of the long ones are read, and say too little to come near another bound.
#[tokio::test]
async fn what_a_batch_refers_to_is_looked_for_in_so_many_bytes_of_texts_and_not_in_those_after_them()
 {
    let enough = TEXTS_OF_CHAINS / LONGEST_TARGET;
    assert!((enough + 1) * MORE_TEXT < LONGEST_TARGET / 16, "a small batch is allowed little more");
    for count in [enough - 1, enough] {
        let (home, clock) = (TempDir::new().unwrap(), Hand::new());
        let store = shared(&open(&home, &clock));
        let mut targets: Vec<u32> = (0..=u32::try_from(count).unwrap()).collect();
        targets.sort_unstable_by_key(|n| id(*n));
        let (last, rest) = targets.split_last().unwrap();
        for n in rest {
            put(&store, &[long(*n)]).await;
        }
        put_each(&store, &[statement(*last)]).await;
        let batch: Vec<Value> = targets.iter().map(|n| reference(100 + n, *n)).collect();
        put(&store, &batch).await;
        let found = ids(&store, of_person(&format!("p{last}"))).await;
        let is_read = count < enough;
        let heirs = is_read.then_some(100 + last);
        assert_eq!(found, ids_of([*last].into_iter().chain(heirs)), "{count} long texts");
        // A statement that comes alone is allowed as much again.
        put(&store, &[reference(200, *last)]).await;
        let found = ids(&store, of_person(&format!("p{last}"))).await;
        assert!(found.contains(&id(200)), "{count} long texts");
    }
}
