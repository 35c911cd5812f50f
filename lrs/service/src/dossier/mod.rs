//! The dossier of a person (Article 15 of Regulation (EU) 2016/679): everything that is kept of them, as one archive.
//!
//! Files of the archive: `person.json` (identifiers, learner lists, lines of frozen lists, accounts, launches of packages, which
//! refused requests name the person, who read what),
//! `statements.ndjson` (statements about the person, verbatim), `mentions.json` (statements of others that name the person:
//! only which, when and with which verb, because all else is about others), `documents/` with `documents.json`,
//! `attachments/`, and `index.it.html` and `index.en.html` to read.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use access::audit::{AuditEntry, AuditFilter};
use bytes::Bytes;
use serde_json::{Value, json};
use store::{Kept, KeptLaunch, LOG_BYTES, RefusalFilter, Store, StoreError, whole};
use texts::Texts;
use xapi::attachment;
use xapi::clock::Clock;
use xapi::erase::Eraser;
use xapi::instant::Instant;

use crate::compute::aside;
use crate::erasure::find::{FoundLearner, LogPart, enrolment};
use crate::erasure::held::are_theirs;
use crate::erasure::{ErasureError, Erasures, FoundPerson, are_bounded};
use crate::memory::{Exhausted, Memory, Reserved};

mod archive;
mod page;
mod weight;

use archive::{Archive, json as write_json};
use page::{Line, Page};

/// Statements, documents or entries read at once.
const AT_ONCE: usize = 1_000;
/// What an archive may weigh before it is compressed, in bytes: it is made in memory.
pub const MOST_BYTES: usize = 256 << 20;
/// What a learner list or a frozen list takes, times the length of its text: the text and what is read of it.
const PARSED: usize = 4;

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

/// One of the lists of a dossier.
type List = fn(&Contents) -> &[Value];

/// What is in the archive beside the files that are written as they are found; what it takes is reserved while it grows.
struct Contents {
    held: Reserved,
    lines: Vec<Line>,
    mentions: Vec<Value>,
    /// Hashes of attachments of the person's own statements.
    attachments: BTreeSet<String>,
    documents: Vec<Value>,
    person: Value,
}

impl Contents {
    fn mention(&mut self, mention: Value) -> Result<(), Exhausted> {
        self.held.grow(weight::of(&mention))?;
        self.mentions.push(mention);
        Ok(())
    }

    fn line(&mut self, line: Line) -> Result<(), Exhausted> {
        self.held.grow(line.weight())?;
        self.lines.push(line);
        Ok(())
    }

    fn attachment(&mut self, hash: String) -> Result<(), Exhausted> {
        if !self.attachments.contains(&hash) {
            // With what a tree takes beside it.
            self.held.grow(3 * size_of::<String>() + hash.len())?;
            self.attachments.insert(hash);
        }
        Ok(())
    }

