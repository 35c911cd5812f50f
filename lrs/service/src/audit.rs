//! The audit log: who changed, read or exported what, and whether the log is as it was written.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hmac::Mac as _;
use lru::LruCache;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub use access::audit::Actor;
use access::audit::{AuditEntry, AuditFilter};
use access::chain::ChainFollower;
pub use access::chain::{BrokenLink, Head, LinkFault};
use store::{KeptErasure, Result, Store};
use xapi::clock::Clock;
use xapi::instant::Instant;

use crate::erasure::each_erasure;
use crate::keyed::keyed;

/// The longest target and details, in bytes: longer targets are [`clipped`], and longer details [`shortened`].
const LONGEST: usize = 2_048;

/// A reading that is repeated within this time by the same actor is one entry.
const SAME_READING: Duration = Duration::from_mins(10);
/// Readings that are remembered; of those forgotten a repetition is one entry more.
const READINGS: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
/// Hexadecimal digits of the mark of searched words.
const SEARCHED: usize = 16;
/// Entries of the chain read at once.
const LINKS: usize = 1_000;

/// An actor's kind and name, the action, and the target.
type Reading = (&'static str, String, &'static str, String);

/// Notes changes and readings, and reads what was noted. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// When each reading was last noted.
    readings: Arc<Mutex<LruCache<Reading, Instant>>>,
    /// What is noted of searched words is made under it.
    secret: [u8; 32],
}

/// What was found of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAudit {
    /// The end of the chain, up to the entry before [`Self::broken`].
    pub head: Head,
    /// Entries of the chain whose words were replaced by an erasure.
    pub erased: u64,
    /// Entries outside of the chain: those of a store from before the chain.
    pub unchained: u64,
    /// When the newest of those was made.
    pub newest_unchained: Option<Instant>,
    /// The first entry that is not as it was kept.
    pub broken: Option<BrokenLink>,
}

