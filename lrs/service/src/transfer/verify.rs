//! What a store holds, in counts and hashes: two stores that hold the same give the same, whatever the engine and the
//! version of Traccia.
//!
//! A hash is the SHA-256 of fields, each behind its length in eight bytes, big-endian. Texts are UTF-8; instants of
//! statements and certificate lists are microseconds in eight bytes, big-endian, all others RFC 3339. The hash of all
//! documents is the sum of the hashes of each, as numbers of 32 bytes of which the first is the least.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::people::entries;
use super::{DOCUMENTS, STATEMENTS, hashes};
use access::key::KeyTexts;
use store::{Kept, KeptOrigin, RemovedStatement, Result, Store, StoreError, whole};
use xapi::document::{Document, DocumentKey, Resource};
use xapi::instant::Instant;

/// Counts of what there is, and a SHA-256 in hexadecimal of all of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contents {
    /// Statements in the order of `stored`, with what is voided.
    pub statements: StorePart,
    /// The data of attachments, in the order of the statements that describe it.
    pub attachments: StorePart,
    /// State and profile documents.
    pub documents: StorePart,
    /// Keys.
    pub keys: StorePart,
    /// Courses with their files and learners.
    pub courses: StorePart,
    /// Frozen certificate lists.
    pub certificates: StorePart,
    /// Versions of packages, with all their files.
    pub packages: StorePart,
    /// Launches of packages.
    pub launches: StorePart,
    /// People, by name.
    pub people: StorePart,
    /// Entries of the audit log, the newest first.
    pub audit: StorePart,
    /// Where statements were before, by `stored`.
    pub origins: StorePart,
    /// Ids and instants of statements that erasures removed, by `stored`.
    pub removed: StorePart,
}

/// Everything of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorePart {
    /// How many.
    pub count: u64,
    /// The hash of all.
    pub sha256: String,
}

impl Contents {
    /// What is not the same in `other`, in words.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let parts: [(&str, &StorePart, &StorePart); 12] = [
            ("statements", &self.statements, &other.statements),
            ("attachments", &self.attachments, &other.attachments),
            ("documents", &self.documents, &other.documents),
            ("keys", &self.keys, &other.keys),
            ("courses", &self.courses, &other.courses),
            ("certificate lists", &self.certificates, &other.certificates),
            ("versions of packages", &self.packages, &other.packages),
            ("launches", &self.launches, &other.launches),
            ("people", &self.people, &other.people),
            ("entries of the audit log", &self.audit, &other.audit),
            ("origins of statements", &self.origins, &other.origins),
            ("removed statements", &self.removed, &other.removed),
        ];
        // A release that knew nothing of a kind has written no hash of none.
        let is_none = |ours: &StorePart, theirs: &StorePart| ours.count == 0 && theirs.count == 0;
        let mut parts = parts.into_iter();
        let different = parts.find(|(_, ours, theirs)| ours != theirs && !is_none(ours, theirs));
        different.map(|(what, ours, theirs)| {
            format!(
                "{what}: {} ({}) in the source, {} ({}) in the target",
                ours.count, ours.sha256, theirs.count, theirs.sha256
            )
        })
    }
}

/// Counts and hashes things, field by field: each goes in with its length.
#[derive(Default)]
struct Counter {
    count: u64,
    hash: Sha256,
}

impl Counter {
    fn add(&mut self, fields: &[&[u8]]) {
        self.count += 1;
        for field in fields {
            self.hash.update((field.len() as u64).to_be_bytes());
            self.hash.update(field);
        }
    }

    fn part(self) -> StorePart {
        StorePart { count: self.count, sha256: hex::encode(self.hash.finalize()) }
    }
}

