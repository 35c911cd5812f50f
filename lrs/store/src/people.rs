//! People: who may sign in, and the links by which a server is set up.

use async_trait::async_trait;

use crate::Result;
use access::person::{Invitation, KeptPerson};

/// A person as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPerson {
    /// The person.
    pub kept: KeptPerson,
    /// Which state of the record this is: no other state of a record under this name has the same.
    pub revision: i64,
}

/// People, and links for the first of them.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// The person of this name.
    async fn person(&self, name: &str) -> Result<Option<HeldPerson>>;

    /// All people, by name.
    async fn people(&self) -> Result<Vec<HeldPerson>>;

    /// Adds a person. False where a person of this name is there, who is left as they are.
    async fn add_person(&self, person: KeptPerson) -> Result<bool>;

    /// Replaces the record of a person, where the record is still that of the revision `based_on`. False, and nothing
    /// changed, otherwise. Of writers who read the same revision one wins.
    async fn change_person(&self, person: KeptPerson, based_on: i64) -> Result<bool>;

    /// Removes a person, where their record is still that of the revision `based_on`. False, and nothing changed,
    /// otherwise.
    async fn remove_person(&self, name: &str, based_on: i64) -> Result<bool>;

    /// Keeps a link by which the first person is made. A link of the same hash is left as it is. One that is added while
    /// another is taken may be gone with it.
    async fn add_setup(&self, link: Invitation) -> Result<()>;

    /// The links that were not taken, in no order.
    async fn setups(&self) -> Result<Vec<Invitation>>;

    /// Takes the link of this hash, and with it all others that are there, so that one first person is made. True for one of
    /// those who ask, for whichever link, on however many processes; false also where there never was such a link.
    async fn take_setup(&self, hash: &str) -> Result<bool>;
}
