//! Whether a statement that is to be kept is the one that is kept under its id: one rule for all engines, which fetch what it
//! compares. Where two statements differ, [`xapi::same`] decides.

use serde_json::Value;
use uuid::Uuid;

use super::{Result, StoreError};
use xapi::large::OneByOne;
use xapi::prepare::Prepared;
use xapi::same;
use xapi::stored::Stored;

/// Texts of more bytes are not compared with others while other writers wait: they may become many values.
const LARGE: usize = 16 << 10;
/// Nor are more bytes than these, of all texts that come in one request: many requests are kept at once.
const TOGETHER: usize = 128 << 10;

static COMPARED: OneByOne = OneByOne::new();

/// What is still compared while other writers wait, of the statements that are to be kept at once.
#[derive(Debug)]
pub struct ComparisonRoom(usize);

impl Default for ComparisonRoom {
    fn default() -> Self {
        Self(TOGETHER)
    }
}

impl ComparisonRoom {
    /// Whether a statement and the one that is kept under its id, a text of `kept` bytes, are compared while other writers
    /// wait. Where one of both is large, or those before them have taken the room, they are compared elsewhere.
    pub fn takes(&mut self, incoming: &Prepared, kept: usize) -> bool {
        let bytes = incoming.weight().max(kept);
        let left = self.0.checked_sub(bytes).filter(|_| bytes <= LARGE);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// Accepts the statement that is kept under its id. This may wait for another large statement ([`OneByOne::with_value`]).
///
/// # Errors
/// [`StoreError::Conflict`] where it is another one.
pub fn check_same(kept: &Stored, incoming: &Prepared) -> Result<()> {
    let value = value(incoming)?;
    let compare = |kept: &Value| check(incoming.id, kept, &value);
    COMPARED.with_value(kept, compare).map_err(|error| corrupt(kept.id, &error))?
}

/// Accepts a statement that comes at once with the same one under its id, where a [`ComparisonRoom`] takes them.
///
/// # Errors
/// [`StoreError::Conflict`] where it is another one.
pub fn check_twins(first: &Prepared, second: &Prepared) -> Result<()> {
    check(second.id, &value(first)?, &value(second)?)
}

/// Why nothing is kept under the id of a statement that an erasure removed.
pub const fn removed(id: Uuid) -> StoreError {
    StoreError::Conflict { id, differences: Vec::new() }
}

fn check(id: Uuid, kept: &Value, incoming: &Value) -> Result<()> {
    let differences = same::differences(kept, incoming);
    if differences.is_empty() { Ok(()) } else { Err(StoreError::Conflict { id, differences }) }
}

fn value(statement: &Prepared) -> Result<Value> {
    statement.value().map_err(|error| corrupt(statement.id, &error))
}

fn corrupt(id: Uuid, error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!("statement {id}: {error}"))
}
