//! What a provider says of itself: its discovery document and its keys, read anew now and then.

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, EndSessionUrl, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::OidcError;
use crate::http::{Http, whole};
use crate::settings::is_safe;
use xapi::clock::Clock;
use xapi::instant::Instant;

/// A second, in microseconds.
const SECOND: i64 = 1_000_000;
/// How long documents are used without being read anew: an hour.
const FRESH: i64 = 3_600 * SECOND;
/// How long documents are used while the provider gives no newer ones: a day. A key that it has withdrawn is believed no
/// longer than that.
const STALE: i64 = 24 * FRESH;
/// How long a provider that did not give its documents is not asked for them again.
const REST: i64 = 5 * SECOND;
/// How often documents are read anew at most because a token is signed with a key that they do not have.
const SEARCH: i64 = 10 * SECOND;

/// What a discovery document may say beside the members that the crate knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Further {
    /// RP-Initiated Logout 1.0.
    #[serde(default)]
    pub(super) end_session_endpoint: Option<EndSessionUrl>,
    /// RFC 9207: each answer to a browser names its issuer.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Further {}

/// A discovery document, with the keys that it leads to.
pub(super) type Metadata = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Documents, and when they were read.
#[derive(Clone)]
pub(super) struct Read {
    at: Instant,
    pub(super) metadata: Arc<Metadata>,
}

#[derive(Default)]
struct Kept {
    read: Option<Read>,
    /// When the provider last gave no documents, and why.
    failed: Option<(Instant, String)>,
    /// When documents were last read anew for a key that they did not have.
    searched: Option<Instant>,
}

/// The documents of one issuer.
pub(super) struct Documents {
    issuer: IssuerUrl,
    clock: Arc<dyn Clock>,
    /// Held while the provider is asked: it is asked once for all who wait.
    kept: Mutex<Kept>,
}

impl Documents {
    pub(super) fn new(issuer: IssuerUrl, clock: Arc<dyn Clock>) -> Self {
        Self { issuer, clock, kept: Mutex::default() }
    }

    /// The documents, not older than [`FRESH`]; not older than [`STALE`] while the provider gives no newer ones.
    ///
    /// # Errors
    /// [`OidcError::Down`].
    pub(super) async fn current(&self, http: &Http) -> Result<Read, OidcError> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        if let Some(read) = kept.read.as_ref().filter(|read| is_within(FRESH, read.at, now)) {
            return Ok(read.clone());
        }
        let rests = kept.failed.as_ref().filter(|(at, _)| is_within(REST, *at, now));
        let why = match rests {
            Some((_, why)) => why.clone(),
            None => match self.asked(http).await {
                Ok(read) => {
                    (kept.read, kept.failed) = (Some(read.clone()), None);
                    return Ok(read);
                }
                Err(why) => {
                    kept.failed = Some((now, why.clone()));
                    why
                }
            },
        };
        let stale = kept.read.clone().filter(|read| is_within(STALE, read.at, now));
        stale.ok_or(OidcError::Down(why))
    }

    /// Documents that were read after `seen`, which lack a key: read for it, once in [`SEARCH`].
    ///
    /// # Errors
    /// [`OidcError::Down`].
    pub(super) async fn after(&self, seen: &Read, http: &Http) -> Result<Read, OidcError> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        let has_newer = kept.read.as_ref().is_some_and(|read| read.at != seen.at);
        let has_searched = kept.searched.is_some_and(|at| is_within(SEARCH, at, now));
        if has_newer || has_searched {
            return Ok(kept.read.clone().unwrap_or_else(|| seen.clone()));
        }
        kept.searched = Some(now);
        let read = self.asked(http).await.map_err(OidcError::Down)?;
        kept.read = Some(read.clone());
        Ok(read)
    }

    /// The documents that were read last, however long ago; the provider is asked where there are none.
    pub(super) async fn known(&self, http: &Http) -> Option<Read> {
        let known = self.kept.lock().await.read.clone();
        match known {
            Some(read) => Some(read),
            None => self.current(http).await.ok(),
        }
    }

    async fn asked(&self, http: &Http) -> Result<Read, String> {
        let asked = Metadata::discover_async(self.issuer.clone(), http).await;
        let metadata = asked.map_err(|error| whole(&error))?;
        let further = metadata.additional_metadata();
        let end = further.end_session_endpoint.as_ref().map(EndSessionUrl::url);
        for url in std::iter::once(metadata.authorization_endpoint().url()).chain(end) {
            if !is_safe(url, self.issuer.url()) {
                return Err(format!("it sends browsers to {url}, which is no https:// address"));
            }
        }
        if metadata.token_endpoint().is_none() {
            return Err("its discovery document has no token_endpoint".to_owned());
        }
        Ok(Read { at: self.clock.now(), metadata: Arc::new(metadata) })
    }
}

/// Whether `at` is less than `span` microseconds ago. An instant to come is not: the clock was set back.
fn is_within(span: i64, at: Instant, now: Instant) -> bool {
    (0..span).contains(&now.micros().saturating_sub(at.micros()))
}

#[cfg(test)]
mod tests;
