//! How much is read to find what statements refer to.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Hand, open, shared};
use crate::statements::link::links;
use store::bounds::LONGEST_TARGET;
use store_testkit::sample::{id, ids_of, put, statement, with};

/// A statement whose text has somewhat more than `length` bytes.
fn long(n: u32, length: usize) -> Value {
    let text = "x".repeat(length);
    let extensions = json!({"https://x.example/text": text});
    with(statement(n), "result", json!({"extensions": extensions}))
}

/// Other writers wait meanwhile. Texts are read in the order in which they are asked for; of those that take no part, none.
#[tokio::test]
async fn what_statements_refer_to_is_looked_for_in_so_many_bytes_of_texts_and_not_in_those_after_them()
 {
    let (home, clock) = (TempDir::new().unwrap(), Hand::new());
    let store = open(&home, &clock);
    let (short, too_long) = (100_000, LONGEST_TARGET);
    for (n, length) in (0..).zip([short, too_long, short, short, too_long]) {
        put(&shared(&store), &[long(n, length)]).await;
    }
    let asked: Vec<_> = (0..5).map(id).collect();
    let (found, left) = store
        .write(move |session| {
            let mut left = 2 * short;
            Ok((links(session, asked, &mut left)?, left))
        })
        .await
        .unwrap();
    assert_eq!(found.iter().map(|link| link.id).collect::<Vec<_>>(), ids_of([0, 2]));
    assert_eq!(left, 0, "that they were gone is known after the second one");
    let (found, left) = store
        .write(move |session| {
            let mut left = 2 * short;
            Ok((links(session, vec![id(1), id(4)], &mut left)?, left))
        })
        .await
        .unwrap();
    assert_eq!((found, left), (Vec::new(), 2 * short), "no byte of them is read");
}
