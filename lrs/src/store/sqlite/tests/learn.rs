//! What statements say of activities is written once for a batch: others wait for every write.

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Hand, open, shared};
use crate::store::contract::sample::{put, statement, with};
use crate::store::sqlite::FILE;

/// Counts every write of a definition.
const COUNT: &str = "CREATE TABLE written (times INTEGER); INSERT INTO written VALUES (0);
    CREATE TRIGGER new AFTER INSERT ON definition BEGIN UPDATE written SET times = times + 1; END;
    CREATE TRIGGER other AFTER UPDATE ON definition BEGIN UPDATE written SET times = times + 1; END;";

#[tokio::test]
async fn a_batch_writes_each_definition_once() {
    let home = TempDir::new().unwrap();
    let store = shared(&open(&home, &Hand::new()));
    let beside = Connection::open(home.path().join(FILE)).unwrap();
    beside.execute_batch(COUNT).unwrap();
    let times = || beside.query_row("SELECT times FROM written", [], |row| row.get::<_, i64>(0));
    for round in 0..2 {
        let named = |n: u32| {
            let name = format!("{round} {n}");
            let activity = format!("https://a.example/{}", n % 2);
            let definition = json!({"name": {"en": name}});
            with(
                statement(round * 100 + n),
                "object",
                json!({"id": activity, "definition": definition}),
            )
        };
        let batch: Vec<Value> = (0..60).map(named).collect();
        put(&store, &batch).await;
        assert_eq!(times().unwrap(), i64::from(round + 1) * 2, "of two activities");
    }
}