impl Audit {
    /// The audit log of `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        let readings = Arc::new(Mutex::new(LruCache::new(READINGS)));
        Self { store, clock, readings, secret: rand::random() }
    }

    /// This audit log, in which searches for the same words are told by the same mark under the store's secret, whichever
    /// process notes them.
    #[must_use]
    pub fn under(self, secret: [u8; 32]) -> Self {
        Self { secret, ..self }
    }

    /// What is noted in place of words that somebody has looked for: they may be anybody's name, in whatever form, and no
    /// erasure would find them in the log. The same words have the same mark, in letters of either case.
    pub fn searched(&self, words: &str) -> String {
        let mut mac = keyed(self.secret);
        mac.update(b"searched\n");
        mac.update(words.to_lowercase().as_bytes());
        let mark = hex::encode(mac.finalize().into_bytes());
        format!("#{}", mark.get(..SEARCHED).unwrap_or(&mark))
    }

    /// Notes a change that was made. Where the store fails, the change is in the process's log as an error: it was made,
    /// and its answer says so.
    pub async fn note(&self, actor: Actor, action: &str, target: &str, details: Option<Value>) {
        let at = self.clock.now();
        let details = details.map(|it| shortened(&it));
        let entry = AuditEntry {
            id: AuditEntry::id(at, rand::random()),
            at,
            actor,
            action: action.to_owned(),
            target: clipped(target).into_owned(),
            details: details.unwrap_or_default(),
        };
        if let Err(error) = self.store.add_audit(entry.clone()).await {
            let (kind, actor) = (entry.actor.kind(), entry.actor.name());
            tracing::error!(%error, kind, actor, action, target, "a change is not in the audit log");
        }
    }

    /// Notes that personal data was read or exported, as [`Self::note`] notes a change. The same reading again within
    /// [`SAME_READING`] is not noted.
    pub async fn note_reading(
        &self,
        actor: Actor,
        action: &'static str,
        target: &str,
        details: Option<Value>,
    ) {
        if self.is_new_reading(&actor, action, target) {
            self.note(actor, action, target, details).await;
        }
    }

    fn is_new_reading(&self, actor: &Actor, action: &'static str, target: &str) -> bool {
        let reading = (actor.kind(), actor.name().to_owned(), action, clipped(target).into_owned());
        let now = self.clock.now();
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let over = i64::try_from(SAME_READING.as_micros()).unwrap_or(i64::MAX);
        let is_over =
            |since: &Instant| !(0..over).contains(&now.micros().saturating_sub(since.micros()));
        if readings.get(&reading).is_none_or(is_over) {
            readings.put(reading, now);
            return true;
        }
        false
    }

    /// Whether each entry of the chain is as it was kept, from the first entry on, up to the first that is not.
    ///
    /// Entries that were removed from the end of the chain leave no gap. So `earlier`, the end of the chain as it was
    /// noted elsewhere before, must be in the chain where it is given.
    pub async fn verify(&self, earlier: Option<&Head>) -> Result<VerifiedAudit> {
        let (mut follower, mut broken) = (ChainFollower::default(), None);
        let mut erasures = self.erasures().await?;
        while broken.is_none() {
            let page = self.store.audit_chain(follower.head().number, LINKS).await?;
            if page.is_empty() {
                break;
            }
            for sealed in &page {
                broken = follower.take(sealed).err().or_else(|| not_as_before(&follower, earlier));
                let by = &sealed.seal.erased_by;
                if broken.is_none() && !by.is_empty() && !erasures.contains(by) {
                    // An erasure may have begun since.
                    erasures = self.erasures().await?;
                }
                if broken.is_none() && !by.is_empty() && !erasures.contains(by) {
                    let (number, id) =
                        (sealed.seal.number, sealed.entry.as_ref().map(|it| it.id.clone()));
                    broken = Some(BrokenLink { number, id, fault: LinkFault::UnknownErasure });
                }
                if broken.is_some() {
                    break;
                }
            }
        }
        let head = follower.head().clone();
        let is_short = earlier.is_some_and(|earlier| earlier.number > head.number);
        let cut = BrokenLink {
            number: head.number.saturating_add(1),
            id: None,
            fault: LinkFault::Missing,
        };
        let broken = broken.or_else(|| is_short.then_some(cut));
        let (unchained, newest_unchained) = self.unchained(broken.is_some()).await?;
        Ok(VerifiedAudit { head, erased: follower.erased(), unchained, newest_unchained, broken })
    }

    /// The ids of all erasures.
    async fn erasures(&self) -> Result<HashSet<String>> {
        let mut all = HashSet::new();
        let note = |kept: &KeptErasure| {
            all.insert(kept.id.to_string());
            Ok(())
        };
        each_erasure(&*self.store, note).await?;
        Ok(all)
    }

    /// How many entries are outside of the chain, and when the newest of them was made. They are not counted where the
    /// chain is broken.
    async fn unchained(&self, is_broken: bool) -> Result<(u64, Option<Instant>)> {
        if is_broken {
            return Ok((0, None));
        }
        let mut chained = HashSet::new();
        let after = self
            .chained(0, |id| {
                chained.insert(id);
            })
            .await?;
        let (mut filter, mut outside) = (AuditFilter::default(), HashMap::new());
        loop {
            let page = self.store.audit(&filter, LINKS).await?;
            let Some(last) = page.last() else { break };
            filter.before = Some(last.id.clone());
            let others = page.into_iter().filter(|entry| !chained.contains(&entry.id));
            outside.extend(others.map(|entry| (entry.id, entry.at)));
        }
        // Those that were added while the log was read.
        self.chained(after, |id| {
            outside.remove(&id);
        })
        .await?;
        Ok((outside.len() as u64, outside.into_values().max()))
    }

    /// Tells the ids of the entries of the chain beyond a number; gives the number of the last one.
    async fn chained(&self, mut after: u64, mut tell: impl FnMut(String)) -> Result<u64> {
        loop {
            let page = self.store.audit_chain(after, LINKS).await?;
            let Some(last) = page.last() else { return Ok(after) };
            after = last.seal.number;
            page.into_iter().filter_map(|it| Some(it.entry?.id)).for_each(&mut tell);
        }
    }

    /// At most `limit` entries that the filter includes, the newest first.
    pub async fn entries(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>> {
        self.store.audit(filter, limit).await
    }
}

/// The fault of the entry that was taken last, where another one was the end of the chain once.
fn not_as_before(follower: &ChainFollower, earlier: Option<&Head>) -> Option<BrokenLink> {
    let head = follower.head();
    let is_other = earlier.is_some_and(|it| it.number == head.number && it.hash != head.hash);
    is_other.then_some(BrokenLink { number: head.number, id: None, fault: LinkFault::Unlinked })
}

