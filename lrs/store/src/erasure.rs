//! Erasing a person: the parts of a store without the person, and the erasures that were made.
//!
//! An erasure is made of steps. Each step may be repeated: what was erased is not found again. So an erasure that was
//! broken off at any point is done once all its steps are done again, in this order:
//! 1. [`ErasureStore::rewrite_statements`] for every statement that names the person, or
//!    [`ErasureStore::remove_statements`] where a statement is to go as a whole,
//! 2. [`ErasureStore::erase`] for every [`ErasedPart`],
//! 3. both again for what came meanwhile, until nothing is found,
//! 4. [`ErasureStore::scrub`] of everything, or of records where nothing was found.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

use crate::{DocumentStore, KeptCertificates, Result, StoreError, TransferStore};
use access::audit::{Actor, AuditEntry};
use xapi::document::{Change, Document, DocumentKey, Precondition, Shelf, Tags, Unguarded};
use xapi::erase::Eraser;
use xapi::index::Kind;
use xapi::instant::Instant;
use xapi::stored::Stored;

/// An erasure, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptErasure {
    /// Unique, of version 7 (RFC 9562): a later erasure has a greater id.
    pub id: Uuid,
    /// When it was asked for.
    pub created: Instant,
    /// Whether all of its steps are done.
    pub is_done: bool,
    /// The JSON text of `service::erasure::Record`. Before the erasure is done, the identifiers are in it.
    pub body: String,
}

/// Another text for a kept statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The statement as it was read.
    pub read: Stored,
    /// Its new text.
    pub body: Bytes,
    /// Whether other statements are found no more either by what this one names no more: those that refer to it, and those
    /// that are about to be rewritten too, once [`ErasedPart::Index`] is erased. False where others go on naming it: then those
    /// that refer to this statement, directly or through others, go on being found by it.
    pub everywhere: bool,
}

/// A statement that an erasure removed. Nothing of the statement is left but its id and its place in the log, which no other
/// statement gets: a platform that sends the statement again does not bring the person back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedStatement {
    /// The statement's id.
    pub id: Uuid,
    /// When the statement was stored.
    pub stored: Instant,
    /// The erasure that removed it.
    pub by: Uuid,
}

/// A part of a store that is not statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasedPart {
    /// What statements are found by, because of themselves or of those they refer to; names of agents, and definitions of
    /// activities. Names under which the person was seen are removed; those of others stay.
    Index,
    /// State and profile documents. Those of the person are removed; in others the person's mail addresses and tax codes are
    /// replaced, where the content is text, and in the ids of activity and document. Documents of the program itself keep
    /// their addresses, and all others the Agent whose they are.
    Documents,
    /// Progress documents whose actor is the person, which are removed: those of the pseudonym are read from the log.
    Journals,
    /// Launches whose actor is the person, which are removed: their tokens are good no more.
    Launches,
    /// Refused requests that may be about the person ([`Eraser::is_mentioned`]), which are removed.
    Refusals,
    /// The authorities that statements had where they came from: one that is the person becomes the pseudonym.
    Origins,
    /// What other stores answered about statements that pipes gave up: texts in which the person's identifiers are
    /// replaced.
    DeadLetters,
    /// Entries of the audit log, in which the person's names are replaced ([`erased_entry`]). Those in the chain lose their
    /// salts and say which erasure did it ([`access::chain`]).
    Audit,
}

impl ErasedPart {
    /// All parts, in the order in which they are erased.
    pub const EVERY: [Self; 8] = [
        Self::Index,
        Self::Documents,
        Self::Journals,
        Self::Launches,
        Self::Refusals,
        Self::Origins,
        Self::DeadLetters,
        Self::Audit,
    ];

    /// Its name in records of erasures.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Documents => "documents",
            Self::Journals => "journals",
            Self::Launches => "launches",
            Self::Refusals => "refusals",
            Self::Origins => "origins",
            Self::DeadLetters => "dead_letters",
            Self::Audit => "audit",
        }
    }
}

/// Erasures, and the steps that they are made of.
#[async_trait]
pub trait ErasureStore: Send + Sync {
    /// Keeps an erasure. False where there is one of this id, which is left as it is.
    async fn add_erasure(&self, erasure: KeptErasure) -> Result<bool>;

