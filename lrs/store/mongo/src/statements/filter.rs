//! Filters as conditions of the database.

use mongodb::bson::{Document, doc};

use super::key::Key;
use super::row;
use crate::head::Head;
use store::{Result, StoreError};
use xapi::index::{Closeness, Kind};
use xapi::instant::Instant;
use xapi::large::{OneByOne, is_large};
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

/// Large statements are looked at one after the other, however many requests read.
static LARGE: OneByOne = OneByOne::new();

/// Whether a statement that has the keys of the filter's conditions meets them as the filter demands. A large statement is
/// looked at off the asynchronous threads.
pub(super) async fn is_met(
    filter: &Filter,
    document: &Document,
    statement: &Stored,
) -> Result<bool> {
    // A statement without a target has no keys but its own.
    if !filter.must_be_met_alone() || row::target(document)?.is_none() {
        return Ok(true);
    }
    is_met_alone(filter, statement).await
}

async fn is_met_alone(filter: &Filter, statement: &Stored) -> Result<bool> {
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
    if !is_large(statement) {
        return Ok(filter.is_met_alone(&statement.value().map_err(corrupt)?));
    }
    let (filter, large) = (filter.clone(), statement.clone());
    let look = move || LARGE.with_value(&large, |value| filter.is_met_alone(value));
    let stopped = |error| StoreError::Unavailable(format!("a look was stopped: {error}"));
    tokio::task::spawn_blocking(look).await.map_err(stopped)?.map_err(corrupt)
}

/// The conditions of a statement stored after one instant and up to another that the head shows.
pub(super) fn shown(head: &Head, after: Instant, until: Instant) -> Vec<Document> {
    visible("stored", head, after, until)
}

/// As [`shown`], of documents that have the `stored` of a statement in `field`.
pub(super) fn visible(field: &str, head: &Head, after: Instant, until: Instant) -> Vec<Document> {
    let until = until.min(head.horizon());
    let mut all_of = vec![doc! {field: {"$gt": after.micros(), "$lte": until.micros()}}];
    all_of.extend(head.aborted.iter().map(|stretch| {
        let (from, to) = (stretch.from.micros(), stretch.to.micros());
        doc! {"$or": [{field: {"$lt": from}}, {field: {"$gt": to}}]}
    }));
    all_of
}

/// The instants between which a page lies: after the first, up to the second.
pub(super) fn bounds(filter: &Filter) -> (Instant, Instant) {
    let mut after = filter.since.unwrap_or(Instant::from_micros(i64::MIN));
    let mut until = filter.until.unwrap_or(Instant::from_micros(i64::MAX));
    match filter.beyond {
        Some(beyond) if filter.ascending => after = after.max(beyond),
        Some(beyond) => until = until.min(beyond.previous()),
        None => {}
    }
    (after, until)
}

/// The conditions of a filter, the rarest first: some servers use the first condition that has an index.
pub(super) fn conditions(filter: &Filter) -> Vec<Document> {
    use Closeness::{Authority, Direct, Related};
    let one =
        |kind, text: &str, closeness| doc! {"keys": Key::hashed(kind, text, closeness).to_bson()};
    let of = |kind, wanted: &Match| {
        if !wanted.related {
            return one(kind, &wanted.text, Direct);
        }
        let keys =
            [Direct, Related, Authority].map(|how| Key::hashed(kind, &wanted.text, how).to_bson());
        doc! {"keys": {"$in": keys.to_vec()}}
    };
    let registration =
        filter.registration.map(|id| one(Kind::Registration, &id.to_string(), Direct));
    let agent = filter.agent.as_ref();
    let activity = filter.activity.as_ref();
    let conditions = [
        registration,
        agent.map(|agent| of(Kind::Agent, agent)),
        activity.map(|activity| of(Kind::Activity, activity)),
        filter.verb.as_ref().map(|verb| one(Kind::Verb, verb, Direct)),
        filter.authority.as_ref().map(|authority| one(Kind::Agent, authority, Authority)),
    ];
    conditions.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn of(extension: &Value) -> Stored {
        let body = json!({
            "actor": {"mbox": "mailto:a@x.example"}, "verb": {"id": "https://x.example/v"},
            "object": {"id": "https://x.example/o"},
            "context": {"extensions": {"https://x.example/e": extension}},
        });
        let body = body.to_string().into();
        Stored { id: Uuid::nil(), stored: Instant::default(), body }
    }

    #[tokio::test]
    async fn a_large_statement_is_looked_at_off_the_asynchronous_threads() {
        let verb = Some("https://x.example/v".to_owned());
        let filter = Filter { verb, ..Filter::default() };
        let (small, large) = (of(&json!(0)), of(&json!(vec![0; 1 << 19])));
        assert_eq!(is_met_alone(&filter, &small).now_or_never().map(Result::unwrap), Some(true));
        let mut looked = Box::pin(is_met_alone(&filter, &large));
        assert!((&mut looked).now_or_never().is_none());
        assert!(looked.await.unwrap());
    }
}
