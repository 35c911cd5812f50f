//! The caller of a request: HTTP Basic against the kept keys (Communication 4.0).
//!
//! Secrets are hashed slowly on purpose, so a client that sends many wrong secrets could keep other
//! clients waiting. What holds against that:
//!
//! - [`memory`]: credentials that were good once are not hashed again, however long ago that was;
//!   after 30 seconds the store is asked whether the key still has the secret.
//! - [`access::made_up`]: secrets that Traccia made up are recognised, and hashed apart from guesses.
//! - [`ticket`]: what a key was exchanged for is recognised too, and is hashed not at all.
//! - [`throttle`]: failures are counted by key name and address together.
//! - [`turns`]: few secrets wait to be hashed, and the addresses that they come from take turns.
//!
//! A name that no key has costs the same as one with a wrong secret.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use self::address::Address;
use self::alone::Alone;
use self::digest::{Digest, Digests};
use self::memory::{Memory, Recalled};
use self::throttle::{Attempt, Throttle, Wait};
use self::turns::{Full, Turn, Turns};
use super::problem::Problem;
use super::share;
use super::state::Server;
use access::caller::Caller;
use access::key::{KeptKey, hash_secret, is_secret};
use access::made_up::{self, MadeUp};
use access::ticket::Tickets;
use store::KeyStore;
use xapi::instant::Instant as Moment;

mod address;
mod alone;
mod digest;
mod memory;
#[cfg(test)]
mod tests;
mod throttle;
mod ticket;
mod turns;

/// When a secret that found no room among those that wait may be sent again, in seconds.
const NO_ROOM: u64 = 2;

/// Whether a secret is the one that a hash was made from; slow.
type Compare = dyn Fn(&str, &str) -> bool + Send + Sync;

/// The time, from a clock that never goes back.
type Now = dyn Fn() -> Instant + Send + Sync;

/// Checks credentials.
pub struct Credentials {
    keys: Arc<dyn KeyStore>,
    digests: Digests,
    made_up: MadeUp,
    tickets: Tickets,
    memory: Arc<Memory>,
    throttle: Throttle,
    alone: Alone,
    /// Where secrets wait that were made up here, and where all others do.
    quick: Turns,
    slow: Turns,
    compare: Arc<Compare>,
    now: Arc<Now>,
    /// What the secrets of unknown keys are compared with.
    dummy: String,
}

/// Credentials as they were shown.
struct Shown {
    name: String,
    secret: String,
    address: Address,
    digest: Digest,
}

impl Credentials {
    /// Credentials against `keys`, which are those of the store with this `secret`.
    pub fn new(keys: Arc<dyn KeyStore>, secret: [u8; 32]) -> Self {
        Self::made_of(keys, secret, Arc::new(is_secret), Arc::new(Instant::now))
    }

    fn made_of(
        keys: Arc<dyn KeyStore>,
        secret: [u8; 32],
        compare: Arc<Compare>,
        now: Arc<Now>,
    ) -> Self {
        Self {
            keys,
            digests: Digests::new(rand::random()),
            made_up: MadeUp::new(secret),
            tickets: Tickets::new(secret),
            memory: Arc::new(Memory::new()),
            throttle: Throttle::new(),
            alone: Alone::default(),
            quick: Turns::default(),
            slow: Turns::default(),
            compare,
            now,
            dummy: hash_secret(&made_up::name(), &rand::random()),
        }
    }

    /// The caller that this `Authorization` header names. 401 when the credentials are wrong, 429 when
    /// too many other credentials wait to be hashed.
    async fn caller(&self, header: Option<&str>, address: Address) -> Result<Caller, Problem> {
        let header =
            header.ok_or_else(|| Problem::unauthorized("The request has no Authorization."))?;
        let (name, secret) = basic(header).ok_or_else(|| {
            Problem::unauthorized("The Authorization header is not HTTP Basic with key:secret.")
        })?;
        let digest = self.digests.of_credentials(&name, &secret);
        let shown = Shown { name, secret, address, digest };
        if let Some(caller) = self.remembered(&shown).await? {
            return Ok(caller);
        }
        // Requests with the same credentials wait for the first of them to find out.
        let _alone = self.alone.enter(digest).await;
        match self.remembered(&shown).await? {
            Some(caller) => Ok(caller),
            None => self.find_out(shown).await,
        }
    }