/// What `store` holds; `tell` is called with the number of statements read so far.
pub async fn contents(store: &dyn Store, tell: &(dyn Fn(u64) + Sync)) -> Result<Contents> {
    let (statements, attachments) = log(store, tell).await?;
    let mut keys = Counter::default();
    for key in store.keys().await? {
        let KeyTexts { name, label, scopes, authority, bounds, created, secret_hash, life } =
            key.texts();
        let created = created.to_string();
        let texts = [&name, &label, &scopes, &authority, &bounds, &created, &secret_hash];
        let mut texts = texts.map(String::as_bytes).to_vec();
        // The hash of a key that is good for ever is what releases wrote that knew of no other.
        texts.extend((!life.is_empty()).then_some(life.as_bytes()));
        keys.add(&texts);
    }
    let (mut courses, mut certificates) = (Counter::default(), Counter::default());
    for revision in store.courses().await? {
        let Some(course) = store.course(&revision.id).await? else { continue };
        let texts = [&course.id, &course.file, &course.enrolment];
        courses.add(&texts.map(String::as_bytes));
        for list in store.certificates(&course.id).await? {
            let created = list.created.micros().to_be_bytes();
            certificates.add(&[course.id.as_bytes(), list.id.as_bytes(), &created, &list.body]);
        }
    }
    let (packages, launches) = packages(store).await?;
    let (people, audit) = people(store).await?;
    Ok(Contents {
        packages,
        launches,
        people,
        audit,
        origins: origins(store).await?,
        removed: removed(store).await?,
        statements,
        attachments,
        documents: documents(store).await?,
        keys: keys.part(),
        courses: courses.part(),
        certificates: certificates.part(),
    })
}

async fn log(store: &dyn Store, tell: &(dyn Fn(u64) + Sync)) -> Result<(StorePart, StorePart)> {
    let (mut statements, mut attachments) = (Counter::default(), Counter::default());
    let mut after = Instant::default();
    loop {
        tell(statements.count);
        let page = store.log(after, STATEMENTS).await?.statements;
        let Some(last) = page.last() else { return Ok((statements.part(), attachments.part())) };
        after = last.statement.stored;
        for Kept { statement, voided } in &page {
            let stored = statement.stored.micros().to_be_bytes();
            let voided = [u8::from(*voided)];
            statements.add(&[statement.id.as_bytes(), &stored, &voided, &statement.body]);
            for hash in hashes(statement)? {
                for kept in store.attachments(std::slice::from_ref(&hash)).await? {
                    let found = whole(store, &kept).await?;
                    let name = [hash.as_bytes(), found.content_type.as_bytes()];
                    attachments.add(&[name[0], name[1], &found.body]);
                }
            }
        }
    }
}

/// In the order of `stored`. What a source did not say is empty.
async fn origins(store: &dyn Store) -> Result<StorePart> {
    let (mut origins, mut after) = (Counter::default(), Instant::default());
    loop {
        let page = store.origins(after, Instant::from_micros(i64::MAX), STATEMENTS).await?;
        let Some(last) = page.last() else { return Ok(origins.part()) };
        after = last.at;
        for KeptOrigin { at, origin } in &page {
            let stored = origin.stored.map(|stored| stored.to_string()).unwrap_or_default();
            let authority = origin.authority.as_deref().unwrap_or_default();
            let at = at.micros().to_be_bytes();
            origins.add(&[&at, origin.name.as_bytes(), stored.as_bytes(), authority.as_bytes()]);
        }
    }
}

/// By `stored`, with the erasure of each.
async fn removed(store: &dyn Store) -> Result<StorePart> {
    let (mut removed, mut after) = (Counter::default(), Instant::default());
    loop {
        let page = store.removed_statements(after, STATEMENTS).await?;
        let Some(last) = page.last() else { return Ok(removed.part()) };
        after = last.stored;
        for RemovedStatement { id, stored, by } in &page {
            removed.add(&[&stored.micros().to_be_bytes(), id.as_bytes(), by.as_bytes()]);
        }
    }
}

