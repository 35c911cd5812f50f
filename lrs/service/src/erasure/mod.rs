//! Erasing a person (Article 17 of Regulation (EU) 2016/679): found by any identifier, erased in steps that go on after a
//! restart, with a proof in which nothing of the person is left.
//!
//! The person becomes a pseudonym that is made up for the erasure and written down nowhere else, so that hours and
//! completions of bodies stay true; or what the person did goes as a whole ([`ErasureMode`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use course::Identifier;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::{KeptErasure, Store, StoreError};
use tokio::sync::Mutex;
use uuid::Uuid;
use validator::ifi::Ifi;
use xapi::clock::Clock;
use xapi::erase::{Eraser, HOME_PAGE};
use xapi::instant::Instant;

use crate::audit::Actor;
use crate::packages::Packages;
use crate::progress::{CourseService, ProgressError};

mod again;
mod courses;
mod elsewhere;
mod every;
pub(crate) mod find;
pub(crate) mod finish;
pub(crate) mod held;
pub(crate) mod marks;
mod owed;
mod queue;
mod rows;
mod run;
mod scrubs;
mod several;
#[cfg(test)]
mod tests;

pub use again::LaterErasure;
pub(crate) use courses::frozen;
pub use every::ListedErasures;
pub(crate) use every::each_erasure;
pub use find::{FoundLearner, FoundPerson};
use owed::Owed;
pub use owed::QUIET_HOUR;
pub use queue::{ERASURES_AGAIN, ErasurePlace};
use queue::{Queue, Rank};
pub(crate) use rows::erasure_rows;
use run::Work;
use scrubs::Scrubs;

/// The action of entries of the audit log: asked for, and done.
pub const ERASED: &str = "person.erased";
/// The name of the count of removed statements in records.
const REMOVED: &str = "removed";
/// The longest reason, in bytes.
pub const LONGEST_REASON: usize = 1_000;
/// The most identifiers that are asked for at once: each is looked for in everything.
pub const MOST_IDENTIFIERS: usize = 100;
/// The records of a list, in bytes, after which the list goes on with the next page.
const LISTED_BYTES: usize = 4 << 20;

/// Why a person was not erased.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// The identifier cannot be read.
    #[error("{0}")]
    Identifier(String),
    /// Too many identifiers.
    #[error("{0} identifiers are given, and at most {MOST_IDENTIFIERS} are looked for at once")]
    Identifiers(usize),
    /// Too many erasures are not done yet: of who asks, or of all.
    #[error(
        "{most} erasures {of} are not done yet, and no more may wait",
        of = if *.is_own { "that you have asked for" } else { "of this server" }
    )]
    Waiting {
        /// How many there may be.
        most: usize,
        /// Whether all of them are of who asks.
        is_own: bool,
    },
    /// There is no reason, or it is too long.
    #[error("an erasure has a reason of 1 to {LONGEST_REASON} bytes")]
    Reason,
    /// The pseudonym is none.
    #[error("a pseudonym is `erased-` and 32 hexadecimal digits")]
    Pseudonym,
    /// The pseudonym is that of other people, who were erased before: they would become one person with these.
    #[error("this pseudonym stands for other people already")]
    PseudonymTaken,
    /// There is no erasure of this id.
    #[error("there is no erasure {0}")]
    Unknown(Uuid),
    /// The store cannot do its part: what is left is done when the erasure goes on.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What reads journals from the log again.
#[async_trait]
pub trait Journals: Send + Sync {
    /// Reads the journals of a course from the log again, and returns when that is done.
    async fn read_again(&self, course: &str) -> Result<(), StoreError>;
}

/// What is made of a store beside it: files, what is remembered of names.
#[async_trait]
pub trait Derived: Send + Sync {
    /// Lets it be without the people whose erasures are done in the store, durably. May be called again at any time.
    async fn without_erased(&self) -> Result<(), StoreError>;
}

#[async_trait]
impl Journals for CourseService {
    async fn read_again(&self, course: &str) -> Result<(), StoreError> {
        match self.rebuild(course).await {
            // A course that was deleted meanwhile has no journals.
            Ok(_) | Err(ProgressError::NoCourse(_)) => Ok(()),
            Err(ProgressError::Store(error)) => Err(error),
            Err(error) => Err(StoreError::Unavailable(error.to_string())),
        }
    }
}

