//! The caller of a request: a key or a person, and what they may do. Handlers ask for rights alone: which of the two
//! asks makes no difference to them.

use std::sync::Arc;

use super::key::Key;
use super::person::Person;
use super::scope::Right;

/// A request's sender, once its key and secret, or its session, were found good.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key that was shown. Of a person, what stands for them: see [`Person::as_key`].
    pub key: Arc<Key>,
    /// The person, where a session was shown.
    pub person: Option<Arc<Person>>,
}

/// No scope of the key, or not the role of the person, gives the right that was needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden(pub Right);

/// Which statements a caller may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable {
    /// All of them.
    All,
    /// Those with this authority, by the text of its identifier.
    OfAuthority(String),
}

impl Caller {
    /// Who shows this key.
    pub const fn of_key(key: Arc<Key>) -> Self {
        Self { key, person: None }
    }

    /// Who is signed in as this person, at the server with this address.
    pub fn of_person(person: Arc<Person>, home_page: &str) -> Self {
        Self { key: Arc::new(person.as_key(home_page)), person: Some(person) }
    }

    /// Refuses what neither a scope of the key nor the role of the person gives.
    pub fn may(&self, right: Right) -> Result<(), Forbidden> {
        let given = match &self.person {
            Some(person) => person.role.gives(right),
            None => self.key.scopes.iter().any(|scope| scope.gives(right)),
        };
        if given { Ok(()) } else { Err(Forbidden(right)) }
    }

    /// All that this caller may do.
    pub fn rights(&self) -> Vec<Right> {
        Right::EVERY.into_iter().filter(|right| self.may(*right).is_ok()).collect()
    }

    /// The statements this caller may read; refused when there are none.
    pub fn readable(&self) -> Result<Readable, Forbidden> {
        if self.may(Right::ReadStatements).is_ok() {
            return Ok(Readable::All);
        }
        self.may(Right::ReadOwnStatements)?;
        Ok(Readable::OfAuthority(self.key.authority.ifi().to_owned()))
    }
}
