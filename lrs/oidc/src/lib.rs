//! Sign-in at an identity provider by `OpenID` Connect Core 1.0: the code flow, with PKCE (RFC 7636), state and nonce.
//!
//! [`Providers`] are those of the settings. [`Provider::start`] leads a browser to the provider, and [`Provider::finish`]
//! takes the answer and says who signs in. What such a person may do here is not decided in this crate.

use std::sync::Arc;

use xapi::clock::Clock;

mod documents;
mod http;
mod pending;
mod provider;
mod seldom;
pub mod settings;

pub use provider::{Provider, Start, Vouched};

/// How long a browser keeps the cookie of a pending sign-in, in seconds.
pub const PENDING_SECONDS: i64 = pending::SECONDS;

/// Why a sign-in at a provider did not end well. Nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider does not answer, or not as `OpenID` Connect asks.
    #[error("the provider cannot be used: {0}")]
    Down(String),
    /// The answer is not of a sign-in that this browser began here, or came too late.
    #[error("the answer is of no sign-in that this browser began in the last ten minutes")]
    State,
    /// The person, or the provider, broke the sign-in off.
    #[error("the provider broke the sign-in off: {0}")]
    Cancelled(String),
    /// The provider's answer does not hold: a code that was used, a token that is expired or meant for others.
    #[error("the provider's answer does not hold: {0}")]
    Answer(String),
    /// The provider's answer holds, and says no name.
    #[error("the provider says no name of this person")]
    Nameless,
}

impl OidcError {
    /// What the page of the sign-in is told.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Down(_) => "down",
            Self::State => "state",
            Self::Cancelled(_) => "cancelled",
            Self::Answer(_) => "answer",
            Self::Nameless => "nameless",
        }
    }
}

/// Why providers cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The address of this server that a provider would lead back to is none.
    #[error("no provider can lead back to {0}: set base_url")]
    Redirect(String),
    /// No request can be sent from this machine.
    #[error("no request can be sent to a provider: {0}")]
    Http(#[from] reqwest::Error),
}

/// A provider of the settings with the secret of this server there.
#[derive(Clone, Debug)]
pub struct KnownProvider {
    /// The settings, without a fault.
    pub settings: settings::Provider,
    /// The secret; `None` for a public client.
    pub client_secret: Option<String>,
}

/// The identity providers of a server. Cheap to clone.
#[derive(Clone, Default)]
pub struct Providers(Arc<[Provider]>);

impl Providers {
    /// The providers of the settings, for a server that is seen at `base_url`. `secret` signs pending sign-ins.
    ///
    /// # Errors
    /// [`SetUpError`] where requests cannot be sent.
    pub fn new(
        known: Vec<KnownProvider>,
        base_url: &str,
        secret: [u8; 32],
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, SetUpError> {
        let provider = |known| Provider::new(known, base_url, secret, Arc::clone(clock));
        Ok(Self(known.into_iter().map(provider).collect::<Result<_, _>>()?))
    }

    /// All of them, in the order of the settings.
    pub fn all(&self) -> impl Iterator<Item = &settings::Provider> {
        self.0.iter().map(Provider::settings)
    }

    /// The provider of this issuer.
    pub fn of_issuer(&self, issuer: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings().issuer == issuer)
    }

    /// The provider of this id.
    pub fn get(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings().id == id)
    }
}