/// What becomes of what the person did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErasureMode {
    /// Statements speak of the pseudonym, and the learner stays under it: hours and completions stay true.
    #[default]
    Pseudonymise,
    /// Statements whose actor is the person alone are removed, and the learner is: hours and completions go. Statements of
    /// others that name the person are records about those others, and speak of the pseudonym.
    Delete,
}

impl ErasureMode {
    /// Its name, in records and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pseudonymise => "pseudonymise",
            Self::Delete => "delete",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Who is to be erased, and why.
#[derive(Clone, Debug)]
pub struct ErasureAsked {
    /// An identifier, as learner lists or reports write it.
    pub identifier: String,
    /// Further identifiers of the same person.
    pub others: Vec<String>,
    /// Why: a file number, an article of the law. Identifiers of the person in it are replaced.
    pub reason: String,
    /// What is to stand in the place of the person, where another store has made it up: `erased-` and 32 hexadecimal digits.
    pub pseudonym: Option<String>,
    /// What becomes of what the person did.
    pub mode: ErasureMode,
    /// The authority whose statements the person is erased from, by the text of its identifier, and from nothing else that
    /// names the person; `None` for everything.
    pub within: Option<String>,
}

/// Whether no more identifiers are given, with the first one, than are looked for at once.
pub(crate) fn are_bounded(others: &[String]) -> Result<(), ErasureError> {
    let count = others.len().saturating_add(1);
    if count > MOST_IDENTIFIERS { Err(ErasureError::Identifiers(count)) } else { Ok(()) }
}

/// An erasure as it is kept: its proof, and what is left to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRecord {
    /// Who asked for it: kind and name as in the audit log.
    pub by: (String, String),
    /// Why.
    pub reason: String,
    /// What became of what the person did. Not written where it is the default: records of earlier releases have no mode.
    #[serde(default, skip_serializing_if = "ErasureMode::is_default")]
    pub mode: ErasureMode,
    /// The authority whose statements the person was erased from; `None` for everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Whether the person is still named by what is not [`Self::within`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remains: bool,
    /// What stands in the place of the person.
    pub pseudonym: String,
    /// A keyed hash of each identifier that was erased: who has the identifier and the store's secret finds the erasure.
    pub marks: Vec<String>,
    /// How many things of each kind were changed or removed.
    pub counts: BTreeMap<String, u64>,
    /// A keyed hash of all statements as they were before, one after the other.
    pub before: String,
    /// The frozen certificate lists of which a line was erased, as `course/list`.
    pub lists: Vec<String>,
    /// When everything but the files of the engine was without the person, in microseconds since 1970; `None` before.
    pub done: Option<i64>,
    /// SHA-256 of the record without this member, [`Self::scrubbed`] and what is left to do; empty before it is done. The audit
    /// log has it.
    pub proof: String,
    /// Whether nothing was there of the person: no file was written anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unchanged: bool,
    /// When the files of the engine were rid of what was replaced or removed, in microseconds since 1970; `None` before, and in
    /// records of earlier releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scrubbed: Option<i64>,
    /// What is left to do; nothing once the identifiers are needed no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) work: Option<Work>,
}

impl ErasureRecord {
    /// The record of a kept erasure.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn of(kept: &KeptErasure) -> Result<Self, StoreError> {
        let corrupt = |error| StoreError::Corrupt(format!("erasure {}: {error}", kept.id));
        serde_json::from_str(&kept.body).map_err(corrupt)
    }

    /// The proof that the record must have.
    pub fn computed(&self) -> String {
        let bare = Self { proof: String::new(), scrubbed: None, work: None, ..self.clone() };
        hex::encode(Sha256::digest(json!(bare).to_string()))
    }

    fn kept(&self, id: Uuid, created: Instant) -> KeptErasure {
        let is_done = self.done.is_some() && self.work.is_none() && !self.proof.is_empty();
        KeptErasure { id, created, is_done, body: json!(self).to_string() }
    }
}

/// An erasure, and whether its proof holds.
#[derive(Clone, Debug)]
pub struct VerifiedErasure {
    /// The erasure.
    pub kept: KeptErasure,
    /// Its record.
    pub record: ErasureRecord,
    /// Whether the record is as it was when the erasure was done, by its proof and by the audit log.
    pub holds: bool,
}