    /// Replaces the erasure of this id. False, and nothing changed, where there is none, or it is done: what was written of
    /// a done erasure stays.
    async fn change_erasure(&self, erasure: KeptErasure) -> Result<bool>;

    /// At most `limit` erasures with ids greater than `after`, by id. Fewer where their bodies have
    /// [`ERASURES_BYTES`] before: the one that reaches them is the last.
    async fn erasures(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<KeptErasure>>;

    /// Replaces the texts of kept statements, which keep their ids and `stored`. Each is found by what its new text
    /// names, and no more by what its old text named; what it inherited stays until [`ErasedPart::Index`] is erased. A statement that
    /// is not kept at this `stored` is left out.
    ///
    /// A statement whose text is not the one that was read any more stays as it is: another process has replaced it, and
    /// what that process removed must not come back. Gives how many these are; the caller reads them again.
    ///
    /// Each statement is replaced as a whole; where the engine breaks off, some may be replaced and others not. Readers that
    /// hold a statement may still show the old text.
    ///
    /// Example: server A replaces Anna in a statement about Anna and Bruno, server B replaces Bruno, and both have read the
    /// statement. The second of the two gets 1.
    async fn rewrite_statements(&self, statements: Vec<Rewrite>) -> Result<u64>;

    /// Removes kept statements for good, on behalf of the erasure `by`, with where they came from. No reader finds them any
    /// more, neither by id nor in the log. Statements that refer to one of
    /// them stay, and are no more found by what they inherited from it and through it. A statement that a removed one
    /// voided is not voided by that one any more.
    ///
    /// The id stays taken: whoever puts a statement under it gets [`StoreError::Conflict`], also for the statement as it was.
    /// The `stored` stays taken, so that no later statement comes before it. [`Self::removed_statements`] lists both.
    ///
    /// A statement that is not kept at this `stored` is left out. One whose text is not the one that was read any more stays
    /// as it is. Gives how many these are; the caller reads them again. Each statement is removed as a whole; where the engine
    /// breaks off, some may be removed and others not, and the call may be repeated.
    async fn remove_statements(&self, statements: Vec<Stored>, by: Uuid) -> Result<u64>;

    /// At most `limit` removed statements that were stored after an instant, by `stored`. One that is being removed may be
    /// among them already.
    async fn removed_statements(
        &self,
        after: Instant,
        limit: usize,
    ) -> Result<Vec<RemovedStatement>>;

    /// Those of these ids that statements had which were removed: no statement can be kept under them.
    async fn removed_among(&self, ids: &[Uuid]) -> Result<Vec<Uuid>>;

    /// Keeps ids and instants of statements that were removed from another store taken, as they are there. One whose id or
    /// instant is taken in this store is left out.
    async fn restore_removed(&self, removed: Vec<RemovedStatement>) -> Result<()>;

    /// Removes the data of attachments. A hash that nothing is kept under is left out.
    async fn remove_attachments(&self, hashes: &[String]) -> Result<()>;

    /// Replaces a frozen list of this id. False, and nothing changed, where there is none.
    async fn replace_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool>;

    /// Removes the frozen list of this id. False where there is none.
    async fn remove_certificates(&self, course: &str, id: &str) -> Result<bool>;

    /// Erases the person from a part, on behalf of the erasure `by`. Gives how many things were changed or removed; 0 means
    /// that the part does not name the person.
    async fn erase(&self, part: ErasedPart, eraser: &Arc<Eraser>, by: Uuid) -> Result<u64>;

    /// Removes from the files of the engine what was replaced or removed before, as far as the engine has its files
    /// itself: of everything, or of records of erasures alone ([`Scrub`]).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`](crate::StoreError::Unavailable) where readers hold an old state for long, or the disk
    /// has no room for a second copy of the database: to be tried again.
    async fn scrub(&self, scrub: Scrub) -> Result<()>;
}

/// The bodies of erasures that are read at once, in bytes: each has the hashes of its identifiers.
pub const ERASURES_BYTES: usize = 4 << 20;

/// What is removed from the files of an engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scrub {
    /// What [`ErasureStore::change_erasure`] replaced, with the identifiers in it: enough where an erasure changed nothing else.
    #[default]
    Records,
    /// All that was replaced or removed: free pages, journals, older versions.
    Everything,
}

