//! Who sends a request: HTTP Basic against the kept keys (Communication 4.0).

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lru::LruCache;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::problem::Problem;
use super::share;
use super::state::Server;
use crate::access::caller::Caller;
use crate::access::key::{Key, is_secret};
use crate::clock::Clock;
use crate::store::Store;
use crate::xapi::instant::Instant;

/// How many good credentials are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1024).unwrap();
/// How long, in microseconds: a key revoked on another node works no longer than this.
const REMEMBERED_FOR: i64 = 30_000_000;
/// Secrets hashed at a time. Hashing is slow on purpose; wrong secrets must not take all cores.
const HASHED_AT_ONCE: usize = 1;

/// Checks credentials. Good ones are remembered, as a digest under a secret of this process, so
/// that the slow hash is computed once and not for every request.
pub struct Credentials {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    pepper: [u8; 32],
    good: Mutex<LruCache<[u8; 32], Good>>,
    hashing: Arc<Semaphore>,
}

/// A key that was shown with its secret, and until when that is believed.
type Good = (Arc<Key>, Instant);

impl Credentials {
    /// Credentials against the keys of `store`.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, pepper: [u8; 32]) -> Self {
        Self {
            store,
            clock,
            pepper,
            good: Mutex::new(LruCache::new(REMEMBERED)),
            hashing: Arc::new(Semaphore::new(HASHED_AT_ONCE)),
        }
    }

    /// Who shows this `Authorization` header; refused with 401 when it is no good.
    pub async fn caller(&self, header: Option<&str>) -> Result<Caller, Problem> {
        let header =
            header.ok_or_else(|| Problem::unauthorized("The request has no Authorization."))?;
        let digest = self.digest(header);
        if let Some(key) = self.remembered(&digest) {
            return Ok(Caller { key });
        }
        let (name, secret) = basic(header).ok_or_else(|| {
            Problem::unauthorized("The Authorization header is not HTTP Basic with key:secret.")
        })?;
        let bad = || Problem::unauthorized("The key is unknown or the secret is wrong.");
        let kept = self.store.key(&name).await?.ok_or_else(bad)?;
        let hash = kept.secret_hash;
        if !self.hash_and_compare(secret, hash).await {
            return Err(bad());
        }
        let key = Arc::new(kept.key);
        let until = Instant::from_micros(self.clock.now().micros() + REMEMBERED_FOR);
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.put(digest, (Arc::clone(&key), until));
        Ok(Caller { key })
    }

    /// Forgets all credentials: a key was removed.
    pub fn forget(&self) {
        self.good.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn digest(&self, header: &str) -> [u8; 32] {
        Sha256::new().chain_update(self.pepper).chain_update(header).finalize().into()
    }

    fn remembered(&self, digest: &[u8; 32]) -> Option<Arc<Key>> {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        let (key, until) = good.get(digest)?;
        (*until > self.clock.now()).then(|| Arc::clone(key))
    }

    async fn hash_and_compare(&self, secret: String, hash: String) -> bool {
        let Ok(_permit) = self.hashing.acquire().await else { return false };
        let compare = tokio::task::spawn_blocking(move || is_secret(&secret, &hash));
        compare.await.unwrap_or(false)
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
        let caller = server.credentials.caller(header.transpose().ok().flatten()).await?;
        share::charge(parts, server, &caller);
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_may_hold_colons() {
        let header = format!("basic {}", STANDARD.encode("key:a:b"));
        assert_eq!(basic(&header), Some(("key".into(), "a:b".into())));
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic %%%"), None);
    }
}
