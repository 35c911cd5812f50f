//! Filters as conditions of the database.

use mongodb::bson::{Document, doc};

use super::key::Key;
use super::row;
use crate::head::Head;
use store::{Result, StoreError};
use xapi::index::{Closeness, Kind};
use xapi::instant::Instant;
use xapi::query::{Filter, Match};
use xapi::stored::Stored;

/// Whether a statement that has the keys of the filter's conditions meets them as the filter demands.
pub(super) fn is_met(filter: &Filter, document: &Document, statement: &Stored) -> Result<bool> {
    // A statement without a target has no keys but its own.
    if !filter.must_be_met_alone() || row::target(document)?.is_none() {
        return Ok(true);
    }
    let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
    Ok(filter.is_met_alone(&statement.value().map_err(corrupt)?))
}

/// The conditions of a statement stored after one instant and up to another that the head shows.
pub(super) fn shown(head: &Head, after: Instant, until: Instant) -> Vec<Document> {
    let until = until.min(head.horizon());
    let mut all_of = vec![doc! {"stored": {"$gt": after.micros(), "$lte": until.micros()}}];
    all_of.extend(head.aborted.iter().map(|stretch| {
        let (from, to) = (stretch.from.micros(), stretch.to.micros());
        doc! {"$or": [{"stored": {"$lt": from}}, {"stored": {"$gt": to}}]}
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