/// Documents looked at together.
const DOCUMENTS: usize = 500;

/// What becomes of a document when a person is erased.
enum ErasedDocument {
    /// It does not name the person.
    Stays,
    /// It is the person's.
    Goes,
    /// It has another address or content.
    Becomes(DocumentKey, Document),
}

/// Erases the person from all documents of a store, one after the other: [`ErasedPart::Documents`] by means of the other traits.
///
/// # Errors
/// Those of the other traits. A document that cannot be read stops it.
pub async fn erase_documents<S: DocumentStore + TransferStore + ?Sized>(
    store: &S,
    eraser: &Arc<Eraser>,
) -> Result<u64> {
    let (mut after, mut erased) = (None, 0_u64);
    loop {
        let page = store.documents_beyond(after.as_ref(), DOCUMENTS).await?;
        let Some((last, _)) = page.last() else { return Ok(erased) };
        after = Some(last.clone());
        let eraser = Arc::clone(eraser);
        // Documents may be long: requests go on meanwhile.
        let found = tokio::task::spawn_blocking(move || {
            let all = page.into_iter().map(|(key, document)| {
                let becomes = erased_document(&eraser, &key, &document);
                (key, document, becomes)
            });
            all.filter(|(.., becomes)| !matches!(becomes, ErasedDocument::Stays))
                .collect::<Vec<_>>()
        });
        let stopped = |_| StoreError::Unavailable("the search for a person was stopped".into());
        for (key, document, becomes) in found.await.map_err(stopped)? {
            if erase_document(store, key, &document, becomes).await? {
                erased = erased.saturating_add(1);
            }
        }
    }
}