    fn document(&mut self, document: Value) -> Result<(), Exhausted> {
        self.held.grow(weight::of(&document))?;
        self.documents.push(document);
        Ok(())
    }
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
        are_bounded(others)?;
        // A page of what the store has is held at any time.
        let _page = memory.reserve(LOG_BYTES)?;
        let found = self.erasures.find(first, others).await?;
        let eraser = found.eraser();
        let mut contents = Contents {
            held: memory.reserve(0)?,
            lines: Vec::new(),
            mentions: Vec::new(),
            attachments: BTreeSet::new(),
            documents: Vec::new(),
            person: Value::Null,
        };
        let archive = Archive::begin(memory)?;
        let archive = self.statements(&eraser, &mut contents, archive).await?;
        let archive = self.attachments(&contents.attachments, archive, memory).await?;
        let mut archive = self.documents(&eraser, &mut contents, archive).await?;
        contents.person = self.person(&found, &eraser, &mut contents.held, memory).await?;
        let contents = Arc::new(contents);
        let lists: [(&str, List); 2] =
            [("mentions.json", |it| &it.mentions), ("documents.json", |it| &it.documents)];
        for (name, list) in lists {
            archive.file(name)?;
            let contents = Arc::clone(&contents);
            archive = archive.written(move |file| write_json(list(&contents), file)).await?;
        }
        archive.file("person.json")?;
        let of_person = Arc::clone(&contents);
        archive = archive.written(move |file| write_json(&of_person.person, file)).await?;
        let made = self.clock.now();
        for (lang, texts) in [("it", Texts::italian()), ("en", Texts::english())] {
            archive.file(&format!("index.{lang}.html"))?;
            let contents = Arc::clone(&contents);
            let page = move |file: &mut dyn Write| {
                let Contents { lines, mentions, documents, person, .. } = &*contents;
                let mentions = mentions.len();
                Page { texts, made, person, lines, documents, mentions }.write(lang, file)
            };
            archive = archive.written(page).await?;
        }
        archive.end()
    }

    /// Writes the statements about the person, a line each, and notes those that only mention the person.
    async fn statements(
        &self,
        eraser: &Arc<Eraser>,
        contents: &mut Contents,
        mut archive: Archive,
    ) -> Result<Archive, DossierError> {
        archive.file("statements.ndjson")?;
        // As an Agent alone: a text that has a name in it may be about something else, and somebody else.
        let exact = Arc::new((**eraser).clone().exact());
        let mut after = Instant::default();
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
                LogPart::End => return Ok(archive),
            };
            let (whole, exact) = (Arc::clone(eraser), Arc::clone(&exact));
            let found = aside(move || named(page, &whole, &exact)).await;
            let found =
                found.map_err(|_| StoreError::Unavailable("the work was stopped".into()))??;
            let mut own = Vec::new();
            for statement in found {
                match statement {
                    Named::Mentioning(mentioned) => contents.mention(mentioned)?,
                    Named::Own { body, attachments, line } => {
                        for hash in attachments {
                            contents.attachment(hash)?;
                        }
                        contents.line(line)?;
                        own.push(body);
                    }
                }
            }
            archive =
                archive.written(move |file| own.iter().try_for_each(|it| flat(it, file))).await?;
        }
    }

    async fn attachments(
        &self,
        hashes: &BTreeSet<String>,
        mut archive: Archive,
        memory: &Memory,
    ) -> Result<Archive, DossierError> {
        for hash in hashes {
            for kept in self.store.attachments(std::slice::from_ref(hash)).await? {
                let _held = memory.reserve(usize::try_from(kept.bytes).unwrap_or(usize::MAX))?;
                let found = whole(&*self.store, &kept).await?;
                archive = archive.with(&format!("attachments/{hash}"), found.body).await?;
            }
        }
        Ok(archive)
    }

    async fn documents(
        &self,
        eraser: &Eraser,
        contents: &mut Contents,
        mut archive: Archive,
    ) -> Result<Archive, DossierError> {
        let mut after = None;
        loop {
            let page = self.store.documents_beyond(after.as_ref(), AT_ONCE).await?;
            let Some((last, _)) = page.last() else { return Ok(archive) };
            after = Some(last.clone());
            for (key, document) in page {
                if !eraser.is_named(&key.shelf.agent) {
                    continue;
                }
                let file = format!("documents/{}", contents.documents.len().saturating_add(1));
                archive = archive.with(&file, document.body).await?;
                contents.document(json!({"file": file, "activity": key.shelf.activity, "id": key.id,
                    "registration": key.shelf.registration.map(|it| it.to_string()),
                    "content_type": document.content_type, "updated": document.updated.to_string()}))?;
            }
        }
    }

    /// What `person.json` says; what it takes is added to `held`.
    async fn person(
        &self,
        found: &FoundPerson,
        eraser: &Eraser,
        held: &mut Reserved,
        memory: &Memory,
    ) -> Result<Value, DossierError> {
        let identifiers = found.identifiers.iter().map(course::Identifier::listed);
        let mut names = BTreeSet::new();
        for identifier in eraser.identifiers() {
            names.extend(self.store.agent_names(identifier).await?);
        }
        let mut person = serde_json::Map::new();
        for (name, list) in [
            ("identifiers", listed(identifiers.map(Value::from), held)?),
            ("names", listed(names.into_iter().map(Value::from), held)?),
            ("learner", self.enrolled(found, held, memory).await?),
            ("certificates", self.certificates(found, held, memory).await?),
            ("accounts", listed(found.accounts.iter().cloned().map(Value::from), held)?),
            ("launches", self.launches(eraser, held, memory).await?),
            ("refusals", self.refusals(eraser, held).await?),
            ("audit", self.readings(eraser, held).await?),
        ] {
            person.insert(name.to_owned(), list);
        }
        Ok(Value::Object(person))
    }

    async fn enrolled(
        &self,
        found: &FoundPerson,
        held: &mut Reserved,
        memory: &Memory,
    ) -> Result<Value, DossierError> {
        let mut enrolled = Vec::new();
        for FoundLearner { course, learner } in &found.learners {
            let Some(kept) = self.store.course(course).await? else { continue };
            let _parsed = memory.reserve(kept.enrolment.len().saturating_mul(PARSED))?;
            let enrolment = enrolment(course, &kept.enrolment)?;
            for row in enrolment.learners.iter().filter(|it| it.id == *learner) {
                add(json!({"course": course, "learner": row}), &mut enrolled, held)?;
            }
        }
        Ok(Value::Array(enrolled))
    }

    async fn certificates(
        &self,
        found: &FoundPerson,
        held: &mut Reserved,
        memory: &Memory,
    ) -> Result<Value, DossierError> {
        let mut certificates = Vec::new();
        let courses: BTreeSet<&String> = found.held.iter().map(|it| &it.course).collect();
        for course in courses {
            for id in self.store.certificate_ids(course).await? {
                let Some(list) = self.store.certificate(course, &id).await? else { continue };
                let _parsed = memory.reserve(list.body.len().saturating_mul(PARSED))?;
                let corrupt = |error| StoreError::Corrupt(format!("certificates {id}: {error}"));
                let frozen: report::FrozenCertificates =
                    serde_json::from_slice(&list.body).map_err(corrupt)?;
                let is_theirs = |id: &str| are_theirs(&found.held, course, id, frozen.frozen);
                for line in frozen.people.iter().filter(|it| is_theirs(&it.learner)) {
                    let line = json!({"course": course, "list": id, "line": line});
                    add(line, &mut certificates, held)?;
                }
            }
        }
        Ok(Value::Array(certificates))
    }

    /// The launches of packages that the person has, without their tokens.
    async fn launches(
        &self,
        eraser: &Eraser,
        held: &mut Reserved,
        memory: &Memory,
    ) -> Result<Value, DossierError> {
        let mut launches = Vec::new();
        for package in self.store.packages().await? {
            let all = self.store.launches(&package.name, Instant::default(), usize::MAX).await?;
            let weight = |it: &KeptLaunch| size_of::<KeptLaunch>().saturating_add(it.body.len());
            let _read = memory.reserve(all.iter().map(weight).sum())?;
            for launch in all.iter().filter(|it| eraser.is_actor_of(&it.body)) {
                let KeptLaunch { package, created, expires, revoked, body, .. } = launch;
                let corrupt =
                    |error| StoreError::Corrupt(format!("a launch of {package}: {error}"));
                let said: Value = serde_json::from_str(body).map_err(corrupt)?;
                let launch = json!({"package": package, "created": created.to_string(),
                    "expires": expires.to_string(), "revoked": revoked, "attempt": said.get("attempt"),
                    "registration": said.get("registration"), "language": said.get("language")});
                add(launch, &mut launches, held)?;
            }
        }
        Ok(Value::Array(launches))
    }

    /// The refused requests that are kept and name the person: when, by which key, and why they were refused. What else is in them
    /// may be about others.
    async fn refusals(&self, eraser: &Eraser, held: &mut Reserved) -> Result<Value, DossierError> {
        let (mut filter, mut refusals) = (RefusalFilter::default(), Vec::new());
        loop {
            let page = self.store.refusals(&filter, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(Value::Array(refusals)) };
            filter.before = Some(last.id);
            for refused in page.iter().filter(|it| eraser.json(&it.body).is_some()) {
                let refused = json!({"id": refused.id.to_string(), "at": refused.at.to_string(),
                    "by": refused.key, "rule": refused.rule, "status": refused.status});
                add(refused, &mut refusals, held)?;
            }
        }
    }

    /// What the audit log says of the person: who read, exported or changed what of them.
    async fn readings(&self, eraser: &Eraser, held: &mut Reserved) -> Result<Value, DossierError> {
        let (mut filter, mut readings) = (AuditFilter::default(), Vec::new());
        loop {
            let page = self.store.audit(&filter, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(Value::Array(readings)) };
            filter.before = Some(last.id.clone());
            // Who else stands in a target beside the person is not told.
            for entry in page.iter().filter(|it| is_of(eraser, it)) {
                let reading = json!({"at": entry.at.to_string(), "action": entry.action,
                    "by": entry.actor.kind(), "target": entry.target});
                add(reading, &mut readings, held)?;
            }
        }
    }
}