    /// The caller of credentials that were found good before.
    async fn remembered(&self, shown: &Shown) -> Result<Option<Caller>, Problem> {
        match self.memory.recall(&shown.digest, (self.now)()) {
            Some(Recalled::Good(key)) => Ok(Some(Caller { key })),
            Some(Recalled::Stale(hash)) => self.confirmed(shown, &hash).await,
            Some(Recalled::Bad) => Err(bad()),
            None => Ok(None),
        }
    }

    /// The caller of credentials that were good for this hash, where the key still has the hash.
    async fn confirmed(&self, shown: &Shown, hash: &str) -> Result<Option<Caller>, Problem> {
        let generation = self.memory.generation();
        let kept = self.keys.key(&shown.name).await?.filter(|kept| kept.secret_hash == hash);
        let Some(kept) = kept else {
            self.memory.forget(&shown.digest);
            return Ok(None);
        };
        let key = Arc::new(kept.key.clone());
        self.memory.learn(shown.digest, kept, generation, (self.now)());
        Ok(Some(Caller { key }))
    }

    /// Hashes the secret when it is its turn, and remembers what came of it.
    async fn find_out(&self, shown: Shown) -> Result<Caller, Problem> {
        let name = self.digests.of_name(&shown.name);
        let full = |Full| Problem::too_many_attempts(NO_ROOM);
        let (turn, attempt) = if self.made_up.is_of(&shown.name, &shown.secret) {
            (self.quick.turn(name, shown.address).await.map_err(full)?, None)
        } else {
            let attempt = self.throttle.attempt(name, shown.address, (self.now)());
            let attempt =
                attempt.map_err(|Wait(wait)| Problem::too_many_attempts(wait.as_secs().max(1)))?;
            (self.slow.turn(name, shown.address).await.map_err(full)?, Some(attempt))
        };
        let generation = self.memory.generation();
        let kept = self.keys.key(&shown.name).await?;
        let hash = kept.as_ref().map_or(&self.dummy, |kept| &kept.secret_hash).clone();
        if !self.compared(&shown, hash.clone(), generation, (turn, attempt)).await? {
            return Err(bad());
        }
        // The key may have been revoked while its secret was hashed.
        self.confirmed(&shown, &hash).await?.ok_or_else(bad)
    }

    /// Whether the secret is the one that `hash` was made from. Once it was begun, it is finished
    /// and counts, whether somebody waits for it or not.
    async fn compared(
        &self,
        shown: &Shown,
        hash: String,
        generation: u64,
        (turn, attempt): (Turn, Option<Attempt>),
    ) -> Result<bool, Problem> {
        let (compare, now) = (Arc::clone(&self.compare), Arc::clone(&self.now));
        let memory = Arc::clone(&self.memory);
        let (secret, digest) = (shown.secret.clone(), shown.digest);
        let compared = tokio::task::spawn_blocking(move || {
            let is_good = compare(&secret, &hash);
            if !is_good {
                memory.refuse(digest, generation, now());
                if let Some(attempt) = attempt {
                    attempt.failed();
                }
            }
            drop(turn);
            is_good
        });
        compared.await.map_err(|_| Problem::stopped())
    }

    /// A key was made or revoked: what is remembered is looked at again before it is believed.
    pub(crate) fn keys_changed(&self) {
        self.memory.begin_generation();
    }

    /// Remembers the secret of a key that is kept, as if it had been shown: it need not be hashed
    /// when others try secrets for the same key.
    pub fn remember(&self, kept: KeptKey, secret: &str) {
        let digest = self.digests.of_credentials(&kept.key.name, secret);
        let generation = self.memory.generation();
        self.memory.learn(digest, kept, generation, (self.now)());
    }
}

fn bad() -> Problem {
    Problem::unauthorized("The key is unknown or the secret is wrong.")
}

/// Where a request comes from, for those who ask for a caller without its head.
impl FromRequestParts<Server> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Self::Rejection> {
        Ok(Self::of_request(&parts.extensions))
    }
}

/// The user name and password of a Basic header (RFC 7617).
pub(super) fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, token) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(token.trim()).ok()?).ok()?;
    let (name, secret) = text.split_once(':')?;
    Some((name.to_owned(), secret.to_owned()))
}

impl FromRequestParts<Server> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let header = parts.headers.get(AUTHORIZATION).map(|value| value.to_str());
        let header = header.transpose().ok().flatten();
        let address = Address::of_request(&parts.extensions);
        let caller = match server.credentials.of_ticket(header, server.record.now()).await? {
            Some(caller) => caller,
            None => server.credentials.caller(header, address).await?,
        };
        share::charge(parts, server, &caller);
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}
