//! The steps of an erasure. What is left to do is written down before each step and may be done again: after a crash the
//! erasure goes on where it was.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use access::audit::{AuditEntry, AuditFilter};
use bytes::Bytes;
use course::Identifier;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{ErasedPart, JournalVersion, Kept, KeptErasure, StoreError};
use uuid::Uuid;
use xapi::attachment;
use xapi::erase::Eraser;
use xapi::index::{Kind, keys_of_kept};
use xapi::instant::Instant;
use xapi::stored::Stored;

use self::removal::{Fates, is_within};
use super::find::{LogPart, STATEMENTS};
use super::{
    ERASED, ErasureError, ErasureRecord, Erasures, FoundLearner, FoundPerson, REMOVED, eraser, ifi,
    is_address, marks,
};
use crate::audit::Actor;
use crate::pipes;

mod removal;

/// The pause before an erasure that failed is tried again.
const PAUSE: Duration = Duration::from_secs(30);

/// How often statements and the parts of the store are looked through at the most.
const ROUNDS: u32 = 5;

/// What is left of an erasure. The identifiers are here alone, and go with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    identifiers: Vec<Identifier>,
    /// Ids of the person as a learner.
    learners: Vec<FoundLearner>,
    accounts: Vec<String>,
    /// The courses whose journals are read again at the end.
    courses: BTreeSet<String>,
    /// Up to where statements are erased, in microseconds.
    after: i64,
    /// Up to where statements were counted: those may be erased or not.
    counted: i64,
    /// Attachments of the person's statements.
    attachments: BTreeSet<String>,
    /// The identifiers that stood in statements, by their texts as they were written there: other stores, and tables that
    /// were copied, have those alone. Of erasures that a release before began, in lower case.
    #[serde(default)]
    said: BTreeSet<String>,
    /// Removed statements that are voided: what voids them goes too, where the person did it.
    #[serde(default)]
    voided: BTreeSet<Uuid>,
}

impl Work {
    pub(super) fn of(found: &FoundPerson) -> Self {
        Self {
            identifiers: found.identifiers.clone(),
            learners: found.learners.clone(),
            accounts: found.accounts.clone(),
            ..Self::default()
        }
    }

    pub(super) fn eraser(&self, pseudonym: &str) -> Arc<Eraser> {
        eraser(&self.identifiers, &self.learners, &self.accounts, pseudonym)
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
}

impl Erasures {
    /// Does all that is left of an erasure, once no other one of this process runs; nothing where it is done.
    ///
    /// # Errors
    /// [`ErasureError::Store`]: what was done stays, and the next call goes on.
    pub async fn run(&self, id: Uuid) -> Result<ErasureRecord, ErasureError> {
        let _turn = self.turn.lock().await;
        let (kept, record) = self.one(id).await?;
        if kept.is_done {
            return Ok(record);
        }
        let KeptErasure { id, created, .. } = kept;
        let mut running = match record.work.clone() {
            // All but the last steps are done, and the identifiers are gone.
            None => return self.finish(id, created, record).await,
            Some(work) => {
                let (whole, eraser) = erasers(&record, &work);
                Running { of: self, id, created, record, work, whole, eraser }
            }
        };
        if running.record.within.is_none() {
            running.courses().await?;
        }
        running.everything_else().await?;
        running.attachments().await?;
        running.journals().await?;
        running.pipes().await?;
        let record =
            ErasureRecord { work: None, done: Some(self.clock.now().micros()), ..running.record };
        self.store.change_erasure(record.kept(id, created)).await?;
        self.finish(id, created, record).await
    }

