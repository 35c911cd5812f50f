//! Keys that are made, listed and revoked on behalf of another key.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;
use validator::{Report, Version};

use super::Founded;
use crate::compute;
use crate::progress::{CourseService, ProgressError};
use url::Url;

use access::bounds::Bounds;
use access::key::{KeptKey, Key, KeyLife, KeyMaker, PreviousSecret, hash_secret};
use access::made_up::{self, MadeUp};
use access::person::Person;
use access::scope::{Right, Scope, UnknownScope};
use store::{Store, StoreError};
use xapi::authority::Authority;
use xapi::clock::Clock;
use xapi::instant::Instant;

/// The least likeness, from 0 to 1, of a name that is offered for one that no key has.
const LIKE: f64 = 0.8;

/// A key to be made.
#[derive(Debug, Default)]
pub struct NewKey {
    /// What the key is for.
    pub label: String,
    /// Names of scopes.
    pub scopes: Vec<String>,
    /// The territory that the key is bound to; `None` for a key that sees all learners.
    pub bounds: Option<Bounds>,
    /// Made up where missing.
    pub name: Option<String>,
    /// Made up where missing.
    pub secret: Option<String>,
    /// The Agent that is the authority of the key's statements; the key's own account where missing.
    pub authority: Option<Value>,
    /// From when on the key is refused; `None` for a key that ends when it is revoked.
    pub expires: Option<Instant>,
    /// With whom the key ends, of the key of a package: it expires no later than the key that made it.
    pub maker: Option<KeyMaker>,
}

/// A key in the list of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub kept: KeptKey,
    /// When it was used last, to ten minutes; `None` where it was not used since Traccia 0.2.
    pub last_used: Option<Instant>,
}

/// The longest time that two secrets of a key are good.
const LONGEST_GRACE: Duration = Duration::from_hours(90 * 24);

/// Why a key was not made or revoked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A scope that does not exist.
    #[error(transparent)]
    Scope(#[from] UnknownScope),
    /// A key that may do nothing.
    #[error("the key has no scopes")]
    NoScopes,
    /// Bounds that name nothing, or an empty name.
    #[error("the key's bounds name no region and no body, or an empty one")]
    EmptyBounds,
    /// Bounds of statements that would not hold.
    #[error("the key's bounds name no activity, an address that is none, or a territory as well")]
    NoActivities,
    /// Another scope than `statements/write` beside bounds of statements.
    #[error("a key that is bound to activities can have the scope statements/write alone")]
    WritesAlone,
    /// Bounds that no learner is in.
    #[error(transparent)]
    Bounds(Box<ProgressError>),
    /// A scope that reaches beyond any bounds.
    #[error("a key with bounds cannot have the scope {0}: it reaches beyond them")]
    Unbound(Scope),
    /// A name that no key can have, or an empty secret.
    #[error(
        "the key's name is empty, too long, has a colon or is `check-in`, or its secret is empty"
    )]
    Name,
    /// An authority that is no Agent.
    #[error("the key's authority is not an Agent: {0}")]
    Authority(Report),
    /// A key of this name is there.
    #[error("there is a key of this name")]
    Taken,
    /// A key that would be refused at once, or is refused already.
    #[error("the key has expired, or would have when it is made")]
    Expired,
    /// Two secrets for too long.
    #[error("the secret before can be good for 90 days at most")]
    Grace,
    /// Somebody else changed the key in the same moment.
    #[error("`{0}` was changed meanwhile")]
    Changed(String),
    /// The last key with the scope `all`.
    #[error("`{0}` is the last key with the scope `all`")]
    Last(String),
    /// There is no key of this name.
    #[error("there is no key of the name `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The name of a key that looks like it.
        near: Option<String>,
    },
    /// The secret could not be hashed: the process stops.
    #[error("the secret could not be hashed")]
    Stopped,
    /// The store cannot serve.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The use cases of keys, over one store. Cheap to clone.
#[derive(Clone)]
pub struct Keys {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    progress: CourseService,
    home_page: Arc<str>,
    made_up: Arc<MadeUp>,
    /// Held while a key is revoked: two requests for the last two keys must not both find the other key there.
    revoking: Arc<Mutex<()>>,
}

