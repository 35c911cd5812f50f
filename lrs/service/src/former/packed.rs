//! Notes of a course, packed: so that they grow with the people who left, and not with the lists that left them out.

use std::collections::{BTreeMap, BTreeSet};

use store::{KeptCertificates, Result, Store, StoreError};
use uuid::Uuid;
use xapi::document::{Change, Tags};
use xapi::instant::Instant;

use super::{Departure, TOGETHER, any, changed, forget_in, key, read, stopped, written};
use crate::compute::aside;

/// Notes of a course that are kept as they were written, before they are packed with all others.
pub(super) const LOOSE: usize = 16;
/// How many departures of a course are kept, and how many bytes of ids and marks they may have. Of more, those go that are the
/// longest ago; but not of who stands in a frozen list of the course, which an erasure must find.
pub(super) const BOUNDS: (usize, usize) = (200_000, 32 << 20);
/// How often a note that others change meanwhile is looked at again; what is left is in two notes, which does no harm.
const TRIES: usize = 3;
/// Stands in the ids of notes that are packed.
const PACKED: &str = "packed";

/// A note as it was read.
struct Read {
    id: String,
    tag: String,
    is_packed: bool,
    departure: Departure,
}

/// Somebody who left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) learner: String,
    pub(super) until: i64,
    pub(super) marks: BTreeSet<String>,
    /// The note in which this stands, and whether it stands there so.
    pub(super) note: usize,
    pub(super) is_there: bool,
}

impl Left {
    fn bytes(&self) -> usize {
        self.learner.len() + self.marks.iter().map(String::len).sum::<usize>()
    }

    /// Whether the next who had the same id is the same person, as far as can be told.
    fn is(&self, later: &Self) -> bool {
        let (one, other) = (&self.marks, &later.marks);
        self.learner == later.learner
            && (!one.is_disjoint(other) || one.is_empty() && other.is_empty())
    }
}

/// The id of another note of a course.
pub(super) fn id(course: &str, is_packed: bool) -> String {
    let packed = if is_packed { PACKED } else { "" };
    format!("{course}:{packed}:{}", Uuid::new_v4())
}

/// Whether a note may be of a course, by its id; and whether it is packed.
fn of<'i>(course: &str, id: &'i str) -> Option<(&'i str, bool)> {
    match id.strip_prefix(course).and_then(|rest| rest.strip_prefix(':')) {
        Some(rest) => Some((id, rest.starts_with(PACKED))),
        None => (!id.contains(':')).then_some((id, false)),
    }
}

/// How many notes of a course are not packed.
pub(super) fn loose(course: &str, ids: &[String]) -> usize {
    let own = ids.iter().filter(|id| id.contains(':')).filter_map(|id| of(course, id));
    own.filter(|(_, is_packed)| !is_packed).count()
}

/// Each departure of the same person under the same id in the place of those before it, with their marks: unless somebody
/// else had the id in between.
pub(super) fn newest(mut all: Vec<Left>) -> Vec<Left> {
    all.sort_by(|one, other| (&one.learner, one.until).cmp(&(&other.learner, other.until)));
    let mut newest: Vec<Left> = Vec::with_capacity(all.len());
    for mut next in all {
        match newest.last_mut() {
            Some(last) if last.is(&next) => {
                let count = next.marks.len();
                next.marks.append(&mut last.marks);
                next.is_there &= next.marks.len() == count;
                *last = next;
            }
            _ => newest.push(next),
        }
    }
    newest
}

/// Leaves out those who left the longest ago and are not in `frozen`, beyond so many and so many bytes.
pub(super) fn bounded(
    mut all: Vec<Left>,
    frozen: &BTreeSet<String>,
    (most, most_bytes): (usize, usize),
) -> Vec<Left> {
    all.sort_by_key(|it| (!frozen.contains(&it.learner), std::cmp::Reverse(it.until)));
    let (mut count, mut bytes) = (0, 0);
    all.retain(|it| {
        count += 1;
        bytes += it.bytes();
        count <= most && bytes <= most_bytes || frozen.contains(&it.learner)
    });
    all
}

/// Notes that say the same as these departures, each learner once in a note.
fn notes(course: &str, mut left: Vec<Left>) -> Vec<Departure> {
    let mut notes = Vec::new();
    while !left.is_empty() {
        let mut rest = Vec::new();
        let mut note = Departure::of(course.to_owned());
        for it in left {
            if note.people.contains_key(&it.learner) {
                rest.push(it);
                continue;
            }
            if note.people.len() == TOGETHER {
                notes.push(std::mem::replace(&mut note, Departure::of(course.to_owned())));
            }
            note.add(it.learner, it.until, it.marks);
        }
        notes.push(note);
        left = rest;
    }
    notes
}

