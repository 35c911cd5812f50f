//! Credentials that were hashed before, good and bad.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use super::digest::Digest;
use access::key::Key;

/// Good credentials that are remembered: of one key there are one.
const GOOD: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
/// How long they are believed without a look at the store: a key that was revoked on another node
/// works no longer than this.
const BELIEVED: Duration = Duration::from_secs(30);
/// Bad credentials that are remembered, and how long: a player with an old secret sends it again
/// and again.
const BAD: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
const REFUSED: Duration = Duration::from_secs(10);

/// What this process knows of credentials. Its generation counts the keys that were made and
/// revoked here: what was learned before, or is still being found out, is looked at again.
pub(super) struct Memory(Mutex<State>);

struct State {
    generation: u64,
    good: LruCache<Digest, Good>,
    bad: LruCache<Digest, (Instant, u64)>,
}

struct Good {
    key: Arc<Key>,
    secret_hash: String,
    until: Instant,
    generation: u64,
}

/// What is remembered of credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recalled {
    /// They are good.
    Good(Arc<Key>),
    /// The secret is the one that this hash was made from; the store knows whether the key still
    /// has it.
    Stale(String),
    /// They are bad.
    Bad,
}

impl Memory {
    pub(super) fn new() -> Self {
        let (good, bad) = (LruCache::new(GOOD), LruCache::new(BAD));
        Self(Mutex::new(State { generation: 0, good, bad }))
    }

    /// The present generation, to be taken before the store is asked for a key.
    pub(super) fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// A key was made or revoked.
    pub(super) fn begin_generation(&self) {
        self.lock().generation += 1;
    }

    /// What is remembered of these credentials.
    pub(super) fn recall(&self, credentials: &Digest, now: Instant) -> Option<Recalled> {
        let mut state = self.lock();
        let generation = state.generation;
        if let Some(good) = state.good.get(credentials) {
            let is_fresh = good.until > now && good.generation == generation;
            return Some(if is_fresh {
                Recalled::Good(Arc::clone(&good.key))
            } else {
                Recalled::Stale(good.secret_hash.clone())
            });
        }
        let (until, learned) = state.bad.get(credentials)?;
        (*until > now && *learned == generation).then_some(Recalled::Bad)
    }

    /// Remembers good credentials of a key that the store had in this generation. Where another
    /// one has begun, the key may be gone: they are not believed before the store was asked.
    pub(super) fn learn(
        &self,
        credentials: Digest,
        (key, secret_hash): (Arc<Key>, String),
        generation: u64,
        now: Instant,
    ) {
        let good = Good { key, secret_hash, until: now + BELIEVED, generation };
        self.lock().good.put(credentials, good);
    }

    /// Remembers of credentials which hash their secret has, and that they are not good: the key has expired.
    pub(super) fn recognise(&self, credentials: Digest, key: Arc<Key>, hash: &str, now: Instant) {
        let (secret_hash, generation) = (hash.to_owned(), self.generation());
        let good = Good { key, secret_hash, until: now, generation };
        self.lock().good.put(credentials, good);
    }

    /// Remembers that credentials were bad in this generation.
    pub(super) fn refuse(&self, credentials: Digest, generation: u64, now: Instant) {
        self.lock().bad.put(credentials, (now + REFUSED, generation));
    }

    /// Forgets good credentials: the key is gone, or has another secret.
    pub(super) fn forget(&self, credentials: &Digest) {
        self.lock().good.pop(credentials);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