/// People by name, each with their record; and the entries of the audit log, the newest first.
async fn people(store: &dyn Store) -> Result<(StorePart, StorePart)> {
    let (mut people, mut audit) = (Counter::default(), Counter::default());
    for held in store.people().await? {
        let record = held.kept.text().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        people.add(&[held.kept.person.name.as_bytes(), record.as_bytes()]);
    }
    entries(store, |entry| {
        let at = entry.at.micros().to_string();
        let (kind, actor) = (entry.actor.kind(), entry.actor.name());
        let texts =
            [&entry.id, at.as_str(), kind, actor, &entry.action, &entry.target, &entry.details];
        audit.add(&texts.map(str::as_bytes));
    })
    .await?;
    Ok((people.part(), audit.part()))
}

/// Versions by package and number, each with its files by path, and the launches of each package. An instant is in
/// microseconds, a number in decimal digits. Where a store has content is no part of the hash.
async fn packages(store: &dyn Store) -> Result<(StorePart, StorePart)> {
    let (mut versions, mut launches) = (Counter::default(), Counter::default());
    for package in store.packages().await? {
        for version in &package.versions {
            let Some((_, outline)) = store.package_version(&version.key).await? else { continue };
            let [number, created, current] = [
                version.number.to_string(),
                version.created.micros().to_string(),
                (version.number == package.current).to_string(),
            ];
            let texts = [
                &package.name,
                &number,
                &current,
                &version.key,
                &version.title,
                &version.standard,
                &created,
                &outline,
            ];
            versions.add(&texts.map(String::as_bytes));
            files(store, &version.key, &mut versions.hash).await?;
        }
        let mut all = super::packages::launches(store, &package.name).await?;
        all.sort_by(|one, other| one.token.cmp(&other.token));
        for launch in all {
            let [created, expires] =
                [launch.created, launch.expires].map(|it| it.micros().to_string());
            let revoked = launch.revoked.to_string();
            let texts = [
                &launch.token,
                &launch.package,
                &launch.key,
                &created,
                &expires,
                &revoked,
                &launch.body,
            ];
            launches.add(&texts.map(String::as_bytes));
        }
    }
    Ok((versions.part(), launches.part()))
}

/// Adds the files of a version to a hash.
async fn files(store: &dyn Store, key: &str, hash: &mut Sha256) -> Result<()> {
    let mut after = String::new();
    loop {
        let page = store.package_files(key, &after, STATEMENTS).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.path);
        for file in &page {
            let bytes = file.content.bytes.to_string();
            let texts = [&file.path, &file.content_type, &file.content.sha256, &bytes];
            let mut counter = Counter::default();
            counter.add(&texts.map(String::as_bytes));
            hash.update(counter.hash.finalize());
        }
    }
}

/// Documents have no order that all stores share: the sum of their hashes has none either.
async fn documents(store: &dyn Store) -> Result<StorePart> {
    let (mut count, mut sum) = (0, [0_u8; 32]);
    let mut after: Option<DocumentKey> = None;
    loop {
        let page = store.documents_beyond(after.as_ref(), DOCUMENTS).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for (key, document) in &page {
            count += 1;
            add(&mut sum, &hash_of(key, document));
        }
    }
    Ok(StorePart { count, sha256: hex::encode(sum) })
}

fn hash_of(DocumentKey { shelf, id }: &DocumentKey, document: &Document) -> Vec<u8> {
    let mut counter = Counter::default();
    let registration = shelf.registration.map(|id| id.to_string()).unwrap_or_default();
    let updated = document.updated.to_string();
    let texts = [
        name(shelf.resource),
        &shelf.activity,
        &shelf.agent,
        &registration,
        id,
        &document.content_type,
        &updated,
    ];
    counter.add(&texts.map(str::as_bytes));
    counter.add(&[&document.body]);
    counter.hash.finalize().to_vec()
}

/// What stands for a resource in a hash: never changed, for digests are compared with those of other versions.
const fn name(resource: Resource) -> &'static str {
    match resource {
        Resource::State => "State",
        Resource::ActivityProfile => "ActivityProfile",
        Resource::AgentProfile => "AgentProfile",
    }
}

