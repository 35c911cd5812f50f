//! Who was on a learner list and is no more. Frozen certificate lists and the audit log go on naming a learner by the id that
//! the list gave them, and an erasure has identifiers: so a course notes of each learner who leaves the id, when that was, and
//! marks (keyed hashes under the store's secret) of the identifiers. Nothing of it is given out.
//!
//! The notes are documents on a shelf that no request to the xAPI resources can name, for its agent is none. They outlive the
//! course, as the audit log does, and go when the person is erased. So that they do not grow with each list, notes of a course
//! are packed ([`packed`]): whoever leaves again is noted once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use course::{Enrolment, Identifier, Learner};
use serde::{Deserialize, Serialize};
use store::{FORMER_LEARNERS, Result, Store, StoreError};
use xapi::document::{
    Change, Document, DocumentKey, Precondition, Resource, Shelf, Tags, Unguarded,
};
use xapi::instant::Instant;

use crate::compute::aside;
use crate::erasure::find::form;
use crate::erasure::marks;

mod packed;
#[cfg(test)]
mod tests;

/// Learners of one note at most.
const TOGETHER: usize = 1_000;
/// Identifiers of a whole person that are marked beside a learner's own, at most: else what is noted of many learners who are
/// merged into one would grow with the square of their number.
const OF_PERSON: usize = 16;

/// Learners who leave: the marks of each one's identifiers, by the learner's id.
pub(crate) type Leaving = BTreeMap<String, BTreeSet<String>>;

/// Learners who left a course's list, each once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Departure {
    pub(crate) course: String,
    /// When, in microseconds since 1970: of the last of them.
    until: i64,
    pub(crate) people: Leaving,
    /// When those left who left at another time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    at: BTreeMap<String, i64>,
}

impl Departure {
    fn of(course: String) -> Self {
        Self { course, until: i64::MIN, people: Leaving::new(), at: BTreeMap::new() }
    }

    fn add(&mut self, learner: String, until: i64, marks: BTreeSet<String>) {
        self.until = self.until.max(until);
        self.at.insert(learner.clone(), until);
        self.people.insert(learner, marks);
    }

