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
//! - [`password`]: people's passwords wait apart from secrets of keys, under the same rules.
//! - [`answer`]: answers of identity providers that do not hold are counted by address.
//! - [`turns`]: few secrets wait to be hashed, and the addresses that they come from take turns.
//! - [`slowed`]: who is told that attempts were too many is told so late, and cannot ask in a tight loop.
//!
//! A name that no key has costs the same as one with a wrong secret.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::watch;

pub use self::address::Address;
use self::alone::Alone;
use self::digest::{Digest, Digests};
use self::memory::{Memory, Recalled};
use self::throttle::{Attempt, Throttle, Wait};
use self::turns::{Full, Turn, Turns};
use self::used::KeyUses;
use super::answered::note_caller;
use super::audit;
use super::problem::Problem;
use super::refused::Sent;
use super::share;
use super::signed_in::find;
use super::state::Server;
use access::caller::Caller;
use access::key::{KeptKey, hash_secret, is_secret};
use access::made_up::{self, MadeUp};
use access::ticket::Tickets;
use service::compute;
use store::KeyStore;
use xapi::instant::Instant as Moment;

mod address;
mod alone;
mod answer;
mod digest;
mod memory;
mod password;
#[cfg(test)]
mod tests;
mod throttle;
mod ticket;
mod turns;
mod used;

/// How long the answer is held that there were too many attempts. A client that tries again as soon as it is
/// answered would take the processors from others. Only the connection of that client is held.
const HELD: Duration = Duration::from_millis(500);

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
    /// Where passwords wait, and where those do that browsers send with which somebody has signed in before.
    passwords: Turns,
    known: Turns,
    compare: Arc<Compare>,
    now: Arc<Now>,
    /// What the secrets of unknown keys are compared with.
    dummy: String,
    /// Tells that keys were made or revoked in this process.
    changes: watch::Sender<()>,
    uses: KeyUses,
}

