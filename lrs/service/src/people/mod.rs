//! People: invited, changed, removed; their passwords and second factors; the first of them.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Mutex;

use crate::compute;
use crate::progress::{CourseService, ProgressError};
use access::bounds::Bounds;
use access::key::hash_secret;
use access::password::{self, Weak};
use access::person::{Invitation, KeptPerson, Person};
use access::role::Role;
use access::session;
use course::Identifier;
use store::{HeldPerson, Store, StoreError};
use xapi::clock::Clock;
use xapi::instant::Instant;

mod account;
mod provider;
mod sessions;
mod setup;
#[cfg(test)]
mod tests;

pub use account::Factor;
pub use provider::{Came, FromProvider};
pub use sessions::{Begun, SessionLimits, SignedIn};
pub use setup::SetupLink;

/// How long an invitation is good, in microseconds: a week.
const INVITED_FOR: i64 = 7 * 86_400 * 1_000_000;
/// How often a change is tried again when another change came first.
const TRIES: u32 = 10;
/// The most identifiers of a learner: each is asked for by itself where their statements are read.
pub const MOST_IDENTIFIERS: usize = 20;
/// The least likeness, from 0 to 1, of a name that is offered for one that nobody has.
const LIKE: f64 = 0.8;

/// What is said of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The name that others call them by.
    pub label: String,
    /// What they do.
    pub role: Role,
    /// The territory of a regional coordinator, and of nobody else.
    pub bounds: Option<Bounds>,
    /// The identifiers of a learner, and of nobody else, as learner lists write them.
    pub learner: Vec<String>,
}

/// A person with the link by which they choose a password.
#[derive(Debug)]
pub struct Invited {
    /// The person.
    pub person: Person,
    /// The secret of the link, which is kept nowhere.
    pub secret: String,
    /// When the link ends.
    pub expires: Instant,
}

/// Why something about people was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// A name that nobody can have.
    #[error("`{0}` can be nobody's name: use 1 to 128 bytes without colons and white space")]
    Name(String),
    /// A label that is too long or has control characters.
    #[error("the label is longer than 128 bytes or has control characters")]
    Label,
    /// A regional coordinator without bounds, or others with them.
    #[error("a regional coordinator is bound to regions or bodies, and nobody else is")]
    Bounds,
    /// Bounds that no learner is in.
    #[error(transparent)]
    Territory(Box<ProgressError>),
    /// A learner without identifiers, or others with them.
    #[error("a learner has identifiers, and nobody else has")]
    Identifiers,
    /// A learner with more identifiers than [`MOST_IDENTIFIERS`].
    #[error("a learner has at most {MOST_IDENTIFIERS} identifiers, and these are {given}")]
    ManyIdentifiers {
        /// How many there are.
        given: usize,
    },
    /// What is no identifier.
    #[error("{0}")]
    Identifier(String),
    /// A person of this name is there.
    #[error("there is a person of the name `{0}`")]
    Taken(String),
    /// There is nobody of this name.
    #[error("there is nobody of the name `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// A name that looks like it.
        near: Option<String>,
    },
    /// Somebody who may not sign in at present.
    #[error("`{0}` is disabled")]
    Disabled(String),
    /// Somebody for whom an identity provider vouches, and who has no password here.
    #[error("`{0}` signs in at an identity provider, and has no password here")]
    Vouched(String),
    /// The last administrator who can sign in.
    #[error("`{0}` is the last administrator who can sign in")]
    Last(String),
    /// A password that is not taken.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// A link that was used, has ended, or never was.
    #[error("the link was used, has ended, or is not whole")]
    Link,
    /// Somebody is there already.
    #[error("the server is set up already")]
    SetUp,
    /// A code that is not the second factor's, or was used.
    #[error("the code is not the one of now, or was used")]
    Code,
    /// The second factor is on already, or there is none.
    #[error("the second factor is on already, or there is none to switch on")]
    Factor,
    /// The same person was changed again and again meanwhile.
    #[error("the person is being changed by others")]
    Busy,
    /// The process stops.
    #[error("the work was stopped")]
    Stopped,
    /// The store cannot serve.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Result<T> = std::result::Result<T, PeopleError>;

/// The use cases of people, over one store. Cheap to clone.
#[derive(Clone)]
pub struct People {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    progress: CourseService,
    home_page: Arc<str>,
    limits: SessionLimits,
    /// Held while somebody loses rights: two requests about the last two administrators must not both find the other.
    losing: Arc<Mutex<()>>,
}