/// Adds a number of 32 bytes to another, the first byte being the least.
fn add(sum: &mut [u8; 32], other: &[u8]) {
    let mut carry = false;
    for (byte, other) in sum.iter_mut().zip(other) {
        let (with, first) = byte.overflowing_add(*other);
        let (with, second) = with.overflowing_add(u8::from(carry));
        (*byte, carry) = (with, first || second);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use access::audit::{Actor, AuditEntry};
    use access::person::{KeptPerson, Person};
    use access::role::Role;
    use serde_json::json;
    use store::{KeptCertificates, Selection};
    use store_testkit::clock::TurnedClock;
    use store_testkit::memory::MemoryStore;
    use store_testkit::sample::{put, statement, voiding, with};
    use xapi::document::{Change, Precondition, Shelf, Unguarded};

    use super::*;

    async fn put_document(store: &dyn Store, resource: Resource, body: &'static str) {
        let (activity, agent) = ("https://a.example/a".into(), "mbox::mailto:a@x.example".into());
        let key = DocumentKey {
            shelf: Shelf { resource, activity, agent, registration: None },
            id: "d".into(),
        };
        let updated = Instant::from_micros(7_000_000);
        let document = Document { content_type: "text/plain".into(), body: body.into(), updated };
        let free =
            Precondition { if_match: None, if_none_match: None, unguarded: Unguarded::Allowed };
        store.change_document(key, free, Change::Put(document)).await.unwrap();
    }

    async fn put_people(store: &dyn Store) {
        let (name, label, role) = ("anna".into(), "Anna".into(), Role::Designer);
        let created = Instant::from_micros(5);
        let person = Person {
            name,
            label,
            role,
            bounds: None,
            learner: Vec::new(),
            is_disabled: false,
            created,
            last_sign_in: None,
        };
        store.add_person(KeptPerson::new(person)).await.unwrap();
        let entry = AuditEntry {
            id: AuditEntry::id(created, 7),
            at: created,
            actor: Actor::Machine,
            action: "person.created".into(),
            target: "anna".into(),
            details: String::new(),
        };
        store.add_audit(entry).await.unwrap();
    }

    const HASHES: [&str; 6] = [
        "2 b9d0c458680d367b56211ff250eb9f24fc0c9cc550aa15908c69bf2b3461aaee",
        "3 eb7b69f4adcf41b28871a70dc43f0e71d6151c90dcc587c3f574b58458bac822",
        "1 21976a38c12bf2c094516bd4650969db799a2239dbaa4e31d211c169cd8892ed",
        "1 5b6e5b60e0b4f8ff6a57425997556fbdc9e914b8ae673ad37d1dc4a65029663c",
        "1 45de9e5b60d47f9ce5a056ea3a09294b6709a06ae34ce827606fbdb81bdec36a",
        "1 b9e9b3f5c416e0d9b749b1201f9f12e3aa96ea2c92d2571925ad89682aad41ce",
    ];

    /// Digests are written down and compared years later: another hash here is a break.
    #[tokio::test]
    async fn the_bytes_that_are_hashed_are_defined() {
        let clock = TurnedClock::at(Instant::from_micros(1_795_000_000_000_000));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(clock)));
        let dated = |value| with(value, "timestamp", json!("2026-01-01T00:00:00Z"));
        put(&store, &[dated(statement(0)), dated(voiding(1, 0))]).await;
        for (resource, body) in [
            (Resource::State, "s"),
            (Resource::ActivityProfile, "a"),
            (Resource::AgentProfile, "p"),
        ] {
            put_document(&*store, resource, body).await;
        }
        store.put_course("c", "id = 'c'", None, Selection::Changed).await.unwrap();
        let created = Instant::from_micros(5);
        let list = KeptCertificates { id: "l".into(), created, body: "{}".into() };
        store.add_certificates("c", list).await.unwrap();
        put_people(&*store).await;
        let contents = contents(&*store, &|_| ()).await.unwrap();
        let hashes = [
            contents.statements,
            contents.documents,
            contents.courses,
            contents.certificates,
            contents.people,
            contents.audit,
        ]
        .map(|part| (part.count, part.sha256));
        assert_eq!(hashes.map(|(count, hash)| format!("{count} {hash}")), HASHES);
    }
}
