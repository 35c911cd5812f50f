//! Keys that are made without another key: from the seed, at the first start, and by
//! `traccia key init`. All have the scope `all`. [`Keys`] makes and revokes all others.

use std::fmt;
use std::sync::Arc;

use access::key::{KeptKey, Key, hash_secret, is_secret};
use access::made_up::MadeUp;
use access::scope::Scope;
use store::{Store, StoreError};
use xapi::authority::Authority;
use xapi::clock::Clock;

mod managed;

pub use managed::{KeyError, Keys, ListedKey, NewKey, makes_keys};

/// The name of the key that the first start makes.
pub const FIRST: &str = "admin";

/// A key that is kept, with its secret.
#[derive(Clone, Debug)]
pub struct Founded {
    /// The key.
    pub kept: KeptKey,
    /// Its secret, which is kept nowhere.
    pub secret: String,
}

impl fmt::Display for Founded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kept.key.name, self.secret)
    }
}

/// What was found at a start.
#[derive(Clone, Debug)]
pub enum First {
    /// The store had no key: this one was made.
    Made(Box<Founded>),
    /// A key with scope `all` is there.
    Managed,
    /// There are keys, but none with scope `all`.
    Unmanaged,
}

/// Why [`Founder::seed`] gives no key.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A seed key that is not KEY:SECRET.
    #[error("TRACCIA_SEED_KEY is not KEY:SECRET, with both parts not empty")]
    Malformed,
    /// A seed key with a name that no key can have.
    #[error("`{0}` of TRACCIA_SEED_KEY can be no key's name: the server has it itself")]
    Name(String),
    /// A seed key whose name is taken by a key with another secret.
    #[error(
        "the key `{0}` of TRACCIA_SEED_KEY is there with another secret: give that one, use \
         another name, or revoke the key first"
    )]
    OtherSecret(String),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why [`Founder::init`] made no key.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// A key with scope `all` is there.
    #[error(
        "there is a key with scope `all` already: `{0}`\n  Use it with `traccia key create`; where \
         its secret is lost, add --force, and revoke it with the new key"
    )]
    Managed(String),
    /// A key of this name is there.
    #[error("there is a key of the name `{0}` already: choose another --name")]
    Taken(String),
    /// A name that no key can have.
    #[error("`{0}` can be no key's name: use 1 to 128 bytes without colons, and not `check-in`")]
    Name(String),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes keys of one store.
pub struct Founder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    home_page: String,
}

impl Founder {
    /// Keys of `store` whose statements get accounts at `home_page` as authority.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, home_page: &str) -> Self {
        Self { store, clock, home_page: home_page.to_owned() }
    }

    /// The key `KEY:SECRET`, which is made unless it is there.
    ///
    /// # Errors
    /// [`SeedError::Malformed`] where the text is no key and secret, [`SeedError::OtherSecret`]
    /// where a key of this name has another secret, [`SeedError::Name`] for the server's own name.
    pub async fn seed(&self, seed: &str) -> Result<Founded, SeedError> {
        let (name, secret) = seed
            .split_once(':')
            .filter(|(name, secret)| !name.is_empty() && !secret.is_empty())
            .ok_or(SeedError::Malformed)?;
        if let Some(kept) = self.store.key(name).await? {
            if !is_secret(secret, &kept.secret_hash) {
                return Err(SeedError::OtherSecret(name.to_owned()));
            }
            return Ok(Founded { kept, secret: secret.to_owned() });
        }
        if name == Key::CHECK_IN {
            return Err(SeedError::Name(name.to_owned()));
        }
        let founded = self.key(name, secret.to_owned(), "made at start from TRACCIA_SEED_KEY");
        self.store.add_key(founded.kept.clone()).await?;
        Ok(founded)
    }

    /// Makes a key in a store that has none. Of several processes that start on one store at the
    /// same time, one makes it.
    pub async fn first(&self) -> Result<First, StoreError> {
        let keys = self.store.keys().await?;
        if keys.iter().any(|kept| self.manages(kept)) {
            return Ok(First::Managed);
        }
        if !keys.is_empty() {
            return Ok(First::Unmanaged);
        }
        let secret = MadeUp::new(self.store.secret().await?).secret(FIRST);
        let founded = self.key(FIRST, secret, "made at the first start");
        let is_mine = self.store.add_key(founded.kept.clone()).await?;
        Ok(if is_mine { First::Made(Box::new(founded)) } else { First::Managed })
    }

    /// Whether a key may manage keys and courses.
    pub async fn is_managed(&self) -> Result<bool, StoreError> {
        Ok(self.store.keys().await?.iter().any(|kept| self.manages(kept)))
    }

    /// Removes a key that was made here, where its secret could not be shown.
    pub async fn forget(&self, founded: &Founded) -> Result<(), StoreError> {
        self.store.remove_key(&founded.kept.key.name).await.map(drop)
    }

    /// Makes a key. A store that has a key with scope `all` gets another one only with `force`.
    ///
    /// # Errors
    /// [`InitError`].
    pub async fn init(&self, name: &str, force: bool) -> Result<Founded, InitError> {
        let keys = self.store.keys().await?;
        let known = keys.iter().find(|kept| self.manages(kept));
        if let Some(known) = known.filter(|_| !force) {
            return Err(InitError::Managed(known.key.name.clone()));
        }
        if !Key::can_be_named(name) {
            return Err(InitError::Name(name.to_owned()));
        }
        let secret = MadeUp::new(self.store.secret().await?).secret(name);
        let founded = self.key(name, secret, "made by `traccia key init`");
        if !self.store.add_key(founded.kept.clone()).await? {
            return Err(InitError::Taken(name.to_owned()));
        }
        Ok(founded)
    }

    /// Whether a key may manage keys and courses now.
    fn manages(&self, kept: &KeptKey) -> bool {
        kept.key.scopes.contains(&Scope::All) && !kept.is_expired(self.clock.now())
    }

    fn key(&self, name: &str, secret: String, label: &str) -> Founded {
        let key = Key {
            name: name.to_owned(),
            label: label.to_owned(),
            scopes: vec![Scope::All],
            bounds: None,
            authority: Authority::of_key(name, &self.home_page),
            created: self.clock.now(),
        };
        let secret_hash = hash_secret(&secret, &rand::random());
        Founded { kept: KeptKey::new(key, secret_hash), secret }
    }
}