impl People {
    /// People of `store`, whose server is seen at `home_page`. Their bounds are held against the learners of `progress`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        progress: CourseService,
        home_page: &str,
        limits: SessionLimits,
    ) -> Self {
        Self { store, clock, progress, home_page: home_page.into(), limits, losing: Arc::default() }
    }

    /// Everybody, by name.
    pub async fn all(&self) -> Result<Vec<KeptPerson>> {
        Ok(self.store.people().await?.into_iter().map(|held| held.kept).collect())
    }

    /// The person of this name.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`].
    pub async fn person(&self, name: &str) -> Result<KeptPerson> {
        Ok(self.held(name).await?.kept)
    }

    /// The person who signs in as `text`, where there is one who may.
    pub async fn who_signs_in(&self, text: &str) -> Result<Option<KeptPerson>> {
        let Some(name) = Person::named(text) else { return Ok(None) };
        let held = self.store.person(&name).await?.map(|held| held.kept);
        Ok(held.filter(|kept| !kept.person.is_disabled))
    }

    /// Adds a person, who is to choose a password by the link.
    ///
    /// # Errors
    /// [`PeopleError::Taken`], and those of a name and of what is said of a person.
    pub async fn invite(&self, name: &str, about: About) -> Result<Invited> {
        let name = Person::named(name).ok_or_else(|| PeopleError::Name(name.to_owned()))?;
        let about = self.checked(about).await?;
        let now = self.clock.now();
        let mut kept = new(person(name.clone(), about, now));
        let (link, secret) = Self::link(&name, now);
        let expires = link.expires;
        kept.invitation = Some(link);
        let person = kept.person.clone();
        if !self.store.add_person(kept).await? {
            return Err(PeopleError::Taken(name));
        }
        Ok(Invited { person, secret, expires })
    }

    /// A new link for a person, who chooses another password by it. An older link ends.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`], [`PeopleError::Vouched`].
    pub async fn invite_again(&self, name: &str) -> Result<Invited> {
        let (link, secret) = Self::link(name, self.clock.now());
        let expires = link.expires;
        let invited = |kept: KeptPerson| {
            has_password_here(&kept)?;
            Ok(KeptPerson { invitation: Some(link.clone()), ..kept })
        };
        let person = self.change(name, invited).await?.person;
        Ok(Invited { person, secret, expires })
    }

    /// Says something else of a person. Who is disabled loses their sessions.
    ///
    /// # Errors
    /// [`PeopleError::Last`] for the last administrator, and those of [`People::invite`].
    pub async fn describe(&self, name: &str, about: About, is_disabled: bool) -> Result<Person> {
        let about = self.checked(about).await?;
        let _one_by_one = self.losing.lock().await;
        if is_disabled || about.role != Role::Administrator {
            self.is_not_last(name).await?;
        }
        let described = |kept: &KeptPerson| {
            let about = about.clone();
            let ends = is_disabled && !kept.person.is_disabled;
            let generation = kept.generation.wrapping_add(u32::from(ends));
            let person =
                Person { is_disabled, ..person(name.to_owned(), about, kept.person.created) };
            let person = Person { last_sign_in: kept.person.last_sign_in, ..person };
            KeptPerson { person, generation, ..kept.clone() }
        };
        for _ in 0..TRIES {
            let HeldPerson { kept, revision } = self.held(name).await?;
            let changed = described(&kept);
            if !self.store.change_person(changed.clone(), revision).await? {
                continue;
            }
            self.others_administer(kept).await?;
            if is_disabled {
                self.store.remove_sessions_of(name, None).await?;
            }
            return Ok(changed.person);
        }
        Err(PeopleError::Busy)
    }

    /// Removes a person, with their sessions. What they did stays.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`], [`PeopleError::Last`].
    pub async fn remove(&self, name: &str) -> Result<()> {
        let _one_by_one = self.losing.lock().await;
        self.is_not_last(name).await?;
        for _ in 0..TRIES {
            let held = self.held(name).await?;
            if self.store.remove_person(name, held.revision).await? {
                self.others_administer(held.kept).await?;
                self.store.remove_sessions_of(name, None).await?;
                return Ok(());
            }
        }
        Err(PeopleError::Busy)
    }

    /// Fails where nobody could administer the server without this person.
    async fn is_not_last(&self, name: &str) -> Result<()> {
        let people = self.store.people().await?;
        let mut administers =
            people.iter().filter(|held| administers(&held.kept)).map(|held| &held.kept.person.name);
        let is_last =
            administers.next().is_some_and(|first| first == name) && administers.next().is_none();
        if is_last { Err(PeopleError::Last(name.to_owned())) } else { Ok(()) }
    }

    /// Gives a person their rights back where nobody is left who administers the server, and fails then: another process
    /// on the same store has taken the rights of another administrator meanwhile. Of two that do so at once, the one that
    /// looks last finds nobody left; where both do, both give back what they took.
    async fn others_administer(&self, before: KeptPerson) -> Result<()> {
        let is_left = async || {
            let people = self.store.people().await?;
            Ok::<_, PeopleError>(people.iter().any(|held| administers(&held.kept)))
        };
        if !administers(&before) || is_left().await? {
            return Ok(());
        }
        let name = before.person.name.clone();
        for _ in 0..TRIES {
            let is_back = match self.store.person(&name).await? {
                None => self.store.add_person(before.clone()).await?,
                Some(HeldPerson { kept, revision }) => {
                    let person = before.person.clone();
                    let back = KeptPerson { person, generation: before.generation, ..kept };
                    self.store.change_person(back, revision).await?
                }
            };
            if is_back {
                return Err(PeopleError::Last(name));
            }
        }
        Err(PeopleError::Busy)
    }

    /// What is said of a person, where it can be.
    async fn checked(&self, about: About) -> Result<About> {
        let about = well_formed(about)?;
        if let Some(bounds) = &about.bounds {
            let known = self.progress.knows_bounds(bounds).await;
            known.map_err(|error| PeopleError::Territory(Box::new(error)))?;
        }
        Ok(about)
    }

    fn link(name: &str, now: Instant) -> (Invitation, String) {
        let secret = session::secret_of(name);
        let expires = Instant::from_micros(now.micros() + INVITED_FOR);
        (Invitation { hash: session::hash(&secret), expires }, secret)
    }

    async fn held(&self, name: &str) -> Result<HeldPerson> {
        if let Some(held) = self.store.person(name).await? {
            return Ok(held);
        }
        let people = self.store.people().await?;
        let likeness = |known: &str| strsim::jaro_winkler(known, name);
        let names = people.iter().map(|held| held.kept.person.name.as_str());
        let near = names.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
        let near = near.filter(|near| likeness(near) > LIKE).map(str::to_owned);
        Err(PeopleError::Unknown { name: name.to_owned(), near })
    }

    /// Changes a person's record, from what it is at present.
    async fn change(
        &self,
        name: &str,
        change: impl Fn(KeptPerson) -> Result<KeptPerson>,
    ) -> Result<KeptPerson> {
        for _ in 0..TRIES {
            let HeldPerson { kept, revision } = self.held(name).await?;
            let changed = change(kept)?;
            if self.store.change_person(changed.clone(), revision).await? {
                return Ok(changed);
            }
        }
        Err(PeopleError::Busy)
    }
}