/// Credentials as they were shown.
struct Shown {
    name: String,
    secret: String,
    address: Address,
    digest: Digest,
    at: Moment,
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
            passwords: Turns::default(),
            known: Turns::default(),
            compare,
            now,
            dummy: hash_secret(&made_up::name(), &rand::random()),
            changes: watch::Sender::new(()),
            uses: KeyUses::default(),
        }
    }

    /// The caller that this `Authorization` header names. 401 when the credentials are wrong, 429 when
    /// too many other credentials wait to be hashed.
    async fn caller(
        &self,
        header: Option<&str>,
        address: Address,
        at: Moment,
    ) -> Result<Caller, Problem> {
        let header =
            header.ok_or_else(|| Problem::unauthorized("The request has no Authorization."))?;
        let (name, secret) = basic(header).ok_or_else(|| {
            Problem::unauthorized("The Authorization header is not HTTP Basic with key:secret.")
        })?;
        let digest = self.digests.of_credentials(&name, &secret);
        let shown = Shown { name, secret, address, digest, at };
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
            Some(Recalled::Good(key)) => {
                self.note_use(&shown.name, shown.at);
                Ok(Some(Caller::of_key(key)))
            }
            Some(Recalled::Stale(hash)) => self.confirmed(shown, &hash).await,
            Some(Recalled::Bad) => Err(bad()),
            None => Ok(None),
        }
    }

    /// The caller of credentials that were good for this hash, where the key still has the hash. 401 where the key has
    /// expired.
    async fn confirmed(&self, shown: &Shown, hash: &str) -> Result<Option<Caller>, Problem> {
        let generation = self.memory.generation();
        let kept = self.keys.key(&shown.name).await?;
        let Some(kept) = kept.filter(|kept| kept.hashes(shown.at).contains(&hash)) else {
            self.memory.forget(&shown.digest);
            return Ok(None);
        };
        let (is_expired, key) = (kept.is_expired(shown.at), Arc::new(kept.key));
        if is_expired {
            self.memory.recognise(shown.digest, key, hash, (self.now)());
            return Err(Problem::unauthorized("The key has expired: ask for another one."));
        }
        let known = (Arc::clone(&key), hash.to_owned());
        self.memory.learn(shown.digest, known, generation, (self.now)());
        self.note_use(&shown.name, shown.at);
        Ok(Some(Caller::of_key(key)))
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
        let hashes = kept.as_ref().map_or_else(|| vec![&*self.dummy], |kept| kept.hashes(shown.at));
        let hashes = hashes.into_iter().map(str::to_owned).collect();
        let compared = self.compared(&shown, hashes, generation, (turn, attempt)).await?;
        let hash = compared.ok_or_else(bad)?;
        // The key may have been revoked while its secret was hashed.
        self.confirmed(&shown, &hash).await?.ok_or_else(bad)
    }

    /// The first of `hashes` that was made of the secret. Once it was begun, it is finished and counts, whether somebody
    /// waits for it or not.
    async fn compared(
        &self,
        shown: &Shown,
        hashes: Vec<String>,
        generation: u64,
        (turn, attempt): (Turn, Option<Attempt>),
    ) -> Result<Option<String>, Problem> {
        let (compare, now) = (Arc::clone(&self.compare), Arc::clone(&self.now));
        let memory = Arc::clone(&self.memory);
        let (secret, digest) = (shown.secret.clone(), shown.digest);
        let compared = compute::aside(move || {
            let found = hashes.into_iter().find(|hash| compare(&secret, hash));
            if found.is_none() {
                memory.refuse(digest, generation, now());
                if let Some(attempt) = attempt {
                    attempt.failed();
                }
            }
            drop(turn);
            found
        });
        compared.await.map_err(|_| Problem::stopped())
    }

    /// A key was made or revoked: what is remembered is looked at again before it is believed.
    pub(crate) fn keys_changed(&self) {
        self.memory.begin_generation();
        self.changes.send_replace(());
    }

    /// Resolves, each time it is awaited, after keys were made or revoked in this process.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Whether a caller that was let in a while ago would be let in now: for answers that take long.
    pub(crate) async fn is_current(&self, caller: &Caller, at: Moment) -> Result<bool, Problem> {
        let kept = self.keys.key(&caller.key.name).await?;
        Ok(kept.is_some_and(|kept| kept.key == *caller.key && !kept.is_expired(at)))
    }

    /// Remembers the secret of a key that is kept, as if it had been shown: it need not be hashed
    /// when others try secrets for the same key.
    pub fn remember(&self, kept: KeptKey, secret: &str) {
        let digest = self.digests.of_credentials(&kept.key.name, secret);
        let generation = self.memory.generation();
        let known = (Arc::new(kept.key), kept.secret_hash);
        self.memory.learn(digest, known, generation, (self.now)());
    }
}

/// What was found out, later where there were too many attempts: see [`HELD`].
async fn slowed<T>(found: Result<T, Problem>) -> Result<T, Problem> {
    let is_throttled = |problem: &Problem| problem.status() == StatusCode::TOO_MANY_REQUESTS;
    if found.as_ref().err().is_some_and(is_throttled) {
        tokio::time::sleep(HELD).await;
    }
    found
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
        let header = header.transpose().ok().flatten().map(str::to_owned);
        let address = Address::of_request(&parts.extensions);
        let now = server.record.now();
        let caller = match server.credentials.of_ticket(header.as_deref(), now).await? {
            Some(caller) => caller,
            None => {
                if let Some(signed_in) = find(parts, server).await? {
                    server.people.caller(&signed_in)
                } else {
                    let found = server.credentials.caller(header.as_deref(), address, now);
                    slowed(found.await).await?
                }
            }
        };
        share::charge(parts, server, &caller);
        audit::witness(parts, &caller);
        Sent::note_key(&parts.extensions, &caller.key.name);
        note_caller(&parts.extensions, &caller);
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}
