//! A statement as the store gives it back.

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

use super::instant::Instant;

/// A kept statement: the bytes that came, with what the store assigned spliced in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The statement's `id`, which Traccia makes where the sender gave none.
    pub id: Uuid,
    /// When it was stored: unique in a store.
    pub stored: Instant,
    /// The statement's JSON text, UTF-8.
    pub body: Bytes,
}

impl Stored {
    /// The statement as a JSON value.
    pub fn value(&self) -> Result<Value, serde_json::Error> {
        match std::str::from_utf8(&self.body) {
            // Each of its texts would be checked by itself otherwise.
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(&self.body),
        }
    }
}
