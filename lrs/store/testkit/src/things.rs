//! What statements taught the store of agents and activities (Communication 2.4, 2.5).

use std::sync::Arc;

use serde_json::{Value, json};

use super::sample::{batch, defined as learned, id, put, put_each, statement, verb, with};
use store::bounds::LONGEST_DEFINITION;
use store::{PAGE_BYTES, Store};

const ANN: &str = "mbox::mailto:ann@x.example";

fn named(n: u32, name: &str) -> Value {
    with(statement(n), "actor", json!({"name": name, "mbox": "mailto:ann@x.example"}))
}

fn defined(n: u32, definition: &Value) -> Value {
    let object = json!({"id": "https://a.example/a", "definition": definition});
    with(statement(n), "object", object)
}

/// Each once, in order of appearance, as an actor or as an object.
pub async fn agents_have_the_names_they_were_seen_under(store: &Arc<dyn Store>) {
    assert!(store.agent_names(ANN).await.unwrap().is_empty());
    let object = json!({"objectType": "Agent", "name": "Z", "mbox": "mailto:ann@x.example"});
    put_each(store, &[named(0, "M"), named(1, "A"), named(2, "M")]).await;
    put(store, &[with(statement(3), "object", object), named(4, "A"), statement(5)]).await;
    assert_eq!(store.agent_names(ANN).await.unwrap(), ["M", "A", "Z"]);
    assert!(store.agent_names("mbox::mailto:p5@x.example").await.unwrap().is_empty());
    assert!(store.agent_names("https://a.example/a").await.unwrap().is_empty());
}

/// Languages add up, other members follow the latest statement; what is not known is left out.
pub async fn definitions_are_merged_over_statements(store: &Arc<dyn Store>) {
    let first = json!({"name": {"en": "One"}, "type": "https://t.example/old"});
    let second = json!({"name": {"it": "Uno"}, "type": "https://t.example/new"});
    put_each(store, &[defined(0, &first), statement(1)]).await;
    let activities = ["https://a.example/a".to_owned(), "https://a.example/never".to_owned()];
    let definitions = learned(&**store, &activities).await;
    assert_eq!(definitions, [(activities[0].clone(), first.clone())]);

    put(store, &[defined(2, &second)]).await;
    let merged = json!({"name": {"en": "One", "it": "Uno"}, "type": "https://t.example/new"});
    let known = learned(&**store, &activities).await;
    assert_eq!(known, [(activities[0].clone(), merged)]);

    put(store, &[defined(3, &first)]).await;
    let known = learned(&**store, &activities).await;
    assert_eq!(known[0].1["type"], "https://t.example/old", "what was said before is news again");
    assert!(learned(&**store, &activities[1..]).await.is_empty());
}

/// In the order of the batch, though it says the same several times.
pub async fn definitions_of_one_batch_are_merged_in_its_order(store: &Arc<dyn Store>) {
    let first = json!({"name": {"en": "One"}, "type": "https://t.example/old"});
    let second = json!({"name": {"it": "Uno"}, "type": "https://t.example/new"});
    let taught = [&first, &first, &second, &second, &first];
    let values: Vec<Value> = (0..).zip(taught).map(|(n, it)| defined(n, it)).collect();
    let activity = ["https://a.example/a".to_owned()];
    for (values, kind) in [(&values[..4], "new"), (&values[4..], "old")] {
        put(store, values).await;
        let kind = format!("https://t.example/{kind}");
        let merged = json!({"name": {"en": "One", "it": "Uno"}, "type": kind});
        let known = learned(&**store, &activity).await;
        assert_eq!(known, [(activity[0].clone(), merged)]);
    }
}

/// Not even when the same is taught again afterwards: nothing may be thought known.
pub async fn a_failed_batch_teaches_nothing(store: &Arc<dyn Store>) {
    put(store, &[statement(0)]).await;
    let conflict = with(statement(0), "verb", verb("undid"));
    let definition = json!({"name": {"en": "One"}});
    let taught = [named(1, "Ann"), defined(2, &definition)];
    let doomed = [taught[0].clone(), taught[1].clone(), conflict];
    store.put_statements(batch(&doomed)).await.unwrap_err();
    let activity = ["https://a.example/a".to_owned()];
    assert!(store.agent_names(ANN).await.unwrap().is_empty());
    assert!(learned(&**store, &activity).await.is_empty());

    put(store, &taught).await;
    assert_eq!(store.agent_names(ANN).await.unwrap(), ["Ann"]);
    let known = learned(&**store, &activity).await;
    assert_eq!(known, [(activity[0].clone(), definition)]);
}

