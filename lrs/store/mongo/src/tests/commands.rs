//! How many commands a group takes. Each is a round trip, and most wait for the one before.

use serde_json::{Value, json};

use super::gate::Gate;
use super::{as_any, unwatching};
use store_testkit::sample::{put, reference, statement, with};

/// Groups of which one must take no command too many: one that takes long on a busy machine beats beside them, or reads
/// the head anew.
const GROUPS: u32 = 20;

/// A statement whose activity has a definition, which is the same in all.
fn taught(n: u32) -> Value {
    let definition = json!({"name": {"en": "taught"}});
    with(
        statement(n),
        "object",
        json!({"id": "https://a.example/taught", "definition": definition}),
    )
}

/// The fewest commands that a group took, of groups that a process wrote which knows the database. `group` makes a group
/// of statements from this number on.
async fn fewest_commands(group: impl Fn(u32) -> Vec<Value>) -> Vec<String> {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let store = as_any(&unwatching(gate.uri()).await);
    put(&store, &[taught(900), taught(901)]).await;
    let mut fewest: Option<Vec<String>> = None;
    for n in 0..GROUPS {
        gate.take_commands();
        put(&store, &group(n * 10)).await;
        let commands = gate.take_commands();
        if fewest.as_ref().is_none_or(|fewest| commands.len() < fewest.len()) {
            fewest = Some(commands);
        }
    }
    let mut fewest = fewest.unwrap();
    fewest.sort();
    fewest
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_group_takes_no_more_commands_than_it_needs() {
    let claim_seal_and_end = ["insert head"; 3];
    let of_all =
        [&["find definition", "find reference"][..], &claim_seal_and_end, &["insert statement"]];
    let plain = fewest_commands(|n| (n..n + 10).map(taught).collect()).await;
    assert_eq!(plain, of_all.concat());
    let of_references = [
        &["find definition", "find reference", "find statement"][..],
        &claim_seal_and_end,
        &["insert reference", "insert statement", "update statement"],
    ];
    let refers = fewest_commands(|n| vec![taught(n), reference(n + 1, n)]).await;
    assert_eq!(refers, of_references.concat());
}
