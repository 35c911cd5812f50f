//! The dossier of a person (Article 15 of Regulation (EU) 2016/679): everything that is kept of them, as one archive.
//!
//! Files of the archive: `person.json` (identifiers, learner lists, lines of frozen lists, accounts, who read what),
//! `statements.ndjson` (statements about the person, verbatim), `mentions.json` (statements of others that name the person:
//! only which, when and with which verb, because all else is about others), `documents/` with `documents.json`,
//! `attachments/`, and `index.it.html` and `index.en.html` to read.

use std::io::{Cursor, Write as _};
use std::sync::Arc;

use access::audit::AuditFilter;
use bytes::Bytes;
use serde_json::{Value, json};
use store::{Kept, Store, StoreError, whole};
use texts::Texts;
use xapi::attachment;
use xapi::clock::Clock;
use xapi::erase::Eraser;
use xapi::instant::Instant;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::compute;
use crate::erasure::find::LogPart;
use crate::erasure::{ErasureError, Erasures, FoundPerson};
use crate::memory::{Exhausted, Memory, Reserved};

mod page;

use page::{Line, Page};

/// Statements, documents or entries read at once.
const AT_ONCE: usize = 1_000;
/// What an archive may weigh before it is compressed, in bytes: it is made in memory.
pub const MOST_BYTES: usize = 256 << 20;

/// What a mention takes in memory, at about.
const MENTION: usize = 1_000;