impl Keys {
    /// Keys of `store`, which has this `secret`. Their statements get accounts at `home_page` as authority, and their
    /// bounds are held against the learners of `progress`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        progress: CourseService,
        home_page: &str,
        secret: [u8; 32],
    ) -> Self {
        let made_up = Arc::new(MadeUp::new(secret));
        let (home_page, revoking) = (home_page.into(), Arc::default());
        Self { store, clock, progress, home_page, made_up, revoking }
    }

    /// Makes a key. Its secret is in the result and is not kept.
    ///
    /// # Errors
    /// [`KeyError`], but not [`KeyError::Last`] and [`KeyError::Unknown`].
    pub async fn create(&self, new: NewKey) -> Result<Founded, KeyError> {
        let NewKey { label, scopes, bounds, name, secret, authority, expires, maker } = new;
        let name = name.unwrap_or_else(made_up::name);
        let secret = secret.unwrap_or_else(|| self.made_up.secret(&name));
        if let Some(bounds) = &bounds {
            let known = self.progress.knows_bounds(bounds).await;
            known.map_err(|error| KeyError::Bounds(Box::new(error)))?;
        }
        let authority = self.authority(authority.as_ref(), &name)?;
        let scopes = bound(read_scopes(&scopes)?, bounds.as_ref())?;
        if !Key::can_be_named(&name) || secret.is_empty() {
            return Err(KeyError::Name);
        }
        let created = self.clock.now();
        let expires = match &maker {
            Some(KeyMaker::Key(name)) => {
                let made_by = self.store.key(name).await?;
                let ends = made_by.and_then(|kept| kept.life.expires);
                expires.into_iter().chain(ends).min()
            }
            _ => expires,
        };
        if expires.is_some_and(|expires| expires <= created) {
            return Err(KeyError::Expired);
        }
        let key = Key { name, label, scopes, bounds, authority, created };
        let (to_hash, salt) = (secret.clone(), rand::random());
        let hash = compute::aside(move || hash_secret(&to_hash, &salt));
        let secret_hash = hash.await.map_err(|_| KeyError::Stopped)?;
        let kept = KeptKey { key, secret_hash, life: KeyLife { expires, previous: None, maker } };
        if !self.store.add_key(kept.clone()).await? {
            return Err(KeyError::Taken);
        }
        // Whoever ends meanwhile may not have seen this key.
        if let Some(maker) = kept.life.maker.as_ref()
            && !self.is_there(maker).await?
        {
            self.store.remove_key(&kept.key.name).await?;
            return Err(KeyError::Unknown { name: maker.to_string(), near: None });
        }
        Ok(Founded { kept, secret })
    }

    /// Whether a key or a person may still make keys of packages.
    async fn is_there(&self, maker: &KeyMaker) -> Result<bool, StoreError> {
        Ok(match maker {
            KeyMaker::Key(name) => self.store.key(name).await?.is_some(),
            KeyMaker::Person(name) => {
                let held = self.store.person(name).await?;
                held.is_some_and(|held| makes_keys(&held.kept.person))
            }
        })
    }

    /// Revokes the keys that somebody has made for packages; gives how many.
    pub async fn revoke_made_by(&self, maker: &KeyMaker) -> Result<usize, KeyError> {
        let keys = self.store.keys().await?;
        let mut revoked = 0;
        for kept in keys.iter().filter(|kept| kept.life.maker.as_ref() == Some(maker)) {
            revoked += usize::from(self.store.remove_key(&kept.key.name).await?);
        }
        Ok(revoked)
    }

    /// All keys, by name.
    pub async fn all(&self) -> Result<Vec<ListedKey>, KeyError> {
        let mut uses = self.store.key_uses().await?;
        let listed = |kept: KeptKey| {
            let last_used = uses.remove(&kept.key.name);
            ListedKey { kept, last_used }
        };
        Ok(self.store.keys().await?.into_iter().map(listed).collect())
    }

    /// Gives the key of this name another secret, which is in the result and is not kept. The secret before is good for
    /// `grace` still, so that those who use it can be told; the one before that, if any, ends now.
    ///
    /// # Errors
    /// [`KeyError::Unknown`]; [`KeyError::Expired`]; [`KeyError::Grace`]; [`KeyError::Changed`].
    pub async fn rotate(&self, name: &str, grace: Duration) -> Result<Founded, KeyError> {
        if grace > LONGEST_GRACE {
            return Err(KeyError::Grace);
        }
        let Some(old) = self.store.key(name).await? else {
            let near = near(name, &self.store.keys().await?);
            return Err(KeyError::Unknown { name: name.to_owned(), near });
        };
        let now = self.clock.now();
        if old.is_expired(now) {
            return Err(KeyError::Expired);
        }
        let secret = self.made_up.secret(name);
        let (to_hash, salt) = (secret.clone(), rand::random());
        let hash = compute::aside(move || hash_secret(&to_hash, &salt));
        let secret_hash = hash.await.map_err(|_| KeyError::Stopped)?;
        let micros = i64::try_from(grace.as_micros()).unwrap_or(i64::MAX);
        let until = Instant::from_micros(now.micros().saturating_add(micros));
        let hash = old.secret_hash;
        let previous = (until > now).then(|| PreviousSecret { hash: hash.clone(), until });
        let life = KeyLife { previous, ..old.life };
        let kept = KeptKey { key: old.key, secret_hash, life };
        if !self.store.change_key(&hash, kept.clone()).await? {
            return Err(KeyError::Changed(name.to_owned()));
        }
        Ok(Founded { kept, secret })
    }

    /// Removes a key, and those that it has made for packages. Their statements stay.
    ///
    /// # Errors
    /// [`KeyError::Unknown`]; [`KeyError::Last`] for the last key with the scope `all`, unless `may_be_last`.
    pub async fn revoke(&self, name: &str, may_be_last: bool) -> Result<(), KeyError> {
        let _one_by_one = self.revoking.lock().await;
        let keys = self.store.keys().await?;
        if !may_be_last && is_last(&keys, name) {
            return Err(KeyError::Last(name.to_owned()));
        }
        if !self.store.remove_key(name).await? {
            return Err(KeyError::Unknown { name: name.to_owned(), near: near(name, &keys) });
        }
        self.revoke_made_by(&KeyMaker::Key(name.to_owned())).await?;
        Ok(())
    }

    fn authority(&self, given: Option<&Value>, name: &str) -> Result<Authority, KeyError> {
        let Some(agent) = given else { return Ok(Authority::of_key(name, &self.home_page)) };
        let agent = validator::check_agent(agent.to_string().as_bytes(), Version::V1_0_3);
        Ok(Authority::from_agent(agent.map_err(KeyError::Authority)?))
    }
}