/// Erases people. Cheap to clone.
#[derive(Clone)]
pub struct Erasures {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    journals: Arc<dyn Journals>,
    derived: Option<Arc<dyn Derived>>,
    packages: Option<Packages>,
    /// Held while an erasure with a given pseudonym is begun: of two people one alone gets it.
    beginning: Arc<Mutex<()>>,
    secret: [u8; 32],
    /// Of two erasures that ran at once, each would write back the texts that it had read, with the person in them whom the
    /// other one had erased meanwhile: so each has its turn.
    queue: Queue,
    scrubs: Scrubs,
    owed: Owed,
}

impl Erasures {
    /// Erasures of people from `store`, whose secret is `secret`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        journals: Arc<dyn Journals>,
        secret: [u8; 32],
    ) -> Self {
        let (queue, scrubs) = (Queue::default(), Scrubs::default());
        let (derived, packages, beginning) = (None, None, Arc::default());
        let owed = Owed::from(QUIET_HOUR, clock.now());
        Self { store, clock, journals, derived, packages, beginning, secret, queue, scrubs, owed }
    }

    /// These erasures, each of which is done once `derived` is without the person too.
    #[must_use]
    pub fn clearing(self, derived: Arc<dyn Derived>) -> Self {
        Self { derived: Some(derived), ..self }
    }

    /// These erasures, each of which ends what the person plays of `packages`.
    #[must_use]
    pub fn of_players(self, packages: Packages) -> Self {
        Self { packages: Some(packages), ..self }
    }

    /// Who is named by an identifier, and what an erasure would change. Nothing is changed.
    ///
    /// # Errors
    /// [`ErasureError`].
    pub async fn preview(&self, asked: &ErasureAsked) -> Result<FoundPerson, ErasureError> {
        are_bounded(&asked.others)?;
        let found = self.find(&asked.identifier, &asked.others).await?;
        self.counted(found, asked.mode).await
    }

    /// A place among the erasures that are not done, for one that `by` asks for; to be held until it is done.
    ///
    /// # Errors
    /// [`ErasureError::Waiting`].
    pub fn admit(&self, asked: &ErasureAsked, by: &Actor) -> Result<ErasurePlace, ErasureError> {
        self.queue.admit(by, Rank::of(asked.within.as_ref()))
    }

    /// Keeps an erasure that is to be done: [`Self::run`] does it.
    ///
    /// # Errors
    /// [`ErasureError`], and nothing is kept.
    pub async fn begin(
        &self,
        asked: &ErasureAsked,
        by: Actor,
    ) -> Result<KeptErasure, ErasureError> {
        are_bounded(&asked.others)?;
        self.begin_any(asked, by).await
    }

    /// [`Self::begin`] with any number of identifiers.
    pub(crate) async fn begin_any(
        &self,
        asked: &ErasureAsked,
        by: Actor,
    ) -> Result<KeptErasure, ErasureError> {
        let reason = asked.reason.trim();
        if reason.is_empty() || reason.len() > LONGEST_REASON {
            return Err(ErasureError::Reason);
        }
        let mut found = match asked.within {
            None => self.find(&asked.identifier, &asked.others).await?,
            // What learner lists and accounts know is not the authority's.
            Some(_) => find::given(&asked.identifier, &asked.others)?,
        };
        let now = self.clock.now();
        let millis = u64::try_from(now.micros() / 1_000).unwrap_or_default();
        let random: [u8; 10] = rand::random();
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        let made_up = || format!("erased-{:032x}", rand::random::<u128>());
        let pseudonym = asked.pseudonym.clone().unwrap_or_else(made_up);
        if !is_pseudonym(&pseudonym) {
            return Err(ErasureError::Pseudonym);
        }
        // Somebody may have merged the line of the pseudonym with the person's: what is said of the pseudonym stays.
        let name = pseudonym.clone();
        let made_up = Identifier::Account { home_page: HOME_PAGE.to_owned(), name };
        found.identifiers.retain(|it| *it != made_up);
        let work = Work::of(&found);
        let eraser = work.eraser(&pseudonym);
        let mut marks = marks::of(&self.secret, eraser.identifiers());
        for learner in &found.asked {
            marks::add(&mut marks, marks::of_learner(&self.secret, learner));
        }
        // What a key is answered does not depend on who was erased, nor does what it asked for keep an administrator from
        // anything: it can name the pseudonym in statements as it likes.
        let is_whole = asked.pseudonym.is_some() && asked.within.is_none();
        let _alone = if is_whole { Some(self.beginning.lock().await) } else { None };
        if is_whole && self.is_of_others(&pseudonym, &marks).await? {
            return Err(ErasureError::PseudonymTaken);
        }
        let record = ErasureRecord {
            by: (by.kind().to_owned(), by.name().to_owned()),
            reason: eraser.text(reason).unwrap_or_else(|| reason.to_owned()),
            marks,
            mode: asked.mode,
            within: asked.within.clone(),
            remains: false,
            pseudonym,
            counts: BTreeMap::new(),
            before: String::new(),
            lists: Vec::new(),
            done: None,
            proof: String::new(),
            unchanged: false,
            scrubbed: None,
            work: Some(work),
        };
        let kept = record.kept(id, now);
        self.store.add_erasure(kept.clone()).await?;
        Ok(kept)
    }

    /// Whether an earlier erasure of everything, with this pseudonym, has none of these marks.
    async fn is_of_others(&self, pseudonym: &str, marks: &[String]) -> Result<bool, StoreError> {
        let mut is_of_others = false;
        let look = |kept: &KeptErasure| {
            let record = ErasureRecord::of(kept)?;
            let is_same = record.marks.iter().any(|mark| marks.contains(mark));
            is_of_others |= record.within.is_none() && record.pseudonym == pseudonym && !is_same;
            Ok(())
        };
        each_erasure(&*self.store, look).await?;
        Ok(is_of_others)
    }

    /// The mark of an identifier, as records of erasures have it.
    pub(crate) fn mark(&self, identifier: &str) -> String {
        marks::one(&self.secret, identifier)
    }

    /// The erasure of this id.
    ///
    /// # Errors
    /// [`ErasureError::Unknown`].
    pub async fn one(&self, id: Uuid) -> Result<(KeptErasure, ErasureRecord), ErasureError> {
        let before = Uuid::from_u128(id.as_u128().saturating_sub(1));
        let found = self.store.erasures(Some(before), 1).await?.into_iter().find(|it| it.id == id);
        let kept = found.ok_or(ErasureError::Unknown(id))?;
        let record = ErasureRecord::of(&kept)?;
        Ok((kept, record))
    }

    /// Whether the proof of an erasure holds: the record gives it, and the audit log has it.
    ///
    /// # Errors
    /// [`ErasureError::Unknown`].
    pub async fn verify(&self, id: Uuid) -> Result<VerifiedErasure, ErasureError> {
        let (kept, record) = self.one(id).await?;
        let is_sound = kept.is_done && record.proof == record.computed();
        let holds = is_sound && self.is_in_audit(&kept, &record.proof).await?;
        Ok(VerifiedErasure { kept, record, holds })
    }
}

