//! Statements to keep, and the ways to keep and find them that most items share.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;
use validator::Version;

use store::{Batch, Kept, Store, whole};
use xapi::attachment::Attachment;
use xapi::authority::Authority;
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::prepare::{Prepared, VOIDED, prepare};
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

/// More than any item keeps.
pub const ALL: usize = 100_000;

/// The `n`th id. Ids do not grow with `n`, so that no order can lean on theirs.
pub fn id(n: u32) -> Uuid {
    Uuid::from_u128(u128::from(n.wrapping_add(1).wrapping_mul(2_654_435_761)) << 64 | u128::from(n))
}

/// The `n`th statement: a person of its own did something to the one activity `a`.
pub fn statement(n: u32) -> Value {
    json!({
        "id": id(n).to_string(),
        "actor": person(&format!("p{n}")),
        "verb": verb("did"),
        "object": activity("a"),
    })
}

/// The `n`th statement, about the `target`th.
pub fn reference(n: u32, target: u32) -> Value {
    with(
        statement(n),
        "object",
        json!({"objectType": "StatementRef", "id": id(target).to_string()}),
    )
}

/// The `n`th statement, which voids the `target`th.
pub fn voiding(n: u32, target: u32) -> Value {
    with(reference(n, target), "verb", json!({"id": VOIDED}))
}

/// `statement` with another value in one member.
pub fn with(mut statement: Value, member: &str, value: Value) -> Value {
    statement[member] = value;
    statement
}

/// An agent of this name, by mailbox.
pub fn person(name: &str) -> Value {
    json!({"mbox": format!("mailto:{name}@x.example")})
}

/// A verb of this name.
pub fn verb(name: &str) -> Value {
    json!({"id": format!("https://v.example/{name}")})
}

/// An activity of this name, as an object.
pub fn activity(name: &str) -> Value {
    json!({"id": format!("https://a.example/{name}")})
}

/// The authority of the key `name`.
pub fn authority(name: &str) -> Authority {
    Authority::of_key(name, "https://lrs.example")
}

/// A statement's text, checked and ready to be kept.
pub(crate) fn prepared_text(text: &str, key: &str) -> Prepared {
    let statement = validator::check(text.as_bytes(), Version::V2_0_0)
        .unwrap_or_else(|report| panic!("{text}: {report}"));
    prepare(statement, &authority(key), Uuid::nil())
}

/// A statement sent by `key`, ready to be kept.
pub fn prepared_by(key: &str, value: &Value) -> Prepared {
    prepared_text(&value.to_string(), key)
}

/// A statement that was kept by the source `name` before a pipe brought it.
pub fn prepared_from(name: &str, value: &Value) -> Prepared {
    prepared_by("pipe", value).with_origin(Some(Origin::of(name, value)))
}

/// The batch of these statements, sent by one key.
pub fn batch(values: &[Value]) -> Batch {
    let statements = values.iter().map(|value| prepared_by("key", value)).collect();
    Batch { statements, attachments: Vec::new() }
}

/// Keeps `values` in one batch.
pub async fn put(store: &Arc<dyn Store>, values: &[Value]) -> Vec<Uuid> {
    store.put_statements(batch(values)).await.unwrap().ids
}

/// Keeps each of `values` in a batch of its own.
pub async fn put_each(store: &Arc<dyn Store>, values: &[Value]) {
    for value in values {
        put(store, std::slice::from_ref(value)).await;
    }
}

/// The `n`th statement, which must be kept.
pub async fn kept(store: &Arc<dyn Store>, n: u32) -> Kept {
    store.statement(id(n)).await.unwrap().unwrap_or_else(|| panic!("statement {n} is not kept"))
}

/// When the `n`th statement was stored.
pub async fn stored(store: &Arc<dyn Store>, n: u32) -> Instant {
    kept(store, n).await.statement.stored
}

/// The whole log.
pub async fn log(store: &Arc<dyn Store>) -> Vec<Kept> {
    let mut all: Vec<Kept> = Vec::new();
    loop {
        let after = all.last().map_or_else(Instant::default, |last| last.statement.stored);
        let page = store.log(after, ALL).await.unwrap();
        all.extend(page.statements);
        if !page.more {
            return all;
        }
    }
}

/// A statement as another store has it, stored at `micros`.
pub fn stamped(value: &Value, micros: i64) -> Stored {
    let one = batch(std::slice::from_ref(value)).statements.into_iter().next();
    one.expect("one statement").stamp(Instant::from_micros(micros))
}

/// All that `filter` finds, in one page.
pub async fn found(store: &Arc<dyn Store>, filter: Filter) -> Vec<Stored> {
    let page = store.statements(&Filter { limit: ALL, ..filter }).await.unwrap();
    assert!(!page.more);
    page.statements
}

/// The ids of all that `filter` finds, oldest first.
pub async fn ids(store: &Arc<dyn Store>, filter: Filter) -> Vec<Uuid> {
    let filter = Filter { ascending: true, ..filter };
    found(store, filter).await.into_iter().map(|statement| statement.id).collect()
}

/// The statements about a person, by `statement`'s actor.
pub fn of_person(name: &str) -> Filter {
    let text = format!("mbox::mailto:{name}@x.example");
    Filter { agent: Some(Match { text, related: false }), ..Filter::default() }
}

/// The statements about an activity.
pub fn of_activity(name: &str) -> Filter {
    let text = format!("https://a.example/{name}");
    Filter { activity: Some(Match { text, related: false }), ..Filter::default() }
}

/// The ids of these numbers.
pub fn ids_of(numbers: impl IntoIterator<Item = u32>) -> Vec<Uuid> {
    numbers.into_iter().map(id).collect()
}

/// The attachments among `hashes`, whole, by hash.
pub async fn attached(store: &dyn Store, hashes: &[String]) -> Vec<Attachment> {
    let mut kept = store.attachments(hashes).await.unwrap();
    kept.sort_by(|a, b| a.sha2.cmp(&b.sha2));
    let mut attachments = Vec::new();
    for kept in kept {
        let attachment = whole(store, &kept).await.unwrap();
        assert_eq!(attachment.body.len() as u64, kept.bytes);
        attachments.push(attachment);
    }
    attachments
}

/// The definitions of those activities that have one, as values; all of them are looked at.
pub async fn defined(store: &dyn Store, activities: &[String]) -> Vec<(String, Value)> {
    let definitions = store.definitions(activities).await.unwrap();
    assert_eq!(definitions.looked_at, activities.len());
    let value =
        |(activity, text): (String, String)| (activity, serde_json::from_str(&text).unwrap());
    definitions.found.into_iter().map(value).collect()
}
