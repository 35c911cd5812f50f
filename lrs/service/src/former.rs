//! Who was on a learner list and is no more. Frozen certificate lists and the audit log go on naming a learner by the id that
//! the list gave them, and an erasure has identifiers: so a course notes of each learner who leaves the id, when that was, and
//! marks (keyed hashes under the store's secret) of the identifiers. Nothing of it is given out.
//!
//! The notes are documents on a shelf that no request to the xAPI resources can name, for its agent is none. They outlive the
//! course, as the audit log does, and go when the person is erased.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use course::{Enrolment, Identifier, Learner};
use serde::{Deserialize, Serialize};
use store::{FORMER_LEARNERS, Result, Store, StoreError};
use uuid::Uuid;
use xapi::document::{
    Change, Document, DocumentKey, Precondition, Resource, Shelf, Tags, Unguarded,
};
use xapi::instant::Instant;

use crate::compute::aside;
use crate::erasure::find::form;
use crate::erasure::marks;

/// Learners of one note at most.
const TOGETHER: usize = 1_000;

/// Learners who leave: the marks of each one's identifiers, by the learner's id.
pub(crate) type Leaving = BTreeMap<String, BTreeSet<String>>;

/// Learners who left a course's list at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Departure {
    pub(crate) course: String,
    /// When, in microseconds since 1970.
    pub(crate) until: i64,
    pub(crate) people: Leaving,
}

/// The marks by which one of these identifiers is found again, in whatever form it is asked for.
pub(crate) fn marks_of<'i>(
    secret: &[u8; 32],
    identifiers: impl IntoIterator<Item = &'i Identifier>,
) -> BTreeSet<String> {
    let forms = identifiers.into_iter().flat_map(|it| [Some(it.clone()), it.hashed()]);
    forms.flatten().flat_map(|it| marks::any(secret, &it)).collect()
}

/// The learners whom a change of a list takes off it; all of them where nothing takes its place. A learner under whose id
/// another person comes leaves too: somebody with another name and none of the identifiers.
pub(crate) fn leaving(secret: &[u8; 32], before: &Enrolment, after: Option<&Enrolment>) -> Leaving {
    let stays = after.into_iter().flat_map(|it| &it.learners);
    let stays: HashMap<&str, &Learner> = stays.map(|it| (it.id.as_str(), it)).collect();
    let is_another = |was: &Learner, is: &Learner| {
        let forms = |it: &Learner| it.known_as().iter().map(form).collect::<BTreeSet<_>>();
        was.name != is.name
            && was.identifiers != is.identifiers
            && forms(was).is_disjoint(&forms(is))
    };
    let leaves =
        |it: &&Learner| stays.get(it.id.as_str()).is_none_or(|other| is_another(it, other));
    let leaving: Vec<&Learner> = before.learners.iter().filter(leaves).collect();
    if leaving.is_empty() {
        return Leaving::new();
    }
    let persons = before.persons();
    let mut of_person: HashMap<&str, Vec<&Identifier>> = HashMap::new();
    for learner in &before.learners {
        of_person.entry(persons.of(&learner.id)).or_default().extend(&learner.identifiers);
    }
    let marked = leaving.into_iter().map(|learner| {
        let theirs = of_person.get(persons.of(&learner.id)).into_iter().flatten().copied();
        (learner.id.clone(), marks_of(secret, theirs))
    });
    marked.collect()
}

fn key(id: String) -> DocumentKey {
    DocumentKey { shelf: shelf(), id }
}

fn shelf() -> Shelf {
    Shelf {
        resource: Resource::AgentProfile,
        activity: String::new(),
        agent: FORMER_LEARNERS.to_owned(),
        registration: None,
    }
}

fn written(departure: &Departure, updated: Instant) -> Result<Change> {
    let rejected = |error: serde_json::Error| StoreError::Rejected(error.to_string());
    let body = Bytes::from(serde_json::to_vec(departure).map_err(rejected)?);
    Ok(Change::Put(Document { content_type: "application/json".to_owned(), body, updated }))
}

/// Notes learners who are about to leave. To be done before the list changes: a note of somebody who stays after all does no
/// harm.
pub(crate) async fn note(
    store: &dyn Store,
    course: &str,
    now: Instant,
    mut leaving: Leaving,
) -> Result<()> {
    let any = Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
    while !leaving.is_empty() {
        let next = leaving.keys().nth(TOGETHER).cloned();
        let rest = next.map(|next| leaving.split_off(&next)).unwrap_or_default();
        let people = std::mem::replace(&mut leaving, rest);
        let departure = Departure { course: course.to_owned(), until: now.micros(), people };
        let change = written(&departure, now)?;
        store.change_document(key(Uuid::new_v4().to_string()), any.clone(), change).await?;
    }
    Ok(())
}

/// Shows every note, on a thread that gives way to requests; gives `seen` back.
pub(crate) async fn each<T: Send + 'static>(
    store: &dyn Store,
    mut seen: T,
    see: impl Fn(&mut T, &Departure) + Clone + Send + 'static,
) -> Result<T> {
    for id in store.document_ids(&shelf(), None).await?.0 {
        // An erasure removes notes.
        let Some(document) = store.document(&key(id.clone())).await? else { continue };
        let see = see.clone();
        let look = move || {
            let departure = read(&id, &document)?;
            see(&mut seen, &departure);
            Ok::<T, StoreError>(seen)
        };
        seen = aside(look).await.map_err(|_| stopped())??;
    }
    Ok(seen)
}

/// Removes from the notes who left; `goes` is asked of the course, the learner's id, and when they left.
pub(crate) async fn forget(
    store: &dyn Store,
    now: Instant,
    goes: impl Fn(&str, &str, i64) -> bool,
) -> Result<()> {
    for id in store.document_ids(&shelf(), None).await?.0 {
        let Some(document) = store.document(&key(id.clone())).await? else { continue };
        let mut departure = read(&id, &document)?;
        let before = departure.people.len();
        let (course, until) = (departure.course.clone(), departure.until);
        departure.people.retain(|learner, _| !goes(&course, learner, until));
        if departure.people.len() == before {
            continue;
        }
        let change =
            if departure.people.is_empty() { Change::Delete } else { written(&departure, now)? };
        let tags = Some(Tags::OneOf(vec![document.etag()]));
        let as_read =
            Precondition { if_match: tags, if_none_match: None, unguarded: Unguarded::Allowed };
        store.change_document(key(id), as_read, change).await?;
    }
    Ok(())
}

fn read(id: &str, document: &Document) -> Result<Departure> {
    let corrupt = |error| StoreError::Corrupt(format!("the note {id} of former learners: {error}"));
    serde_json::from_slice(&document.body).map_err(corrupt)
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the search for former learners was stopped".into())
}
