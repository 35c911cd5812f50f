//! Moving everything from one store to another: between engines, or to a new place.
//!
//! Statements go over as they are, `stored` included, in order, so that a copy that was cut off
//! goes on where the target ends. Progress documents do not: they are computed from the log again.
//! At the end both stores are read and compared ([`verify`]).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use course::CourseErrors;
use store::{Kept, Restored, Selection, Store, StoreError, whole};
use xapi::attachment;
use xapi::document::{Change, DocumentKey, Precondition, Unguarded};
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::stored::Stored;

mod packages;
mod people;
mod verify;

pub use verify::{Contents, contents};

/// How many statements to read from a log at once.
pub const STATEMENTS: usize = 10_000;
/// Attachments are kept together until they weigh more than this number of bytes.
const ATTACHMENTS: usize = 64 << 20;
/// Documents read at once.
const DOCUMENTS: usize = 500;
/// How often a course is put again that changes meanwhile.
const TRIES: u32 = 5;

/// Why a copy stopped. What was copied before stays: the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// One of the two stores cannot do its part.
    #[error("{side}: {error}")]
    Store {
        /// `source` or `target`.
        side: &'static str,
        /// What it says.
        error: StoreError,
    },
    /// The target has statements that did not come from this source.
    #[error(
        "the target has statements of its own (the last is {id}, stored at {stored}): copy into an \
         empty store, or go on with the copy that filled this one"
    )]
    OtherStatements {
        /// The last statement of the target.
        id: uuid::Uuid,
        /// When it was stored.
        stored: Instant,
    },
    /// The target is not new, and not what a copy has left.
    #[error("the target has been used by a server: copy into an empty store")]
    InUse,
    /// The target has a key that the source has not.
    #[error("the target has the key `{0}` of its own: copy into an empty store")]
    OtherKey(String),
    /// The target has a person that the source has not.
    #[error("the target has the person `{0}` of its own: copy into an empty store")]
    OtherPerson(String),
    /// The target has another list of certificates under an id.
    #[error("the target has another certificate list `{list}` in the course {course}")]
    OtherCertificates {
        /// The course.
        course: String,
        /// The list's id.
        list: String,
    },
    /// A course was changed again and again while it was copied.
    #[error("the course {0} is being changed: copy again when nobody does")]
    Busy(String),
    /// After all, the two are not the same.
    #[error("the copy is not the same: {0}. Was one of the two written to meanwhile?")]
    Different(String),
    /// A course file that cannot be read any more.
    #[error(transparent)]
    Course(#[from] CourseErrors),
}

/// What copying does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Copying statements: how many the target has, of how many.
    Statements(u64, u64),
    /// Copying documents: how many so far.
    Documents(u64),
    /// Reading statements of one of the stores again, to compare: how many, of how many.
    Comparing(u64, u64),
}

/// A copy under way.
pub struct Transfer<'a> {
    from: &'a dyn Store,
    to: &'a dyn Store,
    tell: &'a (dyn Fn(Doing) + Sync),
}

fn source(error: StoreError) -> TransferError {
    TransferError::Store { side: "source", error }
}

fn target(error: StoreError) -> TransferError {
    TransferError::Store { side: "target", error }
}

type Result<T> = std::result::Result<T, TransferError>;

impl<'a> Transfer<'a> {
    /// A copy from one store to another, which says through `tell` how it is going.
    pub fn new(from: &'a dyn Store, to: &'a dyn Store, tell: &'a (dyn Fn(Doing) + Sync)) -> Self {
        Self { from, to, tell }
    }

    /// Copies everything, or what is missing of it, and compares both stores.
    ///
    /// # Errors
    /// [`TransferError`]: the target has things of its own, or one of the stores fails, or they
    /// are not the same in the end.
    pub async fn run(&self) -> Result<Contents> {
        self.to.ready_to_restore().await.map_err(target)?;
        let done = self.begin().await?;
        self.check_unused().await?;
        self.statements(done, None).await?;
        self.erasures().await?;
        self.rest().await?;
        self.compare().await
    }

    /// Copies a source that servers work on into a new store: all statements that are visible when the copy begins,
    /// and none that come later; of all else what the source has while it is read. The two are not compared.
    ///
    /// # Errors
    /// [`TransferError`], also where what was begun to be copied was removed meanwhile: copy again, into another store.
    pub async fn live(&self) -> Result<()> {
        let last = self.from.extent().await.map_err(source)?.newest;
        self.check_unused().await?;
        // Before all else: an erasure that is done by then is done in all that is copied. One that is done later is kept
        // as it was, and a server goes on with it in what is restored; or it is not in the copy, and is begun there again.
        self.erasures().await?;
        self.statements(Instant::default(), Some(last)).await?;
        self.rest().await
    }