/// Whether the keys that a person has made for packages are good still: not of somebody who is disabled, or has another role
/// by now.
pub fn makes_keys(person: &Person) -> bool {
    !person.is_disabled && person.role.gives(Right::ManagePackages)
}

fn read_scopes(names: &[String]) -> Result<Vec<Scope>, KeyError> {
    let mut scopes: Vec<Scope> = names.iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() { Err(KeyError::NoScopes) } else { Ok(scopes) }
}

/// Refuses bounds that would not hold: scopes that reach beyond them, and a territory of nothing.
fn bound(scopes: Vec<Scope>, bounds: Option<&Bounds>) -> Result<Vec<Scope>, KeyError> {
    let Some(bounds) = bounds else { return Ok(scopes) };
    if bounds.is_of_statements() {
        return bound_to_activities(scopes, bounds);
    }
    let mut names = bounds.regions.iter().chain(&bounds.bodies);
    if bounds.is_empty() || names.any(|name| name.trim().is_empty()) {
        return Err(KeyError::EmptyBounds);
    }
    match scopes.iter().find(|scope| !scope.can_be_bound()) {
        None => Ok(scopes),
        Some(scope) => Err(KeyError::Unbound(*scope)),
    }
}

/// Refuses bounds of statements that would not hold.
fn bound_to_activities(scopes: Vec<Scope>, bounds: &Bounds) -> Result<Vec<Scope>, KeyError> {
    let mut all = bounds.activities.iter().chain(&bounds.home_pages);
    let is_mixed = !bounds.regions.is_empty() || !bounds.bodies.is_empty();
    if is_mixed || bounds.activities.is_empty() || !all.all(|iri| Url::parse(iri).is_ok()) {
        return Err(KeyError::NoActivities);
    }
    if scopes != [Scope::StatementsWrite] {
        return Err(KeyError::WritesAlone);
    }
    Ok(scopes)
}

/// Whether no key could manage the server for good without the key of this name: keys that expire do not count.
fn is_last(keys: &[KeptKey], name: &str) -> bool {
    let stays = |kept: &&KeptKey| kept.life.expires.is_none();
    let mut managing =
        keys.iter().filter(|kept| kept.key.scopes.contains(&Scope::All)).filter(stays);
    managing.next().is_some_and(|kept| kept.key.name == name) && managing.next().is_none()
}

/// The name of a key that looks like `name`.
fn near(name: &str, keys: &[KeptKey]) -> Option<String> {
    let names = keys.iter().map(|kept| kept.key.name.as_str());
    let likeness = |known: &str| strsim::jaro_winkler(known, name);
    let near = names.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    near.filter(|near| likeness(near) > LIKE).map(str::to_owned)
}

#[cfg(test)]
mod tests;
