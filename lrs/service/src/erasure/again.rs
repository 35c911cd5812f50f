//! Erasures that a store does not know, because it was restored from a backup of before: they are begun again.
//!
//! The record of an erasure names nobody. So every identifier that the restored store has is marked under the store's
//! secret, which the backup has too: a mark that the record has as well is of an identifier that was erased.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use course::Identifier;
use serde::Deserialize;
use serde_json::Value;
use store::{KeptErasure, StoreError};
use uuid::Uuid;

use super::courses::frozen;
use super::elsewhere::Record;
use super::find::{LogPart, STATEMENTS, enrolment};
use super::held::Asked;
use super::{ErasureAsked, ErasureError, ErasureMode, Erasures, FoundLearner, each_erasure, marks};
use crate::audit::Actor;

/// An erasure, as `GET /api/v1/erasures` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LaterErasure {
    /// Its id.
    pub id: Uuid,
    /// Why.
    pub reason: String,
    /// What became of what the person did.
    #[serde(default)]
    pub mode: ErasureMode,
    /// The authority whose statements the person was erased from.
    #[serde(default)]
    pub within: Option<String>,
    /// The keyed hashes of the identifiers that were erased.
    pub marks: Vec<String>,
}

/// The identifiers that were looked at, and those that erasures have marks of, by the place of the erasure. A person may have
/// been erased several times: as a key asked for it, and as an administrator did.
struct Marked {
    secret: [u8; 32],
    places: HashMap<String, Vec<usize>>,
    seen: HashSet<String>,
    /// What each is asked for by: identifiers, and learners who were asked for as such.
    found: Vec<BTreeSet<String>>,
    /// The learners who were asked for as such, but whose id on a list is another person's: by the place of the erasure.
    of_others: Vec<BTreeSet<String>>,
}

impl Marked {
    fn look_at(&mut self, identifier: &Identifier) {
        if !self.seen.insert(identifier.to_string()) {
            return;
        }
        for mark in marks::any(&self.secret, identifier) {
            self.note(&mark, &identifier.listed());
        }
    }

    fn look_at_learner(&mut self, learner: &FoundLearner) {
        let text = format!("{}/{}", learner.course, learner.learner);
        self.note(&marks::of_learner(&self.secret, learner), &text);
    }

    /// Looks at a learner on a list. One who has identifiers, and none of those that an erasure has marks of, has an id that was
    /// the person's at another time.
    fn look_at_listed(&mut self, learner: &FoundLearner, identifiers: &[Identifier]) {
        let text = format!("{}/{}", learner.course, learner.learner);
        let mark = marks::of_learner(&self.secret, learner);
        let Some(places) = self.places.get(&mark).cloned() else { return };
        let marks: BTreeSet<String> =
            identifiers.iter().flat_map(|it| marks::any(&self.secret, it)).collect();
        for place in places {
            let is_theirs =
                |mark: &String| self.places.get(mark).is_some_and(|it| it.contains(&place));
            let is_another = !marks.is_empty() && !marks.iter().any(is_theirs);
            let noted = if is_another { &mut self.of_others } else { &mut self.found };
            if let Some(noted) = noted.get_mut(place) {
                noted.insert(text.clone());
            }
        }
    }

    /// What each erasure is asked for by.
    fn take(&mut self) -> Vec<BTreeSet<String>> {
        let (found, of_others) = (std::mem::take(&mut self.found), &self.of_others);
        let without = |(found, of_others): (BTreeSet<String>, &BTreeSet<String>)| {
            found.into_iter().filter(|it| !of_others.contains(it)).collect()
        };
        found.into_iter().zip(of_others).map(without).collect()
    }

    fn note(&mut self, mark: &str, text: &str) {
        for place in self.places.get(mark).into_iter().flatten() {
            if let Some(found) = self.found.get_mut(*place) {
                found.insert(text.to_owned());
            }
        }
    }

    /// Looks at an identifier or a learner as learner lists or the audit log write it; at no other text.
    fn look_at_text(&mut self, text: &str) {
        match Asked::read(text) {
            Ok(Asked::Identifier(identifier)) => self.look_at(&identifier),
            Ok(Asked::Learner(learner)) => self.look_at_learner(&learner),
            Err(_) => {}
        }
    }

    /// Looks at what is kept beside statements. A refused request stands as a text in what is kept of it.
    fn look_at_record(&mut self, record: &Record<'_>) {
        let text = match record {
            Record::Own(text) | Record::Said(text) => text,
            Record::Entry(entry) => {
                self.look_at_text(&entry.target);
                entry.details.as_str()
            }
        };
        // What is no JSON has no Agents.
        let Ok(value) = serde_json::from_str::<Value>(text) else { return };
        self.look_into(&value);
        let mut left = vec![&value];
        while let Some(value) = left.pop() {
            match value {
                Value::Object(members) => left.extend(members.values()),
                Value::Array(items) => left.extend(items),
                Value::String(text) => match serde_json::from_str::<Value>(text) {
                    Ok(inner) => self.look_into(&inner),
                    Err(_) => self.look_at_text(text),
                },
                _ => {}
            }
        }
    }

