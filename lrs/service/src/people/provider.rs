//! People for whom an identity provider vouches: made by their first sign-in, told anew by each.

use super::{About, People, PeopleError, Result, TRIES, new, person};
use access::person::{KeptPerson, Person, VouchedBy};
use store::HeldPerson;

/// Somebody for whom an identity provider vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromProvider {
    /// The provider, and what it knows the person by.
    pub vouched: VouchedBy,
    /// The name that they have here from their first sign-in on.
    pub name: String,
    /// What the provider says of them.
    pub about: About,
}

/// What a sign-in has changed of a person beside the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// They are new.
    New,
    /// Their label, role, territory or identifiers are others.
    Changed,
    /// Nothing.
    AsBefore,
}

impl People {
    /// Signs somebody in for whom a provider vouches. They are known by issuer and subject, whatever their name there is
    /// by now; label, role, territory and identifiers are what the provider says.
    ///
    /// # Errors
    /// [`PeopleError::Taken`] where a person of the name is there for whom this issuer and subject do not stand: somebody
    /// with a password here, of another provider, or who had the name at the provider before; [`PeopleError::Disabled`];
    /// [`PeopleError::Name`] and those of what is said of a person.
    pub async fn sign_in_from(&self, from: FromProvider) -> Result<(Came, KeptPerson)> {
        let FromProvider { vouched, name, mut about } = from;
        if !Person::can_be_called(&about.label) {
            about.label = String::new();
        }
        let name = Person::named(&name).ok_or(PeopleError::Name(name))?;
        // Two first sign-ins of one person at a time are one after the other.
        let _one_by_one = self.losing.lock().await;
        for _ in 0..TRIES {
            let people = self.store.people().await?;
            let is_theirs = |held: &HeldPerson| held.kept.vouched.as_ref() == Some(&vouched);
            let is_named = |held: &&HeldPerson| held.kept.person.name == name;
            let found = match people.iter().find(|held| is_theirs(held)) {
                None if people.iter().any(|held| is_named(&held)) => {
                    return Err(PeopleError::Taken(name));
                }
                found => found.cloned(),
            };
            if let Some(held) = &found
                && held.kept.person.is_disabled
            {
                return Err(PeopleError::Disabled(held.kept.person.name.clone()));
            }
            let about = self.checked(about.clone()).await?;
            if let Some(signed_in) = self.vouched(found, &name, about, &vouched).await? {
                return Ok(signed_in);
            }
        }
        Err(PeopleError::Busy)
    }

    /// Keeps what a provider says of a person. `None` where another change came first.
    async fn vouched(
        &self,
        found: Option<HeldPerson>,
        name: &str,
        about: About,
        vouched: &VouchedBy,
    ) -> Result<Option<(Came, KeptPerson)>> {
        let now = self.clock.now();
        let Some(HeldPerson { kept, revision }) = found else {
            let mut first = new(person(name.to_owned(), about, now));
            first.vouched = Some(vouched.clone());
            first.person.last_sign_in = Some(now);
            let is_added = self.store.add_person(first.clone()).await?;
            return Ok(is_added.then_some((Came::New, first)));
        };
        let before = kept.person.clone();
        let told = person(before.name.clone(), about, before.created);
        let told = Person { last_sign_in: before.last_sign_in, ..told };
        let came = if told == before { Came::AsBefore } else { Came::Changed };
        let told = Person { last_sign_in: Some(now), ..told };
        let kept = KeptPerson { person: told, ..kept };
        let is_kept = self.store.change_person(kept.clone(), revision).await?;
        Ok(is_kept.then_some((came, kept)))
    }
}
