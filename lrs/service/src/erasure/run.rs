//! The steps of an erasure. What is left to do is written down before each step and may be done again: after a crash the
//! erasure goes on where it was.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use course::Identifier;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{ErasedPart, JournalVersion, KeptErasure, StoreError};
use uuid::Uuid;
use xapi::erase::Eraser;
use xapi::instant::Instant;

use self::removal::Named;
use super::every::stopped;
use super::find::LogPart;
use super::finish::{Erased, Step};
use super::held::{HeldId, are_theirs};
use super::queue::Rank;
use super::{
    ErasureError, ErasureRecord, Erasures, FoundLearner, FoundPerson, REMOVED, eraser, ifi,
    is_address, marks,
};
use crate::compute::aside;
use crate::packages::Packages;
use crate::{former, pipes};

pub(super) mod removal;

/// The name of the count of statements that cannot be read.
pub(super) const UNREADABLE: &str = "unreadable";
/// How often statements and the parts of the store are looked through at the most.
const ROUNDS: u32 = 5;

/// What is left of an erasure. The identifiers are here alone, and go with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    identifiers: Vec<Identifier>,
    /// Ids of the person as a learner, in the audit log.
    learners: Vec<FoundLearner>,
    /// Those in frozen certificate lists. Of erasures that a release before began, there are none: [`Self::held`].
    #[serde(default)]
    held: Vec<HeldId>,
    accounts: Vec<String>,
    /// What the person is called.
    #[serde(default)]
    names: Vec<String>,
    /// The courses whose journals are read again at the end.
    courses: BTreeSet<String>,
    /// Up to where statements are erased, in microseconds.
    after: i64,
    /// Up to where statements were counted: those may be erased or not.
    counted: i64,
    /// Attachments that go with the person.
    attachments: BTreeSet<String>,
    /// The identifiers that stood in statements, by their texts as they were written there: other stores, and tables that
    /// were copied, have those alone. Of erasures that a release before began, in lower case.
    #[serde(default)]
    said: BTreeSet<String>,
    /// How many hashes of addresses were looked for when statements were last looked at from the first one on. An address may
    /// stand in statements in other letters than it was asked for, and others have the hash of it in these letters.
    #[serde(default)]
    hashes: usize,
    /// Whether the first step was begun.
    #[serde(default)]
    is_begun: bool,
    /// Removed statements that are voided: what voids them goes too, where the person did it.
    #[serde(default)]
    voided: BTreeSet<Uuid>,
}

impl Work {
    pub(super) fn of(found: &FoundPerson) -> Self {
        Self {
            identifiers: found.identifiers.clone(),
            learners: found.records.clone(),
            held: found.held.clone(),
            accounts: found.accounts.clone(),
            names: found.names.clone(),
            ..Self::default()
        }
    }

    pub(super) fn eraser(&self, pseudonym: &str) -> Arc<Eraser> {
        let names = (&self.accounts[..], &self.names[..]);
        eraser(&self.identifiers, &self.learners, names, pseudonym)
    }

    /// The ids of the person in frozen certificate lists.
    fn held(&self) -> Vec<HeldId> {
        if !self.held.is_empty() {
            return self.held.clone();
        }
        self.learners.iter().map(HeldId::always).collect()
    }

    /// The identifiers that stood in statements: those that were asked for or found, and an address or hash in other letters.
    fn said(&self) -> Vec<Identifier> {
        let was_said = |it: &&Identifier| {
            let text = ifi(it).to_string();
            self.said.contains(&text) || self.said.contains(&text.to_lowercase())
        };
        let mut said: Vec<Identifier> = self.identifiers.iter().filter(was_said).cloned().collect();
        let others = self.said.iter().filter_map(|text| text.parse::<Identifier>().ok());
        for other in others.filter(is_address) {
            if !said.contains(&other) {
                said.push(other);
            }
        }
        said
    }
}

/// An erasure on its way.
struct Running<'a> {
    of: &'a Erasures,
    id: Uuid,
    created: Instant,
    record: ErasureRecord,
    work: Work,
    /// Finds the person in everything.
    whole: Arc<Eraser>,
    /// Erases the person from what may be changed: where the erasure is within an authority, it looks for less.
    eraser: Arc<Eraser>,
    /// The texts of course files.
    files: Arc<[String]>,
}