    /// Copies all that are neither statements nor erasures.
    async fn rest(&self) -> Result<()> {
        self.removed().await?;
        self.documents().await?;
        self.keys().await?;
        self.people().await?;
        self.audit().await?;
        self.courses().await?;
        self.packages().await
    }

    /// Up to where the target has the source's statements.
    async fn begin(&self) -> Result<Instant> {
        let newest = self.to.extent().await.map_err(target)?.newest;
        let theirs = self.to.log(newest.previous(), 1).await.map_err(target)?.statements;
        let Some(Kept { statement, .. }) = theirs.into_iter().next() else { return Ok(newest) };
        let ours = self.from.log(newest.previous(), 1).await.map_err(source)?.statements;
        if ours.first().is_some_and(|ours| ours.statement == statement) {
            return Ok(newest);
        }
        Err(TransferError::OtherStatements { id: statement.id, stored: statement.stored })
    }

    /// Fails where the target has, or may have, what this copy would replace.
    async fn check_unused(&self) -> Result<()> {
        let secret = self.from.secret().await.map_err(source)?;
        let is_mine = self.to.adopt_secret(secret).await.map_err(target)?;
        if !is_mine || self.to.is_used().await.map_err(target)? {
            return Err(TransferError::InUse);
        }
        for key in self.to.keys().await.map_err(target)? {
            let name = key.key.name.clone();
            if self.from.key(&name).await.map_err(source)? != Some(key) {
                return Err(TransferError::OtherKey(name));
            }
        }
        self.check_people().await
    }

    /// Copies the statements after `done`, up to `last` where it is given.
    async fn statements(&self, mut done: Instant, last: Option<Instant>) -> Result<()> {
        let total = self.from.extent().await.map_err(source)?.statements;
        let mut count = self.to.extent().await.map_err(target)?.statements;
        loop {
            (self.tell)(Doing::Statements(count, total.max(count)));
            let mut page = self.from.log(done, STATEMENTS).await.map_err(source)?.statements;
            page.retain(|kept| last.is_none_or(|last| kept.statement.stored <= last));
            let Some(newest) = page.last() else { return Ok(()) };
            done = newest.statement.stored;
            count += page.len() as u64;
            self.restore(page).await?;
        }
    }

    /// Keeps statements with their attachments, as many at once as the attachments allow.
    async fn restore(&self, page: Vec<Kept>) -> Result<()> {
        let (mut statements, mut attachments) = (Vec::new(), BTreeMap::new());
        let mut origins = self.origins(&page).await?;
        let mut bytes = 0;
        for Kept { statement, .. } in page {
            for hash in hashes(&statement).map_err(source)? {
                if attachments.contains_key(&hash) {
                    continue;
                }
                let kept = self.from.attachments(std::slice::from_ref(&hash)).await;
                if let Some(kept) = kept.map_err(source)?.pop() {
                    let found = whole(self.from, &kept).await.map_err(source)?;
                    bytes += found.body.len();
                    attachments.insert(hash, found);
                }
            }
            let origin = origins.remove(&statement.stored);
            statements.push(Restored { statement, origin });
            if bytes >= ATTACHMENTS {
                let with = std::mem::take(&mut attachments).into_values().collect();
                let restored = self.to.restore_from(std::mem::take(&mut statements), with);
                restored.await.map_err(target)?;
                bytes = 0;
            }
        }
        if statements.is_empty() {
            return Ok(());
        }
        let attachments = attachments.into_values().collect();
        self.to.restore_from(statements, attachments).await.map_err(target)
    }