/// Details as text. Of those over [`LONGEST`] the names of the members are kept, as far as they fit, and a note.
fn shortened(details: &Value) -> String {
    let text = details.to_string();
    if text.len() <= LONGEST {
        return text;
    }
    let cut =
        format!("{} bytes are more than the log keeps: the members are named alone", text.len());
    let (mut members, mut length) = (Vec::new(), cut.len().saturating_add(64));
    for name in details.as_object().into_iter().flat_map(serde_json::Map::keys) {
        // Each character of a name may be escaped.
        length = length.saturating_add(name.len().saturating_mul(6)).saturating_add(3);
        if length > LONGEST {
            break;
        }
        members.push(name.as_str());
    }
    json!({"cut": cut, "members": members}).to_string()
}

/// `text` where it has at most [`LONGEST`] bytes. Else so much of its beginning as leaves room for the SHA-256 of the whole,
/// so that two texts that begin alike are told from each other.
fn clipped(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let hash = format!("… sha-256 {}", hex::encode(Sha256::digest(text)));
    let beginning = text.get(..text.floor_char_boundary(LONGEST.saturating_sub(hash.len())));
    Cow::Owned(format!("{}{hash}", beginning.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use store_testkit::clock::TurnedClock;
    use store_testkit::failing::Failing;
    use store_testkit::memory::MemoryStore;
    use xapi::instant::Instant;

    use super::*;

    #[test]
    fn long_details_are_shortened_and_do_not_vanish() {
        assert_eq!(shortened(&json!({"a": 1})), r#"{"a":1}"#);
        let long = json!({"scopes": ["x"], "bounds": {"regions": ["\"".repeat(LONGEST)]}});
        let kept: Value = serde_json::from_str(&shortened(&long)).unwrap();
        assert_eq!(kept["members"], json!(["scopes", "bounds"]));
        assert!(kept["cut"].as_str().unwrap().contains("bytes"), "{kept}");
        let many: serde_json::Map<String, Value> =
            (0..999).map(|n| (format!("\u{1}{n}"), json!(n))).collect();
        for details in
            [Value::from(many), json!("x".repeat(LONGEST)), json!({"k".repeat(9_999): 1})]
        {
            assert!(shortened(&details).len() <= LONGEST);
        }
    }

    #[tokio::test]
    async fn an_entry_says_who_did_what_and_a_store_that_fails_stops_nobody() {
        let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(5)));
        let failing = Failing::over(Arc::new(MemoryStore::new(Arc::clone(&clock))));
        let audit = Audit::new(Arc::<Failing>::clone(&failing), clock);
        let by = || Actor::Person("anna".into());
        audit.note(by(), "key.revoked", "k", Some(serde_json::json!({"a": 1}))).await;
        audit.note(by(), "key.created", &"è".repeat(LONGEST), None).await;
        failing.fail(&["add_audit"]);
        audit.note(by(), "key.revoked", "other", None).await;
        let entries = audit.entries(&AuditFilter::default(), 10).await.unwrap();
        let mut said: Vec<(&str, usize, &str)> = entries
            .iter()
            .map(|it| (it.action.as_str(), it.target.len(), it.details.as_str()))
            .collect();
        said.sort_unstable();
        assert_eq!(said, [("key.created", LONGEST, ""), ("key.revoked", 1, r#"{"a":1}"#)]);
    }

    #[test]
    fn searched_words_are_noted_by_a_mark_that_nobody_without_the_secret_can_try_names_against() {
        let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(5)));
        let of = |secret: u8| {
            let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
            Audit::new(store, Arc::clone(&clock)).under([secret; 32])
        };
        let mark = of(7).searched("Anna Rossi");
        assert_eq!(mark, of(7).searched("anna ROSSI"));
        assert_eq!((mark.len(), mark.starts_with('#')), (17, true), "{mark}");
        for other in [of(7).searched("Anna Rosso"), of(8).searched("Anna Rossi")] {
            assert_ne!(mark, other);
        }
    }

    #[tokio::test]
    async fn a_reading_is_noted_once_in_a_while() {
        let clock = Arc::new(TurnedClock::at(Instant::from_micros(5)));
        let store = Arc::new(MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>));
        let audit = Audit::new(store, Arc::clone(&clock) as Arc<dyn Clock>);
        let read = async |name: &str, target: &str| {
            audit.note_reading(Actor::Person(name.into()), "learner.read", target, None).await;
            audit.entries(&AuditFilter::default(), 10).await.unwrap().len()
        };
        assert_eq!(read("anna", "c/l1").await, 1);
        assert_eq!(read("anna", "c/l1").await, 1);
        assert_eq!(read("anna", "c/l2").await, 2);
        assert_eq!(read("bruno", "c/l1").await, 3);
        clock.pass(600);
        assert_eq!(read("anna", "c/l1").await, 4);
        let long = "x".repeat(LONGEST);
        assert_eq!(read("anna", &format!("{long}1")).await, 5);
        assert_eq!(read("anna", &format!("{long}2")).await, 6, "they begin alike");
        assert_eq!(read("anna", &format!("{long}2")).await, 6);
        let all = audit.entries(&AuditFilter::default(), 10).await.unwrap();
        let hashed = all.iter().filter(|it| it.target.contains("x… sha-256 "));
        assert_eq!(hashed.map(|it| it.target.len()).collect::<Vec<_>>(), [LONGEST; 2]);
    }

    #[tokio::test]
    async fn a_log_is_verified_up_to_the_end_that_was_noted_before() {
        let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(5)));
        let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
        let old = AuditEntry {
            id: AuditEntry::id(Instant::from_micros(1), 7),
            at: Instant::from_micros(1),
            actor: Actor::Machine,
            action: "old".into(),
            target: String::new(),
            details: String::new(),
        };
        store::AuditStore::restore_unchained_audit(&*store, old).await.unwrap();
        let audit = Audit::new(store, clock);
        for n in 0..3 {
            audit.note(Actor::Machine, "key.created", &format!("k{n}"), None).await;
        }
        let verified = audit.verify(None).await.unwrap();
        assert_eq!((verified.head.number, verified.unchained, &verified.broken), (3, 1, &None));
        assert_eq!(verified.newest_unchained, Some(Instant::from_micros(1)));
        let head = verified.head;
        audit.note(Actor::Machine, "key.created", "k3", None).await;
        let fault = async |earlier: Head| {
            let verified = audit.verify(Some(&earlier)).await.unwrap();
            verified.broken.map(|it| (it.number, it.fault))
        };
        assert_eq!(fault(head.clone()).await, None);
        assert_eq!(fault(Head { number: 5, ..head.clone() }).await, Some((5, LinkFault::Missing)));
        let other = Head { number: 2, ..head };
        assert_eq!(fault(other).await, Some((2, LinkFault::Unlinked)));
    }

    #[tokio::test]
    async fn words_that_were_replaced_by_no_erasure_are_found() {
        use access::chain::SealedEntry;
        let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(5)));
        let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
        let entry = AuditEntry {
            id: AuditEntry::id(Instant::from_micros(1), 7),
            at: Instant::from_micros(1),
            actor: Actor::Machine,
            action: "key.created".into(),
            target: "other".into(),
            details: String::new(),
        };
        let mut seal = Head::default().seal(&entry, [1; 16]);
        seal.salt.clear();
        seal.erased_by = "0199d2a0-0000-7000-8000-000000000000".into();
        let forged = SealedEntry { seal, entry: Some(entry) };
        assert!(store::AuditStore::restore_audit(&*store, forged).await.unwrap());
        let broken = Audit::new(store, clock).verify(None).await.unwrap().broken.unwrap();
        assert_eq!((broken.number, broken.fault), (1, LinkFault::UnknownErasure));
    }

    #[tokio::test]
    async fn what_is_added_and_erased_while_a_log_is_verified_is_no_fault() {
        use store_testkit::slow::Slow;
        let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(5)));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
        let audit = Audit::new(Arc::clone(&store), Arc::clone(&clock));
        audit.note(Actor::Machine, "learner.read", "c/l-1", None).await;
        // While the erasures are known and the chain is not read, and again while the entries outside of it are read.
        for (n, method) in [(1, "audit_chain"), (2, "audit")] {
            let slow = Slow::at(Arc::clone(&store), method);
            let slowed = Audit::new(Arc::<Slow>::clone(&slow), Arc::clone(&clock));
            let verifying = tokio::spawn(async move { slowed.verify(None).await });
            slow.arrived().await;
            let id = uuid::Uuid::from_u128(n);
            let body = String::new();
            let erasure = store::KeptErasure { id, created: clock.now(), is_done: false, body };
            assert!(store.add_erasure(erasure).await.unwrap());
            let learner = "c/l-1".to_owned();
            let eraser = Arc::new(xapi::erase::Eraser::new([], [learner], "erased-1"));
            store.erase(store::ErasedPart::Audit, &eraser, id).await.unwrap();
            audit.note(Actor::Machine, "learner.read", "c/l-1", None).await;
            for _ in 0..100 {
                slow.let_go();
            }
            let verified = verifying.await.unwrap().unwrap();
            assert_eq!((verified.broken, verified.unchained), (None, 0), "{method}");
        }
    }
}