impl Erasures {
    /// Does all that needs the identifiers, in the erasure's turn; nothing where that is done.
    pub(crate) async fn erase(&self, id: Uuid) -> Result<Step, ErasureError> {
        let rank = Rank::of(self.one(id).await?.1.within.as_ref());
        let _turn = self.queue.turn(rank).await;
        let (KeptErasure { id, created, is_done, .. }, record) = self.one(id).await?;
        if is_done {
            return Ok(Step::Done(Box::new(record)));
        }
        let record = match record.work.clone() {
            // All but the last steps are done, and the identifiers are gone.
            None => record,
            Some(work) => {
                let record = Running::of(self, id, created, record, work).through().await?;
                self.store.change_erasure(record.kept(id, created)).await?;
                record
            }
        };
        if self.waits(id, &record) {
            return Ok(Step::Waits(Box::new(record)));
        }
        // In the turn: whoever waits for all erasures that are under way waits for this one too.
        let ticket = self.wish(&record);
        Ok(Step::Erased(Box::new(Erased { id, created, record, ticket })))
    }
}

impl<'a> Running<'a> {
    fn of(of: &'a Erasures, id: Uuid, created: Instant, record: ErasureRecord, work: Work) -> Self {
        let files = Arc::default();
        let (whole, eraser) = erasers(&record, &work, &files);
        Self { of, id, created, record, work, whole, eraser, files }
    }

    /// Does every step; gives the record without the identifiers.
    async fn through(mut self) -> Result<ErasureRecord, ErasureError> {
        // What was done before may not be counted: the process ended before it was.
        let mut is_changed = std::mem::replace(&mut self.work.is_begun, true);
        self.save().await?;
        if self.record.within.is_none() {
            self.courses().await?;
        }
        self.everything_else().await?;
        self.attachments().await?;
        is_changed |= self.journals().await?;
        self.pipes().await?;
        let mut counted = self.record.counts.iter().filter(|(what, _)| *what != UNREADABLE);
        is_changed |= counted.any(|(_, count)| *count > 0);
        let (done, unchanged) = (Some(self.of.clock.now().micros()), !is_changed);
        let marks = match self.record.within {
            None => std::mem::take(&mut self.record.marks),
            // What a key has asked for and has not in its statements is not erased: it may be somebody else's.
            Some(_) => marks::of(&self.of.secret, self.work.said.iter().map(String::as_str)),
        };
        Ok(ErasureRecord { work: None, done, unchanged, marks, ..self.record })
    }
}