    /// Where the statements of a page of the log were before, by `stored`.
    async fn origins(&self, page: &[Kept]) -> Result<HashMap<Instant, Origin>> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            return Ok(HashMap::new());
        };
        let (after, through) = (first.statement.stored.previous(), last.statement.stored);
        let found = self.from.origins(after, through, page.len()).await.map_err(source)?;
        Ok(found.into_iter().map(|kept| (kept.at, kept.origin)).collect())
    }

    /// Copies documents that are new or changed, and removes those that are gone.
    async fn documents(&self) -> Result<()> {
        let mut count = 0;
        let mut after: Option<DocumentKey> = None;
        loop {
            (self.tell)(Doing::Documents(count));
            let page = self.from.documents_beyond(after.as_ref(), DOCUMENTS).await;
            let page = page.map_err(source)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            for (key, document) in page {
                count += 1;
                if self.to.document(&key).await.map_err(target)?.as_ref() != Some(&document) {
                    self.change(key, Change::Put(document)).await?;
                }
            }
        }
        let mut after: Option<DocumentKey> = None;
        loop {
            let page = self.to.documents_beyond(after.as_ref(), DOCUMENTS).await;
            let page = page.map_err(target)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(last.clone());
            for (key, _) in page {
                if self.from.document(&key).await.map_err(source)?.is_none() {
                    self.change(key, Change::Delete).await?;
                }
            }
        }
    }

    async fn change(&self, key: DocumentKey, change: Change) -> Result<()> {
        let free =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        self.to.change_document(key, free, change).await.map_err(target)?;
        Ok(())
    }

    async fn keys(&self) -> Result<()> {
        for key in self.from.keys().await.map_err(source)? {
            self.to.add_key(key).await.map_err(target)?;
        }
        Ok(())
    }

    async fn courses(&self) -> Result<()> {
        for course in self.from.courses().await.map_err(source)? {
            let mut tries = 0..TRIES;
            while !self.course(&course.id).await? {
                if tries.next().is_none() {
                    return Err(TransferError::Busy(course.id));
                }
            }
            self.certificates(&course.id).await?;
        }
        // What an earlier part of this copy brought may have been deleted since.
        for theirs in self.to.courses().await.map_err(target)? {
            let ours = self.from.course_revision(&theirs.id).await.map_err(source)?;
            if ours.is_none() {
                self.to.delete_course(&theirs.id, theirs.revision).await.map_err(target)?;
            }
        }
        Ok(())
    }

    /// Copies a course and its learners; false when the course changed meanwhile.
    async fn course(&self, id: &str) -> Result<bool> {
        let Some(ours) = self.from.course(id).await.map_err(source)? else { return Ok(true) };
        let mut theirs = self.to.course(id).await.map_err(target)?;
        if theirs.as_ref().is_none_or(|theirs| theirs.file != ours.file) {
            let based_on = theirs.as_ref().map(|theirs| theirs.revision);
            let put = self
                .to
                .put_course(id, &ours.file, based_on, Selection::Changed)
                .await
                .map_err(target)?;
            if !put {
                return Ok(false);
            }
            theirs = self.to.course(id).await.map_err(target)?;
        }
        match theirs {
            Some(theirs) if theirs.enrolment != ours.enrolment => {
                let put = self.to.put_enrolment(id, &ours.enrolment, theirs.revision);
                put.await.map_err(target)
            }
            theirs => Ok(theirs.is_some()),
        }
    }

    async fn certificates(&self, course: &str) -> Result<()> {
        let mut lists = self.from.certificates(course).await.map_err(source)?;
        lists.reverse();
        for list in lists {
            if self.to.add_certificates(course, list.clone()).await.map_err(target)? {
                continue;
            }
            let theirs = self.to.certificates(course).await.map_err(target)?;
            if !theirs.contains(&list) {
                let course = course.to_owned();
                return Err(TransferError::OtherCertificates { course, list: list.id });
            }
        }
        Ok(())
    }

    async fn compare(&self) -> Result<Contents> {
        let total = self.from.extent().await.map_err(source)?.statements;
        let tell = |done| (self.tell)(Doing::Comparing(done, 2 * total));
        let ours = contents(self.from, &tell).await.map_err(source)?;
        let tell = |done| (self.tell)(Doing::Comparing(total + done, 2 * total));
        let theirs = contents(self.to, &tell).await.map_err(target)?;
        match ours.difference(&theirs) {
            None => Ok(ours),
            Some(difference) => Err(TransferError::Different(difference)),
        }
    }
}

/// The hashes of the attachments that a statement describes, each once.
fn hashes(statement: &Stored) -> std::result::Result<BTreeSet<String>, StoreError> {
    // Parsing is dear, and few statements have attachments.
    if !contains(&statement.body, b"\"attachments\"") {
        return Ok(BTreeSet::new());
    }
    let value = statement.value();
    let value = value
        .map_err(|error| StoreError::Corrupt(format!("statement {}: {error}", statement.id)))?;
    let described = attachment::described(&value);
    Ok(described.map(|described| described.sha2.to_ascii_lowercase()).collect())
}

fn contains(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}