/// More of them than one answer of a database holds.
pub async fn large_definitions_are_learned_however_many(store: &Arc<dyn Store>) {
    const MANY: u32 = 250;
    let activity = |n: u32, definition: Value| json!({"id": id_of(n), "definition": definition});
    let large: String = "x".repeat(200 << 10);
    for first in (0..MANY).step_by(50) {
        let large = |n| activity(n, json!({"name": {"en": "One"}, "description": {"en": &large}}));
        let values = (first..first + 50).map(|n| with(statement(n), "object", large(n)));
        put(store, &values.collect::<Vec<_>>()).await;
    }
    let all: Vec<Value> = (0..MANY).map(|n| activity(n, json!({"name": {"en": "One"}}))).collect();
    let of_all = with(statement(MANY), "context", json!({"contextActivities": {"other": all}}));
    put_each(store, &[of_all, statement(MANY + 1)]).await;
    let all: Vec<String> = (0..MANY).map(id_of).collect();
    let (mut left, mut bytes) = (&all[..], 0);
    while !left.is_empty() {
        let known = store.definitions(left).await.unwrap();
        assert_eq!(known.found.len(), known.looked_at);
        assert!(known.looked_at > 0, "the first is looked at in any case");
        left = &left[known.looked_at..];
        let weight: usize = known.found.iter().map(|(_, text)| text.len()).sum();
        assert!(weight < PAGE_BYTES + 2 * large.len(), "{weight} bytes at once");
        bytes += weight;
        for (_, text) in &known.found {
            let definition: Value = serde_json::from_str(text).unwrap();
            assert_eq!(definition["description"]["en"], large);
        }
    }
    assert!(bytes > all.len() * large.len());
}

/// The statement is kept, and what was known stays.
pub async fn a_definition_grows_up_to_a_bound(store: &Arc<dyn Store>) {
    let text = |letter: &str, bytes: usize| letter.repeat(bytes);
    let first =
        json!({"name": {"en": "One"}, "description": {"en": text("x", LONGEST_DEFINITION / 2)}});
    let more = json!({"description": {"it": text("y", LONGEST_DEFINITION / 2)}});
    let shorter = json!({"description": {"en": "x", "it": "y"}});
    let activity = ["https://a.example/a".to_owned()];
    put_each(store, &[defined(0, &first), defined(1, &more)]).await;
    assert_eq!(learned(&**store, &activity).await[0].1, first);
    let kept = store.statement(id(1)).await.unwrap().unwrap();
    let value: Value = serde_json::from_slice(&kept.statement.body).unwrap();
    assert_eq!(value["object"]["definition"], more);
    put(store, &[defined(2, &shorter)]).await;
    let mut merged = first;
    merged["description"] = shorter["description"].clone();
    assert_eq!(learned(&**store, &activity).await[0].1, merged);
}

/// However short it is: it would be read and merged again whenever another one is said. The statement is kept, and what was
/// known stays.
pub async fn a_definition_of_very_many_values_is_not_learned(store: &Arc<dyn Store>) {
    let numbers = |count: usize| json!({"extensions": {"https://x.example/e": vec![0; count]}, "name": {"en": "One"}});
    let (some, many) = (numbers(1_000), numbers(LONGEST_DEFINITION / 2 - 100));
    assert!(many.to_string().len() < LONGEST_DEFINITION);
    let activity = ["https://a.example/a".to_owned()];
    put(store, &[defined(0, &many)]).await;
    assert_eq!(learned(&**store, &activity).await, []);
    put_each(store, &[defined(1, &some), defined(2, &many)]).await;
    assert_eq!(learned(&**store, &activity).await[0].1, some);
    assert!(store.statement(id(2)).await.unwrap().is_some());
}

fn id_of(n: u32) -> String {
    format!("https://a.example/large{n}")
}