    /// Looks at every Agent and identified Group in a statement.
    fn look_into(&mut self, value: &Value) {
        let mut left = vec![value];
        while let Some(value) = left.pop() {
            match value {
                Value::Object(members) => {
                    if let Some(identifier) = Identifier::of_agent(value) {
                        self.look_at(&identifier);
                    }
                    left.extend(members.values());
                }
                Value::Array(items) => left.extend(items),
                _ => {}
            }
        }
    }
}

fn locked(marked: &Mutex<Marked>) -> MutexGuard<'_, Marked> {
    marked.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Erasures {
    /// Begins every one of these erasures again whose id the store does not know and whose person it names: what is left
    /// of them is done when a server starts. One within an authority is left out where another erases the person from
    /// everything, and who was removed by one of these is removed by all. Who was asked for by course and learner is
    /// not whoever has that id in the backup: lines and entries under the id are left where it is another person's. Gives how
    /// many were begun.
    ///
    /// # Errors
    /// [`ErasureError`]; those that were begun before stay, and are not begun once more by the next call.
    pub async fn begin_again(&self, later: &[LaterErasure]) -> Result<usize, ErasureError> {
        let mut known = HashSet::new();
        let note = |kept: &KeptErasure| {
            known.insert(kept.id);
            Ok(())
        };
        each_erasure(&*self.store, note).await?;
        let later: Vec<&LaterErasure> = later.iter().filter(|it| !known.contains(&it.id)).collect();
        if later.is_empty() {
            return Ok(0);
        }
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, erasure) in later.iter().enumerate() {
            for mark in &erasure.marks {
                places.entry(mark.clone()).or_default().push(place);
            }
        }
        let marked = Marked {
            secret: self.secret,
            places,
            seen: HashSet::new(),
            found: vec![BTreeSet::new(); later.len()],
            of_others: vec![BTreeSet::new(); later.len()],
        };
        let marked = Arc::new(Mutex::new(marked));
        self.look_at_all(&marked).await?;
        let found = locked(&marked).take();
        // They may be done in any order, whoever asked for them and whenever.
        let of_whole = |mode: Option<ErasureMode>| {
            let whole = later.iter().zip(&found).filter(move |(it, _)| {
                it.within.is_none() && mode.is_none_or(|mode| it.mode == mode)
            });
            whole.flat_map(|(_, found)| found).collect::<HashSet<_>>()
        };
        let (whole, removed) = (of_whole(None), of_whole(Some(ErasureMode::Delete)));
        let mut begun = 0;
        for (erasure, found) in later.iter().zip(&found) {
            if erasure.within.is_some() && found.iter().all(|it| whole.contains(it)) {
                continue;
            }
            let is_removed = found.iter().any(|it| removed.contains(it));
            let mode = if is_removed { ErasureMode::Delete } else { erasure.mode };
            let mut identifiers = found.iter().cloned();
            let Some(identifier) = identifiers.next() else { continue };
            let others = identifiers.collect();
            let asked = ErasureAsked {
                identifier,
                others,
                reason: erasure.reason.clone(),
                pseudonym: None,
                mode,
                within: erasure.within.clone(),
            };
            self.begin_any(&asked, Actor::Machine).await?;
            begun += 1;
        }
        Ok(begun)
    }

    /// Shows all identifiers of the store: of learners, accounts, documents, statements, and of what is kept beside these.
    async fn look_at_all(&self, marked: &Arc<Mutex<Marked>>) -> Result<(), StoreError> {
        for person in self.store.people().await? {
            person.kept.person.learner.iter().for_each(|it| locked(marked).look_at_text(it));
        }
        let of_records = Arc::clone(marked);
        self.each_record(Box::new(move |it| locked(&of_records).look_at_record(&it))).await?;
        for course in self.store.courses().await? {
            let Some(kept) = self.store.course(&course.id).await? else { continue };
            let enrolment = enrolment(&course.id, &kept.enrolment)?;
            let under = |learner: &str| FoundLearner {
                course: course.id.clone(),
                learner: learner.to_owned(),
            };
            for learner in &enrolment.learners {
                let mut marked = locked(marked);
                learner.identifiers.iter().for_each(|it| marked.look_at(it));
                marked.look_at_listed(&under(&learner.id), &learner.known_as());
            }
            for list in self.store.certificate_ids(&course.id).await? {
                let Some(kept) = self.store.certificate(&course.id, &list).await? else { continue };
                let people = frozen(&kept)?.people;
                for line in &people {
                    locked(marked).look_at_learner(&under(&line.learner));
                }
            }
        }
        let mut after = None;
        loop {
            let page = self.store.documents_beyond(after.as_ref(), STATEMENTS).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            let agents = page.iter().map(|(key, _)| Identifier::from_str(&key.shelf.agent));
            agents.filter_map(Result::ok).for_each(|it| locked(marked).look_at(&it));
        }
        let mut after = xapi::instant::Instant::default();
        loop {
            match self.part_of_log(after).await? {
                LogPart::Statements(page, last) => {
                    after = last;
                    let values = page.iter().filter_map(|kept| kept.statement.value().ok());
                    values.for_each(|value| locked(marked).look_into(&value));
                }
                LogPart::Unreadable(at) => after = at,
                LogPart::End => return Ok(()),
            }
        }
    }
}