    /// [`Self::run`], again after a while where it fails.
    pub async fn run_to_its_end(&self, id: Uuid) {
        while let Err(error) = self.run(id).await {
            if !matches!(error, ErasureError::Store(StoreError::Unavailable(_))) {
                tracing::error!(%error, %id, "an erasure cannot go on; it is tried again at the next start");
                return;
            }
            tracing::error!(%error, %id, "an erasure waits, and goes on in 30 seconds");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Clears the files, writes the proof into the audit log, and closes the record.
    async fn finish(
        &self,
        id: Uuid,
        created: Instant,
        mut record: ErasureRecord,
    ) -> Result<ErasureRecord, ErasureError> {
        if let Some(derived) = &self.derived {
            derived.without_erased().await?;
        }
        self.store.scrub().await?;
        record.proof = record.computed();
        let (kind, name) = record.by.clone();
        let not_done =
            || StoreError::Corrupt(format!("erasure {id}: it does not say when it was done"));
        let (at, (_, low)) =
            (Instant::from_micros(record.done.ok_or_else(not_done)?), id.as_u64_pair());
        let entry = AuditEntry {
            id: AuditEntry::id(at, low),
            at,
            actor: Actor::of(&kind, name).unwrap_or(Actor::Machine),
            action: ERASED.to_owned(),
            target: id.to_string(),
            details: json!({"proof": record.proof, "mode": record.mode, "counts": record.counts})
                .to_string(),
        };
        self.store.add_audit(entry).await?;
        self.store.change_erasure(record.kept(id, created)).await?;
        Ok(record)
    }

    /// Whether the audit log says that the erasure was done with this proof.
    pub(super) async fn is_in_audit(
        &self,
        kept: &KeptErasure,
        proof: &str,
    ) -> Result<bool, StoreError> {
        let mut filter = AuditFilter {
            action: Some(ERASED.to_owned()),
            since: Some(kept.created),
            ..AuditFilter::default()
        };
        let target = kept.id.to_string();
        loop {
            let page = self.store.audit(&filter, STATEMENTS).await?;
            let Some(last) = page.last() else { return Ok(false) };
            filter.before = Some(last.id.clone());
            let says = |entry: &AuditEntry| {
                let details: serde_json::Value =
                    serde_json::from_str(&entry.details).unwrap_or_default();
                entry.target == target && details.get("proof").is_some_and(|it| it == proof)
            };
            if page.iter().any(says) {
                return Ok(true);
            }
        }
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

    /// Frozen lists, learners and accounts. The lists first: the learners say who is in them.
    async fn courses(&mut self) -> Result<(), StoreError> {
        let pseudonym = self.record.pseudonym.clone();
        let (lists, lines) = self.of.erase_lists(&self.work.learners, &pseudonym, self.id).await?;
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
        self.save().await
    }

    /// Statements and the parts of the store, until nothing names the person that was there before the last look. What is
    /// said after the erasure was asked for is looked at in a few rounds alone: somebody who goes on naming the person keeps
    /// neither this erasure nor others from ending.
    async fn everything_else(&mut self) -> Result<(), StoreError> {
        self.look_for_others().await?;
        for _ in 0..ROUNDS {
            let mut found = self.statements().await?;
            // Some engines find the person by identifiers as statements wrote them alone.
            (self.whole, self.eraser) = erasers(&self.record, &self.work);
            // After the statements, which say in what letters the person has journals; before the journals go.
            self.journaled().await?;
            for (part, eraser) in self.parts() {
                let count = self.of.store.erase(part, &eraser, self.id).await?;
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

    /// The parts of the store that the person is erased from, and by what. Of what belongs to no authority, an erasure within
    /// one changes nothing but entries of the audit log in which an identifier stands as such; and where others have the
    /// person too, that stays, and how it is found. Journals are of all authorities: they are read again.
    fn parts(&self) -> Vec<(ErasedPart, Arc<Eraser>)> {
        let eraser = || Arc::clone(&self.eraser);
        if self.record.within.is_none() {
            return ErasedPart::EVERY.into_iter().map(|part| (part, eraser())).collect();
        }
        if self.record.remains {
            return Vec::new();
        }
        let exact = Arc::new((*self.whole).clone().exact());
        vec![(ErasedPart::Index, eraser()), (ErasedPart::Audit, exact)]
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
            let fates: Fates = self.fates(page).await?;
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
            self.count("unreadable", 1);
        }
        self.work.after = at;
    }

    /// Counts a statement that is about to be erased, unless it was counted before a crash.
    fn note(&mut self, statement: &Stored, value: &Value, goes: bool) {
        if statement.stored.micros() <= self.work.counted {
            return;
        }
        self.record.before = marks::before(&self.of.secret, &self.record.before, statement);
        self.work.attachments.extend(hashes(value));
        let agents = keys_of_kept(value).into_iter().filter(|it| it.kind == Kind::Agent);
        let said = agents.map(|it| it.text).filter(|it| self.eraser.is_named(it));
        for text in said.collect::<BTreeSet<String>>() {
            if self.work.said.insert(text.clone()) {
                // An address may have been asked for in other letters.
                marks::add(&mut self.record.marks, marks::one(&self.of.secret, &text));
            }
        }
        self.count("statements", 1);
        if goes {
            self.count(REMOVED, 1);
        }
    }

    /// Removes the data of the attachments of erased statements that no other statement has.
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
            for Kept { statement, .. } in page {
                let value = value_of(&statement.body)?;
                let within = self.record.within.as_deref();
                if !names(&statement.body, &self.record.pseudonym) || !is_within(within, &value) {
                    for hash in hashes(&value) {
                        alone.remove(&hash);
                    }
                }
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
            remains: record.remains,
        };
        let noted = pipes::note_erasure(&*of.store, &erasure, &said, of.clock.now()).await?;
        // Not added: the step may be done again.
        if noted > 0 {
            self.record.counts.insert("pipes".to_owned(), noted);
        }
        Ok(())
    }

    /// Lets the journals of courses be read from the log again. What a follower wrote meanwhile of statements that it had
    /// read before goes with it.
    async fn journals(&mut self) -> Result<(), StoreError> {
        for course in self.work.courses.clone() {
            self.of.journals.read_again(&course).await?;
        }
        if self.record.within.is_some() {
            return Ok(());
        }
        self.of.store.erase(ErasedPart::Journals, &self.eraser, self.id).await.map(drop)
    }
}

/// What finds the person of an erasure, and what erases them.
fn erasers(record: &ErasureRecord, work: &Work) -> (Arc<Eraser>, Arc<Eraser>) {
    let whole = (*work.eraser(&record.pseudonym)).clone().as_written(work.said.iter().cloned());
    let whole = Arc::new(whole);
    let eraser = match record.within {
        None => Arc::clone(&whole),
        Some(_) => Arc::new((*whole).clone().within_authority()),
    };
    (whole, eraser)
}

fn names(body: &Bytes, pseudonym: &str) -> bool {
    std::str::from_utf8(body).is_ok_and(|body| body.contains(pseudonym))
}

pub(super) fn value_of(body: &Bytes) -> Result<Value, StoreError> {
    serde_json::from_slice(body)
        .map_err(|error| StoreError::Corrupt(format!("a statement: {error}")))
}

/// The hashes of a statement's attachments, in lower case.
fn hashes(statement: &Value) -> Vec<String> {
    attachment::described(statement).map(|it| it.sha2.to_ascii_lowercase()).collect()
}
