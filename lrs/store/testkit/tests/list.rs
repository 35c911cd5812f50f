//! An item of the contract that is written but not listed would never run.

#![allow(missing_docs, reason = "a test, not an interface")]
#![allow(clippy::expect_used, reason = "a test: a panic is a failure")]

#[test]
fn every_item_of_the_contract_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let list = std::fs::read_to_string(format!("{folder}/lib.rs")).expect("the list");
    let mut items = 0;
    for file in std::fs::read_dir(folder).expect("the contract") {
        let path = file.expect("a file").path();
        // What items are made of, and the engine in memory.
        if path.ends_with("sample.rs") || path.ends_with("damage.rs") || path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("its text");
        let names = text.lines().filter_map(|line| line.strip_prefix("pub async fn "));
        for name in names.filter_map(|line| line.split('(').next()) {
            assert!(list.contains(&format!(" {name},\n")), "{name} is not listed");
            items += 1;
        }
    }
    assert!(items > 70, "only {items} items were found");
}