impl Running<'_> {
    async fn save(&mut self) -> Result<(), StoreError> {
        self.record.work = Some(self.work.clone());
        self.of.store.change_erasure(self.record.kept(self.id, self.created)).await.map(drop)
    }

    fn count(&mut self, what: &str, number: u64) {
        let count = self.record.counts.entry(what.to_owned()).or_default();
        *count = count.saturating_add(number);
    }

    /// Frozen lists, learners, accounts, and what is noted of learners who left. The lists first: the learners say who is in
    /// them.
    async fn courses(&mut self) -> Result<(), StoreError> {
        let pseudonym = self.record.pseudonym.clone();
        let held = self.work.held();
        let (lists, lines) = self.of.erase_lists(&held, &pseudonym, self.id).await?;
        self.record.lists.extend(lists);
        self.count("certificates", lines);
        self.save().await?;
        let (mode, identifiers) = (self.record.mode, &self.work.identifiers);
        let (courses, learners) = self.of.erase_learners(identifiers, mode, &pseudonym).await?;
        self.work.courses.extend(courses);
        self.count("learners", learners);
        self.save().await?;
        let accounts = self.of.remove_accounts(&self.work.accounts).await?;
        self.count("accounts", accounts);
        let is_theirs =
            |course: &str, learner: &str, at: i64| are_theirs(&held, course, learner, at);
        former::forget(&*self.of.store, self.of.clock.now(), is_theirs).await?;
        self.save().await
    }

    /// Statements and the parts of the store, until nothing names the person that was there before the last look. What is
    /// said after the erasure was asked for is looked at in a few rounds alone: somebody who goes on naming the person keeps
    /// neither this erasure nor others from ending.
    async fn everything_else(&mut self) -> Result<(), StoreError> {
        self.files = self.of.course_files().await?.into();
        (self.whole, self.eraser) = erasers(&self.record, &self.work, &self.files);
        self.look_for_others().await?;
        if self.work.after == 0 {
            self.work.hashes = self.whole.hashes();
        }
        for _ in 0..ROUNDS {
            let mut found = self.statements().await?;
            // Some engines find the person by identifiers as statements wrote them alone.
            (self.whole, self.eraser) = erasers(&self.record, &self.work, &self.files);
            if self.look_again().await? {
                found = found.saturating_add(self.statements().await?);
            }
            // After the statements, which say in what letters the person has journals; before the journals go.
            self.journaled().await?;
            for (part, eraser) in self.parts().await? {
                let count = self.of.store.erase(part, &eraser, self.id).await?;
                if part == ErasedPart::Launches && count > 0 {
                    self.of.packages.iter().for_each(Packages::forget_launches);
                }
                self.count(part.as_str(), count);
                found = found.saturating_add(count);
            }
            if self.record.within.is_none() {
                let store = &*self.of.store;
                let count = pipes::erase_answers(store, &self.eraser).await?;
                self.count("pipe_answers", count);
                found = found.saturating_add(count);
            }
            self.save().await?;
            if found == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Goes back to the first statement where hashes are known now that were not looked for from there on; whether that is so.
    async fn look_again(&mut self) -> Result<bool, StoreError> {
        let hashes = self.whole.hashes();
        if hashes <= self.work.hashes {
            return Ok(false);
        }
        // What was counted is erased, and is not found again.
        (self.work.after, self.work.counted, self.work.hashes) = (0, 0, hashes);
        self.record.counts.remove(UNREADABLE);
        self.save().await?;
        Ok(true)
    }

    /// The parts of the store that the person is erased from, and by what. Of what belongs to no authority, an erasure within
    /// one changes nothing but what statements are found by; and where others have the person too, how those are found stays.
    /// Journals are of all authorities: they are read again.
    async fn parts(&self) -> Result<Vec<(ErasedPart, Arc<Eraser>)>, StoreError> {
        let eraser = || Arc::clone(&self.eraser);
        if self.record.within.is_none() {
            // The accounts of the person are gone: those that are there are of others, who answer for what they did.
            let people = self.of.store.people().await?;
            let names = people.into_iter().map(|it| it.kept.person.name);
            let in_log = Arc::new((*self.eraser).clone().sparing(names));
            let of = |part| if part == ErasedPart::Audit { Arc::clone(&in_log) } else { eraser() };
            return Ok(ErasedPart::EVERY.into_iter().map(|part| (part, of(part))).collect());
        }
        if self.record.remains {
            return Ok(Vec::new());
        }
        Ok(vec![(ErasedPart::Index, eraser())])
    }

    /// Notes whether something that belongs to no authority names the person, where the erasure is within one.
    async fn look_for_others(&mut self) -> Result<(), StoreError> {
        if self.record.within.is_some() && !self.record.remains {
            self.record.remains = self.of.is_listed(&self.work.identifiers).await?
                || self.of.documents(&self.whole).await? > 0
                || self.of.is_elsewhere(&self.whole).await?;
        }
        Ok(())
    }

    /// Notes the courses that have journals of the person, in whatever letters; of an erasure within an authority, those that
    /// have journals of actors whose statements it has changed.
    async fn journaled(&mut self) -> Result<(), StoreError> {
        let is_whole = self.record.within.is_none();
        if !is_whole && self.work.said.is_empty() {
            return Ok(());
        }
        for course in self.of.store.courses().await? {
            let (_, actors) = self.of.store.written_since(&course.id, JournalVersion::NONE).await?;
            let is_theirs = |actor: &String| {
                if is_whole { self.eraser.is_named(actor) } else { self.work.said.contains(actor) }
            };
            if actors.iter().any(is_theirs) {
                self.work.courses.insert(course.id);
            }
        }
        self.save().await
    }

    /// Erases the person from the statements that follow, up to the latest that is there now; gives how many.
    async fn statements(&mut self) -> Result<u64, StoreError> {
        let mut found = 0_u64;
        let until = self.of.store.latest().await?.micros();
        while self.work.after < until {
            let after = Instant::from_micros(self.work.after);
            let (page, through) = match self.of.part_of_log(after).await? {
                LogPart::Statements(page, last) => (page, last.micros()),
                LogPart::Unreadable(at) => {
                    self.pass(at.micros());
                    continue;
                }
                LogPart::End => return Ok(found),
            };
            let fates = self.fates(page).await?;
            found = found.saturating_add(fates.len() as u64);
            if fates.len() > 0 {
                // First what is counted, then what is erased: a crash between the two counts nothing twice.
                self.work.counted = self.work.counted.max(through);
                self.save().await?;
                if self.carry_out(fates).await? > 0 {
                    // An erasure of another server was faster: what it has left is read again.
                    continue;
                }
            }
            self.work.after = through;
        }
        Ok(found)
    }

    /// Passes a statement that cannot be read, and counts it: whom it names cannot be told.
    fn pass(&mut self, at: i64) {
        if at > self.work.counted {
            self.work.counted = at;
            self.count(UNREADABLE, 1);
        }
        self.work.after = at;
    }

    /// Counts a statement that is about to be erased, unless it was counted before a crash.
    fn note(&mut self, named: &Named, goes: bool) {
        if named.read.stored.micros() <= self.work.counted {
            return;
        }
        let (secret, read) = (&self.of.secret, &named.read);
        self.record.before = marks::before(secret, &self.record.before, read.id, &named.digest);
        self.work.attachments.extend(named.attachments.iter().cloned());
        for text in &named.said {
            if self.work.said.insert(text.clone()) {
                // An address may have been asked for in other letters.
                marks::add(&mut self.record.marks, marks::one(&self.of.secret, text));
            }
        }
        self.count("statements", 1);
        if goes {
            self.count(REMOVED, 1);
        }
    }

    /// Removes the data of the attachments that go, unless another statement has them.
    async fn attachments(&mut self) -> Result<(), StoreError> {
        let mut alone = self.work.attachments.clone();
        let mut after = Instant::default();
        while !alone.is_empty() {
            let page = match self.of.part_of_log(after).await? {
                LogPart::Statements(page, last) => {
                    after = last;
                    page
                }
                LogPart::Unreadable(at) => {
                    after = at;
                    continue;
                }
                LogPart::End => break,
            };
            let (pseudonym, within) = (self.record.pseudonym.clone(), self.record.within.clone());
            let kept = aside(move || removal::staying(&page, &pseudonym, within.as_deref()));
            for hash in kept.await.map_err(|_| stopped())?? {
                alone.remove(&hash);
            }
        }
        let alone: Vec<String> = alone.into_iter().collect();
        let there = self.of.store.attachments(&alone).await?.len();
        self.of.store.remove_attachments(&alone).await?;
        self.count("attachments", there as u64);
        self.save().await
    }

    /// Lets the pipes tell the stores that they send to: the last step that needs the identifiers. Those that no statement
    /// had are not known there, and are nobody else's to know.
    async fn pipes(&mut self) -> Result<(), StoreError> {
        let Self { of, id, record, work, .. } = &*self;
        let said = work.said();
        if said.is_empty() {
            return Ok(());
        }
        let erasure = pipes::NotedErasure {
            id: *id,
            mode: record.mode,
            pseudonym: &record.pseudonym,
            is_within: record.within.is_some(),
        };
        let noted = pipes::note_erasure(&*of.store, &erasure, &said, of.clock.now()).await?;
        // Not added: the step may be done again.
        if noted > 0 {
            self.record.counts.insert("pipes".to_owned(), noted);
        }
        Ok(())
    }

    /// Lets the journals of courses be read from the log again. What a follower wrote meanwhile of statements that it had
    /// read before goes with it. Whether there were some.
    async fn journals(&mut self) -> Result<bool, StoreError> {
        for course in self.work.courses.clone() {
            self.of.journals.read_again(&course).await?;
        }
        if self.record.within.is_some() {
            return Ok(!self.work.courses.is_empty());
        }
        let removed = self.of.store.erase(ErasedPart::Journals, &self.eraser, self.id).await?;
        Ok(removed > 0 || !self.work.courses.is_empty())
    }
}

/// What finds the person of an erasure, and what erases them.
fn erasers(
    record: &ErasureRecord,
    work: &Work,
    files: &Arc<[String]>,
) -> (Arc<Eraser>, Arc<Eraser>) {
    let whole = (*work.eraser(&record.pseudonym)).clone().as_written(work.said.iter().cloned());
    let whole = Arc::new(whole.beside_courses(Arc::clone(files)));
    let eraser = match record.within {
        None => Arc::clone(&whole),
        Some(_) => Arc::new((*whole).clone().within_authority()),
    };
    (whole, eraser)
}

pub(super) fn value_of(body: &Bytes) -> Result<Value, StoreError> {
    serde_json::from_slice(body)
        .map_err(|error| StoreError::Corrupt(format!("a statement: {error}")))
}
