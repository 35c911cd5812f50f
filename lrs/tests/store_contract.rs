//! Both engines keep the contract of the store.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(clippy::expect_used, reason = "a test: a panic is a failure")]

use std::sync::Arc;

use lrs::clock::SystemClock;
use lrs::store::Store;
use lrs::store::mongo::MongoStore;
use lrs::store::sqlite::SqliteStore;
use tempfile::TempDir;

mod sqlite {
    lrs::store_contract!(crate::in_a_folder);
}

mod mongo {
    lrs::store_contract!(crate::in_a_database);
}

async fn in_a_database() -> Option<((), Arc<dyn Store>)> {
    let uri = programs::fresh_database().await?;
    let store = MongoStore::open(&uri, Arc::new(SystemClock)).await.expect("a fresh database");
    Some(((), Arc::new(store)))
}

#[expect(clippy::unused_async, reason = "the other engine connects first")]
async fn in_a_folder() -> Option<(TempDir, Arc<dyn Store>)> {
    let home = TempDir::new().expect("a folder for the store");
    let store = SqliteStore::open(home.path(), Arc::new(SystemClock)).expect("a fresh store");
    Some((home, Arc::new(store)))
}

/// An item that is written but not listed would never run.
#[test]
fn every_item_of_the_contract_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/contract");
    let list = std::fs::read_to_string(format!("{folder}/mod.rs")).expect("the list");
    let mut items = 0;
    for file in std::fs::read_dir(folder).expect("the contract") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("its text");
        let names = text.lines().filter_map(|line| line.strip_prefix("pub async fn "));
        for name in names.filter_map(|line| line.split('(').next()) {
            assert!(list.contains(&format!(" {name},\n")), "{name} is not listed");
            items += 1;
        }
    }
    assert!(items > 70, "only {items} items were found");
}
