//! The caller of a request: its key, and what the key may read.

use std::sync::Arc;

use super::key::Key;
use super::scope::Right;

/// A request's sender, once its key and secret were found good.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key that was shown.
    pub key: Arc<Key>,
}

/// The key has no scope that gives the right that was needed.
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
    /// Refuses what none of the key's scopes gives.
    pub fn may(&self, right: Right) -> Result<(), Forbidden> {
        let given = self.key.scopes.iter().any(|scope| scope.gives(right));
        if given { Ok(()) } else { Err(Forbidden(right)) }
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