async fn erase_document<S: DocumentStore + ?Sized>(
    store: &S,
    key: DocumentKey,
    document: &Document,
    becomes: ErasedDocument,
) -> Result<bool> {
    // A document that changed since it was read is looked at again when the part is erased again.
    let only = |condition: Precondition, change, key| async move {
        match store.change_document(key, condition, change).await {
            Ok(_) | Err(StoreError::Precondition(_)) => Ok(true),
            Err(error) => Err(error),
        }
    };
    let free = Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
    let as_read =
        Precondition { if_match: Some(Tags::OneOf(vec![document.etag()])), ..free.clone() };
    match becomes {
        ErasedDocument::Stays => Ok(false),
        ErasedDocument::Goes => only(free, Change::Delete, key).await,
        ErasedDocument::Becomes(new, document) if new == key => {
            only(as_read, Change::Put(document), key).await
        }
        ErasedDocument::Becomes(new, document) => {
            let untaken = Precondition { if_none_match: Some(Tags::Any), ..free };
            // Several documents may have the person in their addresses, each written otherwise.
            for number in 1.. {
                let id = if number == 1 { new.id.clone() } else { format!("{}-{number}", new.id) };
                let to = DocumentKey { id, ..new.clone() };
                let change = Change::Put(document.clone());
                match store.change_document(to.clone(), untaken.clone(), change).await {
                    Ok(_) => break,
                    Err(StoreError::Precondition(_)) => {
                        // It was put there by an erasure that was broken off.
                        let there = store.document(&to).await?;
                        if there.is_some_and(|it| it.body == document.body) {
                            break;
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
            only(as_read, Change::Delete, key).await
        }
    }
}

/// What the addresses of documents begin with that the program keeps for itself: rules, and where learners are in packages.
const OWN: &str = "urn:traccia:";

/// Stands where other documents have the identifier of an agent, in notes of learners who left learner lists. An erasure takes
/// the person out of them by other means, so that they count among no documents and [`ErasedPart::Documents`] spares them.
pub const FORMER_LEARNERS: &str = "urn:traccia:former-learners";

/// Whether a document is another person's, and would change.
pub fn changes_of_others(eraser: &Eraser, key: &DocumentKey, document: &Document) -> bool {
    matches!(erased_document(eraser, key, document), ErasedDocument::Becomes(..))
}

/// Whether a document names the person: it is theirs, or its address or content does.
pub fn names_person(eraser: &Eraser, key: &DocumentKey, document: &Document) -> bool {
    !matches!(erased_document(eraser, key, document), ErasedDocument::Stays)
}

fn erased_document(eraser: &Eraser, key: &DocumentKey, document: &Document) -> ErasedDocument {
    let Shelf { resource, activity, agent, registration } = &key.shelf;
    // A learner's id may be an address, by which frozen lists have who left.
    if agent == FORMER_LEARNERS {
        return ErasedDocument::Stays;
    }
    if eraser.is_named(agent) {
        return ErasedDocument::Goes;
    }
    let is_own = agent.starts_with(OWN) || key.id.starts_with(OWN);
    let body = if is_own {
        let text = std::str::from_utf8(&document.body).ok();
        text.and_then(|it| eraser.record(it)).map(Bytes::from)
    } else if is_text(&document.content_type) {
        eraser.encoded(&document.body)
    } else {
        eraser.bytes(&document.body)
    };
    let [new_activity, id] = if is_own {
        [None, None]
    } else {
        [eraser.key(Kind::Activity, activity), eraser.sure(&key.id)]
    };
    if body.is_none() && new_activity.is_none() && id.is_none() {
        return ErasedDocument::Stays;
    }
    let shelf = Shelf {
        resource: *resource,
        activity: new_activity.unwrap_or_else(|| activity.clone()),
        agent: agent.clone(),
        registration: *registration,
    };
    let key = DocumentKey { shelf, id: id.unwrap_or_else(|| key.id.clone()) };
    let body = body.unwrap_or_else(|| document.body.clone());
    ErasedDocument::Becomes(key, Document { body, ..document.clone() })
}

/// Whether content of this media type is text, in whatever encoding: of other content a byte more or less spoils the rest.
fn is_text(content_type: &str) -> bool {
    let of = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ["text/"].iter().any(|it| of.starts_with(it))
        || ["json", "xml", "x-www-form-urlencoded"].iter().any(|it| of.ends_with(it))
}

/// An entry of the audit log without the person; `None` where it does not name them. Who acted becomes the pseudonym only
/// where their name is exactly one of the person, and keys keep their names: who asks for an erasure chooses its texts.
pub fn erased_entry(eraser: &Eraser, entry: &AuditEntry) -> Option<AuditEntry> {
    let actor = match &entry.actor {
        Actor::Person(name) => eraser.name(name).map(Actor::Person),
        Actor::Key(_) | Actor::Machine => None,
    };
    let (kind, _) = entry.action.split_once('.').unwrap_or_default();
    let target = match kind {
        // A key may have the name that is a learner's id: what was done with the key stays said of the key.
        "key" => None,
        // These are of people; elsewhere a name by which one signs in may be the word for something else.
        "person" | "session" | "own" => eraser.name(&entry.target).or_else(|| {
            let is_account = entry.target.contains(['/', ':']);
            if is_account { eraser.path(&entry.target) } else { None }
        }),
        _ => eraser.path(&entry.target).or_else(|| {
            // Words that were searched, as releases before noted them.
            let words = entry.target.strip_prefix("text=").filter(|_| kind == "statements")?;
            eraser.searched_for(words).map(|it| format!("text={it}"))
        }),
    };
    let details = eraser.record(&entry.details);
    let said = details.as_deref().unwrap_or(&entry.details);
    let details = merged(eraser, entry, said).or(details);
    if actor.is_none() && target.is_none() && details.is_none() {
        return None;
    }
    Some(AuditEntry {
        actor: actor.unwrap_or_else(|| entry.actor.clone()),
        target: target.unwrap_or_else(|| entry.target.clone()),
        details: details.unwrap_or_else(|| entry.details.clone()),
        ..entry.clone()
    })
}

/// The details of an entry that says into which learner another one was merged, without the person. The id stands there
/// without the course, which the target names.
fn merged(eraser: &Eraser, entry: &AuditEntry, details: &str) -> Option<String> {
    if entry.action != "learner.merged" {
        return None;
    }
    let (course, _) = entry.target.split_once('/')?;
    let mut details: Value = serde_json::from_str(details).ok()?;
    let into = details.get_mut("into")?;
    let erased = eraser.path(&format!("{course}/{}", into.as_str()?))?;
    let (_, erased) = erased.split_once('/')?;
    if into == erased {
        return None;
    }
    *into = erased.into();
    Some(details.to_string())
}

#[cfg(test)]
mod tests {
    use validator::ifi::Ifi;

    use super::*;

    #[test]
    fn who_was_merged_with_the_person_is_not_said_by_the_id_of_the_person() {
        let learners = ["c/anna.neri".to_owned(), "c/anna.neri.2".to_owned()];
        let eraser = Eraser::new([], learners, "erased-1");
        let erased = |target: &str, details: &str| {
            let at = Instant::from_micros(1);
            let entry = AuditEntry {
                id: AuditEntry::id(at, 7),
                at,
                actor: Actor::Key("k".into()),
                action: "learner.merged".into(),
                target: target.to_owned(),
                details: details.to_owned(),
            };
            erased_entry(&eraser, &entry).map(|it| (it.target, it.details))
        };
        let both = |target: &str, details: &str| Some((target.to_owned(), details.to_owned()));
        let into = r#"{"into":"anna.neri"}"#;
        let gone = r#"{"into":"erased-1"}"#;
        assert_eq!(erased("c/anna.neri.2", into), both("c/erased-1", gone));
        assert_eq!(erased("c/bea", into), both("c/bea", gone));
        assert_eq!(erased("d/anna.neri.2", into), None, "a learner of another course");
        assert_eq!(erased("c/bea", r#"{"into":"carla"}"#), None);
        assert_eq!(erased("c/erased-1", gone), None, "nothing is found a second time");
    }

    #[test]
    fn a_key_with_the_name_of_a_learner_stays_in_the_audit_log() {
        let eraser = Eraser::new([], ["c/admin".to_owned()], "erased-1");
        let eraser = eraser.signing_in_as(["admin".to_owned()]);
        let erased = |actor: Actor, action: &str, target: &str| {
            let at = Instant::from_micros(1);
            let (action, target) = (action.to_owned(), target.to_owned());
            let id = AuditEntry::id(at, 7);
            let entry = AuditEntry { id, at, actor, action, target, details: String::new() };
            erased_entry(&eraser, &entry).map(|it| (it.actor, it.target))
        };
        let key = || Actor::Key("admin".into());
        assert_eq!(erased(key(), "key.revoked", "admin"), None);
        let read = erased(key(), "learner.read", "c/admin");
        assert_eq!(read, Some((key(), "c/erased-1".to_owned())));
        let own = erased(Actor::Person("admin".into()), "own.exported", "");
        assert_eq!(own, Some((Actor::Person("erased-1".into()), String::new())));
        for action in ["person.changed", "session.revoked", "own.exported"] {
            let of_person = erased(key(), action, "admin");
            assert_eq!(of_person, Some((key(), "erased-1".to_owned())), "{action}");
        }
        // A course may have the name by which somebody signs in.
        for (action, target) in [
            ("course.changed", "admin"),
            ("learners.changed", "admin"),
            ("learner.read", "admin/u1"),
            ("learner.read", "d/admin"),
        ] {
            assert_eq!(erased(key(), action, target), None, "{action} {target}");
        }
    }

    #[test]
    fn who_acted_is_replaced_where_the_name_is_exactly_the_persons() {
        let mbox = |name: &str| Ifi::Mbox(format!("mailto:{name}"));
        let account =
            Ifi::Account { home_page: "https://x.example".into(), name: "backdoor_2026".into() };
        let identifiers = || [mbox("anna@x.example"), account.clone()];
        let of = |eraser: &Eraser, actor: Actor, action: &str, target: &str, details: &str| {
            let at = Instant::from_micros(1);
            let (action, target, details) =
                (action.to_owned(), target.to_owned(), details.to_owned());
            let entry =
                AuditEntry { id: AuditEntry::id(at, 7), at, actor, action, target, details };
            erased_entry(eraser, &entry).map(|it| (it.actor, it.target, it.details))
        };
        let person = |name: &str| Actor::Person(name.to_owned());
        let all = Eraser::new(identifiers(), [], "erased-1");
        let details = r#"{"key":"backdoor_2026","label":"of anna@x.example"}"#;
        assert_eq!(
            of(&all, person("anna@x.example"), "key.created", "backdoor_2026", details),
            Some((
                person("erased-1"),
                "backdoor_2026".into(),
                details.replace("anna@x.example", "erased-1")
            ))
        );
        for (actor, action, target) in [
            (person("backdoor_2026"), "key.created", "backdoor_2026"),
            (Actor::Key("backdoor_2026".into()), "pipe.created", "backdoor_2026"),
            (Actor::Key("k".into()), "key.created", "anna@x.example"),
            (person("j.anna@x.example"), "person.created", "backdoor_2026"),
        ] {
            assert_eq!(
                of(&all, actor, action, target, r#"{"of":"backdoor_2026"}"#),
                None,
                "{target}"
            );
        }
        // Searches of releases before, which noted the words.
        let called = all.clone().called(["Anna Rossi".to_owned(), "Anna".to_owned()]);
        for (target, erased) in [
            ("text=anna ROSSI", Some("text=erased-1")),
            ("text=backdoor_2026 actor=12ab", Some("text=erased-1 actor=12ab")),
            ("text=Anna Rossini", None),
            ("text=anna", None),
        ] {
            let entry = of(&called, Actor::Key("k".into()), "statements.read", target, "");
            assert_eq!(entry.map(|it| it.1).as_deref(), erased, "{target}");
        }
        assert_eq!(
            of(&called, Actor::Key("k".into()), "course.changed", "text=Anna Rossi", ""),
            None
        );
        // What a key has chosen is found where it stands as an identifier.
        let exact = Eraser::new(identifiers(), [], "erased-1").exact();
        assert_eq!(
            of(&exact, person("anna@x.example"), "person.created", "anna@x.example", details),
            None
        );
        let read = of(&exact, person("b"), "statements.read", "mbox::mailto:anna@x.example", "");
        assert_eq!(read, Some((person("b"), "erased-1".into(), String::new())));
    }

    #[test]
    fn documents_of_the_program_keep_their_addresses() {
        let of = |agent: &str, id: &str, content_type: &str, body: &'static [u8]| {
            let shelf = Shelf {
                resource: xapi::document::Resource::AgentProfile,
                activity: String::new(),
                agent: agent.to_owned(),
                registration: None,
            };
            let key = DocumentKey { shelf, id: id.to_owned() };
            let (content_type, updated) = (content_type.to_owned(), Instant::from_micros(1));
            let document = Document { content_type, body: Bytes::from_static(body), updated };
            let eraser = |identifier: Ifi| Eraser::new([identifier], [], "erased-1");
            for chosen in ["urn:traccia:reactions", "urn:traccia:retention", "urn:traccia:attempts"]
            {
                let erased = erased_document(&eraser(Ifi::OpenId(chosen.into())), &key, &document);
                assert!(matches!(erased, ErasedDocument::Stays), "{agent} {id}");
            }
            match erased_document(
                &eraser(Ifi::Mbox("mailto:anna@x.example".into())),
                &key,
                &document,
            ) {
                ErasedDocument::Stays => None,
                ErasedDocument::Goes => Some((String::new(), Bytes::new())),
                ErasedDocument::Becomes(key, document) => Some((key.id, document.body)),
            }
        };
        let becomes =
            |id: &str, body: &'static [u8]| Some((id.to_owned(), Bytes::from_static(body)));
        let (json, rule) = ("application/json", br#"{"to":"anna@x.example"}"#);
        assert_eq!(
            of("urn:traccia:reactions", "rule:anna@x.example", json, rule),
            becomes("rule:anna@x.example", br#"{"to":"erased-1"}"#)
        );
        assert_eq!(of("urn:traccia:retention", "plan", json, br#"{"rules":[]}"#), None);
        // Who left lists is found by the ids that these lists had.
        let note = br#"{"people":{"anna@x.example":["12ab"]}}"#;
        assert_eq!(of(FORMER_LEARNERS, "0197", json, note), None);
        assert_eq!(of("mbox::mailto:b@x.example", "urn:traccia:attempts", json, b"[]"), None);
        assert_eq!(
            of("mbox::mailto:b@x.example", "of/anna@x.example", json, b"{}"),
            becomes("of/erased-1", b"{}")
        );
        assert_eq!(
            of("mbox::mailto:ANNA@x.example", "urn:traccia:attempts", json, b"[]"),
            becomes("", b"")
        );
        // Bytes of a picture stay as they are.
        let latin = b"perch\xe9 anna@x.example";
        assert_eq!(
            of("mbox::mailto:b@x.example", "a", "text/plain", latin),
            becomes("a", b"perch\xe9 erased-1")
        );
        assert_eq!(of("mbox::mailto:b@x.example", "a", "image/png", latin), None);
    }
}
