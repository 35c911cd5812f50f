//! How many commands a group takes. Each is a round trip, and most wait for the one before.

use serde_json::{Value, json};

use super::gate::Gate;
use super::{as_any, unwatching};
use store_testkit::sample::{put, reference, statement, with};

/// A statement whose activity has a definition, which is the same in all.
fn taught(n: u32) -> Value {
    let definition = json!({"name": {"en": "taught"}});
    with(
        statement(n),
        "object",
        json!({"id": "https://a.example/taught", "definition": definition}),
    )
}

/// The commands of one group, after as many groups as it takes a process to know the database.
async fn commands_of(group: &[Value]) -> Vec<String> {
    let uri = programs::fresh_database().await;
    let gate = Gate::to(&uri).await;
    let store = as_any(&unwatching(gate.uri()).await);
    put(&store, &[taught(900), taught(901)]).await;
    put(&store, &[taught(902)]).await;
    gate.take_commands();
    put(&store, group).await;
    let mut commands = gate.take_commands();
    commands.sort();
    commands
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
async fn a_group_takes_no_more_commands_than_it_needs() {
    let plain: Vec<_> = (0..20).map(taught).collect();
    let claim_seal_and_end = ["insert head"; 3];
    let of_all =
        [&["find definition", "find reference"][..], &claim_seal_and_end, &["insert statement"]];
    assert_eq!(commands_of(&plain).await, of_all.concat());
    let refers = [taught(0), reference(1, 0)];
    let of_references = [
        &["find definition", "find reference", "find statement"][..],
        &claim_seal_and_end,
        &["insert reference", "insert statement", "update statement"],
    ];
    assert_eq!(commands_of(&refers).await, of_references.concat());
}