/// What is said of a person, where it goes together, with identifiers as learner lists write them.
fn well_formed(mut about: About) -> Result<About> {
    if !Person::can_be_called(&about.label) {
        return Err(PeopleError::Label);
    }
    let is_bound = match &about.bounds {
        None => false,
        Some(bounds) => {
            let mut names = bounds.regions.iter().chain(&bounds.bodies);
            if bounds.is_of_statements() || names.any(|name| name.trim().is_empty()) {
                return Err(PeopleError::Bounds);
            }
            !bounds.is_empty()
        }
    };
    if is_bound != about.role.is_bounded() || about.bounds.is_some() != is_bound {
        return Err(PeopleError::Bounds);
    }
    if about.learner.is_empty() == about.role.is_learner() {
        return Err(PeopleError::Identifiers);
    }
    if about.learner.len() > MOST_IDENTIFIERS {
        return Err(PeopleError::ManyIdentifiers { given: about.learner.len() });
    }
    for text in &mut about.learner {
        let read = text.parse::<Identifier>();
        *text = read.map_err(|error| PeopleError::Identifier(error.to_string()))?.listed();
    }
    Ok(about)
}

fn person(name: String, about: About, created: Instant) -> Person {
    let About { label, role, bounds, learner } = about;
    let (is_disabled, last_sign_in) = (false, None);
    Person { name, label, role, bounds, learner, is_disabled, created, last_sign_in }
}

/// A person without a password. The generation is another one than that of whoever had the name before: a session of
/// theirs that was about to begin is over.
fn new(person: Person) -> KeptPerson {
    KeptPerson { generation: rand::random::<u32>() >> 1, ..KeptPerson::new(person) }
}

/// Whether somebody is an administrator who can sign in.
const fn administers(kept: &KeptPerson) -> bool {
    matches!(kept.person.role, Role::Administrator)
        && !kept.person.is_disabled
        && kept.password_hash.is_some()
}

/// Fails for somebody for whom an identity provider vouches: they have no password here, no link to choose one by, and no
/// second factor.
fn has_password_here(kept: &KeptPerson) -> Result<()> {
    match kept.vouched {
        Some(_) => Err(PeopleError::Vouched(kept.person.name.clone())),
        None => Ok(()),
    }
}

/// The hash of a password that may be used by a person of these names. Takes tens of milliseconds, on a thread of its own.
async fn hashed(password: &str, names: [String; 2]) -> Result<String> {
    let password = password.to_owned();
    let hash = move || {
        let [name, label] = names;
        password::is_good(&password, &[&name, &label])?;
        Ok(hash_secret(&password, &rand::random()))
    };
    compute::aside(hash).await.map_err(|_| PeopleError::Stopped)?
}

/// What the audit log says of a person beside the name.
pub fn details(person: &Person) -> Value {
    serde_json::json!({
        "role": person.role,
        "bounds": person.bounds,
        "disabled": person.is_disabled,
    })
}