/// Whether a text is a pseudonym as erasures make them up.
fn is_pseudonym(text: &str) -> bool {
    let digits = text.strip_prefix("erased-").unwrap_or_default();
    digits.len() == 32 && digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// The identifier as xAPI has it.
pub(crate) fn ifi(identifier: &Identifier) -> Ifi {
    match identifier.clone() {
        Identifier::Mbox(mbox) => Ifi::Mbox(mbox),
        Identifier::MboxSha1sum(hash) => Ifi::MboxSha1Sum(hash.to_ascii_lowercase()),
        Identifier::Openid(uri) => Ifi::OpenId(uri),
        Identifier::Account { home_page, name } => Ifi::Account { home_page, name },
    }
}

/// Whether an identifier is the same one in other letters: a mail address is, and its hash. Names of accounts and `OpenIDs`
/// are not: the standard compares them as they are written, and two subjects of an identity provider may differ in the case
/// of letters alone.
pub(crate) const fn is_address(identifier: &Identifier) -> bool {
    matches!(identifier, Identifier::Mbox(_) | Identifier::MboxSha1sum(_))
}

/// Erases who has these identifiers, is a learner or signs in under these names, and is called so.
fn eraser(
    identifiers: &[Identifier],
    learners: &[FoundLearner],
    (accounts, names): (&[String], &[String]),
    pseudonym: &str,
) -> Arc<Eraser> {
    // Another course may have another person under the same id.
    let learners = learners.iter().map(|it| format!("{}/{}", it.course, it.learner));
    let eraser = Eraser::new(identifiers.iter().map(ifi), learners, pseudonym);
    Arc::new(eraser.signing_in_as(accounts.iter().cloned()).called(names.iter().cloned()))
}