    /// When a learner of this id left, in microseconds since 1970.
    pub(crate) fn until(&self, learner: &str) -> i64 {
        self.at.get(learner).copied().unwrap_or(self.until)
    }
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
/// another person comes leaves too: somebody with none of the identifiers, and with another name or none.
pub(crate) fn leaving(secret: &[u8; 32], before: &Enrolment, after: Option<&Enrolment>) -> Leaving {
    let stays = after.into_iter().flat_map(|it| &it.learners);
    let stays: HashMap<&str, &Learner> = stays.map(|it| (it.id.as_str(), it)).collect();
    let is_another = |was: &Learner, is: &Learner| {
        let forms = |it: &Learner| it.known_as().iter().map(form).collect::<BTreeSet<_>>();
        (was.name != is.name || was.name.is_empty())
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
        let theirs = of_person.entry(persons.of(&learner.id)).or_default();
        theirs.extend(learner.identifiers.iter().take(OF_PERSON - theirs.len()));
    }
    let of_person: HashMap<&str, BTreeSet<String>> =
        of_person.into_iter().map(|(person, theirs)| (person, marks_of(secret, theirs))).collect();
    let marked = leaving.into_iter().map(|learner| {
        let mut marks = marks_of(secret, &learner.identifiers);
        marks.extend(of_person.get(persons.of(&learner.id)).into_iter().flatten().cloned());
        (learner.id.clone(), marks)
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

fn changed(if_match: Option<Tags>) -> Precondition {
    Precondition { if_match, if_none_match: None, unguarded: Unguarded::Allowed }
}

fn any() -> Precondition {
    changed(None)
}

/// Notes learners who are about to leave. To be done before the list changes: a note of somebody who stays after all does no
/// harm. Where a course has many notes, they are packed.
pub(crate) async fn note(
    store: &dyn Store,
    course: &str,
    now: Instant,
    mut leaving: Leaving,
) -> Result<()> {
    if leaving.is_empty() {
        return Ok(());
    }
    while !leaving.is_empty() {
        let next = leaving.keys().nth(TOGETHER).cloned();
        let rest = next.map(|next| leaving.split_off(&next)).unwrap_or_default();
        let people = std::mem::replace(&mut leaving, rest);
        let (until, at) = (now.micros(), BTreeMap::new());
        let departure = Departure { course: course.to_owned(), until, people, at };
        let change = written(&departure, now)?;
        store.change_document(key(packed::id(course, false)), any(), change).await?;
    }
    let ids = store.document_ids(&shelf(), None).await?.0;
    if packed::loose(course, &ids) > packed::LOOSE
        && let Err(error) = packed::pack(store, course, &ids, now, packed::BOUNDS).await
    {
        tracing::warn!(%error, course, "notes of who left learner lists are packed later");
    }
    Ok(())
}

/// The ids of notes that are not in `seen`, which has them then.
async fn unseen(store: &dyn Store, seen: &mut BTreeSet<String>) -> Result<Vec<String>> {
    let ids = store.document_ids(&shelf(), None).await?.0;
    Ok(ids.into_iter().filter(|id| seen.insert(id.clone())).collect())
}

/// Shows every note, on a thread that gives way to requests; gives `seen` back. Who is noted again meanwhile is shown again.
pub(crate) async fn each<T: Send + 'static>(
    store: &dyn Store,
    mut seen: T,
    see: impl Fn(&mut T, &Departure) + Clone + Send + 'static,
) -> Result<T> {
    let mut known = BTreeSet::new();
    loop {
        // Those that were packed meanwhile stand in others.
        let ids = unseen(store, &mut known).await?;
        if ids.is_empty() {
            return Ok(seen);
        }
        for id in ids {
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
    }
}

/// Removes from the notes who left; `goes` is asked of the course, the learner's id, and when they left.
pub(crate) async fn forget(
    store: &dyn Store,
    now: Instant,
    goes: impl Fn(&str, &str, i64) -> bool,
) -> Result<()> {
    let mut known = BTreeSet::new();
    loop {
        let ids = unseen(store, &mut known).await?;
        if ids.is_empty() {
            return Ok(());
        }
        for id in ids {
            forget_in(store, &id, now, &goes).await?;
        }
    }
}

/// Removes from a note who left.
async fn forget_in(
    store: &dyn Store,
    id: &str,
    now: Instant,
    goes: &impl Fn(&str, &str, i64) -> bool,
) -> Result<()> {
    loop {
        let Some(document) = store.document(&key(id.to_owned())).await? else { return Ok(()) };
        let mut departure = read(id, &document)?;
        let Departure { course, people, .. } = &departure;
        let is_theirs = |learner: &&String| goes(course, learner, departure.until(learner));
        let gone: Vec<String> = people.keys().filter(is_theirs).cloned().collect();
        if gone.is_empty() {
            return Ok(());
        }
        for learner in gone {
            departure.people.remove(&learner);
            departure.at.remove(&learner);
        }
        let change =
            if departure.people.is_empty() { Change::Delete } else { written(&departure, now)? };
        let as_read = changed(Some(Tags::OneOf(vec![document.etag()])));
        match store.change_document(key(id.to_owned()), as_read, change).await {
            // Others have packed the note meanwhile, or have taken somebody else out of it.
            Err(StoreError::Precondition(_)) => {}
            other => return other.map(drop),
        }
    }
}

fn read(id: &str, document: &Document) -> Result<Departure> {
    let corrupt = |error| StoreError::Corrupt(format!("the note {id} of former learners: {error}"));
    serde_json::from_slice(&document.body).map_err(corrupt)
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the search for former learners was stopped".into())
}