/// Adds a value to a list, which it is reserved for in `held`.
fn add(value: Value, list: &mut Vec<Value>, held: &mut Reserved) -> Result<(), Exhausted> {
    held.grow(weight::of(&value))?;
    list.push(value);
    Ok(())
}

/// Values as a list, which are reserved in `held`.
fn listed(values: impl Iterator<Item = Value>, held: &mut Reserved) -> Result<Value, Exhausted> {
    let mut list = Vec::new();
    for value in values {
        add(value, &mut list, held)?;
    }
    Ok(Value::Array(list))
}

/// Writes a statement as one line: a line break can only stand between tokens.
fn flat(statement: &[u8], file: &mut dyn Write) -> io::Result<()> {
    for part in statement.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        match part.split_last() {
            Some((b'\n' | b'\r', text)) => {
                file.write_all(text)?;
                file.write_all(b" ")?;
            }
            _ => file.write_all(part)?,
        }
    }
    file.write_all(b"\n")
}

/// A statement that has the person as an Agent.
enum Named {
    /// It is about the person.
    Own { body: Bytes, attachments: Vec<String>, line: Line },
    /// It is about others: what is told of it.
    Mentioning(Value),
}

/// The statements of a page that have the person as an Agent.
fn named(page: Vec<Kept>, whole: &Eraser, exact: &Eraser) -> Result<Vec<Named>, StoreError> {
    let mut found = Vec::new();
    for Kept { statement, voided } in page {
        // What names the person nowhere is known at a glance.
        if whole.bytes(&statement.body).is_none() || exact.bytes(&statement.body).is_none() {
            continue;
        }
        let corrupt = |error| StoreError::Corrupt(format!("statement {}: {error}", statement.id));
        let value = statement.value().map_err(corrupt)?;
        if !is_own(exact, &value) {
            found.push(Named::Mentioning(mention(&value)));
            continue;
        }
        let attachments = attachment::described(&value).map(|it| it.sha2.to_ascii_lowercase());
        let (attachments, line) = (attachments.collect(), Line::of(&value, voided));
        found.push(Named::Own { body: statement.body, attachments, line });
    }
    Ok(found)
}

/// Whether a statement is about the person: actor or object is the person, or a group of nobody else.
fn is_own(eraser: &Eraser, statement: &Value) -> bool {
    let mut both = ["actor", "object"].into_iter().filter_map(|place| statement.get(place));
    both.any(|agent| eraser.is_alone(agent))
}

/// Whether an entry of the audit log is of the person alone: by an identifier, as a learner, or as who signs in.
fn is_of(eraser: &Eraser, entry: &AuditEntry) -> bool {
    let is_account = || {
        let (kind, _) = entry.action.split_once('.').unwrap_or_default();
        ["person", "session", "own"].contains(&kind) && eraser.name(&entry.target).is_some()
    };
    eraser.is_exactly(&entry.target) || is_account()
}

fn mention(statement: &Value) -> Value {
    let part = |pointer: &str| statement.pointer(pointer).cloned().unwrap_or_default();
    json!({"id": part("/id"), "timestamp": part("/timestamp"), "verb": part("/verb/id")})
}

#[cfg(test)]
mod tests;