/// Why there is no dossier.
#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    /// Who the person is cannot be found out.
    #[error(transparent)]
    Person(#[from] ErasureError),
    /// More is kept of the person than one archive has room for.
    #[error("more than {} MiB are kept of this person", MOST_BYTES >> 20)]
    TooLarge,
    /// Requests hold the memory that the archive needs.
    #[error(transparent)]
    Memory(#[from] Exhausted),
    /// The archive cannot be written.
    #[error("the archive cannot be written: {0}")]
    Archive(String),
}

impl From<StoreError> for DossierError {
    fn from(error: StoreError) -> Self {
        Self::Person(error.into())
    }
}

/// Makes dossiers. Cheap to clone.
#[derive(Clone)]
pub struct Dossiers {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    erasures: Erasures,
}

/// An archive that is being written.
struct Archive {
    writer: Box<ZipWriter<Cursor<Vec<u8>>>>,
    weight: usize,
    held: Reserved,
}

impl Archive {
    /// [`Self::add`] on a thread of its own: compressing much would hold up requests.
    async fn with(mut self, name: String, bytes: Bytes) -> Result<Self, DossierError> {
        let work = move || self.add(&name, &bytes).map(|()| self);
        let stopped = |_| DossierError::Archive("the server is ending".to_owned());
        compute::aside(work).await.map_err(stopped)?
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), DossierError> {
        self.weight = self.weight.saturating_add(bytes.len());
        if self.weight > MOST_BYTES {
            return Err(DossierError::TooLarge);
        }
        // At the most: what is written is compressed.
        self.held.grow(bytes.len())?;
        let unwritten = |error: String| DossierError::Archive(error);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.writer.start_file(name, options).map_err(|error| unwritten(error.to_string()))?;
        self.writer.write_all(bytes).map_err(|error| unwritten(error.to_string()))
    }
}

/// What was found in the log.
struct Statements {
    held: Reserved,
    /// About the person, a line each.
    own: Vec<u8>,
    lines: Vec<Line>,
    mentions: Vec<Value>,
    /// Hashes of attachments of the person's own statements.
    attachments: std::collections::BTreeSet<String>,
}

impl Dossiers {
    /// Dossiers of people in `store`, who are found as [`Erasures`] finds them.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, erasures: Erasures) -> Self {
        Self { store, clock, erasures }
    }

    /// The archive of who has these identifiers, which holds its bytes of `memory`.
    ///
    /// # Errors
    /// [`DossierError`].
    pub async fn archive(
        &self,
        first: &str,
        others: &[String],
        memory: &Memory,
    ) -> Result<Bytes, DossierError> {
        let found = self.erasures.find(first, others).await?;
        let eraser = found.eraser();
        let writer = Box::new(ZipWriter::new(Cursor::new(Vec::new())));
        let mut archive = Archive { writer, weight: 0, held: memory.reserve(0)? };
        let mut statements = self.statements(&eraser, memory).await?;
        let own = Bytes::from(std::mem::take(&mut statements.own));
        archive = archive.with("statements.ndjson".to_owned(), own).await?;
        let mentions = written(&json!(statements.mentions));
        archive = archive.with("mentions.json".to_owned(), mentions).await?;
        for hash in &statements.attachments {
            for kept in self.store.attachments(std::slice::from_ref(hash)).await? {
                let _held = memory.reserve(usize::try_from(kept.bytes).unwrap_or(usize::MAX))?;
                let found = whole(&*self.store, &kept).await?;
                archive = archive.with(format!("attachments/{hash}"), found.body).await?;
            }
        }
        let (documents, mut archive) = self.documents(&eraser, archive).await?;
        let person = self.person(&found, &eraser).await?;
        archive = archive.with("documents.json".to_owned(), written(&json!(documents))).await?;
        archive = archive.with("person.json".to_owned(), written(&person)).await?;
        for (name, texts) in [("it", Texts::italian()), ("en", Texts::english())] {
            let page = Page {
                texts,
                made: self.clock.now(),
                person: &person,
                lines: &statements.lines,
                documents: &documents,
                mentions: statements.mentions.len(),
            };
            let page = Bytes::from(page.write(name));
            archive = archive.with(format!("index.{name}.html"), page).await?;
        }
        let Archive { writer, held, .. } = archive;
        let written =
            (*writer).finish().map_err(|error| DossierError::Archive(error.to_string()))?;
        Ok(held.hold(Bytes::from(written.into_inner())))
    }

    async fn statements(
        &self,
        eraser: &Eraser,
        memory: &Memory,
    ) -> Result<Statements, DossierError> {
        let mut after = Instant::default();
        let mut statements = Statements {
            held: memory.reserve(0)?,
            own: Vec::new(),
            lines: Vec::new(),
            mentions: Vec::new(),
            attachments: std::collections::BTreeSet::new(),
        };
        loop {
            let page = match self.erasures.part_of_log(after).await? {
                LogPart::Statements(page, last) => {
                    after = last;
                    page
                }
                LogPart::Unreadable(at) => {
                    after = at;
                    continue;
                }
                LogPart::End => return Ok(statements),
            };
            for Kept { statement, voided } in page {
                if eraser.bytes(&statement.body).is_none() {
                    continue;
                }
                let corrupt =
                    |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
                let value = statement.value().map_err(corrupt)?;
                if !is_own(eraser, &value) {
                    statements.held.grow(MENTION)?;
                    statements.mentions.push(mention(&value));
                    continue;
                }
                // As it is, and as a line of the page.
                statements.held.grow(statement.body.len().saturating_mul(2))?;
                let hashes = attachment::described(&value).map(|it| it.sha2.to_ascii_lowercase());
                statements.attachments.extend(hashes);
                statements.lines.push(Line::of(&value, voided));
                // A line break can only stand between tokens.
                let flat = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
                statements.own.extend(statement.body.iter().map(flat));
                statements.own.push(b'\n');
                if statements.own.len() > MOST_BYTES {
                    return Err(DossierError::TooLarge);
                }
            }
        }
    }

    async fn documents(
        &self,
        eraser: &Eraser,
        mut archive: Archive,
    ) -> Result<(Vec<Value>, Archive), DossierError> {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.documents_beyond(after.as_ref(), AT_ONCE).await?;
            let Some((last, _)) = page.last() else { return Ok((listed, archive)) };
            after = Some(last.clone());
            for (key, document) in page {
                if !eraser.is_named(&key.shelf.agent) {
                    continue;
                }
                let file = format!("documents/{}", listed.len().saturating_add(1));
                archive = archive.with(file.clone(), document.body).await?;
                listed.push(json!({"file": file, "activity": key.shelf.activity, "id": key.id,
                    "registration": key.shelf.registration.map(|it| it.to_string()),
                    "content_type": document.content_type, "updated": document.updated.to_string()}));
            }
        }
    }

    async fn person(&self, found: &FoundPerson, eraser: &Eraser) -> Result<Value, DossierError> {
        let identifiers: Vec<String> =
            found.identifiers.iter().map(course::Identifier::listed).collect();
        let mut names = std::collections::BTreeSet::new();
        for identifier in eraser.identifiers() {
            names.extend(self.store.agent_names(identifier).await?);
        }
        let (mut enrolled, mut certificates) = (Vec::new(), Vec::new());
        for learner in &found.learners {
            let Some(kept) = self.store.course(&learner.course).await? else { continue };
            let corrupt =
                |error| StoreError::Corrupt(format!("learners of {}: {error}", learner.course));
            let enrolment = course::Enrolment::from_kept(&kept.enrolment).map_err(corrupt)?;
            let rows = enrolment.learners.iter().filter(|it| it.id == learner.learner);
            enrolled.extend(rows.map(|it| json!({"course": learner.course, "learner": it})));
            for list in self.store.certificates(&learner.course).await? {
                let corrupt =
                    |error| StoreError::Corrupt(format!("certificates {}: {error}", list.id));
                let frozen: report::FrozenCertificates =
                    serde_json::from_slice(&list.body).map_err(corrupt)?;
                let lines = frozen.people.iter().filter(|it| it.learner == learner.learner);
                certificates.extend(
                    lines.map(
                        |line| json!({"course": learner.course, "list": list.id, "line": line}),
                    ),
                );
            }
        }
        let readings = self.readings(eraser).await?;
        Ok(json!({"identifiers": identifiers, "names": names, "learner": enrolled,
            "certificates": certificates, "accounts": found.accounts, "audit": readings}))
    }

    /// What the audit log says of the person: who read, exported or changed what of them.
    async fn readings(&self, eraser: &Eraser) -> Result<Vec<Value>, DossierError> {
        let (mut filter, mut readings) = (AuditFilter::default(), Vec::new());
        loop {
            let page = self.store.audit(&filter, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(readings) };
            filter.before = Some(last.id.clone());
            for entry in page.iter().filter(|it| eraser.path(&it.target).is_some()) {
                readings.push(json!({"at": entry.at.to_string(), "action": entry.action,
                    "by": entry.actor.kind(), "target": entry.target}));
            }
        }
    }
}

/// Whether a statement is about the person: as the actor, or a member of the acting group, or as the object.
fn is_own(eraser: &Eraser, statement: &Value) -> bool {
    ["actor", "object"].into_iter().filter_map(|place| statement.get(place)).any(|agent| {
        let members = agent.get("member").and_then(Value::as_array).into_iter().flatten();
        let all = members.chain(std::iter::once(agent)).filter_map(validator::ifi::of);
        all.into_iter().any(|ifi| eraser.is_named(&ifi.to_string()))
    })
}

fn mention(statement: &Value) -> Value {
    let part = |pointer: &str| statement.pointer(pointer).cloned().unwrap_or_default();
    json!({"id": part("/id"), "timestamp": part("/timestamp"), "verb": part("/verb/id")})
}

fn written(value: &Value) -> Bytes {
    Bytes::from(format!("{value:#}\n"))
}

#[cfg(test)]
mod tests;