/// Who is in frozen lists of the course under an id of their own.
async fn frozen(store: &dyn Store, course: &str) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for list in store.certificate_ids(course).await? {
        let Some(kept) = store.certificate(course, &list).await? else { continue };
        found = aside(move || in_list(&kept, found)).await.map_err(|_| stopped())??;
    }
    Ok(found)
}

fn in_list(kept: &KeptCertificates, mut found: BTreeSet<String>) -> Result<BTreeSet<String>> {
    let list = crate::erasure::frozen(kept)?;
    found.extend(list.people.into_iter().map(|it| it.learner));
    Ok(found)
}

/// Who left, by these notes, each person once under an id.
fn kept(notes: &[Read]) -> Vec<Left> {
    let all = notes.iter().enumerate().flat_map(|(note, Read { departure, .. })| {
        departure.people.iter().map(move |(learner, marks)| Left {
            learner: learner.clone(),
            until: departure.until(learner),
            marks: marks.clone(),
            note,
            is_there: true,
        })
    });
    newest(all.collect())
}

/// Packs the notes of a course.
pub(super) async fn pack(
    store: &dyn Store,
    course: &str,
    ids: &[String],
    now: Instant,
    (most, most_bytes): (usize, usize),
) -> Result<()> {
    let mut notes_read = Vec::new();
    for (id, is_packed) in ids.iter().filter_map(|id| of(course, id)) {
        let Some(document) = store.document(&key(id.to_owned())).await? else { continue };
        let id = id.to_owned();
        let look = move || {
            let (departure, tag) = (read(&id, &document)?, document.etag());
            Ok::<_, StoreError>(Read { id, tag, is_packed, departure })
        };
        notes_read.push(aside(look).await.map_err(|_| stopped())??);
    }
    notes_read.retain(|it| it.departure.course == course);
    let (all, notes_read) =
        aside(move || (kept(&notes_read), notes_read)).await.map_err(|_| stopped())?;
    let bytes = all.iter().map(Left::bytes).sum::<usize>();
    let is_much = all.len() > most || bytes > most_bytes;
    let all = if is_much {
        let frozen = frozen(store, course).await?;
        aside(move || bounded(all, &frozen, (most, most_bytes))).await.map_err(|_| stopped())?
    } else {
        all
    };
    // A packed note that stays whole, and is not nearly empty, stays as it is.
    let mut there: BTreeMap<usize, usize> = BTreeMap::new();
    for it in all.iter().filter(|it| it.is_there) {
        *there.entry(it.note).or_default() += 1;
    }
    let stays = |note: usize| {
        notes_read.get(note).is_some_and(|it| {
            let count = it.departure.people.len();
            it.is_packed && count >= TOGETHER / 2 && there.get(&note) == Some(&count)
        })
    };
    let anew: Vec<Left> = all.into_iter().filter(|it| !stays(it.note)).collect();
    let mut packed = Vec::new();
    for note in notes(course, anew) {
        let id = id(course, true);
        store.change_document(key(id.clone()), any(), written(&note, now)?).await?;
        packed.push(id);
    }
    // Only now: who looks for somebody sees one note or the other.
    for (place, note) in notes_read.iter().enumerate() {
        if !stays(place) {
            remove(store, note, &packed, now).await?;
        }
    }
    Ok(())
}

/// Removes a note whose people stand in those that were packed. Whom an erasure has taken out of it meanwhile is taken out of
/// these too.
async fn remove(store: &dyn Store, note: &Read, packed: &[String], now: Instant) -> Result<()> {
    let mut tag = note.tag.clone();
    for _ in 0..TRIES {
        let condition = changed(Some(Tags::OneOf(vec![tag])));
        match store.change_document(key(note.id.clone()), condition, Change::Delete).await {
            Err(StoreError::Precondition(_)) => {}
            other => return other.map(drop),
        }
        let there = store.document(&key(note.id.clone())).await?;
        let left = there.as_ref().map(|it| read(&note.id, it)).transpose()?;
        let is_left =
            |learner: &str| left.as_ref().is_some_and(|it| it.people.contains_key(learner));
        let is_gone = |_: &str, learner: &str, until: i64| {
            let was = &note.departure;
            was.people.contains_key(learner) && was.until(learner) == until && !is_left(learner)
        };
        for id in packed {
            forget_in(store, id, now, &is_gone).await?;
        }
        let Some(there) = there else { return Ok(()) };
        tag = there.etag();
    }
    Ok(())
}
