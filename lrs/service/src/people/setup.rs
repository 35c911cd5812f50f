//! The first person of a server: by a link that the start prints, or from the command line.

use super::{
    About, Invited, People, PeopleError, Result, administers, has_password_here, hashed, new,
    person,
};
use access::person::{Invitation, KeptPerson, Person};
use access::role::Role;
use access::session;
use store::HeldPerson;
use xapi::instant::Instant;

/// How long a link of the set-up is good, in microseconds: a day.
const GOOD_FOR: i64 = 86_400 * 1_000_000;

/// The secret of a link by which the first person is made; kept nowhere.
#[derive(Debug)]
pub struct SetupLink(pub String);

impl People {
    /// Whether nobody is there, and a link waits for the first person.
    pub async fn waits_for_setup(&self) -> Result<bool> {
        let now = self.clock.now();
        // Anybody may ask: links are few, and people are many.
        let waits = self.store.setups().await?.iter().any(|link| link.expires > now);
        Ok(waits && !is_set_up(&self.store.people().await?))
    }

    /// A link by which the first person is made; `None` where somebody is there.
    pub async fn new_setup(&self) -> Result<Option<SetupLink>> {
        if is_set_up(&self.store.people().await?) {
            return Ok(None);
        }
        let secret = session::secret();
        let expires = Instant::from_micros(self.clock.now().micros().saturating_add(GOOD_FOR));
        self.store.add_setup(Invitation { hash: session::hash(&secret), expires }).await?;
        Ok(Some(SetupLink(secret)))
    }

    /// Makes the first person, an administrator, by a link that is good once. No other link that is there is good then,
    /// also of another process on the same store: of two at once, one makes a person.
    ///
    /// # Errors
    /// [`PeopleError::Link`], [`PeopleError::SetUp`] where somebody is there, [`PeopleError::Name`],
    /// [`PeopleError::Weak`].
    pub async fn set_up(&self, secret: &str, name: &str, password: &str) -> Result<KeptPerson> {
        let (hash, now) = (session::hash(secret), self.clock.now());
        let links = self.store.setups().await?;
        if !links.iter().any(|link| link.hash == hash && link.expires > now) {
            return Err(PeopleError::Link);
        }
        if is_set_up(&self.store.people().await?) {
            return Err(PeopleError::SetUp);
        }
        let name = Person::named(name).ok_or_else(|| PeopleError::Name(name.to_owned()))?;
        if self.store.person(&name).await?.is_some() {
            return Err(PeopleError::Taken(name));
        }
        let password_hash = hashed(password, [name.clone(), String::new()]).await?;
        // From here on the links are used, whatever happens.
        if !self.store.take_setup(&hash).await? {
            return Err(PeopleError::Link);
        }
        // The answer signs them in.
        let administrator =
            Person { last_sign_in: Some(now), ..person(name.clone(), administrator(), now) };
        let first = KeptPerson { password_hash: Some(password_hash), ..new(administrator) };
        if !self.store.add_person(first.clone()).await? {
            return Err(PeopleError::Taken(name));
        }
        Ok(first)
    }

    /// Invites an administrator where none can sign in, or with `force` in any case: for who has the store at hand. Where
    /// somebody of this name is there, they are made an administrator who can sign in, and get a new link.
    ///
    /// # Errors
    /// [`PeopleError::SetUp`], [`PeopleError::Name`], [`PeopleError::Vouched`].
    pub async fn found(&self, name: &str, force: bool) -> Result<Invited> {
        let people = self.store.people().await?;
        if !force && people.iter().any(|held| administers(&held.kept)) {
            return Err(PeopleError::SetUp);
        }
        match self.invite(name, administrator()).await {
            Err(PeopleError::Taken(name)) => {
                let kept = self.person(&name).await?;
                has_password_here(&kept)?;
                let about = About { label: kept.person.label, ..administrator() };
                self.describe(&name, about, false).await?;
                self.invite_again(&name).await
            }
            other => other,
        }
    }
}

/// Whether anybody is there but people for whom an identity provider vouches: these may come before the administrator.
fn is_set_up(people: &[HeldPerson]) -> bool {
    people.iter().any(|held| held.kept.vouched.is_none())
}

const fn administrator() -> About {
    About { label: String::new(), role: Role::Administrator, bounds: None, learner: Vec::new() }
}
